"""`lavdlike run`, from its options to the exit code."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
import tempfile
import threading
from datetime import datetime
from pathlib import Path

from lavdlike.errors import UsageError
from lavdlike.launch import child_process, stand_ins, started_commands, surroundings
from lavdlike.launch.backlog import Backlog
from lavdlike.launch.kept_output import KeptOutput
from lavdlike.launch.outcomes import outcome_of, traceback_in
from lavdlike.launch.printed_scalars import PrintedScalars
from lavdlike.launch.run_arguments import RunOptions
from lavdlike.launch.streams import Streams
from lavdlike.logger import Logger
from lavdlike.writing.launched import LaunchedRun


def run(options: RunOptions) -> int:
    """Run the program; returns its exit code, below 0 for the signal that ended it.

    Raises:
        UsageError: there is no such program, or an option is wrong; nothing was written.
    """
    if not hasattr(os, "posix_spawnp"):
        raise UsageError("lavdlike run needs Linux, macOS or another system of their kind")
    command = started_commands.command_of(options.words, options.module)
    table = stand_ins.table_of(options.stand_ins)
    child_process.hold_signals()
    sys.argv = [command.script]  # whose repository the Logger looks at
    logger = _logger_of(options, command)
    _say_where(logger.log_dir)
    notes = Path(tempfile.mkdtemp(prefix="lavdlike-run-"))
    try:
        launched = LaunchedRun(logger.base_dir, logger.name, notes)
        scalars = PrintedScalars(options.pattern) if options.pattern else None
        output = KeptOutput(logger, scalars, launched.logs_itself)
        exit_code = _run(command, launched, table, logger, output)
        _log_end(logger, exit_code, list(output.last_errors), logs_itself=launched.logs_itself())
        return exit_code
    finally:
        shutil.rmtree(notes, ignore_errors=True)


def _logger_of(options: RunOptions, command: started_commands.Command) -> Logger:
    started = datetime.now().astimezone().strftime("%Y-%m-%d_%H-%M-%S")
    name = options.name or started_commands.experiment_name(command.title, started)
    try:
        return Logger(
            name,
            options.root,
            tags=options.tags,
            exists="continue" if options.name else "new",
            system=options.system,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def _environment(launched: LaunchedRun, table: dict[str, str]) -> dict[str, str]:
    given = dict(os.environ)
    added = launched.environment() | stand_ins.environment(table, given)
    # What it prints is kept as it comes, not when a buffer is full.
    return {"PYTHONUNBUFFERED": "1"} | given | added


def _run(
    command: started_commands.Command,
    launched: LaunchedRun,
    table: dict[str, str],
    logger: Logger,
    output: KeptOutput,
) -> int:
    logger.log("RUN", shlex.join(command.argv))
    backlog = Backlog(output.keep)
    streams = Streams(backlog.add)
    environment = _environment(launched._replace(streams=streams.identities()), table)
    try:
        pid = child_process.start(command.argv, environment, streams.file_actions())
    except OSError as error:
        logger.close(f"cannot be started: {error.strerror}")
        raise UsageError(f"cannot start {command.argv[0]}: {error.strerror}") from None
    streams.begin()
    described = threading.Thread(
        target=_describe, args=(logger, command), name="lavdlike-summary", daemon=True
    )
    described.start()
    exit_code = child_process.await_end(pid, streams.resize)
    streams.finish()
    backlog.finish()
    output.finish()
    described.join()
    return exit_code


def _log_end(logger: Logger, exit_code: int, errors: list[str], *, logs_itself: bool) -> None:
    outcome = outcome_of(exit_code, errors)
    traceback = traceback_in(errors) if exit_code > 0 else []
    if traceback and not logs_itself:  # whose Logger has it
        logger.log("TRACEBACK", "\n".join(traceback))
    logger.log("EXIT", outcome or "exit code 0")
    logger.close(outcome)


def _describe(logger: Logger, command: started_commands.Command) -> None:
    """Write the summary beside the running program: git can take a while."""
    is_own_python = command.argv[0] == sys.executable
    with contextlib.suppress(Exception):  # the program matters, not what is said of it
        logger.log_summary(
            surroundings.infos(command.argv, str(Path.cwd())),
            surroundings.sections(os.environ, is_own_python=is_own_python),
        )


def _say_where(folder: Path) -> None:
    """To a person; what else reads standard error gets what the program prints, and nothing else."""
    if os.isatty(2):
        with contextlib.suppress(OSError):
            os.write(2, f"lavdlike run: {folder}\n".encode(errors="backslashreplace"))
