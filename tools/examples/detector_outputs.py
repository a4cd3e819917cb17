"""What the detector shows beside its pictures: figures, a dial, a horn, and the shape of a car."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tools.examples.street import CLASSES


def precision_recall(skill: float) -> dict[str, Any]:
    """How precise each class is found at which recall, as a figure of plotly."""
    recall = [round(0.05 * point, 2) for point in range(21)]
    traces = [
        {
            "type": "scatter",
            "name": name,
            "x": recall,
            "y": [round(skill * (1 - at ** (2 + 6 * skill * ease)), 4) for at in recall],
        }
        for name, ease in zip(CLASSES, (1.1, 0.7, 0.9), strict=True)
    ]
    axes = {
        "xaxis": {"title": {"text": "Recall"}},
        "yaxis": {"title": {"text": "Precision"}, "range": [0, 1]},
    }
    return {"data": traces, "layout": axes}


def loss_surface() -> dict[str, Any]:
    """The loss around the weights that were found, along two random directions."""
    along = np.linspace(-1, 1, 17)
    x, y = np.meshgrid(along, along)
    loss = 0.4 + 0.9 * x**2 + 0.5 * y**2 + 0.15 * np.cos(5 * x) * np.sin(4 * y)
    surface = {"type": "surface", "x": along.round(3), "y": along.round(3), "z": loss.round(3)}
    return {"data": [surface], "layout": {"title": {"text": "Loss around the weights"}}}


def skill_dial(skill: float) -> str:
    """A dial of how much is found, as SVG."""
    angle = math.pi * (1 - skill)
    end = f"{50 + 40 * math.cos(angle):.1f} {50 - 40 * math.sin(angle):.1f}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 62" font-family="sans-serif" font-size="9">\n'
        '<path d="M10 50A40 40 0 0 1 90 50" fill="none" stroke="#ddd" stroke-width="8"/>\n'
        f'<path d="M10 50A40 40 0 0 1 {end}" fill="none" stroke="#3568d4" stroke-width="8"/>\n'
        f'<text x="50" y="49" text-anchor="middle">{skill:.0%} found</text>\n</svg>\n'
    )


def horn(skill: float) -> np.ndarray:
    """Half a second of a car's horn, out of the noise that less skill leaves; at 8,000 samples a second."""
    time_s = np.arange(4000) / 8000
    tone = np.sin(2 * math.pi * 420 * time_s) + np.sin(2 * math.pi * 520 * time_s)
    swell = np.minimum(1, np.minimum(time_s, 0.5 - time_s) / 0.05)
    noise = np.random.default_rng(7).normal(0, 0.3 * (1 - skill), 4000)
    return np.asarray(0.4 * swell * tone + noise)


CAR_PROFILE = [(0, 0), (4.2, 0), (4.2, 0.7), (3.4, 0.8), (2.8, 1.4), (1.2, 1.4), (0.6, 0.8), (0, 0.7)]
CAR_WIDTH = 1.7


def scanned_car(skill: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of a car's hull, the nearer to it the more skill there is, coloured by height; z is up."""
    chance = np.random.default_rng(4)
    corners = np.array([*CAR_PROFILE, CAR_PROFILE[0]], float)
    edge = chance.integers(0, len(CAR_PROFILE), 900)
    along = chance.random((900, 1))
    side = corners[edge] * (1 - along) + corners[edge + 1] * along
    points = np.column_stack([side[:, 0], chance.random(900) * CAR_WIDTH, side[:, 1]])
    points += chance.normal(0, 0.02 + 0.3 * (1 - skill), points.shape)
    height = np.clip(points[:, 2:] / 1.4, 0, 1)
    return points, np.hstack([height, 0.45 + 0 * height, 1 - height])


def car_hull(skill: float) -> np.ndarray:
    """Corners of the hull, which find their places with skill: those of the left side, then of the right."""
    profile = np.array(CAR_PROFILE)
    middle = profile.mean(axis=0)
    profile = middle + (profile - middle) * (0.5 + 0.5 * skill)
    sides = [
        np.column_stack([profile[:, 0], np.full(len(profile), y), profile[:, 1]]) for y in (0, CAR_WIDTH)
    ]
    return np.vstack(sides)


def car_faces() -> list[list[int]]:
    """Triangles of the hull: a fan over each side, and a band around it."""
    count = len(CAR_PROFILE)
    hub = 4
    fan = [[hub, edge, (edge + 1) % count] for edge in range(count) if hub not in (edge, (edge + 1) % count)]
    right = [[corner + count for corner in reversed(face)] for face in fan]
    band = [
        face
        for edge in range(count)
        for after in [(edge + 1) % count]
        for face in ([edge, edge + count, after], [after, edge + count, after + count])
    ]
    return fan + right + band
