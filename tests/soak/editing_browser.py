"""A browser that edits: signed in by name, it reads what stands there, edits that, and reads again after a conflict."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from lavdlike import layout
from lavdlike.match import match_of
from tests.serving import Reached
from tests.soak.told import NOTES, Told

# 400: the file is just what an editor like vim wrote half of it. 404: the experiment is just being renamed.
# 503: another edit holds the lock for too long.
_REFUSALS = (400, 404, 409, 503)
_TRIES = 3
_GIVES_UP = 0.3
_OLD_MATCH = "0" * 32

Fields = dict[str, Any]


class Browser:
    """`told` takes what it is told is written; `statuses` counts the answers to its edits."""

    def __init__(self, port: int, name: str, password: str, random_: random.Random, told: Told) -> None:
        reached = Reached(port)
        self._client = reached.client(headers={"Origin": reached.url, "Sec-Fetch-Site": "same-origin"})
        signed_in = self._client.post("/api/sign-in", json={"name": name, "token": password})
        signed_in.raise_for_status()
        self._client.headers["X-Lavdlike-Page"] = signed_in.json()["page_secret"]
        self._name, self._random, self._told = name, random_, told
        self.statuses: Counter[int] = Counter()
        self._actions: dict[str, Callable[[str], Fields | None]] = {
            "mark": self._mark,
            "notes": self._notes,
            "annotate": self._annotate,
            "filter": self._filter,
            "define": self._define,
            "view": self._view,
            "undo": self._undo,
            "stale": self._stale,
            "rename": self._rename,
            "trash": self._trash,
        }

    def close(self) -> None:
        self._client.close()

    def edit(self, number: int) -> None:
        """One edit; after a conflict it looks at what stands there and tries again, or gives up."""
        make = self._random.choices(list(self._actions.values()), [6, 5, 4, 2, 1, 1, 3, 1, 1, 1])[0]
        for _ in range(_TRIES):
            fields = make(f"{self._name} {number}")
            if fields is None or self._sent(fields) or self._random.random() < _GIVES_UP:
                break
        if number % 10 == 0:
            self.check_list()

    def check_list(self) -> None:
        """That the list of edits says that those of this browser are this person's."""
        for each in self._get("/api/edits")["edits"]:
            known = self._told.who(each["id"])
            assert known in (None, each["by"]), f"{each} was done by {known}"

    def send(self, fields: Fields) -> httpx.Response:
        while True:
            answer = self._client.post("/api/edits", json={"edit": fields})
            self.statuses[answer.status_code] += 1
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                return answer
            time.sleep(float(answer.headers["Retry-After"]))

    def rows(self) -> dict[str, Any]:
        return {row["id"]: row for row in self.root_page()["experiments"]}

    def root_page(self) -> Any:
        return self._get("/api/root")

    def notes_of(self, experiment: str) -> Any:
        """None if there is no such experiment."""
        answer = self._client.get(f"/api/notes/{experiment}")
        return answer.json() if answer.status_code == httpx.codes.OK else None

    def edits(self) -> list[Any]:
        edits: list[Any] = self._get("/api/edits")["edits"]
        return edits

    def _sent(self, fields: Fields) -> bool:
        answer = self.send(fields)
        assert answer.status_code in (200, *_REFUSALS), f"{fields}: {answer.status_code} {answer.text}"
        if answer.status_code != httpx.codes.OK:
            return False
        done = answer.json()
        if done["id"]:
            self._told.edited(done["id"], self._name, [each["target"] for each in done["refused"]])
        if fields["action"] == "notes" and fields["text"]:
            of = layout.from_id(fields["target"]["experiment"])
            self._told.wrote(NOTES, match_of(fields["text"].encode()), of=of)
        return True

    # --- edits ----------------------------------------------------------------------------------------------

    def _mark(self, text: str) -> Fields | None:
        rows = self.rows()
        chosen = self._random.sample(sorted(rows), min(2, len(rows)))
        tag = f"tag {self._random.randrange(5)}"
        said: Fields = self._random.choice(
            [{"title": text}, {"title": text, "add_tags": [tag]}, {"remove_tags": [tag]}, {"starred": True}]
        )
        return {"action": "mark", "targets": [_target(name, rows[name]["marks"]) for name in chosen], **said}

    def _notes(self, text: str) -> Fields | None:
        name = self._some()
        notes = self.notes_of(name)
        written = f"{text}\n" * self._random.randrange(3)
        return notes and {"action": "notes", "target": _target(name, notes["match"]), "text": written}

    def _stale(self, text: str) -> Fields | None:
        return {"action": "notes", "target": _target(self._some(), _OLD_MATCH), "text": text}

    def _annotate(self, text: str) -> Fields | None:
        name = self._some()
        answer = self._client.post("/api/annotations", json={"experiments": [name]})
        if answer.status_code != httpx.codes.OK or not (found := answer.json()["experiments"]):
            return None
        known = self._random.choice([each["id"] for each in found[0]["annotations"]] or [""])
        annotation = {
            "step": self._random.randrange(9),
            "text": text,
            "id": self._random.choice(["", known]),
        }
        return {"action": "annotate", "target": _target(name, found[0]["match"]), "annotation": annotation}

    def _filter(self, text: str) -> Fields | None:
        saved = {"name": f"filter {self._random.randrange(4)}", "filter": self._random.choice([text, ""])}
        return {"action": "filter", "match": self._root_match(), "saved": saved}

    def _define(self, text: str) -> Fields | None:
        definition = {"pattern": f"loss/{self._random.randrange(3)}", "goal": "min", "description": text}
        return {"action": "define", "match": self._root_match(), "definition": definition}

    def _view(self, text: str) -> Fields | None:
        return {"action": "view", "match": self._root_match(), "view": {"q": [text]}}

    def _undo(self, _text: str) -> Fields | None:
        done = [each["id"] for each in self.edits()[:5] if each["can_be_undone"]]
        return {"action": "undo", "edit": self._random.choice(done)} if done else None

    def _rename(self, _text: str) -> Fields | None:
        rows = self.rows()
        for name, other in (("moving", "moved"), ("moved", "moving")):
            if name in rows and rows[name]["identity"]:
                return {"action": "rename", "target": _target(name, rows[name]["identity"]), "name": other}
        return None

    def _trash(self, _text: str) -> Fields | None:
        if trashed := self._get("/api/trash")["trashed"]:
            return {"action": "restore", "trashed": [each["id"] for each in trashed]}
        rows = self.rows()
        name = self._random.choice(sorted(rows))
        return {"action": "trash", "targets": [_target(name, rows[name]["identity"])]}

    # --- what stands there ----------------------------------------------------------------------------------

    def _some(self) -> str:
        return self._random.choice(sorted(self.rows()))

    def _root_match(self) -> str:
        match: str = self.root_page()["people"]["match"]
        return match

    def _get(self, path: str) -> Any:
        answer = self._client.get(path)
        answer.raise_for_status()
        return answer.json()


def _target(experiment: str, match: str) -> dict[str, str]:
    return {"experiment": experiment, "match": match}
