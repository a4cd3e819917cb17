// Generated from lavdlike/messages.py and lavdlike/kinds/ by `python -m tools.typescript`. Do not edit.

export type Status = "crashed" | "finished" | "quiet" | "running" | "stalled" | "unknown";

export type AlertLevel = "error" | "info" | "warn";

export type WatchMode = "inotify" | "observer" | "poll";

/** How a JSON text carries what JSON numbers cannot: "nan", "inf", "-inf"; integers beyond 2**53 as decimal strings. */
export type JsonNumber = number | string;

/**
 * The past that is asked about (docs/protocol.md, "The past"): what there was at a time, or at a step.
 *
 * `time`: Unix seconds; what is later is left out. `step`: points of later steps are, and of what has no step what
 * came after the experiment had gone beyond it. Just one of them; both of them None: the present.
 */
export interface Cursor {
  time: number | null;
  step: number | null;
}

/**
 * Where an experiment was at a cursor, as its scalars say.
 *
 * `time`: the last one, Unix seconds; None: there is no end. `step`: the last one; None: it had logged none.
 */
export interface Moment {
  time: number | null;
  step: number | null;
}

/** A file that cannot be shown, or not wholly. `path` is relative to the root. */
export interface Problem {
  path: string;
  reason: string;
  position: string;
}

/**
 * How the object store answers that a root is in. Times are Unix seconds.
 *
 * `interval_s`: between two lists. `listed`: when the last one that came was asked for; 0: none came.
 * `unreachable_since`: since when lists fail, for this `reason`; 0: they do not. `objects`: in the last list.
 * `requests`: of all sorts, in the last minute; beyond `most_requests` they wait, 0: none do.
 */
export interface StoreHealth {
  interval_s: number;
  listed: number;
  unreachable_since: number;
  reason: string;
  objects: number;
  requests: number;
  most_requests: number;
}

/**
 * How one of the roots is. `name`: "" of one that stands alone. `reason`: why it is not read; "" if it is.
 *
 * `files`: how many are directly in it, which belong to no experiment. `store`: None of a folder of the machine.
 */
export interface RootHealth {
  name: string;
  reason: string;
  files: number;
  store: StoreHealth | null;
}

/**
 * How changes reach the server, and whether the root is there.
 *
 * `delay_s`: the longest that a change goes unseen by the server, as far as the last looks tell, in what is on show
 * and in the rows of the overview; 0 if every change is reported, None if a look has failed.
 * `row_delay_s`: the longest that a row of the overview does not show that its script has ended without a word, or how
 * far it has got.
 * `unwatched_folders`, `links`: of the experiments on show, the folders that are not watched, and the links.
 * `unwatched_rows`: experiments of the overview whose folder is not watched.
 * `roots`: each of those that are shown. `root_present`: one of them is there.
 */
export interface Health {
  mode: WatchMode;
  root_present: boolean;
  delay_s: number | null;
  watched_folders: number;
  unwatched_folders: number;
  unwatched_rows: number;
  links: number;
  row_delay_s: number;
  /** why the mode is not inotify, or what was lost; "" when all is well */
  reason: string;
  roots: RootHealth[];
}

/** One run of a script that wrote to the experiment. */
export interface Session {
  started: number;
  ended: number | null;
  /** "", "finished", or the error's name and text */
  outcome: string;
  host: string;
  pid: number | null;
}

/**
 * How far a loop of the script is (docs/format.md, "Progress").
 *
 * `done` of `total`, in `unit`s; `total` None: nobody knows where it ends. `rate`: a second, over the last minute.
 * `updated`: when `done` grew last. `ended`: it is over, and this was its last state.
 */
export interface Progress {
  name: string;
  done: number;
  started: number;
  updated: number;
  total?: number | null;
  rate?: number | null;
  unit?: string;
  ended?: boolean;
}

/**
 * What the labels are that match a pattern (docs/format.md, "Labels").
 *
 * `pattern`: a label, where `*` stands for any text. `goal`: which values are better; "" if neither. `unit`: of its
 * values, as written behind a number. `x`: the label whose value at the same step is its x axis. The first definition
 * that matches and says something decides that; those in `lavdlike.yaml` stand before those of scripts.
 */
export interface LabelDefinition {
  pattern: string;
  goal?: "" | "max" | "min";
  unit?: string;
  x?: string;
  description?: string;
}

/** What a script points out. `time`: Unix seconds. `title` and `text` may be cut short. */
export interface Alert {
  time: number;
  level: AlertLevel;
  title: string;
  text: string;
}

/**
 * A chart of several labels that a run brings along, as a program laid it out, under a head (`category`).
 *
 * `labels`: in it, in their order; `pattern`: a regular expression for others, "" without.
 */
export interface SuggestedChart {
  title: string;
  category: string;
  labels: string[];
  pattern: string;
}

/**
 * One row of the sidebar and the overview. Without `details`, only id, name and `changed` are known yet.
 *
 * `kinds`: of which something was seen at a glance; there may be more. `title`, `starred`, `archived` and `colour`
 * are what people said of it, `tags` the script's with what people added and without what they removed; `labels`:
 * what the script declared (`Logger.define`). `marks`: names the state of what people said
 * (`edit_messages.Target.match`); `notes` and `annotations` change whenever those files do ("" without such a
 * file). `identity`: of the folder, for what is done to it as a whole. `is_foreign`: another program writes it;
 * nothing is written into its folder. `progress`: of its loops, the outermost first. `source`: the program that
 * wrote it, "" if nothing says so; of a foreign one, title, tags, config and sessions are what its files say.
 * `read_files`: what people chose to read in place of files that hold the same. `alerts`: the newest, the oldest of
 * them first. `charts`: what its writer suggests to draw together. `hears`: labels of items of which its script wants
 * to hear of keys, clicks and selections, "" for all, whether it still runs or not.
 */
export interface ExperimentSummary {
  id: string;
  name: string;
  /** newest mtime known of the folder or its files directly inside */
  changed: number;
  details: boolean;
  status: Status;
  created: number | null;
  sessions: Session[];
  tags: string[];
  config: Record<string, unknown>;
  git_commit: string;
  kinds: string[];
  title: string;
  starred: boolean;
  archived: boolean;
  labels: LabelDefinition[];
  marks: string;
  notes: string;
  annotations: string;
  identity: string;
  is_foreign: boolean;
  progress: Progress[];
  colour: string;
  source: string;
  read_files: string[];
  alerts: Alert[];
  charts: SuggestedChart[];
  hears: string[];
}

/** A filter of experiments that was kept under a name; `filter` as the sidebar's field writes it in the address. */
export interface SavedFilter {
  name: string;
  filter: string;
}

/** Which paths of files outside of steps say a step: a regular expression with the groups `label` and `step`. */
export interface MediaPattern {
  match: string;
}

/** What a pattern makes of a path in the experiment. */
export interface MediaExample {
  path: string;
  label: string;
  step: number;
}

/**
 * `GET api/media/{experiment}`: what patterns would make of the files outside of steps; nothing is changed.
 *
 * `matched`: how many of the `files` fit. `examples`, `others`: the first of those that do, and that do not. `reason`:
 * why a pattern is none; "" if all are.
 */
export interface MediaPreview {
  matched: number;
  files: number;
  examples: MediaExample[];
  others: string[];
  reason: string;
}

/**
 * What `lavdlike.yaml` says of the root.
 *
 * `match`: names its state (`edit_messages.Target.match`), "" without such a file. `view`: parameters of the page's
 * address that every visit begins with. `problem`: why it, or a part of it, is not read; the rest holds.
 */
export interface RootSettings {
  match: string;
  labels: LabelDefinition[];
  filters: SavedFilter[];
  view: Record<string, string[]>;
  problem: Problem | null;
  media: MediaPattern[];
}

/**
 * A kind of a plug-in, whose page draws its items in frames (`kinds/{kind}/`, docs/kinds.md).
 *
 * `noun`: what it shows, in the plural. `card_height`: in pixels. `max_bytes`: of a file that a frame is given; None
 * where the content of an item is a `ShownContent`, which the page draws itself.
 */
export interface FrameKind {
  kind: string;
  title: string;
  noun: string;
  card_height: number;
  max_bytes: number | null;
}

/**
 * Whether who asks may edit.
 *
 * `user`: by which name, "" where nobody is told apart. `reason`: why not, a sentence.
 */
export interface Editing {
  allowed: boolean;
  user: string;
  reason: string;
}

/**
 * One of the roots that are shown.
 *
 * `name`: the first part of the names of its experiments, `id` that of their ids; "" if it stands alone.
 * `home`: the id under which the files directly in it are asked for, as of an experiment; "" if there can be none.
 * `is_run`: it is one experiment. `unwritable`: why nothing in it can be changed although other roots can be; "" if it
 * can.
 */
export interface PageRoot {
  name: string;
  id: string;
  path: string;
  home: string;
  is_run: boolean;
  unwritable: string;
}

/**
 * `GET api/root`: what the first page needs. Of the past (`?time=`), rows are of that time, as far as is known.
 *
 * `html_scripts`: scripts of HTML files run (`--allow-html-scripts`). `kinds`: beside lavdlike's own. `people`: what
 * people declared for the whole root. `is_run`: what is shown is one experiment, and its folder what `path` names.
 * `roots`: all of them. Of several, `name` and `path` name all.
 */
export interface RootPage {
  epoch: string;
  sequence: number;
  name: string;
  path: string;
  health: Health;
  experiments: ExperimentSummary[];
  html_scripts: boolean;
  kinds: FrameKind[];
  people: RootSettings;
  editing: Editing;
  is_run: boolean;
  roots: PageRoot[];
}

/** One label of one kind in an experiment. `steps`: runs [first, count, stride], growing, without overlap. */
export interface LabelEntry {
  kind: string;
  label: string;
  steps: [number, number, number][];
  has_global: boolean;
}

/**
 * `GET api/experiments/{experiment}`: every label but those of scalars (`ScalarLabels`).
 *
 * Of the past (`?time=` or `?step=`), `moment` says where the experiment was, and `rewritten` which of the labels'
 * steps are there as they are now: their files were written after that.
 */
export interface Catalogue {
  experiment: string;
  epoch: string;
  sequence: number;
  labels: LabelEntry[];
  problems: Problem[];
  moment: Moment | null;
  rewritten: LabelEntry[];
}

export interface ItemAddress {
  experiment: string;
  kind: string;
  label: string;
  step: number | null;
}

/** `POST api/items`: at most 500 addresses. */
export interface ItemsRequest {
  items: ItemAddress[];
}

/** One file of an item. `path` is relative to the experiment and percent-encoded (an id). */
export interface FileInfo {
  path: string;
  size_bytes: number;
  modified: number;
  etag: string;
}

/**
 * What the head of a picture file says. `width` and `height`: pixels as stored, which is what boxes count in.
 *
 * `orientation`: EXIF's 1 to 8, how the stored picture is turned or mirrored to stand upright; `api/pictures` answers
 * upright pictures only.
 */
export interface PictureInfo {
  width: number;
  height: number;
  orientation: number;
  /** Pillow's name: "PNG", "JPEG", ... */
  format: string;
  /** Pillow's: "RGB", "L", "I;16", ... */
  mode: string;
  frames: number;
}

/**
 * An item's files (the shown one first) and its content, whose shape is the kind's (`lavdlike/kinds/`).
 *
 * `picture`: of an image item whose file could be read.
 */
export interface Item {
  address: ItemAddress;
  sequence: number;
  files: FileInfo[];
  content: unknown;
  picture: PictureInfo | null;
  problem: Problem | null;
}

/** The items asked for, in that order; None for what is not there. */
export interface ItemsPage {
  items: (Item | null)[];
}

export interface FolderEntry {
  name: string;
  /** id, relative to the experiment */
  path: string;
  is_folder: boolean;
  size_bytes: number;
  modified: number;
  kinds: string[];
  /** "link, not followed (--follow-links)", "not a regular file", ... */
  note: string;
}

/** `GET api/folders/{experiment}/{path}`: a folder as it is on disk now. */
export interface FolderPage {
  experiment: string;
  path: string;
  entries: FolderEntry[];
}

/**
 * `GET api/logs/{experiment}/{path}`: whole lines between two byte offsets.
 *
 * `start` and `end`: byte offsets of the first line's begin and the last line's end; `offsets`: where each line of
 * `text` begins; `size_bytes`: the file's size;
 * `identity` changes when the file was replaced or truncated: offsets of another identity mean nothing.
 * `first_line`: number of the first line, from 0, when known (it is when reading began at the start of the file).
 * A last line without its newline is a line, too: who follows the file asks for it again from its own begin.
 * Where only some tags are asked for, `text` has just their lines; a page may then be empty although it covers a part
 * of the file, because so much is looked through for one answer.
 */
export interface LogPage {
  start: number;
  end: number;
  size_bytes: number;
  identity: string;
  text: string;
  offsets: number[];
  first_line: number | null;
}

export interface LogMatch {
  /** of the line's first byte */
  offset: number;
  /** shortened */
  line: string;
}

/**
 * `GET api/log-search/{experiment}/{path}?text=&from=&backwards=&regex=&tag=`: lines that match from `from` on.
 *
 * Or those before it if `backwards`; the nearest ones first. `count`: how many there are in the part looked at, of
 * which `matches` holds the first. `reached`: up to (down to) where that is. `next`: where to go on, since only so
 * much is looked through for one answer; None: searched to the end (the beginning). `pattern_error`: why the text is
 * no regular expression, then nothing was searched; an answer and no refusal, since it comes while somebody types.
 */
export interface LogSearchPage {
  count: number;
  matches: LogMatch[];
  reached: number;
  next: number | null;
  identity: string;
  pattern_error: string;
}

/** `GET api/markdown/{experiment}/{path}`: sanitised HTML and the source, cut at the limit if `cut`. */
export interface MarkdownPage {
  html: string;
  source: string;
  cut: boolean;
}

/**
 * `POST api/projections`: vectors laid out in few dimensions. `path`: of the array's file, an id.
 *
 * `rows`: only these vectors; None: all. The answer is a `ProjectionLine` a line.
 */
export interface ProjectionRequest {
  experiment: string;
  path: string;
  method: "tsne" | "umap";
  dimensions: 2 | 3;
  rows: number[] | null;
}

/** How far it is (0 to 1), or the end: `places`, the coordinates row after row, or `error`. */
export interface ProjectionLine {
  progress: number | null;
  places: number[] | null;
  error: string;
}

/** `GET api/problems`: what the server has met so far; `looked_at_all` says whether every experiment was scanned. */
export interface ProblemsPage {
  problems: Problem[];
  looked_at_all: boolean;
}

/**
 * What the browser shows now; replaces what it said before. Changes are sent of just that.
 *
 * `experiments`: ids looked at; `kinds`: of which kinds item changes are wanted; `scalar_labels`: labels whose new
 * points are wanted, of every experiment looked at; `files`: ids `experiment/path` of logs that are followed.
 * `short_points`: whether `points` of series that have a number may come in the short form, as bytes.
 * `version`: that of what is shown (None: nothing yet). It counts in the first look of a connection: what has changed
 * since is sent, or `resync` if that is not known. What is shown later is asked for after the look that names it.
 */
export interface Look {
  type: "look";
  experiments: string[];
  kinds: string[];
  scalar_labels: string[];
  files: string[];
  version: [string, number] | null;
  short_points: boolean;
}

export interface ExperimentsChanged {
  type: "experiments";
  sequence: number;
  changed: ExperimentSummary[];
  removed: string[];
}

export interface ItemChange {
  kind: string;
  label: string;
  step: number | null;
  removed: boolean;
}

export interface ItemsChanged {
  type: "items";
  sequence: number;
  experiment: string;
  changes: ItemChange[];
}

/**
 * Points appended to one series (see `SeriesHead`). `first`: index of the first of them in the series.
 *
 * The one message of which there are very many, hence the short names, and no `writer` if it is "". `number`: what
 * stands for the series in shorter messages from now on (docs/protocol.md, "Points in few bytes"); 0: nothing does.
 */
export interface NewPoints {
  label: string;
  identity: string;
  first: number;
  steps: number[];
  times: number[];
  values: JsonNumber[];
  writer?: string;
  number?: number;
}

/** New points of subscribed labels of one experiment. Never merged away: a browser gets all of them, or a resync. */
export interface PointsAdded {
  type: "points";
  sequence: number;
  experiment: string;
  series: NewPoints[];
}

/** Labels came or went, or files were read anew: ask for the experiment's scalar labels (and series) again. */
export interface ScalarsChanged {
  type: "scalars";
  sequence: number;
  experiment: string;
}

/**
 * A followed file as it is now; sent at first and whenever it has changed.
 *
 * `path`: as in `Look.files`. `identity`: as in `LogPage`; "" if there is no such file (any more). `rewritten`: it is
 * as long as before, and its bytes may be others.
 */
export interface FileGrew {
  type: "file";
  sequence: number;
  path: string;
  size_bytes: number;
  identity: string;
  rewritten: boolean;
}

/** `lavdlike.yaml` is another one. */
export interface RootSettingsChanged {
  type: "settings";
  sequence: number;
  people: RootSettings;
}

/** Boards came, went or are others now, by their ids (`board_messages.BoardSummary`): sent to every browser. */
export interface BoardsChanged {
  type: "boards";
  sequence: number;
  changed: string[];
}

export interface HealthChanged {
  type: "health";
  sequence: number;
  health: Health;
}

/** Changes were not kept for this browser: ask for everything shown again, then go on from this version. */
export interface Resync {
  type: "resync";
  epoch: string;
  sequence: number;
  reason: string;
}

/** First message of every connection. */
export interface Hello {
  type: "hello";
  epoch: string;
  sequence: number;
  health: Health;
}

export type FeedMessage =
  | Hello
  | ExperimentsChanged
  | ItemsChanged
  | PointsAdded
  | ScalarsChanged
  | FileGrew
  | RootSettingsChanged
  | BoardsChanged
  | HealthChanged
  | Resync;

/** `POST api/poll`: the feed without a WebSocket. `client`: a random name the browser keeps while it is open. */
export interface PollRequest {
  client: string;
  look: Look;
  since: [string, number] | null;
}

export interface PollAnswer {
  messages: FeedMessage[];
}

/**
 * `GET api/session`, which anybody may ask: whether this browser may read.
 *
 * `asks`: what the sign-in page asks for: the token of the link, or a person's name and password (`--users`).
 *
 * `instance`: names this user's server of this root, also after a restart; what the page keeps, it keeps under it.
 * A server that needs no token has another one at each start.
 * `needs_token` False: started with `--no-token` or on a unix socket, reads need nothing.
 */
export interface SessionPage {
  instance: string;
  needs_token: boolean;
  signed_in: boolean;
  asks: "password" | "token";
}

/** `POST api/sign-in`: a token, or a name with a password or a token of that person. */
export interface SignInRequest {
  token: string;
  name: string;
}

/** The answer to `POST api/sign-in`, beside the cookie (docs/protocol.md, "Signing in"). */
export interface SignedIn {
  instance: string;
  /** sent as header `X-Lavdlike-Page`, and as a subprotocol of the WebSocket */
  page_secret: string;
  /** stands as `key=` in addresses of pictures and files, where no header can be sent */
  address_key: string;
}

/** The body of every answer that is not 2xx: what is wrong and what to do, in one sentence each. */
export interface Refusal {
  error: string;
  hint: string;
}

export type XAxis = "relative" | "step" | "wall";

export type SmoothingMethod = "ema" | "gaussian" | "mean" | "median" | "time";

/** `POST api/scalars/labels`. */
export interface ScalarLabelsRequest {
  experiments: string[];
}

/**
 * What is known of a label without its points, over all its writers; the last point is the one logged last.
 *
 * `minimum` and `maximum` leave out NaN and infinities (None if nothing is left).
 */
export interface ScalarLabel {
  label: string;
  count: number;
  last_step: number;
  last_value: number | string;
  last_wall_time: number;
  minimum: number | null;
  maximum: number | null;
}

/**
 * A file of points that is not read, since another one holds the same. Paths relative to the experiment.
 *
 * `instead`: the one that is read. `why`: what the two have in common, for people. `is_usual`: it is read
 * unless people choose the other one.
 */
export interface LeftOutFile {
  path: string;
  instead: string;
  why: string;
  is_usual: boolean;
}

/** Of one experiment. `left_out`: of its files, those that may be read in place of others (`Mark.read_files`). */
export interface ScalarLabels {
  experiment: string;
  sequence: number;
  labels: ScalarLabel[];
  problems: Problem[];
  left_out: LeftOutFile[];
}

export interface ScalarLabelsPage {
  experiments: ScalarLabels[];
}

/**
 * `POST api/scalars/series`: every label of every experiment that has it.
 *
 * `x_min`, `x_max`: range in units of `x` (step; seconds since the experiment's first point; Unix seconds),
 * inclusive; the nearest points outside are sent too, so that lines reach the edges. `columns`: pixel columns of the
 * overview, whose exact minimum and maximum are kept; 0 asks for every exact point. `log_x`: columns are even in log
 * x. `smoothing`: 0 <= weight < 1, computed on exact points, anew in each segment. `method`: "ema" is the debiased
 * exponential moving average; "time" weighs by distance in x; "mean", "median" and "gaussian" look at a window around
 * each point. `expressions`: arithmetic over labels (`"val/loss" - "train/loss"`), each a series of its own under
 * that name, at the steps that all of its labels have (docs/protocol.md, "Expressions"); a text in `labels` as well is
 * one. `x_label`: the label whose value at the same step is the x, in the order of steps, in one segment in which x
 * may go back; points without one are left out.
 */
export interface SeriesRequest {
  experiments: string[];
  labels: string[];
  x: XAxis;
  log_x: boolean;
  x_min: number | null;
  x_max: number | null;
  columns: number;
  smoothing: number;
  method: SmoothingMethod;
  expressions: string[];
  x_label: string;
}

/**
 * Describes one series of an answer; its columns follow in the binary form (docs/protocol.md, "Series").
 *
 * A label that several writers log (`scalars.rank3.tsv`) has one series for each, told apart by `writer` ("" for
 * `scalars.tsv` and for values in JSON files): a series only ever grows at its end, and each is a line of its own.
 * `count`: points in the whole series; `sent`: points in this answer; `identity`: changes when the file was read
 * anew: points of another identity do not belong together. `segments`: indices into the sent points where a new
 * segment begins, because the step went back (or x did: a clock that was set back); x never decreases within a
 * segment. `exact`: nothing was left out between the first and the last point sent. `without_place`: points of the
 * whole series that a logarithmic x axis cannot show, as their x is not above 0; they are not sent.
 * `smoothing_state`: (weighted sum, weight sum) after the last exact point, to go on with live points: both times the
 * weight, plus the value and plus 1; their quotient is the smoothed value. A value that is not finite changes neither
 * and is its own smoothed value; a new segment starts from (0, 0).
 */
export interface SeriesHead {
  experiment: string;
  label: string;
  writer: string;
  identity: string;
  count: number;
  sent: number;
  exact: boolean;
  first_wall_time: number;
  segments: number[];
  without_place: number;
  smoothing_state: [number, number] | null;
}

/**
 * How one column of all series of an answer is packed (docs/protocol.md, "Series, binary form").
 *
 * `bytes`: of each number. `scale`: 0 for doubles as they are; above, for whole numbers of which differences are sent:
 * the column's numbers are those divided by the scale. `firsts`: the first whole number of each series, 0 for one
 * without points. `slopes`: what is expected to be added with each step and is left out of the whole numbers, for
 * each series; none for a column that has no such.
 */
export interface PackedColumn {
  bytes: number;
  scale: number;
  firsts: number[];
  slopes: number[];
}

/** `columns`: steps, wall times, values, smoothed values if they were asked for, and x if `x_label` was. */
export interface SeriesAnswerHead {
  epoch: string;
  sequence: number;
  series: SeriesHead[];
  columns: PackedColumn[];
  problems: Problem[];
}

/** The JSON form of one series, for people and scripts (`Accept: application/json`). */
export interface SeriesPoints {
  head: SeriesHead;
  steps: number[];
  wall_times: number[];
  values: (number | string)[];
  smoothed: (number | string)[] | null;
  x: number[] | null;
}

export interface SeriesPage {
  epoch: string;
  sequence: number;
  series: SeriesPoints[];
  problems: Problem[];
}

/**
 * `POST api/scalars/values`: what each series has at one place; exact, whatever is drawn.
 *
 * `x`, `at`: as in `SeriesRequest`. `smoothing`, `method` and `expressions`: as there.
 */
export interface ValuesRequest {
  experiments: string[];
  labels: string[];
  at: number;
  x: XAxis;
  smoothing: number;
  method: SmoothingMethod;
  expressions: string[];
}

/**
 * One series at a place. `is_here`: its point lies just there; if not, it is the nearest earlier one.
 *
 * Of several points of a step the one that was logged last, as far as it counts (`results`).
 */
export interface ValueAt {
  experiment: string;
  label: string;
  writer: string;
  step: number;
  wall_time: number;
  value: number | string;
  is_here: boolean;
  smoothed: number | string | null;
}

/** Series without a point there or earlier are left out. */
export interface ValuesPage {
  epoch: string;
  sequence: number;
  values: ValueAt[];
}

/** `POST api/scalars/ranges`: what the values of each series come to between two places, both inclusive. */
export interface RangesRequest {
  experiments: string[];
  labels: string[];
  x_min: number;
  x_max: number;
  x: XAxis;
  expressions: string[];
}

/**
 * `count`: of the points in the range that count; the rest of the finite values, None without one. `change`: last
 * minus first.
 */
export interface RangeOfSeries {
  experiment: string;
  label: string;
  writer: string;
  count: number;
  first: number | null;
  last: number | null;
  change: number | null;
  minimum: number | null;
  step_of_minimum: number | null;
  maximum: number | null;
  step_of_maximum: number | null;
  mean: number | null;
}

export interface RangesPage {
  epoch: string;
  sequence: number;
  ranges: RangeOfSeries[];
}

/**
 * `POST api/scalars/aggregates`: one line a group and label, over the groups' experiments.
 *
 * `groups`: at most 1,000. At each step over those that have a value there: the union of their steps, or `bins` of
 * equal width if that is above 0, between the first and the last x of the line's experiments (whatever the range),
 * in each of which an experiment counts with its mean. `x` is the step or the time since an experiment's first point,
 * the latter in bins only. An experiment counts once: with the mean over the writers that have a value there.
 * `band`: the deviation of a sample, the standard error, and the 95 % interval after Student are those of the mean,
 * to each side of it; "range" is smallest to largest. `smoothing`, `method`: of each series before they are taken
 * together. Range, columns and expressions as in `SeriesRequest`; what is cut to columns is cut afterwards.
 */
export interface AggregatesRequest {
  groups: string[][];
  labels: string[];
  average: "mean" | "median";
  band: "deviation" | "error" | "interval" | "none" | "quartiles" | "range";
  bins: number;
  x: "relative" | "step";
  log_x: boolean;
  x_min: number | null;
  x_max: number | null;
  columns: number;
  smoothing: number;
  method: SmoothingMethod;
  expressions: string[];
}

/**
 * One line; its columns follow in the binary form: x, average, low, high, n (of experiments), `sent` numbers each.
 *
 * Low and high are NaN where there is no band (one value and no deviation), all but x and n where n is 0. `group`:
 * index in the request. `runs`: experiments that have the label. `count`: steps, or bins that have points. `missing`:
 * values that are not finite, over all of them; they do not count.
 */
export interface AggregateHead {
  group: number;
  label: string;
  runs: number;
  count: number;
  sent: number;
  missing: number;
}

export interface AggregatesHead {
  epoch: string;
  sequence: number;
  aggregates: AggregateHead[];
  problems: Problem[];
}

/** The JSON form of one line, for people and scripts (`Accept: application/json`). */
export interface AggregatePoints {
  head: AggregateHead;
  x: number[];
  average: (number | string)[];
  low: (number | string)[];
  high: (number | string)[];
  n: number[];
}

export interface AggregatesPage {
  epoch: string;
  sequence: number;
  aggregates: AggregatePoints[];
  problems: Problem[];
}

/** Several values, such as tags, are a list; None: the experiment has none. */
export type Cell = number | string | boolean | (number | boolean)[] | null;

/**
 * What experiments have in common that are one group.
 *
 * `by`: fields; experiments with equal values are together. `pattern`: a regular expression that is found in names;
 * what its groups captured (all that it found, without groups) is the key, beside that of `by`. Experiments that have
 * nothing of it are a group of their own. `folder`: the part of the name before its last `/` belongs to the key.
 */
export interface Grouping {
  by: string[];
  pattern: string;
  folder: boolean;
}

/**
 * `POST api/filter`: which experiments a filter lets through, in which order, and what they have in common.
 *
 * `filter`: as in docs/filter.md; "" lets all through. `archived`: archived ones, too. `columns`: fields whose values
 * are wanted. `sort`: a field; "" is by title or name, in natural order. `descending`: None: as the field's goal
 * says, the best first. `facets`: whether these are wanted.
 */
export interface FilterRequest {
  filter: string;
  archived: boolean;
  columns: string[];
  sort: string;
  descending: boolean | null;
  grouping: Grouping;
  facets: boolean;
}

/**
 * Why a text is no filter, no field or no pattern.
 *
 * `text`: which one. `position`: of the first wrong character in it, from 0.
 */
export interface FilterMistake {
  text: string;
  reason: string;
  position: number;
  length: number;
}

/**
 * A value that some of the experiments have.
 *
 * `term`: what stands in a filter for it. `count`: of those let through.
 */
export interface FacetValue {
  shown: string;
  term: string;
  count: number;
}

/**
 * What experiments differ in: `status`, `tag`, `folder` or a setting, and its most frequent values.
 *
 * `written`: the field as it stands in a filter: `run.status` where a setting is called `status`, too. `more`: how
 * many other values there are. `low` and `high`: where all values are numbers, and then `values` may be empty where
 * nearly every experiment has another one.
 */
export interface Facet {
  field: string;
  written: string;
  values: FacetValue[];
  more: number;
  low: number | null;
  high: number | null;
}

/** Of the finite numbers in a column of a group. `deviation`: of a sample; None for one number. */
export interface Spread {
  n: number;
  mean: number;
  median: number;
  deviation: number | null;
  minimum: number;
  maximum: number;
}

/**
 * Experiments with one key.
 *
 * `key`: a cell for each field, then for each captured group, then the folder if asked for.
 * `title`: the key in words, `lr=0.01 opt=adam`. `spreads`: one a column; None without a finite number.
 */
export interface Group {
  title: string;
  key: Cell[];
  experiments: string[];
  spreads: (Spread | null)[];
}

/**
 * `experiments`: in the order asked for. `cells`: one list a column, with a cell for each experiment.
 *
 * `mistakes`: why the filter, a column, the order or the grouping means nothing; with one in the filter,
 * `experiments` is empty: the page keeps what it had. `notes`: what a person may have meant instead. `unread`:
 * experiments whose scalars would be needed and have not been read yet; they are read meanwhile, ask again.
 * `is_live`: scalars decide, so the answer may be another one after the next value.
 */
export interface FilterAnswer {
  epoch: string;
  sequence: number;
  experiments: string[];
  cells: Cell[][];
  groups: Group[];
  facets: Facet[];
  mistakes: FilterMistake[];
  notes: string[];
  unread: number;
  is_live: boolean;
}

/** `POST api/compare-groups`: is A better than B? `field`: of a label: `last(val/loss)`, `min(val/loss)`, ... */
export interface ComparisonRequest {
  a: string[];
  b: string[];
  field: string;
}

/**
 * The difference of two groups' means, mean of A minus mean of B, with its 95 % interval after Welch.
 *
 * None where a group has too few numbers. `better`: which group is, by the field's goal, if the interval leaves out
 * 0.
 */
export interface GroupComparison {
  a: Spread | null;
  b: Spread | null;
  difference: number | null;
  low: number | null;
  high: number | null;
  degrees: number | null;
  better: string;
  unread: number;
}

/**
 * `POST api/importance`: which of these fields go along with a result.
 *
 * `result`: a field with numbers, such as `min(val/loss)`. `fields`: at most 200. `forest`: whether a random forest is
 * to say as well what it makes of each of them, which takes seconds.
 */
export interface ImportanceRequest {
  experiments: string[];
  result: string;
  fields: string[];
  forest: boolean;
}

/**
 * How much a field goes along with the result, by ranks.
 *
 * `n`: experiments that have both. `different`: how many different values there are. `is_numeric`: whether all are
 * numbers. `correlation`: Spearman's, -1 to 1, of numbers. `explained`: the share of the variance that lies between
 * its values, 0 to 1, corrected for their number (Kelley's epsilon squared); of categories, and of numbers with at
 * most 10 different values. `forest`: the share of the variance that a forest predicts worse where the field's values
 * are shuffled among experiments it has not seen. None: it cannot be said, or n is below 20.
 */
export interface Importance {
  field: string;
  n: number;
  different: number;
  is_numeric: boolean;
  correlation: number | null;
  explained: number | null;
  forest: number | null;
}

/**
 * `n`: experiments whose result is a number; with fewer than `fewest`, nothing is said of any field.
 *
 * `importances`: one for each field that means something, in the order asked for. `forest_explained`: the share of the
 * variance, by rank, that the forest predicts of experiments it has not seen; what it says counts for as much.
 * `forest_failure`: why there is no forest, if one was asked for.
 */
export interface ImportanceAnswer {
  n: number;
  fewest: number;
  importances: Importance[];
  mistakes: FilterMistake[];
  forest_explained: number | null;
  forest_failure: string;
  unread: number;
}

/** Whose a board is: a file of ours, a schema of Streamvis, charts that TensorBoard's custom scalars plugin keeps. */
export type BoardFormat = "custom-scalars" | "lavdlike" | "streamvis";

export type PanelType = "chart" | "item" | "parallel" | "table" | "text";

export type AverageName = "mean" | "median";

export type BandName = "deviation" | "error" | "interval" | "none" | "quartiles" | "range";

export type Outliers = "auto" | "ignore" | "show";

export type Glyph = "line" | "scatter";

/** Something in a board's text that means nothing. `line` and `column` from 1; 0 where it has no place. */
export interface BoardMistake {
  reason: string;
  line: number;
  column: number;
}

/**
 * How the lines of labels look. `label`: a label, or a regular expression that is found in it; "": all.
 *
 * `colour`: as CSS writes it. `width`: in pixels. `dash`: lengths of strokes and gaps in pixels; [] is solid.
 */
export interface ChartStyle {
  label?: string;
  colour?: string;
  width?: number | null;
  dash?: number[] | null;
}

/**
 * How charts are drawn: of a board for all of its panels, of a panel in place of the board's. None: as elsewhere.
 *
 * `filter`: which experiments (docs/filter.md); a panel's further restricts the board's. `x_label`: the label whose
 * values are the x axis. Ranges: lowest and highest, None where the values decide. `group_by`, `group_pattern`,
 * `group_folder`: as of `filter_messages.Grouping`. `singles`: whether single experiments are drawn behind groups.
 */
export interface BoardSettings {
  filter?: string;
  x?: "relative" | "step" | "wall" | null;
  x_label?: string;
  log_x?: boolean | null;
  log_y?: boolean | null;
  x_range?: [number | null, number | null] | null;
  y_range?: [number | null, number | null] | null;
  smoothing?: number | null;
  smoothing_method?: "ema" | "gaussian" | "mean" | "median" | "time" | null;
  group_by?: string[] | null;
  group_pattern?: string;
  group_folder?: boolean | null;
  average?: AverageName | null;
  band?: BandName | null;
  singles?: boolean | null;
  outliers?: Outliers | null;
}

/**
 * One panel. What of it counts depends on `type`.
 *
 * `index`: its place in the file's list, by which operations name it. `id`: what a person called it, "" if nobody did.
 * `at`: column, row, width and height in the grid of its section; None: behind all others.
 *
 * - `chart`: lines of `labels`, of all labels in which `pattern` is found, and of `expressions`, those of `right` at
 *   the axis at the right. `glyph`, `styles`, `palette` (colours, by the order of the lines), `x_title`, `y_title`.
 * - `item`: items of `kind` under `labels` or `pattern`, at `step` (None: the latest).
 * - `table`: the overview with `columns`, sorted by `sort`; `parallel`: parallel coordinates of the fields `columns`,
 *   coloured by `colour`. Fields are those of docs/filter.md.
 * - `text`: Markdown.
 *
 * `template`: a regular expression over labels, instead of `labels` and `pattern` of a chart or of items: there is a
 * panel for each text that its groups capture (without groups: for each label in which it is found), with the labels
 * that captured it.
 */
export interface BoardPanel {
  filter?: string;
  x?: "relative" | "step" | "wall" | null;
  x_label?: string;
  log_x?: boolean | null;
  log_y?: boolean | null;
  x_range?: [number | null, number | null] | null;
  y_range?: [number | null, number | null] | null;
  smoothing?: number | null;
  smoothing_method?: "ema" | "gaussian" | "mean" | "median" | "time" | null;
  group_by?: string[] | null;
  group_pattern?: string;
  group_folder?: boolean | null;
  average?: AverageName | null;
  band?: BandName | null;
  singles?: boolean | null;
  outliers?: Outliers | null;
  type: PanelType;
  index: number;
  id?: string;
  title?: string;
  section?: string;
  at?: [number, number, number, number] | null;
  labels?: string[];
  pattern?: string;
  expressions?: string[];
  template?: string;
  right?: string[];
  glyph?: Glyph | null;
  styles?: ChartStyle[];
  palette?: string[];
  x_title?: string;
  y_title?: string;
  kind?: string;
  step?: number | null;
  columns?: string[];
  sort?: string;
  descending?: boolean | null;
  colour?: string;
  text?: string;
}

/** A head, below which stand the panels that name its `title`. `closed`: folded at first. */
export interface BoardSection {
  title: string;
  closed?: boolean;
}

/** What a board shows. Panels without a section come first, then the sections in their order. */
export interface Board {
  filter?: string;
  x?: "relative" | "step" | "wall" | null;
  x_label?: string;
  log_x?: boolean | null;
  log_y?: boolean | null;
  x_range?: [number | null, number | null] | null;
  y_range?: [number | null, number | null] | null;
  smoothing?: number | null;
  smoothing_method?: "ema" | "gaussian" | "mean" | "median" | "time" | null;
  group_by?: string[] | null;
  group_pattern?: string;
  group_folder?: boolean | null;
  average?: AverageName | null;
  band?: BandName | null;
  singles?: boolean | null;
  outliers?: Outliers | null;
  title?: string;
  sections?: BoardSection[];
  panels?: BoardPanel[];
}

/**
 * One board in the list. `board`: its id, `experiment/path` as ids of files are; of the root the root's own home.
 *
 * `experiment`: None of a board of the root. `mistakes`: how many; `can_edit`: whether its file may be changed, as far
 * as the board is concerned.
 */
export interface BoardSummary {
  board: string;
  name: string;
  experiment: string | null;
  title: string;
  panels: number;
  format: BoardFormat;
  mistakes: number;
  can_edit: boolean;
}

/**
 * `GET api/boards`: those given at the start (`--board`), then those of the roots, by name.
 *
 * With `experiment=ID` those of an experiment.
 */
export interface BoardsPage {
  boards: BoardSummary[];
}

/**
 * `GET api/boards/{experiment}/{path}`, and `POST api/boards/preview`, where nothing but the last three counts.
 *
 * `match`: names the state of the file, for edits; "" where there is no file of its own. `text`: the file, YAML.
 * `content`: what it says; while there are `mistakes` that of the last state that had none, if this server has seen
 * one, else what of it can be read, None if nothing can. `is_last_good`: whether it is that of an earlier state.
 * `notes`: what of it is not shown, although it is no mistake. `as_ours`: a text of ours that shows the same, for who
 * wants to change a board of another format; "" of one of ours.
 */
export interface BoardPage {
  board: string;
  name: string;
  experiment: string | null;
  format: BoardFormat;
  match: string;
  can_edit: boolean;
  text: string;
  content: Board | null;
  is_last_good: boolean;
  mistakes: BoardMistake[];
  notes: BoardMistake[];
  as_ours: string;
}

/** Put a value at a path of keys and places in lists (`["panels", 2, "title"]`), where its parent is there. */
export interface SetInBoard {
  operation: "set";
  path: (string | number)[];
  value: unknown;
}

export interface RemoveFromBoard {
  operation: "remove";
  path: (string | number)[];
}

/** `panel`: as it stands in the file (docs/boards.md). `index`: before which one; None: at the end. */
export interface InsertPanel {
  operation: "insert";
  panel: Record<string, unknown>;
  index: number | null;
}

/** To the place `to` of the list without it. */
export interface MovePanel {
  operation: "move";
  index: number;
  to: number;
}

export type BoardOperation = SetInBoard | RemoveFromBoard | InsertPanel | MovePanel;

/** `POST api/boards/preview`: a text that is not saved, after the operations. */
export interface BoardPreview {
  text: string;
  operations: BoardOperation[];
}

/**
 * Change a board, or make one: by `operations`, one after the other, or by a new `text`; "" removes the file.
 *
 * `name` in place of both: the board is called so from now on, as one edit that one undo takes back.
 * `board`: its id. `match`: the state that who edits has seen, "" of a new one. Comments and keys that are not ours
 * stay where operations change something else. A text, or a change, that has mistakes is refused.
 */
export interface WriteBoard {
  action: "board";
  board: string;
  match: string;
  operations: BoardOperation[];
  text: string | null;
  name: string | null;
}

/**
 * One experiment of an edit. `match`: the state that who edits has seen, as this API's If-Match.
 *
 * It is `marks`, the notes' or the annotations' `match` for what changes a file ("" if there was none), and `identity`
 * for what is done to the folder. Another state means that nothing is changed: a conflict.
 */
export interface Target {
  experiment: string;
  match: string;
}

/**
 * Say something of experiments; None leaves it as it is, an empty title or colour removes it.
 *
 * `read_files`: of files of points that hold the same as others, those that are read (`ScalarLabels.left_out`).
 */
export interface Mark {
  action: "mark";
  targets: Target[];
  title: string | null;
  starred: boolean | null;
  archived: boolean | null;
  add_tags: string[];
  remove_tags: string[];
  colour: string | null;
  read_files: string[] | null;
}

/** The whole of an experiment's `my-notes.md`; empty text removes the file. */
export interface WriteNotes {
  action: "notes";
  target: Target;
  text: string;
}

/**
 * A text that a person put to a step, a range of steps or a point of a label's line.
 *
 * `id`: names it in its experiment, "" for a new one. `end_step`: of a range, inclusive. `label`: whose point it is,
 * "" for the whole experiment. `author` and `time` (Unix seconds) are the server's to say.
 */
export interface Annotation {
  step: number;
  text: string;
  id: string;
  end_step: number | null;
  label: string;
  author: string;
  time: number;
}

/** Add an annotation, or put it in the place of that of its id. An empty text removes it. */
export interface Annotate {
  action: "annotate";
  target: Target;
  annotation: Annotation;
}

/** Move experiments to the trash; not those that run. */
export interface Trash {
  action: "trash";
  targets: Target[];
}

/** Put back what is in the trash, by the ids of `Trashed`. */
export interface Restore {
  action: "restore";
  trashed: string[];
}

/** Remove for good what is in the trash, by the ids of `Trashed`. Cannot be undone. */
export interface EmptyTrash {
  action: "empty-trash";
  trashed: string[];
}

/** Give an experiment that does not run another name. */
export interface Rename {
  action: "rename";
  target: Target;
  name: string;
}

/** Declare in `lavdlike.yaml` what labels are; a definition that says nothing but its pattern is removed. */
export interface DefineLabels {
  action: "define";
  match: string;
  definition: LabelDefinition;
}

/** Keep a filter under a name; an empty one is removed. */
export interface SaveFilter {
  action: "filter";
  match: string;
  saved: SavedFilter;
}

/** Keep the settings of the view for the root. */
export interface SaveView {
  action: "view";
  match: string;
  view: Record<string, string[]>;
}

/** Say in `lavdlike.yaml` which paths outside of steps say a step (`messages.MediaPattern`), in place of all. */
export interface SaveMedia {
  action: "media";
  match: string;
  patterns: string[];
}

/**
 * Move files of steps to the trash: of each label of these kinds, all but every Nth and the last N steps.
 *
 * `every`: 0 keeps only the last. `dry_run`: only count.
 */
export interface Thin {
  action: "thin";
  targets: Target[];
  kinds: string[];
  every: number;
  last: number;
  dry_run: boolean;
}

/** All items of a kind under a label, of all steps. */
export interface ItemName {
  kind: string;
  label: string;
}

/**
 * Move the files of items of an experiment to the trash; it may run.
 *
 * `all`: of all items, instead of those that are named. Points of scalars stay, and what lies behind links.
 */
export interface CloseItems {
  action: "close";
  target: Target;
  items: ItemName[];
  all: boolean;
}

/** Make an empty experiment, an environment of Visdom: the id that it is to have, which is directly in a root. */
export interface MakeExperiment {
  action: "make";
  experiment: string;
}

/** Copy an experiment to another name beside it. Runs in its folder are not copied. */
export interface ForkExperiment {
  action: "fork";
  target: Target;
  name: string;
}

/** Take back what was done (`DoneEdit.id`), unless it was changed again since. */
export interface Undo {
  action: "undo";
  edit: string;
}

export type Edit =
  | Mark
  | WriteNotes
  | Annotate
  | Trash
  | Restore
  | EmptyTrash
  | Rename
  | DefineLabels
  | SaveFilter
  | SaveView
  | SaveMedia
  | WriteBoard
  | Thin
  | CloseItems
  | MakeExperiment
  | ForkExperiment
  | Undo;

/** `POST api/edits`. */
export interface EditRequest {
  edit: Edit;
}

/**
 * The state that stands there instead of the one that was seen. `by`, `time`: if known.
 *
 * `text`: of the file; "" as well for the last of so many conflicts that all of their texts would be too much.
 */
export interface Conflict {
  match: string;
  text: string;
  by: string;
  time: number | null;
}

/** One experiment, or id of the trash, that an edit did not touch, and why. */
export interface RefusedTarget {
  target: string;
  reason: string;
  conflict: Conflict | null;
}

/**
 * What became of an edit. `id`: of the `DoneEdit`, "" if nothing was changed. `match`: the new state of one target.
 *
 * With 409 instead of 200 if every target was refused. `files` and `size_bytes`: of what was moved or removed.
 */
export interface EditAnswer {
  id: string;
  what: string;
  match: string;
  refused: RefusedTarget[];
  files: number;
  size_bytes: number;
}

/** `what`: a sentence, such as "tagged 3 experiments: bad". `can_be_undone`: as far as is known. */
export interface DoneEdit {
  id: string;
  time: number;
  by: string;
  what: string;
  experiments: string[];
  undone: boolean;
  can_be_undone: boolean;
}

/** `GET api/edits`: the last 200, newest first. */
export interface EditsPage {
  edits: DoneEdit[];
}

/** `GET api/notes/{experiment}`: what people wrote about it, "" if nothing. `html`: safe to insert. */
export interface NotesPage {
  text: string;
  html: string;
  match: string;
}

/** `POST api/notes/{experiment}`: Markdown that is not saved; answered by a `NotesPage` without `match`. */
export interface NotesPreview {
  text: string;
}

/** `POST api/annotations`. */
export interface AnnotationsRequest {
  experiments: string[];
}

export interface ExperimentAnnotations {
  experiment: string;
  match: string;
  annotations: Annotation[];
}

export interface AnnotationsPage {
  experiments: ExperimentAnnotations[];
}

/** A state that a file had until `time`. `by`: who replaced it. `match`: names it. */
export interface FileState {
  match: string;
  time: number;
  by: string;
  text: string;
}

/** `GET api/history/{experiment}/{file}`: at most 50 earlier states, newest first. */
export interface HistoryPage {
  states: FileState[];
}

/** Something in the trash. `name`: of the experiment; `files` and `size_bytes`: what it holds. */
export interface Trashed {
  id: string;
  name: string;
  time: number;
  by: string;
  files: number;
  size_bytes: number;
  /** "" for a whole experiment, else which of its files */
  what: string;
}

/** `GET api/trash`, newest first. */
export interface TrashPage {
  trashed: Trashed[];
}

/** `POST api/usage`. */
export interface UsageRequest {
  experiments: string[];
}

/** `steps`: how many steps have something of this kind. */
export interface KindUsage {
  kind: string;
  files: number;
  size_bytes: number;
  steps: number;
}

/** What an experiment takes on the disk, largest kind first. `is_partial`: more files than are counted at once. */
export interface ExperimentUsage {
  experiment: string;
  files: number;
  size_bytes: number;
  kinds: KindUsage[];
  is_partial: boolean;
}

export interface UsagePage {
  experiments: ExperimentUsage[];
}

/** moved; the item was closed: its files are in the trash. */
export type EventType =
  "changed" | "clicked" | "closed" | "key" | "moved" | "picked" | "pressed" | "selected";

/** Short names and texts that a browser sends. */
export type Name = string;

export type FieldValue = string | boolean | number;

/**
 * What somebody did to an item.
 *
 * `field`: which one of a form. `value`: what stands there now, None of a button; of "key" the key as browsers name
 * it, "a" or "ArrowLeft"; of "moved" the step. `code`: of "key", the number that browsers have for it. `x`, `y`: of
 * "clicked", the pixel of the picture, from 0 at its left and upper edge. `indices`: of "picked" and "selected",
 * which of an embedding's vectors, from 0; none selected: what was there before is wanted again.
 */
export interface PageEvent {
  type: EventType;
  label: Name;
  step?: number | null;
  field?: string;
  value?: string | boolean | number | null;
  code?: number | null;
  x?: number | null;
  y?: number | null;
  indices?: number[];
}

/**
 * `POST api/events/{experiment}`: what was done, in its order.
 *
 * `sender`: one page as it was loaded. `first`: the number of the first event, counted by the sender from 1, without
 * a gap: those that were written already are left out, so that a request may be repeated.
 */
export interface EventsRequest {
  sender: string;
  first: number;
  events: PageEvent[];
}

/** `last`: the number of the sender's last event that is written. */
export interface EventsAnswer {
  last: number;
}

/** Whether it is known already; `reading`: ask again. */
export type ReadingState = "failed" | "reading" | "ready";

export type Only = "" | "fn" | "fp" | "tp";

export type MatchOrder = "fn" | "fp" | "name" | "score" | "tp";

/** A set of boxes. `path`: an id, relative to the experiment. */
export interface DetectionRef {
  experiment: string;
  path: string;
}

/**
 * A set of boxes that is there, and what is known of it.
 *
 * `role`: whether it says what is expected or what was predicted; "" as long as nobody has read it.
 * `done`: how far it is read, from 0 to 1. `version`: another one for another content.
 * `problems`: what of it could not be read, in sentences.
 */
export interface DetectionSource {
  experiment: string;
  path: string;
  format: string;
  state: ReadingState;
  role: "" | "expected" | "predicted";
  done: number;
  version: string;
  pictures: number;
  boxes: number;
  classes: string[];
  problems: string[];
}

/** `POST api/detections`. `reads`: have those read as well of which nothing is known yet. */
export interface DetectionsRequest {
  experiments: string[];
  reads: boolean;
}

export interface DetectionsPage {
  sources: DetectionSource[];
}

/** A mask of one thing as run lengths: pixels down the columns from the top left, outside and inside in turn. */
export interface Region {
  width: number;
  height: number;
  counts: number[];
  className?: string | number | null;
  probability?: number | null;
}

/**
 * What two sets say of one picture. `expected_boxes`: None if nobody says what is expected.
 *
 * `in_parts`: of everything, whether it is in parts of the picture's width and height instead of in pixels.
 */
export interface PictureDetections {
  boxes: Box[];
  expectedBoxes: Box[] | null;
  polygons: Polygon[];
  keypoints: Keypoints[];
  regions: Region[];
  classes: string[];
  problems: string[];
  inParts: boolean;
}

/** `POST api/detections/pictures`: what sets say of pictures of an experiment. `paths`: ids of their files. */
export interface PicturesRequest {
  experiment: string;
  paths: string[];
  expected: DetectionRef | null;
  predicted: DetectionRef | null;
}

/** In the order of the request; None of pictures that no set names. */
export interface PicturesPage {
  state: ReadingState;
  done: number;
  pictures: (PictureDetections | null)[];
}

/**
 * `POST api/detections/matches`: which pictures of a set have boxes that are right, wrong or missed.
 *
 * `classes`: by name; none: all. `only`: pictures with at least one of these. `iou`: from 0.05 to 1.
 * `min_probability`: what is less probable finds nothing. `order`: by name, by how many they have of something, or by
 * the most probable box that is wrong.
 */
export interface MatchesRequest {
  expected: DetectionRef;
  predicted: DetectionRef | null;
  iou: number;
  minProbability: number;
  classes: string[];
  only: Only;
  order: MatchOrder;
}

/** How many boxes of a class are right, wrong and missed, in all pictures; `expected`: with those in no picture. */
export interface MatchedClass {
  name: string;
  expected: number;
  tp: number;
  fp: number;
  fn: number;
}

/** A picture, as an item. `score`: of its most probable box that is wrong; None if none is. */
export interface MatchedPicture {
  label: string;
  step: number | null;
  expected: number;
  tp: number;
  fp: number;
  fn: number;
  score?: number | null;
}

/**
 * `pictures`: the first of the `found` ones, all of the experiment `experiment`.
 *
 * `absent`: how many of those that would be found are not in the folder, or named outside of it.
 */
export interface MatchesPage {
  state: ReadingState;
  done: number;
  experiment: string;
  classes: MatchedClass[];
  pictures: MatchedPicture[];
  found: number;
  absent: number;
  problems: string[];
}

/** Who has the last word in a rollout; "" for anybody. */
export type RolloutRole = "" | "assistant" | "other" | "system" | "tool" | "user";

/** Rollouts whose number of this name is in a range, both ends with it. None: no end. */
export interface NumberRange {
  name: string;
  least: number | null;
  most: number | null;
}

/**
 * `POST api/rollouts`: some of the rollouts of a label.
 *
 * `is_global`: those of the file without a step, instead of those of all steps together. `sort`: the name of a
 * number; "" is the order of the files. Rollouts without the number come last. `text`: is to stand in a message or
 * text of theirs, whatever the case; with `regex` it is a regular expression (Rust's), one of them that matches.
 * `group`: of one prompt, as a row has it. `first`, `count`: which of those that are left.
 */
export interface RolloutsRequest {
  experiment: string;
  label: string;
  is_global: boolean;
  sort: string;
  descending: boolean;
  text: string;
  regex: boolean;
  role: RolloutRole;
  group: string;
  ranges: NumberRange[];
  first: number;
  count: number;
}

/** A number that rollouts have: how many of those that are read have it, its least and its largest value. */
export interface RolloutColumn {
  name: string;
  count: number;
  least: number | string | null;
  most: number | string | null;
}

/**
 * One rollout in a list.
 *
 * `file`, `offset`: which it is. `numbers`: in the order of the page's columns. `prompt`, `answer`: how the last
 * question before the answer and the last answer begin. `group`: the same for rollouts of one prompt; "" if nothing is
 * known of it.
 */
export interface RolloutRow {
  file: string;
  offset: number;
  numbers: (number | string | null)[];
  group: string;
  role: RolloutRole;
  prompt: string;
  answer: string;
}

/**
 * `rows`: from the place `first` on among the `count` that are let through, of `total`.
 *
 * `read_bytes` of `size_bytes` of the files are read, and `searched` of `total` rollouts are searched for the text: as
 * long as that is not all, the same question is answered further. `left_out`: names of numbers without a column.
 * `pattern_error`: why the text is no regular expression; then all are let through that fit otherwise.
 */
export interface RolloutsPage {
  columns: RolloutColumn[];
  rows: RolloutRow[];
  first: number;
  count: number;
  total: number;
  read_bytes: number;
  size_bytes: number;
  searched: number;
  left_out: string[];
  problems: Problem[];
  pattern_error: string;
}

/** `POST api/rollout`: one rollout of a label, as a row names it. */
export interface RolloutRequest {
  experiment: string;
  label: string;
  is_global: boolean;
  file: string;
  offset: number;
}

/**
 * One rollout. Of very long ones not all is sent: `left_out`: how many messages from the middle are not, `cut`:
 * whether texts were shortened. `size_bytes`: of its line.
 */
export interface RolloutPage {
  rollout: Rollout;
  left_out: number;
  cut: boolean;
  size_bytes: number;
}

/**
 * One window. `label`: of its items. `id`, `type`, `title`: as its script calls them; "": it has no title.
 *
 * `width`, `height`: in pixels, if the script gave them. `selected`: the step of a history that it chose.
 */
export interface WindowInfo {
  label: string;
  id: string;
  type: string;
  title?: string;
  width?: number | null;
  height?: number | null;
  selected?: number | null;
}

/**
 * `GET api/windows/{experiment}`: those that were not closed, in the order in which they were made.
 *
 * `env`: the name of the environment; "" of an experiment that no script of Visdom writes.
 */
export interface WindowsPage {
  experiment: string;
  env: string;
  windows: WindowInfo[];
}

/** `dtype`: as numpy names it. `shape`: () for a single value. `fields`: of records, as `RecordPart` has them. */
export interface ArrayContent {
  dtype: string;
  shape: number[];
  fields: string[];
}

/** Of the finite values; None if there are none. `looked_at`: how many values that was made of, NaN included. */
export interface ArrayStatistics {
  nan_count: number;
  infinite_count: number;
  looked_at: number;
  minimum: number | null;
  maximum: number | null;
  mean: number | null;
  deviation: number | null;
}

/**
 * A line or a rectangle of an array.
 *
 * `rows`, `columns`: the places along the two axes that were read, all of the range asked for or evenly chosen ones;
 * `rows` is [0] if only one axis is shown. `values`: row after row; "nan", "inf", "-inf" for what JSON has not.
 */
export interface ArrayPart {
  rows: number[];
  columns: number[];
  values: (number | string)[];
  statistics: ArrayStatistics | null;
}

/**
 * Some records, one behind the other, `first` being the place of the first of them.
 *
 * `rows`: a cell for each of the content's `fields`, as numpy writes it.
 */
export interface RecordPart {
  first: number;
  rows: string[][];
}

/** What the beginning of the file says; None where it does not say. `seconds`: how long it plays. */
export interface AudioContent {
  format: string;
  sample_rate: number | null;
  channels: number | null;
  seconds: number | null;
}

/**
 * One argument the parser knows. `short`: the name behind a single dash. `count`: argparse's `nargs`.
 *
 * `negative`: the name that switches a flag off. `subcommand`: the one it belongs to; nested ones with spaces between.
 */
export interface OptionContent {
  name: string;
  /** "string", "int", "float" or "flag" */
  type: string;
  short: string;
  negative: string;
  subcommand: string;
  description: string;
  default: unknown;
  count: number | string | null;
  choices: unknown[] | null;
}

export interface ParserContent {
  positional: OptionContent[];
  options: Record<string, OptionContent>;
}

/** What was given: values of the positionals in order, values of options by name. */
export interface ArgumentsContent {
  positional: unknown[];
  options: Record<string, unknown>;
}

export interface CommandContent {
  bin: string;
  script: string;
  parser: ParserContent;
  arguments: ArgumentsContent;
}

/** `counts[i][j]`: how often what is of `classes[i]` was taken for one of `classes[j]`. */
export interface ConfusionMatrixContent {
  classes: string[];
  counts: number[][];
}

/**
 * The files of an embedding, relative to the folder of the JSON file, untrusted; "" for what there is not.
 *
 * `vectors`: an array of n x d numbers. `labels`: n lines of a TSV, under a header. `sprite`: n pictures
 * of one size in rows of ceil(sqrt(n)). `preview`: a page about one of them, which a script writes when it is asked
 * for; its first line says of which (`to_preview`).
 */
export interface EmbeddingContent {
  vectors: string;
  labels: string;
  sprite: string;
  preview: string;
}

/** Nothing but the file itself. */
export type FigureContent = Record<string, never>;

/**
 * One field, in the order of the form.
 *
 * `name`: what it is called, in the form and in events; no two have the same.
 * `value`: what stands there: text of "text" and "select", a number of "number" and "slider", true or false of
 * "checkbox"; what stands on the button of "button", None for its name.
 * `choices`: of "select". `minimum`, `maximum`: of "slider" and "number"; a slider needs both. `increment`: from one
 * number to the next.
 */
export interface FormField {
  type: "button" | "checkbox" | "number" | "select" | "slider" | "text";
  name: string;
  value?: string | boolean | number | null;
  choices?: string[];
  minimum?: number | null;
  maximum?: number | null;
  increment?: number | null;
}

export interface FormContent {
  fields: FormField[];
}

/** `label`: what is written on it, "" for the id. `op`: what it does. `group`: the groups it is in, `encoder/0`. */
export interface GraphNode {
  id: string;
  label?: string;
  op?: string;
  group?: string;
  attributes?: Record<string, string>;
}

/** What is known of a group, by its path: `op` is what it is, as a class of modules. */
export interface GraphGroup {
  op?: string;
  attributes?: Record<string, string>;
}

/** What of a graph is not shown, and where it stands. */
export interface GraphProblem {
  reason: string;
  position: string;
}

/** How large a graph is; its nodes and edges are a part of it (`read_part`). `problems`: what of it is not shown. */
export interface GraphContent {
  nodes: number;
  edges: number;
  directed: boolean;
  problems: GraphProblem[];
}

/**
 * All of a graph that is shown.
 *
 * `sources[i]`, `targets[i]`: the places in `nodes` of the ends of edge i; `edge_labels[i]`: what is written on it,
 * [] where nothing is on any. `groups`: by path, those of which something is known. `note`: what is not shown, or "".
 */
export interface GraphPart {
  directed: boolean;
  nodes: GraphNode[];
  sources: number[];
  targets: number[];
  edge_labels: string[];
  groups: Record<string, GraphGroup>;
  note: string;
}

/**
 * `counts[i]` values lie from `edges[i]` to `edges[i + 1]`; the last bin has its upper edge, the others have not.
 *
 * `min`, `max`, `sum`, `sum_squares`: of the finite values; None if not known. `not_finite`: values left out.
 */
export interface HistogramContent {
  edges: number[];
  counts: number[];
  min: number | null;
  max: number | null;
  sum: number | null;
  sum_squares: number | null;
  not_finite: number;
}

/** Nothing but the file itself. */
export type HtmlContent = Record<string, never>;

/**
 * A rectangle in pixels of the picture as stored, from its top left corner. `probability` is from 0 to 1.
 *
 * `is_crowd`: of an expected box: it stands for many things, so that any number of boxes may be found in it.
 */
export interface Box {
  xStart: number;
  yStart: number;
  xEnd: number;
  yEnd: number;
  className?: string | number | null;
  probability?: number | null;
  isCrowd?: boolean;
}

/** How the pictures of a folder stand together: in so many columns, so many pixels apart. */
export interface Grid {
  columns: number;
  padding: number;
}

/** Why something could not be read, and its place, as in `images.masks[0].source`. */
export interface ImageProblem {
  reason: string;
  position: string;
}

/**
 * What lies on a picture. `source`: the picture's path relative to the JSON file's folder, untrusted; or the
 * address of one outside of the tree (`outside`), to which `transform` is done (`transforms`).
 *
 * `expected_boxes`: what `boxes` should be; None: nobody says.
 * `min_probability`: what is less probable is hidden at first.
 * `grid`: of the folder, at its first picture.
 * `problems`: what of it could not be read.
 */
export interface ImageContent {
  source: string;
  boxes: Box[];
  expectedBoxes: Box[] | null;
  classes: (string | number)[];
  minProbability: number | null;
  masks: Mask[];
  keypoints: Keypoints[];
  polygons: Polygon[];
  caption: string;
  grid: Grid | null;
  transform: Record<string, unknown>[];
  problems: ImageProblem[];
}

/** One line. `time` and `tag` are "" where the line has none. */
export interface LogLine {
  message: string;
  time: string;
  tag: string;
}

export interface MarkdownContent {
  raw: string;
}

/** What the beginning of the file says. `vertices`, `faces`: how many; None where it does not say. */
export interface MeshContent {
  format: string;
  vertices: number | null;
  faces: number | null;
}

/** `dtype`: as the format names it. `size_bytes`: in the file; None where it does not say. */
export interface Tensor {
  name: string;
  dtype: string;
  shape: number[];
  size_bytes: number | null;
}

/**
 * What is in a file.
 *
 * `tensors`: in the order of the file, at most `MAX_TENSORS` of `total`. `parameters`: numbers in all of them.
 * `metadata`: what else the file says of itself, as text. `note`: what is not listed, and why; "" if everything is.
 */
export interface ModelTensors {
  tensors: Tensor[];
  total: number;
  parameters: number;
  metadata: Record<string, string>;
  note: string;
}

/** `format`: whose file it is, "" if that cannot be said. Its tensors are a part of it (`read_part`). */
export interface ModelContent {
  format: string;
}

/**
 * A picture of classes: the value of a pixel is the place of its class among all classes, from 0.
 *
 * `source`: of a PNG, relative to the JSON file's folder, untrusted. `name`: if there are several.
 */
export interface Mask {
  source: string;
  name?: string;
}

/**
 * The keypoints of one thing: a point that is not there (null, NaN) keeps its place.
 *
 * `edges`: pairs of places among the points. `names`, `probabilities`: of the points, in their order.
 */
export interface Keypoints {
  points: ([number | null, number | null] | null)[];
  edges?: [number, number][];
  names?: string[];
  probabilities?: (number | null)[];
  className?: string | number | null;
  probability?: number | null;
}

/** An area: the points around it, the last one connected with the first. */
export interface Polygon {
  points: [number | null, number | null][];
  className?: string | number | null;
  probability?: number | null;
}

/** What a figure is made of; the figure itself is its file. `types`: of its traces, each once, in their order. */
export interface PlotContent {
  traces: number;
  types: string[];
}

/**
 * `precision[i]` and `recall[i]` count as yes what is predicted with at least `thresholds[i]`; they never fall.
 *
 * The rest is None where it is not known; `positives` and `negatives` are how many labels there were of each.
 */
export interface PrCurveContent {
  thresholds: number[];
  precision: number[];
  recall: number[];
  average_precision: number | null;
  positives: number | null;
  negatives: number | null;
}

/** What the model called. `arguments`: as text, mostly JSON. */
export interface ToolCall {
  name: string;
  arguments: string;
  id: string;
}

/**
 * One message. `role`: as it stands there. `name`: of who speaks, or of the tool that answers.
 *
 * `reasoning`: what the model thought before. What is no text stands in `content` as `[image]`.
 */
export interface RolloutMessage {
  role: string;
  content: string;
  reasoning: string;
  name: string;
  tool_calls: ToolCall[];
}

/** `answer_from`: which message is the model's first; their number if there is none. */
export interface Conversation {
  messages: RolloutMessage[];
  answer_from: number;
}

/**
 * One rollout. `answer_from`: which message is the model's first; their number if there is none.
 *
 * `group`: what rollouts of one prompt share, as the record says it; "" if it says nothing. `numbers` has the step; as
 * they are sent, they are as `JsonNumber` says.
 */
export interface Rollout {
  messages: RolloutMessage[];
  answer_from: number;
  numbers: Record<string, number | string>;
  texts: Record<string, string>;
  group: string;
}

/** `{"scalars": {"value": 0.8}}`, one file a value, as Lavd writes it. */
export interface ScalarContent {
  value: number | boolean;
}

/** `rows`: cells as text, as many as there are `columns` in each. */
export interface ShownTable {
  columns: string[];
  rows: string[][];
}

/** One of these: `plot`, a figure of plotly as JSON; `html`, a text; `table`. */
export interface ShownContent {
  plot: string;
  html: string;
  table: ShownTable | null;
}

/**
 * Some rows of a table. Cells are text as it stands in the file; None: there is nothing.
 *
 * `numbers`: of each row of `rows`, which one of the file it is, from 0. `first`: the place of the first of them among
 * those that the filter and the slice let through, of which there are `count`. `total`: rows of the file.
 */
export interface TablePart {
  columns: string[];
  rows: (string | null)[][];
  numbers: number[];
  first: number;
  count: number;
  total: number;
}

/** `expected` None: there is nothing to compare with. */
export interface TextContent {
  actual: string;
  expected: string | null;
}

/** What the beginning of the file says. `source`: of a JSON file, the address of the video (`outside`). */
export interface VideoContent {
  format: string;
  source: string;
}

/** What the content of an item is, by the name of its kind; null where the file itself is all there is. */
export interface KindContents {
  scalars: ScalarContent;
  images: ImageContent;
  texts: TextContent;
  markdown: MarkdownContent;
  rollouts: null;
  logs: null;
  histograms: HistogramContent;
  plots: PlotContent;
  pr_curves: PrCurveContent;
  confusion_matrices: ConfusionMatrixContent;
  figures: FigureContent;
  audio: AudioContent;
  videos: VideoContent;
  html: HtmlContent;
  meshes: MeshContent;
  tables: null;
  embeddings: EmbeddingContent;
  graphs: GraphContent;
  arrays: ArrayContent;
  models: ModelContent;
  commands: CommandContent;
  forms: FormContent;
  files: null;
}

/** An item of a kind, which may be one that is not ours. Its content is null, too, where it cannot be read. */
export type ItemOf<Kind extends string> = Omit<Item, "content"> & {
  content: Kind extends keyof KindContents ? KindContents[Kind] | null : unknown;
};
