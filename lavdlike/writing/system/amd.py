"""AMD's GPUs, by the files of their driver in `/sys`."""

from __future__ import annotations

import re
from pathlib import Path

from lavdlike.writing.system.counters import Gpu

_VENDOR = "0x1002"
_CARD = re.compile(r"card[0-9]+\Z")


class AmdGpus:
    """Those of this host, found once. `system`: where the kernel tells of devices."""

    def __init__(self, system: Path = Path("/sys")) -> None:
        cards = sorted(
            (card for card in _listed(system / "class/drm") if _CARD.match(card.name)),
            key=lambda card: int(card.name[4:]),
        )
        devices = [card / "device" for card in cards]
        # The cards of processors without memory of their own do not count what they do.
        self._devices = [
            device
            for device in devices
            if _text(device / "vendor") == _VENDOR and _number(device / "gpu_busy_percent") is not None
        ]

    def look(self) -> list[Gpu]:
        return [_gpu(f"gpu{index}", device) for index, device in enumerate(self._devices)]


def _gpu(name: str, device: Path) -> Gpu:
    busy = _number(device / "gpu_busy_percent")
    sensors = next((folder for folder in _listed(device / "hwmon")), device)
    power = _number(sensors / "power1_average")
    power = _number(sensors / "power1_input") if power is None else power
    temperature = _number(sensors / "temp1_input")
    return Gpu(
        name,
        busy=None if busy is None else busy / 100,
        used_bytes=_number(device / "mem_info_vram_used"),
        total_bytes=_number(device / "mem_info_vram_total"),
        power_w=None if power is None else power / 1e6,
        temperature_c=None if temperature is None else temperature / 1000,
    )


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _number(path: Path) -> int | None:
    try:
        return int(_text(path))
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""
