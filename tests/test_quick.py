from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import quick, scripts

HERE = Path(__file__)


def starts_one() -> None:
    subprocess.run(["true"], check=True)


def starts_one_in_a_helper() -> None:
    starts_one()


def starts_one_in_a_function_within() -> list[int]:
    return [pid for pid in map(lambda _: os.fork(), range(1))]  # noqa: C416, C417 - functions within are the subject


def starts_one_by_a_helper_of_another_module(folder: Path) -> None:
    scripts.run("pass", cwd=folder)


class StartsOne:
    def method(self) -> None:
        subprocess.run(["true"], check=True)


def makes_what_starts_one() -> StartsOne:
    return StartsOne()


def starts_none(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if os.fspath(path))


@pytest.mark.parametrize(
    "code",
    [
        starts_one,
        starts_one_in_a_helper,
        starts_one_in_a_function_within,
        starts_one_by_a_helper_of_another_module,
        StartsOne,
        makes_what_starts_one,
    ],
)
def test_what_starts_programs_is_not_quick(code: Callable[..., object]) -> None:
    assert not quick.is_quick(HERE, {}, [code])
    assert not quick.is_quick(HERE, {"fixture": code}, [starts_none])


def test_what_starts_none_is_quick() -> None:
    assert quick.is_quick(HERE, {"fixture": starts_none}, [starts_none, None])


def test_browser_page_and_sandboxes_are_not_quick() -> None:
    assert not quick.is_quick(HERE, {"browser": starts_none}, [starts_none])
    assert not quick.is_quick(HERE, {"frontend": starts_none}, [starts_none])
    assert not quick.is_quick(HERE.parent / "server/sandbox/test_pool.py", {}, [starts_none])


@pytest.mark.parametrize(
    ("folder", "refused"), [("tests", True), ("lavdlike", False), ("lib/site-packages", False)]
)
def test_a_program_is_refused_if_a_test_starts_it_itself(folder: str, *, refused: bool) -> None:
    place = scripts.ROOT / folder / "somewhere.py"
    report = scripts.run(
        f"""
        import subprocess, sys
        from tests import quick
        sys.addaudithook(quick.refuse_programs)
        code = compile("subprocess.run(['true'])", {str(place)!r}, "exec")
        try:
            exec(code, dict(subprocess=subprocess))
        except AssertionError as error:
            print(error)
        """,
        cwd=scripts.ROOT,
    )
    assert ("starts a program" in report.stdout) == refused
