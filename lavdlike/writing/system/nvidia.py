"""NVIDIA's GPUs, by `nvidia-ml-py`, which is an extra (`lavdlike[system]`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

from lavdlike.writing.system.counters import Gpu

T = TypeVar("T")
_DEVICE = Path("/dev/nvidiactl")
_TEMPERATURE_OF_CHIP = 0

_log = logging.getLogger("lavdlike")


class NvidiaGpus:
    """Those of this host, found at the first look. `device`: is there where the driver is."""

    def __init__(self, device: Path = _DEVICE) -> None:
        self._device = device
        self._library: Any = None
        self._handles: list[Any] | None = None

    def look(self, pids: Collection[int]) -> list[Gpu]:
        """`pids`: the processes of the run, whose memory is told apart."""
        if self._handles is None:
            self._handles = self._found()
        return [self._gpu(f"gpu{index}", handle, pids) for index, handle in enumerate(self._handles)]

    def _found(self) -> list[Any]:
        if not self._device.exists():
            return []
        try:
            import pynvml
        except ImportError:
            _log.warning(
                "the NVIDIA GPUs of this host are not measured: pip install 'lavdlike[system]' (nvidia-ml-py)"
            )
            return []
        self._library = pynvml
        try:
            pynvml.nvmlInit()
            return [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        except Exception as error:  # noqa: BLE001 - drivers fail in many ways, and the script goes on
            _log.warning("the NVIDIA GPUs of this host are not measured: %s", error)
            return []

    def _gpu(self, name: str, handle: Any, pids: Collection[int]) -> Gpu:
        library = self._library
        rates = _answer(library.nvmlDeviceGetUtilizationRates, handle)
        memory = _answer(library.nvmlDeviceGetMemoryInfo, handle)
        power_mw = _answer(library.nvmlDeviceGetPowerUsage, handle)
        running = _answer(library.nvmlDeviceGetComputeRunningProcesses, handle)
        of_run = [each.usedGpuMemory or 0 for each in running or () if each.pid in pids]
        return Gpu(
            name,
            busy=None if rates is None else rates.gpu / 100,
            used_bytes=None if memory is None else memory.used,
            total_bytes=None if memory is None else memory.total,
            run_bytes=sum(of_run) if of_run else None,
            power_w=None if power_mw is None else power_mw / 1000,
            temperature_c=_answer(library.nvmlDeviceGetTemperature, handle, _TEMPERATURE_OF_CHIP),
        )


def _answer(ask: Callable[..., T], *arguments: Any) -> T | None:
    """None where this GPU does not say."""
    try:
        return ask(*arguments)
    except Exception:  # noqa: BLE001 - the library's own error, of which each driver has other ones
        return None
