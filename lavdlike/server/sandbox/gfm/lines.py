"""A line of Markdown that is read from left to right, by columns: a tab ends at the next multiple of four. Pure."""

from __future__ import annotations

TAB = 4


class Line:
    """`indent` and `is_blank` are about what has not been read yet."""

    __slots__ = ("_column", "_is_in_tab", "_next", "_next_column", "_position", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._column = 0
        # Some columns of the tab at `_position` have been read; the others stand for spaces.
        self._is_in_tab = False
        self._look()

    @property
    def indent(self) -> int:
        """Columns of white space."""
        return self._next_column - self._column

    @property
    def is_blank(self) -> bool:
        return self._next >= len(self._text)

    @property
    def text(self) -> str:
        """Without the white space in front of it."""
        return self._text[self._next :]

    @property
    def rest(self) -> str:
        """With the white space in front of it."""
        if not self._is_in_tab:
            return self._text[self._position :]
        return " " * (TAB - self._column % TAB) + self._text[self._position + 1 :]

    def starts_with(self, prefixes: str | tuple[str, ...]) -> bool:
        return self._text.startswith(prefixes, self._next)

    def take_columns(self, most: int) -> None:
        """White space of up to so many columns."""
        end = min(self._next_column, self._column + most)
        while self._column < end:
            width = TAB - self._column % TAB if self._text[self._position] == "\t" else 1
            if self._column + width > end:
                self._is_in_tab = True
                self._column = end
                break
            self._column += width
            self._position += 1
            self._is_in_tab = False
        self._look()

    def take(self, characters: int) -> None:
        """The white space and so many characters behind it, which are no tabs."""
        self._position = self._next + characters
        self._column = self._next_column + characters
        self._is_in_tab = False
        self._look()

    def _look(self) -> None:
        """Find what is no white space."""
        position, column = self._position, self._column
        text = self._text
        while position < len(text):
            character = text[position]
            if character == " ":
                column += 1
            elif character == "\t":
                column += TAB - column % TAB
            else:
                break
            position += 1
        self._next, self._next_column = position, column
