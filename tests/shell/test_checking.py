"""`lavdlike check` says of each place where a server answers otherwise than the disk, and of nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lavdlike import Logger, cli
from lavdlike.demo import demo_items
from lavdlike.shell import checking
from tests.running import Running
from tests.scripts import ROOT
from tests.shell.terminal import lines, objects


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "log"
    with Logger("run", root) as logger:
        demo_items.describe(logger)
        for step in range(300):
            logger.log_scalars({"loss": 1 / (step + 1), "odd": float("nan")}, step)
        demo_items.show(logger, 1, 0.5)
        demo_items.conclude(logger)
    shutil.copytree(ROOT / "tests" / "corpus" / "trackers", root / "trackers")
    return root


@pytest.mark.slow
def test_a_server_is_compared_with_the_disk(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AGAIN_S", 1.0)
    server = Running(root, warm=True)
    try:
        assert cli.main(["check", str(root), "--url", server.link]) == 0
        assert lines(capsys) == []

        other = tmp_path / "other"
        shutil.copytree(root, other)
        run = other / "run"
        (run / "0001" / "val" / "answer.json").unlink()
        picture = run / "0001" / "val" / "scene.png"
        data = picture.read_bytes()
        picture.write_bytes(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
        scalars = (run / "scalars.tsv").read_text()
        (run / "scalars.tsv").write_text(scalars.replace("\tloss\t0.5\n", "\tloss\t0.75\n"))
        shutil.copytree(run, other / "more")
        shutil.rmtree(other / "trackers")
        assert cli.main(["check", str(other), "--url", server.link, "--json"]) == 1
        found = {(each["path"], each["what"]) for each in objects(capsys)}
        gone = {path for path, what in found if what == "only the server has this experiment"}
        assert gone >= {"trackers/guild", "trackers/trackio/aproject.db/run-one", "trackers/visdom"}
        assert {each for each in found if each[0] not in gone} == {
            ("more", "the server does not have this experiment"),
            ("run/val/answer", "texts: other steps"),
            ("run/loss", "scalars: other points"),
            ("run/val/scene", "images, step 1: another content"),
            ("run/0001/val/scene.png", "other bytes"),
            ("run/scalars.tsv", "other bytes"),
        }

        assert cli.main(["check", str(root), "--url", server.url]) == 2  # without the token
        assert "with the token" in capsys.readouterr().err
    finally:
        server.stop()
    assert cli.main(["check", str(root), "--url", server.link]) == 2
    assert "does not answer" in capsys.readouterr().err
    assert cli.main(["check", str(root), "--url", "file:///etc/passwd"]) == 2
    assert "http" in capsys.readouterr().err


def test_without_a_server_all_is_read(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(root / "trackers")
    assert cli.main(["check", str(root)]) == 0
    (root / "run" / "0001" / "val" / "scene.json").write_text('{"images": ')
    assert cli.main(["check", str(root)]) == 1
    assert [line for line in lines(capsys) if line.startswith("run/0001/val/scene.json")]
