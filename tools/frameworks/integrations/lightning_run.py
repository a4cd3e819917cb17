"""Lightning: beside its CSVLogger; on from a checkpoint; two processes on gloo; an error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.loggers import CSVLogger

from lavdlike.integrations.lightning import LavdlikeLogger
from tools.frameworks.integrations.written import Written, check_same, rows_in

EPOCHS, BATCHES = 4, 6


class Model(lightning.LightningModule):
    def __init__(self, rate: float = 0.1, fail_at: int = -1) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, 1)

    def training_step(self, batch: Any, index: int) -> Any:
        if self.global_step == self.hparams.fail_at:
            raise ArithmeticError("no more numbers")
        loss = self.layer(batch).pow(2).mean()
        self.log("train/loss", loss)
        self.log("rank", float(self.global_rank), rank_zero_only=False)
        return loss

    def validation_step(self, batch: Any, index: int) -> None:
        self.log("val/loss", self.layer(batch).abs().mean(), sync_dist=True)

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=self.hparams.rate)


def data() -> Any:
    values = torch.arange(BATCHES * 2 * 4, dtype=torch.float32).reshape(-1, 4).sin()
    return torch.utils.data.DataLoader(values, batch_size=2)


def trainer(loggers: Any, epochs: int = EPOCHS, **options: Any) -> Any:
    lightning.seed_everything(1, verbose=False)
    return lightning.Trainer(
        max_epochs=epochs,
        logger=loggers,
        log_every_n_steps=2,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
        **{"devices": 1, **options},
    )


def rows_of(logger: CSVLogger) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in rows_in(Path(logger.log_dir, "metrics.csv")):
        for name, value in row.items():
            if name != "step" and value:
                found[name].append((int(row["step"]), float(value)))
    return found


def check_beside_csv() -> int:
    theirs, ours = CSVLogger("csv"), LavdlikeLogger("run", tags=["tiny"])
    run = trainer([ours, theirs])
    run.fit(Model(), data(), data())
    written, rows = Written("log/run"), rows_of(theirs)
    assert written.labels == sorted(rows), (written.labels, sorted(rows))
    count = sum(check_same(written.points(name), rows[name]) for name in rows)
    assert written.progress("Training") == (EPOCHS * BATCHES, EPOCHS * BATCHES)
    assert written.progress("Validation") == (BATCHES, BATCHES)
    assert written.document["config"]["rate"] == 0.1 and written.document["tags"] == ["tiny"]
    assert written.outcomes == ["finished"], written.outcomes
    assert list(Path("log/run/checkpoints").glob("*.ckpt")), "no checkpoint beside the files"
    return count


def check_goes_on() -> int:
    whole = CSVLogger("csv")
    trainer(whole).fit(Model(), data(), data())
    first = trainer(LavdlikeLogger("resumed"), epochs=3)
    first.fit(Model(), data(), data())
    checkpoint = "after-two.ckpt"
    two = trainer(False, epochs=2)
    two.fit(Model(), data(), data())
    two.save_checkpoint(checkpoint)
    second = LavdlikeLogger("resumed")
    trainer(second).fit(Model(), data(), data(), ckpt_path=checkpoint)
    sessions = Written("log/resumed").document["sessions"]
    assert [session.get("resumedFrom") for session in sessions] == [None, 2 * BATCHES - 1], sessions
    written, rows = Written("log/resumed"), rows_of(whole)
    return sum(check_same(written.points(name), rows[name]) for name in rows)


def check_error() -> int:
    try:
        trainer(LavdlikeLogger("failed")).fit(Model(fail_at=5), data(), data())
    except ArithmeticError:
        pass
    else:
        raise AssertionError("it should have failed")
    assert Written("log/failed").outcomes == ["ArithmeticError: no more numbers"], Written(
        "log/failed"
    ).outcomes
    return 0


def train_distributed(name: str, writer: str | None) -> None:
    """What two processes do, each started by Lightning with this script."""
    loggers = [LavdlikeLogger(name, writer=writer), CSVLogger("csv", name, version="")]
    trainer(loggers, devices=2, strategy="ddp").fit(Model(), data(), data())


def check_distributed() -> int:
    count = 0
    for name, writer in (("ddp", ""), ("ranks", "rank")):
        subprocess.run(
            [sys.executable, __file__, name, writer], check=True, timeout=300, stdout=2, env={**os.environ}
        )
        written = Written(f"log/{name}", f"{writer}0" if writer else "")
        rows = rows_of(CSVLogger("csv", name, version=""))
        count += sum(check_same(written.points(label), rows[label]) for label in rows)
        assert written.progress("Training") == (EPOCHS * BATCHES / 2, EPOCHS * BATCHES / 2)
        if writer:
            other = Written(f"log/{name}", "rank1")
            assert other.labels and {value for _, value in other.points("rank")} == {1.0}
        else:
            assert len(written.outcomes) == 1, written.outcomes
            assert [file.name for file in Path("log/ddp").glob("scalars*")] == ["scalars.tsv"]
    return count


if __name__ == "__main__":
    if len(sys.argv) > 1:
        train_distributed(sys.argv[1], sys.argv[2] or None)
        sys.exit()
    total = check_beside_csv() + check_goes_on() + check_error()
    distributed = check_distributed()
    print(f"{total} values as CSVLogger's, {distributed} of two processes on gloo")
