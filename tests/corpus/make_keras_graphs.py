"""Models as the callback of Keras writes them, with the graphs that TensorBoard makes of them, into `keras_graphs/`.

    python tests/corpus/make_keras_graphs.py

In an environment with tensorflow 2.21.0, keras 3.15.1 and tensorboard 2.21.0. Models of Keras 2, which needs a
TensorFlow of old, are in the test, by hand.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.plugins.graph import keras_util

FOLDER = Path(__file__).parent / "keras_graphs"


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    expected: dict[str, Any] = {}
    for name, (model, inputs) in {"functional": functional(), "sequential": sequential()}.items():
        model.compile("sgd", "mse")
        callback = keras.callbacks.TensorBoard(FOLDER / name)
        target = np.zeros((4, *model.output_shape[1:]))
        model.fit(inputs, target, verbose=0, callbacks=[callback])
        (file,) = (FOLDER / name / "train").iterdir()
        file.rename(FOLDER / name / "events.out.tfevents.1764500000.keras")
        (FOLDER / name / "train").rmdir()
        expected[name] = graph_in(FOLDER / name / "events.out.tfevents.1764500000.keras")
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def functional() -> tuple[keras.Model, Any]:
    """An encoder that is called twice, and a way around a layer."""
    first, second = keras.Input((8,), name="first"), keras.Input((8,), name="second")
    encoder_input = keras.Input((8,), name="encoder_input")
    encoder = keras.Model(
        encoder_input, layers.Dense(4, activation="relu", name="dense")(encoder_input), name="encoder"
    )
    encoded = encoder(first)
    joined = layers.Concatenate(name="join")([encoded, encoder(second)])
    around = layers.Add(name="around")([layers.Dense(4, name="wide")(joined), encoded])
    model = keras.Model([first, second], layers.Dense(1, name="out")(around), name="two")
    return model, [np.zeros((4, 8)), np.zeros((4, 8))]


def sequential() -> tuple[keras.Model, Any]:
    inner = keras.Sequential([layers.Dense(2, name="last")], name="inner")
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(3, 3, name="conv"),
            layers.Flatten(name="flat"),
            layers.Dropout(0.1, name="drop"),
            inner,
        ],
        name="chain",
    )
    return model, np.zeros((4, 8, 8, 1))


def graph_in(file: Path) -> dict[str, Any]:
    """By name: the class of the layer, and what it takes."""
    for event in EventFileLoader(str(file)).Load():
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == "graph_keras_model":
                graph = keras_util.keras_model_to_graph_def(json.loads(value.tensor.string_val[0]))
                return {
                    node.name: {"class": node.attr["keras_class"].s.decode(), "input": list(node.input)}
                    for node in graph.node
                }
    raise AssertionError(f"{file} has no model")


if __name__ == "__main__":
    main()
