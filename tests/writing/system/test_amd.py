from __future__ import annotations

from pathlib import Path

from lavdlike.writing.system.amd import AmdGpus
from lavdlike.writing.system.counters import Gpu


def _card(system: Path, name: str, files: dict[str, str]) -> None:
    for file, text in files.items():
        path = system / "class/drm" / name / "device" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def test_a_card_says_how_busy_it_is(tmp_path: Path) -> None:
    _card(
        tmp_path,
        "card10",
        {
            "vendor": "0x1002",
            "gpu_busy_percent": "40",
            "mem_info_vram_used": "100",
            "mem_info_vram_total": "400",
            "hwmon/hwmon3/power1_average": "250000000",
            "hwmon/hwmon3/temp1_input": "65000",
        },
    )
    _card(tmp_path, "card2", {"vendor": "0x1002", "gpu_busy_percent": "7"})
    _card(tmp_path, "card2-DP-1", {"vendor": "0x1002", "gpu_busy_percent": "99"})
    _card(tmp_path, "card1", {"vendor": "0x8086", "gpu_busy_percent": "1"})
    _card(tmp_path, "card0", {"vendor": "0x1002"})
    assert AmdGpus(tmp_path).look() == [
        Gpu("gpu0", busy=0.07),
        Gpu("gpu1", 0.4, 100, 400, None, 250.0, 65.0),
    ]


def test_without_a_card_there_is_none(tmp_path: Path) -> None:
    assert AmdGpus(tmp_path).look() == []
