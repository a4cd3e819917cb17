"""Where a program ran: what can matter for its results, and no secret."""

from __future__ import annotations

import os
import platform
import re
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence

# Variables that say how a program computes; everything else of the environment may be private.
_NAMES = re.compile(
    r"(CONDA_(DEFAULT_ENV|PREFIX)|HOSTNAME|LANG|LC_ALL|LD_LIBRARY_PATH|(LOCAL_|NODE_)?RANK|MASTER_(ADDR|PORT)|TZ"
    r"|PYTHON(HASHSEED|PATH)|VIRTUAL_ENV|WORLD_SIZE"
    r"|(CUDA|CUBLAS|CUDNN|GOMP|HIP|JAX|KMP|MKL|NCCL|NVIDIA|OMP|OPENBLAS|PYTORCH|ROCR|SLURM|TF|TORCH|XLA)_\w+)\Z"
)
_SECRET = ("KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL", "AUTH", "COOKIE")


def variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Those that say how a program computes, in the order of their names."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if _NAMES.match(name) and not any(word in name for word in _SECRET)
    }


def infos(argv: Sequence[str], folder: str) -> dict[str, str]:
    """What stands at the top of the summary."""
    return {
        "Program": shlex.join(argv),
        "Folder": folder,
        "Host": socket.gethostname(),
        "System": platform.platform(),
        "Python": f"{platform.python_version()} ({sys.executable})",
        "Processors": str(os.cpu_count()),
    }


def sections(environment: Mapping[str, str], *, is_own_python: bool) -> dict[str, list[str]]:
    """What stands at its end: variables, and the packages of this Python if it is the program's."""
    said = [f"    {name}={shlex.quote(value)}" for name, value in variables(environment).items()]
    found = {"Environment": said or ["Nothing of interest is set."]}
    if is_own_python:
        found["Packages"] = [f"    {line}" for line in _packages()]
    return found


def _packages() -> list[str]:
    from importlib import metadata

    named = {(each.metadata["Name"] or "", each.version or "") for each in metadata.distributions()}
    return sorted((f"{name}=={version}" for name, version in named if name), key=str.lower)
