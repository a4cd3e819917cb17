// Generated from lavdlike/server/messages.py and lavdlike/kinds/ by `python -m tools.typescript`. Do not edit.

export type Status = "crashed" | "finished" | "quiet" | "running" | "unknown";

export type WatchMode = "inotify" | "observer" | "poll";

/** How a JSON text carries what JSON numbers cannot: "nan", "inf", "-inf"; integers beyond 2**53 as decimal strings. */
export type JsonNumber = number | string;

/** A file that cannot be shown, or not wholly. `path` is relative to the root. */
export interface Problem {
  path: string;
  reason: string;
  position: string;
}

/**
 * How changes reach the server, and whether the root is there.
 *
 * `delay_s`: the longest that a change of what is looked at can go unseen; rows of the overview whose folder is not
 * watched are looked at every minute.
 */
export interface Health {
  mode: WatchMode;
  root_present: boolean;
  delay_s: number;
  watched_folders: number;
  unwatched_folders: number;
  /** why the mode is not inotify, or what was lost; "" when all is well */
  reason: string;
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
 * One row of the sidebar and the overview. Without `details`, only id, name and `changed` are known yet.
 *
 * `kinds`: of which something was seen at a glance; there may be more.
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
}

/** `GET api/root`: what the first page needs. `html_scripts`: scripts of HTML files run (`--allow-html-scripts`). */
export interface RootPage {
  epoch: string;
  sequence: number;
  name: string;
  path: string;
  health: Health;
  experiments: ExperimentSummary[];
  html_scripts: boolean;
}

/** One label of one kind in an experiment. `steps`: runs [first, count, stride], growing, without overlap. */
export interface LabelEntry {
  kind: string;
  label: string;
  steps: [number, number, number][];
  has_global: boolean;
}

/** `GET api/experiments/{experiment}`: every label but those of scalars (`ScalarLabels`). */
export interface Catalogue {
  experiment: string;
  epoch: string;
  sequence: number;
  labels: LabelEntry[];
  problems: Problem[];
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
  last_value: JsonNumber;
  last_wall_time: number;
  minimum: number | null;
  maximum: number | null;
}

export interface ScalarLabels {
  experiment: string;
  sequence: number;
  labels: ScalarLabel[];
  problems: Problem[];
}

export interface ScalarLabelsPage {
  experiments: ScalarLabels[];
}

/**
 * `POST api/scalars/series`: every label of every experiment that has it.
 *
 * `x_min`, `x_max`: range in units of `x` (step; seconds since the experiment's first point; Unix seconds), inclusive;
 * the nearest points outside are sent too, so that lines reach the edges. `columns`: pixel columns of the overview,
 * whose exact minimum and maximum are kept; 0 asks for every exact point. `log_x`: columns are even in log x.
 * `smoothing`: 0 <= weight < 1 of the debiased exponential moving average, computed on exact points, anew in each
 * segment.
 */
export interface SeriesRequest {
  experiments: string[];
  labels: string[];
  x: "relative" | "step" | "wall";
  log_x: boolean;
  x_min: number | null;
  x_max: number | null;
  columns: number;
  smoothing: number;
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

export interface SeriesAnswerHead {
  epoch: string;
  sequence: number;
  series: SeriesHead[];
  problems: Problem[];
}

/** The JSON form of one series, for people and scripts (`Accept: application/json`). */
export interface SeriesPoints {
  head: SeriesHead;
  steps: number[];
  wall_times: number[];
  values: JsonNumber[];
  smoothed: JsonNumber[] | null;
}

export interface SeriesPage {
  epoch: string;
  sequence: number;
  series: SeriesPoints[];
  problems: Problem[];
}

/**
 * What the browser shows now; replaces what it said before. Changes are sent of just that.
 *
 * `experiments`: ids looked at; `kinds`: of which kinds item changes are wanted; `scalar_labels`: labels whose new
 * points are wanted, of every experiment looked at; `files`: ids `experiment/path` of logs that are followed.
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
 * The one message of which there are very many, hence the short names and no `writer` if it is "".
 */
export interface NewPoints {
  label: string;
  identity: string;
  first: number;
  steps: number[];
  times: number[];
  values: JsonNumber[];
  writer?: string;
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
 * `path`: as in `Look.files`. `identity`: as in `LogPage`; "" if there is no such file (any more).
 */
export interface FileGrew {
  type: "file";
  sequence: number;
  path: string;
  size_bytes: number;
  identity: string;
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
 * `instance`: names this user's server of this root, also after a restart; what the page keeps, it keeps under it.
 * `needs_token` False: started with `--no-token` or on a unix socket, reads need nothing.
 */
export interface SessionPage {
  instance: string;
  needs_token: boolean;
  signed_in: boolean;
}

/** `POST api/sign-in`. */
export interface SignInRequest {
  token: string;
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

/** `dtype`: as numpy names it. `shape`: () for a single value. */
export interface ArrayContent {
  dtype: string;
  shape: number[];
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
 * of one size in rows of ceil(sqrt(n)).
 */
export interface EmbeddingContent {
  vectors: string;
  labels: string;
  sprite: string;
}

/** Nothing but the file itself. */
export type FigureContent = Record<string, never>;

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

/** A rectangle in pixels of the picture as stored, from its top left corner. `probability` is from 0 to 1. */
export interface Box {
  xStart: number;
  yStart: number;
  xEnd: number;
  yEnd: number;
  className?: string | number | null;
  probability?: number | null;
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
 * What lies on a picture. `source`: the picture's path relative to the JSON file's folder, untrusted.
 *
 * `min_probability`: what is less probable is hidden at first.
 * `grid`: of the folder, at its first picture.
 * `problems`: what of it could not be read.
 */
export interface ImageContent {
  source: string;
  boxes: Box[];
  classes: (string | number)[];
  minProbability: number | null;
  masks: Mask[];
  keypoints: Keypoints[];
  polygons: Polygon[];
  caption: string;
  grid: Grid | null;
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

/** `{"scalars": {"value": 0.8}}`, one file a value, as Lavd writes it. */
export interface ScalarContent {
  value: number | boolean;
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

/** What the beginning of the file says. */
export interface VideoContent {
  format: string;
}
