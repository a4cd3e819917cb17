"""What a training script calls, and what is in the folder afterwards."""

from __future__ import annotations

import copy
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.disk import append
from lavdlike.errors import WriteError
from tests import scripts
from tests.logged import files_of, points_of

BOX = {"xStart": 1, "yStart": 2, "xEnd": 3, "yEnd": 4}


def test_steps_overwrite_only_their_own_files(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with Logger("run", tmp_path) as logger:
            logger.println(text)
            logger.log_scalar(1, text, 1)
            logger.log_text(text, "x", step=1)
            logger.log_text(text, text, step=1)
    folder = tmp_path / "run"
    assert files_of(folder) == [
        "0001/first.txt",
        "0001/second.txt",
        "0001/x.txt",
        "events.log",
        "scalars.tsv",
        "stdout.log",
    ]
    assert (folder / "0001/x.txt").read_text() == "second\n"
    assert (folder / "stdout.log").read_text() == "first\nsecond\n"
    assert points_of(folder / "scalars.tsv") == [(1, "first", 1), (1, "second", 1)]


# --- names, folders, several writers ---------------------------------------------------------------------------------


def test_the_default_name_is_the_start_time_and_legal_everywhere(tmp_path: Path) -> None:
    with Logger(log_dir=tmp_path) as first, Logger(log_dir=tmp_path) as second:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", first.name)
        assert first.name.replace("_", " ")[:10] == first.get_start_time()[:10]
        assert second.name != first.name
        assert not set(second.name) & set('<>:"/\\|?* ')


def test_a_relative_folder_is_fixed_when_the_logger_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with Logger("run") as logger:
        monkeypatch.chdir(tmp_path / "elsewhere")
        logger.log_text("x", "a")
        logger.log_scalar(1, "a", 1)
    assert files_of(tmp_path / "log" / "run") == ["a.txt", "scalars.tsv"]


def test_paths_of_files(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, num_digits=2, disabled=True)
    assert logger.get_file_path("a/b") == tmp_path / "run/a/b"
    assert logger.get_file_path("model", 3, ".pt") == tmp_path / "run/03/model.pt"
    assert logger.get_file_path("model.pt", 1234) == tmp_path / "run/1234/model.pt"
    assert list(tmp_path.iterdir()) == []


def test_a_writer_has_append_files_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logger("run", tmp_path) as main, Logger("run", tmp_path, writer="rank3") as rank:
        for logger in (main, rank):
            logger.log_scalar(1, "x", 1)
            logger.println("x")
            logger.log_text("x", "x")
    assert files_of(tmp_path / "run") == [
        "events.log",
        "events.rank3.log",
        "scalars.rank3.tsv",
        "scalars.tsv",
        "stdout.log",
        "stdout.rank3.log",
        "x.txt",
    ]
    assert capsys.readouterr().out == "x\nx\n"


def test_somebody_elses_scalars_file_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/scalars.tsv").write_text("step,loss\n1,2\n")
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(1, "x", 1)
    assert (tmp_path / "run/scalars.tsv").read_text() == "step,loss\n1,2\n"
    assert points_of(tmp_path / "run/scalars.lavdlike.tsv") == [(1, "x", 1)]
    assert "writing to scalars.lavdlike.tsv instead" in caplog.text


# --- disabled --------------------------------------------------------------------------------------------------------


def _use_everything(logger: Logger) -> None:
    parser = ArgumentParser()
    logger.log_scalar(1, "a", 1)
    logger.log_scalars({"a": 1}, 1)
    logger.log_image(np.zeros((4, 4)), "a", 1, boxes=[BOX])
    logger.log_text("a", "a")
    logger.log_text("a", "a", expected="b")
    logger.log_markdown("a", "a")
    logger.log_command(parser, Namespace())
    logger.log_summary()
    logger.log_config({"a": 1})
    logger.log("A", "a")
    logger.println("a {}", 1)
    logger.eprintln("a {}", 1)
    logger.print_table(["a"], [["b"]])
    logger.set_prefix("a")
    logger.start("a")
    logger.end("a")
    assert sum(logger.progress_bar("a", [1, 2])) == 3
    with logger.spinner("a"):
        pass
    logger.save_model(object())
    logger.save_obj(object(), "a")
    logger.get_start_time()
    logger.flush()


def test_disabled_means_no_folder_no_output_no_subprocess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"a subprocess: {arguments} {options}")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with Logger("run", tmp_path, disabled=True) as logger:
        assert logger.disabled
        _use_everything(logger)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_logger_can_be_disabled_and_enabled(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, disabled=True)
    logger.log_scalar(1, "x", 1)
    logger.enable()
    logger.log_scalar(2, "x", 2)
    logger.disable()
    logger.log_scalar(3, "x", 3)
    logger.enable()
    logger.log_scalar(4, "x", 4)
    logger.close()
    assert [point[0] for point in points_of(tmp_path / "run/scalars.tsv")] == [2, 4]
    assert len(json.loads((tmp_path / "run/experiment.json").read_text())["sessions"]) == 1


# --- disk trouble ----------------------------------------------------------------------------------------------------


def test_a_root_that_cannot_be_written_does_not_stop_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("a file where the root should be")
    logger = Logger("run", tmp_path / "log")
    logger.log_scalar(1, "x", 1)
    logger.log_text("x", "x")
    logger.log_image(np.zeros((4, 4)), "x")
    logger.println("x")
    logger.flush()
    assert len(caplog.records) == 1
    assert f"cannot write {tmp_path}/log/run" in caplog.text
    (tmp_path / "log").unlink()
    logger.close()
    assert files_of(tmp_path / "log/run") == ["events.log", "scalars.tsv", "stdout.log", "x.png", "x.txt"]
    assert capsys.readouterr().out == "x\n"


def test_an_experiment_that_is_deleted_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(append, "IDENTITY_CHECK_S", 0.0)  # a second otherwise
    logger = Logger("run", tmp_path)
    logger.log_scalar(1, "x", 1)
    logger.log_text("x", "x", step=1)
    shutil.rmtree(tmp_path / "run")
    logger.log_scalar(2, "x", 2)
    logger.log_text("x", "x", step=1)
    assert points_of(tmp_path / "run/scalars.tsv") == [(2, "x", 2)]
    assert files_of(tmp_path / "run") == ["0001/x.txt", "scalars.tsv"]
    shutil.rmtree(tmp_path / "run")
    logger.close()
    assert list(tmp_path.iterdir()) == []


def test_under_raise_it_is_told(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, on_error="raise")
    (tmp_path / "run/0001").write_text("a file where a folder should be")
    with pytest.raises(WriteError, match=r"cannot write .*/run/0001/x.txt: "):
        logger.log_text("x", "x", step=1)
    logger.close()


# --- the promise to users of Lavd ------------------------------------------------------------------------------------


def test_signatures_begin_as_lavds() -> None:
    lavds = {
        "__init__": ["name", "log_dir", "num_digits", "indent_size", "delimiter", "disabled"],
        "get_file_path": ["name", "step", "extension"],
        "set_prefix": ["prefix"],
        "start": ["name", "prefix", "tag"],
        "end": ["name", "prefix", "tag"],
        "progress_bar": ["name", "args", "prefix"],
        "spinner": ["name", "args", "prefix"],
        "log": ["tag", "msg"],
        "println": ["msg", "args", "kwargs"],
        "eprintln": ["msg", "args", "kwargs"],
        "print_table": ["header", "rows", "indent_level", "placeholder", "precision"],
        "log_summary": ["infos", "sections", "options"],
        "log_scalar": ["scalar", "name", "step"],
        "log_text": ["text", "name", "step", "expected"],
        "log_markdown": ["markdown", "name", "step"],
        "log_image": ["image", "name", "step", "boxes", "classes", "threshold", "extension"],
        "log_command": ["parser", "args", "binary", "script_name"],
        "save_model": ["model", "step", "name", "extension", "grads"],
        "save_obj": ["obj", "name", "step", "extension"],
    }
    for method, names in lavds.items():
        assert list(inspect.signature(getattr(Logger, method)).parameters)[1 : len(names) + 1] == names, (
            method
        )


def test_importing_and_logging_numbers_loads_no_heavy_library(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import sys, lavdlike
        heavy = {"numpy", "polars", "torch", "PIL", "lavdlike.server", "starlette", "halo", "tqdm", "multiprocessing"}
        print(sorted(heavy & set(sys.modules)), "lavdlike.logger" in sys.modules)
        logger = lavdlike.Logger("run", sys.argv[1])
        logger.log_scalar(1.0, "x", 1)
        logger.println("line")
        print(sorted(heavy & set(sys.modules)))
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert done.stdout == "[] False\nline\n[]\n"


def test_log_all_logs_each_value_by_its_type(tmp_path: Path) -> None:
    picture = np.zeros((4, 5, 3))
    values = {"loss": 0.5, "text": "a", "rgb": picture, "grey": picture[:, :, 0], "list": [1, 2]}
    lists = {"lines": ["a", "b"], "grid": [picture, picture[:, :, 0]]}
    plot: dict[str, Any] = {"data": [], "layout": {}}
    with Logger("run", tmp_path) as logger:
        logger.log_all({**values, **lists, "norm": np.float32(2), "plot": plot}, 1)
        with pytest.raises(ValueError, match="'odd' cannot be logged by its type, object"):
            logger.log_all({"odd": object()}, 1)
    names = {path.name for path in (tmp_path / "run" / "0001").iterdir()}
    assert names == {
        *("text.txt", "rgb.png", "grey.png", "list.json", "plot.plotly.json"),
        *("lines.txt", "grid"),
    }
    folder = tmp_path / "run" / "0001"
    assert (folder / "lines.txt").read_text() == "a\nb\n"
    assert {path.name for path in (folder / "grid").glob("*.png")} == {"000.png", "001.png"}
    lines = (tmp_path / "run" / "scalars.tsv").read_text().splitlines()[1:]
    assert [line.split("\t")[2] for line in lines] == ["loss", "norm"]


# --- other processes, places and languages ---------------------------------------------------------------------------


def test_a_pickled_logger_goes_on_with_the_experiment_in_another_process(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        textwrap.dedent(
            """
            import multiprocessing, pickle, sys
            from lavdlike import Logger

            def work(logger):
                logger.log_scalar(0.5, "from-the-child", 1)
                assert logger.name == "run" and logger.prefix == "[1]"

            if __name__ == "__main__":
                with Logger("run", "log", config={"a": 1}, tags=["b"]) as logger:
                    logger.set_prefix("[1]")
                    logger.log_config({"a": 2})
                    child = multiprocessing.get_context("spawn").Process(target=work, args=(logger,))
                    child.start()
                    child.join()
                    assert child.exitcode == 0
                off = pickle.loads(pickle.dumps(Logger("off", "log", disabled=True)))
                assert off.disabled
            """
        )
    )
    environment = {**os.environ, "PYTHONPATH": str(scripts.ROOT)}
    done = subprocess.run([sys.executable, script], cwd=tmp_path, env=environment, timeout=50, check=False)
    assert done.returncode == 0
    assert points_of(tmp_path / "log/run/scalars.tsv") == [(1, "from-the-child", 0.5)]
    document = json.loads((tmp_path / "log/run/experiment.json").read_text())
    assert (document["config"], document["tags"]) == ({"a": 2}, ["b"])
    assert [session["outcome"] for session in document["sessions"]] == ["finished"] * 2
    assert [path.name for path in (tmp_path / "log").iterdir()] == ["run"]


def test_a_copy_of_a_logger_is_the_logger(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        assert copy.deepcopy({"logger": [logger]})["logger"][0] is logger
        assert copy.copy(logger) is logger


def test_the_working_directory_may_be_gone(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys
        os.mkdir("scratch"); os.chdir("scratch"); os.rmdir("../scratch")
        from lavdlike import Logger
        with Logger("run", sys.argv[1]) as logger:
            logger.log_summary()
        try:
            Logger("run", "relative")
        except ValueError as error:
            assert "relative, and the working directory was deleted" in str(error)
        else:
            sys.exit("made somewhere")
        """,
        tmp_path / "log",
        cwd=tmp_path,
    )
    assert files_of(tmp_path / "log/run") == ["summary.md"]


@pytest.mark.parametrize("encoding", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LC_ALL": "C.UTF-8"}])
def test_names_are_utf8_on_the_disk_in_every_locale(tmp_path: Path, encoding: dict[str, str]) -> None:
    scripts.run(
        """
        import sys
        import numpy as np
        from lavdlike import Logger
        root = sys.argv[1] + "/log\\u00e9"
        with Logger("caf\\u00e9", root, writer="r\\u00e4nk", config={"\\u00e9": "\\u00e9"}) as logger:
            logger.log_text("\\u00e9", "caf\\u00e9/\\u6f22", 1)
            logger.log_scalar(0.5, "\\u00e9", 1)
            logger.log_image(np.zeros((4, 4)), "b\\u00efld", 1, caption="\\u00e9", masks=np.eye(4, dtype=int))
            logger.log_embedding([[1, 2]], "w\\u00f6rter", 1, labels=["\\u00e9"])
            logger.log_json("a", {"\\u00e9": 1}, "\\u00e9")
            logger.println("gr\\u00fc\\u00dfe")
            logger.log_summary({"\\u00e9": "\\u00e9"})
        """,
        tmp_path,
        cwd=tmp_path,
        variables={**encoding, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )
    folder = tmp_path / "logé/café"
    assert files_of(folder) == [
        *("0001/bïld.json", "0001/bïld.mask.png", "0001/bïld.png", "0001/café/漢.txt"),
        *("0001/wörter.json", "0001/wörter.labels.tsv", "0001/wörter.vectors.npy"),
        *("events.ränk.log", "scalars.ränk.tsv", "stdout.ränk.log", "summary.md", "é.json"),
    ]
    assert json.loads((folder / "0001/bïld.json").read_text())["images"]["source"] == "bïld.png"
    assert (
        json.loads((folder / "0001/wörter.json").read_text())["embeddings"]["labels"] == "wörter.labels.tsv"
    )


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert Logger("run", "~/logs", disabled=True).base_dir == tmp_path / "home/logs"
    assert Logger("run", Path("~/logs"), disabled=True).base_dir == tmp_path / "home/logs"
    assert Logger("run", "./~", disabled=True).base_dir == tmp_path / "~"
    with pytest.raises(ValueError, match=r"^log_dir '~nobody-of-that-name/a' has no such home folder"):
        Logger("run", "~nobody-of-that-name/a")
    for bad in ("", "a\0b", 3):
        with pytest.raises(ValueError, match=r"^log_dir must be a path"):
            Logger("run", bad)  # type: ignore[arg-type]
