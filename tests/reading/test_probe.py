from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.reading import probe
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import CORPUS, EXPECTED, image


def kinds_in(experiment: Path) -> list[str]:
    with LocalRoot(experiment).folder("") as folder:
        return probe.glance_at(folder).kinds


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_names_json_keys_and_scalars_files_tell_the_kinds(tmp_path: Path) -> None:
    write(tmp_path / "scalars.tsv")
    write(tmp_path / "experiment.json", json.dumps({"texts": {}}))
    write(tmp_path / "0001" / "street" / "a.png")
    write(tmp_path / "0001" / "b.json", json.dumps({"texts": {"actual": ""}}))
    write(tmp_path / "reports" / "0001" / "final.md")
    write(tmp_path / "unknown.bin")
    assert kinds_in(tmp_path) == ["images", "markdown", "scalars", "texts"]


def test_a_table_with_a_column_of_steps_tells_of_scalars(tmp_path: Path) -> None:
    write(tmp_path / "0001" / "a.csv", "step,loss\n")
    write(tmp_path / "b.csv", "name,size\n")
    assert kinds_in(tmp_path) == ["tables"]
    write(tmp_path / "logs" / "c.csv", "step,loss\n")
    assert kinds_in(tmp_path) == ["scalars", "tables"]


def test_what_files_begin_with_tells_of_kinds(tmp_path: Path) -> None:
    write(tmp_path / "chats" / "a.jsonl", '{"messages": [{"role": "user", "content": "hi"}], "step": 1}\n')
    write(tmp_path / "b.jsonl", '{"text": "messages"}\n')
    assert kinds_in(tmp_path) == ["rollouts"]
    write(tmp_path / "metrics.jsonl", '{"step": 1, "loss": 0.5}\n')
    assert kinds_in(tmp_path) == ["rollouts", "scalars"]


def test_labels_of_pictures_tell_of_no_texts(tmp_path: Path) -> None:
    write(tmp_path / "images" / "a.png")
    write(tmp_path / "labels" / "a.txt", "0 0.5 0.5 0.2 0.4\n")
    assert kinds_in(tmp_path) == ["images"]
    write(tmp_path / "labels" / "a.txt", "bird")
    assert kinds_in(tmp_path) == ["images", "texts"]


def test_what_a_json_file_names_as_parts_of_its_item_tells_nothing(tmp_path: Path) -> None:
    named = {"vectors": "a.vectors.npy", "sprite": "a.sprite.png"}
    write(tmp_path / "0001" / "a.json", json.dumps({"embeddings": named}))
    for name in named.values():
        write(tmp_path / "0001" / name)
    assert kinds_in(tmp_path) == ["embeddings"]


def test_of_the_steps_only_the_newest_is_looked_at(tmp_path: Path) -> None:
    for step in range(1, 40):
        write(tmp_path / f"{step:04}" / "a.txt")
    write(tmp_path / "0040" / "a.png")
    assert kinds_in(tmp_path) == ["images"]


def test_broken_files_and_links_tell_nothing(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "a.png")
    experiment = tmp_path / "experiment"
    write(experiment / "broken.json", "{")
    (experiment / "linked").symlink_to(tmp_path / "elsewhere")
    (experiment / "linked.txt").symlink_to(tmp_path / "elsewhere" / "a.png")
    os.mkfifo(experiment / "pipe.md")
    assert kinds_in(experiment) == []


def test_it_costs_little_however_much_there_is(tmp_path: Path) -> None:
    for number in range(50):
        write(tmp_path / f"folder-{number}" / "deep" / "deeper" / "deepest" / "a.png")
        write(tmp_path / f"{number}.json", json.dumps({"texts": {}}))
    write(tmp_path / "large.json", json.dumps({"images": {"source": "x" * 2**20}}))
    assert kinds_in(tmp_path) == ["texts"]


def test_what_people_write_is_no_kind(tmp_path: Path) -> None:
    (tmp_path / "my-notes.md").touch()
    (tmp_path / "annotations.tsv").write_text("id\tstep\tend_step\tlabel\tauthor\ttime\ttext\n")
    (tmp_path / "marks.json").write_text("{}")
    assert kinds_in(tmp_path) == []


def test_files_are_known_unless_there_are_too_many(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "folder").mkdir()
    with LocalRoot(tmp_path.parent).folder(tmp_path.name) as folder:
        assert probe.glance_at(folder).files == frozenset({"a.txt"})
    for number in range(probe._MAX_NAMES):
        (tmp_path / f"{number}.txt").touch()
    with LocalRoot(tmp_path.parent).folder(tmp_path.name) as folder:
        assert probe.glance_at(folder).files is None


@pytest.mark.parametrize(
    ("name", "content", "kinds"),
    [
        ("metrics.jsonl", '{"step": 1, "loss": 0.5}\n', ["scalars"]),
        ("texts.jsonl", '{"text": "a"}\n', []),
        ("metrics.json", '{"iteration": 1, "loss": 0.5}\n{"iteration": 2, "loss": 0.5}\n', ["scalars"]),
        ("train.log", 'DLLL {"type": "LOG", "step": 1, "data": {"loss": 0.5}}\n', ["logs", "scalars"]),
        ("train.log", "hello\n", ["logs"]),
        ("results.csv", "epoch,train/loss\n1,0.5\n", ["scalars", "tables"]),
    ],
)
def test_files_of_other_programs_have_scalars_if_their_begin_says_so(
    tmp_path: Path, name: str, content: str, kinds: list[str]
) -> None:
    write(tmp_path / name, content)
    assert kinds_in(tmp_path) == kinds


def test_what_is_in_an_inner_run_is_not_counted(tmp_path: Path) -> None:
    write(tmp_path / "experiment.json", "{}")
    write(tmp_path / "0001" / "a.png")
    write(tmp_path / "eval" / "experiment.json", "{}")
    write(tmp_path / "eval" / "report.md")
    write(tmp_path / "more" / "deeper" / ".hydra" / "config.yaml")
    write(tmp_path / "more" / "deeper" / "b.txt")
    assert kinds_in(tmp_path) == ["images"]
    # Folders that are not searched for runs are part of the experiment, whatever is in them.
    write(tmp_path / "0001" / "experiment.json", json.dumps({"texts": {}}))
    write(tmp_path / "checkpoints" / "experiment.json", "{}")
    write(tmp_path / "checkpoints" / "c.md")
    assert kinds_in(tmp_path) == ["images", "markdown", "texts"]


def test_event_files_in_guilds_folder_tell_of_scalars(tmp_path: Path) -> None:
    write(tmp_path / ".guild" / "output.md")
    assert kinds_in(tmp_path) == []
    write(tmp_path / ".guild" / "events.out.tfevents.1")
    assert kinds_in(tmp_path) == ["scalars"]


def test_many_files_of_one_kind_do_not_hide_what_another_tells(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / f"a{number}.json", '{"a": 1}')
        write(tmp_path / f"a{number}.bin")
    write(tmp_path / "loss.csv", "step,loss\n1,0.5\n")
    assert "scalars" in kinds_in(tmp_path)


def test_what_lies_in_event_files_is_seen_at_their_begin_and_their_end(tmp_path: Path) -> None:
    noise = b"".join(event(image("a", os.urandom(2**15)), step=step) for step in range(5))
    png = event(image("a", b"\x89PNG\r\n\x1a\n"), step=9)
    for name, content in (("begin", png + noise), ("end", noise + png)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "events.out.tfevents.1").write_bytes(VERSION + content)
        assert kinds_in(tmp_path / name) == ["images", "scalars"]


@pytest.mark.parametrize("run", sorted(EXPECTED))
def test_every_kind_in_an_event_file_of_another_program_is_seen(run: str) -> None:
    names = {"pictures": "images", "sounds": "audio", "texts": "markdown"}
    assert set(kinds_in(CORPUS / run)) == {"scalars", *(names.get(what, what) for what in EXPECTED[run])}


def test_of_event_files_with_numbers_alone_nothing_else_is_said() -> None:
    for run in ("tensors", "torch_new", "stripped", "tensorflow_1", "restarts"):
        assert kinds_in(CORPUS.parent / "events" / run) == ["scalars"]
