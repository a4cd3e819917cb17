"""Optuna: a study with its trials, some of them pruned, beside what the study keeps."""

from __future__ import annotations

from typing import Any

import optuna

from lavdlike.integrations.optuna import LavdlikeCallback
from tools.frameworks.integrations.written import Written, check_same

TRIALS = 12


def objective(trial: Any) -> float:
    x = trial.suggest_float("x", -1, 1)
    kind = trial.suggest_categorical("kind", ["a", "b"])
    for step in range(4):
        trial.report(x * x + step, step)
        if trial.number % 4 == 3 and step == 2:
            raise optuna.TrialPruned
    return float(x * x + (kind == "b"))


def main() -> int:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(objective, n_trials=TRIALS, callbacks=[LavdlikeCallback("study", n_trials=TRIALS)])
    written = Written("log/study")
    done = [trial for trial in study.trials if trial.state.name == "COMPLETE"]
    count = check_same(written.points("study/value"), {trial.number: trial.value for trial in done})
    best = {trial.number: min(each.value for each in done if each.number <= trial.number) for trial in done}
    count += check_same(written.points("study/best_value"), best)
    for trial in study.trials:
        inner = Written(f"log/study/trial-{trial.number:04}")
        assert inner.document["config"] == trial.params
        assert inner.document["tags"] == [trial.state.name.lower()]
        count += check_same(inner.points("intermediate_value"), trial.intermediate_values)
        if trial.state.name == "COMPLETE":
            count += check_same(inner.points("value"), [(3, trial.value)])
    several = optuna.create_study(directions=["minimize", "maximize"])
    several.optimize(
        lambda trial: (trial.suggest_float("x", 0, 1), 2.0), n_trials=3, callbacks=[LavdlikeCallback("two")]
    )
    for place in (0, 1):
        values = {trial.number: trial.values[place] for trial in several.trials}
        count += check_same(Written("log/two").points(f"study/value_{place}"), values)
    return count


if __name__ == "__main__":
    # Read when the Logger is still open: nobody tells a callback that its study is over.
    print(f"{main()} values as the studies keep them")
