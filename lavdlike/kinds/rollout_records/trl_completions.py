"""TRL's completions as records of rollouts: a Parquet file of each logged step, a row a completion. Pure; untrusted.

Format: `trainer/grpo_trainer.py`, `GRPOTrainer.log`: columns `step`, `prompt`, `completion`, one for each reward
function under its name, further ones of the script, `advantage`, as pandas writes a data frame.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

MAX_ROWS = 5_000_000
# pandas' own, if it had to be written.
_INDEX = "__index_level_0__"


def records_in(data: bytes) -> Iterator[dict[str, Any]]:
    """Raises ValueError: it is no Parquet, or has other columns; what polars raises."""
    import polars as pl

    names = [name for name in pl.read_parquet_schema(io.BytesIO(data)) if name != _INDEX]
    if not {"prompt", "completion"} <= set(names):
        raise ValueError("no columns called prompt and completion")
    table = pl.read_parquet(io.BytesIO(data), columns=names, n_rows=MAX_ROWS + 1)
    if table.height > MAX_ROWS:
        raise ValueError(f"more than {MAX_ROWS:,} rows, the most that are read of it")
    for row in table.iter_rows(named=True):
        yield {name: value for name, value in row.items() if value is not None}
