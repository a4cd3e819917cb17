"""transformers: beside the history that the Trainer keeps; on from a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainingArguments

from lavdlike.integrations.transformers import LavdlikeCallback, label_of_log
from tools.frameworks.integrations.written import Written, check_same

STEPS = 12


class Model(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.layer = torch.nn.Linear(4, 1)

    def forward(self, x: Any, labels: Any) -> dict[str, Any]:
        out = self.layer(x).squeeze(-1)
        return {"loss": torch.nn.functional.mse_loss(out, labels), "logits": out}


def data() -> list[dict[str, Any]]:
    values = torch.arange(48 * 4, dtype=torch.float32).reshape(-1, 4).sin()
    return [{"x": row, "labels": row.sum()} for row in values]


def trainer(name: str, steps: int = STEPS, folder: str = "out", **options: Any) -> Any:
    args = TrainingArguments(
        folder,
        max_steps=steps,
        per_device_train_batch_size=4,
        logging_steps=2,
        eval_strategy="steps",
        eval_steps=4,
        save_steps=4,
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        seed=3,
        hub_token="hf_secret",
    )
    callback = LavdlikeCallback(name, **options)
    return Trainer(
        Model(),
        args,
        train_dataset=data(),
        eval_dataset=data(),
        callbacks=[callback],
        compute_metrics=lambda found: {"mean": float(found.predictions.mean())},
    )


def history_of(run: Any) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for row in run.state.log_history:
        for key, value in row.items():
            if key != "step":
                found.setdefault(label_of_log(key), []).append((row["step"], float(value)))
    return found


def check_beside_history() -> int:
    run = trainer("run")
    run.train()
    written, rows = Written("log/run"), history_of(run)
    assert written.labels == sorted(rows), (written.labels, sorted(rows))
    count = sum(check_same(written.points(name), rows[name]) for name in rows)
    assert written.progress("Training") == (STEPS, STEPS)
    assert written.progress("Evaluation")[0] == written.progress("Evaluation")[1] == 6
    config = written.document["config"]
    assert config["learning_rate"] == 5e-5 and config["max_steps"] == STEPS
    assert "hf_secret" not in Path("log/run/experiment.json").read_text()
    assert written.outcomes == ["finished"]
    return count


def check_goes_on() -> int:
    trainer("resumed", steps=8, folder="again").train()
    run = trainer("resumed", folder="again")
    run.train(resume_from_checkpoint="again/checkpoint-4")
    sessions = Written("log/resumed").document["sessions"]
    assert [session.get("resumedFrom") for session in sessions] == [None, 4], sessions
    points = Written("log/resumed").points("eval/loss")
    assert [step for step, _ in points] == [4, 8, 12], points
    return check_same(points, history_of(run)["eval/loss"])


if __name__ == "__main__":
    print(f"{check_beside_history() + check_goes_on()} values as in the Trainer's history")
