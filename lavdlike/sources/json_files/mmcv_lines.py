"""Lines of mmcv's `*.log.json` -> records with one step for the whole training. Pure.

Format: `mmcv/runner/hooks/logger/text.py` (TextLoggerHook, 1.x): the first line describes the environment, each other
one has `mode`, `epoch` and `iter`.
"""

from __future__ import annotations

from lavdlike.sources.json_files.log_records import Record, load

_ENVIRONMENT = b'{"env_info"'
_MODES = frozenset({"train", "val", "test"})


def is_mmcv(begin: bytes, lines: list[bytes]) -> bool:
    """Whether a file that begins so is mmcv's. `lines`: whole ones of its begin, of which there may be none."""
    return begin.startswith(_ENVIRONMENT) or any(_record(line) is not None for line in lines[:3])


class MmcvLines:
    """Called with one line after the other, in their order.

    Where `iter` begins anew with each epoch, the length of the first epoch of the file counts for all, as in mmcv's own
    tools; where it goes on, it is the step. That of a validation (whose `iter` says how long it took) is that of the
    training before it.
    """

    def __init__(self) -> None:
        self._length: int | None = None  # of an epoch; 0: iterations go on
        self._begin()

    def _begin(self) -> None:
        self._first_epoch = self._epoch = self._iteration = 0
        self._step: int | None = None
        self._is_late = False

    def __call__(self, line: bytes) -> Record | None:
        """None of a line that holds no values. Raises ValueError: it is no JSON."""
        record = _record(line)
        if record is None:
            return None
        mode, epoch, iteration = record.pop("mode"), record.pop("epoch"), record.pop("iter")
        if mode == "train":
            self._take(epoch, iteration)
            self._step = (epoch - 1) * (self._length or 0) + iteration
        step = epoch if self._step is None else self._step
        return {"step": step, "epoch": epoch, **{f"{mode}/{name}": value for name, value in record.items()}}

    def begins_again(self) -> bool:
        """Whether what was given has other steps than it was given with: all lines have to come again."""
        is_late = self._is_late
        if is_late:
            self._begin()
        return is_late

    def _take(self, epoch: int, iteration: int) -> None:
        if self._length is None and self._epoch and epoch > self._epoch:
            self._length = self._iteration if iteration <= self._iteration else 0
            self._is_late = self._first_epoch > 1 and self._length > 0
        self._first_epoch = self._first_epoch or epoch
        self._epoch, self._iteration = epoch, iteration


def _record(line: bytes) -> Record | None:
    """The values of a line, its mode, epoch and iteration among them; None of one without. Raises ValueError."""
    document = load(line)
    if not isinstance(document, dict) or document.get("mode") not in _MODES:
        return None
    if any(type(document.get(name)) is not int or document[name] < 0 for name in ("epoch", "iter")):
        return None
    return document
