"""How roots are named on the command line, and what lies in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import UsageError
from lavdlike.named_roots import RootName, parse_roots

CWD = Path.cwd()

# What is given, which folders there are, and what that means.
CASES = [
    (["runs"], ["runs"], [("", "runs")]),
    (["a=runs"], ["runs"], [("a", "runs")]),
    (["a=x", "b=y"], ["x", "y"], [("a", "x"), ("b", "y")]),
    (["a=b"], ["a=b"], [("", "a=b")]),  # a folder of that whole name wins
    (["a=b", "c=d"], ["a=b", "d"], [("a=b", "a=b"), ("c", "d")]),
    (["a=lr=0.1"], ["lr=0.1"], [("a", "lr=0.1")]),
    (["sweep/lr=0.1", "sweep/lr=0.2"], ["sweep/lr=0.1", "sweep/lr=0.2"],
     [("lr=0.1", "sweep/lr=0.1"), ("lr=0.2", "sweep/lr=0.2")]),
    (["./lr=0.1"], [], [("", "lr=0.1")]),  # no name has a slash
    (["my runs=a b", "c d"], ["a b", "c d"], [("my runs", "a b"), ("c d", "c d")]),
    (["x/runs", "y/runs"], [], [("x-runs", "x/runs"), ("y-runs", "y/runs")]),
    (["p/x/runs", "q/x/runs", "logs"], [],
     [("p-x-runs", "p/x/runs"), ("q-x-runs", "q/x/runs"), ("logs", "logs")]),
    (["runs=new", "old/runs"], [], [("runs", "new"), ("old-runs", "old/runs")]),
    (["a:x,b:y"], [], [("a", "x"), ("b", "y")]),
    (["a:/data/x,b:/data/y"], [], [("a", "/data/x"), ("b", "/data/y")]),
    (["a:x"], [], [("a", "x")]),
    (["a:x,y/z"], [], [("a", "x"), ("z", "y/z")]),
    (["a:x,y"], ["x,y"], [("a", "x,y")]),
    (["a:x=y"], [], [("a", "x=y")]),
    (["a=x:y"], [], [("a", "x:y")]),
    (["x,y"], [], [("", "x,y")]),
    (["C:\\runs"], [], [("", "C:\\runs")]),
    (["a=C:\\runs", "b=x"], [], [("a", "C:\\runs"), ("b", "x")]),
    (["/data:old"], [], [("", "/data:old")]),
    (["a:/x", ".hidden"], [], [("a", "/x"), ("hidden", ".hidden")]),
    (["s3://bucket/runs"], [], [("", "s3:/bucket/runs")]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "folders", "expected"), CASES)
def test_arguments_name_roots(
    arguments: list[str], folders: list[str], expected: list[tuple[str, str]]
) -> None:
    found = parse_roots(arguments, folders.__contains__, has_drives=False)
    assert [(name, path) for name, path in found] == [(name, CWD / path) for name, path in expected]


def test_where_there_are_drives_a_letter_is_no_name() -> None:
    (root,) = parse_roots(["C:/runs"], lambda _: False, has_drives=True)
    assert root.name == ""
    (root,) = parse_roots(["C:/runs"], lambda _: False, has_drives=False)
    assert (root.name, root.path) == ("C", Path("/runs"))


def test_behind_a_name_the_home_folder_is_found() -> None:
    (root,) = parse_roots(["a=~/runs"], lambda _: False)
    assert root.path == Path.home() / "runs"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a=x", "a=y"], "'a' is given twice"),
        (["a=x", "b=./x"], f"the folder '{CWD / 'x'}' is given twice"),
        (["a=x", "b=y", "c:z,a:w"], "'a' is given twice"),
        (["=x"], "no name in front"),
        ([":x"], "no name in front"),
        (["a="], "no path"),
        (["a:x,b:"], "no path"),
        ([".a=x"], "must not begin with a dot"),
        (["a\tb=x"], "must not contain a tab"),
        (["/", "x"], "cannot give the root its name"),
        (["a-b=/c", "/a/b", "/d/b"], "give each a name of its own: lavdlike NAME1=PATH1"),
        ([], "name the folder"),
        ([""], "must not be empty"),
    ],
)
def test_what_is_no_name_says_what_to_do(arguments: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_roots(arguments, lambda _: False)


NAMES = st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=4).map("/".join)


@given(st.lists(NAMES, min_size=2, max_size=6, unique=True))
def test_names_are_different_or_refused(paths: list[str]) -> None:
    try:
        found = parse_roots(paths, lambda _: False)
    except UsageError:
        return
    assert len({root.name for root in found}) == len(paths)
    assert all("/" not in root.name and root.name for root in found)


@given(st.sampled_from([RootName(), RootName("a"), RootName("a", only="run")]), NAMES)
def test_a_path_is_called_by_its_root_and_found_again(called: RootName, below: str) -> None:
    inner = f"{called.only}/{below}" if called.only else below
    outer = called.outer(inner)
    assert outer == (f"{called.name}/{below}" if called.name else below)
    assert called.inner(outer) == inner


def test_a_run_is_called_by_the_name_of_its_root() -> None:
    called = RootName("a", only="run")
    assert (called.outer("run"), called.inner("a"), called.home) == ("a", "run", "")
    assert (RootName("a").inner("a"), RootName("a").home, RootName().home) == ("", "a", ".root")
    assert os.sep not in RootName("a").home
