"""Starts a program and awaits its end, with signals passed on (POSIX)."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# Passed on to the program. Those of a terminal (Ctrl-C) it gets by itself, as it is in the same group.
_PASSED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_AWAITED = ("SIGCHLD", "SIGWINCH")
# What Python ignores, and its children should not.
_OF_PYTHON = ("SIGPIPE", "SIGXFSZ")


def hold_signals() -> None:
    """From now on signals wait for `await_end`, in all threads that are started later."""
    for name in _AWAITED:  # what is ignored may be dropped, held or not
        signal.signal(getattr(signal, name), lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, _held())


def start(
    argv: Sequence[str], environment: Mapping[str, str], file_actions: Sequence[tuple[Any, ...]]
) -> int:
    """Start it; returns its process id.

    Args:
        file_actions: what becomes of its descriptors, as `os.posix_spawn` takes them.

    Raises:
        OSError: it cannot be started.
    """
    return os.posix_spawnp(
        argv[0],
        list(argv),
        dict(environment),
        file_actions=list(file_actions),
        setsigmask=[],
        setsigdef=[getattr(signal, name) for name in _OF_PYTHON],
    )


def await_end(pid: int, on_resize: Callable[[], None]) -> int:
    """Wait until it ends; returns its exit code, below 0 for the signal that ended it."""
    while True:
        number, is_of_terminal = _next_signal()
        if number == signal.SIGCHLD:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended == pid:
                return os.waitstatus_to_exitcode(status)
        elif number == signal.SIGWINCH:
            on_resize()
        elif not is_of_terminal:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def end_as(exit_code: int) -> int:
    """End this process by the signal that ended the program, if one did; otherwise the exit code.

    So a shell or a batch system sees what it would have seen without us.
    """
    if exit_code >= 0:
        return exit_code
    number = -exit_code
    sys.stdout.flush()
    sys.stderr.flush()
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the program has left its core
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
    return 128 + number


def _held() -> set[signal.Signals]:
    return {getattr(signal, name) for name in (*_PASSED, *_AWAITED)}


def _next_signal() -> tuple[int, bool]:
    """The next held signal, and whether a terminal sent it to the whole group."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(_held())
        return info.si_signo, info.si_pid == 0
    number = signal.sigwait(_held())
    return number, number in (signal.SIGINT, signal.SIGQUIT) and os.isatty(0)
