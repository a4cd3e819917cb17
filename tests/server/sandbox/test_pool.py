from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lavdlike.server.sandbox.pool import Limits, SandboxError, SandboxPool
from tests.limits import LIMIT_S

PROGRAM = """
import os, signal, sys, time

def prepare():
    pass

def answer(question, body, descriptor):
    do = question.get("do")
    if do == "sleep":
        time.sleep(60)
    if do == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if do == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if do == "raise":
        raise ValueError
    if do == "allocate":
        len(bytearray(2**40))
    if do == "refuse":
        return {"error": "no"}, b""
    if do == "read":
        return {}, os.pread(descriptor, 100, 0)
    if do == "write":
        try:
            with open(question["path"], "wb") as file:
                file.write(b"x")
        except OSError as error:
            return {"error": type(error).__name__}, b""
    return {"pid": os.getpid(), "modules": sorted(sys.modules)}, body[::-1]
"""


@contextmanager
def children(tmp_path: Path, **limits: float) -> Iterator[SandboxPool]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    asked = SandboxPool(program, Limits(**limits))  # type: ignore[arg-type]
    try:
        yield asked
    finally:
        asked.close()


def test_a_child_is_asked_again_and_again(tmp_path: Path) -> None:
    with children(tmp_path) as asked:
        first = asked.ask({}, b"abc")
        second = asked.ask({}, b"x" * 3_000_000)
    assert first.body == b"cba"
    assert len(second.body) == 3_000_000
    assert first.head["pid"] == second.head["pid"]


def test_a_child_has_nothing_of_ours(tmp_path: Path) -> None:
    with children(tmp_path) as asked:
        modules = asked.ask({}).head["modules"]
    assert not [name for name in modules if name.startswith("lavdlike")]


def test_an_open_file_goes_along_and_keeps_its_place(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"content")
    with children(tmp_path) as asked, path.open("rb", buffering=0) as file:
        assert asked.ask({"do": "read"}, descriptor=file.fileno()).body == b"content"
        assert asked.ask({"do": "read"}, descriptor=file.fileno()).body == b"content"
        assert file.tell() == 0


def test_a_child_cannot_write_files(tmp_path: Path) -> None:
    with children(tmp_path) as asked, pytest.raises(SandboxError):
        asked.ask({"do": "write", "path": str(tmp_path / "written")})
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


def test_threads_have_children_of_their_own(tmp_path: Path) -> None:
    pids = []
    barrier = threading.Barrier(2)

    def ask(asked: SandboxPool) -> None:
        barrier.wait(LIMIT_S)
        pids.append(asked.ask({}).head["pid"])

    with children(tmp_path) as asked:
        threads = [threading.Thread(target=ask, args=(asked,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert asked.ask({}).head["pid"] in pids


@pytest.mark.parametrize(
    ("do", "time_s", "why"),
    [
        ("sleep", 0.5, "takes longer than 0.5 s"),
        ("crash", LIMIT_S, "crashed"),
        ("raise", LIMIT_S, "crashed"),
        ("allocate", LIMIT_S, "needs more than 512 MiB of memory"),
        ("refuse", LIMIT_S, "no"),
    ],
)
def test_a_question_without_answer_is_its_own_error_alone(
    tmp_path: Path, do: str, time_s: float, why: str
) -> None:
    with children(tmp_path, time_s=time_s) as asked:
        with pytest.raises(SandboxError, match=why):
            asked.ask({"do": do})
        assert asked.ask({}, b"ab").body == b"ba"


def test_a_program_that_cannot_be_started_is_said(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import what_is_not_there")
    asked = SandboxPool(program)
    with pytest.raises(SandboxError, match="cannot be started"):
        asked.ask({})
    asked.close()


def test_a_child_that_was_stopped_is_given_up(tmp_path: Path) -> None:
    with children(tmp_path, time_s=0.01) as asked, pytest.raises(SandboxError, match="takes longer"):
        asked.ask({"do": "stop"})


def test_an_idle_child_ends_and_is_replaced(tmp_path: Path) -> None:
    with children(tmp_path, idle_s=0.05) as asked:
        first = asked.ask({}).head["pid"]
        deadline = time.monotonic() + LIMIT_S
        while asked._waiting[0]._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert asked.ask({}).head["pid"] != first


def test_close_ends_children_at_once_even_busy_ones(tmp_path: Path) -> None:
    errors: list[SandboxError] = []

    def ask(asked: SandboxPool) -> None:
        try:
            asked.ask({"do": "sleep"})
        except SandboxError as error:
            errors.append(error)

    with children(tmp_path) as asked:
        asked.ask({})
        thread = threading.Thread(target=ask, args=(asked,))
        thread.start()
        deadline = time.monotonic() + LIMIT_S
        while not asked._asked and time.monotonic() < deadline:
            time.sleep(0.005)
        (child,) = asked._asked
    thread.join(timeout=LIMIT_S)  # of the minute that it would sleep
    assert child._process.returncode is not None
    assert len(errors) == 1
    with pytest.raises(SandboxError, match="ending"):
        asked.ask({})
