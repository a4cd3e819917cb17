"""Weights of no network."""

from __future__ import annotations

import random


def weights(count: int, centres: list[float], spread: float, seed: int) -> list[float]:
    """Random weights around these centres. Their sums are exact, so that every processor writes the same digits."""
    chance = random.Random(seed)
    return [round(chance.gauss(chance.choice(centres), spread) * 2**12) / 2**12 for _ in range(count)]
