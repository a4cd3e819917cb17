"""What is asked of many experiments at once and answered, as types (docs/protocol.md, "Many experiments").

Words as in `messages`. A field is a text as in docs/filter.md: `lr`, `config.optimizer.lr`, `run.started`,
`min(val/loss)`, `at(val/loss, 1000)`.
"""

from __future__ import annotations

import msgspec

from lavdlike.layout import ExperimentId
from lavdlike.messages import JsonNumber

# Several values, such as tags, are a list; None: the experiment has none.
Cell = JsonNumber | bool | list[JsonNumber | bool] | None


class Grouping(msgspec.Struct, frozen=True):
    """What experiments have in common that are one group.

    `by`: fields; experiments with equal values are together. `pattern`: a regular expression that is found in names;
    what its groups captured (all that it found, without groups) is the key, beside that of `by`. Experiments that have
    nothing of it are a group of their own. `folder`: the part of the name before its last `/` belongs to the key.
    """

    by: list[str] = []
    pattern: str = ""
    folder: bool = False


class FilterRequest(msgspec.Struct):
    """`POST api/filter`: which experiments a filter lets through, in which order, and what they have in common.

    `filter`: as in docs/filter.md; "" lets all through. `archived`: archived ones, too. `columns`: fields whose values
    are wanted. `sort`: a field; "" is by title or name, in natural order. `descending`: None: as the field's goal
    says, the best first. `facets`: whether these are wanted.
    """

    filter: str = ""
    archived: bool = False
    columns: list[str] = []
    sort: str = ""
    descending: bool | None = None
    grouping: Grouping = msgspec.field(default_factory=Grouping)
    facets: bool = False


class FilterMistake(msgspec.Struct, frozen=True):
    """Why a text is no filter, no field or no pattern.

    `text`: which one. `position`: of the first wrong character in it, from 0.
    """

    text: str
    reason: str
    position: int = 0
    length: int = 1


class FacetValue(msgspec.Struct, frozen=True):
    """A value that some of the experiments have.

    `term`: what stands in a filter for it. `count`: of those let through.
    """

    shown: str
    term: str
    count: int


class Facet(msgspec.Struct, frozen=True):
    """What experiments differ in: `status`, `tag`, `folder` or a setting, and its most frequent values.

    `written`: the field as it stands in a filter: `run.status` where a setting is called `status`, too. `more`: how
    many other values there are. `low` and `high`: where all values are numbers, and then `values` may be empty where
    nearly every experiment has another one.
    """

    field: str
    written: str
    values: list[FacetValue]
    more: int = 0
    low: float | None = None
    high: float | None = None


class Spread(msgspec.Struct, frozen=True):
    """Of the finite numbers in a column of a group. `deviation`: of a sample; None for one number."""

    n: int
    mean: float
    median: float
    deviation: float | None
    minimum: float
    maximum: float


class Group(msgspec.Struct, frozen=True):
    """Experiments with one key.

    `key`: a cell for each field, then for each captured group, then the folder if asked for.
    `title`: the key in words, `lr=0.01 opt=adam`. `spreads`: one a column; None without a finite number.
    """

    title: str
    key: list[Cell]
    experiments: list[ExperimentId]
    spreads: list[Spread | None]


class FilterAnswer(msgspec.Struct):
    """`experiments`: in the order asked for. `cells`: one list a column, with a cell for each experiment.

    `mistakes`: why the filter, a column, the order or the grouping means nothing; with one in the filter,
    `experiments` is empty: the page keeps what it had. `notes`: what a person may have meant instead. `unread`:
    experiments whose scalars would be needed and have not been read yet; they are read meanwhile, ask again.
    `is_live`: scalars decide, so the answer may be another one after the next value.
    """

    epoch: str
    sequence: int
    experiments: list[ExperimentId]
    cells: list[list[Cell]] = []
    groups: list[Group] = []
    facets: list[Facet] = []
    mistakes: list[FilterMistake] = []
    notes: list[str] = []
    unread: int = 0
    is_live: bool = False


class ComparisonRequest(msgspec.Struct):
    """`POST api/compare-groups`: is A better than B? `field`: of a label: `last(val/loss)`, `min(val/loss)`, ..."""

    a: list[ExperimentId]
    b: list[ExperimentId]
    field: str


class GroupComparison(msgspec.Struct, frozen=True):
    """The difference of two groups' means, mean of A minus mean of B, with its 95 % interval after Welch.

    None where a group has too few numbers. `better`: which group is, by the field's goal, if the interval leaves out
    0.
    """

    a: Spread | None
    b: Spread | None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    degrees: float | None = None
    better: str = ""
    unread: int = 0


class ImportanceRequest(msgspec.Struct):
    """`POST api/importance`: which of these fields go along with a result.

    `result`: a field with numbers, such as `min(val/loss)`. `fields`: at most 200. `forest`: whether a random forest is
    to say as well what it makes of each of them, which takes seconds.
    """

    experiments: list[ExperimentId]
    result: str
    fields: list[str]
    forest: bool = False


class Importance(msgspec.Struct, frozen=True):
    """How much a field goes along with the result, by ranks.

    `n`: experiments that have both. `different`: how many different values there are. `is_numeric`: whether all are
    numbers. `correlation`: Spearman's, -1 to 1, of numbers. `explained`: the share of the variance that lies between
    its values, 0 to 1, corrected for their number (Kelley's epsilon squared); of categories, and of numbers with at
    most 10 different values. `forest`: the share of the variance that a forest predicts worse where the field's values
    are shuffled among experiments it has not seen. None: it cannot be said, or n is below 20.
    """

    field: str
    n: int
    different: int
    is_numeric: bool
    correlation: float | None = None
    explained: float | None = None
    forest: float | None = None


class ImportanceAnswer(msgspec.Struct, frozen=True):
    """`n`: experiments whose result is a number; with fewer than `fewest`, nothing is said of any field.

    `importances`: one for each field that means something, in the order asked for. `forest_explained`: the share of the
    variance, by rank, that the forest predicts of experiments it has not seen; what it says counts for as much.
    `forest_failure`: why there is no forest, if one was asked for.
    """

    n: int
    fewest: int
    importances: list[Importance]
    mistakes: list[FilterMistake] = []
    forest_explained: float | None = None
    forest_failure: str = ""
    unread: int = 0
