"""What is asked of rollouts and answered, as types (docs/protocol.md, "Rollouts"). Words as in `messages`."""

from __future__ import annotations

from typing import Literal

import msgspec

from lavdlike.kinds.rollouts import Rollout
from lavdlike.layout import ExperimentId
from lavdlike.messages import JsonNumber, Problem

# Who has the last word in a rollout; "" for anybody.
RolloutRole = Literal["", "system", "user", "assistant", "tool", "other"]


class NumberRange(msgspec.Struct, frozen=True):
    """Rollouts whose number of this name is in a range, both ends with it. None: no end."""

    name: str
    least: float | None = None
    most: float | None = None


class RolloutsRequest(msgspec.Struct):
    """`POST api/rollouts`: some of the rollouts of a label.

    `is_global`: those of the file without a step, instead of those of all steps together. `sort`: the name of a
    number; "" is the order of the files. Rollouts without the number come last. `text`: is to stand in a message or
    text of theirs, whatever the case; with `regex` it is a regular expression (Rust's), one of them that matches.
    `group`: of one prompt, as a row has it. `first`, `count`: which of those that are left.
    """

    experiment: ExperimentId
    label: str
    is_global: bool = False
    sort: str = ""
    descending: bool = False
    text: str = ""
    regex: bool = False
    role: RolloutRole = ""
    group: str = ""
    ranges: list[NumberRange] = []
    first: int = 0
    count: int = 100


class RolloutColumn(msgspec.Struct):
    """A number that rollouts have: how many of those that are read have it, its least and its largest value."""

    name: str
    count: int
    least: JsonNumber | None
    most: JsonNumber | None


class RolloutRow(msgspec.Struct):
    """One rollout in a list.

    `file`, `offset`: which it is. `numbers`: in the order of the page's columns. `prompt`, `answer`: how the last
    question before the answer and the last answer begin. `group`: the same for rollouts of one prompt; "" if nothing is
    known of it.
    """

    file: str
    offset: int
    numbers: list[JsonNumber | None]
    group: str
    role: RolloutRole
    prompt: str
    answer: str


class RolloutsPage(msgspec.Struct):
    """`rows`: from the place `first` on among the `count` that are let through, of `total`.

    `read_bytes` of `size_bytes` of the files are read, and `searched` of `total` rollouts are searched for the text: as
    long as that is not all, the same question is answered further. `left_out`: names of numbers without a column.
    `pattern_error`: why the text is no regular expression; then all are let through that fit otherwise.
    """

    columns: list[RolloutColumn]
    rows: list[RolloutRow]
    first: int
    count: int
    total: int
    read_bytes: int
    size_bytes: int
    searched: int
    left_out: list[str]
    problems: list[Problem]
    pattern_error: str = ""


class RolloutRequest(msgspec.Struct):
    """`POST api/rollout`: one rollout of a label, as a row names it."""

    experiment: ExperimentId
    label: str
    is_global: bool
    file: str
    offset: int


class RolloutPage(msgspec.Struct):
    """One rollout. Of very long ones not all is sent: `left_out`: how many messages from the middle are not, `cut`:
    whether texts were shortened. `size_bytes`: of its line.
    """

    rollout: Rollout
    left_out: int
    cut: bool
    size_bytes: int
