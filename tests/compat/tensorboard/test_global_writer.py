"""tensorboardX's writer for a whole process, and its one call for several writers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lavdlike.compat.tensorboard import GlobalSummaryWriter, TorchVis
from tests import scripts
from tests.logged import files_of, points_of


def test_it_is_had_everywhere_and_counts_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(GlobalSummaryWriter, "_shared", None)
    made = GlobalSummaryWriter.getSummaryWriter()
    writer = GlobalSummaryWriter(tmp_path / "x")
    assert GlobalSummaryWriter.getSummaryWriter() is writer is not made
    for value in (1.0, 2.0):
        writer.add_scalar("a", value)
    writer.add_image("i", np.zeros((3, 4, 4)))
    writer.add_audio("s", np.zeros(9))
    writer.add_text("t", "text")
    writer.close()
    made.close()
    assert points_of(tmp_path / "x/scalars.tsv") == [(0, "a", 1.0), (1, "a", 2.0)]
    assert files_of(tmp_path / "x") == ["0000/i.png", "0000/s.wav", "0000/t.md", "scalars.tsv"]


def test_calls_go_to_all_writers(tmp_path: Path) -> None:
    both = TorchVis("tensorboard", log_dir=tmp_path / "x")
    both.register("TensorBoard", log_dir=tmp_path / "y")
    both.add_scalar("a", 1.0, 1)
    both.unregister("TensorBoard")
    both.add_scalar("a", 2.0, 2)
    both.close()
    assert points_of(tmp_path / "x/scalars.tsv") == [(1, "a", 1.0), (2, "a", 2.0)]
    assert points_of(tmp_path / "y/scalars.tsv") == [(1, "a", 1.0)]
    with pytest.raises(AttributeError, match="no writer has 'add_nothing'"):
        _ = both.add_nothing
    with pytest.raises(ValueError, match="there is no writer 'visdom'"):
        TorchVis("visdom")


@pytest.mark.slow
def test_a_pool_and_processes_that_write_at_once_lose_no_value_and_no_step(tmp_path: Path) -> None:
    """As tensorboardX's demo_multiprocessing does, but with values that do not depend on who takes which task."""
    scripts.run(
        """
        import multiprocessing, sys
        from lavdlike.compat.tensorboard import GlobalSummaryWriter

        def task(number):
            writer.add_scalar("pool/1", number)
            writer.add_scalar("pool/2", -number)

        def many(first):
            for number in range(first, first + 50):
                writer.add_scalar("many", number)

        writer = GlobalSummaryWriter(sys.argv[1])
        context = multiprocessing.get_context("fork")
        with context.Pool(4) as pool:
            pool.map(task, range(100))
        processes = [context.Process(target=many, args=(50 * number,)) for number in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        writer.close()
        """,
        tmp_path / "x",
        cwd=tmp_path,
    )
    points = points_of(tmp_path / "x/scalars.tsv")
    for label, values in (("pool/1", range(100)), ("pool/2", range(-99, 1)), ("many", range(200))):
        assert sorted(value for _, name, value in points if name == label) == list(values)
        assert sorted(step for step, name, _ in points if name == label) == list(range(len(values)))


@pytest.mark.slow
def test_processes_count_together(tmp_path: Path) -> None:
    scripts.run(
        """
        import multiprocessing, sys
        from lavdlike.compat.tensorboard import GlobalSummaryWriter

        def work(number):
            writer.add_scalar("a", number)

        writer = GlobalSummaryWriter(sys.argv[1])
        context = multiprocessing.get_context("fork")
        processes = [context.Process(target=work, args=(number,)) for number in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        work(4)
        writer.close()
        """,
        tmp_path / "x",
        cwd=tmp_path,
    )
    points = points_of(tmp_path / "x/scalars.tsv")
    assert sorted(step for step, _, _ in points) == [0, 1, 2, 3, 4]
    assert sorted(value for _, _, value in points) == [0, 1, 2, 3, 4]
