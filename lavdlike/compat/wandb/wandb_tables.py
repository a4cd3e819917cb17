"""`Table`: rows that are collected, then written as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lavdlike.compat.wandb.wandb_images import Image
from lavdlike.kinds import numbers
from lavdlike.logger import Logger


class Table:
    """Columns and rows, or a data frame. Cells are numbers, texts, pictures, or anything that has a text."""

    MAX_ROWS = 10_000
    MAX_ARTIFACT_ROWS = 200_000

    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: Any = True,
        allow_mixed_types: bool = False,
        log_mode: str | None = "IMMUTABLE",
    ) -> None:
        self.log_mode = log_mode
        frame = dataframe if dataframe is not None else data
        if hasattr(frame, "columns") and hasattr(frame, "values"):
            self.columns = [str(column) for column in frame.columns]
            self.data = [list(row) for row in frame.values.tolist()]
            return
        found = data if data is not None else rows
        if hasattr(found, "tolist"):
            found = found.tolist()
        self.data = [list(row) for row in found] if found is not None else []
        widest = max(map(len, self.data), default=0)
        default = (
            ["Input", "Output", "Expected"] if found is None else [str(place) for place in range(widest)]
        )
        self.columns = list(columns) if columns is not None else default
        for row in self.data:
            self._check(row)

    def add_data(self, *cells: Any) -> None:
        """Add a row.

        Raises:
            ValueError: it has not as many cells as there are columns.
        """
        self._check(cells)
        self.data.append(list(cells))

    def add_row(self, *row: Any) -> None:
        self.add_data(*row)

    def add_column(self, name: str, data: Any, optional: bool = False) -> None:
        """Add a column with as many cells as there are rows."""
        cells = list(data)
        if self.data and len(cells) != len(self.data):
            raise ValueError(f"the column {name!r} has {len(cells)} cells, the table {len(self.data)} rows")
        if not self.data:
            self.columns, self.data = [], [[] for _ in cells]
        self.columns.append(name)
        for row, cell in zip(self.data, cells, strict=True):
            row.append(cell)

    def add_computed_columns(self, fn: Any) -> None:
        """Add what `fn` makes of the number of a row and the row, as a dict of new cells."""
        new = [fn(index, dict(zip(self.columns, row, strict=True))) for index, row in enumerate(self.data)]
        for name in new[0] if new else ():
            self.add_column(name, [cells[name] for cells in new])

    def get_column(self, name: str, convert_to: str | None = None) -> Any:
        cells = [row[self.columns.index(name)] for row in self.data]
        if convert_to == "numpy":
            import numpy as np

            return np.array(cells)
        return cells

    def get_index(self) -> list[int]:
        return list(range(len(self.data)))

    def get_dataframe(self) -> Any:
        import pandas as pd

        return pd.DataFrame.from_records(self.data, columns=self.columns)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        yield from enumerate(self.data)

    def cast(self, *_: Any, **__: Any) -> None:
        """Of no use here: cells are what they are."""

    def set_pk(self, col_name: str) -> None:
        """Of no use here: no table is joined."""

    def set_fk(self, col_name: str, table: Any, table_col: Any) -> None:
        """Of no use here, as `set_pk`."""

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        rows = [
            [
                self._cell(cell, logger, label, step, f"{number:04}-{column}")
                for column, cell in enumerate(row)
            ]
            for number, row in enumerate(self.data)
        ]
        logger.log_table(rows, label, step, header=[str(column) for column in self.columns])

    def _cell(self, cell: Any, logger: Logger, label: str, step: int, place: str) -> Any:
        """What of a cell stands in the table; a picture is written beside it, and named."""
        if isinstance(cell, Image):
            folder = f"{label}-pictures"
            cell.log_to(logger, f"{folder}/{place}", step)
            return f"{folder.rpartition('/')[2]}/{place}.png"
        if hasattr(cell, "log_to"):
            cell.log_to(logger, f"{label}-cells/{place}", step)
            return f"{label.rpartition('/')[2]}-cells/{place}"
        if cell is None or isinstance(cell, (bool, int, float, str)):
            return cell
        found = numbers.to_python(cell)
        return found if isinstance(found, (bool, int, float, str)) else str(found)

    def _check(self, row: Sequence[Any]) -> None:
        if len(row) != len(self.columns):
            raise ValueError(
                f"a row has {len(row)} cells, and there are {len(self.columns)} columns: {self.columns}"
            )


class JoinedTable:
    """Two tables that the original joins in its page; here each is written."""

    def __init__(self, table1: Any, table2: Any, join_key: Any) -> None:
        self.table1, self.table2, self.join_key = table1, table2, join_key

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        for number, table in enumerate((self.table1, self.table2), 1):
            if hasattr(table, "log_to"):
                table.log_to(logger, f"{label}/{number}", step)
