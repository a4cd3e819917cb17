"""From text to a filter. Pure; the grammar stands in docs/filter.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, cast

from lavdlike import layout
from lavdlike.reading.filter.syntax import (
    FUNCTIONS,
    SCOPES,
    And,
    Comparison,
    Field,
    FilterError,
    Has,
    Node,
    Not,
    Operator,
    Or,
    Scope,
    Words,
)

MAX_CHARACTERS = 2_000
MAX_DEPTH = 50

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<operator>!=|<=|>=|[=<>~])
    | (?P<mark>[(),])
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | '(?P<single>(?:[^'\\]|\\.)*)'
    | (?P<word>(?:[^\s()<>=~,"'!]|!(?!=))+)
    """,
    re.VERBOSE | re.DOTALL,
)
# Other backslashes stay: they are a regular expression's own.
_ESCAPE = re.compile(r"""\\([\\"'])""")
_KEYWORDS = ("and", "or", "not")


def parse(text: str) -> Node:
    """The filter that a text is; an empty one is everything.

    Raises:
        FilterError: it is none, longer than 2,000 characters, or nested deeper than 50 levels.
    """
    if len(text) > MAX_CHARACTERS:
        raise FilterError(
            f"longer than {MAX_CHARACTERS:,} characters", MAX_CHARACTERS, len(text) - MAX_CHARACTERS
        )
    return _Parser(text).whole()


def parse_field(text: str) -> Field:
    """A field by itself, as columns and orders name it: `lr`, `min(val/loss)`.

    Raises:
        FilterError: it is none.
    """
    if len(text) > MAX_CHARACTERS:
        raise FilterError(f"longer than {MAX_CHARACTERS:,} characters", MAX_CHARACTERS)
    return _Parser(text).only_field()


def split_fields(text: str) -> list[str]:
    """The texts between commas, but for those inside of parentheses and quotes.

    Raises:
        FilterError: a quote is never closed.
    """
    parts, depth, begin = [], 0, 0
    for token in _tokens(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if token.kind == "end" or (token.kind == "mark" and token.text == "," and depth <= 0):
            parts.append(text[begin : token.position].strip())
            begin = token.position + token.length
    return [part for part in parts if part]


class _Token(NamedTuple):
    """`kind`: "operator", "mark", "word", "quoted" or "end"."""

    kind: str
    text: str
    position: int
    length: int


class _Parser:
    """Reads the tokens from left to right, once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._place = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._either()
        if self._next.kind != "end":
            raise self._unexpected("a '(' is missing before it" if self._next.text == ")" else "")
        return node

    def only_field(self) -> Field:
        field = self._field(self._take())
        if self._next.kind != "end":
            raise self._unexpected("a field ends before it")
        return field

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _is_keyword(self, *words: str) -> bool:
        return self._next.kind == "word" and self._next.text.lower() in words and not self._is_compared()

    def _is_compared(self) -> bool:
        """A setting may be called `or`."""
        behind = self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        return behind.kind == "operator"

    def _either(self) -> Node:
        parts = [self._all()]
        while self._is_keyword("or"):
            word = self._take()
            if self._is_at_end():
                raise FilterError("what may stand instead is missing behind 'or'", word.position, word.length)
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Node:
        parts: list[Node] = []
        while not self._is_at_end() and not self._is_keyword("or"):
            if self._is_keyword("and"):
                word = self._take()
                if not parts or self._is_at_end():
                    raise FilterError("'and' stands between two terms", word.position, word.length)
            parts.append(self._term())
        if not parts and self._is_keyword("or"):
            raise self._unexpected("'or' stands between two terms")
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _is_at_end(self) -> bool:
        return self._next.kind == "end" or (self._next.text == ")" and self._next.kind == "mark")

    def _term(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FilterError(f"nested deeper than {MAX_DEPTH} levels", self._next.position)
        try:
            return self._one()
        finally:
            self._depth -= 1

    def _one(self) -> Node:
        if self._is_keyword("not"):
            word = self._take()
            if self._is_at_end():
                raise FilterError("what is excluded is missing behind 'not'", word.position, word.length)
            return Not(self._term())
        token = self._next
        if token.kind == "word" and token.text.startswith("-"):
            return self._negated(token)
        if token.kind == "mark" and token.text == "(":
            return self._parenthesis()
        if token.kind not in ("word", "quoted"):
            raise self._unexpected()
        return self._comparison_or_text()

    def _negated(self, token: _Token) -> Node:
        """`-tag=bad`, `-(a or b)`, `-"two words"`: the dash is no part of what follows."""
        if len(token.text) > 1:
            self._tokens[self._place] = _Token("word", token.text[1:], token.position + 1, token.length - 1)
        else:
            self._take()
            follows = self._next
            if self._is_at_end() or follows.position != token.position + 1:
                raise FilterError("what is excluded is missing right behind '-'", token.position)
        return Not(self._term())

    def _parenthesis(self) -> Node:
        opened = self._take()
        node = self._either()
        if self._next.kind == "end":
            raise FilterError("this '(' is never closed", opened.position)
        self._take()
        return node

    def _comparison_or_text(self) -> Node:
        token = self._take()
        if token.text == "has" and self._is_called(token):
            return Has(self._in_parentheses(token))
        if not self._is_called(token) and self._next.kind != "operator":
            return Words(token.text)
        field = self._field(token)
        if self._next.kind != "operator":
            raise self._unexpected(f"{self._shown(field)} is compared with something: <, >, = ...")
        operator = self._take()
        return Comparison(field, cast("Operator", operator.text), self._values(operator), self._last_value)

    def _values(self, operator: _Token) -> tuple[str, ...]:
        self._last_value = self._next.position
        values = [self._value(operator)]
        while self._next.kind == "mark" and self._next.text == ",":
            comma = self._take()
            if operator.text not in ("=", "!="):
                raise FilterError(f"only = and != take several values, not {operator.text}", comma.position)
            values.append(self._value(comma))
        return tuple(values)

    def _value(self, before: _Token) -> str:
        if self._next.kind not in ("word", "quoted"):
            raise FilterError(f"a value is missing behind {before.text!r}", before.position, before.length)
        return self._take().text

    def _field(self, token: _Token) -> Field:
        if token.kind not in ("word", "quoted") or not token.text:
            raise FilterError("a name is missing", token.position, max(1, token.length))
        return self._function(token) if self._is_called(token) else _named(token)

    def _is_called(self, token: _Token) -> bool:
        """A parenthesis stands right behind the name: `min(x)`; in `a (b or c)` it is a term of its own."""
        behind = self._next
        return (
            token.kind == "word" and behind.text == "(" and behind.position == token.position + token.length
        )

    def _function(self, token: _Token) -> Field:
        if token.text not in FUNCTIONS:
            known = ", ".join((*FUNCTIONS, "has"))
            raise FilterError(
                f"there is no function {token.text!r}; there are {known}", token.position, token.length
            )
        field = self._in_parentheses(token, scopes=("", "label"))
        return field._replace(scope="label", function=token.text)

    def _in_parentheses(self, function: _Token, scopes: Sequence[Scope] = ("", *SCOPES)) -> Field:
        opened = self._take()
        inner = self._take()
        field = self._field(inner) if inner.text != ")" or inner.kind != "mark" else None
        if field is None or field.function is not None:
            raise FilterError(f"a name is missing in {function.text}()", opened.position)
        if field.scope not in scopes:
            raise FilterError(f"{function.text}() is of a label's values", field.position, field.length)
        step = self._step(function)
        closed = self._take()
        if closed.kind != "mark" or closed.text != ")":
            if closed.kind == "end":
                raise FilterError("this '(' is never closed", opened.position)
            raise FilterError(
                f"a ')' is missing before {closed.text!r}; names with spaces, commas or parentheses stand in quotes",
                closed.position,
                closed.length,
            )
        end = closed.position + 1
        return field._replace(step=step, position=function.position, length=end - function.position)

    def _step(self, function: _Token) -> int | None:
        takes_step = function.text == "at"
        if self._next.kind != "mark" or self._next.text != ",":
            if takes_step:
                raise FilterError("at() needs a step: at(val/loss, 1000)", function.position, function.length)
            return None
        comma = self._take()
        token = self._take()
        if not takes_step:
            raise FilterError(f"{function.text}() is of one name", comma.position)
        if not token.text.isdecimal() or int(token.text) > layout.MAX_STEP:
            raise FilterError(f"not a step: {token.text!r}", token.position, max(1, token.length))
        return int(token.text)

    def _shown(self, field: Field) -> str:
        return self._text[field.position : field.position + field.length]

    def _unexpected(self, hint: str = "") -> FilterError:
        token = self._next
        if token.kind == "end":
            return FilterError(hint or "something is missing at the end", token.position)
        reason = f"{token.text!r} is not expected here"
        return FilterError(f"{reason}; {hint}" if hint else reason, token.position, token.length)


def _named(token: _Token) -> Field:
    """A name as it is, or with its scope before it: `config.loss`. Quoted names may have one before the quotes only."""
    if token.kind == "word":
        for scope in SCOPES:
            name = token.text[len(scope) + 1 :]
            if token.text.startswith(f"{scope}.") and name:
                return Field(name, scope, position=token.position, length=token.length)
    return Field(token.text, position=token.position, length=token.length)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            if text[place] in "\"'":
                raise FilterError("this quote is never closed", place)
            raise FilterError(f"{text[place]!r} is not expected here", place)
        kind = str(found.lastgroup)
        token = _Token(kind, found[0], place, found.end() - place)
        if kind in ("double", "single"):
            token = token._replace(kind="quoted", text=_ESCAPE.sub(r"\1", found[kind]))
        if kind != "space":
            _add(tokens, token)
        place = found.end()
    return [*tokens, _Token("end", "", len(text), 0)]


def _add(tokens: list[_Token], token: _Token) -> None:
    """`label."a b"` is one name: a scope with its point, and the quotes right behind it."""
    last = tokens[-1] if tokens else None
    if (
        token.kind == "quoted"
        and last is not None
        and last.kind == "word"
        and last.position + last.length == token.position
        and last.text in {f"{scope}." for scope in SCOPES}
    ):
        tokens[-1] = _Token("word", last.text + token.text, last.position, last.length + token.length)
    else:
        tokens.append(token)
