"""At a time, for what was not written again, the page is that of a copy made then: of every kind, over HTTP."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike import Logger, layout
from lavdlike.demo import demo_items
from lavdlike.kinds import places, registry
from tests.limits import LIMIT_S
from tests.running import Running

LABELS = ["loss", "noise", "val/score"]
COLUMNS = ["last(loss)", "min(loss)", "argmax(noise)", "at(loss, 2)", "count(noise)", "mean(val/score)"]
# More than the grain of a file's time on any disk that tests run on.
PAUSE_S = 0.012


class Training:
    """Three runs at once, of which one begins late and one is resumed, and what is written again."""

    def __init__(self, root: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.root = root
        self.loggers = {"a": Logger("a", root), "b": Logger("b", root, scalars="json")}
        self.steps = dict.fromkeys(self.loggers, 0)

    def go_on(self) -> None:
        """One random thing that a script does."""
        name = self.chance.choice(list(self.loggers))
        act = self.chance.choice([self.step, self.step, self.step, self.show, self.write_again, self.begin])
        act(name)

    def step(self, name: str) -> None:
        step, chance, logger = self.steps[name], self.chance, self.loggers[name]
        for label in LABELS:
            if chance.random() < 0.8:
                logger.log_scalar(chance.gauss(1, 1), label, step)
        logger.println("{} is at step {}", name, step)
        self.steps[name] += chance.choice([1, 1, 2])

    def show(self, name: str) -> None:
        demo_items.show(self.loggers[name], self.steps[name], self.chance.random())
        self.loggers[name].flush()
        self.step(name)

    def write_again(self, name: str) -> None:
        step = self.chance.randrange(self.steps[name] + 1)
        self.loggers[name].log_text(f"again {self.chance.random()}", "val/answer", step, expected="")
        self.loggers[name].log_markdown(f"again {self.chance.random()}", "about")

    def begin(self, name: str) -> None:
        if "c" not in self.loggers:
            name, step = "c", 0
            self.loggers[name] = Logger(name, self.root, config={"lr": 1})
            demo_items.describe(self.loggers[name])
        elif name != "b":
            step = self.chance.randrange(self.steps[name] + 1)
            self.loggers[name].close()
            self.loggers[name] = Logger(name, self.root, resume_from=step)
        else:
            return
        self.steps[name] = step

    def close(self) -> None:
        for name, logger in self.loggers.items():
            demo_items.conclude(logger)
            logger.alert("done", name)
            logger.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_past_is_what_a_copy_of_that_time_shows(tmp_path: Path, seed: int) -> None:
    """`python -m tests.soak.past_copies` is of more seeds."""
    compare_with_copies(tmp_path, seed)


def compare_with_copies(folder: Path, seed: int) -> set[str]:
    """Of a training of this seed, at three times; the kinds that were seen."""
    root = folder / "log"
    training = Training(root, seed)
    copies: list[tuple[float, Path]] = []
    for number in range(45):
        training.go_on()
        if number % 15 == 9:
            time.sleep(PAUSE_S)
            copies.append((time.time(), folder / f"copy{number}"))
            shutil.copytree(root, copies[-1][1])
            time.sleep(PAUSE_S)
    training.close()
    kinds: set[str] = set()
    with asking(root) as ask_now:
        for moment, copy in copies:
            with asking(copy) as ask_copy:
                kinds |= compare(ask_now, ask_copy, moment, written_since(root, copy), training.chance)
    shown = {"texts", "images", "rollouts", "plots", "audio", "videos", "meshes", "tables", "arrays", "logs"}
    assert (
        shown | {"histograms", "pr_curves", "confusion_matrices"} <= kinds <= {k.name for k in registry.KINDS}
    )
    return kinds


@pytest.mark.slow
def test_at_a_step_each_run_is_as_it_was_when_it_had_got_there(tmp_path: Path) -> None:
    with Logger("fast", tmp_path) as fast, Logger("slow", tmp_path) as slow:
        for step in range(6):
            for logger, pause_s in ((fast, 0.0), (slow, PAUSE_S)):
                time.sleep(pause_s)
                logger.log_scalar(10 - step, "loss", step)
                logger.println("at {}", step)
                logger.log_text(f"of {step}", "answer", step, expected="")
        slow.log_text("again", "answer", 1, expected="")
    with asking(tmp_path) as ask:
        page = ask("experiments/slow?step=2")
        shown, rewritten = ([e for e in page[key] if e["kind"] == "texts"] for key in ("labels", "rewritten"))
        assert [entry["steps"] for entry in shown] == [[[0, 3, 1]]]
        assert [entry["steps"] for entry in rewritten] == [[[1, 1, 1]]]
        assert page["moment"]["step"] == 2
        assert ask("logs/slow/events.log?step=2")["text"].count("\n") == 3
        assert ask("logs/slow/events.log?step=9")["text"].count("\n") == 6
        names = ["fast", "slow"]
        answer = ask("filter?step=2", None, {"columns": ["last(loss)", "count(loss)"]})
        assert answer["cells"] == [[8, 8], [3, 3]]
        series = ask("scalars/series?step=2", None, {"experiments": names, "labels": ["loss"]})["series"]
        assert [each["steps"] for each in series] == [[0, 1, 2], [0, 1, 2]]
        for wrong in ("step=1&time=2", "time=nan", "time=soon", "step=-1"):
            with pytest.raises(AssertionError, match="parameter"):
                ask(f"experiments/slow?{wrong}")


Place = tuple[str, int | None]  # label and step


def written_since(root: Path, copy: Path) -> dict[str, set[Place]]:
    """Of each run, the items of which a file of the copy was written again, or written on, in the root."""
    found: dict[str, set[Place]] = {}
    for path in copy.rglob("*"):
        inside = path.relative_to(copy)
        if path.is_file() and path.stat().st_mtime_ns != (root / inside).stat().st_mtime_ns:
            step, in_step = layout.split_step("/".join(inside.parts[1:]))
            found.setdefault(inside.parts[0], set()).add((places.split_label(in_step)[0], step))
    return found


def compare(
    now: Ask, copy: Ask, moment: float, since: dict[str, set[Place]], chance: random.Random
) -> set[str]:
    """Every answer about the past and about the copy; returns the kinds that were seen."""
    rows, then = now("root", moment)["experiments"], copy("root")["experiments"]
    names = [row["id"] for row in then]
    assert sorted(row["id"] for row in rows) == sorted(names)
    by_id = {row["id"]: row for row in rows}
    for row in then:
        for field in ("created", "sessions", "alerts", "config", "tags"):
            assert by_id[row["id"]][field] == row[field], field
    compare_scalars(now, copy, moment, names, chance)
    kinds = set()
    for name in names:
        past, there = now(f"experiments/{name}", moment), copy(f"experiments/{name}")
        again = since.get(name, set()) - {("events", None)}  # which says when each of its lines came
        marked = {place_of(item) for item in items_of(name, past["rewritten"])}
        of_past, of_copy = (list(items_of(name, page["labels"])) for page in (past, there))
        # Of the step that was under way, what was written again is not told from what came later.
        assert {place for place in again if is_over(place, past["moment"])} <= marked
        of_past = [item for item in of_past if place_of(item) not in marked]
        of_copy = [item for item in of_copy if place_of(item) not in again]
        assert of_past == of_copy
        addresses = [item for item in of_copy if item["kind"] != "logs"]
        for key in range(0, len(addresses), 100):
            asked = {"items": addresses[key : key + 100]}
            assert contents(now("items", moment, asked)) == contents(copy("items", None, asked))
        kinds |= {item["kind"] for item in of_copy}
        if any(item["kind"] == "logs" and item["label"] == "events" for item in of_copy):
            log, search = f"logs/{name}/events.log", f"log-search/{name}/events.log?text=step"
            assert now(log, moment)["text"] == copy(log)["text"]
            assert now(f"{log}?near=0&lines=3", moment)["text"] == copy(f"{log}?near=0&lines=3")["text"]
            assert now(search, moment)["count"] == copy(search)["count"]
        unsure = {label for label, _ in marked | again}
        for label in {item["label"] for item in of_copy if item["kind"] == "rollouts"} - unsure:
            asked_rollouts = {"experiment": name, "label": label, "sort": "reward"}
            one, other = (each("rollouts", at, asked_rollouts) for each, at in ((now, moment), (copy, None)))
            assert [row["prompt"] for row in one["rows"]] == [row["prompt"] for row in other["rows"]]
    return kinds


def compare_scalars(now: Ask, copy: Ask, moment: float, names: list[str], chance: random.Random) -> None:
    asked: dict[str, Any] = {"experiments": names, "labels": LABELS, "expressions": ['loss - "val/score"']}
    smoothed = {**asked, "columns": 0, "smoothing": 0.6}
    about = [
        ("scalars/labels", {"experiments": names}),
        ("scalars/series", smoothed),
        ("scalars/series", {**smoothed, "x_label": "noise", "x": "relative"}),
        ("scalars/values", {**asked, "at": chance.randrange(30)}),
        ("scalars/ranges", {**asked, "x_min": 1, "x_max": chance.randrange(30)}),
        ("scalars/aggregates", {"groups": [names, names[:1]], "labels": LABELS, "columns": 0}),
        ("filter", {"columns": COLUMNS, "sort": "last(loss)", "facets": True}),
        ("filter", {"filter": "min(loss)<0.5 or count(noise)>3", "grouping": {"by": ["min(loss)"]}}),
        ("compare-groups", {"a": names[:1], "b": names[1:], "field": "mean(loss)"}),
        ("importance", {"experiments": names, "result": "last(loss)", "fields": ["min(noise)"]}),
    ]
    for path, body in about:
        one, other = settled(now, path, moment, body), settled(copy, path, None, body)
        assert plain(one) == plain(other), path


def settled(ask: Ask, path: str, moment: float | None, body: dict[str, Any]) -> Any:
    """The answer when all that it is about has been read."""
    deadline = time.monotonic() + LIMIT_S
    while (answer := ask(path, moment, body)).get("unread"):
        assert time.monotonic() < deadline, answer
    return answer


def plain(answer: Any) -> Any:
    """Without what says which server answered, which series it is, and what changes while nothing is logged."""
    left_out = {"epoch", "sequence", "identity", "problems", "facets"}
    if isinstance(answer, dict):
        return {key: plain(value) for key, value in answer.items() if key not in left_out}
    return [plain(value) for value in answer] if isinstance(answer, list) else answer


def place_of(item: dict[str, Any]) -> Place:
    return item["label"], item["step"]


def is_over(place: Place, moment: dict[str, Any]) -> bool:
    return None not in (place[1], moment["step"]) and place[1] < moment["step"]


def items_of(name: str, entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        steps = [first + n * stride for first, count, stride in entry["steps"] for n in range(count)]
        for step in [*steps, *([None] if entry["has_global"] else [])]:
            yield {"experiment": name, "kind": entry["kind"], "label": entry["label"], "step": step}


def contents(page: dict[str, Any]) -> list[Any]:
    files = [[(file["path"], file["size_bytes"]) for file in item["files"]] for item in page["items"]]
    return [*files, *(item["content"] for item in page["items"])]


Ask = Callable[..., Any]


@contextmanager
def asking(root: Path) -> Iterator[Ask]:
    server = Running(root, "--no-token", warm=True)
    try:
        accept = {"accept": "application/json"}
        with httpx.Client(base_url=f"{server.url}api/", timeout=LIMIT_S, headers=accept) as client:

            def ask(path: str, moment: float | None = None, body: Any = None) -> Any:
                at = {} if moment is None else {"time": repr(moment)}
                url = httpx.URL(path).copy_merge_params(at)
                answer = client.get(url) if body is None else client.post(url, json=body)
                assert answer.status_code == 200, answer.text
                return answer.json()

            deadline = time.monotonic() + LIMIT_S
            while not all(row["details"] for row in ask("root")["experiments"]):
                assert time.monotonic() < deadline
            yield ask
    finally:
        server.stop()
