"""accelerate: what a loop gives to `accelerator.log`; two processes on gloo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator

from lavdlike.integrations.accelerate import LavdlikeTracker
from tools.frameworks.integrations.written import Written, check_same

STEPS = 10


def train(name: str, writer: str | None = None) -> list[tuple[int, float]]:
    torch.manual_seed(1)
    tracker = LavdlikeTracker(name, total=STEPS, writer=writer)
    accelerator = Accelerator(cpu=True, log_with=tracker)
    accelerator.init_trackers("project", config={"rate": 0.1, "layers": 1})
    model = torch.nn.Linear(4, 1)
    model, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=0.1))
    reported = []
    for step in range(STEPS):
        loss = model(torch.full((2, 4), 0.1 * (step + 1))).pow(2).mean()
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        # Accelerate calls its trackers in the main process alone.
        log = accelerator.log if writer is None else tracker.log
        log({"loss": loss.item(), "parts": {"half": loss.item() / 2}, "note": "fine"}, step=step)
        reported.append((step, loss.item()))
    if accelerator.is_main_process:  # elsewhere there is no tracker to get
        accelerator.get_tracker("lavdlike").log_images({"squares": np.zeros((3, 8, 8, 3))}, step=1)
    accelerator.end_training()
    if writer is not None:
        tracker.finish()
    return reported


def check_alone() -> int:
    reported = train("run")
    written = Written("log/run")
    assert written.labels == ["loss", "parts/half"]
    assert written.document["config"] == {"rate": 0.1, "layers": 1}
    assert written.progress("Training") == (STEPS, STEPS)
    assert (written.folder / "0003/note.txt").read_text() == "fine\n"
    assert len(list((written.folder / "0001/squares").glob("*.png"))) == 3
    halves = [(step, value / 2) for step, value in reported]
    return check_same(written.points("loss"), reported) + check_same(written.points("parts/half"), halves)


def check_distributed() -> int:
    for name, writer in (("ddp", ""), ("ranks", "rank")):
        launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
        subprocess.run([*launch, __file__, name, writer], check=True, timeout=120, stdout=2)
    assert [file.name for file in Path("log/ddp").glob("scalars*")] == ["scalars.tsv"]
    assert len(Written("log/ddp").outcomes) == 1
    each = [Written("log/ranks", f"rank{rank}").points("loss") for rank in (0, 1)]
    return check_same(each[0], each[1]) + check_same(Written("log/ddp").points("loss"), each[0])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        train(sys.argv[1], sys.argv[2] or None)
        sys.exit()
    print(f"{check_alone()} values as given, {check_distributed()} of two processes on gloo")
