"""Bad arguments are refused before anything is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from tests.logged import files_of

BOX = {"xStart": 1, "yStart": 2, "xEnd": 3, "yEnd": 4}


BAD_NAMES = [
    "",
    "../x",
    "a/../b",
    "/etc/x",
    "a\tb",
    "a\nb",
    "a\0b",
    ".hidden",
    "a/.b",
    "a//b",
    "x" * 300,
    "\ud800",
    3,
]
BAD_STEPS = [-1, 1.5, "1", True, 2**53, math.nan]
BY_NAME: dict[str, Callable[[Logger, Any], object]] = {
    "log_scalar": lambda logger, name: logger.log_scalar(1, name, 1),
    "log_scalars": lambda logger, name: logger.log_scalars({"fine": 1, name: 1}, 1),
    "log_image": lambda logger, name: logger.log_image(np.zeros((4, 4)), name),
    "log_text": lambda logger, name: logger.log_text("x", name),
    "log_markdown": lambda logger, name: logger.log_markdown("x", name),
    "save_obj": lambda logger, name: logger.save_obj(1, name),
    "save_model": lambda logger, name: logger.save_model(1, name=name),
    "get_file_path": lambda logger, name: logger.get_file_path(name),
}
BY_STEP: dict[str, Callable[[Logger, Any], object]] = {
    "log_scalar": lambda logger, step: logger.log_scalar(1, "x", step),
    "log_scalar, array": lambda logger, step: logger.log_scalar([1, 2], "x", [1, step]),
    "log_image": lambda logger, step: logger.log_image(np.zeros((4, 4)), "x", step),
    "log_text": lambda logger, step: logger.log_text("x", "x", step),
    "log_markdown": lambda logger, step: logger.log_markdown("x", "x", step),
    "save_obj": lambda logger, step: logger.save_obj(1, "x", step),
    "get_file_path": lambda logger, step: logger.get_file_path("x", step),
}
ZEROS = np.zeros((4, 4))
OTHERS: dict[str, Callable[[Logger], None]] = {
    "scalar": lambda logger: logger.log_scalars({"a": 1, "b": "x"}, 1),
    "step": lambda logger: logger.log_scalar(1, "x", None),
    "equally long": lambda logger: logger.log_scalar([1, 2], "x", [1]),
    "scalar must be one number": lambda logger: logger.log_scalar(np.zeros(2), "x", 1),
    "boxes\\[0\\] has the unknown key": lambda logger: logger.log_image(
        ZEROS, "x", boxes=[{**BOX, "label": 1}]
    ),
    "classes": lambda logger: logger.log_image(ZEROS, "x", boxes=[BOX], classes=[1]),  # type: ignore[list-item]
    "threshold": lambda logger: logger.log_image(ZEROS, "x", boxes=[BOX], threshold=math.nan),
    "extension": lambda logger: logger.log_image(ZEROS, "x", extension=".psd"),
    "extension must begin": lambda logger: logger.save_obj(1, "x", extension="/../../x"),
    "image must be": lambda logger: logger.log_image(np.zeros(4), "x"),
    "another name$": lambda logger: logger.log_image(ZEROS, "x.mask"),
    "masks must be height x width": lambda logger: logger.log_image(ZEROS, "x", masks=np.eye(3, dtype=int)),
    "caption must be a string": lambda logger: logger.log_image(ZEROS, "x", caption=1),  # type: ignore[arg-type]
    "captions must be 2": lambda logger: logger.log_images(np.zeros((2, 4, 4)), "x", captions=["a"]),
    "batch must be": lambda logger: logger.log_images(np.zeros((4, 4)), "x"),
    "nrow must be": lambda logger: logger.log_images(np.zeros((2, 4, 4)), "x", nrow=0),
    "padding must be": lambda logger: logger.log_images(np.zeros((2, 4, 4)), "x", padding=-1),
    "quality": lambda logger: logger.log_image(ZEROS, "x", quality=80),
    "text must be a string": lambda logger: logger.log_text(1, "x"),  # type: ignore[arg-type]
    "expected must be a string": lambda logger: logger.log_text("", "x", expected=1),  # type: ignore[arg-type]
    "markdown must be a string": lambda logger: logger.log_markdown(b"x", "x"),  # type: ignore[arg-type]
    "would be read as step 1": lambda logger: logger.log_text("x", "0001/x"),
    "reserved": lambda logger: logger.log_text("x", "command", expected="y"),
    "would be read under another": lambda logger: Logger(
        logger.name, logger.base_dir, scalars="json"
    ).log_scalars({"a": 1, "a.plotly": 1}, 1),
    "another name": lambda logger: logger.log_text("x", "a.plotly", expected="y"),
    "under another name": lambda logger: logger.save_obj(1, "model", extension=".tar.gz"),
    "config must be a dict": lambda logger: logger.log_config([1]),  # type: ignore[arg-type]
    "goal must be one of": lambda logger: logger.define("x", goal="maximum"),  # type: ignore[arg-type]
    "pattern must be a string": lambda logger: logger.define(1),  # type: ignore[arg-type]
    "rows\\[0\\]": lambda logger: logger.print_table(["a", "b"], [[1]]),
}


@pytest.mark.slow
@pytest.mark.parametrize("method", sorted(BY_NAME))
@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_a_bad_name_is_refused_before_anything_is_written(method: str, name: Any, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=r"^name "):
            BY_NAME[method](logger, name)
        assert files_of(logger.log_dir) == []


@pytest.mark.parametrize("method", sorted(BY_STEP))
@pytest.mark.parametrize("step", BAD_STEPS)
def test_a_bad_step_is_refused_before_anything_is_written(method: str, step: Any, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=r"^step"):
            BY_STEP[method](logger, step)
        assert files_of(logger.log_dir) == []


@pytest.mark.parametrize("rule", sorted(OTHERS))
def test_other_bad_arguments_are_refused_before_anything_is_written(rule: str, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=rule):
            OTHERS[rule](logger)
        assert files_of(logger.log_dir) == []


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("name", "a/b"),
        ("name", ".."),
        ("name", ".hidden"),
        ("name", ""),
        ("name", "a\nb"),
        ("num_digits", -1),
        ("num_digits", 17),
        ("indent_size", 1.5),
        ("delimiter", ""),
        ("delimiter", "\n"),
        ("scalars", "csv"),
        ("on_error", "ignore"),
        ("writer", "a/b"),
        ("writer", ".a"),
        ("writer", ""),
        ("config", [1]),
        ("tags", "one"),
        ("tags", [1]),
    ],
)
def test_a_bad_argument_of_the_logger_is_refused_before_anything_is_written(
    argument: str, value: Any, tmp_path: Path
) -> None:
    arguments: dict[str, Any] = {"name": "run", argument: value}
    with pytest.raises(ValueError, match=rf"^{argument}"):
        Logger(log_dir=tmp_path, **arguments)
    assert list(tmp_path.iterdir()) == []
