"""Output in wandb's logs: what wandb itself noted, and parts of lines that are made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.sources.wandb_files import wandb_output
from lavdlike.sources.wandb_files.wandb_members import WandbMembers
from lavdlike.sources.wandb_files.wandb_output import Lines
from tests.scripts import ROOT
from tests.sources.reading import NOTHING_BESIDE, opened
from tests.sources.wandb_files.records import chunks, field, history, log, varint

CORPUS = ROOT / "tests" / "corpus" / "stores" / "wandb" / "run-owl.wandb"
NAME = "run-owl.wandb"


def output(text: str, *, seconds: int = 1_700_000_000, is_stdout: bool = True) -> bytes:
    """A record of raw output."""
    type_ = varint(1 << 3) + varint(1) if is_stdout else b""
    return field(13, type_ + field(2, varint(1 << 3) + varint(seconds)) + field(3, text.encode()))


def log_of(path: Path) -> tuple[str, list[str]]:
    """The log, and problems."""
    members = WandbMembers()
    file = members.file(NAME, NOTHING_BESIDE)
    found = b""
    with opened(path) as descriptor:
        for some in file.find_new(descriptor):
            for member in some:
                if member.path != "output.log":
                    continue
                found = members.content(descriptor, member, member.path, NOTHING_BESIDE)
    return found.decode(), file.problems()


def messages(text: str) -> list[tuple[str, str]]:
    return [(tag, message) for _, tag, message in (line.split("\t", 2) for line in text.splitlines())]


def test_what_wandb_noted_is_a_log() -> None:
    text, problems = log_of(CORPUS)
    assert messages(text) == [("STDOUT", "a line of output")]
    assert text.startswith("2026-")
    assert problems == []
    assert WandbMembers().claims(NAME, CORPUS.read_bytes())
    assert not WandbMembers().claims("other.wandb", CORPUS.read_bytes())


def test_lines_are_put_together_from_their_parts(tmp_path: Path) -> None:
    path = tmp_path / NAME
    records = [
        output("one "),
        output("failed\n", is_stdout=False),
        history(1, {"loss": "1"}),
        output("line\nand another\n\nan", seconds=1_700_000_005),
        output(" end"),
    ]
    path.write_bytes(log(*records))
    text, _ = log_of(path)
    assert messages(text) == [
        ("STDERR", "failed"),
        ("STDOUT", "one line"),
        ("STDOUT", "and another"),
        ("STDOUT", ""),
        ("STDOUT", "an end"),
    ]
    assert text.splitlines()[1].startswith("2023-11-14 22:13:20.000000+00:00\t")  # when it began


def test_of_what_was_written_over_the_last_is_seen() -> None:
    lines = Lines()
    for part in (" 10 %", "\r 20 %", "\r", " 30 %\r", "\n", "left\tof\\n it"):
        lines.add("STDOUT", 0.0, part)
    assert messages(lines.text().decode()) == [("STDOUT", " 30 %"), ("STDOUT", r"left\tof\\n it")]


def test_of_too_much_the_last_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wandb_output, "MAX_BYTES", 2**10)
    path = tmp_path / NAME
    path.write_bytes(log(output("".join(f"line {number}\n" for number in range(100)))))
    text, problems = log_of(path)
    assert len(text) <= 2**10
    assert messages(text)[-1] == ("STDOUT", "line 99")
    assert f"the first {100 - len(text.splitlines())} lines" in problems[0]


def test_a_log_that_grows_is_told_again(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(log(output("a\n")))
    file = WandbMembers().file(NAME, NOTHING_BESIDE)
    with opened(path) as descriptor:
        assert [len(some) for some in file.find_new(descriptor)] == [1]
        assert file.is_unchanged(descriptor) or file.continues(descriptor)
        with path.open("ab") as more:
            more.write(chunks(history(1, {"loss": "1"}), more.tell()))
        assert [len(some) for some in file.find_new(descriptor)] == [0]
        with path.open("ab") as more:
            more.write(chunks(output("b\n"), more.tell()))
        [[member]] = file.find_new(descriptor)
    assert messages(member.where.decode()) == [("STDOUT", "a"), ("STDOUT", "b")]
