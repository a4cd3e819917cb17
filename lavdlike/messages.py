"""Every message to and from the browser, as types: the one definition of the protocol (docs/protocol.md).

`frontend/src/api/messages.ts` is generated from this module (`python -m tools.typescript`) and tested against it.
Words: an `experiment` is always its id (percent-encoded name, `layout.to_id`); `step` None means global; times are Unix
seconds; sizes are bytes. A version is (`epoch`, `sequence`): the epoch is random per start of the server, the sequence
grows by at least one with every change; another epoch means that everything is to be asked for anew.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from lavdlike.layout import ExperimentId

Status = Literal["running", "stalled", "finished", "crashed", "quiet", "unknown"]
AlertLevel = Literal["info", "warn", "error"]
WatchMode = Literal["inotify", "observer", "poll"]
# How a JSON text carries what JSON numbers cannot: "nan", "inf", "-inf"; integers beyond 2**53 as decimal strings.
JsonNumber = float | int | str


class Cursor(msgspec.Struct, frozen=True):
    """The past that is asked about (docs/protocol.md, "The past"): what there was at a time, or at a step.

    `time`: Unix seconds; what is later is left out. `step`: points of later steps are, and of what has no step what
    came after the experiment had gone beyond it. Just one of them; both of them None: the present.
    """

    time: float | None = None
    step: int | None = None


class Moment(msgspec.Struct, frozen=True):
    """Where an experiment was at a cursor, as its scalars say.

    `time`: the last one, Unix seconds; None: there is no end. `step`: the last one; None: it had logged none.
    """

    time: float | None = None
    step: int | None = None


class Problem(msgspec.Struct, frozen=True):
    """A file that cannot be shown, or not wholly. `path` is relative to the root."""

    path: str
    reason: str
    position: str = ""


class StoreHealth(msgspec.Struct):
    """How the object store answers that a root is in. Times are Unix seconds.

    `interval_s`: between two lists. `listed`: when the last one that came was asked for; 0: none came.
    `unreachable_since`: since when lists fail, for this `reason`; 0: they do not. `objects`: in the last list.
    `requests`: of all sorts, in the last minute; beyond `most_requests` they wait, 0: none do.
    """

    interval_s: float
    listed: float
    unreachable_since: float
    reason: str
    objects: int
    requests: int
    most_requests: int


class RootHealth(msgspec.Struct):
    """How one of the roots is. `name`: "" of one that stands alone. `reason`: why it is not read; "" if it is.

    `files`: how many are directly in it, which belong to no experiment. `store`: None of a folder of the machine.
    """

    name: str
    reason: str = ""
    files: int = 0
    store: StoreHealth | None = None


class Health(msgspec.Struct):
    """How changes reach the server, and whether the root is there.

    `delay_s`: the longest that a change goes unseen by the server, as far as the last looks tell, in what is on show
    and in the rows of the overview; 0 if every change is reported, None if a look has failed.
    `row_delay_s`: the longest that a row of the overview does not show that its script has ended without a word, or how
    far it has got.
    `unwatched_folders`, `links`: of the experiments on show, the folders that are not watched, and the links.
    `unwatched_rows`: experiments of the overview whose folder is not watched.
    `roots`: each of those that are shown. `root_present`: one of them is there.
    """

    mode: WatchMode
    root_present: bool
    delay_s: float | None
    watched_folders: int
    unwatched_folders: int = 0
    unwatched_rows: int = 0
    links: int = 0
    row_delay_s: float = 0.0
    reason: str = ""  # why the mode is not inotify, or what was lost; "" when all is well
    roots: list[RootHealth] = []


class Session(msgspec.Struct):
    """One run of a script that wrote to the experiment."""

    started: float
    ended: float | None = None
    outcome: str = ""  # "", "finished", or the error's name and text
    host: str = ""
    pid: int | None = None


class Progress(msgspec.Struct, omit_defaults=True):
    """How far a loop of the script is (docs/format.md, "Progress").

    `done` of `total`, in `unit`s; `total` None: nobody knows where it ends. `rate`: a second, over the last minute.
    `updated`: when `done` grew last. `ended`: it is over, and this was its last state.
    """

    name: str
    done: float
    started: float
    updated: float
    total: float | None = None
    rate: float | None = None
    unit: str = "it"
    ended: bool = False


class LabelDefinition(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the labels are that match a pattern (docs/format.md, "Labels").

    `pattern`: a label, where `*` stands for any text. `goal`: which values are better; "" if neither. `unit`: of its
    values, as written behind a number. `x`: the label whose value at the same step is its x axis. The first definition
    that matches and says something decides that; those in `lavdlike.yaml` stand before those of scripts.
    """

    pattern: str
    goal: Literal["", "min", "max"] = ""
    unit: str = ""
    x: str = ""
    description: str = ""


class Alert(msgspec.Struct, frozen=True):
    """What a script points out. `time`: Unix seconds. `title` and `text` may be cut short."""

    time: float
    level: AlertLevel
    title: str
    text: str = ""


class SuggestedChart(msgspec.Struct, frozen=True):
    """A chart of several labels that a run brings along, as a program laid it out, under a head (`category`).

    `labels`: in it, in their order; `pattern`: a regular expression for others, "" without.
    """

    title: str
    category: str = ""
    labels: list[str] = []
    pattern: str = ""


class ExperimentSummary(msgspec.Struct):
    """One row of the sidebar and the overview. Without `details`, only id, name and `changed` are known yet.

    `kinds`: of which something was seen at a glance; there may be more. `title`, `starred`, `archived` and `colour`
    are what people said of it, `tags` the script's with what people added and without what they removed; `labels`:
    what the script declared (`Logger.define`). `marks`: names the state of what people said
    (`edit_messages.Target.match`); `notes` and `annotations` change whenever those files do ("" without such a
    file). `identity`: of the folder, for what is done to it as a whole. `is_foreign`: another program writes it;
    nothing is written into its folder. `progress`: of its loops, the outermost first. `source`: the program that
    wrote it, "" if nothing says so; of a foreign one, title, tags, config and sessions are what its files say.
    `read_files`: what people chose to read in place of files that hold the same. `alerts`: the newest, the oldest of
    them first. `charts`: what its writer suggests to draw together. `hears`: labels of items of which its script wants
    to hear of keys, clicks and selections, "" for all, whether it still runs or not.
    """

    id: ExperimentId
    name: str
    changed: float  # newest mtime known of the folder or its files directly inside
    details: bool = False
    status: Status = "unknown"
    created: float | None = None
    sessions: list[Session] = []
    tags: list[str] = []
    config: dict[str, Any] = {}
    git_commit: str = ""
    kinds: list[str] = []
    title: str = ""
    starred: bool = False
    archived: bool = False
    labels: list[LabelDefinition] = []
    marks: str = ""
    notes: str = ""
    annotations: str = ""
    identity: str = ""
    is_foreign: bool = False
    progress: list[Progress] = []
    colour: str = ""
    source: str = ""
    read_files: list[str] = []
    alerts: list[Alert] = []
    charts: list[SuggestedChart] = []
    hears: list[str] = []


class SavedFilter(msgspec.Struct, frozen=True):
    """A filter of experiments that was kept under a name; `filter` as the sidebar's field writes it in the address."""

    name: str
    filter: str


class MediaPattern(msgspec.Struct, frozen=True):
    """Which paths of files outside of steps say a step: a regular expression with the groups `label` and `step`."""

    match: str


class MediaExample(msgspec.Struct):
    """What a pattern makes of a path in the experiment."""

    path: str
    label: str
    step: int


class MediaPreview(msgspec.Struct):
    """`GET api/media/{experiment}`: what patterns would make of the files outside of steps; nothing is changed.

    `matched`: how many of the `files` fit. `examples`, `others`: the first of those that do, and that do not. `reason`:
    why a pattern is none; "" if all are.
    """

    matched: int
    files: int
    examples: list[MediaExample]
    others: list[str]
    reason: str = ""


class RootSettings(msgspec.Struct):
    """What `lavdlike.yaml` says of the root.

    `match`: names its state (`edit_messages.Target.match`), "" without such a file. `view`: parameters of the page's
    address that every visit begins with. `problem`: why it, or a part of it, is not read; the rest holds.
    """

    match: str = ""
    labels: list[LabelDefinition] = []
    filters: list[SavedFilter] = []
    view: dict[str, list[str]] = {}
    problem: Problem | None = None
    media: list[MediaPattern] = []


class FrameKind(msgspec.Struct):
    """A kind of a plug-in, whose page draws its items in frames (`kinds/{kind}/`, docs/kinds.md).

    `noun`: what it shows, in the plural. `card_height`: in pixels. `max_bytes`: of a file that a frame is given; None
    where the content of an item is a `ShownContent`, which the page draws itself.
    """

    kind: str
    title: str
    noun: str
    card_height: int
    max_bytes: int | None


class Editing(msgspec.Struct):
    """Whether who asks may edit.

    `user`: by which name, "" where nobody is told apart. `reason`: why not, a sentence.
    """

    allowed: bool
    user: str = ""
    reason: str = ""


class PageRoot(msgspec.Struct):
    """One of the roots that are shown.

    `name`: the first part of the names of its experiments, `id` that of their ids; "" if it stands alone.
    `home`: the id under which the files directly in it are asked for, as of an experiment; "" if there can be none.
    `is_run`: it is one experiment. `unwritable`: why nothing in it can be changed although other roots can be; "" if it
    can.
    """

    name: str
    id: str
    path: str
    home: str
    is_run: bool = False
    unwritable: str = ""


class RootPage(msgspec.Struct):
    """`GET api/root`: what the first page needs. Of the past (`?time=`), rows are of that time, as far as is known.

    `html_scripts`: scripts of HTML files run (`--allow-html-scripts`). `kinds`: beside lavdlike's own. `people`: what
    people declared for the whole root. `is_run`: what is shown is one experiment, and its folder what `path` names.
    `roots`: all of them. Of several, `name` and `path` name all.
    """

    epoch: str
    sequence: int
    name: str
    path: str
    health: Health
    experiments: list[ExperimentSummary]
    html_scripts: bool = False
    kinds: list[FrameKind] = []
    people: RootSettings = msgspec.field(default_factory=RootSettings)
    editing: Editing = msgspec.field(default_factory=lambda: Editing(allowed=False))
    is_run: bool = False
    roots: list[PageRoot] = []


class LabelEntry(msgspec.Struct, gc=False):
    """One label of one kind in an experiment. `steps`: runs [first, count, stride], growing, without overlap."""

    kind: str
    label: str
    steps: list[tuple[int, int, int]]
    has_global: bool = False


class Catalogue(msgspec.Struct):
    """`GET api/experiments/{experiment}`: every label but those of scalars (`ScalarLabels`).

    Of the past (`?time=` or `?step=`), `moment` says where the experiment was, and `rewritten` which of the labels'
    steps are there as they are now: their files were written after that.
    """

    experiment: ExperimentId
    epoch: str
    sequence: int
    labels: list[LabelEntry]
    problems: list[Problem] = []
    moment: Moment | None = None
    rewritten: list[LabelEntry] = []


# --- items -----------------------------------------------------------------------------------------------------------


class ItemAddress(msgspec.Struct, frozen=True):
    experiment: ExperimentId
    kind: str
    label: str
    step: int | None = None


class ItemsRequest(msgspec.Struct):
    """`POST api/items`: at most 500 addresses."""

    items: list[ItemAddress]


class FileInfo(msgspec.Struct):
    """One file of an item. `path` is relative to the experiment and percent-encoded (an id)."""

    path: str
    size_bytes: int
    modified: float
    etag: str


class PictureInfo(msgspec.Struct, frozen=True):
    """What the head of a picture file says. `width` and `height`: pixels as stored, which is what boxes count in.

    `orientation`: EXIF's 1 to 8, how the stored picture is turned or mirrored to stand upright; `api/pictures` answers
    upright pictures only.
    """

    width: int
    height: int
    orientation: int = 1
    format: str = ""  # Pillow's name: "PNG", "JPEG", ...
    mode: str = ""  # Pillow's: "RGB", "L", "I;16", ...
    frames: int = 1


class Item(msgspec.Struct):
    """An item's files (the shown one first) and its content, whose shape is the kind's (`lavdlike/kinds/`).

    `picture`: of an image item whose file could be read.
    """

    address: ItemAddress
    sequence: int
    files: list[FileInfo]
    content: Any = None
    picture: PictureInfo | None = None
    problem: Problem | None = None


class ItemsPage(msgspec.Struct):
    """The items asked for, in that order; None for what is not there."""

    items: list[Item | None]


# --- folders, logs, markdown -----------------------------------------------------------------------------------------


class FolderEntry(msgspec.Struct):
    name: str
    path: str  # id, relative to the experiment
    is_folder: bool
    size_bytes: int
    modified: float
    kinds: list[str] = []
    note: str = ""  # "link, not followed (--follow-links)", "not a regular file", ...


class FolderPage(msgspec.Struct):
    """`GET api/folders/{experiment}/{path}`: a folder as it is on disk now."""

    experiment: ExperimentId
    path: str
    entries: list[FolderEntry]


class LogPage(msgspec.Struct):
    """`GET api/logs/{experiment}/{path}`: whole lines between two byte offsets.

    `start` and `end`: byte offsets of the first line's begin and the last line's end; `offsets`: where each line of
    `text` begins; `size_bytes`: the file's size;
    `identity` changes when the file was replaced or truncated: offsets of another identity mean nothing.
    `first_line`: number of the first line, from 0, when known (it is when reading began at the start of the file).
    A last line without its newline is a line, too: who follows the file asks for it again from its own begin.
    Where only some tags are asked for, `text` has just their lines; a page may then be empty although it covers a part
    of the file, because so much is looked through for one answer.
    """

    start: int
    end: int
    size_bytes: int
    identity: str
    text: str
    offsets: list[int]
    first_line: int | None = None


class LogMatch(msgspec.Struct):
    offset: int  # of the line's first byte
    line: str  # shortened


class LogSearchPage(msgspec.Struct):
    """`GET api/log-search/{experiment}/{path}?text=&from=&backwards=&regex=&tag=`: lines that match from `from` on.

    Or those before it if `backwards`; the nearest ones first. `count`: how many there are in the part looked at, of
    which `matches` holds the first. `reached`: up to (down to) where that is. `next`: where to go on, since only so
    much is looked through for one answer; None: searched to the end (the beginning). `pattern_error`: why the text is
    no regular expression, then nothing was searched; an answer and no refusal, since it comes while somebody types.
    """

    count: int
    matches: list[LogMatch]
    reached: int
    next: int | None = None
    identity: str = ""
    pattern_error: str = ""


class MarkdownPage(msgspec.Struct):
    """`GET api/markdown/{experiment}/{path}`: sanitised HTML and the source, cut at the limit if `cut`."""

    html: str
    source: str
    cut: bool = False


class ProjectionRequest(msgspec.Struct):
    """`POST api/projections`: vectors laid out in few dimensions. `path`: of the array's file, an id.

    `rows`: only these vectors; None: all. The answer is a `ProjectionLine` a line.
    """

    experiment: ExperimentId
    path: str
    method: Literal["tsne", "umap"]
    dimensions: Literal[2, 3]
    rows: list[int] | None = None


class ProjectionLine(msgspec.Struct):
    """How far it is (0 to 1), or the end: `places`, the coordinates row after row, or `error`."""

    progress: float | None = None
    places: list[float] | None = None
    error: str = ""


class ProblemsPage(msgspec.Struct):
    """`GET api/problems`: what the server has met so far; `looked_at_all` says whether every experiment was scanned."""

    problems: list[Problem]
    looked_at_all: bool = False


# --- the feed: browser -> server -------------------------------------------------------------------------------------


class Look(msgspec.Struct, tag="look", tag_field="type"):
    """What the browser shows now; replaces what it said before. Changes are sent of just that.

    `experiments`: ids looked at; `kinds`: of which kinds item changes are wanted; `scalar_labels`: labels whose new
    points are wanted, of every experiment looked at; `files`: ids `experiment/path` of logs that are followed.
    `short_points`: whether `points` of series that have a number may come in the short form, as bytes.
    `version`: that of what is shown (None: nothing yet). It counts in the first look of a connection: what has changed
    since is sent, or `resync` if that is not known. What is shown later is asked for after the look that names it.
    """

    experiments: list[ExperimentId] = []
    kinds: list[str] = []
    scalar_labels: list[str] = []
    files: list[str] = []
    version: tuple[str, int] | None = None
    short_points: bool = False


# --- the feed: server -> browser -------------------------------------------------------------------------------------


class ExperimentsChanged(msgspec.Struct, tag="experiments", tag_field="type"):
    sequence: int
    changed: list[ExperimentSummary]
    removed: list[ExperimentId]


class ItemChange(msgspec.Struct):
    kind: str
    label: str
    step: int | None
    removed: bool = False


class ItemsChanged(msgspec.Struct, tag="items", tag_field="type"):
    sequence: int
    experiment: ExperimentId
    changes: list[ItemChange]


class NewPoints(msgspec.Struct, omit_defaults=True, rename={"first_index": "first", "wall_times": "times"}):
    """Points appended to one series (see `SeriesHead`). `first`: index of the first of them in the series.

    The one message of which there are very many, hence the short names, and no `writer` if it is "". `number`: what
    stands for the series in shorter messages from now on (docs/protocol.md, "Points in few bytes"); 0: nothing does.
    """

    label: str
    identity: str
    first_index: int
    steps: list[int]
    wall_times: list[float]
    values: list[JsonNumber]
    writer: str = ""
    number: int = 0


class PointsAdded(msgspec.Struct, tag="points", tag_field="type"):
    """New points of subscribed labels of one experiment. Never merged away: a browser gets all of them, or a resync."""

    sequence: int
    experiment: ExperimentId
    series: list[NewPoints]


class ScalarsChanged(msgspec.Struct, tag="scalars", tag_field="type"):
    """Labels came or went, or files were read anew: ask for the experiment's scalar labels (and series) again."""

    sequence: int
    experiment: ExperimentId


class FileGrew(msgspec.Struct, tag="file", tag_field="type"):
    """A followed file as it is now; sent at first and whenever it has changed.

    `path`: as in `Look.files`. `identity`: as in `LogPage`; "" if there is no such file (any more). `rewritten`: it is
    as long as before, and its bytes may be others.
    """

    sequence: int
    path: str
    size_bytes: int
    identity: str
    rewritten: bool = False


class RootSettingsChanged(msgspec.Struct, tag="settings", tag_field="type"):
    """`lavdlike.yaml` is another one."""

    sequence: int
    people: RootSettings


class BoardsChanged(msgspec.Struct, tag="boards", tag_field="type"):
    """Boards came, went or are others now, by their ids (`board_messages.BoardSummary`): sent to every browser."""

    sequence: int
    changed: list[str]


class HealthChanged(msgspec.Struct, tag="health", tag_field="type"):
    sequence: int
    health: Health


class Resync(msgspec.Struct, tag="resync", tag_field="type"):
    """Changes were not kept for this browser: ask for everything shown again, then go on from this version."""

    epoch: str
    sequence: int
    reason: str


class Hello(msgspec.Struct, tag="hello", tag_field="type"):
    """First message of every connection."""

    epoch: str
    sequence: int
    health: Health


FeedMessage = (
    Hello
    | ExperimentsChanged
    | ItemsChanged
    | PointsAdded
    | ScalarsChanged
    | FileGrew
    | RootSettingsChanged
    | BoardsChanged
    | HealthChanged
    | Resync
)


# Of the name that a browser gives itself.
MAX_CLIENT_CHARACTERS: Final = 64


class PollRequest(msgspec.Struct):
    """`POST api/poll`: the feed without a WebSocket. `client`: a random name the browser keeps while it is open."""

    client: Annotated[str, msgspec.Meta(max_length=MAX_CLIENT_CHARACTERS)]
    look: Look
    since: tuple[str, int] | None = None


class PollAnswer(msgspec.Struct):
    messages: list[FeedMessage]


# --- signing in ----------------------------------------------------------------------------------------------


class SessionPage(msgspec.Struct):
    """`GET api/session`, which anybody may ask: whether this browser may read.

    `asks`: what the sign-in page asks for: the token of the link, or a person's name and password (`--users`).

    `instance`: names this user's server of this root, also after a restart; what the page keeps, it keeps under it.
    A server that needs no token has another one at each start.
    `needs_token` False: started with `--no-token` or on a unix socket, reads need nothing.
    """

    instance: str
    needs_token: bool
    signed_in: bool
    asks: Literal["token", "password"] = "token"


class SignInRequest(msgspec.Struct):
    """`POST api/sign-in`: a token, or a name with a password or a token of that person."""

    token: str
    name: str = ""


class SignedIn(msgspec.Struct):
    """The answer to `POST api/sign-in`, beside the cookie (docs/protocol.md, "Signing in")."""

    instance: str
    page_secret: str  # sent as header `X-Lavdlike-Page`, and as a subprotocol of the WebSocket
    address_key: str  # stands as `key=` in addresses of pictures and files, where no header can be sent


class Refusal(msgspec.Struct):
    """The body of every answer that is not 2xx: what is wrong and what to do, in one sentence each."""

    error: str
    hint: str = ""
