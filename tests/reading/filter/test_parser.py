from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.reading.filter.parser import MAX_CHARACTERS, MAX_DEPTH, parse, parse_field, split_fields
from lavdlike.reading.filter.syntax import And, Comparison, Field, FilterError, Has, Node, Not, Or, Words


def plain(node: Node) -> object:
    """The filter without the places in its text."""
    if isinstance(node, (And, Or)):
        return (type(node).__name__.lower(), *map(plain, node.parts))
    if isinstance(node, Not):
        return ("not", plain(node.of))
    if isinstance(node, Has):
        return ("has", named(node.field))
    if isinstance(node, Words):
        return node.text
    return (named(node.field), node.operator, *node.values)


def named(field: Field) -> str:
    name = f"{field.scope}.{field.name}" if field.scope else field.name
    inner = name if field.step is None else f"{name}, {field.step}"
    return f"{field.function}({inner})" if field.function else name


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", ("and",)),
        ("  ", ("and",)),
        ("resnet", "resnet"),
        ("resnet-50 baseline", ("and", "resnet-50", "baseline")),
        ('"two words"', "two words"),
        (r'"a \"quoted\" word"', 'a "quoted" word'),
        ("lr=0.01 seed<3", ("and", ("lr", "=", "0.01"), ("seed", "<", "3"))),
        ("lr = 0.01", ("lr", "=", "0.01")),
        ("lr!=0.01", ("lr", "!=", "0.01")),
        ("a!b=3", ("a!b", "=", "3")),
        ("lr>=1e-4", ("lr", ">=", "1e-4")),
        ("opt=adamw,lion", ("opt", "=", "adamw", "lion")),
        ("opt=adamw or opt=lion", ("or", ("opt", "=", "adamw"), ("opt", "=", "lion"))),
        ("a b or c d", ("or", ("and", "a", "b"), ("and", "c", "d"))),
        ("a and b", ("and", "a", "b")),
        ("a (b or c)", ("and", "a", ("or", "b", "c"))),
        ("-tag=bad", ("not", ("tag", "=", "bad"))),
        ("not tag=bad", ("not", ("tag", "=", "bad"))),
        ("NOT a", ("not", "a")),
        ("-(a or b)", ("not", ("or", "a", "b"))),
        ('-"two words"', ("not", "two words")),
        ("started>-7d", ("started", ">", "-7d")),
        ('name~"resnet.*"', ("name", "~", "resnet.*")),
        ("val/loss<0.5", ("val/loss", "<", "0.5")),
        ("min(val/loss)<0.3", ("min(label.val/loss)", "<", "0.3")),
        ("at(val/loss, 1000)>2", ("at(label.val/loss, 1000)", ">", "2")),
        ('max("metrics/mAP50(B)")>0.5', ("max(label.metrics/mAP50(B))", ">", "0.5")),
        ("config.loss=mse", ("config.loss", "=", "mse")),
        ('label."a b"<3', ("label.a b", "<", "3")),
        ("has(lr)", ("has", "lr")),
        ("-has(config.lr)", ("not", ("has", "config.lr"))),
        # What has a meaning elsewhere is a name where it is compared, or in quotes.
        ("or=3", ("or", "=", "3")),
        ('"or"', "or"),
        ('"-x"', "-x"),
        ("config.=3", ("config.", "=", "3")),
        ("tag='a,b'", ("tag", "=", "a,b")),
    ],
)
def test_what_a_text_means(text: str, node: object) -> None:
    assert plain(parse(text)) == node


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("a)", "a '(' is missing before it", 1),
        ("(a", "this '(' is never closed", 0),
        ('a "b', "this quote is never closed", 2),
        ("=3", "'=' is not expected here", 0),
        ("lr=", "a value is missing behind '='", 2),
        ("lr=a,,b", "a value is missing behind ','", 4),
        ("lr<1,2", "only = and != take several values", 4),
        ("min(x)", "min(x) is compared with something", 6),
        ("min(x", "this '(' is never closed", 3),
        ("min()<3", "a name is missing in min()", 3),
        ("min(min(x))<3", "a name is missing in min()", 3),
        ("min(a b)<3", "names with spaces, commas or parentheses stand in quotes", 6),
        ("min(config.lr)<3", "min() is of a label's values", 4),
        ("min(a, 3)<3", "min() is of one name", 5),
        ("foo(x)<3", "there is no function 'foo'; there are last, min, max", 0),
        ("at(x)<3", "at() needs a step", 0),
        ("at(x, y)<3", "not a step: 'y'", 6),
        ("x or", "what may stand instead is missing behind 'or'", 2),
        ("or x", "'or' stands between two terms", 0),
        ("x and", "'and' stands between two terms", 2),
        ("a (or b)", "'or' stands between two terms", 3),
        ("not", "what is excluded is missing behind 'not'", 0),
        ("- x", "what is excluded is missing right behind '-'", 0),
        ("x" * (MAX_CHARACTERS + 1), "longer than 2,000 characters", MAX_CHARACTERS),
        ("(" * (MAX_DEPTH + 1), "nested deeper than 50 levels", MAX_DEPTH),
    ],
)
def test_what_is_no_filter_is_told_with_its_place(text: str, reason: str, position: int) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text)
    assert reason in raised.value.reason
    assert raised.value.position == position


@given(st.text(alphabet="ab=<>!~()\"',- \\.ornt1", max_size=60))
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    error = None
    try:
        parse(text)
    except FilterError as raised:
        error = raised
    assert error is None or (0 <= error.position <= len(text) and error.length >= 1)


def test_a_deep_filter_within_the_limit_is_one() -> None:
    assert plain(parse("(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1))) == "a"


def test_places_are_those_of_the_text() -> None:
    node = parse("a min(val/loss)<0.3")
    assert isinstance(node, And)
    comparison = node.parts[1]
    assert isinstance(comparison, Comparison)
    assert (comparison.field.position, comparison.field.length, comparison.position) == (2, 13, 16)


@pytest.mark.parametrize("text", ["lr", "min(val/loss)", "config.lr", 'last("a b")', "at(x, 5)"])
def test_a_field_stands_by_itself(text: str) -> None:
    assert parse_field(text).length == len(text)


@pytest.mark.parametrize("text", ["", "lr<3", "lr seed", "min(", "=", ")"])
def test_what_is_no_field(text: str) -> None:
    with pytest.raises(FilterError):
        parse_field(text)


def test_fields_are_split_at_commas_of_their_own() -> None:
    assert split_fields('lr, at(val/loss, 10),"a,b",,') == ["lr", "at(val/loss, 10)", '"a,b"']
    assert split_fields("") == []


def test_backslashes_of_regular_expressions_stay_in_quotes() -> None:
    node = parse(r'name~"seed(\d+)\.\"x\\"')
    assert isinstance(node, Comparison)
    assert node.values == (r'seed(\d+)\."x' + "\\",)
