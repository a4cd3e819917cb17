"""Which of the processes that train one model together this one is."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

# Each set by a launcher: torchrun and Lightning, srun, Open MPI, MPICH and its like, Intel's. The first that is there.
_RANKS = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "LOCAL_RANK")


def rank_of_process() -> int:
    """The rank of this process, from 0: of torch's process group if it has one, else what its launcher says."""
    distributed: Any = sys.modules.get("torch.distributed")  # who trains with it has imported it
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return int(distributed.get_rank())
    return rank_in(os.environ)


def rank_in(environment: Mapping[str, str]) -> int:
    """What the launcher's variables say; 0 without a launcher.

    >>> rank_in({"RANK": "3", "LOCAL_RANK": "1"}), rank_in({})
    (3, 0)
    """
    for name in _RANKS:
        # A shell that `salloc` or `srun --pty` has opened has a rank, and is alone.
        if name == "SLURM_PROCID" and environment.get("SLURM_NTASKS", "1") == "1":
            continue
        if environment.get(name, "").isdecimal():
            return int(environment[name])
    return 0
