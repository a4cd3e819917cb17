"""Makes `tests/corpus/media`: pictures, tables, models and the like as trackers keep them, and what these say of them.

    python -m tests.corpus.make_media wandb        with wandb==0.31.0, plotly==7.1.0, pillow, soundfile, moviepy==2.2.1
    python -m tests.corpus.make_media mlflow_files mlflow_database        with mlflow-skinny==3.17.2, pandas==3.1.1,
        sqlalchemy, alembic, plotly, matplotlib and pillow
    python -m tests.corpus.make_media dvclive        with dvclive==3.49.1, scikit-learn and pillow
    python -m tests.corpus.make_media trackio        with trackio==0.43.0, pillow and soundfile

None of lavdlike is needed. `expected.json` has for each run, by label and step (`label@step`):
`files`, the SHA-256 of each as the tracker has noted or downloaded it; `tables`, columns and rows as its own reader
gives them, with the SHA-256 of what a cell shows; and what else a reader of the tracker says.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.corpus import frame

CORPUS = Path(__file__).resolve().parent / "media"
# In logs there are paths of where they were made, which tests replace by others of the same length.
MADE_IN = Path(tempfile.gettempdir()) / f"lavdlike-media{'-' * 150}"

_WANDB = """
import hashlib, json, os, sys
os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DISABLE_GIT": "true",
               "WANDB_DISABLE_CODE": "true", "WANDB_DATA_DIR": sys.argv[1] + "/data"}
import numpy as np, plotly.graph_objects as go, wandb
from PIL import Image
random = np.random.default_rng(17)
def picture(size=(12, 16)):
    return random.integers(0, 255, (*size, 3), dtype=np.uint8)
run = wandb.init(project="vision", name="owl", id="owl", dir=sys.argv[1],
                 settings=wandb.Settings(host="here", x_disable_stats=True))
names = {0: "background", 1: "owl", 2: "tree"}
mask = np.zeros((12, 16), np.uint8); mask[2:6, 3:9] = 1; mask[8:, :] = 2
boxes = {"predictions": {"box_data": [
    {"position": {"minX": 0.25, "maxX": 0.75, "minY": 0.0, "maxY": 0.5}, "class_id": 1, "box_caption": "owl 0.9",
     "scores": {"score": 0.9, "iou": 0.5}},
    {"position": {"middle": [4, 6], "width": 4, "height": 2}, "domain": "pixel", "class_id": 2}],
    "class_labels": names},
    "truth": {"box_data": [
        {"position": {"minX": 2, "maxX": 6, "minY": 1, "maxY": 9}, "domain": "pixel", "class_id": 1}],
    "class_labels": names}}
def masks(*of):
    return {name: {"mask_data": mask, "class_labels": names} for name in of}
for step in range(3):
    run.log({"loss": 1 / (step + 1), "image": wandb.Image(picture(), caption=f"step {step}")}, step=step)
run.log({"batch": [wandb.Image(picture(), caption=str(i)) for i in range(3)],
         "val/street": wandb.Image(picture(), caption="a street", boxes=boxes, masks=masks("predictions", "truth")),
         "pair": [wandb.Image(picture(), boxes=boxes), wandb.Image(picture(), masks=masks("m"))],
         "classes": wandb.Image(picture(), classes=[{"id": 0, "name": "a"}], masks={"m": {"mask_data": mask}}),
         "jpg": wandb.Image(Image.fromarray(picture()), file_type="jpg"),
         "grey": wandb.Image(random.integers(0, 255, (8, 8), dtype=np.uint8)),
         "nested": {"deep": {"picture": wandb.Image(picture())}}}, step=10)
tone = np.sin(np.arange(800) / 5)
run.log({"tone": wandb.Audio(tone, sample_rate=8000, caption="A4"),
         "tones": [wandb.Audio(tone[:400], sample_rate=8000, caption="one"), wandb.Audio(tone[:200], sample_rate=8000)],
         "clip": wandb.Video(random.integers(0, 255, (4, 3, 16, 16), dtype=np.uint8), fps=4, format="gif",
                             caption="moving"),
         "clips": [wandb.Video(random.integers(0, 255, (4, 3, 16, 16), dtype=np.uint8), fps=4, format="mp4")] * 2,
         "page": wandb.Html("<h1>Owl</h1>", inject=False),
         "pages": [wandb.Html("<p>1", inject=False), wandb.Html("<p>2", inject=False)],
         "fig": go.Figure(go.Scatter(x=[1, 2], y=[3, 1]), layout={"template": "none"}),
         "histogram": wandb.Histogram(np.arange(10.0)),
         "raw": wandb.Histogram(np_histogram=([1, 2], [0, 1, 2]))}, step=11)
cloud = random.random((6, 3)); coloured = np.hstack([cloud, random.integers(0, 255, (6, 3))])
with open("one.obj", "w") as file: file.write("v 0 0 0\\nv 1 0 0\\nv 0 1 0\\nf 1 2 3\\n")
run.log({"cloud": wandb.Object3D(cloud), "coloured": wandb.Object3D(coloured),
         "classed": wandb.Object3D(np.hstack([cloud, [[1], [2], [3], [1], [2], [14]]])),
         "scene": wandb.Object3D({"type": "lidar/beta", "points": coloured, "boxes": np.array([]),
                                   "vectors": np.array([])}),
         "obj": wandb.Object3D(open("one.obj")), "clouds": [wandb.Object3D(cloud), wandb.Object3D(coloured)]}, step=12)
table = wandb.Table(columns=["id", "picture", "sound", "text", "number", "yes"])
for i in range(3):
    table.add_data(i, wandb.Image(picture(), caption=f"c{i}", boxes=boxes if i == 1 else None),
                   wandb.Audio(tone[:100 + i], sample_rate=8000), f'line {i}, "quoted"\\nnext',
                   [0.5, None, float("nan")][i], i == 1)
plain = wandb.Table(data=[[1, "a"], [2, "b"]], columns=["x", "y"])
tables = {"predictions@13": table, "plain@13": plain}
def content(table):
    rows = [[cell._sha256 if isinstance(cell, wandb.data_types.Media) else cell for cell in row] for row in table.data]
    return {"columns": table.columns, "rows": rows}
run.log({"predictions": table, "plain": plain}, step=13)
expected = {key: content(each) for key, each in tables.items()}
added = wandb.Table(columns=["step", "loss"], log_mode="INCREMENTAL")
changed = wandb.Table(columns=["step", "loss"], log_mode="MUTABLE")
for step in range(20, 24):
    added.add_data(step, step / 7); changed.add_data(step, step / 3)
    run.log({"incremental": added, "mutable": changed}, step=step)
    expected |= {f"incremental@{step}": content(added), f"mutable@{step}": content(changed)}
parts = wandb.Artifact("parted", type="dataset")
for number in range(2):
    parts.add(wandb.Table(columns=["n"], data=[[number], [number + 10]]), f"parts/{number}")
parts.add(wandb.data_types.PartitionedTable("parts"), "whole"); run.log_artifact(parts)
weights = wandb.Artifact("weights", type="model", description="the weights", metadata={"layers": 2})
open("w.bin", "wb").write(b"123"); weights.add_file("w.bin"); run.log_artifact(weights, aliases=["best"])
run.summary["last picture"] = wandb.Image(picture())
run.finish()
json.dump(expected, open(sys.argv[1] + "/tables.json", "w"))
"""


def wandb(folder: Path) -> dict[str, Any]:
    made = frame.emptied(MADE_IN)
    program = made / "train.py"
    program.write_text(_WANDB)
    subprocess.run([sys.executable, str(program), str(made)], check=True, cwd=made)
    (run,) = (path for path in (made / "wandb").glob("offline-run-*") if path.is_dir())
    shutil.copytree(run / "files" / "media", folder / "run" / "files" / "media")
    shutil.copy(run / "run-owl.wandb", folder / "run" / "run-owl.wandb")
    shutil.copytree(made / "data" / "artifacts", folder / "data" / "artifacts")
    tables = json.loads((made / "tables.json").read_text())
    command = [Path(sys.executable).with_name("wandb"), "leet", "inspect", "--json", run / "run-owl.wandb"]
    lines = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    shutil.rmtree(made)
    files: dict[str, str] = {}
    histograms: dict[str, Any] = {}
    for record in map(json.loads, lines.splitlines()):
        if record["type"] != "history":
            continue
        step = record["history"].get("step", {}).get("num", 0)
        for label, value in _objects(record["history"]["item"]).items():
            if value["_type"] == "histogram":
                histograms[f"{label}@{step}"] = {"edges": value["bins"], "counts": value["values"]}
            else:
                files |= {f"{name}@{step}": digest for name, digest in _digests(label, value)}
    return {"labels": {}, "files": files, "tables": tables, "histograms": histograms}


def _objects(items: dict[str, Any]) -> dict[str, Any]:
    """What has a type in a record, whose names are joined by dots."""
    found: dict[str, Any] = {}
    for name, type_ in items.items():
        outer, _, last = name.rpartition(".")
        if last != "_type" or any(outer.startswith(f"{other}.") for other in found):
            continue
        found[outer] = {"_type": type_}
        for inner, value in items.items():
            if inner.startswith(f"{outer}."):
                found[outer][inner[len(outer) + 1 :]] = value
    return found


def _digests(label: str, value: dict[str, Any]) -> list[tuple[str, str]]:
    """The name of each file of a value, and its SHA-256."""
    own = [(label, value["sha256"])] if "sha256" in value else []
    listed = [each for name, each in value.items() if name in ("audio", "videos", "html", "objects")]
    own += [
        (f"{label}/{number}", each["sha256"]) for entries in listed for number, each in enumerate(entries)
    ]
    return own


_MLFLOW = """
import hashlib, json, os, sys
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import matplotlib; matplotlib.use("agg")
import mlflow, numpy as np, pandas as pd, plotly.graph_objects as go
from matplotlib import pyplot
from PIL import Image
from mlflow.models import infer_signature
mlflow.set_tracking_uri(sys.argv[1]); mlflow.set_experiment("vision")
random = np.random.default_rng(18)
def picture():
    return random.integers(0, 255, (12, 16, 3), dtype=np.uint8)
files = {}
def image(label, step=None, **where):
    pixels = picture()
    mlflow.log_image(pixels, **where, **({} if step is None else {"step": step}))
    files[f"{label}@{step}"] = hashlib.sha256(pixels.tobytes()).hexdigest()
with mlflow.start_run(run_name="owl") as run:
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        image("dogs", step, key="dogs")
    image("val/cats", 7, key="val/cats")
    image("artifacts/single/picture", artifact_file="single/picture.png")
    figure = pyplot.figure(figsize=(1, 1)); pyplot.plot([1, 2]); mlflow.log_figure(figure, "figs/line.png")
    mlflow.log_figure(go.Figure(go.Bar(x=["a"], y=[1]), layout={"template": "none"}), "figs/bar.html")
    mlflow.log_table({"x": [1, 2, None], "text": ["a", "b", 'c "q"\\nz'],
                      "picture": [mlflow.Image(picture()) for _ in range(3)]}, "tables/predictions.json")
    mlflow.log_table(pd.DataFrame({"n": [0.1, float("nan")], "yes": [True, False]}), "frame.json")
    mlflow.log_text("hello", "notes/a.txt"); mlflow.log_text("# Note", "notes/b.md")
    mlflow.log_dict({"a": 1}, "d.json")
    class Model(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input
    given = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    signature = infer_signature(given, np.array([[1.0, 2.0]]), params={"t": 0.5})
    mlflow.pyfunc.log_model(name="model", python_model=Model(), signature=signature, pip_requirements=["mlflow"])
    tables = {}
    for label in ("tables/predictions", "frame"):
        frame = mlflow.load_table(f"{label}.json", run_ids=[run.info.run_id])
        tables[f"artifacts/{label}@None"] = json.loads(frame.to_json(orient="split"))
said = {"run": run.info.run_id, "experiment": run.info.experiment_id, "files": files, "tables": tables,
        "signature": signature.to_dict()}
json.dump(said, open("said.json", "w"))
"""


def mlflow_files(folder: Path) -> dict[str, Any]:
    made, said = _mlflow_in(f"file://{MADE_IN}/mlruns")
    outer = made / "mlruns" / said["experiment"]
    shutil.copytree(outer / said["run"], folder / "vision" / said["run"])
    shutil.copytree(outer / "models", folder / "vision" / "models", ignore=_NO_PICKLES)
    shutil.copy(outer / "meta.yaml", folder / "vision")
    shutil.rmtree(made)
    return {"labels": {}, **said}


def mlflow_database(folder: Path) -> dict[str, Any]:
    made, said = _mlflow_in(f"sqlite:///{MADE_IN}/mlflow.db")
    shutil.copytree(made / "mlruns", folder / "mlruns", ignore=_NO_PICKLES)
    with gzip.GzipFile(folder / "mlflow.db.gz", "wb", mtime=0) as file:
        file.write((made / "mlflow.db").read_bytes())
    shutil.rmtree(made)
    return {"labels": {}, **said}


_NO_PICKLES = shutil.ignore_patterns("*.pkl")


def _mlflow_in(uri: str) -> tuple[Path, dict[str, Any]]:
    made = frame.emptied(MADE_IN)
    (made / "train.py").write_text(_MLFLOW)
    subprocess.run([sys.executable, "train.py", uri], check=True, cwd=made)
    return made, json.loads((made / "said.json").read_text())


_TRACKIO = """
import hashlib, json, os, sys
os.environ["TRACKIO_DIR"] = sys.argv[1]
import numpy as np, trackio
from trackio.sqlite_storage import SQLiteStorage
from trackio.utils import MEDIA_DIR
random = np.random.default_rng(19)
def picture():
    return trackio.Image(random.integers(0, 255, (12, 16, 3), dtype=np.uint8), caption="a picture")
tone = (np.sin(np.arange(800) / 5) * 32767).astype(np.int16)
open("one.obj", "w").write("v 0 0 0\\nv 1 0 0\\nv 0 1 0\\nf 1 2 3\\n")
trackio.init(project="media", name="owl")
for step in range(3):
    trackio.log({"loss": 1 / (step + 1), "val/image": picture()}, step=step)
trackio.log({"tone": trackio.Audio(tone, sample_rate=8000, caption="A4"), "page": trackio.Html("<h1>Owl</h1>"),
             "obj": trackio.Object3D("one.obj"), "cloud": trackio.Object3D(random.random((5, 3))),
             "note": trackio.Markdown("# Owl"), "histogram": trackio.Histogram(np.arange(10.0))}, step=6)
trackio.log({"table": trackio.Table(columns=["n", "picture", "several"], data=[
    [1, picture(), [picture(), picture()]], [2.5, picture(), None]])}, step=7)
trackio.finish()
files, others = {}, {}
def digest(value):
    return hashlib.sha256((MEDIA_DIR / value["file_path"]).read_bytes()).hexdigest()
def cell(value):
    if isinstance(value, list):
        return [cell(each) for each in value]
    return {"sha256": digest(value)} if isinstance(value, dict) else value
for record in SQLiteStorage.get_logs("media", "owl"):
    for name, value in record.items():
        if isinstance(value, dict) and "file_path" in value:
            files[f"{name}@{record['step']}"] = digest(value)
        elif isinstance(value, dict) and value["_type"] == "trackio.table":
            others["table"] = [{key: cell(each) for key, each in row.items()} for row in value["_value"]]
        elif isinstance(value, dict):
            others[name] = value
json.dump({"labels": {}, "files": files, **others}, open("said.json", "w"))
"""


def trackio(folder: Path) -> dict[str, Any]:
    made = frame.emptied(MADE_IN)
    (made / "train.py").write_text(_TRACKIO)
    subprocess.run([sys.executable, "train.py", str(made / "data")], check=True, cwd=made)
    with gzip.GzipFile(folder / "media.db.gz", "wb", mtime=0) as file:
        file.write((made / "data" / "media.db").read_bytes())
    shutil.copytree(made / "data" / "media", folder / "media")
    said = dict(json.loads((made / "said.json").read_text()))
    shutil.rmtree(made)
    return said


_DVCLIVE = """
import hashlib, json
import numpy as np
from dvclive import Live
from sklearn import calibration, metrics
random = np.random.default_rng(20)
files = {}
def image(live, path, label, step):
    pixels = random.integers(0, 255, (12, 16, 3), dtype=np.uint8)
    live.log_image(path, pixels)
    files[f"{label}@{step}"] = hashlib.sha256(pixels.tobytes()).hexdigest()
names = (["cat", "dog", "dog", "cat", "dog"], ["cat", "dog", "cat", "dog", "dog"])
truth, scores = [0, 1, 1, 0, 1], [0.1, 0.9, 0.6, 0.7, 0.8]
with Live("dvclive", save_dvc_exp=False, report=None) as live:
    for step in range(3):
        live.log_metric("train/loss", 1 / (step + 1))
        image(live, f"predictions/{step}.png", "predictions", step)
        live.next_step()
    image(live, "single.png", "plots/images/single", None)
    live.log_sklearn_plot("confusion_matrix", *names)
    for kind in ("roc", "precision_recall", "det", "calibration"):
        live.log_sklearn_plot(kind, truth, scores)
    live.log_plot("bars", [{"name": "a", "n": 1}, {"name": "b", "n": 2}], x="name", y="n", template="bar_horizontal")
fpr, tpr, _ = metrics.roc_curve(truth, scores)
det_fpr, det_fnr, _ = metrics.det_curve(truth, scores)
precision, recall, thresholds = metrics.precision_recall_curve(truth, scores)
true, predicted = calibration.calibration_curve(truth, scores)
said = {"labels": {}, "files": files, "confusion_matrix": metrics.confusion_matrix(*names).tolist(),
        "roc": [fpr.tolist(), tpr.tolist()], "det": [det_fpr.tolist(), det_fnr.tolist()],
        "calibration": [predicted.tolist(), true.tolist()],
        "precision_recall": [thresholds.tolist(), precision[:-1].tolist(), recall[:-1].tolist()]}
json.dump(said, open("said.json", "w"))
"""


def dvclive(folder: Path) -> dict[str, Any]:
    made = frame.emptied(MADE_IN)
    (made / "train.py").write_text(_DVCLIVE)
    subprocess.run([sys.executable, "train.py"], check=True, cwd=made)
    shutil.copytree(made / "dvclive", folder / "dvclive")
    said = dict(json.loads((made / "said.json").read_text()))
    shutil.rmtree(made)
    return said


RUNS = {make.__name__: make for make in (wandb, mlflow_files, mlflow_database, trackio, dvclive)}


def main() -> None:
    frame.make(CORPUS, RUNS, sys.argv[1:])


if __name__ == "__main__":
    main()
