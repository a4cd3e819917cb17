"""Whatever is given to a method by mistake, it says what it wants; no error of the inside comes out."""

from __future__ import annotations

import functools
import inspect
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import lavdlike
from lavdlike import Logger
from tests.logged import files_of

README = (Path(lavdlike.__file__).parent.parent / "README.md").read_text()
WRONG: list[Any] = [
    *(
        None,
        5,
        -1,
        3.5,
        float("nan"),
        True,
        "text",
        "",
        b"bytes",
        object(),
        [1],
        [None],
        ["a"],
        [[1, 2], [3]],
        (),
    ),
    *(
        {"a": 1},
        {1: 2},
        {},
        range(3),
        np.zeros((2, 2)),
        np.array("x"),
        Path("nowhere"),
        len,
        1j,
        iter([1]),
        int,
    ),
]
# What each method takes; all else about its arguments is its own to find out.
RIGHT: dict[str, dict[str, Any]] = {
    "log_scalar": {"scalar": 1.0, "name": "x", "step": 1},
    "log_scalars": {"values": {"x": 1.0}, "step": 1},
    "log_image": {"image": np.zeros((4, 4)), "name": "x", "boxes": [], "classes": ["a"]},
    "log_images": {"batch": np.zeros((2, 4, 4)), "name": "x"},
    "log_text": {"text": "a", "name": "x", "expected": "b"},
    "log_markdown": {"markdown": "a", "name": "x"},
    "log_html": {"html": "a", "name": "x"},
    "log_histogram": {"values": [1.0], "name": "x"},
    "board": {"name": "x", "panels": ["a"], "title": "a", "of_all": False},
    "log_plot": {"figure": {"data": [], "layout": {}}, "name": "x"},
    "grow_plot": {"changes": [{"layout": {}}], "name": "x"},
    "log_form": {"fields": [{"type": "text", "name": "a"}], "name": "x"},
    "on_event": {"handler": print, "name": "x", "gestures": False},
    "ask_for_gestures": {"name": "x"},
    "log_graph": {"graph": [("a", "b")], "name": "x"},
    "log_svg": {"svg": "<svg/>", "name": "x"},
    "log_figure": {"figure": SimpleNamespace(savefig=lambda file, **_: file.write(b"<svg/>")), "name": "x"},
    "log_pr_curve": {"labels": [0, 1], "predictions": [0.1, 0.2], "name": "x"},
    "log_confusion_matrix": {"matrix": [[1]], "classes": ["a"], "name": "x"},
    "log_audio": {"samples": [0.0], "name": "x"},
    "log_video": {"frames": np.zeros((1, 4, 4, 3)), "name": "x"},
    "log_mesh": {"vertices": np.zeros((3, 3)), "name": "x"},
    "log_rollouts": {"rollouts": [{"prompt": "a", "completion": "b"}], "name": "x"},
    "log_table": {"table": [[1]], "name": "x"},
    "log_embedding": {"vectors": [[1, 2]], "name": "x"},
    "log_array": {"array": [1], "name": "x"},
    "log_file": {"content": b"a", "name": "x"},
    "log_json": {"key": "a", "value": {}, "name": "x"},
    "log_all": {"values": {"x": 1.0}, "step": 1},
    "log_config": {"config": {}},
    "define": {"pattern": "x", "goal": "min"},
    "log_command": {"parser": ArgumentParser(), "args": Namespace()},
    "log_summary": {},
    "log": {"tag": "A", "msg": "a"},
    "alert": {"title": "a", "text": "b", "level": "warn"},
    "println": {"msg": "a"},
    "eprintln": {"msg": "a"},
    "log_output": {"text": "a\n", "stream": "stderr"},
    "print_table": {"header": ["a"], "rows": [["b"]]},
    "set_prefix": {"prefix": "a"},
    "start": {"name": "a"},
    "end": {"name": "a"},
    "spinner": {"name": "a"},
    "progress_bar": {"name": "a"},
    "log_progress": {"done": 1, "name": "a"},
    "follow_progress": {"bar": SimpleNamespace(n=1, total=2), "name": "a"},
    "save_model": {"model": SimpleNamespace(state_dict=dict)},
    "save_obj": {"obj": {}, "name": "x"},
    "get_file_path": {"name": "x"},
    "get_start_time": {},
    "flush": {},
    "close": {},
    "enable": {},
    "disable": {},
}
OF_OTHERS = ("args", "kwargs", "halo", "tqdm")  # handed on to format, halo and tqdm


@pytest.fixture(autouse=True)
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def save(_obj: object, file: Any) -> None:
        file.write(b"a")

    monkeypatch.setitem(__import__("sys").modules, "torch", SimpleNamespace(save=save))


def test_every_public_method_is_tried() -> None:
    public = {name for name, _ in inspect.getmembers(Logger, callable) if not name.startswith("_")}
    assert RIGHT.keys() == public


@pytest.mark.slow
@pytest.mark.parametrize("method", RIGHT)
def test_no_argument_of_another_type_ends_in_an_error_of_the_inside(
    method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Logger("run", tmp_path) as logger:
        function = getattr(logger, method)
        function(**RIGHT[method])
        for parameter in inspect.signature(function).parameters:
            if parameter in OF_OTHERS and method != "log_command":
                continue
            for wrong in WRONG:
                given = {**RIGHT[method], parameter: wrong}
                error = _error_of(functools.partial(function, **given))
                is_missing_file = isinstance(error, OSError) and isinstance(wrong, (str, Path))
                assert error is None or isinstance(error, ValueError) or is_missing_file, (
                    f"{method}({parameter}={wrong!r}): {type(error).__name__}: {error}"
                )
    capsys.readouterr()


def _error_of(call: Callable[[], object]) -> Exception | None:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - the caller looks at it
        return error
    return None


@pytest.mark.parametrize(
    "parameter", [name for name in inspect.signature(Logger).parameters if name != "log_dir"]
)
def test_nor_does_one_of_the_logger_itself(
    parameter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for wrong in WRONG:
        given = {"name": "run", parameter: wrong}
        error = _error_of(lambda given=given: Logger(**given).close())  # type: ignore[misc]
        assert error is None or isinstance(error, ValueError), f"{parameter}={wrong!r}: {error!r}"
        assert str(error or parameter).startswith(parameter), f"{parameter}={wrong!r}: {error!r}"


EXCHANGED: dict[str, tuple[Any, str]] = {
    "scalar": (lambda logger: logger.log_scalar("loss", 0.5, 1), "scalar and name are exchanged"),
    "scalar at name": (
        lambda logger: logger.log_scalar(np.zeros(1), np.zeros(1), 1),
        "name must be a string",
    ),
    "scalar and step": (
        lambda logger: logger.log_scalar(0.5, 1, "loss"),
        "name must be a string.*; the value comes",
    ),
    "image": (
        lambda logger: logger.log_image("bird", np.zeros((4, 4)), 1),
        "name must be a string.*the value comes",
    ),
    "step": (lambda logger: logger.log_text("a", 1, "text"), "name must be a string.*the value comes first"),
    "summary": (lambda logger: logger.log_summary(ArgumentParser(), Namespace()), "infos must be a dict"),
    "summary's text": (lambda logger: logger.log_summary("text"), "infos must be a dict, not str"),
    "command": (lambda logger: logger.log_command(None, None), "parser must be an ArgumentParser"),
    "command's": (
        lambda logger: logger.log_command(Namespace(), ArgumentParser()),
        "parser must be an ArgumentParser",
    ),
    "matrix": (
        lambda logger: logger.log_confusion_matrix([[1]], None, "c", 1),
        "classes must be a list of strings",
    ),
    "bar": (lambda logger: logger.progress_bar(range(3)), "name must be a string, not range"),
    "header": (lambda logger: logger.log_table([[1]], "x", header="abc"), "header must be a list of names"),
    "model": (lambda logger: logger.save_model("model"), "model must have a state_dict"),
}


@pytest.mark.parametrize("what", EXCHANGED)
def test_what_is_exchanged_is_said(what: str, tmp_path: Path) -> None:
    call, rule = EXCHANGED[what]
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=rule):
            call(logger)
        assert files_of(logger.log_dir) == []


def test_a_model_is_saved_with_name_and_step_in_either_order(tmp_path: Path) -> None:
    model = SimpleNamespace(state_dict=dict)
    with Logger("run", tmp_path) as logger:
        logger.save_model(model, 3, "a")
        logger.save_model(model, "b", 3)  # type: ignore[arg-type]
        logger.save_model(model, "c")  # type: ignore[arg-type]
        assert files_of(logger.log_dir) == ["0003/a.pt", "0003/b.pt", "c.pt"]


def test_what_is_most_likely_a_mistake_is_said_and_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Logger("run", tmp_path) as logger:
        for _ in range(2):
            logger.log_text("caption", "the text that is to be logged", 1)
            logger.log_images([], "samples", 1)
        logger.log_text("two words", "a label with blanks", 1)
    assert len(caplog.records) == 2
    assert (
        "'caption' is the text and 'the text that is to be logged' its name: are they exchanged?"
        in caplog.text
    )
    assert "there is no picture in the batch for samples" in caplog.text


def test_the_names_of_arguments_in_the_readme_are_those_of_the_signatures() -> None:
    calls = re.findall(r"`((?:log|save|print|progress|spinner|start|end)\w*)\(([^`]*)\)`", README)
    assert len(calls) > 20
    for method, arguments in calls:
        if arguments in ("...", "{...}"):
            continue
        parameters = list(inspect.signature(getattr(Logger, method)).parameters)[1:]
        written = [re.split(r"[=:]", argument.strip())[0] for argument in _split(arguments)]
        assert [name for name in written if name[0] not in '{"'] == [
            name for name in parameters if name in written
        ], f"{method}({arguments})"


def _split(arguments: str) -> list[str]:
    """At commas that are in no brackets."""
    return re.findall(r"(?:[^,{\[(]|[{\[(][^)\]}]*[)\]}])+", arguments)
