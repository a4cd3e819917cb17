"""Path <-> (experiment, step, label): the only place that knows the folder rules (docs/format.md, "The tree").

Pure: no file is touched. Paths are relative to the root, with `/`, as `os.fsdecode` gives them: bytes that are not
UTF-8 are kept as lone surrogates, so that every name can be told apart and turned back into its bytes.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

# The browser counts in doubles; a folder with a larger number is an ordinary folder of labels.
MAX_STEP = 2**53 - 1
# Longer endings that count as one suffix, so that `loss.plotly.json` has the label `loss`.
COMPOUND_SUFFIXES = (".plotly.json",)
# So do those of a picture's masks: `bird.mask.png` and `bird.mask-truth.png` belong to `bird`.
_MASK_SUFFIX = re.compile(r"(?<=.)\.mask(-[\w-]+)?\.png\Z", re.IGNORECASE | re.ASCII)
# Files with a role of their own; without a step these names cannot be labels (see `check_label`).
EXPERIMENT_FILE = "experiment.json"
COMMAND_FILE = "command.json"
SCALARS_FILE = "scalars.tsv"
RESERVED_LABELS = frozenset({"experiment", "command", "scalars"})
MAX_NAME_BYTES = 255

_STEP_FOLDER = re.compile(r"[0-9]{1,16}\Z")  # ASCII on purpose: `²` and `１` are digits to str.isdigit()
_SCALARS_FILE = re.compile(r"scalars(?:\.(?P<writer>[^/]+))?\.tsv\Z")


class Place(NamedTuple):
    """Where a file belongs. `step` is None for what belongs to the experiment as a whole (global)."""

    experiment: str
    step: int | None
    label: str
    suffix: str  # with its dot, as written; "" if there is none


def is_hidden(path: str) -> bool:
    """Whether a name of the path begins with a dot: such files are not part of the tree."""
    return any(name.startswith(".") for name in path.split("/"))


def is_experiment_name(name: str) -> bool:
    """Whether a folder of this name in the root would be an experiment: what a browser sends need not be a name."""
    return bool(name) and not is_hidden(name) and "/" not in name and "\0" not in name


def step_of_folder(name: str) -> int | None:
    """The step that a folder directly in an experiment stands for (`0001` == `01` == `1`), or None."""
    if not _STEP_FOLDER.match(name):
        return None
    step = int(name)
    return step if step <= MAX_STEP else None


def step_folder(step: int, num_digits: int = 4) -> str:
    """The folder a step is written to, with zeros in front so that `ls` sorts."""
    return f"{step:0{num_digits}d}"


def split_suffix(name: str) -> tuple[str, str]:
    """A file's name without its last extension, and that extension: `a.tar.gz` -> (`a.tar`, `.gz`)."""
    lowered = name.lower()
    for suffix in COMPOUND_SUFFIXES:
        if lowered.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], name[-len(suffix) :]
    if ".mask" in lowered and (mask := _MASK_SUFFIX.search(name)):
        return name[: mask.start()], mask[0]
    return os.path.splitext(name)


def place_in_experiment(experiment: str, path: str) -> Place | None:
    """The place of a file given by its path inside the experiment; None if it is not part of the tree."""
    if not path or is_hidden(path):
        return None
    step, in_step = split_step(path)
    return Place(experiment, step, *split_label(in_step))


def split_step(path: str) -> tuple[int | None, str]:
    """The step of a path inside an experiment (None: global), and the path below the step's folder."""
    first, slash, rest = path.partition("/")
    step = step_of_folder(first) if slash else None
    return (None, path) if step is None else (step, rest)


def split_label(path: str) -> tuple[str, str]:
    """The label and the suffix of a file, given by its path below the step's folder or the experiment's."""
    folder, slash, name = path.rpartition("/")
    stem, suffix = split_suffix(name)
    return folder + slash + stem, suffix


def place_of(path: str) -> Place | None:
    """The place of a file given by its path relative to the root; None if it is not part of the tree."""
    experiment, slash, rest = path.partition("/")
    if not slash or experiment.startswith("."):
        return None
    return place_in_experiment(experiment, rest)


def scalars_writer(name: str) -> str | None:
    """The writer of a scalars file: "" for `scalars.tsv`, `rank3` for `scalars.rank3.tsv`; None if it is neither.

    Only files directly in an experiment count; the header decides as well (docs/format.md, "Scalars").
    """
    found = _SCALARS_FILE.match(name)
    return (found["writer"] or "") if found else None


def to_id(path: str) -> str:
    """A path or name as it stands in a URL: its bytes, percent-encoded, `/` kept. Stable across restarts."""
    return quote_from_bytes(os.fsencode(path), safe="/")


def from_id(identifier: str) -> str:
    """The path that `to_id` was given. Also takes what a server has already percent-decoded once."""
    return os.fsdecode(unquote_to_bytes(identifier))


def usual_id(identifier: str) -> str:
    """The id as we write it, of one that may be written in another way (`%7e`, `%41`)."""
    return to_id(from_id(identifier))


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
        ValueError: not a whole number from 0 to 2**53 - 1. Integers of other libraries are taken (`__index__`).
    """
    if step is None:
        return None
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    index = getattr(step, "__index__", None)
    if index is None or isinstance(step, bool):
        raise ValueError(f"{argument} must be a whole number, not {step!r}")
    number = int(index())
    if not 0 <= number <= MAX_STEP:
        raise ValueError(f"{argument} must be from 0 to 2**53 - 1, not {number}")
    return number


def check_experiment(name: str, *, argument: str = "name") -> str:
    """The name itself if it can be the folder of an experiment.

    Raises:
        ValueError: names the argument and the rule that it breaks.
    """
    check_label(name, step=0, argument=argument)
    if "/" in name:
        raise ValueError(f"{argument} must be one folder's name, without '/': {name!r}")
    return name
