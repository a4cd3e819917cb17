"""What a request asks: its path, its parameters, the item or file that it names."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request

from lavdlike import layout
from lavdlike.disk.root import OpenedFile
from lavdlike.messages import Cursor, ItemAddress
from lavdlike.server.live.answers import Answers
from lavdlike.server.web.responses import RefusedError

T = TypeVar("T")


def path_of(request: Request) -> tuple[str, str]:
    """The experiment's name and the path of a file relative to the root."""
    experiment = layout.from_id(request.path_params["experiment"])
    return experiment, f"{experiment}/{layout.from_id(request.path_params['path'])}"


def item_address(request: Request, kind: str) -> ItemAddress:
    given = request.path_params
    step = None if given["step"] == "global" else layout.step_of_folder(given["step"])
    if step is None and given["step"] != "global":
        raise FileNotFoundError
    label = layout.shown(layout.from_id(given["label"]))
    return ItemAddress(given["experiment"], kind, label, step)


async def of_file(answers: Answers, request: Request, ask: Callable[[OpenedFile], T]) -> T:
    """What a function says of the file that a request names."""
    experiment, path = path_of(request)

    def open_and_ask() -> T:
        with answers.root.file(path) as opened:
            return ask(opened)

    return await answers.read(experiment, open_and_ask)


class Query:
    """The parameters of a request; raises `RefusedError` for those that are not what they should be."""

    def __init__(self, request: Request) -> None:
        self._parameters = request.query_params

    def text(self, name: str) -> str:
        return self._parameters.get(name, "")

    def all(self, name: str) -> list[str]:
        return self._parameters.getlist(name)

    def flag(self, name: str) -> bool:
        return self.text(name) in ("1", "true")

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 16):
            raise RefusedError(400, f"The parameter {name} must be a whole number of at most 16 digits.")
        return int(text)

    def cursor(self) -> Cursor | None:
        """Which past is asked about (docs/protocol.md, "The past"); None: the present."""
        step, text = self.number("step"), self.text("time")
        if not text:
            return None if step is None else Cursor(step=step)
        if step is not None:
            raise RefusedError(400, "Of the parameters time and step only one can be given.")
        try:
            time = float(text)
        except ValueError:
            time = math.nan
        if not math.isfinite(time):
            raise RefusedError(400, "The parameter time must be a number of Unix seconds.")
        return Cursor(time=time)
