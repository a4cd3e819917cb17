"""`python -m benchmarks [ROW ...]`: measures the rows (all without arguments) and writes them to `RESULTS.md`.

Peers must be installed first: `python -m benchmarks.peers`. Each row also adds a line to `results.jsonl`.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import (
    aggregating,
    arriving,
    board_pages,
    browsing,
    bucket_roots,
    choosing,
    data_sets,
    dragging,
    event_files,
    following,
    importing,
    inside_files,
    large_items,
    live_wire,
    long_lines,
    many_runs,
    measure,
    mirroring,
    opening,
    peers,
    reading,
    rollouts,
    scaling,
    standing_in,
    stores,
    wandb_calls,
    windows,
    wire,
    writing,
)
from benchmarks.measure import Result

ROWS: dict[str, Callable[[int], Result]] = {
    "1": writing.scalars,
    "2": writing.batches,
    "3": writing.pictures,
    "4": opening.opening,
    "4b": opening.nested,
    "5": following.latency,
    "5b": following.busy,
    "6": reading.series,
    "6b": aggregating.aggregate,
    "7": reading.large_log,
    "8": scaling.fan_out,
    "9": browsing.page,
    "10": scaling.growth,
    "11": choosing.choosing,
    "13": many_runs.sweep,
    "13b": dragging.smoothing,
    "13c": wire.points,
    "14": many_runs.walk,
    "14b": arriving.values,
    "15": event_files.scalars,
    "16": many_runs.thousands,
    "17": stores.stores,
    "18": long_lines.lines,
    "19": standing_in.calls,
    "20": wandb_calls.rows,
    "21": inside_files.pictures,
    "21b": inside_files.wandb_pictures,
    "22": data_sets.coco,
    "23": rollouts.lists,
    "24": windows.calls,
    "24b": windows.server,
    "25": board_pages.edits,
    "25b": board_pages.opening,
    "25c": board_pages.scrolling,
    "30": large_items.calls,
    "31": importing.start,
    "32": live_wire.values,
    "33": mirroring.mirror,
    "34": bucket_roots.bucket,
}
_HERE = Path(__file__).parent
_LIBRARIES = ("numpy", "pillow", "polars", "starlette", "uvicorn", "watchdog")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all without")
    parser.add_argument("--rounds", type=int, default=measure.WHOLE_ROUNDS)
    parser.add_argument(
        "--quick",
        dest="rounds",
        action="store_const",
        const=1,
        help="one round, and short where rows take minutes",
    )
    given = parser.parse_args()
    if unknown := [row for row in given.rows if row not in ROWS]:
        parser.error(f"unknown rows: {', '.join(unknown)}; known are {', '.join(ROWS)}")
    record = _HERE / "results.jsonl"
    for row in given.rows or ROWS:
        print(f"row {row}", file=sys.stderr)
        start = time.monotonic()
        result = ROWS[row](given.rounds)
        print(f"row {row} took {time.monotonic() - start:.0f} s", file=sys.stderr)
        with record.open("a") as file:
            file.write(
                json.dumps(
                    {
                        "date": datetime.now(UTC).date().isoformat(),
                        "machine": _machine(),
                        "versions": [*_own_versions(), *peers.versions()],
                        **asdict(result),
                    }
                )
                + "\n"
            )
    newest = {line["row"]: line for line in map(json.loads, record.read_text().splitlines())}
    (_HERE / "RESULTS.md").write_text(_page([newest[row] for row in ROWS if row in newest]))
    print(f"written to {_HERE / 'RESULTS.md'}")


def _machine() -> str:
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {system}, Python {platform.python_version()}"


def _own_versions() -> list[str]:
    return [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]


def _page(results: list[dict[str, Any]]) -> str:
    lines = [
        "# Results",
        "",
        "Written by `python -m benchmarks`, the peers by `python -m benchmarks.peers`. Contestants run in turn",
        "(A B A B); figures are medians, ratios medians of each round's ratio. Machines are shared: only ratios count.",
    ]
    for result in results:
        lines += [
            "",
            f"## {result['row']}. {result['title']}",
            "",
            f"{result['date']}, {result['machine']}",
            *([f"With {', '.join(result['versions'])}."] if "versions" in result else []),
            "",
        ]
        lines += _table(result["header"], result["table"])
        lines += [
            "",
            *_table(
                ["must reach", "figure", ""],
                [[a, b, "yes" if ok else "**no**"] for a, b, ok in result["bars"]],
            ),
        ]
        lines += ["", *result["notes"]] if result["notes"] else []
    return "\n".join(lines) + "\n"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return [
        f"| {' | '.join(header)} |",
        f"|{'|'.join('---' for _ in header)}|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


if __name__ == "__main__":
    main()
