from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike import annotation_file
from lavdlike.annotation_file import HEADER
from lavdlike.edit_messages import Annotation
from lavdlike.errors import LimitError, LogFormatError

FIRST = Annotation(step=3, text="loss jumps", id="a1", author="ada", time=1763600000.5)
RANGE = Annotation(step=10, end_step=20, text="a\tb\nc\\n", id="b2", label="train/loss", time=2.0)


def text_of(*lines: str) -> bytes:
    return "".join([HEADER, *(line + "\n" for line in lines)]).encode()


def test_annotations_are_lines_that_a_person_can_read() -> None:
    data = annotation_file.changed(annotation_file.changed(None, FIRST), RANGE)
    assert data == text_of(
        "a1\t3\t\t\tada\t1763600000.500\tloss jumps",
        "b2\t10\t20\ttrain/loss\t\t2.000\ta\\tb\\nc\\\\n",
    )
    found = annotation_file.read(data, "annotations.tsv")
    assert (found.annotations, found.problems) == ([FIRST, RANGE], [])


def test_one_takes_the_place_of_that_of_its_id() -> None:
    data = annotation_file.changed(annotation_file.changed(None, FIRST), RANGE)
    changed = Annotation(step=4, text="here", id="a1")
    data = annotation_file.changed(data, changed)
    assert data is not None
    assert annotation_file.read(data, "a").annotations == [changed, RANGE]


def test_an_empty_text_removes_it_and_the_last_one_the_file() -> None:
    data = annotation_file.changed(annotation_file.changed(None, FIRST), RANGE)
    data = annotation_file.changed(data, Annotation(step=0, text="", id="a1"))
    assert data is not None
    assert annotation_file.read(data, "a").annotations == [RANGE]
    assert annotation_file.changed(data, Annotation(step=0, text="", id="b2")) is None


def test_what_changes_nothing_leaves_every_byte() -> None:
    data = text_of("a1\t03\t\t\tada\t1763600000.5\tloss jumps")
    assert annotation_file.changed(data, FIRST) is data
    assert annotation_file.changed(data, Annotation(step=0, text="", id="zz")) is data
    assert annotation_file.changed(None, Annotation(step=0, text="", id="zz")) is None


def test_bad_lines_are_reported_with_their_place_and_kept() -> None:
    bad = ["what is this", "c3\t1\t\t\t\t0\t", "\t1\t\t\t\t0\tx", "d\t5\t4\t\t\t0\tx", "e\t-1\t\t\t\t0\tx"]
    bad += ["f\t1\t\t\t\tnan\tx", "a1\t9\t\t\t\t0\tagain", "g\t9007199254740992\t\t\t\t0\tx"]
    data = text_of("a1\t3\t\t\t\t0\tx", *bad) + b"h\t1\t\t\t\t0\t\xff\n"
    found = annotation_file.read(data, "run/annotations.tsv")
    assert [problem.position for problem in found.problems] == [f"line {number}" for number in range(3, 12)]
    assert [annotation.id for annotation in found.annotations] == ["a1"]
    changed = annotation_file.changed(data, RANGE)
    assert changed is not None
    assert changed.startswith(data)
    assert annotation_file.changed(text_of(*bad, "a1\t3\t\t\t\t0\tx"), Annotation(0, "", "b2")) is not None


def test_files_of_windows_and_without_a_last_newline_are_read() -> None:
    data = text_of("a1\t3\t\t\t\t0\tx").replace(b"\n", b"\r\n")
    assert annotation_file.read(data, "a").annotations == [Annotation(step=3, text="x", id="a1")]
    whole = annotation_file.changed(text_of("a1\t3\t\t\t\t0\tx")[:-1], RANGE)
    assert whole is not None
    assert len(annotation_file.read(whole, "a").annotations) == 2


def test_a_table_of_somebody_else_is_never_overwritten() -> None:
    assert not annotation_file.is_ours(b"step\tvalue\n1\t2\n")
    with pytest.raises(LogFormatError, match="first line"):
        annotation_file.changed(b"step\tvalue\n1\t2\n", FIRST)


def test_more_than_can_be_shown_is_refused() -> None:
    with pytest.raises(LimitError, match="larger than 8 MiB"):
        annotation_file.read(HEADER.encode() + bytes(annotation_file.MAX_BYTES), "a")
    with pytest.raises(LimitError, match="more than 100,000 lines"):
        annotation_file.read(
            annotation_file.HEADER.encode() + b"\n" * (annotation_file.MAX_BYTES - 1000), "x"
        )
    many = text_of(*(f"{number}\t1\t\t\t\t0\tx" for number in range(annotation_file.MAX_ANNOTATIONS)))
    with pytest.raises(LimitError, match="more than 10,000"):
        annotation_file.changed(many, FIRST)


@given(st.text(min_size=1), st.text(), st.text())
def test_any_text_reads_back(text: str, label: str, author: str) -> None:
    annotation = Annotation(step=1, text=text, id="x", label=label, author=author)
    try:
        data = annotation_file.changed(None, annotation)
    except UnicodeEncodeError:
        return
    assert data is not None
    assert annotation_file.read(data, "a").annotations == [annotation]


@given(st.binary())
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    found = annotation_file.read(HEADER.encode() + data, "a")
    assert b"\n".join(line.text for line in found.lines) == data.removesuffix(b"\n") or not data
