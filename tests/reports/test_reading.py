"""Files of other programs are read as what they mean: tables, logs, pictures, runs in folders of runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.kinds import tables
from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from lavdlike.shell import subcommands
from tests.kinds.library_values import NAType
from tests.serving import served, wait_until
from tests.shell.terminal import objects

_BEGIN_S = 1763600000.0  # in 2025


def test_a_table_with_semicolons_keeps_its_decimals(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("epoch;loss\n1;0,53\n2;0,42\n")
    with path.open("rb") as file:
        part = tables.read_part(file, {"sort": "1"}, "history.csv")
    assert part.columns == ["epoch", "loss"]
    assert part.rows == [["2", "0,42"], ["1", "0,53"]]


def test_a_table_of_steps_with_semicolons_has_scalars_with_their_decimals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/history.csv").write_text("epoch;loss\n1;0,53\n2;0,42\n")
    assert _points(tmp_path / "run", "history/loss", capsys) == [(1, 0.53), (2, 0.42)]


@pytest.mark.parametrize("parts_of_a_second", [1, 10**3, 10**6, 10**9])
def test_times_of_a_table_are_of_the_year_they_were_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], parts_of_a_second: int
) -> None:
    begin = int(_BEGIN_S) * parts_of_a_second
    (tmp_path / "run").mkdir()
    (tmp_path / "run/loss.tsv").write_text(
        f"timestamp\tstep\tloss\n{begin}\t0\t0.5\n{begin + parts_of_a_second}\t1\t0.4\n"
    )
    subcommands.show(tmp_path / "run", "loss/loss", as_json=True)
    assert [point["wall_time"] for point in objects(capsys)] == [_BEGIN_S, _BEGIN_S + 1]


@pytest.mark.parametrize("step", ["training_iteration", "timesteps_total"])
def test_steps_of_a_table_are_known_by_the_names_of_reinforcement_learning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/progress.csv").write_text(f"reward_mean,{step}\n1.5,1\n2.5,2\n")
    assert _points(tmp_path / "run", "progress/reward_mean", capsys) == [(1, 1.5), (2, 2.5)]


def test_scalars_of_a_run_in_a_folder_of_runs_are_kept_apart(tmp_path: Path) -> None:
    with Logger("10-00-00", tmp_path / "2026-01-01") as logger:
        for step in range(3):
            logger.log_scalars({"loss": 0.5, "images": 1000.0}, step)
    with _client(tmp_path) as client:
        asked = {"experiments": ["2026-01-01%2F10-00-00"]}

        def labels_of_run() -> list[str]:
            answer = client.post("/api/scalars/labels", json=asked).json()["experiments"]
            return [entry["label"] for found in answer for entry in found["labels"]]

        wait_until(lambda: labels_of_run() == ["images", "loss"])  # once the folder has been looked through
        labels = labels_of_run()
        page = client.post(
            "/api/scalars/series",
            json={**asked, "labels": labels, "columns": 0},
            headers={"Accept": "application/json"},
        ).json()
        values = {series["head"]["label"]: series["values"] for series in page["series"]}
        assert values == {labels[0]: [1000.0] * 3, labels[1]: [0.5] * 3}


@contextmanager
def _client(root: Path) -> Iterator[httpx.Client]:
    """Of a server that shows `root`."""
    app = create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())
    with served(app) as server, server.client() as client:
        yield client


def _points(experiment: Path, label: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[object, object]]:
    subcommands.show(experiment, label, as_json=True)
    return [(point["step"], point["value"]) for point in objects(capsys)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_log_in_utf16_is_shown_as_its_lines(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "run").mkdir()
    text = "\ufeffepoch 1 loss 0.5\r\ngröße 文\r\n"
    (tmp_path / "run/train.log").write_bytes(text.encode(encoding))
    with _client(tmp_path) as client:
        page = client.get("/api/logs/run/train.log").json()
        assert page["text"].splitlines() == ["epoch 1 loss 0.5", "größe 文"]
        found = client.get("/api/log-search/run/train.log", params={"text": "größe"}).json()
        assert [match["line"].rstrip() for match in found["matches"]] == ["größe 文"]


@pytest.mark.parametrize("suffix", [".avif", ".ppm", ".pgm", ".pbm", ".pnm"])
def test_pictures_that_pillow_reads_are_images(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    (tmp_path / "run").mkdir()
    path = tmp_path / f"run/picture{suffix}"
    Image.new({".pgm": "L", ".pbm": "1"}.get(suffix, "RGB"), (8, 4)).save(path)
    subcommands.show(tmp_path / "run", as_json=True)
    (shown,) = objects(capsys)
    labels = shown["labels"]
    assert isinstance(labels, list)
    assert [(entry["kind"], entry["label"]) for entry in labels] == [("images", "picture")]


class NaTType:
    """`pandas.NaT`."""

    def isoformat(self) -> str:
        return "NaT"


class Frame:
    """A data frame of pandas, whose index has a name; `kinds`: of numpy, of each column."""

    def __init__(self, columns: dict[str, Sequence[Any]], kinds: str, index: str | None = None) -> None:
        self._columns = columns
        self.columns = list(columns)
        self.dtypes = [SimpleNamespace(kind=kind) for kind in kinds]
        self.index = SimpleNamespace(names=[index], name=index)

    def itertuples(self, index: bool = True, name: str | None = "Pandas") -> Any:  # noqa: FBT001, FBT002 - pandas'
        assert not index
        assert name is None
        return zip(*self._columns.values(), strict=True)

    def reset_index(self, level: Any = None, *, drop: bool = False) -> Frame:
        names = [name for name in self.index.names if level is None or name in level]
        for name in names if not drop else ():
            if name in self.columns:
                raise ValueError(f"cannot insert {name}, already exists")
        return Frame(self._columns, "".join(dtype.kind for dtype in self.dtypes))


def test_missing_cells_of_a_data_frame_are_empty(tmp_path: Path) -> None:
    frame = Frame(
        {
            "count": [10, NAType(), 9],
            "when": [np.datetime64("2026-01-01"), NaTType(), np.datetime64("2026-01-03")],
            "name": ["a", None, "b"],
            "text": ["c", math.nan, "d"],
        },
        kinds="iMOO",
    )
    assert _table(tmp_path, frame) == ["count,when,name,text", "10,2026-01-01,a,c", ",,,", "9,2026-01-03,b,d"]


def test_an_index_that_is_named_as_a_column_leaves_the_table_whole(tmp_path: Path) -> None:
    frame = Frame({"uid": [6, 5], "score": [29, 0]}, kinds="ii", index="uid")
    assert _table(tmp_path, frame) == ["uid,score", "6,29", "5,0"]


def test_data_frames_of_pandas_itself_are_written_alike(tmp_path: Path) -> None:
    """Where pandas is installed, beside its stand-ins above."""
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "count": pd.array([10, None, 9], dtype="Int64"),
            "when": pd.to_datetime(["2026-01-01", None, "2026-01-03"]),
            "name": ["a", None, "b"],
        }
    )
    _, first, missing, _ = _table(tmp_path / "missing", frame)
    assert first.startswith("10,2026-01-01")
    assert missing == ",,"
    named = pd.DataFrame({"uid": [6, 5], "score": [29, 0]}).set_index("uid", drop=False)
    assert _table(tmp_path / "named", named) == ["uid,score", "6,29", "5,0"]


def _table(log_dir: Path, frame: object) -> list[str]:
    with Logger("run", log_dir) as logger:
        logger.log_table(frame, "frame")
    return (log_dir / "run/frame.csv").read_text().splitlines()
