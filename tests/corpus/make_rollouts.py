"""Makes tests/corpus/rollouts: what original packages write of rollouts.

Each part runs in an environment of its own:

    pip install inspect_ai==0.3.285           python tests/corpus/make_rollouts.py inspect
    pip install verifiers==0.4.0              python tests/corpus/make_rollouts.py episodes
    pip install pandas==3.1.1 pyarrow==26.0   python tests/corpus/make_rollouts.py trl
                                              python tests/corpus/make_rollouts.py by_hand

TRL itself needs torch and a model: its table is made here by the same calls as in `trl/trainer/grpo_trainer.py`,
`GRPOTrainer.log`. By hand, as their sources lay them out: tinker-cookbook's files (`rl/rollout_logging.py`,
`eval/benchmarks/_types.py`; it needs its service) and `results.jsonl` of verifiers before 0.2 (`utils/save_utils.py`,
`state_to_output`).

`expected.json`: what inspect_ai's own reader says of its log.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "rollouts"
QUESTIONS = (
    ("sum", "What is 2 + 2?", "4"),
    ("france", "Capital of France?", "Paris"),
    ("spain", "Capital of Spain?", "Madrid"),
)


class Letters:
    """Tokens that are letters."""

    def encode(self, text: str, **_: Any) -> list[int]:
        return [ord(letter) for letter in text]


def inspect() -> None:
    """One evaluation, in both forms of its log."""
    import tiktoken

    tiktoken.get_encoding = lambda _: Letters()  # the real ones are downloaded
    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.dataset import Sample
    from inspect_ai.log import read_eval_log
    from inspect_ai.model import ModelOutput, get_model
    from inspect_ai.scorer import includes, value_to_float
    from inspect_ai.solver import generate, system_message, use_tools
    from inspect_ai.tool import tool

    @tool  # type: ignore[untyped-decorator]
    def add() -> Any:
        async def execute(x: int, y: int) -> str:
            """Add two numbers.

            Args:
                x: First number.
                y: Second number.
            """
            return str(x + y)

        return execute

    def outputs() -> list[Any]:
        model = "mockllm/model"
        said = ("The sum is 4.", "long " * 400 + "answer: Paris", "Rome?")
        call = ModelOutput.for_tool_call(model, "add", {"x": 2, "y": 2}, content="I add.")
        return [call, *(ModelOutput.from_content(model, text) for text in said)]

    samples = [Sample(id=name, input=question, target=answer) for name, question, answer in QUESTIONS]
    expected = {}
    for form in ("eval", "json"):
        task = Task(
            name="small",
            dataset=samples,
            solver=[system_message("Answer."), use_tools(add()), generate()],
            scorer=includes(),
        )
        with tempfile.TemporaryDirectory() as folder:
            model = get_model("mockllm/model", custom_outputs=outputs())
            evaluate(task, model=model, log_dir=folder, log_format=form, display="none", max_samples=1)
            (written,) = Path(folder).glob(f"*.{form}")
            # Not of one name, or they were the same item.
            name = "inspect_zip.eval" if form == "eval" else "inspect.json"
            (CORPUS / name).write_bytes(written.read_bytes())
            expected[form] = [
                {
                    "id": sample.id,
                    "score": value_to_float()(sample.scores["includes"].value),
                    "said": [[message.role, message.text] for message in sample.messages],
                    "target": sample.target,
                }
                for sample in read_eval_log(str(written)).samples
            ]
    (CORPUS / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", "utf-8")


def episodes() -> None:
    """`traces.jsonl`: one episode of one agent, one of two."""
    from verifiers.v1.episode import Episode, GroupInfo
    from verifiers.v1.trace import (
        AgentInfo,
        MessageNode,
        Reward,
        Trace,
        TraceTask,
        WireAgentConfig,
        WireTaskData,
    )
    from verifiers.v1.types import AssistantMessage, ToolCall, ToolMessage, UserMessage
    from verifiers.v1.utils import trace_store

    def trace(task: Any, agent: str, messages: list[Any], score: float) -> Any:
        nodes = [
            MessageNode(parent=number - 1 if number else None, message=message)
            for number, message in enumerate(messages)
        ]
        rewards = {"exact": Reward(score=score, weight=0.5), "format": Reward(score=1.0, weight=0.25)}
        config = AgentInfo(config=WireAgentConfig(), name=agent)
        return Trace(
            task=task, agent=config, nodes=nodes, rewards=rewards, metrics={"turns": float(len(nodes))}
        )

    folder = CORPUS / "episodes"
    folder.mkdir(exist_ok=True)
    (folder / trace_store.TRACES_FILE).unlink(missing_ok=True)
    for number, (name, question, answer) in enumerate(QUESTIONS[:2]):
        task = TraceTask(type="Small", data=WireTaskData(idx=number, prompt=question))
        call = ToolCall(id="1", name="look_up", arguments=json.dumps({"what": name}))
        said = [
            UserMessage(content=question),
            AssistantMessage(content=None, reasoning_content="I look.", tool_calls=[call]),
            ToolMessage(tool_call_id="1", content=answer),
            AssistantMessage(content=answer),
        ]
        traces = [trace(task, "solver", said, 1.0)]
        if number:
            judged = [UserMessage(content=f"Is {answer} right?"), AssistantMessage(content="yes")]
            traces.append(trace(task, "judge", judged, 0.0))
        group = GroupInfo(id=f"group-{number}")
        trace_store.write_episode(folder, Episode(task=task, traces=traces, ok=True, group=group))


def verifiers() -> None:
    outputs = []
    for number, (_, question, answer) in enumerate(QUESTIONS):
        reward = 1.0 if number != 2 else 0.0
        asked = [{"role": "system", "content": "Answer."}, {"role": "user", "content": question}]
        outputs.append(
            {"example_id": number, "prompt": asked}
            | {"completion": [{"role": "assistant", "content": answer if number != 2 else "Rome?"}]}
            | {"answer": answer, "info": {"level": number}, "reward": reward, "error": None}
            | {"timing": {"start_time": 1.0, "generation_ms": 12.5, "scoring_ms": 0.5, "total_ms": 13.0}}
            | {"is_completed": True, "is_truncated": number == 1, "stop_condition": "max_turns_reached"}
            | {
                "metrics": {"exact": reward, "format": 0.5},
                "tool_defs": [],
                "token_usage": {"input_tokens": 12.0},
            }
            | {"exact": reward, "format": 0.5}
        )
    (CORPUS / "verifiers").mkdir(exist_ok=True)
    _write(CORPUS / "verifiers" / "results.jsonl", outputs)


def trl() -> None:
    import pandas as pd

    for step in (10, 20):
        asked = [f"<|user|>{question}<|assistant|>" for _, question, _ in QUESTIONS for _ in range(2)]
        said = [f"{answer}{' ' * number}" for _, _, answer in QUESTIONS for number in range(2)]
        table = {
            "step": [step] * len(asked),
            "prompt": asked,
            "completion": said,
            "accuracy_reward": [number / 8 for number in range(len(asked))],
            "format_reward": [None, 1.0, 0.0, 1.0, 0.5, 1.0],
            "advantage": [0.25 - number for number in range(len(asked))],
        }
        folder = CORPUS / "completions"
        folder.mkdir(exist_ok=True)
        pd.DataFrame(table).to_parquet(folder / f"completions_{step:05d}.parquet")


def by_hand() -> None:
    tinker()
    verifiers()


def tinker() -> None:
    summaries, trajectories = [], []
    for number, (name, question, answer) in enumerate(QUESTIONS):
        step = {
            "step_idx": 0,
            "ob_len": 9,
            "ac_len": 3,
            "reward": 0.0,
            "episode_done": True,
            "metrics": {},
            "logs": {},
        }
        summaries.append(
            {
                "schema_version": 1,
                "split": "train",
                "iteration": 2,
                "group_idx": number // 2,
                "traj_idx": number % 2,
            }
            | {
                "tags": ["small"],
                "sampling_client_step": 2,
                "total_reward": number / 2,
                "final_reward": number / 4,
            }
            | {"trajectory_metrics": {"correct": 1.0}, "steps": [step], "final_ob_len": 12}
        )
        turns = [
            {"role": "user", "content": question, "token_count": 5, "metadata": {}},
            {"role": "assistant", "content": answer, "token_count": 1, "metadata": {}},
        ]
        trajectories.append(
            {
                "idx": number,
                "benchmark": "small",
                "example_id": f"small-{name}",
                "turns": turns,
                "reward": number / 2,
            }
            | {"metrics": {"correct": 1.0}, "logs": {"expected": answer}, "error": None, "time_seconds": 1.5}
        )
    folder = CORPUS / "tinker" / "iteration_000002"
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "train_rollout_summaries.jsonl", summaries)
    _write(CORPUS / "tinker" / "trajectories.jsonl", trajectories)


def _write(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    {"inspect": inspect, "episodes": episodes, "trl": trl, "by_hand": by_hand}[sys.argv[1]]()
