from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike import layout
from lavdlike.kinds import places
from lavdlike.server.app import create_app
from lavdlike.server.host.logging_setup import LINES_PER_MINUTE, OneLine, RateLimit
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from lavdlike.shell import subcommands
from tests import hostile
from tests.hostile import Bad, Case, Shown
from tests.serving import Served, served

pytestmark = pytest.mark.slow

CASES = list(hostile.corpus())
EXPERIMENTS = sorted({case.experiment for case in CASES})


@dataclass
class Answers:
    """What the server has said of the whole corpus."""

    server: Served
    root: Path
    journal: io.StringIO
    items: dict[tuple[str, Shown], Any] = field(default_factory=dict)
    labels: dict[str, set[str]] = field(default_factory=dict)  # of scalars, by experiment
    listed: set[tuple[str, str, str]] = field(default_factory=set)  # experiment, kind, label
    problems: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def problems_of(self, case: Case) -> list[dict[str, str]]:
        path = layout.shown(f"{case.experiment}/{case.path}")
        return [problem for problem in self.problems if problem["path"] == path]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    root = tmp_path_factory.mktemp("hostile") / "log"
    hostile.make_root(root)
    journal = io.StringIO()
    with (
        _journal(journal),
        served(create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())) as server,
        server.client() as client,
    ):
        answers = Answers(server, root, journal)
        for experiment in EXPERIMENTS:
            _ask(client, experiment, answers)
        answers.problems = _json(client.get("/api/problems"), answers)["problems"]
        yield answers
    shutil.rmtree(root)  # pytest would keep it, and other programs would find it


class _journal:  # noqa: N801
    """The server's log as `set_up_logging` makes it, for a while."""

    def __init__(self, stream: io.StringIO) -> None:
        self._handler = logging.StreamHandler(stream)
        self._handler.setFormatter(OneLine(verbose=False))
        self._handler.addFilter(RateLimit())

    def __enter__(self) -> None:
        logging.getLogger("lavdlike").addHandler(self._handler)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("lavdlike").removeHandler(self._handler)


def _ask(client: httpx.Client, experiment: str, answers: Answers) -> None:
    """Everything the page would ask for, were each item of the experiment shown."""
    id_ = layout.to_id(experiment)
    catalogue = _json(client.get(f"/api/experiments/{id_}"), answers)
    answers.listed |= {(experiment, entry["kind"], entry["label"]) for entry in catalogue["labels"]}
    (scalars,) = _json(client.post("/api/scalars/labels", json={"experiments": [id_]}), answers)[
        "experiments"
    ]
    answers.labels[experiment] = {label["label"] for label in scalars["labels"]}
    wanted = {
        shown
        for case in CASES
        if case.experiment == experiment and (shown := _item_of(case)) and shown.kind != "scalars"
    }
    wanted.add(Shown("texts", hostile.GOOD_LABEL, 7))
    every = sorted(wanted, key=str)
    addresses = [{"experiment": id_, **shown._asdict()} for shown in every]
    items = _json(client.post("/api/items", json={"items": addresses}), answers)["items"]
    answers.items.update(((experiment, shown), item) for shown, item in zip(every, items, strict=True))
    for shown in every:
        if shown.kind == "images":
            step = "global" if shown.step is None else shown.step
            client.get(f"/api/pictures/{id_}/{step}/{layout.to_id(shown.label)}?size=64")


def _json(answer: httpx.Response, answers: Answers) -> Any:
    assert answer.status_code == 200, answer.text
    answers.bodies.append(answer.text)
    return answer.json()


def _item_of(case: Case) -> Shown | None:
    return case.expected.item if isinstance(case.expected, Bad) else case.expected


def test_corpus_is_large() -> None:
    assert len(CASES) >= 250
    assert len({(case.experiment, case.path) for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case", [case for case in CASES if isinstance(case.expected, Shown)], ids=lambda case: case.id
)
def test_what_can_be_shown_is_shown_without_a_problem(answers: Answers, case: Case) -> None:
    shown = case.expected
    assert isinstance(shown, Shown)
    if shown.kind == "scalars":
        assert shown.label in answers.labels[case.experiment]
    else:
        item = answers.items[case.experiment, shown]
        assert item is not None
        assert item["problem"] is None
        paths = {os.fsdecode(layout.from_id(file["path"])) for file in item["files"]}
        assert case.path in paths
    assert [problem for problem in answers.problems_of(case) if "same item" not in problem["reason"]] == []


@pytest.mark.parametrize(
    "case", [case for case in CASES if isinstance(case.expected, Bad)], ids=lambda case: case.id
)
def test_what_cannot_be_shown_is_a_problem_with_its_place(answers: Answers, case: Case) -> None:
    expected = case.expected
    assert isinstance(expected, Bad)
    found = answers.problems_of(case)
    assert any(
        re.search(expected.reason, problem["reason"]) and re.search(expected.position, problem["position"])
        for problem in found
    ), found
    if expected.item is not None:
        assert answers.items[case.experiment, expected.item] is not None


@pytest.mark.parametrize("case", [case for case in CASES if case.expected is None], ids=lambda case: case.id)
def test_what_is_hidden_is_nowhere(answers: Answers, case: Case) -> None:
    assert answers.problems_of(case) == []
    label = places.split_label(case.path)[0]
    assert not any(entry[0] == case.experiment and entry[2] == label for entry in answers.listed)
    address = f"/api/files/{layout.to_id(case.experiment)}/{layout.to_id(case.path)}"
    with answers.server.client() as client:
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda name: ascii(name)[1:40])
def test_rest_of_the_experiment_is_shown(answers: Answers, experiment: str) -> None:
    good = answers.items[experiment, Shown("texts", hostile.GOOD_LABEL, 7)]
    assert good["content"]["actual"] == hostile.GOOD_TEXT
    assert hostile.GOOD_LABEL in answers.labels[experiment]


def test_every_problem_is_named_once(answers: Answers) -> None:
    """The page tells them apart by what they say."""
    said = [json.dumps(problem, sort_keys=True) for problem in answers.problems]
    assert len(said) == len(set(said))


def test_nothing_else_is_a_problem(answers: Answers) -> None:
    expected = {
        layout.shown(f"{case.experiment}/{case.path}") for case in CASES if isinstance(case.expected, Bad)
    }
    assert {problem["path"] for problem in answers.problems} - expected == set()


def test_each_file_is_sent_as_it_is_or_refused_and_nothing_hangs(answers: Answers) -> None:
    with answers.server.client() as client:
        for case in CASES:
            address = f"{layout.to_id(case.experiment)}/{layout.to_id(case.path)}"
            answer = client.get(f"/api/files/{address}", headers={"Range": "bytes=0-63"})
            assert answer.status_code in (200, 206, 403, 404, 416), (case.id, answer.status_code)
            if answer.status_code in (200, 206):
                assert answer.headers["Content-Security-Policy"].startswith("sandbox;"), case.id
                assert answer.headers["Content-Type"] not in ("text/javascript", "text/css"), case.id
            answer = client.get(f"/api/logs/{address}")
            assert answer.status_code in (200, 403, 404, 422), (case.id, answer.status_code)
            answers.bodies.append(answer.text)


def test_markdown_of_the_tree_holds_nothing_that_runs(answers: Answers) -> None:
    with answers.server.client() as client:
        for name in (name for name in hostile._DOCUMENTS if name.endswith(".md")):
            html = _json(client.get(f"/api/markdown/documents/0001/{name}"), answers)["html"]
            elements = r"<(script|iframe|object|embed|base|form|style|link|svg|annotation|maction)\b"
            assert not re.search(elements, html), name
            assert not re.search(r"<[^>]*\s(on\w+|formaction)\s*=", html), name
            assert not re.search(r"(href|src)=\"?\s*(javascript|data):", html), name


def test_no_answer_holds_a_traceback(answers: Answers) -> None:
    for body in answers.bodies:
        assert "Traceback" not in body
        assert "lavdlike/server/" not in body


def test_log_has_a_line_for_a_bad_file_but_never_many_and_nothing_that_moves_a_cursor(
    answers: Answers,
) -> None:
    lines = answers.journal.getvalue().splitlines()
    of_files = [line for line in lines if re.search(r"warning: \S.*: ", line)]
    assert 0 < len(of_files) <= LINES_PER_MINUTE * 2
    assert all(line.isprintable() for line in lines)
    assert not any("error" in line.partition(": ")[0] for line in lines)


def test_shell_names_the_same_problems(answers: Answers, capfd: pytest.CaptureFixture[str]) -> None:
    assert subcommands.ls([str(answers.root)], as_json=True, problems=True) == 1
    said = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    found = {(each["path"], each["reason"], each["position"]) for each in said}
    # What only opening an item shows is known where somebody has looked at it.
    only_read = {
        layout.shown(f"{case.experiment}/{case.path}")
        for case in CASES
        if isinstance(case.expected, Bad)
        and case.expected.item
        and (case.expected.item.kind != "files" or case.expected.reason == "permission")
    }
    known = {(each["path"], each["reason"], each["position"]) for each in answers.problems}
    assert {each for each in known if each[0] not in only_read} == {
        each for each in found if each[0] not in only_read
    }
