from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.series.expressions import MAX_DEPTH, MAX_LENGTH, ExpressionError, parse
from lavdlike.sources.columns import doubles

A = doubles([1.0, 4.0, -2.0, 5.0])
B = doubles([2.0, 0.5, 3.0, 1.0])
VALUES = {"a": A, "b": B, "val/loss": B, 'a "b" \\': A, "log": A, "größe.1": B}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("a - b", A - B),
        ('"val/loss" - a', B - A),
        ("a+b*a", A + B * A),
        ("(a + b) * a", (A + B) * A),
        ("a - b - a", (A - B) - A),
        ("a / b / a", A / B / A),
        ("-a ** 2", -(A**2)),
        ("2 ** 3 ** 2 + 0 * a", 512 + 0 * A),
        ("2 ** -1 * a", 0.5 * A),
        ("--a", A),
        ("a*-b", A * -B),
        (".5e1*a + 1.", 5 * A + 1),
        ("min(a, b) + max(a, 1)", np.minimum(A, B) + np.maximum(A, 1)),
        ("sqrt(abs(a))", np.sqrt(np.abs(A))),
        ("exp(a) + log(b)", np.exp(A) + np.log(B)),
        ('"a \\"b\\" \\\\"', A),
        ("log + 1", A + 1),
        ("größe.1", B),
    ],
)
def test_an_expression_is_what_numpy_says(text: str, expected: object) -> None:
    np.testing.assert_array_equal(parse(text).value(VALUES), expected)


def test_what_has_no_value_is_none_and_nothing_is_raised() -> None:
    zero_divided = parse("a / b").value({"a": doubles([0, 1, -1]), "b": doubles([0, 0, 0])})
    np.testing.assert_array_equal(zero_divided, [math.nan, math.inf, -math.inf])
    np.testing.assert_array_equal(parse("log(a)").value({"a": doubles([-1, 0])}), [math.nan, -math.inf])
    assert parse("9 ** 9 ** 9 ** 9 * a").value({"a": doubles([1])})[0] == math.inf


def test_labels_are_named_once_in_their_order() -> None:
    assert parse('b + a * b + "val/loss"').labels == ("b", "a", "val/loss")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", 0, "a label or a number is missing"),
        ("a +", 3, "a label or a number is missing"),
        ("a + * b", 4, "a label or a number is missing"),
        ("a b", 2, "an operator is missing before 'b'"),
        ("(a", 2, "')' is missing"),
        ("a)", 1, "an operator is missing before ')'"),
        ("min(a)", 5, "',' is missing"),
        ("log(a, b)", 5, "')' is missing"),
        ("sin(a)", 0, "there is no function 'sin', but log, exp, sqrt, abs, min, max"),
        ('a + "val/loss', 4, "its quotes do not end"),
        ("a ; b", 2, "';' means nothing here"),
        ("a[0]", 1, "'[' means nothing here"),
        ("1 + 2", 0, "it names no label"),
        ("val/", 4, "a label or a number is missing"),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, f"it is longer than {MAX_LENGTH} characters"),
    ],
)
def test_an_error_says_where_and_why(text: str, place: int, reason: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text)
    assert (raised.value.place, raised.value.reason) == (place, reason)
    assert f"character {place + 1}: {reason}" in str(raised.value)


@pytest.mark.parametrize("begin", ["(", "-", "log(", "a**", "min(a,", '"'])
def test_hostile_depth_ends_with_an_error(begin: str) -> None:
    with pytest.raises(ExpressionError):
        parse((begin * MAX_LENGTH)[:MAX_LENGTH])


def test_long_sums_are_no_depth() -> None:
    terms = "+".join(["a"] * (MAX_LENGTH // 2))
    assert parse(terms).value({"a": doubles([1.0])}).tolist() == [MAX_LENGTH // 2]
    nested = "(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1)
    assert parse(nested).value({"a": doubles([1.0])}).tolist() == [1.0]


@given(st.text(alphabet='ab()+-*/",. 1e\\\n_;\x00é', max_size=60))
def test_any_text_is_an_expression_or_a_place(text: str) -> None:
    with suppress(ExpressionError):
        expression = parse(text)
        values = expression.value({label: doubles([1.0, 0.0]) for label in expression.labels})
        assert values.shape == (2,)
