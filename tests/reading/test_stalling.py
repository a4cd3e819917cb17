from __future__ import annotations

import pytest

from lavdlike.reading.stalling import LEAST_S, stalled_after_s, wall_times_of


def _every(pause_s: float, count: int = 50, begin: float = 1e9) -> list[float]:
    return [begin + index * pause_s for index in range(count)]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (_every(30.0), 300.0),
        (_every(0.1), LEAST_S),
        (_every(30.0, 4), None),
        ([], None),
        ([1e9] * 50, None),
        # A validation of ten minutes after each epoch: silence of ten minutes is usual.
        ([*_every(5.0), *_every(5.0, begin=1e9 + 850)], 2 * 605.0),
        # Several labels of one step are written together.
        ([time + part / 1e4 for time in _every(30.0) for part in range(3)], 300.0),
    ],
)
def test_silence_is_measured_against_what_is_usual(times: list[float], expected: float | None) -> None:
    assert stalled_after_s(times) == (None if expected is None else pytest.approx(expected, rel=1e-3))


def test_times_are_read_from_whole_lines_only() -> None:
    tail = b"27\tx\n1\t100.5\tloss\t0.5\nodd\n2\tnone\tloss\t1\n3\t101.5\tloss\t0.4\n4\t10"
    assert wall_times_of(tail) == [100.5, 101.5]
