"""Of files in several forms that hold the same label of a run, which of them shows it: no curve twice. Pure.

Files of one form are writers of their own, as ever, and so are those of other processes of the script.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from lavdlike.sources.choice import LeftOut
from lavdlike.sources.source import Form

# In the name of a file, of a process of the script: `metrics_rank1.jsonl`, `scalars.rank1.tsv`.
_RANK = re.compile(r"(?:rank|worker|process)[._-]?0*([1-9][0-9]*)")
_NAMED_LABELS = 3


class Standing(NamedTuple):
    """What decides of a writer whether it shows a label that others have, too.

    `path`: of a file of it. `rank`: of the process that wrote it, "" of the first or only one. `is_preferred`:
    whether people chose to read it in place of others.
    """

    path: str = "values in JSON files of steps"
    form: Form = Form.NATIVE
    rank: str = ""
    is_preferred: bool = False


# Of the writer without a name, which has these values.
OF_STEPS = Standing()


def standing_of(path: str, form: Form) -> Standing:
    """Of the writer of a file, as its name says."""
    rank = _RANK.search(path.rpartition("/")[2].lower())
    return Standing(path, form, rank[1] if rank else "")


def hidden(writers: Collection[str], standings: Mapping[str, Standing]) -> Mapping[str, str]:
    """Of the writers that have a label, those that do not show it, and each time one that does."""
    if len(writers) < 2:
        return {}
    first: dict[str, tuple[bool, Form]] = {}
    for _, standing in _standing(writers, standings):
        order = _order(standing)
        first[standing.rank] = min(first.get(standing.rank, order), order)
    shown: dict[str, str] = {}
    for writer, standing in _standing(writers, standings):
        if _order(standing) == first[standing.rank]:
            shown.setdefault(standing.rank, writer)
    return {
        writer: shown[standing.rank]
        for writer, standing in _standing(writers, standings)
        if _order(standing) != first[standing.rank]
    }


def left_out(writers_of: Mapping[str, Collection[str]], standings: Mapping[str, Standing]) -> list[LeftOut]:
    """The files of which labels are not shown, and which: each once for each file that shows them.

    Args:
        writers_of: by label.
    """
    if are_alike((OF_STEPS, *standings.values())):
        return []
    labels: dict[tuple[str, str], list[str]] = {}
    counts: dict[str, int] = {}
    for label, writers in writers_of.items():
        for writer in writers:
            counts[writer] = counts.get(writer, 0) + 1
        for pair in hidden(writers, standings).items():
            labels.setdefault(pair, []).append(label)
    found = []
    for (writer, by), same in labels.items():
        of_hidden, of_shown = standings[writer], standings.get(by, OF_STEPS)
        why = f"both have {_named(sorted(same))}"
        if len(same) < counts[writer]:
            why += "; all other labels of this file are shown"
        is_usual = of_shown.is_preferred and of_hidden.form <= of_shown.form
        found.append(LeftOut(of_hidden.path, of_shown.path, why, is_usual, tuple(sorted(same))))
    return sorted(found)


def are_alike(standings: Iterable[Standing]) -> bool:
    """Whether all show what they have."""
    return len({_order(standing) for standing in standings}) < 2


def in_order(writers: Iterable[str], standings: Mapping[str, Standing]) -> list[str]:
    """So that who shows a label comes before those who do not; else as they come."""
    return sorted(writers, key=lambda writer: _order(standings.get(writer, OF_STEPS)))


def _standing(writers: Iterable[str], standings: Mapping[str, Standing]) -> Iterator[tuple[str, Standing]]:
    return ((writer, standings.get(writer, OF_STEPS)) for writer in writers)


def _order(standing: Standing) -> tuple[bool, Form]:
    return not standing.is_preferred, standing.form


def _named(labels: list[str]) -> str:
    """As people name them: "loss", "acc and loss", "acc, loss, lr and 4 more"."""
    more = len(labels) - _NAMED_LABELS
    parts = [*labels[:_NAMED_LABELS], f"{more:,} more"] if more > 0 else labels
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
