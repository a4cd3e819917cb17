"""What real Lavd 0.2.7 wrote is read as Lavd reads it, and a script written for Lavd runs with the import changed.

`make_tree.py` is that script; it made `tree`, and `found.json`: what Lavd's own reader finds there.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lavdlike import json_file, layout
from lavdlike.kinds import logs, places, registry, scalars
from tests import scripts

HERE = Path(__file__).parent


class _Key(NamedTuple):
    experiment: str
    kind: str
    label: str
    step: int | None


def _found_by_lavd() -> dict[_Key, Any]:
    kinds = {"command": "commands"}
    found = {}
    for item in json.loads((HERE / "found.json").read_text()):
        kind = kinds.get(item["kind"], item["kind"])
        found[_Key(item["experiment"], kind, item["label"], item["step"])] = item["content"]
    return found


def _read(root: Path) -> dict[_Key, Any]:
    """Every item that our readers find, with its content in the shape of `found.json`."""
    found: dict[_Key, Any] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            place = places.place_of(path.relative_to(root).as_posix())
            if place is None:
                continue
            data = path.read_bytes()
            key = _Key(place.experiment, "", place.label, place.step)
            if place.suffix == ".json":
                in_experiment = path.relative_to(root / place.experiment).as_posix()
                found.update(_read_json(data, in_experiment, key))
            elif layout.scalars_writer(name) is not None:
                found.update(_read_scalars(data, key))
            elif kind := registry.kind_of_suffix(place.suffix):
                content = (
                    kind.read_file(data, name)
                    if kind.read_file
                    else _lines(data)
                    if kind.name == "logs"
                    else {}
                )
                found.setdefault(key._replace(kind=kind.name), _builtins(content))
    return found


def _read_json(data: bytes, path: str, key: _Key) -> dict[_Key, Any]:
    document = json_file.read_object(data, path)
    found = {}
    for kind in registry.kinds_of_json(document, path):
        assert kind.read_json is not None
        found[key._replace(kind=kind.name)] = _builtins(kind.read_json(kind.part_of(document), path))
    return found


def _read_scalars(data: bytes, key: _Key) -> dict[_Key, Any]:
    points = [scalars.parse_line(line) for line in data.splitlines()]
    return {
        key._replace(kind="scalars", label=point.label, step=point.step): {"value": point.value}
        for point in points
        if isinstance(point, scalars.ScalarPoint)
    }


def _lines(data: bytes) -> dict[str, Any]:
    parsed = [logs.parse_line(line) for line in data.decode().splitlines()]
    return {"lines": [{"timestamp": line.time, "tag": line.tag, "message": line.message} for line in parsed]}


def _builtins(content: Any) -> Any:
    return msgspec.to_builtins(content)


def _same(lavds: Any, ours: Any) -> bool:
    """Whether ours holds what Lavd's does; what Lavd leaves out may be empty here. NaN is NaN."""
    if isinstance(lavds, dict) and isinstance(ours, dict):
        left_out = ("thumbnail", "source", "timestamp")
        keys = (lavds.keys() | ours.keys()) - set(left_out)
        return all(_same(lavds.get(key), ours.get(key)) for key in keys)
    if isinstance(lavds, list) and isinstance(ours, list):
        return len(lavds) == len(ours) and all(map(_same, lavds, ours))
    return repr(lavds) == repr(ours) or (lavds is None and not ours)


def test_lavds_tree_is_read_as_lavd_reads_it() -> None:
    lavds, ours = _found_by_lavd(), _read(HERE / "tree")
    assert ours.keys() == lavds.keys()
    for key, content in lavds.items():
        assert _same(content, ours[key]), key
    for key, content in ours.items():
        if key.kind == "logs":
            times = [line.get("timestamp", "") for line in lavds[key]["lines"]]
            assert [line["timestamp"] for line in content["lines"]] == times


def test_the_tree_is_small_enough_to_be_committed() -> None:
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 200_000


def test_a_script_for_lavd_runs_with_only_the_import_changed(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import runpy, sys, lavdlike
        from pathlib import Path

        sys.modules["lavd"] = lavdlike
        script = runpy.run_path(sys.argv[1])
        sys.argv = ["train.py", "data.csv"]
        script["write_baseline"](Path("log"))
        script["write_sparse"](Path("log"))
        """,
        HERE / "make_tree.py",
        cwd=tmp_path,
    )
    lavds, ours = _found_by_lavd(), _read(tmp_path / "log")
    assert ours.keys() == lavds.keys()
    for key, content in lavds.items():
        if key.kind == "logs":  # a record of two lines is two lines to Lavd, and one here
            assert _messages(content) == _messages(ours[key]), key
        elif key.label != "summary":  # it names this run's command
            assert _same(content, ours[key]), key
    assert done.stdout.startswith("Hello in stdout\n")


def _messages(content: dict[str, Any]) -> str:
    return "\n".join("\t".join(filter(None, _text_of(line))) for line in content["lines"])


def _text_of(line: dict[str, str]) -> tuple[str, ...]:
    # Lavd takes the first field of a line that is no record for a time.
    time = line.get("timestamp", "")
    return ("" if time[:2] == "20" else time, line.get("tag", ""), line["message"])
