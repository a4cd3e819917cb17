"""Which objects make up a file that grows."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lavdlike.disk.parts import Part, arranged, part_of, part_path


def test_parts_that_follow_each_other_are_the_file() -> None:
    found = arranged(0, [Part(10, 5), Part(0, 10)])
    assert (found.parts, found.size_bytes, found.covered, found.unreached) == (
        (Part(0, 10), Part(10, 5)),
        15,
        (),
        (),
    )


def test_what_was_joined_covers_its_parts_until_they_are_removed() -> None:
    found = arranged(15, [Part(0, 10), Part(10, 5), Part(15, 2)])
    assert (found.parts, found.size_bytes, found.covered) == ((Part(15, 2),), 17, (0, 10))
    # Parts are joined into the first of them as well.
    assert arranged(0, [Part(0, 15), Part(10, 5)]).covered == (10,)


def test_what_lies_behind_a_gap_is_not_reached() -> None:
    found = arranged(4, [Part(5, 1), Part(9, 1)])
    assert (found.size_bytes, found.parts, found.unreached) == (4, (), (5, 9))


@given(st.text(st.characters(exclude_characters="/"), min_size=1), st.integers(0, 10**15 - 1))
def test_a_part_says_its_file_and_where_it_begins(name: str, begin: int) -> None:
    assert part_of(part_path(f"run/{name}", begin)) == (f"run/{name}", begin)


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=8), st.data())
def test_joining_at_any_moment_shows_each_byte_once(
    content: bytes, cuts: list[int], data: st.DataObject
) -> None:
    """Whatever was joined, and whichever of the parts it covers are removed already."""
    edges = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    objects = {begin: content[begin:end] for begin, end in itertools.pairwise(edges)}
    whole = b""
    for _ in range(data.draw(st.integers(0, 4))):
        is_part = data.draw(st.booleans())
        if objects and is_part:
            first = data.draw(st.sampled_from(sorted(objects)))
            end = data.draw(st.sampled_from([edge for edge in edges if edge > first]))
            objects[first] = max(objects[first], content[first:end], key=len)
        else:
            whole = max(whole, content[: data.draw(st.sampled_from(edges))], key=len)
        found = arranged(len(whole), (Part(begin, len(part)) for begin, part in objects.items()))
        for begin in found.covered:
            if data.draw(st.booleans()):
                del objects[begin]
    found = arranged(len(whole), (Part(begin, len(part)) for begin, part in objects.items()))
    shown = whole
    for begin, _ in found.parts:
        shown += objects[begin][len(shown) - begin :]
    assert shown == content
    assert not found.unreached
