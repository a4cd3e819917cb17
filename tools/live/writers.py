"""Scripts that log with the original packages: a value a turn, and a line when it is with the system.

Each runs in an environment with its own package and without lavdlike, behind `PRELUDE`: it calls `take_turns` with what
logs a value at a step, as a script would, and returns once its writer has flushed: the value as it was written, if that
is another one. Where a writer has no flush and writes when it likes, `until_in` waits for the value in the file: what
is measured is ours.
"""

from __future__ import annotations

from typing import NamedTuple

PRELUDE = """
import glob, os, sys, time
FOLDER, FIRST, TURNS = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])

def take_turns(log):
    for number in range(TURNS):
        sys.stdin.readline()
        value = FIRST + number / 1024
        written = log(number, value)
        value = value if written is None else written
        print(f"\\nWROTE {value!r} {time.time()}", flush=True)

def is_in(pattern, text):
    return any(text.encode() in content_of(path) for path in glob.glob(pattern))

def content_of(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:  # gone meanwhile
        return b""

def until_in(pattern, text):
    while not is_in(pattern, text):
        time.sleep(0.002)
"""


class Writer(NamedTuple):
    """`environment`: those with the same one share it. `packages`: as pip takes them. `script`: behind `PRELUDE`."""

    name: str
    environment: str
    packages: tuple[str, ...]
    script: str


_LIGHT = (
    "tensorboardX==2.6.5",
    "dvclive==3.49.1",
    "sacred==0.8.7",
    "hydra-core==1.3.8",
    "setuptools==80.9.0",
)
_TORCH = (
    *("torch==2.13.0", "tensorboard==2.21.0", "lightning==2.6.6", "transformers==5.24.0"),
    *("keras==3.15.1", "mmengine==0.10.7"),
)

_TORCH_WRITER = """
from torch.utils.tensorboard import SummaryWriter
writer = SummaryWriter(FOLDER)
def log(step, value):
    writer.add_scalar("loss", value, step)
    writer.flush()
take_turns(log)
"""
_TENSORFLOW = """
import tensorflow as tf
writer = tf.summary.create_file_writer(FOLDER)
def log(step, value):
    with writer.as_default():
        tf.summary.scalar("loss", value, step=step)
    writer.flush()
take_turns(log)
"""
# Its flush is not one: what its thread has not taken from its queue comes with the next one.
_TENSORBOARDX = """
from tensorboardX import SummaryWriter
writer = SummaryWriter(FOLDER, flush_secs=1)
def size():
    return sum(os.path.getsize(path) for path in glob.glob(os.path.join(FOLDER, "*tfevents*")))
def log(step, value):
    writer.flush()
    before = size()
    writer.add_scalar("loss", value, step)
    while size() < before + 40:
        writer.flush()
        time.sleep(0.005)
take_turns(log)
"""
_LIGHTNING = """
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
logger = {logger}
logger.log_hyperparams({{"lr": 0.1}})
def log(step, value):
    logger.log_metrics({{"loss": value, "epoch": 0}}, step)
    logger.save()
take_turns(log)
"""
_KERAS = """
os.environ["KERAS_BACKEND"] = "torch"
from keras.callbacks import CSVLogger
os.makedirs(FOLDER)
callback = CSVLogger(os.path.join(FOLDER, "training.log"))
callback.on_train_begin()
take_turns(lambda step, value: callback.on_epoch_end(step, {"loss": value, "accuracy": 0.5}))
"""
_TRANSFORMERS = """
from transformers import TrainerState
os.makedirs(FOLDER)
state = TrainerState()
def log(step, value):
    state.global_step = step
    state.log_history.append({"loss": value, "epoch": 0.5, "step": step})
    state.save_to_json(os.path.join(FOLDER, "trainer_state.json"))
take_turns(log)
"""
_MMENGINE = """
from mmengine.visualization import LocalVisBackend
backend = LocalVisBackend(os.path.join(FOLDER, "vis_data"))
take_turns(lambda step, value: backend.add_scalars({"loss": value, "lr": 0.1}, step))
"""
_ULTRALYTICS = """
from pathlib import Path
from types import SimpleNamespace
from ultralytics.engine.trainer import BaseTrainer
os.makedirs(FOLDER)
Path(FOLDER, "args.yaml").write_text("task: detect\\nmode: train\\nmodel: yolov8n.yaml\\n")
training = SimpleNamespace(csv=Path(FOLDER, "results.csv"), train_time_start=time.time())
def log(step, value):
    training.epoch = step
    BaseTrainer.save_metrics(training, {"train/box_loss": value})
    return float(f"{value:.6g}")
take_turns(log)
"""
_DVCLIVE = """
from dvclive import Live
os.makedirs(FOLDER)
os.chdir(FOLDER)
live = Live(save_dvc_exp=False, report=None, monitor_system=False)
live.log_params({"lr": 0.1})
def log(step, value):
    live.log_metric("loss", value)
    live.next_step()
take_turns(log)
"""
_SACRED = """
from sacred import Experiment
from sacred.observers import FileStorageObserver
experiment = Experiment("live", save_git_info=False)
experiment.observers.append(FileStorageObserver(FOLDER))
@experiment.main
def main(_run):
    def log(step, value):
        _run.log_scalar("loss", value, step)
        _run._emit_heartbeat()
    take_turns(log)
experiment.run()
"""
_HYDRA = """
import json, subprocess
APP = '''
import json, hydra
@hydra.main(version_base=None)
def main(settings):
    with open("metrics.jsonl", "w") as file:
        print(json.dumps({"step": settings.step, "loss": settings.loss}), file=file)
main()
'''
os.makedirs(FOLDER)
os.chdir(FOLDER)
with open("app.py", "w") as file:
    file.write(APP)
def log(step, value):
    arguments = [f"+step={step}", f"+loss={value!r}", f"hydra.sweep.dir=multirun/{step}", "hydra.job.chdir=True"]
    subprocess.run([sys.executable, "app.py", "-m", *arguments], check=True, stdout=subprocess.DEVNULL)
take_turns(log)
"""
_MLFLOW = """
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.makedirs(FOLDER)
os.chdir(FOLDER)
import mlflow
mlflow.set_tracking_uri({store!r})
mlflow.set_experiment("live")
with mlflow.start_run():
    take_turns(lambda step, value: mlflow.log_metric("loss", value, step=step))
"""
_WANDB = """
import wandb
os.makedirs(FOLDER)
run = wandb.init(project="live", dir=FOLDER, mode="offline", settings=wandb.Settings(silent=True))
def log(step, value):
    run.log({"loss": value})
    while not is_in(os.path.join(FOLDER, "wandb", "offline-run-*", "*.wandb"), repr(value)):
        run.log({"filler": "x" * 20_000})  # what it has goes to the disk by blocks
        time.sleep(0.02)
take_turns(log)
run.finish()
"""
_TRACKIO = """
os.makedirs(FOLDER)
os.environ["TRACKIO_DIR"] = FOLDER
import trackio
trackio.init(project="live", name="run")
def log(step, value):
    trackio.log({"loss": value}, step=step)
    until_in(os.path.join(FOLDER, "live.db*"), repr(value))
take_turns(log)
trackio.finish()
"""
_VISDOM = """
import socket, subprocess
# As `python -m visdom.server`, which asks the network for what its page needs first.
SERVER = (
    "import sys; from visdom.server.run_server import start_server; "
    "start_server(port=int(sys.argv[1]), hostname='127.0.0.1', base_url='', env_path=sys.argv[2] + '/')"
)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
os.makedirs(FOLDER)
server = subprocess.Popen([sys.executable, "-c", SERVER, str(port), FOLDER], stdout=subprocess.DEVNULL)
try:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    from visdom import Visdom
    viz = Visdom(server="http://127.0.0.1", port=port, env="main")
    def log(step, value):
        viz.line(X=[step], Y=[value], win="loss", opts={"title": "loss"}, update="append" if step else None)
        viz.save(["main"])
    take_turns(log)
finally:
    server.kill()
"""
_CLEARML = """
os.environ["CLEARML_CACHE_DIR"] = FOLDER
os.makedirs(FOLDER)
from clearml import Task
Task.set_offline(True)
quiet = {"auto_connect_frameworks": False, "auto_resource_monitoring": False, "auto_connect_arg_parser": False}
task = Task.init("live", "live", **quiet)
logger = task.get_logger()
def log(step, value):
    logger.report_scalar("loss", "train", value, step)
    logger.flush(wait=True)
    until_in(os.path.join(FOLDER, "offline", "*", "metrics.jsonl"), repr(value))
take_turns(log)
task.close()
"""
_PLOTERIES = """
from ploteries import Writer
os.makedirs(FOLDER)
writer = Writer(os.path.join(FOLDER, "run.pltr"))
def log(step, value):
    writer.add_scalar("loss", value, step)
    writer.flush()
take_turns(log)
"""

WRITERS = (
    Writer("tensorboardX", "light", _LIGHT, _TENSORBOARDX),
    Writer("dvclive", "light", _LIGHT, _DVCLIVE),
    Writer("sacred", "light", _LIGHT, _SACRED),
    Writer("hydra", "light", _LIGHT, _HYDRA),
    Writer("torch", "torch", _TORCH, _TORCH_WRITER),
    Writer("lightning_csv", "torch", _TORCH, _LIGHTNING.format(logger="CSVLogger(FOLDER)")),
    Writer("lightning_tensorboard", "torch", _TORCH, _LIGHTNING.format(logger="TensorBoardLogger(FOLDER)")),
    Writer("keras", "torch", _TORCH, _KERAS),
    Writer("transformers", "torch", _TORCH, _TRANSFORMERS),
    Writer("mmengine", "torch", _TORCH, _MMENGINE),
    Writer("mlflow_files", "mlflow", ("mlflow==3.17.2",), _MLFLOW.format(store="./mlruns")),
    Writer("mlflow_database", "mlflow", ("mlflow==3.17.2",), _MLFLOW.format(store="sqlite:///mlflow.db")),
    Writer("wandb", "wandb", ("wandb==0.31.0",), _WANDB),
    Writer("trackio", "trackio", ("trackio==0.43.0",), _TRACKIO),
    Writer("visdom", "visdom", ("setuptools<80", "wheel", "--no-build-isolation", "visdom==0.2.4"), _VISDOM),
    Writer("clearml", "clearml", ("clearml==2.1.12",), _CLEARML),
    Writer("tensorflow", "tensorflow", ("tensorflow-cpu==2.21.0", "tensorboard==2.21.0"), _TENSORFLOW),
    Writer("ultralytics", "ultralytics", ("ultralytics==8.4.190",), _ULTRALYTICS),
    Writer("ploteries", "ploteries", ("ploteries==0.1.2",), _PLOTERIES),
)
