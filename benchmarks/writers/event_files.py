"""A tree of TensorBoard's event files: `[folder, runs, labels, steps]` as JSON."""

from __future__ import annotations

import json
import random
import sys

from tensorboardX import SummaryWriter

folder, runs, labels, steps = json.loads(sys.argv[1])
chance = random.Random(0)
for run in range(runs):
    with SummaryWriter(f"{folder}/run-{run:03d}") as writer:
        for step in range(steps):
            for label in range(labels):
                writer.add_scalar(f"group-{label % 4}/metric-{label}", chance.random() / (step + 1), step)
print(json.dumps({"count": runs * labels * steps}))
