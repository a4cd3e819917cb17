"""Makes `tests/corpus/rollouts/tinker/iteration_000003`: a tree of logs by the `logtree` of tinker-cookbook 0.6.1.

    python tests/corpus/make_logtree.py LOGTREE

LOGTREE is its file `tinker_cookbook/utils/logtree.py`, which needs nothing else. Sections and their headings are as
`rl/problem_env.py` and `rl/preference_envs.py` have them.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "rollouts" / "tinker" / "iteration_000003"


class Conversation:
    """What `ConversationFormatter` gives."""

    def __init__(self, role: str, content: str) -> None:
        self._messages = [{"role": role, "content": content}]

    def to_html(self) -> str:
        return "<div></div>"

    def to_data(self) -> dict[str, Any]:
        return {"type": "conversation", "messages": self._messages}

    def get_css(self) -> str:
        return ""


def main() -> None:
    spec = importlib.util.spec_from_file_location("logtree", sys.argv[1])
    assert spec is not None
    assert spec.loader is not None
    logtree: Any = importlib.util.module_from_spec(spec)
    sys.modules["logtree"] = logtree
    spec.loader.exec_module(logtree)

    def said(title: str, role: str, content: str) -> None:
        with logtree.scope_header(title):
            logtree.log_formatter(Conversation(role, content))

    with logtree.init_trace("RL Iteration 3") as trace:
        logtree.log_text("how to read")
        for group in range(2):
            with logtree.scope_header("Group Rollout"):
                for number in range(2):
                    answer = f"<{group + number}>"
                    said("Prompt", "user", f"{group} + {number}?")
                    said("Policy Response", "assistant", answer)
                    with logtree.scope_header("Reward"):
                        values = {"reference_answer": answer, "correct": True, "reward": f"{number:.3f}"}
                        logtree.table_from_dict(values, caption="Reward components")
                with logtree.scope_header("Trajectory Details"):
                    logtree.table_from_dict({"steps": 1, "total_reward": 0.5})
        with logtree.scope_header("Preference"):
            said("Prompt", "user", "which?")
            for number in range(2):
                said(f"Completion {number}", "assistant", f"this {number}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    logtree.write_trace_json(trace, FOLDER / "train_logtree.json")


if __name__ == "__main__":
    main()
