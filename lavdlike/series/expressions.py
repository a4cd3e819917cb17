"""Arithmetic over labels, as text: `"val/loss" - "train/loss"`. Pure; never evaluated as Python.

    sum      = product (("+" | "-") product)*
    product  = signed (("*" | "/") signed)*
    signed   = ("-" | "+") signed | power
    power    = atom ("**" signed)?                    binds from the right: -2 ** 2 is -4, 2 ** 3 ** 2 is 512
    atom     = number | label | function "(" sum ("," sum)? ")" | "(" sum ")"
    label    = letters, digits, "_" and ".", not beginning with a digit; or anything in double quotes, where a
               backslash stands before a quote or another backslash that is meant as such
    function = log (natural) | exp | sqrt | abs, of one; min | max, of two

What has no value (0 / 0, log(-1)) is NaN, what is too large or divided by 0 infinite, as NumPy has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lavdlike.series.overview import FloatArray

MAX_LENGTH = 1000
MAX_DEPTH = 50

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d][\w.]*)
      | "(?P<quoted>(?:[^"\\]|\\["\\])*)"
      | (?P<sign>\*\*|[-+*/(),])
      | (?P<end>$)
    )""",
    re.VERBOSE,
)
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "log": (1, np.log),
    "exp": (1, np.exp),
    "sqrt": (1, np.sqrt),
    "abs": (1, np.abs),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
}
_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}


class ExpressionError(ValueError):
    """A text is no expression. `place`: where, in characters from 0 on."""

    def __init__(self, text: str, place: int, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"the expression {text[:80]!r} is wrong at character {place + 1}: {reason}")


class Expression(NamedTuple):
    """`labels`: each once, in their order. `program`: what `value` does, one after the other, with a stack."""

    text: str
    labels: tuple[str, ...]
    program: tuple[_Instruction, ...]

    def value(self, values: Mapping[str, FloatArray]) -> FloatArray:
        """`values`: of all of its labels, arrays of the same length."""
        stack: list[Any] = []
        with np.errstate(all="ignore"):
            for arguments, function, constant in self.program:
                if function is None:
                    stack.append(values[constant] if isinstance(constant, str) else constant)
                    continue
                taken = stack[len(stack) - arguments :]
                del stack[len(stack) - arguments :]
                stack.append(function(*taken))
        result: FloatArray = np.asarray(stack.pop(), dtype=np.float64)
        return result


class _Instruction(NamedTuple):
    """Put a number, or the values of a label, upon the stack; or replace its last `arguments` by what comes of them."""

    arguments: int
    function: Callable[..., Any] | None = None
    constant: float | str = 0.0


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


@lru_cache(maxsize=256)
def parse(text: str) -> Expression:
    """Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(text, MAX_LENGTH, f"it is longer than {MAX_LENGTH} characters")
    return _Parser(text).expression()


class _Parser:
    """One method a rule; what is met is put into the program at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._depth = 0
        self._program: list[_Instruction] = []
        self._labels: dict[str, None] = {}
        self._next = self._read()

    def expression(self) -> Expression:
        self._sum()
        if self._next.kind != "end":
            raise self._error(f"an operator is missing before {self._next.text!r}")
        if not self._labels:
            raise ExpressionError(self._text, 0, "it names no label")
        return Expression(self._text, tuple(self._labels), tuple(self._program))

    def _sum(self) -> None:
        self._product()
        while self._next.text in ("+", "-") and self._next.kind == "sign":
            operator = self._take().text
            self._product()
            self._program.append(_Instruction(2, _OPERATORS[operator]))

    def _product(self) -> None:
        self._signed()
        while self._next.text in ("*", "/") and self._next.kind == "sign":
            operator = self._take().text
            self._signed()
            self._program.append(_Instruction(2, _OPERATORS[operator]))

    def _signed(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"it is nested deeper than {MAX_DEPTH}")
        if self._next.kind == "sign" and self._next.text in ("+", "-"):
            is_negative = self._take().text == "-"
            self._signed()
            if is_negative:
                self._program.append(_Instruction(1, np.negative))
        else:
            self._power()
        self._depth -= 1

    def _power(self) -> None:
        self._atom()
        if self._next.kind == "sign" and self._next.text == "**":
            self._take()
            self._signed()
            self._program.append(_Instruction(2, _OPERATORS["**"]))

    def _atom(self) -> None:
        token = self._take()
        if token.kind == "number":
            self._program.append(_Instruction(0, None, float(token.text)))
        elif token.kind == "name" and self._is_next("("):
            self._call(token)
        elif token.kind in ("name", "quoted"):
            self._labels[token.text] = None
            self._program.append(_Instruction(0, None, token.text))
        elif token.kind == "sign" and token.text == "(":
            self._sum()
            self._expect(")")
        else:
            raise ExpressionError(self._text, token.place, "a label or a number is missing")

    def _call(self, name: _Token) -> None:
        if name.text not in _FUNCTIONS:
            known = ", ".join(_FUNCTIONS)
            raise ExpressionError(self._text, name.place, f"there is no function {name.text!r}, but {known}")
        count, function = _FUNCTIONS[name.text]
        self._expect("(")
        for index in range(count):
            if index:
                self._expect(",")
            self._sum()
        self._expect(")")
        self._program.append(_Instruction(count, function))

    def _is_next(self, sign: str) -> bool:
        return self._next.kind == "sign" and self._next.text == sign

    def _expect(self, sign: str) -> None:
        if not self._is_next(sign):
            raise self._error(f"{sign!r} is missing")
        self._take()

    def _take(self) -> _Token:
        token, self._next = self._next, _Token("end", "", self._place)
        if token.kind != "end":
            self._next = self._read()
        return token

    def _read(self) -> _Token:
        match = _TOKEN.match(self._text, self._place)
        if match is None or match.lastgroup is None:
            place = len(self._text) - len(self._text[self._place :].lstrip())
            is_quote = self._text[place] == '"'
            reason = "its quotes do not end" if is_quote else f"{self._text[place]!r} means nothing here"
            raise ExpressionError(self._text, place, reason)
        self._place = match.end()
        kind, text = match.lastgroup, match[match.lastgroup]
        place = match.start(kind) - (kind == "quoted")
        return _Token(kind, re.sub(r"\\(.)", r"\1", text) if kind == "quoted" else text, place)

    def _error(self, reason: str) -> ExpressionError:
        return ExpressionError(self._text, self._next.place, reason)
