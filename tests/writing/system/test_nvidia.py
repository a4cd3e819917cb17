"""NVIDIA's library needs its driver, which no machine for tests has: a stand-in answers as its documentation says."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lavdlike.writing.system.counters import Gpu
from lavdlike.writing.system.nvidia import NvidiaGpus


class NvmlError(Exception):
    pass


def _refuses(*_: object) -> object:
    raise NvmlError("Not Supported")


def _library(**answers: object) -> SimpleNamespace:
    known = {
        "nvmlInit": lambda: None,
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetUtilizationRates": lambda _: SimpleNamespace(gpu=80, memory=10),
        "nvmlDeviceGetMemoryInfo": lambda _: SimpleNamespace(used=30, total=100),
        "nvmlDeviceGetPowerUsage": lambda _: 350_500,
        "nvmlDeviceGetTemperature": lambda _, __: 61,
        "nvmlDeviceGetComputeRunningProcesses": lambda _: [
            SimpleNamespace(pid=7, usedGpuMemory=20),
            SimpleNamespace(pid=8, usedGpuMemory=5),
        ],
    }
    return SimpleNamespace(**{**known, **answers})


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    (tmp_path / "nvidiactl").touch()
    return tmp_path / "nvidiactl"


def test_a_gpu_says_how_busy_it_is_and_what_the_run_holds(
    driver: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", _library())
    assert NvidiaGpus(driver).look({7}) == [Gpu("gpu0", 0.8, 30, 100, 20, 350.5, 61)]


def test_what_a_gpu_does_not_say_is_left_out(driver: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {"nvmlDeviceGetPowerUsage": _refuses, "nvmlDeviceGetComputeRunningProcesses": _refuses}
    monkeypatch.setitem(sys.modules, "pynvml", _library(**refused))
    assert NvidiaGpus(driver).look({7}) == [Gpu("gpu0", 0.8, 30, 100, None, None, 61)]


def test_a_driver_that_does_not_answer_is_said_once(
    driver: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", _library(nvmlInit=_refuses))
    gpus = NvidiaGpus(driver)
    with caplog.at_level(logging.WARNING, "lavdlike"):
        assert gpus.look(set()) == gpus.look(set()) == []
    assert [record.getMessage() for record in caplog.records] == [
        "the NVIDIA GPUs of this host are not measured: Not Supported"
    ]


def test_what_to_install_is_said_where_there_is_a_driver(
    driver: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with caplog.at_level(logging.WARNING, "lavdlike"):
        assert NvidiaGpus(driver).look(set()) == []
    assert "pip install 'lavdlike[system]'" in caplog.text


def test_without_a_driver_nothing_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert NvidiaGpus(tmp_path / "none").look(set()) == []
    assert caplog.records == []
