from __future__ import annotations

import pytest

from lavdlike.writing.system.counters import Counters, Gpu, Traffic, Tree
from lavdlike.writing.system.measures import values_between

BEFORE = Counters(
    100.0, 4, 50.0, disk=Traffic(0, 2**20), network=Traffic(0, 0), run=Tree(10.0, 2**30, Traffic(0, 0))
)


def test_what_was_counted_becomes_what_a_second_had() -> None:
    now = Counters(
        110.0,
        4,
        70.0,
        used_bytes=3 * 2**30,
        memory_bytes=4 * 2**30,
        disk=Traffic(20 * 2**20, 2**20),
        network=Traffic(2**20, 5 * 2**20),
        run=Tree(25.0, 2**29, Traffic(10 * 2**20, 0), processes=3),
    )
    assert values_between(BEFORE, now, disk_used=0.25) == {
        "system/cpu/host_percent": 50.0,  # 20 of 4 x 10 seconds
        "system/cpu/run_cores": 1.5,
        "system/memory/host_gib": 3.0,
        "system/memory/host_percent": 75.0,
        "system/memory/run_gib": 0.5,
        "system/processes/run": 3,
        "system/disk/read_mib_per_s": 2.0,
        "system/disk/written_mib_per_s": 0.0,
        "system/disk/run_read_mib_per_s": 1.0,
        "system/disk/run_written_mib_per_s": 0.0,
        "system/disk/used_percent": 25.0,
        "system/network/received_mib_per_s": 0.1,
        "system/network/sent_mib_per_s": 0.5,
    }


def test_what_the_system_does_not_say_is_left_out() -> None:
    assert values_between(Counters(1.0, 4), Counters(2.0, 4)) == {}


def test_counters_that_go_back_are_zero_and_not_negative() -> None:
    now = BEFORE._replace(at_s=101.0, busy_s=49.0, run=Tree(9.0, 1), network=Traffic(0, 0))
    found = values_between(BEFORE, now)
    assert (found["system/cpu/host_percent"], found["system/cpu/run_cores"]) == (0.0, 0.0)


def test_two_looks_at_one_moment_say_nothing() -> None:
    assert values_between(BEFORE, BEFORE) == {}


def test_a_gpu_says_what_its_driver_says() -> None:
    whole = Gpu("gpu0", 0.5, 2**30, 4 * 2**30, 2**29, 300.0, 60.0)
    found = values_between(BEFORE, BEFORE._replace(at_s=110.0, gpus=(whole, Gpu("gpu1"))))
    gpus = {label: value for label, value in found.items() if "gpu" in label}
    assert gpus == {
        "system/gpu0/busy_percent": 50.0,
        "system/gpu0/memory_gib": 1.0,
        "system/gpu0/memory_percent": 25.0,
        "system/gpu0/run_memory_gib": 0.5,
        "system/gpu0/power_w": 300.0,
        "system/gpu0/temperature_c": 60.0,
    }


def test_of_a_busy_host_there_is_not_more_than_all() -> None:
    now = BEFORE._replace(at_s=101.0, busy_s=60.0)
    assert values_between(BEFORE, now)["system/cpu/host_percent"] == pytest.approx(100.0)
