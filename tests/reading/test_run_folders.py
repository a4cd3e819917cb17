from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.reading.run_folders import MAX_DEPTH, Look, Rule, RunFolders, look_of

MLFLOW_RUN = b"artifact_uri: x\nlifecycle_stage: active\nrun_id: ab12\n"
MLFLOW_EXPERIMENT = b"experiment_id: '0'\nlifecycle_stage: active\nname: Default\n"


@dataclass
class Seen:
    """A folder as `run_marks.Listed`."""

    name: str
    files: list[str] = field(default_factory=list)
    below: dict[str, Seen] = field(default_factory=dict)

    @property
    def folders(self) -> list[str]:
        return [name for name in self.below if not name.startswith(".")]

    def has(self, path: str) -> bool:
        first, slash, rest = path.partition("/")
        if slash:
            return first in self.below and self.below[first].has(rest)
        return first in self.below or first in self.files

    def begin_of(self, file: str) -> bytes:
        if file == "training.log":
            return b"epoch,loss\n0,0.5\n"
        if file != "meta.yaml":
            return b""
        return MLFLOW_RUN if self.has("metrics") else MLFLOW_EXPERIMENT


def seen(paths: Iterable[str]) -> Seen:
    """The tree of these files, and folders (with a slash at the end)."""
    root = Seen("")
    for path in paths:
        *folders, file = path.split("/")
        folder = root
        for name in folders:
            folder = folder.below.setdefault(name, Seen(name))
        if file:
            folder.files.append(file)
    return root


def at(root: Seen, path: str) -> Seen | None:
    folder: Seen | None = root
    for name in path.split("/"):
        folder = folder.below.get(name) if folder else None
    return folder


def look(root: Seen, path: str) -> Look | None:
    folder = at(root, path)
    return None if folder is None else look_of(folder, (1, hash(path)), path.count("/") + 1)


def look_everywhere(folders: RunFolders, root: Seen, paths: Iterable[str]) -> None:
    waiting = list(paths)
    while waiting:
        path = waiting.pop(0)
        folders.take(path, look(root, path))
        waiting += folders.unseen()


def experiments_of(paths: Iterable[str]) -> list[str]:
    root, folders = seen(paths), RunFolders()
    look_everywhere(folders, root, root.folders)
    return sorted(folders.experiments)


def below(folder: str, paths: Iterable[str]) -> list[str]:
    return [f"{folder}/{path}" for path in paths]


MLRUNS = ["0/meta.yaml", "0/ab12/meta.yaml", "0/ab12/metrics/loss"]
SACRED = [f"{run}/{file}.json" for run in (1, 2) for file in ("run", "config", "metrics")]
EVENTS = "events.out.tfevents.1700000000.host.1.0"


@pytest.mark.parametrize(
    ("paths", "experiments"),
    [
        (["a/0001/x.png", "a/other/0001/y.md", "a/summary.md", "empty/"], ["a", "empty"]),
        (below("mlruns", MLRUNS), ["mlruns/0/ab12"]),
        (MLRUNS, ["0/ab12"]),
        (below("runs", SACRED), ["runs/1", "runs/2"]),
        (SACRED, ["1", "2"]),
        (
            ["multirun/D/T/multirun.yaml", "multirun/D/T/0/.hydra/", "multirun/D/T/1/.hydra/"],
            ["multirun/D/T/0", "multirun/D/T/1"],
        ),
        (["out/trainer_state.json", "out/checkpoint-500/trainer_state.json"], ["out"]),
        (["out/checkpoint-500/trainer_state.json"], ["out"]),
        (["a/out/checkpoint-500/trainer_state.json"], ["a/out"]),
        (
            [
                f"runs/detect/{run}/{file}"
                for run in ("train", "train2")
                for file in ("results.csv", "args.yaml")
            ],
            ["runs/detect/train", "runs/detect/train2"],
        ),
        (
            ["lightning_logs/version_0/hparams.yaml", "lightning_logs/version_0/metrics.csv"],
            ["lightning_logs/version_0"],
        ),
        (
            ["lightning_logs/version_0/hparams.yaml", f"lightning_logs/version_0/{EVENTS}"],
            ["lightning_logs/version_0"],
        ),
        ([f"exp/train/{EVENTS}", f"exp/validation/{EVENTS}"], ["exp/train", "exp/validation"]),
        (
            [f"run/{EVENTS}", f"run/loss_a/{EVENTS}", f"run/1700000000.1/{EVENTS}"],
            ["run", "run/1700000000.1", "run/loss_a"],
        ),
        (
            ["sweep/config.yaml", "sweep/table.csv", "sweep/a/experiment.json", "sweep/b/experiment.json"],
            ["sweep/a", "sweep/b"],
        ),
        (["sweep/out.log", "sweep/a/scalars.tsv"], ["sweep"]),
        (["wandb/offline-run-1/run-1.wandb"], ["wandb/offline-run-1"]),
        (
            ["w/cfg/20260101_120000/vis_data/scalars.json", "w/cfg/20260102_120000/vis_data/config.py"],
            ["w/cfg"],
        ),
        (["w/cfg/vis_data/scalars.json", "w/cfg/vis_data/vis_image/a_1.png"], ["w/cfg"]),
        (["w/net/training.log", f"w/net/train/{EVENTS}", f"w/a/{EVENTS}"], ["w/a", "w/net", "w/net/train"]),
        (["w/net/20210505_120000.log.json", "w/net/net.py", "w/other/a.log.json"], ["w/net"]),
        (["w/net/out.log", f"w/net/train/{EVENTS}"], ["w/net/train"]),
    ],
)
def test_which_folders_are_experiments(paths: list[str], experiments: list[str]) -> None:
    assert experiments_of(paths) == experiments


@pytest.mark.parametrize(
    ("paths", "is_run"),
    [
        (["metrics.jsonl", "config.json"], True),
        (["metrics.jsonl", "config.json", "a/experiment.json"], False),
        (["scalars.tsv", "0001/x.png"], True),
        (["notes.md", "a/x.png"], False),
        # What Lavd wrote into its root by mistake is no run.
        (["events.log", "a/0001/x.png"], False),
        (["events.log", "samples/x.png"], True),
        (["experiment.json", "samples/0001/x.png"], True),
        (["vis_data/scalars.json"], True),
    ],
)
def test_the_root_is_a_run_itself_if_it_has_a_mark_and_holds_none(paths: list[str], *, is_run: bool) -> None:
    root, folders = seen(paths), RunFolders()
    look_everywhere(folders, root, root.folders)
    assert folders.root_is_run(look_of(root, (1, 1), 0)) == is_run


@pytest.mark.parametrize(
    ("paths", "experiments"),
    [
        # Files of its own that are more than a description keep a folder of runs what it was.
        (["a/summary.md", "a/b/experiment.json"], ["a", "a/b"]),
        (["a/0001/x.png", "a/b/experiment.json"], ["a", "a/b"]),
        (["a/scalars.tsv", "a/b/experiment.json"], ["a", "a/b"]),
        # The Logger's numbered folders are steps, whatever is in them.
        (["a/experiment.json", "a/0001/copy/experiment.json"], ["a"]),
        # A table in an experiment is an item, one among runs is a run.
        (["a/tables/x.csv"], ["a"]),
        (["a/tables/x.csv", f"a/{EVENTS}"], ["a"]),
        (["a/tables/x.csv", f"a/b/{EVENTS}"], ["a/b", "a/tables"]),
        (["a/t/x.csv", "a/t/u/y.csv", f"a/b/{EVENTS}"], ["a/b", "a/t"]),
        # What is never searched.
        (
            ["a/checkpoints/b/experiment.json", "a/node_modules/b/experiment.json", "a/.b/experiment.json"],
            ["a"],
        ),
    ],
)
def test_what_stays_one_experiment(paths: list[str], experiments: list[str]) -> None:
    assert experiments_of(paths) == experiments


def test_a_run_below_the_deepest_level_is_part_of_what_is_above() -> None:
    levels = [f"l{depth}" for depth in range(MAX_DEPTH + 1)]
    assert experiments_of(["/".join([*levels[:MAX_DEPTH], EVENTS])]) == ["/".join(levels[:MAX_DEPTH])]
    assert experiments_of(["/".join([*levels, EVENTS])]) == ["l0"]


def test_many_steps_are_not_all_looked_into_unless_some_are_runs() -> None:
    steps = [f"a/{step:04d}/x.png" for step in range(100)]
    root, folders = seen(steps), RunFolders()
    look_everywhere(folders, root, ["a"])
    assert sum(1 for _ in folders) == 9
    assert len(experiments_of(path.replace("x.png", "run.json") for path in steps)) == 1
    runs = [path.replace("x.png", file) for path in steps for file in ("run.json", "cout.txt")]
    assert len(experiments_of(runs)) == 100


def test_what_changed_is_told_once_and_outer_folders_first() -> None:
    folders = RunFolders()
    look_everywhere(folders, seen(["a/"]), ["a"])
    assert folders.changed() == ["a"]
    assert folders.changed() == []
    look_everywhere(folders, seen([f"a/b/{EVENTS}"]), ["a"])
    assert folders.changed() == ["a", "a/b"]
    assert folders.experiments == {"a/b"}
    look_everywhere(folders, seen(["a/"]), ["a"])
    assert folders.experiments == {"a"}


def test_a_run_that_was_gone_and_is_there_again_is_looked_at() -> None:
    folders, root = RunFolders(), seen([f"a/b/{EVENTS}"])
    look_everywhere(folders, root, ["a"])
    folders.take("a/b", None)  # of the folder that it is in nothing was told
    assert folders.experiments == {"a"}
    look_everywhere(folders, root, ["a"])
    assert folders.experiments == {"a/b"}


_NAMES = st.sampled_from(["a", "b", "0", "1", "2"])
_FILES = st.sampled_from(
    [EVENTS, "experiment.json", "scalars.tsv", "x.csv", "config.json", "x.png", "x.yaml", ""]
)
_TREES = st.lists(st.builds("{}/{}".format, st.lists(_NAMES, min_size=1, max_size=4).map("/".join), _FILES))


@settings(max_examples=3 * settings().max_examples)
@given(st.lists(_TREES, min_size=1, max_size=4))
def test_what_is_told_in_parts_ends_as_what_is_told_at_once(trees: list[list[str]]) -> None:
    folders = RunFolders()
    believed: set[str] = set()
    for paths in trees:
        root = seen(paths)
        look_everywhere(folders, root, [*folders, *root.folders])
        believed ^= set(folders.changed())
        assert sorted(folders.experiments) == experiments_of(paths)
        assert believed == folders.experiments


def test_it_is_said_by_which_rule_a_folder_is_an_experiment() -> None:
    paths = [
        "sweep/a/experiment.json",
        "sweep/b/table.csv",
        "sweep/b/more/x.txt",
        "plain/out.log",
        "steps/0001/x.png",
        "steps/inner/experiment.json",
    ]
    root, folders = seen(paths), RunFolders()
    look_everywhere(folders, root, root.folders)
    assert {path: folders.rule_of(path) for path in folders} == {
        "sweep": Rule.ONLY_RUNS,
        "sweep/a": Rule.MARK,
        "sweep/b": Rule.DESCRIBED,
        "sweep/b/more": Rule.PART,
        "plain": Rule.FOLDER_OF_THE_ROOT,
        "steps": Rule.STEPS,
        "steps/0001": Rule.PART,
        "steps/inner": Rule.MARK,
    }
    assert folders.experiments == {path for path in folders if folders.rule_of(path).makes_experiment}
