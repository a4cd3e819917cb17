"""Many more random changes of a tree than the suite makes, other ones each time.

    python -m tests.soak.random_changes [--runs 500]

Ends with an error, and the changes that led to it, if a browser does not show what is on disk.
"""

from __future__ import annotations

import argparse

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.server.test_random_changes import RandomChanges, RandomChangesSeenByPolling


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=500)
    runs = arguments.parse_args().runs
    for machine in (RandomChanges, RandomChangesSeenByPolling):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=runs // 2,
                stateful_step_count=50,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        print(f"{machine.__name__}: {runs // 2} runs of 50 changes, all shown as they are on disk")


if __name__ == "__main__":
    main()
