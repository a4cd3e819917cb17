"""The methods of `Logger` for the terminal and for the lines of its log files."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from lavdlike.kinds import logs, numbers, plain
from lavdlike.writing import progress_report, terminal
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_choice, check_text, checked_count

if TYPE_CHECKING:
    from lavdlike.writing.progress import ProgressBar, Spinner


class ConsoleCalls(Family):
    """Lines, tables, spinner and progress bar."""

    _event_started: dict[str, float]

    def log(self, tag: str, msg: str) -> None:
        r"""Write one record with the time to `events.log`; tabs and newlines are written as `\t` and `\n`.

        >>> with Logger("example") as logger:
        ...     logger.log("CHECKPOINT", "saved after 3 epochs")
        """
        writer = self._active
        if writer is not None:
            now = datetime.now().astimezone()
            writer.append(writer.events, logs.format_record(now, str(tag), str(msg), self._delimiter))

    def println(self, msg: object, *args: object, **kwargs: object) -> None:
        """Print a line, and write it to `stdout.log` and `events.log`.

        Args:
            msg: a text, formatted with the arguments; those that it has no place for stand behind it.

        >>> Logger("example").println("{}: {value:.2f}", "loss", value=0.25)
        loss: 0.25
        >>> Logger("example").println("accuracy", 0.93)
        accuracy 0.93
        """
        writer = self._active
        if writer is not None:
            text = terminal.formatted(msg, args, kwargs)
            if not self._is_kept(sys.stdout):
                writer.append(writer.stdout, text + "\n")
                self.log("STDOUT", text)
            terminal.print_line(text, sys.stdout)

    def eprintln(self, msg: object, *args: object, **kwargs: object) -> None:
        """As `println`, to the standard error and `stderr.log`.

        >>> Logger("example").eprintln("{} files are missing", 3)
        """
        writer = self._active
        if writer is not None:
            text = terminal.formatted(msg, args, kwargs)
            if not self._is_kept(sys.stderr):
                writer.append(writer.stderr, text + "\n")
                self.log("STDERR", text)
            terminal.print_line(text, sys.stderr)

    def log_output(self, text: str, *, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        r"""Write lines that were printed elsewhere to `stdout.log` or `stderr.log`, and to `events.log`; print nothing.

        Args:
            text: whole lines; one without a newline at its end is ended.

        >>> with Logger("example") as logger:
        ...     logger.log_output("epoch 1\nepoch 2\n")
        """
        check_text(text, "text")
        check_choice(stream, ("stdout", "stderr"), "stream")
        writer = self._active
        if writer is not None and text:
            lines = text.removesuffix("\n").split("\n")
            writer.append(getattr(writer, stream), "".join([f"{line}\n" for line in lines]))
            now = datetime.now().astimezone()
            records = [logs.format_record(now, stream.upper(), line, self._delimiter) for line in lines]
            writer.append(writer.events, "".join(records))

    def print_table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[object]],
        indent_level: int = 0,
        placeholder: str = "-",
        precision: int = 5,
    ) -> None:
        """Print a Markdown table whose columns line up, as `println` prints.

        Args:
            rows: with as many fields each as the header; None becomes the placeholder.
            precision: digits of floats after the point.

        >>> Logger("example").print_table(["Name", "Accuracy"], [["Train", 0.978], ["Test", None]])
        | Name  | Accuracy |
        |-------|----------|
        | Train | 0.97800  |
        | Test  | -        |
        """
        if self._active is not None:
            checked_count(indent_level, "indent_level", 1000)
            checked_count(precision, "precision", 100)
            names = plain.listed(header, "header", " of names")
            listed = plain.listed(rows, "rows", " of rows")
            cells = [plain.listed(row, f"rows[{index}]", " of fields") for index, row in enumerate(listed)]
            indent = " " * (indent_level * self._indent_size)
            for line in terminal.table_lines(
                names, cells, indent=indent, placeholder=placeholder, precision=precision
            ):
                self.println(line)

    def set_prefix(self, prefix: str) -> None:
        """Put a text in front of the names that `start`, `end`, `spinner` and `progress_bar` write from now on.

        >>> with Logger("example") as logger:
        ...     logger.set_prefix("[1 / 100]")
        ...     logger.start("Train")  # [1 / 100] Train
        """
        self.prefix = prefix

    def start(self, name: str, prefix: bool = True, tag: str = "START") -> None:  # noqa: FBT001, FBT002 - as Lavd's
        """Write to `events.log` that something begins, and remember when; again: from now on.

        >>> with Logger("example") as logger:
        ...     logger.start("training")
        """
        if self._active is not None:
            check_text(name, "name")
            self._event_started[name] = time.monotonic()
            self.log(tag, self._described(name, prefix=prefix))

    def end(self, name: str, prefix: bool = True, tag: str = "END") -> None:  # noqa: FBT001, FBT002 - as Lavd's
        """Write to `events.log` that it ended, and how long it took if `start` was called with this name.

        >>> with Logger("example") as logger:
        ...     logger.start("training")
        ...     logger.end("training")  # training - Duration: 00:00:00
        """
        if self._active is not None:
            check_text(name, "name")
            started = self._event_started.pop(name, None)
            message = self._described(name, prefix=prefix)
            if started is not None:
                message += f" - Duration: {terminal.duration_text(time.monotonic() - started)}"
            self.log(tag, message)

    def spinner(self, name: str, *args: Any, prefix: bool = True, **halo: Any) -> Spinner:
        """A halo spinner with the name as its text; its begin and end are written to `events.log`.

        It turns while it is used as a context manager, or from `start` to `stop` (or `succeed`, `fail`, ...); where the
        output is no terminal it only logs.

        Args:
            prefix: whether what `set_prefix` was given stands before the name.
            args, halo: as for `halo.Halo`.

        >>> with Logger("example") as logger, logger.spinner("Loading the data"):
        ...     pass
        """
        check_text(name, "name")
        from lavdlike.writing.progress import Event, Spinner

        halo["text"] = self._described(halo.get("text") or name, prefix=prefix)
        if self._active is None:
            halo["enabled"] = False
        return Spinner(
            Event(self.log, "SPINNER", lambda: self._described(name, prefix=prefix)), *args, **halo
        )

    def progress_bar(self, name: str, *args: Any, prefix: bool = True, **tqdm: Any) -> ProgressBar:
        """A tqdm progress bar with the name in front; its begin and end are written to `events.log`.

        To be iterated over, used as a context manager, or updated by hand and closed. How far it is stands in
        `progress.json` once a second, also of one that is disabled or that no terminal shows.

        Args:
            prefix: whether what `set_prefix` was given stands before the name.
            args, tqdm: as for `tqdm.tqdm`, the iterable first.

        >>> with Logger("example") as logger:
        ...     sum(logger.progress_bar("Training", range(4), disable=True))
        6
        """
        check_text(name, "name")
        from lavdlike.writing.progress import Event, ProgressBar

        tqdm["desc"] = self._described(tqdm.get("desc") or name, prefix=prefix)
        if self._active is None:
            tqdm["disable"] = True
        event = Event(self.log, "PROGRESS", lambda: self._described(name, prefix=prefix))
        report = None if self._active is None else self._active.progress
        return ProgressBar(event, report, self._described(name, prefix=prefix), *args, **tqdm)

    def log_progress(
        self, done: float, total: float | None = None, name: str = "Progress", *, unit: str = ""
    ) -> None:
        """Say how far a loop is that another library runs; it stands in `progress.json` within a second.

        Nearly free: a thread writes, once a second at most. The loop is over when `done` reaches `total`.

        Args:
            done: how many of `unit` are done.
            total: how many there are; None if nobody knows.
            name: tells the loops of a script apart.

        >>> with Logger("example") as logger:
        ...     for batch in range(3):
        ...         logger.log_progress(batch + 1, 3, "Training", unit="batches")
        """
        check_text(name, "name")
        check_text(unit, "unit")
        known = None if total is None else numbers.to_number(total, argument="total")
        if self._active is not None:
            self._active.progress.say(
                name, progress_report.Counts(numbers.to_number(done, argument="done"), known, unit)
            )

    def follow_progress(self, bar: Any, name: str | None = None) -> None:
        """Report how far a tqdm bar is that another library made, until it is closed or gone.

        Args:
            bar: has the attributes `n` and `total`, as a tqdm bar.
            name: by default the bar's `desc`.

        >>> from tqdm import tqdm
        >>> with Logger("example") as logger, tqdm(total=3, desc="Loading", disable=True) as bar:
        ...     logger.follow_progress(bar)
        """
        if not hasattr(bar, "n") or not hasattr(bar, "total"):
            raise ValueError(
                f"bar must have the attributes n and total, as a tqdm bar; {type(bar).__name__} has not"
            )
        if name is None:
            name = str(getattr(bar, "desc", "") or "Progress").removesuffix(": ")
        check_text(name, "name")
        was_disabled = getattr(bar, "disable", False)

        def counts(found: Any) -> progress_report.Counts:
            # tqdm disables a bar that is closed.
            return progress_report.counts_of(found)._replace(
                is_over=getattr(found, "disable", False) and not was_disabled
            )

        if self._active is not None:
            self._active.progress.follow(name, bar, counts)

    def _is_kept(self, stream: Any) -> bool:
        """Whether `lavdlike run` writes what is printed to a stream into this very experiment."""
        return self._launched is not None and self._launched.keeps(stream)

    def _described(self, name: str, *, prefix: bool) -> str:
        return f"{self.prefix} {name}" if prefix and self.prefix else name
