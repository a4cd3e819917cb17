"""A walk through a JSON document, which says where its values stand, so that each can be read again alone. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class JsonCursor:
    """A place in a text, `at`. Behind each name that `names` gives, and each place of `elements`, stands a value: it
    has to be taken, or walked through, before the next one.

    >>> cursor = JsonCursor('{"a": [10, 20], "b": null}')
    >>> [(name, cursor.at, cursor.value()) for name in cursor.names()]
    [('a', 6, [10, 20]), ('b', 21, None)]

    Raises, of all methods:
        json.JSONDecodeError: the text is no JSON.
        RecursionError: a value is nested too deep.
        ValueError: an integer has more digits than Python converts.
    """

    def __init__(self, text: str, at: int = 0) -> None:
        self.at = at
        self._text = text
        self._pass_space()

    def names(self) -> Iterator[str]:
        """The names of an object's values."""
        for _ in self._parts("{", "}"):
            name = self.value()
            if not isinstance(name, str):
                raise json.JSONDecodeError(
                    "Expecting property name enclosed in double quotes", self._text, self.at
                )
            self._take(":")
            yield name

    def elements(self) -> Iterator[int]:
        """The places of an array's values, from 0."""
        yield from self._parts("[", "]")

    def value(self) -> Any:
        """The one that stands here."""
        found, self.at = _DECODER.raw_decode(self._text, self.at)
        self._pass_space()
        return found

    def _parts(self, first: str, last: str) -> Iterator[int]:
        self._take(first)
        if self._is_next(last):
            return
        number = 0
        while True:
            yield number
            number += 1
            if self._is_next(last):
                return
            self._take(",")

    def _take(self, mark: str) -> None:
        if not self._is_next(mark):
            raise json.JSONDecodeError(f"Expecting '{mark}' delimiter", self._text, self.at)

    def _is_next(self, mark: str) -> bool:
        """Whether it stands here; then it is passed."""
        if not self._text.startswith(mark, self.at):
            return False
        self.at += 1
        self._pass_space()
        return True

    def _pass_space(self) -> None:
        found = _SPACE.match(self._text, self.at)
        self.at = found.end() if found else self.at
