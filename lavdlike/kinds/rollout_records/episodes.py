"""Episodes of verifiers (`traces.jsonl`, verifiers/v1: `episode.py`, `trace.py`) as one rollout each. Pure.

An episode holds the traces of its agents; a trace its nodes, each with a message and the node before it, rewards with
their weights, metrics. Of several agents each one's messages follow those of the one before, under its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRACES = "traces"


def is_episode(record: Mapping[str, Any]) -> bool:
    traces = record.get(TRACES)
    return isinstance(traces, list) and all(isinstance(each, Mapping) and "nodes" in each for each in traces)


def as_record(episode: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as other rollouts have them."""
    traces = [each for each in episode[TRACES] if isinstance(each, Mapping)]
    record: dict[str, Any] = {"messages": [], "metrics": {}}
    for trace in traces:
        agent = _in(trace, "agent").get("name") if len(traces) > 1 else None
        begin = f"{agent}/" if agent else ""
        for node in trace["nodes"] if isinstance(trace["nodes"], list) else ():
            message = node.get("message") if isinstance(node, Mapping) else None
            if isinstance(message, Mapping):
                record["messages"].append({**message, "name": agent} if agent else message)
        for name, value in {**_rewards(trace), **_in(trace, "metrics")}.items():
            record["metrics"][begin + name] = value
    group, run = _in(episode, "group").get("id"), _in(_in(episode, "run"), "work")
    task = _in(_in(episode, "task"), "data")
    record["group"] = group if group is not None else task.get("idx", episode.get("id"))
    if "step" in run:
        record["step"] = run["step"]
    others = {name: value for name, value in episode.items() if name not in (TRACES, "group")}
    return {**record, **{name: value for name, value in others.items() if name not in record}}


def _rewards(trace: Mapping[str, Any]) -> dict[str, float | int]:
    """Each reward's score, and `reward`: their sum by weight."""
    found: dict[str, float | int] = {}
    total = 0.0
    for name, reward in _in(trace, "rewards").items():
        score = reward.get("score") if isinstance(reward, Mapping) else None
        if isinstance(score, (int, float)):
            weight = reward.get("weight", 1.0)
            found[f"rewards/{name}"] = score
            total += score * (weight if isinstance(weight, (int, float)) else 1.0)
    return {"reward": total, **found} if found else {}


def _in(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object at a key; an empty one if there is none."""
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}
