"""Tables that well-known programs write: which labels their columns are (docs/formats.md, "CSV and TSV"). Pure.

A table of anybody's is a folder of labels, named as the file. These hold what is plainly the run's, so that their
`loss` is the `loss` of every other run.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from lavdlike import layout
from lavdlike.kinds import places

_DVCLIVE = re.compile(r"(?:dvclive/|(?P<above>.*/))?plots/metrics/(?P<label>.+)\.tsv\Z")
# Keras' CSVLogger names its file as it is told; its documentation, `training.log`.
_LOG_SUFFIXES = frozenset({".log"})
# With any separator: `epoch,accuracy,loss`, and numbers.
_KERAS_LOG = re.compile(rb"epoch([,;\t|])[A-Za-z_][\w./ -]*(?:\1[A-Za-z_][\w./ -]*)*\r?\n[0-9]+\1")


def is_keras_log(begin: bytes) -> bool:
    """Whether a file that begins so may be of Keras' CSVLogger."""
    return _KERAS_LOG.match(begin) is not None


def label_of(path: str, names: Collection[str], column: str) -> str:
    """The label of a column.

    Args:
        path: of the table, in its experiment.
        names: of all its columns, without those of steps and times.

    >>> label_of("results.csv", ["train/box_loss"], "train/box_loss"), label_of("mine.csv", ["loss"], "loss")
    ('train/box_loss', 'mine/loss')
    """
    shown = layout.shown(path)
    if (found := _DVCLIVE.match(shown)) is not None and len(names) == 1:
        return f"{found['above'] or ''}{found['label']}"
    folder, _, name = shown.rpartition("/")
    if not _is_of_program(name, names):
        return f"{layout.shown(places.split_label(path)[0])}/{column}"
    return f"{folder}/{column}" if folder else column


def _is_of_program(name: str, names: Collection[str]) -> bool:
    if name == "metrics.csv":  # Lightning: `step` and `epoch`, the rest sorted
        return "epoch" in names
    if name == "results.csv":  # Ultralytics
        return any(each.startswith(("train/", "metrics/", "val/")) for each in names)
    if name == "progress.csv":  # Stable-Baselines3, RLlib and Ray Tune
        return any(
            each.startswith(("time/", "rollout/", "train/")) or each in ("time_this_iter_s", "trial_id")
            for each in names
        )
    return places.split_suffix(name)[1].lower() in _LOG_SUFFIXES
