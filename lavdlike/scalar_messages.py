"""What is asked of scalars and answered, as types (docs/protocol.md). Words as in `messages`."""

from __future__ import annotations

from typing import Literal

import msgspec

from lavdlike.layout import ExperimentId
from lavdlike.messages import JsonNumber, Problem

XAxis = Literal["step", "relative", "wall"]
SmoothingMethod = Literal["ema", "time", "mean", "median", "gaussian"]


class ScalarLabelsRequest(msgspec.Struct):
    """`POST api/scalars/labels`."""

    experiments: list[ExperimentId]


class ScalarLabel(msgspec.Struct, gc=False):
    """What is known of a label without its points, over all its writers; the last point is the one logged last.

    `minimum` and `maximum` leave out NaN and infinities (None if nothing is left).
    """

    label: str
    count: int
    last_step: int
    last_value: JsonNumber
    last_wall_time: float
    minimum: float | None
    maximum: float | None


class LeftOutFile(msgspec.Struct, frozen=True):
    """A file of points that is not read, since another one holds the same. Paths relative to the experiment.

    `instead`: the one that is read. `why`: what the two have in common, for people. `is_usual`: it is read
    unless people choose the other one.
    """

    path: str
    instead: str
    why: str
    is_usual: bool = False


class ScalarLabels(msgspec.Struct):
    """Of one experiment. `left_out`: of its files, those that may be read in place of others (`Mark.read_files`)."""

    experiment: ExperimentId
    sequence: int
    labels: list[ScalarLabel]
    problems: list[Problem] = []
    left_out: list[LeftOutFile] = []


class ScalarLabelsPage(msgspec.Struct):
    experiments: list[ScalarLabels]


class SeriesRequest(msgspec.Struct):
    """`POST api/scalars/series`: every label of every experiment that has it.

    `x_min`, `x_max`: range in units of `x` (step; seconds since the experiment's first point; Unix seconds),
    inclusive; the nearest points outside are sent too, so that lines reach the edges. `columns`: pixel columns of the
    overview, whose exact minimum and maximum are kept; 0 asks for every exact point. `log_x`: columns are even in log
    x. `smoothing`: 0 <= weight < 1, computed on exact points, anew in each segment. `method`: "ema" is the debiased
    exponential moving average; "time" weighs by distance in x; "mean", "median" and "gaussian" look at a window around
    each point. `expressions`: arithmetic over labels (`"val/loss" - "train/loss"`), each a series of its own under
    that name, at the steps that all of its labels have (docs/protocol.md, "Expressions"); a text in `labels` as well is
    one. `x_label`: the label whose value at the same step is the x, in the order of steps, in one segment in which x
    may go back; points without one are left out.
    """

    experiments: list[ExperimentId]
    labels: list[str]
    x: XAxis = "step"
    log_x: bool = False
    x_min: float | None = None
    x_max: float | None = None
    columns: int = 500
    smoothing: float = 0.0
    method: SmoothingMethod = "ema"
    expressions: list[str] = []
    x_label: str = ""


class SeriesHead(msgspec.Struct):
    """Describes one series of an answer; its columns follow in the binary form (docs/protocol.md, "Series").

    A label that several writers log (`scalars.rank3.tsv`) has one series for each, told apart by `writer` ("" for
    `scalars.tsv` and for values in JSON files): a series only ever grows at its end, and each is a line of its own.
    `count`: points in the whole series; `sent`: points in this answer; `identity`: changes when the file was read
    anew: points of another identity do not belong together. `segments`: indices into the sent points where a new
    segment begins, because the step went back (or x did: a clock that was set back); x never decreases within a
    segment. `exact`: nothing was left out between the first and the last point sent. `without_place`: points of the
    whole series that a logarithmic x axis cannot show, as their x is not above 0; they are not sent.
    `smoothing_state`: (weighted sum, weight sum) after the last exact point, to go on with live points: both times the
    weight, plus the value and plus 1; their quotient is the smoothed value. A value that is not finite changes neither
    and is its own smoothed value; a new segment starts from (0, 0).
    """

    experiment: ExperimentId
    label: str
    writer: str
    identity: str
    count: int
    sent: int
    exact: bool
    first_wall_time: float
    segments: list[int] = []
    without_place: int = 0
    smoothing_state: tuple[float, float] | None = None


class PackedColumn(msgspec.Struct):
    """How one column of all series of an answer is packed (docs/protocol.md, "Series, binary form").

    `bytes`: of each number. `scale`: 0 for doubles as they are; above, for whole numbers of which differences are sent:
    the column's numbers are those divided by the scale. `firsts`: the first whole number of each series, 0 for one
    without points. `slopes`: what is expected to be added with each step and is left out of the whole numbers, for
    each series; none for a column that has no such.
    """

    bytes: int
    scale: int
    firsts: list[float] = []
    slopes: list[float] = []


class SeriesAnswerHead(msgspec.Struct):
    """`columns`: steps, wall times, values, smoothed values if they were asked for, and x if `x_label` was."""

    epoch: str
    sequence: int
    series: list[SeriesHead]
    columns: list[PackedColumn]
    problems: list[Problem] = []


class SeriesPoints(msgspec.Struct):
    """The JSON form of one series, for people and scripts (`Accept: application/json`)."""

    head: SeriesHead
    steps: list[int]
    wall_times: list[float]
    values: list[JsonNumber]
    smoothed: list[JsonNumber] | None = None
    x: list[float] | None = None


class SeriesPage(msgspec.Struct):
    epoch: str
    sequence: int
    series: list[SeriesPoints]
    problems: list[Problem] = []


# --- values at a place -----------------------------------------------------------------------------------------------


class ValuesRequest(msgspec.Struct):
    """`POST api/scalars/values`: what each series has at one place; exact, whatever is drawn.

    `x`, `at`: as in `SeriesRequest`. `smoothing`, `method` and `expressions`: as there.
    """

    experiments: list[ExperimentId]
    labels: list[str]
    at: float
    x: XAxis = "step"
    smoothing: float = 0.0
    method: SmoothingMethod = "ema"
    expressions: list[str] = []


class ValueAt(msgspec.Struct):
    """One series at a place. `is_here`: its point lies just there; if not, it is the nearest earlier one.

    Of several points of a step the one that was logged last, as far as it counts (`results`).
    """

    experiment: ExperimentId
    label: str
    writer: str
    step: int
    wall_time: float
    value: JsonNumber
    is_here: bool
    smoothed: JsonNumber | None = None


class ValuesPage(msgspec.Struct):
    """Series without a point there or earlier are left out."""

    epoch: str
    sequence: int
    values: list[ValueAt]


class RangesRequest(msgspec.Struct):
    """`POST api/scalars/ranges`: what the values of each series come to between two places, both inclusive."""

    experiments: list[ExperimentId]
    labels: list[str]
    x_min: float
    x_max: float
    x: XAxis = "step"
    expressions: list[str] = []


class RangeOfSeries(msgspec.Struct):
    """`count`: of the points in the range that count; the rest of the finite values, None without one. `change`: last
    minus first.
    """

    experiment: ExperimentId
    label: str
    writer: str
    count: int
    first: float | None = None
    last: float | None = None
    change: float | None = None
    minimum: float | None = None
    step_of_minimum: int | None = None
    maximum: float | None = None
    step_of_maximum: int | None = None
    mean: float | None = None


class RangesPage(msgspec.Struct):
    epoch: str
    sequence: int
    ranges: list[RangeOfSeries]


# --- aggregates ------------------------------------------------------------------------------------------------------


class AggregatesRequest(msgspec.Struct):
    """`POST api/scalars/aggregates`: one line a group and label, over the groups' experiments.

    `groups`: at most 1,000. At each step over those that have a value there: the union of their steps, or `bins` of
    equal width if that is above 0, between the first and the last x of the line's experiments (whatever the range),
    in each of which an experiment counts with its mean. `x` is the step or the time since an experiment's first point,
    the latter in bins only. An experiment counts once: with the mean over the writers that have a value there.
    `band`: the deviation of a sample, the standard error, and the 95 % interval after Student are those of the mean,
    to each side of it; "range" is smallest to largest. `smoothing`, `method`: of each series before they are taken
    together. Range, columns and expressions as in `SeriesRequest`; what is cut to columns is cut afterwards.
    """

    groups: list[list[ExperimentId]]
    labels: list[str]
    average: Literal["mean", "median"] = "mean"
    band: Literal["none", "deviation", "error", "interval", "range", "quartiles"] = "deviation"
    bins: int = 0
    x: Literal["step", "relative"] = "step"
    log_x: bool = False
    x_min: float | None = None
    x_max: float | None = None
    columns: int = 500
    smoothing: float = 0.0
    method: SmoothingMethod = "ema"
    expressions: list[str] = []


class AggregateHead(msgspec.Struct):
    """One line; its columns follow in the binary form: x, average, low, high, n (of experiments), `sent` numbers each.

    Low and high are NaN where there is no band (one value and no deviation), all but x and n where n is 0. `group`:
    index in the request. `runs`: experiments that have the label. `count`: steps, or bins that have points. `missing`:
    values that are not finite, over all of them; they do not count.
    """

    group: int
    label: str
    runs: int
    count: int
    sent: int
    missing: int = 0


class AggregatesHead(msgspec.Struct):
    epoch: str
    sequence: int
    aggregates: list[AggregateHead]
    problems: list[Problem] = []


class AggregatePoints(msgspec.Struct):
    """The JSON form of one line, for people and scripts (`Accept: application/json`)."""

    head: AggregateHead
    x: list[float]
    average: list[JsonNumber]
    low: list[JsonNumber]
    high: list[JsonNumber]
    n: list[int]


class AggregatesPage(msgspec.Struct):
    epoch: str
    sequence: int
    aggregates: list[AggregatePoints]
    problems: list[Problem] = []
