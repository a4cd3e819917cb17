"""What Visdom's windows hold beside lines is what was given to its client (tests/corpus/make_visdom.py)."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.errors import LogFormatError
from lavdlike.kinds import graphs
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.probe import glance_at
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.sources.members import Member
from lavdlike.sources.visdom import visdom_panes
from lavdlike.sources.visdom.visdom_panes import VisdomPanes
from tests.scripts import ROOT
from tests.sources.reading import NOTHING_BESIDE

CORPUS = ROOT / "tests" / "corpus" / "trackers"
RUN = "visdom_panes"
PANES = json.loads((CORPUS / "expected.json").read_text())[RUN]["panes"]
NAME = "main.json"
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\nx").decode()


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    found = Snapshot(StoredRoot(CORPUS), Name(RUN))
    assert found.problems() == []
    return found


def item_of(snapshot: Snapshot, kind: str, label: str, step: int | None = None) -> Any:
    item = snapshot.read(Address(kind, f"main/{label}", step))
    assert item is not None
    return item


def bytes_of(snapshot: Snapshot, kind: str, label: str, suffix: str, step: int | None = None) -> bytes:
    files = snapshot.tree.files_of(Address(kind, f"main/{label}", step))
    (path,) = (path for path in files if path.endswith(suffix))
    with snapshot.file(path) as opened:
        return opened.read(2**20)


def test_every_window_is_an_item_of_its_kind_and_a_history_has_steps(snapshot: Snapshot) -> None:
    found = {(at.kind, at.label, at.step) for at in snapshot.tree.items() if at.label.startswith("main/")}
    expected = {
        ("images", f"main/{label}", None if step == "-1" else int(step))
        for label, steps in PANES["pictures"].items()
        for step in steps
    }
    expected |= {("plots", f"main/{label}", None) for label in PANES["plots"]}
    expected |= {("html", "main/note", None), ("html", "main/appended", None), ("texts", "main/plain", None)}
    expected |= {
        ("audio", "main/tone", None),
        ("videos", "main/clip", None),
        ("figures", "main/drawing", None),
    }
    expected |= {("tables", "main/settings", None), ("embeddings", "main/words", None)}
    expected |= {("graphs", "main/net", None)}
    assert found == expected


def test_pictures_are_the_bytes_that_the_server_has_and_keep_their_captions(snapshot: Snapshot) -> None:
    for label, steps in PANES["pictures"].items():
        for step, digest in steps.items():
            at = None if step == "-1" else int(step)
            suffix = ".jpg" if label == "lossy" else ".png"
            assert hashlib.sha256(bytes_of(snapshot, "images", label, suffix, at)).hexdigest() == digest
    assert item_of(snapshot, "images", "photo").content.caption == "größer <b>"
    assert item_of(snapshot, "images", "progress/sample", 2).content.caption == "after 2"


@pytest.mark.parametrize(
    ("kind", "label", "suffix"),
    [("audio", "tone", ".wav"), ("videos", "clip", ".mp4"), ("figures", "drawing", ".svg")],
)
def test_files_that_were_given_come_out_again(snapshot: Snapshot, kind: str, label: str, suffix: str) -> None:
    content = bytes_of(snapshot, kind, label, suffix)
    assert hashlib.sha256(content).hexdigest() == PANES["files"][label + suffix]


def test_texts_are_pages_where_they_have_markup_and_texts_else(snapshot: Snapshot) -> None:
    assert item_of(snapshot, "texts", "plain").content.actual == PANES["texts"]["plain"]
    for label in ("note", "appended"):
        assert bytes_of(snapshot, "html", label, ".html").decode() == PANES["texts"][label]


@pytest.mark.parametrize("title", sorted(PANES["plots"]))
def test_plots_have_the_data_that_the_server_has(snapshot: Snapshot, title: str) -> None:
    found = json.loads(bytes_of(snapshot, "plots", title, ".plotly.json"))
    assert found["data"] == without_nan(PANES["plots"][title])
    assert found["layout"]["title"] == title


def without_nan(value: Any) -> Any:
    """As it stands in JSON, which has none."""
    if isinstance(value, float) and np.isnan(value):
        return None
    if isinstance(value, list):
        return [without_nan(each) for each in value]
    if isinstance(value, dict):
        return {key: without_nan(each) for key, each in value.items()}
    return value


def test_properties_are_a_table_with_what_is_chosen(snapshot: Snapshot) -> None:
    text = bytes_of(snapshot, "tables", "settings", ".csv").decode()
    assert list(csv.reader(io.StringIO(text))) == [["name", "type", "value"], *PANES["settings"]]


def test_embeddings_have_their_places_and_labels(snapshot: Snapshot) -> None:
    item = item_of(snapshot, "embeddings", "words")
    inside = f"{RUN}/{NAME}!/main"
    with StoredRoot(CORPUS).file(f"{inside}/{item.content.vectors}") as opened:
        vectors = np.load(io.BytesIO(opened.read(2**20)))
    assert vectors.tolist() == PANES["words"]["vectors"]
    with StoredRoot(CORPUS).file(f"{inside}/{item.content.labels}") as opened:
        header, *lines = opened.read(2**20).decode().splitlines()
    assert header == "label\tname"
    assert [line.split("\t")[0] for line in lines] == PANES["words"]["labels"]


def test_graphs_have_their_nodes_edges_and_direction(snapshot: Snapshot) -> None:
    graph = graphs.read(bytes_of(snapshot, "graphs", "net", ".graph.json"), "net")
    assert [node.label for node in graph.nodes.values()] == PANES["net"]["nodes"]
    assert [[int(edge.source), int(edge.target)] for edge in graph.edges] == PANES["net"]["edges"]
    assert (graph.directed, graph.problems) == (PANES["net"]["directed"], [])


def test_a_glance_sees_the_kinds_of_the_windows() -> None:
    with StoredRoot(CORPUS).folder(RUN) as opened:
        kinds = set(glance_at(opened).kinds)
    assert {"scalars", "images", "plots", "html", "texts", "figures", "audio", "videos", "graphs"} <= kinds


# --- as it is written anew -------------------------------------------------------------------------------------------


def window(kind: str, content: Any, title: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "title": title, "content": content, **more}


def write(path: Path, windows: dict[str, Any], **how: Any) -> Path:
    path.write_text(json.dumps({"jsons": windows, "reload": {}}, **how), "utf-8")
    return path


def told(file: visdom_panes.VisdomPanesFile, path: Path) -> list[Member]:
    with path.open("rb") as opened:
        assert file.continues(opened.fileno())
        return [member for some in file.find_new(opened.fileno()) for member in some]


def content_of(member: Member, path: Path) -> bytes:
    with path.open("rb") as opened:
        return VisdomPanes().content(opened.fileno(), member, "shown", NOTHING_BESIDE)


def test_what_is_new_is_told_and_what_has_moved_is_found(tmp_path: Path) -> None:
    path, file = tmp_path / NAME, VisdomPanes().file("env.json", NOTHING_BESIDE)
    (first,) = told(file, write(path, {"b": window("text", "one", "b")}))
    assert first.path == "env/b.txt"
    more = {"a": window("text", "x" * 500, "a"), "b": window("text", "one", "b")}
    assert [member.path for member in told(file, write(path, more))] == ["env/a.txt"]
    assert content_of(first, path) == b"one"
    more["b"]["content"] = "two"
    (changed,) = told(file, write(path, more))
    assert changed.path == first.path
    assert changed.where != first.where
    assert content_of(changed, path) == b"two"
    with pytest.raises(LogFormatError, match="written anew"):
        content_of(first, path)


def test_a_window_that_was_closed_has_all_read_anew(tmp_path: Path) -> None:
    path, file = tmp_path / NAME, VisdomPanes().file("env.json", NOTHING_BESIDE)
    told(file, write(path, {"a": window("text", "one"), "b": window("text", "two")}))
    write(path, {"b": window("text", "two")})
    with path.open("rb") as opened:
        assert not file.continues(opened.fileno())


def test_half_of_a_file_takes_nothing_away(tmp_path: Path) -> None:
    path, file = tmp_path / NAME, VisdomPanes().file("env.json", NOTHING_BESIDE)
    (member,) = told(file, write(path, {"a": window("text", "one")}))
    whole = path.read_bytes()
    for part in (b"", whole[:30]):
        path.write_bytes(part)
        assert told(file, path) == []
    with pytest.raises(LogFormatError, match="written anew"):
        content_of(member, path)
    path.write_bytes(whole)
    assert told(file, path) == []
    assert content_of(member, path) == b"one"


def test_a_picture_of_a_history_alone_is_read(tmp_path: Path) -> None:
    pictures = [{"src": f"data:image/png;base64,{PIXEL}", "caption": None} for _ in range(3)]
    path, file = tmp_path / NAME, VisdomPanes().file(NAME, NOTHING_BESIDE)
    found = told(file, write(path, {"h": window("image_history", pictures, "a b", selected=2)}))
    assert [member.path for member in found] == [f"{step:04}/main/a b.png" for step in range(3)]
    pictures.append({"src": f"data:image/gif;base64,{PIXEL}", "caption": "x"})
    found = told(file, write(path, {"h": window("image_history", pictures, "a b", selected=3)}))
    assert [member.path for member in found] == ["0003/main/a b.gif", "0003/main/a b.json"]
    assert content_of(found[0], path) == base64.b64decode(PIXEL)
    assert json.loads(content_of(found[1], path)) == {
        "images": {"source": "a b.gif", "boxes": [], "caption": "x"}
    }


def test_names_and_contents_may_stand_there_as_utf_8_or_as_escapes(tmp_path: Path) -> None:
    for as_escapes in (False, True):
        path = write(
            tmp_path / NAME,
            {"ö": window("text", "größer"), "é": window("text", "ï", "ü")},
            ensure_ascii=as_escapes,
        )
        found = told(VisdomPanes().file(NAME, NOTHING_BESIDE), path)
        assert [(member.path, content_of(member, path).decode()) for member in found] == [
            ("main/ö.txt", "größer"),
            ("main/ü.txt", "ï"),
        ]


def test_windows_of_one_title_are_told_apart_and_curves_are_none(tmp_path: Path) -> None:
    curve = window("plot", {"data": [{"type": "scatter", "mode": "lines", "x": [1], "y": [2]}]}, "t")
    windows = {"a": window("text", "1", "t"), "b": window("text", "2", "t"), "c": curve}
    found = told(VisdomPanes().file(NAME, NOTHING_BESIDE), write(tmp_path / NAME, windows))
    assert [member.path for member in found] == ["main/t.txt", "main/t (b).txt"]


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("image", {"src": "https://example.org/a.png"}, "a picture that is not in the file"),
        ("image", None, "a picture that is not in the file"),
        (
            "image_history",
            [{"src": f"data:image/png;base64,{PIXEL}"}, 1],
            "a picture that is not in the file",
        ),
        ("text", 3, "a text that is none"),
        ("hologram", {}, "of a type that is not known, 'hologram'"),
    ],
)
def test_what_cannot_be_shown_is_named_and_the_rest_is_shown(
    kind: str, content: Any, said: str, tmp_path: Path
) -> None:
    file = VisdomPanes().file(NAME, NOTHING_BESIDE)
    found = told(file, write(tmp_path / NAME, {"odd": window(kind, content), "good": window("text", "x")}))
    assert found[-1].path == "main/good.txt"
    assert file.problems() == [f"window 'odd': {said}"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("plot", {"data": [{"type": "bar"}], "layout": 3}),
        ("plot", 3),
        ("plot", {}),
        ("properties", [1]),
        ("properties", 3),
        ("embeddings", {"data": [{"position": [1, None]}]}),
        ("embeddings", {"data": [1]}),
        ("network", {"nodes": [{}]}),
        ("image", {"src": "data:image/png;base64,=%"}),
    ],
)
def test_an_item_that_is_broken_says_so_where_it_is_shown(kind: str, content: Any, tmp_path: Path) -> None:
    path = write(tmp_path / NAME, {"odd": window(kind, content)})
    for member in told(VisdomPanes().file(NAME, NOTHING_BESIDE), path):
        if kind == "embeddings" and not member.path.endswith(".npy"):
            continue  # names the others, and labels
        with pytest.raises(LogFormatError, match="shown: not as Visdom writes it"):
            content_of(member, path)


def test_more_items_than_are_kept_are_counted_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visdom_panes, "MAX_MEMBERS", 2)
    file = VisdomPanes().file(NAME, NOTHING_BESIDE)
    windows = {str(number): window("text", "x") for number in range(5)}
    assert len(told(file, write(tmp_path / NAME, windows))) == 2
    assert file.problems() == ["more than 2 items: the others are not shown"]


def test_links_out_of_the_page_are_no_paths(tmp_path: Path) -> None:
    """Titles lead nowhere but into the file."""
    path = write(
        tmp_path / NAME, {"a": window("text", "x", "../../etc/passwd"), "b": window("text", "y", "/")}
    )
    found = told(VisdomPanes().file(NAME, NOTHING_BESIDE), path)
    assert all(".." not in member.path.split("/") and not member.path.startswith("/") for member in found)
