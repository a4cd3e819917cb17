from __future__ import annotations

from lavdlike.edit_messages import RefusedTarget
from lavdlike.edits.one_by_one import one_by_one
from lavdlike.errors import EditError


def test_one_that_is_refused_keeps_no_other_from_being_done() -> None:
    def do(target: str) -> int:
        if target == "b":
            raise EditError(target, "no")
        return ord(target)

    done, refused = one_by_one("abc", do, lambda target, error: RefusedTarget(target, error.reason))
    assert done == [ord("a"), ord("c")]
    assert refused == [RefusedTarget("b", "no")]
