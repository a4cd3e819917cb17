"""Files outside of steps whose names or folders say a step: `pred_000100.png`, `step_100/a.png`, `it000200`. Pure.

A path is decided about by itself (`stepped`): which of its numbers would be the step, and what the label is without it.
That it is a step is plain only where several files of a run fit one pattern: `LooseMedia` counts them.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lavdlike import layout
from lavdlike.kinds import places, registry
from lavdlike.reading.media_patterns import said_by
from lavdlike.reading.origins import FilePlace, join_path, split_path

_LARGEST_STEP = 2**53 - 1
# Different steps of one pattern from which on it counts. Where only zeros in front speak for it, more.
_ENOUGH, _ENOUGH_PADDED = 2, 3
# What a number is called, the most exact first. Short words are words of languages, too (`it_1.png`).
_WORDS = re.compile(
    r"(?:(?<=\A)|(?<=[^A-Za-z0-9]))"
    r"(?P<word>(?:global[ _-]?)?steps?|iterations?|iters?|it(?=\d{3})|epochs?|ep(?=\d{3}))"
    r"[ _=-]?(?P<number>\d{1,16})(?![A-Za-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_EXACT = ("step", "it", "ep")
# At the end of a name: at least four digits behind something that is no date.
_PADDED = re.compile(r"(?P<before>.*[^\d\W_].*?)(?<!\d)(?P<number>\d{4,16})\Z", re.ASCII | re.DOTALL)
_DATE = re.compile(r"\d{6,8}[ _T-]*\Z", re.ASCII)
# What all paths have that say a step, the words aside: most say none, and this is found out sooner.
_MAY_BE_WORD = re.compile(r"(?:it|ep)[a-z]{0,8}[ _=-]?\d", re.IGNORECASE | re.ASCII)
_FOUR_DIGITS = re.compile(r"\d{4}(?:\.|\Z)", re.ASCII)
_SEPARATORS = " _-.=,"
_TWO_SEPARATORS = re.compile(r"([ _.=,-])[ _.=,-]+")


class Stepped(NamedTuple):
    """What a path may say. `pattern`: the same for all that differ in the number alone.

    `is_named`: a word says what the number is; else it only has zeros in front, if `is_padded`.
    """

    pattern: str
    label: str
    step: int
    is_named: bool
    is_padded: bool


@functools.lru_cache(maxsize=2**12)
def stepped(path: str) -> Stepped | None:
    r"""The step that a path, without its suffix, may say; None if it says none.

    >>> stepped("pred_000100")
    Stepped(pattern='pred_\x00', label='pred', step=100, is_named=False, is_padded=True)
    >>> stepped("samples/step_100/a").label, stepped("epoch=3-step=500").step, stepped("photo_2")
    ('samples/a', 500, None)
    """
    words = list(_WORDS.finditer(path))
    if not words:
        return _padded(*split_path(path))
    chosen = min(reversed(words), key=_exactness)
    step = int(chosen["number"])
    label = "/".join(filter(None, map(_without_words, path.split("/"))))
    pattern = _WORDS.sub(lambda found: f"{found['word']}\0", path)
    return _checked(Stepped(pattern, label or chosen["word"].lower(), step, is_named=True, is_padded=False))


def _without_words(name: str) -> str:
    """What is left of a name, without separators that nothing stands beside any more."""
    rest, count = _WORDS.subn("", name)
    return _TWO_SEPARATORS.sub(r"\1", rest).strip(_SEPARATORS) if count else name


def _exactness(found: re.Match[str]) -> int:
    """Of several numbers of a path the step is the step, then the iteration."""
    word = found["word"].lower()
    return next(place for place, begin in enumerate(_EXACT) if begin in word)


def _padded(folder: str, name: str) -> Stepped | None:
    found = _PADDED.match(name)
    if found is None or _DATE.search(found["before"]):
        return None
    before, number = found["before"], found["number"]
    label = join_path(folder, before.rstrip(_SEPARATORS))
    pattern = join_path(folder, f"{before}\0")
    return _checked(Stepped(pattern, label, int(number), is_named=False, is_padded=number.startswith("0")))


def _checked(found: Stepped) -> Stepped | None:
    return found if found.step <= _LARGEST_STEP else None


class Flip(NamedTuple):
    """A pattern begins or ceases to count. `paths`: of the files whose places are other ones from then on."""

    pattern: str
    paths: Collection[str]


@dataclass
class _Fitting:
    """The files of one pattern. `steps`: of the media among them, how many there are of each."""

    paths: set[str] = field(default_factory=set)
    steps: Counter[int] = field(default_factory=Counter)
    padded: int = 0
    is_named: bool = False

    def is_enough(self) -> bool:
        if self.is_named:
            return len(self.steps) >= _ENOUGH
        return len(self.steps) >= _ENOUGH_PADDED and self.padded > 0


# The pattern of all paths of which people have said what they mean.
_SAID = "\1"


class LooseMedia:
    """The files of a run whose paths may say a step.

    Media make a pattern count; what has the same name with another suffix (a description) goes with them.

    Args:
        matches: what people say (`media_patterns`); of these paths nothing is guessed.
    """

    def __init__(self, matches: Sequence[str] = ()) -> None:
        self.matches = tuple(matches)
        self._is_on = True
        self._said: dict[str, Stepped] = {}
        self._known: dict[str, Stepped] = {}
        self._fitting: dict[str, _Fitting] = {}
        self._counting: set[str] = {_SAID}

    def with_matches(self, matches: Sequence[str], files: Sequence[tuple[str, str]]) -> LooseMedia:
        """The same files, by folder and name, by what people say now."""
        changed = LooseMedia(matches)
        changed.switch(on=self._is_on)
        changed.expect(files)
        for folder, name in files:
            if flip := changed.add(folder, name):
                changed.turn(flip)
        return changed

    def expect(self, files: Iterable[tuple[str, str]]) -> None:
        """These files, by folder and name, are about to be added: all at once are looked up sooner than each."""
        self._said = {}
        if self.matches:
            paths = [path for folder, name in files if _is_loose(path := join_path(folder, name))]
            for path, said in said_by(self.matches, paths).items():
                self._said[path] = Stepped(_SAID, said.label, said.step, is_named=True, is_padded=False)

    def add(self, folder: str, name: str) -> Flip | None:
        """A file is there; what that changes for others is for `turn`."""
        path = join_path(folder, name)
        found = self._said.pop(path, None) or _of(path)
        if found is None or path in self._known:
            return None
        self._known[path] = found
        if found.pattern == _SAID:
            return None
        fitting = self._fitting.setdefault(found.pattern, _Fitting(is_named=found.is_named))
        fitting.paths.add(path)
        if _is_medium(name):
            fitting.steps[found.step] += 1
            fitting.padded += found.is_padded
        return self._flip(found.pattern, fitting, path)

    def discard(self, folder: str, name: str) -> Flip | None:
        """A file is gone, or holds something else now."""
        path = join_path(folder, name)
        found = self._known.pop(path, None)
        if found is None or found.pattern == _SAID:
            return None
        fitting = self._fitting[found.pattern]
        fitting.paths.discard(path)
        if _is_medium(name):
            fitting.steps[found.step] -= 1
            fitting.steps += Counter()  # without what there is none of
            fitting.padded -= found.is_padded
        flip = self._flip(found.pattern, fitting, path)
        if not fitting.paths:
            del self._fitting[found.pattern]
        return flip

    def switch(self, *, on: bool) -> list[Flip]:
        """Whether paths say steps at all; what that changes is for `turn`."""
        self._is_on = on
        flips = (self._flip(pattern, fitting) for pattern, fitting in self._fitting.items())
        return [flip for flip in flips if flip is not None]

    def turn(self, flip: Flip) -> None:
        """From now on the pattern counts, or does not."""
        self._counting ^= {flip.pattern}

    def placed(self, path: str, place: FilePlace) -> FilePlace:
        """Where a file belongs that its folder puts at `place`."""
        if not self.has(path):
            return place
        found = self._known[path]
        return place._replace(step=found.step, label=layout.shown(found.label), is_exact=False)

    def has(self, path: str) -> bool:
        """Whether the path of a file says its step."""
        found = self._known.get(path)
        return found is not None and found.pattern in self._counting

    def _flip(self, pattern: str, fitting: _Fitting, path: str = "") -> Flip | None:
        """`path`: of a file that is placed by itself."""
        if (self._is_on and fitting.is_enough()) == (pattern in self._counting):
            return None
        return Flip(pattern, fitting.paths - {path})


def _of(path: str) -> Stepped | None:
    """Of the path of a file in its run; none in steps, and in other files."""
    if not _may_say(path) or not _is_loose(path):
        return None
    return stepped(places.split_label(path)[0])


def _may_say(path: str) -> bool:
    lowered = path.lower()
    if ("it" in lowered or "ep" in lowered) and _MAY_BE_WORD.search(path):
        return True
    return _FOUR_DIGITS.search(path) is not None


def _is_loose(path: str) -> bool:
    """Whether it lies in no step, and in no file of another program."""
    return "!/" not in path and layout.split_step(path)[0] is None


def _is_medium(name: str) -> bool:
    """Whether a browser shows the file as what it is: pictures, sounds, videos, pages, texts."""
    suffix = places.split_suffix(name)[1]
    kind = registry.kind_of_suffix(suffix)
    return kind is not None and not kind.growing_files and suffix.lower() in kind.media_types
