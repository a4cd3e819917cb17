from __future__ import annotations

import pytest

from lavdlike.kinds import outside


def test_an_address_is_a_folder_and_a_path_in_it() -> None:
    assert outside.place_of("media://coco-2017/val/ä 1.jpg") == ("coco-2017", "val/ä 1.jpg")
    assert outside.is_outside("media://x")
    assert not any(map(outside.is_outside, ("image.png", "/media://x", None, 3)))


@pytest.mark.parametrize(
    "source",
    [
        *(
            "media://",
            "media://a",
            "media://a/",
            "media:///etc/passwd",
            "a.png",
            "media://../a",
            "media://.a/b",
        ),
        *("media://a/../b", "media://a/b/..", "media://a//etc/passwd", "media://a/./b", "media://a/.ssh/key"),
        *("media://a/b\0c", "media://a b/c", "media://" + "a" * 65 + "/b"),
    ],
)
def test_what_could_lead_elsewhere_is_none(source: str) -> None:
    with pytest.raises(ValueError, match=r"no address|without '\.\.' and hidden names"):
        outside.place_of(source)
