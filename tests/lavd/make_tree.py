"""Write a small sample tree with Lavd 0.2.7's own logger, and what its own reader finds there, for compatibility tests.

    python -m venv lavd && lavd/bin/pip install lavd==0.2.7
    lavd/bin/python tests/lavd/make_tree.py tests/lavd/tree tests/lavd/found.json

The tree must not exist yet. It receives the experiments `baseline` (every kind of file the logger can write without
torch) and `sparse` (nothing but global items).
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import lavd
from PIL import Image

STEPS = 3
IMAGE_SIZE = (64, 48)


def build_parser() -> argparse.ArgumentParser:
    """A command line with every shape of argument whose record is worth checking."""
    parser = argparse.ArgumentParser(prog="train.py")
    parser.add_argument("dataset", help="Training data")
    parser.add_argument("extra", nargs="*", help="More data sets")
    parser.add_argument("-e", "--epochs", type=int, default=10, help="Number of epochs")
    parser.add_argument("-l", "--learning-rate", dest="lr", type=float, default=1e-3)
    parser.add_argument("--optimiser", choices=["sgd", "adam"], default="adam")
    parser.add_argument("--sizes", type=int, nargs="+")
    parser.add_argument("--shuffle", action="store_true", help="Shuffle the data")
    parser.add_argument("--output", type=Path, default=None)
    parser.add_argument("-q", action="count", default=0)
    return parser


def sample_image(step: int) -> Image.Image:
    """A dark field with a bright block that moves to the right with each step."""
    image = Image.new("RGB", IMAGE_SIZE, (20, 30, 60))
    image.paste((240, 180, 40), (8 * step, 8, 8 * step + 16, 24))
    return image


def log_step(logger: lavd.Logger, step: int) -> None:
    """Log each kind of item that may belong to a step."""
    logger.set_prefix(f"[{step} / {STEPS}]")
    logger.start("Train")
    logger.log_scalar(1 / step, "loss", step=step)
    logger.log_scalar(1 - 0.5**step, "metrics/accuracy", step=step)
    logger.log_scalar((float("nan"), float("-inf"), 2**70)[step - 1], "metrics/odd", step=step)
    boxes = [
        {
            "xStart": 8 * step,
            "yStart": 8,
            "xEnd": 8 * step + 16,
            "yEnd": 24,
            "className": "block",
            "probability": 0.3 * step,
        },
        {"xStart": 40, "yStart": 30, "xEnd": 60, "yEnd": 44},
    ]
    logger.log_image(
        sample_image(step), "detected", step=step, boxes=boxes, classes=["block", "none"], threshold=0.5
    )
    logger.log_image(sample_image(step), "plain/image", step=step, extension=".jpg")
    logger.log_text(f"prediction {step}", "sentence", step=step)
    logger.log_text(f"helo wörld {step}", "compared", step=step, expected="hello world")
    logger.log_markdown(f"# Step {step}\n\nAll *well*.", "notes", step=step)
    logger.end("Train")


def write_baseline(root: Path) -> None:
    """An experiment that uses every method that writes or prints something."""
    logger = lavd.Logger("baseline", log_dir=root)
    parser = build_parser()
    arguments = "data.csv more.csv -e 3 --optimiser sgd --sizes 1 2 --shuffle --output out -qq"
    logger.log_command(parser, parser.parse_args(arguments.split()), script_name="train.py")
    logger.log_summary(
        infos={"seed": 7, "size": {"train": 1000, "validation": 50}},
        sections={"Remarks": "One string", "Lines": ["first", "second"]},
        options=argparse.Namespace(epochs=3, lr=0.001),
    )
    logger.println("{} in {place}", "Hello", place="stdout")
    logger.eprintln("Careful\nsecond line\tafter a tab")
    logger.log("NOTE", "A message with a tag of its own")
    with logger.spinner("Load"):
        pass
    for step in logger.progress_bar("Epochs", range(1, STEPS + 1), ascii=True):
        log_step(logger, step)
    rows = [["Train", 978, 0.978], ["Test", None, None]]
    logger.print_table(["Name", "Correct", "Accuracy"], rows, indent_level=1)
    logger.log_image(sample_image(0), "cover")
    logger.log_text("Belongs to the whole experiment", "about")
    logger.log_markdown("# Report\n", "reports/final")


def write_sparse(root: Path) -> None:
    """An experiment without steps, logged in part by a logger that is switched off."""
    logger = lavd.Logger("sparse", log_dir=root, disabled=True)
    logger.log_text("never written", "silent")
    logger.enable()
    logger.log_text("", "empty")
    logger.log_text("actual", "pair", expected="expected")


def items_found(root: Path) -> list[dict[str, Any]]:
    """What Lavd's reader finds: experiment, kind, label, step (null: global) and content."""
    from lavd.fs import gather_data

    found = []
    for experiment, kinds in gather_data(root).full.items():
        for kind, labels in kinds.items():
            if kind == "command":
                found.append([experiment, kind, "command", None, labels])
                continue
            for label, items in labels.items():
                steps = list(items.get("steps", {}).items())
                steps += [(None, items["global"])] if "global" in items else []
                found += [
                    [experiment, kind, label, step, _without_pixels(content)] for step, content in steps
                ]
    keys = ("experiment", "kind", "label", "step", "content")
    return [dict(zip(keys, item, strict=True)) for item in sorted(found, key=str)]


def _without_pixels(content: dict[str, Any]) -> dict[str, Any]:
    content.get("thumbnail", {}).pop("base64", None)
    return content


def main() -> None:
    cli = argparse.ArgumentParser(description="Write a sample tree with Lavd's logger")
    cli.add_argument("target", type=Path, help="directory to create")
    cli.add_argument("found", type=Path, help="JSON file to write")
    target, found = (path.absolute() for path in vars(cli.parse_args()).values())
    target.mkdir(parents=True)
    sys.argv = ["train.py", "data.csv"]  # recorded in the summary
    os.chdir(target)  # outside of any repository, so that no diff of one is recorded
    write_baseline(target)
    write_sparse(target)
    found.write_text(json.dumps(items_found(target), indent=1) + "\n")


if __name__ == "__main__":
    main()
