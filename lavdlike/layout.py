"""The rules for folders and names of experiments, steps and labels (docs/format.md, "The tree").

Pure: no file is touched. Paths are relative to the root, with `/`, as `os.fsdecode` gives them: bytes that are not
UTF-8 are kept as lone surrogates, so that every name can be told apart and turned back into its bytes.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import Any, NewType, TypeAlias
from urllib.parse import quote_from_bytes, unquote_to_bytes

# The browser counts in doubles; a folder with a larger number is an ordinary folder of labels.
MAX_STEP = 2**53 - 1
# Files with a role of their own; without a step these names cannot be labels (see `check_label`).
EXPERIMENT_FILE = "experiment.json"
COMMAND_FILE = "command.json"
SCALARS_FILE = "scalars.tsv"
PROGRESS_FILE = "progress.json"
# What people do to items in the page, which the script hears.
PAGE_EVENTS_FILE = "events.jsonl"
# What people write about an experiment, directly in it (docs/format.md, "What people write").
MARKS_FILE = "marks.json"
NOTES_FILE = "my-notes.md"
ANNOTATIONS_FILE = "annotations.tsv"
# Boards, directly in the root or in an experiment: `<name>.board.yaml`.
BOARD_SUFFIX = ".board.yaml"
# Hidden, in the root: what was deleted, and earlier states of what people wrote.
TRASH_FOLDER = ".lavdlike-trash"
HISTORY_FOLDER = ".lavdlike-history"
PEOPLE_FILES = (MARKS_FILE, NOTES_FILE, ANNOTATIONS_FILE)
# As if it were an experiment of this name, the files directly in a root that stands alone are asked for.
ROOT_HOME = ".root"
RESERVED_LABELS = frozenset(
    name.partition(".")[0] for name in (EXPERIMENT_FILE, COMMAND_FILE, SCALARS_FILE, *PEOPLE_FILES)
)
# Of Guild AI, in a run: of what is in it only event files are part of the tree.
GUILD_FOLDER = ".guild"
MAX_NAME_BYTES = 255

_STEP_FOLDER = re.compile(r"[0-9]{1,16}\Z")  # ASCII on purpose: `²` and `１` are digits to str.isdigit()
_SCALARS_FILE = re.compile(r"scalars(?:\.(?P<writer>[^/]+))?\.tsv\Z")
_SYSTEM_FILE = re.compile(r"system\.(?P<host>[^/]+)\.tsv\Z")
_EVENTS_FILE = re.compile(r"events(?:\.[^/]+)?\.log\Z")
_NOT_IN_HOSTS = re.compile(r"[^A-Za-z0-9_.@-]")
_PROGRESS_FILE = re.compile(r"progress(?:\.[^/]+)?\.json\Z")
# At the end of a folder's name: in it is what lies in the file of that name, and no disk has it.
_INSIDE = "!"
# What is no part of a name; percent signs where they would be read back as such.
_NOT_IN_NAMES = re.compile(r"[/\x00-\x1f\x7f\ud800-\udfff]|%(?=[0-9A-Fa-f]{2})")
_HIDDEN = re.compile(r"(?:\A|/)\.(?!guild\Z|guild/[^/]*tfevents[^/]*\Z)")
_USERS_EXPERIMENT_FILE = re.compile(r"experiment\.[^/]+\.json\Z")


# An experiment's path below the root, as on disk. Only `experiment_name` and listings of folders make one.
ExperimentName = NewType("ExperimentName", str)
# How requests and messages name it (`to_id`): any text, since a browser may send any.
ExperimentId: TypeAlias = str


def is_hidden(path: str) -> bool:
    """Whether a name of the path begins with a dot: but for Guild's event files, that is not part of the tree."""
    return _HIDDEN.search(path) is not None


def is_experiment_name(name: str) -> bool:
    """Whether a folder at this path below the root could be an experiment: what a browser sends need not be a name."""
    names = name.split("/")
    return all(names) and not any(each.startswith(".") for each in names) and "\0" not in name


def step_of_folder(name: str) -> int | None:
    """The step that a folder directly in an experiment stands for (`0001` == `01` == `1`), or None."""
    if not _STEP_FOLDER.match(name):
        return None
    step = int(name)
    return step if step <= MAX_STEP else None


def step_folder(step: int, num_digits: int = 4) -> str:
    """The folder a step is written to, with zeros in front so that `ls` sorts."""
    return f"{step:0{num_digits}d}"


def split_step(path: str) -> tuple[int | None, str]:
    """The step of a path inside an experiment (None: global), and the path below the step's folder."""
    first, slash, rest = path.partition("/")
    step = step_of_folder(first) if slash else None
    return (None, path) if step is None else (step, rest)


def scalars_writer(name: str) -> str | None:
    """The writer of a scalars file: "" for `scalars.tsv`, `rank3` for `scalars.rank3.tsv`; None if it is neither.

    Only files directly in an experiment count; the header decides as well (docs/format.md, "Scalars").
    """
    found = _SCALARS_FILE.match(name)
    return (found["writer"] or "") if found else None


def system_file(host: str) -> str:
    """The file of how busy a host and the script on it are, by the host's name.

    >>> system_file("node7"), system_file("Ada's Mac")
    ('system.node7.tsv', 'system.Ada_s_Mac.tsv')
    """
    return f"system.{_NOT_IN_HOSTS.sub('_', host).strip('.')[:64] or 'host'}.tsv"


def system_host(name: str) -> str | None:
    """Of which host a file says how busy it was: `node7` for `system.node7.tsv`; None if it is none of these.

    Only files directly in an experiment count; the header decides as well (docs/format.md, "System metrics").
    """
    found = _SYSTEM_FILE.match(name)
    return found["host"] if found else None


def is_events_file(name: str) -> bool:
    """Whether a file directly in an experiment holds records of a Logger: `events.log`, `events.rank3.log`."""
    return bool(_EVENTS_FILE.match(name))


def is_progress_file(name: str) -> bool:
    """Whether a file directly in an experiment may say how far its script is: `progress.json`, `progress.rank3.json`.

    What it holds decides as well (docs/format.md, "Progress").
    """
    return bool(_PROGRESS_FILE.match(name))


def board_name(file: str) -> str | None:
    """What the board is called that a file directly in the root or in an experiment holds; None if it is no board.

    >>> board_name("losses.board.yaml"), board_name("losses.yaml"), board_name(".board.yaml")
    ('losses', None, None)
    """
    name = file[: -len(BOARD_SUFFIX)] if file.endswith(BOARD_SUFFIX) else ""
    return name if name and "/" not in name and not name.startswith(".") else None


def is_users_experiment_file(name: str) -> bool:
    """Whether a file directly in an experiment may hold the sessions of a user who could not replace `experiment.json`.

    What it holds decides as well (docs/format.md, "Files of several people").
    """
    return bool(_USERS_EXPERIMENT_FILE.match(name))


def folder_name_of(text: str) -> str:
    """A folder's name for what another program calls something: what cannot stand in one as percent signs have it.

    >>> folder_name_of("vision/cats"), folder_name_of(".hidden"), folder_name_of("100%"), folder_name_of("a%2Fb")
    ('vision%2Fcats', '%2Ehidden', '100%', 'a%252Fb')
    """
    name = _NOT_IN_NAMES.sub(
        lambda found: quote_from_bytes(found[0].encode(errors="backslashreplace"), safe=""), text
    )
    name = f"%2E{name[1:]}" if name.startswith(".") else name or "%"
    if len(os.fsencode(native(name))) <= MAX_NAME_BYTES - 40:
        return name
    import hashlib  # for few names, and it takes milliseconds

    digest = hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:8]
    return f"{name.encode()[: MAX_NAME_BYTES - 60].decode(errors='ignore')}~{digest}"


def text_of_folder_name(name: str) -> str:
    """What a folder is called so for, by `folder_name_of`; of a name that was too long, as much of it as there is."""
    return (
        ""
        if name == "%"
        else unquote_to_bytes(name.encode(errors="surrogateescape")).decode(errors="replace")
    )


def inside(file: str) -> str:
    """The path of the folder in which stands what lies in a file (docs/architecture.md, "What lies in a file")."""
    return file + _INSIDE


def file_of_inside(folder: str) -> str:
    """The path of the file of which a folder may be the inside; "" of other folders."""
    return folder[: -len(_INSIDE)] if folder.endswith(_INSIDE) and folder[-2:-1] not in ("", "/") else ""


def to_id(path: str) -> str:
    """A path or name as it stands in a URL: its bytes, percent-encoded, `/` kept. Stable across restarts."""
    return quote_from_bytes(os.fsencode(path), safe="/")


def from_id(identifier: str) -> str:
    """The path that `to_id` was given. Also takes what a server has already percent-decoded once."""
    return os.fsdecode(unquote_to_bytes(identifier))


def experiment_id(name: ExperimentName) -> ExperimentId:
    """The name's bytes, percent-encoded, `/` too: one part of a URL's path, however deep the experiment lies."""
    return quote_from_bytes(os.fsencode(name), safe="")


def experiment_name(experiment: ExperimentId) -> ExperimentName:
    """The name of an experiment, of an id in any form (`usual_experiment_id`)."""
    return ExperimentName(from_id(experiment))


def usual_experiment_id(experiment: ExperimentId) -> ExperimentId:
    """The id as we write it, of one that may be written in another way (`%7e`, `%41`)."""
    return experiment_id(experiment_name(experiment))


def file_id(name: ExperimentName, path: str) -> str:
    """The id of a file of an experiment: the experiment's, and behind a `/` that of the path in it."""
    return f"{experiment_id(name)}/{to_id(path)}"


def path_of_file(identifier: str) -> str:
    """The path relative to the root, of the id of a file in any form."""
    return "/".join(file_of_id(identifier))


def file_of_id(identifier: str) -> tuple[ExperimentName, str]:
    """The experiment and the path in it, of the id of a file in any form."""
    experiment, _, path = identifier.partition("/")
    return experiment_name(experiment), from_id(path)


def outer_names(name: str) -> list[ExperimentName]:
    """The paths of the folders that hold an experiment below the root, the nearest first."""
    parts = name.split("/")
    return [ExperimentName("/".join(parts[:depth])) for depth in range(len(parts) - 1, 0, -1)]


def native(name: str) -> str:
    """A name as Python wants it for its bytes on the disk to be UTF-8, in every locale; `shown` undoes it."""
    return os.fsdecode(name.encode())


def shown(path: str) -> str:
    r"""A path, name or label as valid Unicode, for people and as a label: bytes that are not UTF-8 stand as `\xff`."""
    return os.fsencode(path).decode(errors="backslashreplace")


def check_label(label: str, *, step: int | None, argument: str = "name") -> str:
    """The label itself if a file of that name would be read back as just this label.

    Raises:
        ValueError: names the argument and the rule that it breaks.
    """
    if not isinstance(label, str):
        raise ValueError(f"{argument} must be a string, not {type(label).__name__}")
    if not label:
        raise ValueError(f"{argument} must not be empty")
    for character, said in (
        ("\t", "a tab"),
        ("\n", "a newline"),
        ("\r", "a carriage return"),
        ("\0", "a NUL"),
    ):
        if character in label:
            raise ValueError(f"{argument} must not contain {said}: {label!r}")
    try:
        label.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{argument} must be valid Unicode without lone surrogates: {label!r}") from None
    if label.startswith("/"):
        raise ValueError(f"{argument} must be relative, not an absolute path: {label!r}")
    names = label.split("/")
    for name in names:
        if name in ("", ".", ".."):
            raise ValueError(f"{argument} must not contain empty names, '.' or '..': {label!r}")
        if name.startswith("."):
            raise ValueError(f"{argument} must not begin with a dot, such files are hidden: {label!r}")
        if len(name.encode()) > MAX_NAME_BYTES - 40:  # room for an extension and a temporary name
            raise ValueError(
                f"{argument} has a part longer than {MAX_NAME_BYTES - 40} bytes: {label[:60]!r}..."
            )
    if step is None:
        if len(names) > 1 and step_of_folder(names[0]) is not None:
            raise ValueError(
                f"{argument} would be read as step {int(names[0])}: {label!r}; give step= instead"
            )
        if label in RESERVED_LABELS:
            raise ValueError(f"{argument} {label!r} is reserved without a step; choose another or give step=")
    return label


def check_step(step: object, *, argument: str = "step") -> int | None:
    """The step as an int, or None.

    Raises:
        ValueError: not a whole number from 0 to 2**53 - 1. Those of every library are taken: floats that are whole,
            arrays and tensors with one element.
    """
    if step is None:
        return None
    number = step if type(step) is int else _whole(step)
    if number is None:
        shown = " ".join(repr(step).split())  # of a tensor it can be many lines
        raise ValueError(f"{argument} must be a whole number, not {shown[:80]}")
    if not 0 <= number <= MAX_STEP:
        raise ValueError(f"{argument} must be from 0 to 2**53 - 1, not {number}")
    return number


def _whole(step: Any) -> int | None:
    """The whole number that a step is, of whatever type; None if it is none."""
    kind = getattr(getattr(step, "dtype", None), "kind", "")
    if kind in ("m", "M") or (
        hasattr(step, "filled") and getattr(step, "mask", None)
    ):  # a time; a masked value
        return None
    for name in ("item", "numpy"):  # of TensorFlow only the array has `item`
        with contextlib.suppress(Exception):  # each library has its own way to say no
            found = getattr(step, name)()
            step = found.item() if name == "numpy" else found
            break
    if isinstance(step, bool):
        return None
    with contextlib.suppress(Exception):
        return int(step.__index__())
    with contextlib.suppress(Exception):
        return int(step) if hasattr(step, "__float__") and float(step) == int(step) else None
    return None


def check_experiment(name: str, *, argument: str = "name") -> str:
    """The name itself if it can be the folder of an experiment.

    Raises:
        ValueError: names the argument and the rule that it breaks.
    """
    check_label(name, step=0, argument=argument)
    if "/" in name:
        raise ValueError(f"{argument} must be one folder's name, without '/': {name!r}")
    return name
