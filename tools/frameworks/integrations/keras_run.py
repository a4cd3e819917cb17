"""Keras: beside its History and CSVLogger; on from an epoch."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from typing import Any

import keras
import numpy as np

from lavdlike.integrations.keras import LavdlikeCallback
from tools.frameworks.integrations.written import Written, check_same

EPOCHS, BATCHES = 4, 5


def model() -> Any:
    keras.utils.set_random_seed(1)
    made = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    return made


class Batches(keras.callbacks.Callback):
    """What Keras tells callbacks of each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.losses.append(float(logs["loss"]))


def data() -> tuple[Any, Any]:
    x = np.sin(np.arange(BATCHES * 8 * 4)).reshape(-1, 4).astype("float32")
    return x, x.sum(axis=1)


def check_beside_history() -> int:
    x, y = data()
    seen, made = Batches(), model()
    callback = LavdlikeCallback("run", update_freq=2)
    history = made.fit(
        x, y, batch_size=8, epochs=EPOCHS, validation_data=(x, y), verbose=0, callbacks=[callback, seen]
    ).history
    written = Written("log/run")
    count = sum(check_same(written.points(name), list(enumerate(history[name]))) for name in history)
    every_second = {at: loss for at, loss in enumerate(seen.losses, 1) if at % 2 == 0}
    count += check_same(written.points("batch/loss"), every_second)
    rate = float(keras.ops.convert_to_numpy(made.optimizer.learning_rate))
    count += check_same(written.points("learning_rate"), [(epoch, rate) for epoch in range(EPOCHS)])
    assert written.progress("Training") == (EPOCHS * BATCHES, EPOCHS * BATCHES)
    assert written.document["config"]["optimizer"]["name"].lower() == "sgd"
    result = made.evaluate(x, y, verbose=0, callbacks=[callback], return_dict=True)
    for name, value in result.items():
        count += check_same(Written("log/run").points(f"evaluation/{name}"), [(EPOCHS - 1, value)])
    return count


def check_goes_on() -> int:
    x, y = data()
    made, whole = model(), []
    for first, last in ((0, 3), (2, EPOCHS)):
        callback = LavdlikeCallback("resumed")
        history = made.fit(
            x, y, epochs=last, initial_epoch=first, verbose=0, callbacks=[callback], shuffle=False
        ).history
        whole += [(first + place, value) for place, value in enumerate(history["loss"])]
    sessions = Written("log/resumed").document["sessions"]
    assert [session.get("resumedFrom") for session in sessions] == [None, 1], sessions
    return check_same(Written("log/resumed").points("loss"), dict(whole))


if __name__ == "__main__":
    print(f"{check_beside_history() + check_goes_on()} values as in History, with {keras.backend.backend()}")
