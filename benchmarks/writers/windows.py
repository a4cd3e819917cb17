"""Windows, by Visdom's calls: those of lavdlike's stand-in, or of Visdom with its server beside.

`python -m benchmarks.writers.windows appends FOLDER COUNT PACKAGE`: so many single points, one at a time, to one curve.
`... block`: COUNT points to as many that are there. `... history`: so many pictures of one window. PACKAGE is
`lavdlike`, `visdom`, or `visdom:PORT` for Visdom's client at a server that is there.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.writers import work

_SIDE = 64


def main() -> None:
    name, folder, count = work.arguments()
    package = sys.argv[4]
    run = {"appends": _appends, "block": _block, "history": _history}[name]
    if package.startswith("visdom:"):
        from benchmarks.writers.visdom_server import client

        print(json.dumps(run(client(int(package.partition(":")[2])), count)))
    elif package == "visdom":
        from benchmarks.writers.visdom_server import connected

        with connected(folder) as vis:
            print(json.dumps(run(vis, count)))
    else:
        from lavdlike.compat.visdom import Visdom

        print(json.dumps(run(Visdom(log_dir=folder), count)))


def _appends(vis, count: int) -> dict[str, float]:  # type: ignore[no-untyped-def] # of either package
    took = []
    for step in range(count):
        begun = time.perf_counter()
        vis.line(X=np.array([step]), Y=np.array([step / 2]), win="curve", update="append")
        took.append(time.perf_counter() - begun)
    part = max(1, count // 10)
    return {"count": count, "all_s": sum(took), "first_s": sum(took[:part]), "last_s": sum(took[-part:])}


def _block(vis, count: int) -> dict[str, float]:  # type: ignore[no-untyped-def]
    x = np.linspace(-1, 0, count)
    vis.line(X=x, Y=x**3, win="curve", opts={"webgl": True})
    begun = time.perf_counter()
    vis.line(X=x + 1, Y=(x + 1) ** 3, win="curve", update="append", opts={"webgl": True})
    return {"count": count, "all_s": time.perf_counter() - begun}


def _history(vis, count: int) -> dict[str, float]:  # type: ignore[no-untyped-def]
    begun = time.perf_counter()
    for number in range(count):
        picture = np.random.default_rng(number).random((3, _SIDE, _SIDE))
        vis.image(picture, win="past", opts={"store_history": True, "caption": str(number)})
    return {"count": count, "all_s": time.perf_counter() - begun}


if __name__ == "__main__":
    main()
