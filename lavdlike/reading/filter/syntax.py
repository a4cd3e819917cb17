"""What a filter consists of. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from lavdlike.errors import LavdlikeError

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]
Scope = Literal["", "config", "label", "run"]
# Of a label's values; `best` is the smallest or largest one, by the label's goal.
Function = Literal["last", "min", "max", "mean", "best", "argmin", "argmax", "count", "at"]
FUNCTIONS: tuple[Function, ...] = (
    "last",
    "min",
    "max",
    "mean",
    "best",
    "argmin",
    "argmax",
    "count",
    "at",
)
SCOPES: tuple[Scope, ...] = ("config", "label", "run")


class FilterError(LavdlikeError, ValueError):
    """A text is no filter, or cannot be asked.

    Args:
        reason: what is wrong and what to write instead.
        position: of the first character that is wrong, from 0.
        length: how many characters are.
    """

    def __init__(self, reason: str, position: int, length: int = 1) -> None:
        self.reason = reason
        self.position = position
        self.length = length
        super().__init__(f"at character {position + 1}: {reason}")


class Field(NamedTuple):
    """What is asked of an experiment: `lr`, `config.loss`, `min(val/loss)`, `at(val/loss, 1000)`.

    `scope`: "" if the name may be anything. `function`: None for what needs none; of a label it is then the last value.
    `step`: of `at`. `position` and `length`: where it stands in the text.
    """

    name: str
    scope: Scope = ""
    function: Function | None = None
    step: int | None = None
    position: int = 0
    length: int = 0


class Comparison(NamedTuple):
    """`field operator values`: several values of `=` are alternatives, of `!=` none may be it."""

    field: Field
    operator: Operator
    values: tuple[str, ...]
    position: int  # of the values


class Has(NamedTuple):
    """`has(field)`: the experiment has such a thing."""

    field: Field


class Words(NamedTuple):
    """Text in the name or title, without case."""

    text: str


class Not(NamedTuple):
    of: Node


class And(NamedTuple):
    """All of them; of none, everything."""

    parts: tuple[Node, ...]


class Or(NamedTuple):
    parts: tuple[Node, ...]


def fields_in(node: Node) -> list[Field]:
    """What a filter asks of experiments, but for text in names."""
    if isinstance(node, Words):
        return []
    if isinstance(node, Not):
        return fields_in(node.of)
    if isinstance(node, (And, Or)):
        return [field for part in node.parts for field in fields_in(part)]
    return [node.field]


Node: TypeAlias = "Comparison | Has | Words | Not | And | Or"
