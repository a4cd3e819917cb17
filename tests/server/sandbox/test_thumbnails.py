from __future__ import annotations

import importlib.util
import io
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lavdlike.disk.root import OpenedFile
from lavdlike.errors import PictureError
from lavdlike.kinds.images import SUFFIXES
from lavdlike.server.sandbox import picture_program
from lavdlike.server.sandbox.pool import Limits
from lavdlike.server.sandbox.thumbnails import BEGIN_BYTES, Picture, Thumbnails, browser_media_type
from tests.limits import LIMIT_S


def opener(path: Path) -> Callable[[], AbstractContextManager[OpenedFile]]:
    @contextmanager
    def open_file() -> Iterator[OpenedFile]:
        fd = os.open(path, os.O_RDONLY)
        try:
            yield OpenedFile(fd, path.name, os.fstat(fd))
        finally:
            os.close(fd)

    return open_file


@pytest.fixture(scope="module")
def shared() -> Iterator[Thumbnails]:
    """SandboxPool that are started once, for the tests that do not harm them."""
    thumbnails = Thumbnails()
    yield thumbnails
    thumbnails.close()


@pytest.fixture
def own() -> Iterator[Thumbnails]:
    thumbnails = Thumbnails()
    yield thumbnails
    thumbnails.close()


def decoded(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    assert picture.media_type == f"image/{str(image.format).lower()}"
    return image


def thumbnail(thumbnails: Thumbnails, path: Path, size: int = 64) -> Image.Image:
    return decoded(thumbnails.make(opener(path), size).result())


def full(thumbnails: Thumbnails, path: Path) -> Image.Image:
    return decoded(thumbnails.make(opener(path), None).result())


Colour = float | tuple[int, ...]


def halves(left: Colour, right: Colour, mode: str, size: tuple[int, int] = (200, 100)) -> Image.Image:
    """A picture of two colours side by side."""
    if mode == "I;16":  # into which Pillow pastes other numbers than are given
        pixels = np.full((size[1], size[0]), left, dtype=np.uint16)
        pixels[:, size[0] // 2 :] = right
        return Image.fromarray(pixels)
    image = Image.new(mode, size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


def assert_halves(
    image: Image.Image, left: tuple[int, ...], right: tuple[int, ...], tolerance: int = 8
) -> None:
    image = image.convert("RGBA" if len(left) == 4 else "RGB")
    for x, expected in ((image.width // 4, left), (image.width * 3 // 4, right)):
        got = image.getpixel((x, image.height // 2))
        assert isinstance(got, tuple)
        assert got == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tiff", "bmp", "gif", "jp2"])
def test_thumbnail_is_small_and_keeps_proportions(shared: Thumbnails, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    halves((200, 30, 30), (30, 30, 200), "RGB").save(path)
    image = thumbnail(shared, path)
    assert image.size == (64, 32)
    assert_halves(image, (200, 30, 30), (30, 30, 200), tolerance=12)


def test_a_picture_that_is_not_larger_keeps_its_pixels(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    pixels = np.random.default_rng(1).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    image = thumbnail(shared, path)
    assert (np.asarray(image) == pixels).all()


def test_16_bit_grey_is_shown_by_its_upper_half(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a"
    for suffix in ("png", "tiff"):
        path = path.with_suffix(f".{suffix}")
        halves(257 * 50, 257 * 200, "I;16").save(path)
        assert_halves(thumbnail(shared, path), (50, 50, 50), (200, 200, 200))
    kept = full(shared, path)
    assert kept.mode == "I;16"
    assert kept.getpixel((0, 0)) == 257 * 50


@pytest.mark.parametrize(
    ("mode", "left", "right", "expected"),
    [
        ("F", 0.0, 1.0, (0, 255)),
        ("F", 0.25, 0.5, (64, 128)),
        ("F", 0.0, 100.0, (0, 100)),
        ("F", -10.0, 10.0, (0, 255)),
        ("I", 0, 200, (0, 200)),
        ("I", 0, 1_000_000, (0, 255)),
        ("I;16", 300, 500, (0, 255)),
        ("I;16", 0, 4095, (0, 255)),
        ("I", 1000, 2000, (0, 255)),
        ("F", 0.5, 4.5, (0, 255)),
        ("F", 0.01, 0.02, (0, 255)),
    ],
)
def test_numbers_without_a_range_are_made_visible(
    shared: Thumbnails, tmp_path: Path, mode: str, left: float, right: float, expected: tuple[int, int]
) -> None:
    path = tmp_path / "a.tiff"
    halves(left, right, mode).save(path)
    for image in (thumbnail(shared, path), full(shared, path)):
        assert_halves(image, (expected[0],) * 3, (expected[1],) * 3)


def test_depths_in_a_png_are_shown_by_their_range(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "depth.png"
    halves(0, 500, "I;16").save(path)
    assert browser_media_type(path.read_bytes()[:BEGIN_BYTES]) is None
    for image in (thumbnail(shared, path), full(shared, path)):
        assert_halves(image, (0, 0, 0), (255, 255, 255))


def test_depths_that_are_not_known_leave_the_others_their_range(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    pixels = np.array([[np.nan, 2.0, 4.0], [np.inf, 6.0, -np.inf]], dtype=np.float32)
    Image.fromarray(pixels).save(path)
    assert np.asarray(thumbnail(shared, path).convert("L")).tolist() == [[0, 0, 127], [255, 255, 0]]


@pytest.mark.parametrize(("suffix", "mode"), [("ppm", "RGB"), ("pgm", "L"), ("pbm", "1"), ("avif", "RGB")])
def test_netpbm_and_avif_are_pictures(shared: Thumbnails, tmp_path: Path, suffix: str, mode: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new(mode, (8, 8), 255 if mode != "RGB" else (255, 255, 255)).save(path)
    assert_halves(thumbnail(shared, path), (255,) * 3, (255,) * 3)
    assert f".{suffix}" in SUFFIXES


def test_floats_that_are_not_finite_do_no_harm(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    Image.fromarray(np.array([[np.nan, 0.5], [np.inf, 1.0]], dtype=np.float32)).save(path)
    assert thumbnail(shared, path).getpixel((1, 0)) == pytest.approx(127, abs=1)


@pytest.mark.parametrize("suffix", ["jpg", "tiff"])
def test_cmyk_has_the_right_colours(shared: Thumbnails, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    halves((0, 255, 255, 0), (255, 255, 0, 0), "CMYK").save(path)
    assert_halves(thumbnail(shared, path), (255, 0, 0), (0, 0, 255), tolerance=12)
    assert_halves(full(shared, path), (255, 0, 0), (0, 0, 255), tolerance=12)


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA"])
def test_transparent_parts_stay_transparent(shared: Thumbnails, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    image = halves((90, 90, 90, 255), (0, 0, 0, 0), "RGBA")
    image.convert(mode).save(path)
    got = thumbnail(shared, path).convert("RGBA")
    assert got.getpixel((5, 5)) == pytest.approx((90, 90, 90, 255), abs=8)
    assert got.getpixel((60, 5))[3] == 0  # type: ignore[index]


def test_palette_and_bilevel_pictures_are_smoothed_in_true_colours(
    shared: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "a.gif"
    halves((250, 128, 0), (0, 128, 250), "RGB").convert("P", palette=Image.Palette.ADAPTIVE).save(path)
    assert_halves(thumbnail(shared, path), (250, 128, 0), (0, 128, 250), tolerance=12)
    path = tmp_path / "b.png"
    halves(0, 1, "1").save(path)
    assert_halves(thumbnail(shared, path), (0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_thumbnails_stand_upright(shared: Thumbnails, tmp_path: Path, orientation: int) -> None:
    upright = halves((200, 30, 30), (30, 30, 200), "RGB")
    turned_back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(turned_back[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a"
    for suffix in ("jpg", "png", "tiff"):
        path = path.with_suffix(f".{suffix}")
        stored.save(path, exif=exif)
        picture = shared.make(opener(path), 64).result()
        assert decoded(picture).size == (64, 32)
        assert_halves(decoded(picture), (200, 30, 30), (30, 30, 200), tolerance=12)
        assert (picture.info.width, picture.info.height) == stored.size
        assert picture.info.orientation == orientation
        assert not decoded(picture).getexif()
    assert_halves(full(shared, path), (200, 30, 30), (30, 30, 200))


def test_animations_have_their_first_frame_as_thumbnail_and_are_kept_in_full(
    shared: Thumbnails, tmp_path: Path
) -> None:
    frames = [Image.new("RGB", (100, 100), (80 * index, 0, 0)) for index in range(3)]
    path = tmp_path / "a"
    for suffix in ("gif", "webp", "png", "tiff"):
        path = path.with_suffix(f".{suffix}")
        frames[0].save(path, save_all=True, append_images=frames[1:])
        image = thumbnail(shared, path)
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((5, 5)) == pytest.approx((0, 0, 0), abs=4)
        assert shared.info(opener(path)).result().info.frames == 3
    image = full(shared, path)
    assert getattr(image, "n_frames", 1) == 3
    image.seek(2)
    assert image.convert("RGB").getpixel((5, 5)) == (160, 0, 0)


def test_what_browsers_show_is_known_by_its_content(tmp_path: Path) -> None:
    image = halves((200, 30, 30), (30, 30, 200), "RGB")
    shown = {}
    for name in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF", "TIFF", "JPEG2000"):
        path = tmp_path / "picture"
        image.save(path, name)
        shown[name] = browser_media_type(path.read_bytes()[:BEGIN_BYTES])
    assert shown == {
        "PNG": "image/png",
        "JPEG": "image/jpeg",
        "GIF": "image/gif",
        "WEBP": "image/webp",
        "BMP": "image/bmp",
        "AVIF": "image/avif",
        "TIFF": None,
        "JPEG2000": None,
    }
    assert browser_media_type(b"") is None


def test_info_is_that_of_the_stored_picture(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    halves(0, 60_000, "I;16").save(path)
    picture = shared.info(opener(path)).result()
    assert (picture.data, picture.media_type) == (b"", "")
    info = picture.info
    assert (info.width, info.height, info.format, info.mode, info.frames) == (200, 100, "PNG", "I;16", 1)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".tif", ".bmp", ".webp"])
def test_info_is_read_of_every_format(shared: Thumbnails, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    halves((0, 0, 0), (255, 255, 255), "RGB").save(path)
    info = shared.info(opener(path)).result().info
    assert (info.width, info.height, info.frames) == (200, 100, 1)


def test_info_of_a_picture_too_large_to_be_decoded_is_that_of_its_head(
    shared: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_of_size(30_000, 20_000))
    os.truncate(path, picture_program.MAX_FILE_BYTES + 1)
    info = shared.info(opener(path)).result().info
    assert (info.width, info.height) == (30_000, 20_000)


def test_reading_leaves_the_callers_place_in_the_file(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    halves(0, 255, "L").save(path)
    with path.open("rb", buffering=0) as file:

        @contextmanager
        def open_file() -> Iterator[OpenedFile]:
            yield OpenedFile(file.fileno(), path.name, os.fstat(file.fileno()))

        shared.make(open_file, 64).result()
        assert file.tell() == 0


def png_of_size(width: int, height: int) -> bytes:
    """A few bytes that promise so many pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a picture"),
        (b"hello", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture"),
        (png_of_size(65535, 65535), "65535 × 65535 pixels; at most 25,000,000"),
        (png_of_size(5001, 5000), "25,000,000"),
        (png_of_size(5000, 5000), "cannot be read"),
        (b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 100, "not a picture|cannot be read"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(
    shared: Thumbnails, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=reason):
        shared.make(opener(path), 64).result()


def test_heic_is_shown_if_pillow_heif_is_installed_and_otherwise_says_so(
    shared: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "a.heic"
    if importlib.util.find_spec("pillow_heif") is None:
        path.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 100)
        with pytest.raises(PictureError, match="pillow_heif"):
            shared.make(opener(path), 64).result()
        return
    importlib.import_module("pillow_heif").register_heif_opener()
    halves((200, 0, 0), (0, 0, 200), "RGB").save(path, "HEIF")
    assert thumbnail(shared, path).size == (64, 32)
    assert full(shared, path).size == (200, 100)


def test_a_cut_picture_is_refused(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (100, 100), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(PictureError, match="cannot be read"):
        shared.make(opener(path), 64).result()


def test_a_file_that_is_too_large_is_not_read(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(picture_program.MAX_FILE_BYTES + 1)
    with pytest.raises(PictureError, match="larger than 50 MiB"):
        shared.make(opener(path), 64).result()


def test_a_missing_file_is_the_openers_error(shared: Thumbnails, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        shared.make(opener(tmp_path / "a.png"), 64).result()


def test_two_are_made_at_a_time_and_one_head_is_read_beside_them(own: Thumbnails, tmp_path: Path) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    @contextmanager
    def waits() -> Iterator[OpenedFile]:
        begun.release()
        go_on.wait()
        with opener(tmp_path / "none.png")() as opened:
            yield opened

    try:
        asked = [own.make(waits, 64) for _ in range(4)]
        assert begun.acquire(timeout=LIMIT_S)
        assert begun.acquire(timeout=LIMIT_S)
        assert not begun.acquire(timeout=0.05)
        asked.append(own.info(waits))
        assert begun.acquire(timeout=LIMIT_S)
    finally:
        go_on.set()
    assert [type(future.exception(LIMIT_S)) for future in asked] == [FileNotFoundError] * 5


@pytest.mark.parametrize("size", [0, -1, 65, 100_000])
def test_other_sizes_are_refused(shared: Thumbnails, tmp_path: Path, size: int) -> None:
    with pytest.raises(ValueError, match="size must be one of 64, 128"):
        shared.make(opener(tmp_path / "a.png"), size)


def test_a_picture_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (5000, 4900)).save(path, compress_level=1)
    thumbnails = Thumbnails(limits=Limits(memory_bytes=100 * 2**20))
    try:
        with pytest.raises(PictureError, match="needs more than 100 MiB of memory"):
            thumbnails.make(opener(path), 64).result()
    finally:
        thumbnails.close()


def test_a_made_picture_is_kept_until_the_file_changes(own: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    halves(0, 255, "L").save(path)
    assert own.cached(path.stat(), 64) is None
    made = own.make(opener(path), 64).result()
    assert own.cached(path.stat(), 64) is made
    assert own.make(opener(path), 64).result() is made
    assert own.cached(path.stat(), 128) is None
    halves(255, 0, "L").save(path)
    assert own.cached(path.stat(), 64) is None


def test_a_failure_is_kept_until_the_file_changes(own: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("no picture")
    for _ in range(2):
        with pytest.raises(PictureError, match="not a picture"):
            own.make(opener(path), 64).result()
    with pytest.raises(PictureError, match="not a picture"):
        own.cached(path.stat(), 64)


def test_what_was_used_last_is_kept_within_the_budget(tmp_path: Path) -> None:
    paths = [tmp_path / f"{index}.png" for index in range(4)]
    for index, path in enumerate(paths):
        Image.new("L", (10, 10), index).save(path)
    thumbnails = Thumbnails(budget_bytes=3500)
    try:
        for path in (*paths[:3], paths[0], paths[3]):
            thumbnails.make(opener(path), 64).result()
        kept = [thumbnails.cached(path.stat(), 64) is not None for path in paths]
    finally:
        thumbnails.close()
    assert kept == [True, False, True, True]


def test_what_is_cancelled_while_it_waits_is_never_opened(own: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    halves(0, 255, "L").save(path)
    release = threading.Event()
    was_opened = threading.Event()

    @contextmanager
    def slow() -> Iterator[OpenedFile]:
        assert release.wait(LIMIT_S)
        with opener(path)() as opened:
            yield opened

    @contextmanager
    def unwanted() -> Iterator[OpenedFile]:
        was_opened.set()
        with opener(path)() as opened:
            yield opened

    running = [own.make(slow, 64) for _ in range(2)]
    waiting = own.make(unwanted, 128)
    assert waiting.cancel()
    release.set()
    for future in running:
        future.result()
    assert not was_opened.is_set()


def test_nothing_is_made_after_the_end(tmp_path: Path) -> None:
    thumbnails = Thumbnails()
    thumbnails.close()
    with pytest.raises(RuntimeError):
        thumbnails.make(opener(tmp_path / "a.png"), 64)


def test_transforms_are_those_of_the_pixels(shared: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)

    def shown(*steps: dict[str, object]) -> np.ndarray:
        return np.asarray(decoded(shared.make(opener(path), None, steps).result()).convert("RGB"))

    assert np.array_equal(shown({"crop": [5, 4, 15, 10]}), pixels[4:10, 5:15])
    assert np.array_equal(shown({"flip": "horizontal"}, {"flip": "vertical"}), pixels[::-1, ::-1])
    beyond = shown({"crop": [-2, -1, 3, 2]})
    assert (beyond.shape, beyond[0].max(), beyond[1:, :2].max()) == ((3, 5, 3), 0, 0)
    moved = shown({"affine": [1, 0, 3, 0, 1, 2], "size": [40, 25]})
    assert np.array_equal(moved[2:22, 3:33], pixels)
    turned = shown({"affine": [0, 1, 0, 1, 0, 0], "size": [20, 30]})
    assert np.array_equal(turned, pixels.transpose(1, 0, 2))
    back = shown({"denormalize": {"mean": [0.1, 0.2, 0.3], "std": [0.5]}})
    expected = np.clip(np.rint(pixels * 0.5 + np.array([0.1, 0.2, 0.3]) * 255), 0, 255)
    assert np.abs(back - expected).max() <= 1
    assert shown({"resize": [3, 2]}).shape == (2, 3, 3)
    Image.fromarray(np.linspace(-1, 1, 100, dtype=np.float32).reshape(10, 10)).save(tmp_path / "a.tiff")
    path = tmp_path / "a.tiff"
    assert abs(int(shown({"denormalize": {"mean": [0.5], "std": [0.5]}})[-1, -1, 0]) - 255) <= 1


@pytest.mark.parametrize(
    "steps", [[{"affine": [1, 1, 0, 1, 1, 0]}], [{"crop": "ab"}], [{"resize": [6000, 6000]}]]
)
def test_a_transform_that_fails_is_a_problem_of_the_picture(
    shared: Thumbnails, tmp_path: Path, steps: list[dict[str, object]]
) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    with pytest.raises(PictureError):
        shared.make(opener(tmp_path / "a.png"), None, steps).result()
