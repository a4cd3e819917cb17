"""A server of S3's protocol, behind a network that fails: what `flush` returned from outlives kills and forks."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.disk.stores.opened_stores import open_store
from lavdlike.mirror import spool
from lavdlike.mirror.tree_scan import files_of
from tests import scripts
from tests.fault_proxy import fault_proxy
from tests.mirror.stores import tree_in
from tests.s3_server import BUCKET, s3_environment, s3_server

pytestmark = pytest.mark.slow

ADDRESS = f"s3://{BUCKET}/logs"
_KILLED = """
import os, signal, sys
from lavdlike import Logger
logger = Logger("run", sys.argv[1], on_error="raise")
for step in range(500):
    logger.log_scalar(step, "loss", step)
logger.flush()
read, written = os.pipe()
if os.fork():
    os.close(written)
    os.kill(os.getpid(), signal.SIGKILL)
os.close(written)
os.read(read, 1)  # the parent is gone, and the library that reaches stores does not work in a forked process
logger.log_scalar(500, "loss", 500)
logger.flush()
logger.log_scalar(501, "loss", 501)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kills_and_forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(spool.FOLDER_VARIABLE, str(tmp_path / "spool"))
    with s3_server() as url, fault_proxy(url) as proxy:
        for name, value in s3_environment(proxy.url).items():
            monkeypatch.setenv(name, value)
        proxy.fail(None, "cut", 503, "closed", None, None, "cut", 429)
        with pytest.raises(AssertionError):  # it is killed; its child closes its output when it is done
            scripts.run(_KILLED, ADDRESS, cwd=tmp_path)
        stored = tree_in(open_store(ADDRESS))["run/scalars.tsv"]
        assert stored.count(b"\tloss\t") in (501, 502)
        proxy.fail("closed", "cut", None, 503)
        scripts.run(
            "import sys; from lavdlike.cli import main; sys.exit(main(['push', sys.argv[1]]))",
            spool.spool_of(ADDRESS),
            cwd=tmp_path,
        )
        folder = spool.spool_of(ADDRESS)
        here = {file.path: (folder / file.path).read_bytes() for file in files_of(folder)}
        assert here["run/scalars.tsv"].count(b"\tloss\t") == 502
        assert tree_in(open_store(ADDRESS)) == here
        assert not list(open_store(ADDRESS).list("run/scalars.tsv.d"))
