"""Stable-Baselines3: beside its CSVOutputFormat; a model that goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.logger import CSVOutputFormat, Image, Logger, configure

from lavdlike.integrations.stable_baselines3 import LavdlikeCallback, LavdlikeOutputFormat
from tools.frameworks.integrations.written import Written, check_same, rows_in


class More(BaseCallback):
    """What people record beside numbers."""

    def _on_step(self) -> bool:
        if self.num_timesteps == 64:
            self.logger.record("frame", Image(np.zeros((8, 8, 3), np.uint8), "HWC"), exclude=("csv",))
            self.logger.record("weights", np.arange(9.0), exclude=("csv",))
            self.logger.record("secret", 1.0, exclude=("lavdlike",))
        return True


def rows_of(file: Path) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for row in rows_in(file):
        step = int(float(row["time/total_timesteps"]))
        for name, value in row.items():
            if value and name != "secret":
                found.setdefault(name, []).append((step, float(value)))
    return found


def check_beside_csv() -> int:
    model = PPO("MlpPolicy", "CartPole-v1", n_steps=64, batch_size=32, n_epochs=1, seed=1, device="cpu")
    model.set_logger(configure("csv", ["csv"]))
    model.learn(256, callback=CallbackList([LavdlikeCallback("run"), More()]))
    rows, written = rows_of(Path("csv/progress.csv")), Written("log/run")
    assert written.labels == sorted(rows), (written.labels, sorted(rows))
    count = sum(check_same(written.points(name), rows[name], single=True) for name in rows)
    assert written.progress("Training") == (256, 256)
    assert written.document["config"]["algorithm"] == "PPO" and written.document["config"]["n_steps"] == 64
    files = {path.relative_to("log/run").as_posix() for path in Path("log/run").rglob("*") if path.is_file()}
    assert {"0064/frame.png", "0064/weights.json"} <= files, files
    model.learn(128, callback=LavdlikeCallback("run"), reset_num_timesteps=False)
    sessions = Written("log/run").document["sessions"]
    assert [session.get("resumedFrom") for session in sessions] == [None, 256], sessions
    steps = [step for step, _ in Written("log/run").points("train/loss")]
    assert steps[-1] > 256 and steps == sorted(steps), steps
    return count


def check_output_format() -> int:
    logger = Logger(None, [LavdlikeOutputFormat("alone"), CSVOutputFormat("alone.csv")])
    for step in range(3):
        logger.record("loss", 1 / (step + 1))
        logger.record("time/total_timesteps", step)
        logger.dump(step)
    logger.close()
    written = Written("log/alone")
    assert written.outcomes == ["finished"]
    return sum(check_same(written.points(name), rows) for name, rows in rows_of(Path("alone.csv")).items())


if __name__ == "__main__":
    print(f"{check_beside_csv() + check_output_format()} values as in CSVOutputFormat's")
