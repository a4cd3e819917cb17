"""Every format of files with items is given mutated files of its own: members and documented errors come out alone.

Event files, whose checksums have to be made to fit, are in `tests/test_fuzz.py`.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike import layout
from lavdlike.errors import LogFormatError
from lavdlike.sources import member_registry
from lavdlike.sources.events.event_members import EventMembers
from lavdlike.sources.members import MembersFile
from tests.scripts import ROOT
from tests.sources.reading import NothingBeside, opened

CORPUS = ROOT / "tests" / "corpus"
_VISDOM = (CORPUS / "trackers" / "visdom_panes" / "main.json").read_bytes()
# The run in the database of trackio.
_OWL = "49e6d544a83c47b6aef8a67cda2ffcc8"


class Beside(NothingBeside):
    """Whatever a file names holds this."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __call__(self, named: str) -> bytes:  # noqa: ARG002 - it is always the same
        return self._content

    def has(self, named: str) -> bool:
        return bool(named)


ORIGINALS = {
    "main.json": _VISDOM,
    # Where each byte counts.
    "small.json": b'{"jsons": {"a": {"type": "image_history", "content": [{"src": "data:image/png;base64,iVBORw0K", '
    b'"caption": "x"}, {}]}, "b": {"type": "network", "content": {"nodes": [{"name": 0}], "edges": []}}, '
    b'"c": {"type": "embeddings", "content": {"data": [{"position": [0, 1], "label": "a"}]}}}, "reload": {}}',
    "run-owl.wandb": (CORPUS / "stores" / "wandb" / "run-owl.wandb").read_bytes()[:9000],
    "MLmodel": next(CORPUS.glob("media/mlflow_database/mlruns/*/models/*/artifacts/MLmodel")).read_bytes(),
    "meta.yaml": next(CORPUS.glob("media/mlflow_files/*/*/outputs/*/meta.yaml")).read_bytes(),
    "table.json": next(CORPUS.glob("media/mlflow_files/*/*/artifacts/tables/predictions.json")).read_bytes(),
    "records.json": b'[{"a": 1, "b": [2]}, {"b": NaN, "c": "x"}]',
    "pairs.json": b'[{"actual": "cat", "predicted": "dog"}, {"actual": 1, "predicted": 2}]',
    "roc.json": b'{"roc": [{"fpr": 0.0, "tpr": 0, "threshold": NaN}, {"fpr": 1, "tpr": 1.0, "threshold": 0}]}',
    "curve.json": b'{"precision_recall": [{"precision": 0.5, "recall": 1, "threshold": 0.1}, '
    b'{"precision": 1, "recall": 0}]}',
    "run.trackio": gzip.decompress((CORPUS / "media" / "trackio" / "media.db.gz").read_bytes()),
    "projector_config.pbtxt": (CORPUS / "projector" / "torch" / "projector_config.pbtxt").read_bytes(),
}


def changed(name: str, place: float, added: bytes, cut: int) -> tuple[str, bytes]:
    content = ORIGINALS[name]
    at = int(place * len(content))
    return name, content[:at] + added + content[at + cut :]


MUTATED = st.builds(
    changed,
    st.sampled_from(sorted(ORIGINALS)),
    st.floats(0, 1),
    st.binary(max_size=8)
    | st.sampled_from([b"\0" * 20, b"[" * 3000, b"9" * 5000, b"NaN", b'"', b"\\ud800", b"\xff", b"null"]),
    st.integers(0, 60),
)


@pytest.mark.parametrize("name", sorted(ORIGINALS))
def test_originals_are_claimed(name: str) -> None:
    assert member_registry.format_of(name, ORIGINALS[name]) is not None


def test_no_format_is_left_out() -> None:
    known = {type(member_registry.format_of(each, content)) for each, content in ORIGINALS.items()}
    assert known | {EventMembers} == {type(each) for each in member_registry.MEMBERS}


@pytest.mark.slow
@given(MUTATED, st.floats(0, 1))
def test_mutated_files_give_members_and_documented_errors(mutated: tuple[str, bytes], first: float) -> None:
    """Looked through in two parts, as a file that grows."""
    name, content = mutated
    format_ = member_registry.format_of(name, ORIGINALS[name])
    assert format_ is not None
    beside = Beside(content)
    format_.claims(name, content)
    format_.kinds_at_a_glance(content)
    file = format_.file(name, beside, _OWL)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for part in (content[: int(first * len(content))], content):
            path.write_bytes(part)
            for member_path in paths_in(file, path):
                assert not layout.is_hidden(member_path)
                assert "\0" not in member_path
            with opened(path) as descriptor:
                found = [
                    member
                    for some in format_.file(name, beside, _OWL).find_new(descriptor)
                    for member in some
                ]
                for member in found:
                    with suppress(LogFormatError):
                        if not member.same_as:
                            format_.content(descriptor, member, "shown", beside)
    assert all(isinstance(problem, str) for problem in file.problems())


def paths_in(file: MembersFile, path: Path) -> Iterator[str]:
    with opened(path) as descriptor:
        if not file.is_unchanged(descriptor):
            file.continues(descriptor)
            for some in file.find_new(descriptor):
                yield from (member.path for member in some)
