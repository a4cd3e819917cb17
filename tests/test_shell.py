from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from lavdlike import Logger, cli, shell, shell_text
from lavdlike.errors import NotFoundError
from lavdlike.kinds.scalars import HEADER


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two experiments of the Logger, one of Lavd's, and what is no experiment."""
    root = tmp_path / "log"
    with Logger("run-10", log_dir=str(root), tags=["good"], config={"lr": 0.1}) as logger:
        for step in range(20):
            logger.log_scalar(1 / (step + 1), "train/loss", step)
        logger.log_scalar(float("nan"), "broken", 3)
        logger.log_text("hello\nworld", "greeting", step=1, expected="hello")
        logger.log_image(Image.new("L", (8, 4)), "bird", step=2)
        logger.log("START", "it begins")
        logger.println("printed")
    with Logger("run-2", log_dir=str(root)):
        pass
    lavd = root / "from lavd"
    for step in (1, 2, 10):
        (lavd / f"{step:04d}").mkdir(parents=True)
        (lavd / f"{step:04d}/accuracy.json").write_text(json.dumps({"scalars": {"value": step / 10}}))
    (root / "no experiment.md").write_text("x")
    (root / ".hidden").mkdir()
    return root


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines(capsys)]


def test_ls_has_a_line_for_each_experiment_in_natural_order(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.ls(root) == 0
    header, *rows = lines(capsys)
    assert header.split() == ["NAME", "STATUS", "CHANGED", "COMMIT", "TAGS"]
    assert [re.split("  +", row)[0] for row in rows] == ["from lavd", "run-2", "run-10"]
    assert rows[2].endswith("good")
    assert "finished" in rows[2]


def test_ls_as_json_has_an_object_for_each_experiment(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.ls(root, as_json=True)
    rows = objects(capsys)
    assert [row["name"] for row in rows] == ["from lavd", "run-2", "run-10"]
    assert (rows[2]["status"], rows[2]["tags"], rows[2]["config"]) == ("finished", ["good"], {"lr": 0.1})


def test_ls_of_an_empty_root_is_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.ls(tmp_path) == 0
    assert lines(capsys) == []


def test_problems_are_listed_and_are_an_exit_code(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.ls(root, problems=True) == 0
    assert lines(capsys) == []
    with (root / "run-10/scalars.tsv").open("a") as file:
        file.write("oops\n")
    (root / "run-2/bad.json").write_text("{")
    assert shell.ls(root, problems=True) == 1
    found = lines(capsys)
    assert [line.partition(":")[0] for line in found] == [
        "run-2/bad.json, line 1, column 2",
        f"run-10/scalars.tsv, line 23, byte {(root / 'run-10/scalars.tsv').stat().st_size - 5}",
    ]
    assert shell.ls(root, problems=True, as_json=True) == 1
    assert [problem["path"] for problem in objects(capsys)] == ["run-2/bad.json", "run-10/scalars.tsv"]


def test_show_tells_what_an_experiment_holds(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.show(root / "run-10") == 0
    shown = "\n".join(lines(capsys))
    for expected in (
        r"name +run-10",
        r"status +finished",
        r"config lr +0\.1",
        r"SCALARS\n  label +points +step +last +min +max",
        r"  train/loss +20 +19 +0\.05 +0\.05 +1 +█.*▁",
        r"  broken +1 +3 +nan +- +-",
        r"TEXTS\n  greeting +step 1",
        r"IMAGES\n  bird +step 2",
        r"LOGS\n  events +global",
    ):
        assert re.search(expected, shown), expected
    assert "PROBLEMS" not in shown


def test_show_reads_what_lavd_wrote(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.show(root / "from lavd")
    assert re.search(r"accuracy +3 +10 +1 +0\.1 +1", "\n".join(lines(capsys)))


def test_show_as_json_is_one_object(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.show(root / "run-10", as_json=True)
    (document,) = objects(capsys)
    assert set(document) == {"experiment", "scalars", "labels", "problems"}
    scalars = document["scalars"]
    assert isinstance(scalars, list)
    assert [(entry["label"], entry["count"], entry["last_value"]) for entry in scalars] == [
        ("broken", 1, "nan"),
        ("train/loss", 20, 0.05),
    ]


def test_show_of_a_scalar_has_its_last_points(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.show(root / "run-10", "train/loss")
    shown = lines(capsys)
    assert [line.split()[0] for line in shown[-10:]] == [str(step) for step in range(10, 20)]
    assert shown[-1].endswith("0.05")
    shell.show(root / "run-10", "train/loss", as_json=True)
    assert [point["step"] for point in objects(capsys)] == list(range(20))


def test_show_of_a_text_has_its_content(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.show(root / "run-10", "greeting")
    shown = "\n".join(lines(capsys))
    assert "TEXTS, STEP 1" in shown
    assert "    hello\n    world" in shown
    assert "0001/greeting.json" in shown


def test_show_takes_a_path_in_any_form(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "run-10")
    assert shell.show(Path()) == 0
    assert "run-10" in lines(capsys)[0]
    assert shell.show(Path("../run-2/")) == 0
    assert "run-2" in lines(capsys)[0]


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [
        ("run-20", None, r"there is no experiment .*run-20\. Perhaps: run-2"),
        ("run-10", "train/los", r"nothing of the name 'train/los' in it\. Perhaps: train/loss"),
        (".hidden", None, "there is no experiment"),
        ("no experiment.md", None, "there is no experiment"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(root: Path, name: str, label: str | None, said: str) -> None:
    with pytest.raises(NotFoundError, match=said):
        shell.show(root / name, label)
    with pytest.raises(NotFoundError, match="cannot read"):
        shell.ls(root / "missing")


def test_tail_has_the_last_lines_of_the_log(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.tail(root / "run-10", lines=1)
    (line,) = lines(capsys)
    assert line == (root / "run-10/events.log").read_text().splitlines()[-1]


def test_tail_takes_files_and_labels(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.tail(root / "run-10", "stdout.log")
    assert "printed" in lines(capsys)[-1]
    shell.tail(root / "run-10", "stdout")
    assert "printed" in lines(capsys)[-1]
    shell.tail(root / "run-10", "0001/greeting.json")
    assert json.loads("".join(lines(capsys)))
    shell.tail(root / "run-10", "train/loss", lines=2)
    assert [line.split()[0] for line in lines(capsys)] == ["18", "19"]
    shell.tail(root / "run-10", "train/loss", lines=1, as_json=True)
    (point,) = objects(capsys)
    assert (point["step"], point["value"], point["writer"]) == (19, 0.05, "")
    with pytest.raises(NotFoundError, match="nothing of the name"):
        shell.tail(root / "run-10", "missing")
    with pytest.raises(NotFoundError, match=r"none of events\.log, stdout\.log, stderr\.log"):
        shell.tail(root / "from lavd")


def test_tail_has_a_last_line_without_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/stdout.log").write_text("one\ntwo\nthr")
    shell.tail(tmp_path / "a", lines=2)
    assert lines(capsys) == ["two", "thr"]


def test_tail_as_json_has_the_fields_of_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/events.log").write_text("2026-01-01 00:00:00.000\tSTART\tit begins\nplain\n")
    shell.tail(tmp_path / "a", as_json=True)
    assert objects(capsys) == [
        {"message": "it begins", "time": "2026-01-01 00:00:00.000", "tag": "START"},
        {"message": "plain", "time": "", "tag": ""},
    ]


_IMPORTS = "import sys; from pathlib import Path; from lavdlike import shell"


@contextmanager
def running(call: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs a command of the shell."""
    program = f"{_IMPORTS}; shell.FOLLOW_EVERY_S = 0.01; sys.exit({call})"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_tail_follows_a_log_through_replacement(tmp_path: Path) -> None:
    path = tmp_path / "a/stdout.log"
    path.parent.mkdir()
    path.write_text("one\ntwo\n")
    with running(f"shell.tail(Path({str(path.parent)!r}), follow=True, lines=1)") as process:
        assert next_line(process) == "two"
        with path.open("a") as file:
            file.write("thr")
            file.flush()
            file.write("ee\n")
        assert next_line(process) == "three"
        path.rename(path.with_name("old.log"))
        path.write_text("anew\n")
        assert next_line(process) == "anew"


def test_tail_follows_a_scalar(tmp_path: Path) -> None:
    path = tmp_path / "a/scalars.tsv"
    path.parent.mkdir()
    path.write_text(HEADER + "1\t10.000\tloss\t0.5\n")
    with running(f"shell.tail(Path({str(path.parent)!r}), 'loss', follow=True, as_json=True)") as process:
        assert json.loads(next_line(process))["step"] == 1
        with path.open("a") as file:
            file.write("2\t11.000\tother\t0.5\n2\t11.000\tloss\t0.25\n")
        assert json.loads(next_line(process)) == {"step": 2, "wall_time": 11.0, "value": 0.25, "writer": ""}
        path.write_text(HEADER + "7\t12.000\tloss\t1.0\n")
        assert json.loads(next_line(process))["step"] == 7


def test_tail_follows_values_in_json_files(tmp_path: Path) -> None:
    experiment = tmp_path / "a"
    for step in (1, 2):
        (experiment / f"{step}").mkdir(parents=True)
    (experiment / "1/loss.json").write_text('{"scalars": {"value": 0.5}}')
    with running(f"shell.tail(Path({str(experiment)!r}), 'loss', follow=True, as_json=True)") as process:
        assert json.loads(next_line(process))["step"] == 1
        (experiment / "2/loss.json").write_text('{"scalars": {"value": 0.25}}')
        assert json.loads(next_line(process))["value"] == 0.25
        (experiment / "3").mkdir()
        (experiment / "3/loss.json").write_text('{"scalars": {"value": 0.125}}')
        assert json.loads(next_line(process))["value"] == 0.125


def test_a_reader_that_leaves_ends_the_command_quietly(tmp_path: Path) -> None:
    path = tmp_path / "a/stdout.log"
    path.parent.mkdir()
    path.write_text("line\n" * 200_000)
    with running(f"shell.tail(Path({str(path.parent)!r}), lines=10000, follow=True)") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        with path.open("a") as file:
            file.write("more\n" * 100_000)
        assert process.wait(timeout=20) == 141
        assert process.stderr.read() == ""
        process.stdout = None


def test_names_that_terminals_would_obey_are_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / os.fsdecode(b"a\x1b[31m\n\xff")).mkdir()
    shell.ls(tmp_path)
    shell.ls(tmp_path, as_json=True)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert r"a\x1b[31m\n\xff" in printed.splitlines()[1]


def test_an_encoding_without_the_characters_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "größe/scalars.tsv"
    path.parent.mkdir()
    path.write_text(HEADER + "1\t10.000\t温度\t0.5\n2\t10.000\t温度\t1.5\n")
    done = subprocess.run(
        [sys.executable, "-c", f"{_IMPORTS}; shell.show(Path({str(path.parent)!r}))"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"},
        cwd=Path(__file__).parents[1],
        check=True,
    )
    assert rb"gr\xf6\xdfe" in done.stdout
    assert rb"\u6e29\u5ea6" in done.stdout
    assert done.stdout.isascii()


def test_columns_line_up_whatever_the_script() -> None:
    rows = shell_text.columns([["a", "1", "x"], ["温度", "100", "y"], ["e\u0301", "5", "z"]], right=[1])
    assert rows == ["a       1  x", "温度  100  y", "e\u0301       5  z"]


def test_a_line_is_as_a_terminal_would_show_it() -> None:
    assert shell_text.as_on_a_terminal("\x1b[31mred\x1b[0m\tx") == "red     x"
    assert shell_text.as_on_a_terminal("10%\r50%\r100%\r") == "100%"
    assert shell_text.as_on_a_terminal("a\x1b]0;title\x07b") == r"a\x1b]0;title\x07b"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 s"), (12.9, "12 s"), (90, "2 min"), (7200, "2 h"), (3 * 86400, "3 d"), (4e7, "1.3 y")],
)
def test_ages_are_short(seconds: float, said: str) -> None:
    assert shell_text.age(seconds) == said


def test_the_command_line_knows_the_commands(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls", str(root), "--json"]) == 0
    assert [row["name"] for row in objects(capsys)] == ["from lavd", "run-2", "run-10"]
    assert cli.main(["ls", str(root), "--problems"]) == 0
    assert lines(capsys) == []
    assert cli.main(["show", str(root / "run-10"), "train/loss", "--json"]) == 0
    assert len(objects(capsys)) == 20
    assert cli.main(["tail", str(root / "run-10"), "train/loss", "-n", "3"]) == 0
    assert len(lines(capsys)) == 3
    assert cli.main(["tail", str(root / "run-10")]) == 0
    assert lines(capsys)


def test_a_root_with_the_name_of_a_command_is_given_as_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Path] = []

    def serve(options: argparse.Namespace) -> int:
        served.append(options.root)
        return 0

    monkeypatch.setattr(cli, "_serve", serve)
    monkeypatch.chdir(tmp_path)
    for name in ("ls", "show", "tail"):
        (tmp_path / name).mkdir()
        assert cli.main([f"./{name}"]) == 0
    assert served == [Path("ls"), Path("show"), Path("tail")]


def test_what_is_not_there_is_one_line_and_exit_code_2(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", str(root / "run-20")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("lavdlike: there is no experiment ")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["ls"], ["tail", "x", "-n", "0"], ["show", "a", "b", "c"], ["tail", "x", "-n", "1_0"]]
)
def test_wrong_arguments_are_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: lavdlike" in capsys.readouterr().err


def test_ctrl_c_ends_following_quietly(tmp_path: Path) -> None:
    path = tmp_path / "a/stdout.log"
    path.parent.mkdir()
    path.write_text("one\n")
    with running(f"__import__('lavdlike.cli').cli.main(['tail', {str(path.parent)!r}, '-f'])") as process:
        assert next_line(process) == "one"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 130
        assert errors == ""
