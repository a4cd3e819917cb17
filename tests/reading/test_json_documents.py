from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lavdlike import experiment, json_file
from lavdlike.bounded import giving_up
from lavdlike.disk.local import LocalRoot
from lavdlike.errors import LogFormatError
from lavdlike.layout import ExperimentId
from lavdlike.messages import ItemAddress
from lavdlike.reading import json_documents
from lavdlike.reading.items import Budget, ReadItem, read_item
from lavdlike.reading.json_documents import Facts
from lavdlike.reading.scan import scan_folders
from lavdlike.reading.scan_turns import Task
from lavdlike.reading.tree import File

_FILLING = "1," * (json_documents.LARGE_BYTES // 2)


@pytest.fixture
def root(tmp_path: Path) -> LocalRoot:
    (tmp_path / "exp").mkdir()
    return LocalRoot(tmp_path)


@pytest.fixture
def _parses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: others would wait for it."""

    def refuse(*_args: Any) -> None:
        raise AssertionError("a large document was parsed in the process of the server")

    monkeypatch.setattr(json_file, "read_object", refuse)


def facts(root: LocalRoot, text: str | bytes, name: str = "a.json") -> Facts:
    path = root.path / "exp" / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with root.file(f"exp/{name}") as opened:
        return json_documents.facts_of(opened, name)


def large(document: dict[str, Any]) -> str:
    """The document with so much in it that it is read by a child."""
    return f'{{"filling": [{_FILLING}1], {json.dumps(document)[1:]}'


@pytest.mark.slow
@pytest.mark.usefixtures("_parses_nothing")
@pytest.mark.parametrize("value", [0.5, 7, -3, 2**70, 1e300, -1e-7, math.inf])
def test_a_large_document_is_known_without_parsing_it_here(root: LocalRoot, value: float) -> None:
    document = {"scalars": {"value": value}, "images": {"source": "b.png", "boxes": []}}
    assert facts(root, large(document)) == Facts(("scalars", "images"), value, names_other=True)
    assert type(facts(root, large(document)).number) is type(value)


@pytest.mark.slow
@pytest.mark.usefixtures("_parses_nothing")
def test_what_is_wrong_with_a_large_document_is_said_as_of_a_small_one(root: LocalRoot) -> None:
    assert facts(root, f"[{_FILLING}1]").reason == ""  # another program's
    broken = facts(root, large({"texts": {"actual": "x"}})[:-1])
    assert broken.reason.startswith("not JSON")
    assert broken.position.startswith("line 1, column ")
    keys = ",".join(f'"{number}":1' for number in range(200_000))
    assert "100,000 keys" in facts(root, f"{{{keys}}}").reason
    assert "not UTF-8" in facts(root, large({}).encode().replace(b"filling", b"\xff")).reason
    wrong = facts(root, large({"images": {"boxes": [{"xStart": "a"}]}}))
    assert (wrong.kinds, wrong.position) == (("images",), "images.boxes[0].xStart")


def read(root: LocalRoot, kind: str, *paths: str, encodes_large: bool = True) -> ReadItem:
    address = ItemAddress(ExperimentId("exp"), kind, "a", None)
    item = read_item(root, address, paths, sequence=0, budget=Budget(), encodes_large=encodes_large)
    assert item is not None
    return item


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name", "document"),
    [
        ("images", "a.json", {"images": {"boxes": [{"xStart": 1, "yStart": 2, "xEnd": 3, "yEnd": 4}]}}),
        ("texts", "a.json", {"texts": {"actual": "line\nbreak \u2028 é"}}),
        ("plots", "a.json", {"data": [{"type": "bar"}], "layout": {}}),
        ("plots", "a.plotly.json", {"data": [{"type": "bar"}]}),
        ("histograms", "a.json", {"histograms": {"edges": [0, 1], "counts": [2.5]}}),
    ],
)
def test_the_content_of_a_large_document_is_sent_as_that_of_a_small_one(
    root: LocalRoot, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, document: dict[str, Any]
) -> None:
    (root.path / "exp" / name).write_text(large(document))
    small = read(root, kind, name, encodes_large=False).item
    with monkeypatch.context() as patched:
        patched.setattr(json_file, "read_object", lambda *_args: pytest.fail("parsed here"))
        sent = msgspec.json.encode(read(root, kind, name).item)
    assert sent == msgspec.json.encode(small)
    assert small.problem is None


def test_a_large_description_names_its_picture(root: LocalRoot) -> None:
    (root.path / "exp" / "b.png").write_bytes(b"PNG")
    (root.path / "exp" / "a.json").write_text(large({"images": {"source": "b.png", "boxes": []}}))
    assert [file.path for file in read(root, "images", "a.json").item.files] == ["b.png", "a.json"]


def test_a_document_that_takes_too_long_or_too_much_memory_is_a_problem(
    root: LocalRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(json_documents, "_TIME_S", 0.0)
        assert facts(root, large({})).reason == "takes longer than 0 s to be read"
    monkeypatch.setattr(
        json_documents, "_CHILD", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV) # {paths}"
    )
    assert facts(root, large({})).reason == "its reader has crashed (exit code -11)"


def test_a_child_ends_when_nobody_waits_for_its_answer(
    root: LocalRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen

    def start(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*args, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(json_documents, "_CHILD", "import time; time.sleep(600) # {paths}")
    with giving_up.when(lambda: bool(started)), pytest.raises(giving_up.GivenUpError):
        facts(root, large({}))
    assert started[0].returncode == -9


@pytest.mark.slow
def test_a_large_experiment_json_is_read_without_parsing_it_here(
    root: LocalRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {
        "created": 1.5,
        "tags": ["a"],
        "config": {"rate": math.nan, "seed": 2**70, "filling": [1] * (json_documents.LARGE_BYTES // 3)},
        "git": {"commit": "abc"},
        "sessions": [{"started": 1.0, "ended": 2.0, "outcome": "finished"}],
    }
    path = root.path / "exp" / "experiment.json"
    path.write_text(json.dumps(document))
    with root.file("exp/experiment.json") as opened, monkeypatch.context() as patched:
        patched.setattr(json_file, "read_object", lambda *_args: pytest.fail("parsed here"))
        large = json_documents.experiment_of(opened, "exp/experiment.json", 4 * 2**20)
    small = experiment.read(path.read_bytes(), "exp/experiment.json")
    assert msgspec.json.encode(large) == msgspec.json.encode(small)
    assert large.sessions == small.sessions
    path.write_text(large_text := json.dumps({"tags": 5, "filling": "x" * json_documents.LARGE_BYTES}))
    with root.file("exp/experiment.json") as opened, pytest.raises(LogFormatError) as wrong:
        json_documents.experiment_of(opened, "exp/experiment.json", len(large_text))
    assert (wrong.value.reason, wrong.value.position) == ("Expected `array`, got `int`", ".tags")


def test_a_document_beyond_the_limit_is_not_read(root: LocalRoot) -> None:
    path = root.path / "exp" / "a.json"
    path.touch()
    os.truncate(path, json_file.MAX_BYTES + 1)
    with root.file("exp/a.json") as opened:
        assert "64 MiB" in json_documents.facts_of(opened, "a.json").reason
    problem = read(root, "texts", "a.json").item.problem
    assert problem is not None
    assert "64 MiB" in problem.reason


def test_a_look_at_folders_finds_what_a_large_document_holds(root: LocalRoot) -> None:
    (root.path / "exp" / "a.json").write_text(large({"scalars": {"value": 0.25}}))
    [seen] = scan_folders(root, "exp", [Task("", whole=True)], {}, lambda *_: None, budget_s=60)
    file = seen.nodes["a.json"]
    assert isinstance(file, File)
    assert (file.kinds, file.number, file.reason) == (("scalars",), 0.25, "")
