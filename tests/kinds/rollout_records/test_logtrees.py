"""tinker-cookbook's trees of logs, as its own `logtree` wrote one."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lavdlike.kinds.rollout_records.logtrees import records_in
from lavdlike.kinds.rollout_records.rollout_begins import Form, form_of
from tests.scripts import ROOT

LOG = ROOT / "tests" / "corpus" / "rollouts" / "tinker" / "iteration_000003" / "train_logtree.json"


def test_conversations_stand_behind_their_prompt_with_what_is_said_of_them() -> None:
    data = LOG.read_bytes()
    assert form_of("train_logtree.json", data) is Form.LOGTREE
    first, *others = records_in(data)
    assert first == {
        "section": "Policy Response",
        "messages": [{"role": "user", "content": "0 + 0?"}, {"role": "assistant", "content": "<0>"}],
        "reference_answer": "<0>",
        "correct": True,
        "reward": 0.0,
    }
    assert [each["reward"] for each in others[:3]] == [1.0, 0.0, 1.0]
    assert [(each["section"], each["messages"][-1]["content"]) for each in others[3:]] == [
        ("Completion 0", "this 0"),
        ("Completion 1", "this 1"),
    ]
    assert {each["messages"][0]["content"] for each in others[3:]} == {"which?"}


def test_other_documents_are_none() -> None:
    document: Any
    for document in ({"title": "a", "root": {}}, {"title": "a", "started_at": "b", "root": [1]}, []):
        assert form_of("a_logtree.json", json.dumps(document).encode()) is None


_NAMES = st.sampled_from(
    ["section", "table", "conversation", "tag", "children", "data", "messages", "type", "Prompt"]
)
_ANY = st.recursive(
    _NAMES | st.none() | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=30,
)


@given(_ANY)
def test_any_tree_is_taken(root: Any) -> None:
    with suppress(ValueError):
        for record in records_in(json.dumps({"root": root}).encode()):
            assert isinstance(record["messages"], list)
