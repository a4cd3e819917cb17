"""Which rank a process has."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from lavdlike.integrations.ranks import rank_in, rank_of_process


@pytest.mark.parametrize(
    ("environment", "rank"),
    [
        ({}, 0),
        ({"RANK": "2", "LOCAL_RANK": "0"}, 2),
        ({"LOCAL_RANK": "1"}, 1),
        ({"SLURM_PROCID": "3", "SLURM_NTASKS": "4"}, 3),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "1", "LOCAL_RANK": "1"}, 1),
        ({"OMPI_COMM_WORLD_RANK": "5"}, 5),
        ({"RANK": "", "PMI_RANK": "1"}, 1),
        ({"RANK": "none"}, 0),
    ],
)
def test_the_launcher_says_it(environment: dict[str, str], rank: int) -> None:
    assert rank_in(environment) == rank


def test_a_process_group_of_torch_says_it_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "3")
    group = SimpleNamespace(is_available=lambda: True, is_initialized=lambda: True, get_rank=lambda: 1)
    monkeypatch.setitem(sys.modules, "torch.distributed", group)
    assert rank_of_process() == 1
    monkeypatch.delitem(sys.modules, "torch.distributed")
    assert rank_of_process() == 3
