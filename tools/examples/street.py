"""Streets as pictures, what is in them, and what a detector of some skill (0 to 1) makes of that."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

SCENE_SIZE = (320, 200)
CLASSES = ["car", "person", "tree"]
SEGMENTS = ["background", *CLASSES, "road"]
JOINTS = ["head", "neck", "left hip", "right hip", "left foot", "right foot"]
BONES = [[0, 1], [1, 2], [1, 3], [2, 4], [3, 5]]
Box = tuple[str, int, int, int, int]  # class, left, top, right, bottom in pixels


def draw_scene(chance: random.Random) -> tuple[Image.Image, list[Box]]:
    """A street with houses, trees, cars and people, and where they are."""
    image = Image.new("RGB", SCENE_SIZE)
    draw = ImageDraw.Draw(image)
    draw_houses(draw, chance)
    return image, [*draw_trees(draw, chance), *draw_cars(draw, chance), *draw_people(draw, chance)]


def draw_houses(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """With the sky behind them and the road in front."""
    width, height = SCENE_SIZE
    dusk = chance.random()
    for y in range(height):
        light = 1 - 0.5 * dusk * (1 - y / height)
        draw.line([(0, y), (width, y)], fill=tuple(int(c * light) for c in (186 - y // 4, 214 - y // 6, 240)))
    x = -10
    while x < width:
        wide, tall = chance.randint(34, 62), chance.randint(45, 95)
        wall = chance.choice(
            [(196, 164, 132), (150, 140, 135), (176, 120, 100), (120, 130, 145), (205, 195, 175)]
        )
        draw.rectangle([x, 130 - tall, x + wide, 130], fill=wall)
        for row in range(132 - tall + 6, 120, 16):
            for column in range(x + 6, x + wide - 8, 13):
                lit = chance.random() < 0.25 + 0.5 * dusk
                draw.rectangle(
                    [column, row, column + 6, row + 9], fill=(250, 226, 150) if lit else (70, 85, 105)
                )
        x += wide + chance.randint(0, 5)
    draw.rectangle([0, 128, width, 142], fill=(165, 163, 158))
    draw.rectangle([0, 142, width, height], fill=(78, 80, 86))
    for stripe in range(6, width, 44):
        draw.rectangle([stripe, 170, stripe + 22, 172], fill=(222, 220, 205))


def draw_trees(draw: ImageDraw.ImageDraw, chance: random.Random) -> Iterator[Box]:
    for spot in chance.sample(range(12, SCENE_SIZE[0] - 40, 58), 2):
        draw.rectangle([spot + 13, 96, spot + 18, 134], fill=(92, 66, 45))
        for dx, dy, radius in ((4, 84, 13), (16, 74, 15), (26, 86, 12), (15, 92, 13)):
            green = chance.randint(92, 132)
            draw.ellipse(
                [spot + dx - radius, dy - radius, spot + dx + radius, dy + radius], fill=(52, green, 62)
            )
        yield "tree", spot - 9, 59, spot + 38, 134


def draw_cars(draw: ImageDraw.ImageDraw, chance: random.Random) -> Iterator[Box]:
    for spot in chance.sample(range(8, SCENE_SIZE[0] - 90, 84), chance.randint(1, 3)):
        top = chance.choice([138, 160])
        paint = chance.choice([(190, 48, 44), (44, 92, 160), (232, 232, 228), (40, 44, 50), (226, 168, 46)])
        draw.rounded_rectangle([spot, top + 12, spot + 70, top + 30], 6, fill=paint)
        draw.polygon(
            [(spot + 12, top + 13), (spot + 22, top), (spot + 50, top), (spot + 61, top + 13)], fill=paint
        )
        draw.polygon(
            [(spot + 17, top + 12), (spot + 24, top + 3), (spot + 48, top + 3), (spot + 55, top + 12)],
            fill=(178, 206, 224),
        )
        for wheel in (spot + 10, spot + 48):
            draw.ellipse([wheel, top + 23, wheel + 13, top + 36], fill=(24, 24, 26))
            draw.ellipse([wheel + 4, top + 27, wheel + 9, top + 32], fill=(168, 168, 172))
        yield "car", spot, top, spot + 70, top + 36


def draw_people(draw: ImageDraw.ImageDraw, chance: random.Random) -> Iterator[Box]:
    for spot in chance.sample(range(6, SCENE_SIZE[0] - 16, 33), chance.randint(1, 4)):
        top = chance.randint(100, 112)
        coat = chance.choice([(206, 72, 60), (62, 108, 148), (86, 132, 80), (146, 92, 150), (60, 60, 64)])
        draw.ellipse([spot + 3, top, spot + 10, top + 8], fill=(226, 182, 150))
        draw.rounded_rectangle([spot, top + 8, spot + 13, top + 24], 4, fill=coat)
        draw.line([(spot + 4, top + 24), (spot + 3, top + 37)], fill=(38, 42, 56), width=3)
        draw.line([(spot + 9, top + 24), (spot + 11, top + 37)], fill=(38, 42, 56), width=3)
        yield "person", spot - 1, top - 1, spot + 14, top + 38


def detected(boxes: list[Box], skill: float, chance: random.Random) -> list[dict[str, Any]]:
    """What a detector of this skill (0 to 1) makes of the true boxes: shifted, of a wrong class, with ghosts."""
    found = []
    for name, left, top, right, bottom in boxes:
        blur = 16 * (1 - skill)
        shift = [round(chance.gauss(0, blur)) for _ in range(4)]
        seen_as = name if chance.random() < 0.45 + 0.6 * skill else chance.choice(CLASSES)
        found.append(
            {
                "xStart": max(0, left + shift[0]),
                "yStart": max(0, top + shift[1]),
                "xEnd": min(SCENE_SIZE[0], max(left + shift[0] + 6, right + shift[2])),
                "yEnd": min(SCENE_SIZE[1], max(top + shift[1] + 6, bottom + shift[3])),
                "className": seen_as,
                "probability": round(min(0.995, max(0.05, 0.25 + 0.7 * skill + chance.gauss(0, 0.08))), 3),
            }
        )
    for _ in range(round(4 * (1 - skill))):  # ghosts
        left, top = chance.randint(0, 270), chance.randint(40, 150)
        found.append(
            {
                "xStart": left,
                "yStart": top,
                "xEnd": left + chance.randint(12, 50),
                "yEnd": top + chance.randint(12, 45),
                "className": chance.choice(CLASSES),
                "probability": round(chance.uniform(0.05, 0.45), 3),
            }
        )
    return found


def found_people(skill: float, seed: int) -> tuple[list[bool], list[float]]:
    """Whether there is a person in each of some pictures, and how sure a detector of this skill is of it."""
    chance = random.Random(seed)
    truth = [chance.random() < 0.4 for _ in range(150)]
    return truth, [round(chance.gauss(skill * (1 if is_there else -1), 0.9), 3) for is_there in truth]


def taken_classes(skill: float, seed: int) -> tuple[list[str], list[str]]:
    """The classes of some boxes, and for which a detector of this skill takes them."""
    chance = random.Random(seed)
    actual = [chance.choice(CLASSES) for _ in range(600)]
    return actual, [
        name if chance.random() < 0.3 + 0.65 * skill else chance.choice(CLASSES) for name in actual
    ]


def drawn_things(boxes: list[Box], skill: float) -> dict[str, Any]:
    """The pixels, outlines and skeletons of a scene's things, as a model of this skill (0 to 1) sees them."""
    chance = random.Random(7)
    mask = Image.new("L", SCENE_SIZE)
    draw = ImageDraw.Draw(mask)
    draw.rectangle([0, 142, *SCENE_SIZE], fill=SEGMENTS.index("road"))
    polygons, keypoints = [], []

    def seen(x: float, y: float) -> list[float]:
        return [round(place + chance.gauss(0, 3 * (1 - skill)), 1) for place in (x, y)]

    for name, left, top, _, bottom in boxes:
        value = SEGMENTS.index(name)
        if name == "tree":
            draw.rectangle([left + 22, top + 37, left + 27, bottom], fill=value)
            for dx, dy, radius in ((13, 25, 13), (25, 15, 15), (35, 27, 12), (24, 33, 13)):
                x, y = left + dx, top + dy
                draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=value)
        elif name == "car":
            hull = [
                (0, 13),
                (12, 13),
                (22, 0),
                (50, 0),
                (61, 13),
                (70, 13),
                (70, 30),
                (60, 36),
                (10, 36),
                (0, 30),
            ]
            corners = [(left + x, top + y) for x, y in hull]
            draw.polygon(corners, fill=value)
            outline = [seen(*corner) for corner in corners]
            polygons.append({"points": outline, "className": "car", "probability": round(0.5 + skill / 2, 2)})
        else:
            draw.ellipse([left + 4, top + 1, left + 11, top + 9], fill=value)
            draw.rectangle([left + 1, top + 9, left + 14, top + 25], fill=value)
            draw.rectangle([left + 3, top + 25, left + 12, bottom], fill=value)
            places = [(7.5, 5), (7.5, 10), (5, 25), (10, 25), (4, 37), (12, 37)]
            points = [seen(left + x, top + y) for x, y in places]
            keypoints.append({"points": points, "edges": BONES, "names": JOINTS, "className": "person"})
    found = np.asarray(mask)
    if skill < 0.9:  # the upper part of what it sees is still missing
        found = np.roll(found, 6, axis=0)
    return {
        "masks": {"found": found, "truth": np.asarray(mask)},
        "polygons": polygons,
        "keypoints": keypoints,
    }


def crops_seen() -> tuple[np.ndarray, list[str], list[np.ndarray]]:
    """What the network makes of some crops: 16 numbers each, their classes, and pictures of them."""
    chance = np.random.default_rng(5)
    names = [CLASSES[index % len(CLASSES)] for index in range(120)]
    middles = {name: chance.normal(0, 2, 16) for name in CLASSES}
    vectors = np.array([middles[name] + chance.normal(0, 1, 16) for name in names]).round(3)
    colours = {"car": (60, 110, 190), "person": (200, 90, 60), "tree": (60, 140, 80)}
    crops = []
    for name in names:
        crop = np.full((12, 12, 3), 225, np.uint8)
        top, left = chance.integers(1, 4, 2)
        crop[top : top + 7, left : left + 7] = colours[name]
        crops.append(crop)
    return vectors, names, crops
