from __future__ import annotations

import hashlib

from lavdlike.match import match_of


def test_a_state_is_named_by_the_hash_of_its_bytes_and_no_file_by_nothing() -> None:
    assert match_of(b"text") == hashlib.sha256(b"text").hexdigest()[:32]
    assert match_of(b"") != match_of(None) == ""
