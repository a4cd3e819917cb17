"""Two users of a machine write one experiment, with the rights that a plain `umask 022` leaves them."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.messages import ExperimentSummary
from lavdlike.reading.summaries import read_summaries
from tests import users
from tests.limits import LIMIT_S
from tests.users import User, needs_root, shared_root

__all__ = ["shared_root"]

pytestmark = needs_root

ALICE = User(61001)
BOB = User(61002)
B = "61002"  # without an account the number stands for the name

BOTH = """
with Logger("run", root, tags=[TAG], config={TAG: 1}) as logger:
    logger.log_scalar(STEP, "loss", STEP)
    logger.println(TAG)
    logger.log_text(TAG, "actual", 1, expected="x")
    logger.log_json(TAG, {"a": 1}, "both", 2)
    wait()
    logger.log_scalar(STEP + 10, "loss", STEP + 10)
"""


def script(tag: str, step: int) -> str:
    return f"TAG, STEP = {tag!r}, {step}\n" + BOTH


def summary_of(root: Path) -> ExperimentSummary:
    [row] = read_summaries(LocalRoot(root), [ExperimentName("run")], lambda *_: None, budget_s=60)
    assert row is not None
    assert not row.problems
    return row.summary


def made(root: Path, mode: int) -> Path:
    """The experiment's folder, made by Alice with rights of her own choice."""
    folder = root / "run"
    folder.mkdir()
    os.chown(folder, ALICE.number, users.GROUP)
    folder.chmod(mode)
    return folder


def values_in(file: Path) -> list[str]:
    return [line.split("\t")[3] for line in file.read_text().splitlines()[1:]]


def rights(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".lavdlike-")}


def test_in_a_groups_folder_both_write_the_same_files(shared_root: Path) -> None:
    with ALICE.running(script("alice", 1), shared_root) as alice:
        alice.until_ready()
        said = BOB.run(script("bob", 2), shared_root)
    folder = shared_root / "run"
    assert "may not" not in said
    assert "cannot write" not in said
    assert values_in(folder / "scalars.tsv") == ["1", "2", "12", "11"]
    assert (folder / "stdout.log").read_text() == "alice\nbob\n"
    assert '"alice"' in (folder / "0002/both.json").read_text()
    assert '"bob"' in (folder / "0002/both.json").read_text()
    assert {rights(path) for path in folder.rglob("*") if path.is_file()} == {"664"}
    assert {rights(path) for path in (folder, folder / "0001")} == {"2775"}
    assert {path.stat().st_gid for path in folder.rglob("*")} == {users.GROUP}
    summary = summary_of(shared_root)
    assert (summary.status, summary.tags, len(summary.sessions)) == ("finished", ["alice", "bob"], 2)


def test_what_may_not_be_appended_to_goes_to_files_of_ones_own(shared_root: Path) -> None:
    folder = made(shared_root, 0o777)
    with ALICE.running(script("alice", 1), shared_root) as alice:
        alice.until_ready()
        with BOB.running(script("bob", 2), shared_root) as bob:
            bob.until_ready()
            assert summary_of(shared_root).status == "running"
            said = bob.end()
        assert summary_of(shared_root).status == "running"
    assert values_in(folder / "scalars.tsv") == ["1", "11"]
    assert values_in(folder / f"scalars.{B}.tsv") == ["2", "12"]
    assert (folder / f"stdout.{B}.log").read_text() == "bob\n"
    assert said.count("may not change it") == 1
    assert f"what is logged goes to scalars.{B}.tsv" in said
    # Alice's steps are hers alone: said, with the one who can change it.
    assert (
        f"cannot write {folder}/0001/actual.json: Permission denied: {folder}/0001 belongs to 61001" in said
    )
    assert "2 writes were not done" in said
    assert "Traceback" not in said
    # Whole files in the folder itself can be replaced by whoever may write there.
    assert f"experiment.{B}.json" not in names(folder)
    summary = summary_of(shared_root)
    assert (summary.status, summary.tags, len(summary.sessions)) == ("finished", ["alice", "bob"], 2)


def test_the_name_of_a_writer_stands_before_that_of_the_user(shared_root: Path) -> None:
    folder = made(shared_root, 0o777)
    log = "with Logger('run', root, writer='rank3') as logger: logger.log_scalar(1, 'loss', 1)"
    ALICE.run(log, shared_root)
    BOB.run(log, shared_root)
    assert values_in(folder / f"scalars.rank3.{B}.tsv") == values_in(folder / "scalars.rank3.tsv") == ["1"]


def test_where_nothing_of_others_can_be_replaced_the_session_has_a_file_of_its_own(shared_root: Path) -> None:
    folder = made(shared_root, 0o1777)
    ALICE.run(script("alice", 1), shared_root)
    os.utime(folder / "experiment.json", (1.0, 1.0))
    with BOB.running(script("bob", 2), shared_root) as bob:
        bob.until_ready()
        assert {f"experiment.{B}.json", f"scalars.{B}.tsv"} <= names(folder)
        summary = summary_of(shared_root)
        assert (summary.status, summary.tags) == ("running", ["alice", "bob"])
        assert summary.config == {"alice": 1, "bob": 1}
        assert time.time() - summary.changed < 1000
        bob.process.kill()
        bob.process.wait()
        assert summary_of(shared_root).status == "crashed"
        bob.process.returncode = 0
    said = BOB.run(script("bob", 3), shared_root)
    assert said.count("may not change it") == 1
    summary = summary_of(shared_root)
    assert (summary.status, [each.outcome for each in summary.sessions]) == (
        "finished",
        ["finished", "", "finished"],
    )


def test_the_heartbeat_of_a_session_goes_on_when_another_user_replaced_its_file(shared_root: Path) -> None:
    folder = made(shared_root, 0o777)
    beats = """
    from lavdlike.writing import presence
    presence.HEARTBEAT_S = 0.02
    with Logger("run", root) as logger:
        wait()
    """
    with ALICE.running(beats, shared_root) as alice:
        alice.until_ready()
        BOB.run("with Logger('run', root) as logger: pass", shared_root)
        file = folder / "experiment.json"
        file.chmod(0o644)
        deadline = time.monotonic() + LIMIT_S
        while file.stat().st_uid != ALICE.number:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert (summary_of(shared_root).status, len(summary_of(shared_root).sessions)) == ("running", 2)


def test_a_folder_that_is_anothers_alone_is_waited_for_and_nothing_raises(shared_root: Path) -> None:
    folder = made(shared_root, 0o755)
    ALICE.run(script("alice", 1), shared_root)
    late = """
    logger = Logger("run", root)
    logger.log_scalar(7, "loss", 7)
    wait()
    logger.flush()
    """
    with BOB.running(late, shared_root) as bob:
        bob.until_ready()
        assert not any(B in name for name in names(folder))
        folder.chmod(0o777)
        said = bob.end()
    assert f"{folder} belongs to 61001" in said
    assert values_in(folder / f"scalars.{B}.tsv") == ["7"]
    assert len(summary_of(shared_root).sessions) == 2


def test_a_lock_that_may_not_be_read_holds_nothing_up(shared_root: Path) -> None:
    folder = made(shared_root, 0o777)
    User(ALICE.number, umask="077").run("Logger('run', root).log_json('a', {}, 'b')", shared_root)
    said = BOB.run("Logger('run', root).log_json('a', {'c': 1}, 'bob')", shared_root)
    assert (folder / "bob.json").read_text() == '{"a": {"c": 1}}'
    assert "may not be read; writing without it" in said
    assert f"experiment.{B}.json" in names(folder)
