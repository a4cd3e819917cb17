from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageCms

from lavdlike.writing import pictures, png


class Tensor:
    """The part of a torch tensor that is used: channels first, and memory shared with numpy."""

    def __init__(self, array: Any, dtype: str = "torch.float32") -> None:
        self._array = array
        self.dtype = dtype

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def float(self) -> Tensor:
        return Tensor(self._array.astype(np.float32))

    def numpy(self) -> Any:
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self._array


def _save(picture: pictures.Snapshot, file: Path) -> bool:
    content, clipped = pictures.encode(picture)
    file.write_bytes(content)
    return clipped


def _saved(image: Any, file: Path) -> Image.Image:
    _save(pictures.snapshot(image, file.suffix), file)
    return _loaded(file)


def _loaded(file: Path) -> Image.Image:
    with Image.open(file) as opened:
        opened.load()
        return opened.copy()


def _pixels(image: Image.Image) -> Any:
    return np.asarray(image)


shapes = st.tuples(st.integers(5, 9), st.integers(5, 9)).flatmap(
    lambda size: st.sampled_from(
        [size, (*size, 1), (*size, 3), (*size, 4), (1, *size), (3, *size), (4, *size)]
    )
)


@settings(max_examples=60)
@given(shapes.flatmap(lambda shape: arrays.arrays(np.uint8, shape)))
def test_bytes_of_every_shape_come_back_equal(tmp_path_factory: pytest.TempPathFactory, array: Any) -> None:
    file = tmp_path_factory.getbasetemp() / "a.png"
    found = _pixels(_saved(array, file))
    last = array if array.ndim == 2 or array.shape[2] < 5 else array.transpose(1, 2, 0)
    assert np.array_equal(found, last[:, :, 0] if last.ndim == 3 and last.shape[2] == 1 else last)


def test_floats_that_were_bytes_come_back_equal(tmp_path: Path) -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for kind in (np.float16, np.float32, np.float64):
        assert np.array_equal(_pixels(_saved((values / 255).astype(kind), tmp_path / "a.png")), values)


def test_values_out_of_range_are_clipped_and_that_is_told(tmp_path: Path) -> None:
    array = np.array([[-1.0, 0.0, 1.0, 2.0, np.nan, np.inf, -np.inf, 0.5]])
    assert _save(pictures.snapshot(array, ".png"), tmp_path / "a.png") is True
    assert _pixels(_loaded(tmp_path / "a.png")).tolist() == [[0, 0, 255, 255, 0, 255, 0, 128]]
    assert _save(pictures.snapshot(array[:, 1:3], ".png"), tmp_path / "a.png") is False


def test_booleans_are_black_and_white(tmp_path: Path) -> None:
    assert _pixels(_saved(np.array([[True, False]]), tmp_path / "a.png")).tolist() == [[255, 0]]


def test_tensors_are_channels_first_where_both_fit(tmp_path: Path) -> None:
    array = np.random.default_rng(1).integers(0, 255, (3, 5, 3), dtype=np.uint8)
    assert np.array_equal(_pixels(_saved(array, tmp_path / "a.png")), array)
    assert np.array_equal(_pixels(_saved(Tensor(array), tmp_path / "a.png")), array.transpose(1, 2, 0))


def test_tensors_of_bfloat16_are_taken(tmp_path: Path) -> None:
    assert (
        _pixels(_saved(Tensor(np.ones((1, 2, 2)), "torch.bfloat16"), tmp_path / "a.png")).tolist()
        == [[255] * 2] * 2
    )


@pytest.mark.parametrize(
    "make", [lambda array: array, Tensor, Image.fromarray], ids=["numpy", "torch", "PIL"]
)
def test_pixels_are_copied_before_the_call_returns(make: Any, tmp_path: Path) -> None:
    array = np.zeros((4, 4), dtype=np.uint8)
    image = make(array)
    picture = pictures.snapshot([image, image], ".gif")
    array[:] = 255
    if isinstance(image, Image.Image):
        image.paste(255, (0, 0, 4, 4))
    _save(picture, tmp_path / "a.gif")
    assert _pixels(_loaded(tmp_path / "a.gif").convert("L")).max() == 0


@pytest.mark.parametrize(
    ("image", "extension", "rule"),
    [
        (np.zeros(3), ".png", "must be height x width"),
        (np.zeros((5, 5, 2)), ".png", "must be height x width"),
        (np.zeros((2, 5, 5, 3)), ".png", "must be height x width"),
        (np.zeros((0, 5)), ".png", "must not be empty"),
        (np.zeros((5, 5), dtype=np.int64), ".png", "must be of uint8, uint16, bool or floats"),
        (np.zeros((5, 5), dtype=complex), ".png", "must be of uint8, uint16, bool or floats"),
        ("bird.png", ".png", "must be of uint8, uint16, bool or floats"),
        ([np.zeros((5, 5)), np.zeros(5)], ".gif", r"image\[1\] must be height x width"),
        ([], ".gif", "must not be an empty list"),
        ([np.zeros((5, 5))] * 2, ".png", "several frames need the extension .gif, .tiff or .webp"),
        (np.zeros((5, 5)), ".psd", r"extension must be one of .png"),
        (np.zeros((5, 5)), "png", r"extension must be one of .png"),
    ],
)
def test_what_is_no_picture_is_refused(image: Any, extension: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        pictures.snapshot(image, extension)


@pytest.mark.parametrize("extension", [".gif", ".tiff", ".tif", ".webp"])
def test_frames_are_all_there(extension: str, tmp_path: Path) -> None:
    frames = [np.full((8, 8, 3), value, dtype=np.uint8) for value in (0, 100, 200)]
    _save(pictures.snapshot(frames, extension), tmp_path / f"a{extension}")
    with Image.open(tmp_path / f"a{extension}") as opened:
        found = []
        for index in range(opened.n_frames):  # type: ignore[attr-defined] # of files with frames
            opened.seek(index)
            found.append(opened.convert("L").getpixel((4, 4)))
    assert found == [0, 100, 200]


def test_a_pil_animation_keeps_frames_durations_and_place(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second], duration=[100, 300])
    with Image.open(tmp_path / "a.gif") as animation:
        animation.seek(1)
        _save(pictures.snapshot(animation, ".webp"), tmp_path / "b.webp")
        assert animation.tell() == 1
        _save(pictures.snapshot(animation, ".png"), tmp_path / "b.png")
    with Image.open(tmp_path / "b.webp") as found:
        durations = []
        for index in range(found.n_frames):  # type: ignore[attr-defined] # of files with frames
            found.seek(index)
            found.load()
            durations.append(found.info["duration"])
    assert durations == [100, 300]
    assert _loaded(tmp_path / "b.png").convert("RGB").getpixel((0, 0)) == (0, 0, 255)


MODES = ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16"]


@pytest.mark.slow
@pytest.mark.parametrize("extension", sorted(pictures.FORMATS))
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_can_be_written_in_every_format(mode: str, extension: str, tmp_path: Path) -> None:
    with Image.new(mode, (8, 6)) as image:
        assert _saved(image, tmp_path / f"a{extension}").size == (8, 6)


def test_sixteen_bits_and_transparency_are_kept(tmp_path: Path) -> None:
    deep = np.array([[0, 1000, 65535]], dtype=np.uint16)
    assert _pixels(_saved(Image.fromarray(deep), tmp_path / "a.png")).tolist() == deep.tolist()
    assert (
        _pixels(_saved(Image.fromarray(deep.astype(np.int32)), tmp_path / "a.png")).tolist() == deep.tolist()
    )
    assert _pixels(_saved(Image.fromarray(deep), tmp_path / "a.bmp")).tolist() == [[0, 3, 255]]
    clear = Image.new("LA", (1, 1), (10, 20))
    assert _saved(clear, tmp_path / "a.webp").getpixel((0, 0)) == (10, 10, 10, 20)
    assert (
        _saved(Image.fromarray(np.array([[0.5]], dtype=np.float32)), tmp_path / "a.png").getpixel((0, 0))
        == 128
    )


@pytest.mark.parametrize("shape", [(1, 1), (1, 7, 3), (7, 1, 4), (300, 200, 2), (5, 5, 1)])
def test_png_files_of_every_size_are_read_by_others(shape: tuple[int, ...], tmp_path: Path) -> None:
    array = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    (tmp_path / "a.png").write_bytes(png.encode(array))
    assert np.array_equal(
        _pixels(_loaded(tmp_path / "a.png")), array.reshape(shape[:2] if shape[2:] == (1,) else shape)
    )


def test_what_stands_beside_the_pixels_is_kept(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (4, 4))
    image.info["icc_profile"] = profile
    _save(pictures.snapshot(image, ".png"), tmp_path / "a.png")
    assert _loaded(tmp_path / "a.png").info["icc_profile"] == profile


@pytest.mark.parametrize("extension", [".png", ".webp", ".tiff", ".bmp"])
def test_lossless_formats_are_lossless(extension: str, tmp_path: Path) -> None:
    array = np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert np.array_equal(_pixels(_saved(array, tmp_path / f"a{extension}")), array)


def test_quality_makes_jpeg_and_webp_smaller(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for extension in (".jpg", ".webp"):
        sizes = []
        for quality in (10, 90):
            file = tmp_path / f"{quality}{extension}"
            _save(pictures.snapshot(noise, extension, quality), file)
            sizes.append(file.stat().st_size)
        assert sizes[0] < sizes[1] / 2
    assert np.array_equal(_pixels(_saved(noise, tmp_path / "lossless.webp")), noise)


@pytest.mark.parametrize(
    ("extension", "quality", "rule"),
    [
        (".png", 90, "quality is for .jpg and .webp, .png has none"),
        (".jpg", 0, "from 1 to 100, not 0"),
        (".webp", 101, "from 1 to 100"),
        (".jpg", 0.9, "from 1 to 100"),
    ],
)
def test_quality_that_means_nothing_is_refused(extension: str, quality: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        pictures.snapshot(np.zeros((4, 4)), extension, quality)


def test_what_a_format_or_pillow_cannot_hold_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="WEBP holds at most 16383 pixels a side, not 16384 x 1"):
        pictures.snapshot(np.zeros((1, 16384), dtype=np.uint8), ".webp")
    Image.init()
    monkeypatch.delitem(Image.SAVE, "WEBP")
    with pytest.raises(ValueError, match="this installation of Pillow cannot write WEBP"):
        pictures.snapshot(np.zeros((4, 4)), ".webp")


@pytest.mark.parametrize("highest", [255, 65535])
def test_masks_are_pngs_of_their_numbers(tmp_path: Path, highest: int) -> None:
    mask: Any = np.array([[0, 1], [highest, 7]], dtype=np.uint8 if highest < 256 else np.uint16)
    _save(pictures.mask_snapshot(mask), tmp_path / "mask.png")
    assert np.array_equal(_pixels(_loaded(tmp_path / "mask.png")), mask)


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 1), (5, 4, 3), (3, 5, 7), (5, 4, 4)])
def test_sixteen_bits_keep_their_values(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).integers(0, 2**16, shape, dtype=np.uint16)
    for taken in (values, values.astype(">u2")):
        _save(pictures.snapshot(taken, ".png"), tmp_path / "a.png")
        expected = values.transpose(1, 2, 0) if shape[0] == 3 else values
        assert np.array_equal(
            _sixteen_bit_pixels(tmp_path / "a.png"), expected.reshape(*expected.shape[:2], -1)
        )
    if shape in ((5, 4), (5, 4, 1)):
        for extension in (".tiff", ".png"):
            _save(pictures.snapshot(values, extension), tmp_path / f"a{extension}")
            with Image.open(tmp_path / f"a{extension}") as found:
                assert np.array_equal(np.asarray(found), values.reshape(5, 4))
    else:
        with pytest.raises(
            ValueError, match=r"image is of 16 bits and in colours, which is written as \.png only"
        ):
            pictures.snapshot(values, ".tiff")
    with pytest.raises(ValueError, match=r"image is of 16 bits, which JPEG has not: use the extension \.png"):
        pictures.snapshot(values, ".jpg")


def _sixteen_bit_pixels(file: Path) -> Any:
    """As a PNG holds them: Pillow makes 8 bits of those in colours. Each row is the difference to the one above."""
    data = file.read_bytes()
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    assert depth == 16
    channels = {0: 1, 4: 2, 2: 3, 6: 4}[colour]
    start = data.index(b"IDAT") + 4
    (length,) = struct.unpack_from(">I", data, start - 8)
    rows = np.frombuffer(zlib.decompress(data[start : start + length]), np.uint8).reshape(height, -1)
    assert (rows[:, 0] == 2).all()
    pixels = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
    return np.ascontiguousarray(pixels).view(">u2").reshape(height, width, channels)


def test_floats_keep_their_values_in_tiff_and_are_clipped_elsewhere(tmp_path: Path) -> None:
    depth = np.array([[0.0, 1.5], [7000.25, -3.0]])
    for picture in (depth, Image.fromarray(depth.astype(np.float32))):
        assert _save(pictures.snapshot(picture, ".tiff"), tmp_path / "a.tiff") is False
        with Image.open(tmp_path / "a.tiff") as found:
            assert np.array_equal(np.asarray(found), depth.astype(np.float32))
        assert _save(pictures.snapshot(picture, ".png"), tmp_path / "a.png") is True
    wide = Image.fromarray(np.array([[70_000, 1]], dtype=np.int32))
    assert _save(pictures.snapshot(wide, ".png"), tmp_path / "a.png") is True


def _photo(orientation: int) -> Image.Image:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a camera"
    file = io.BytesIO()
    Image.new("RGB", (40, 20)).save(file, "JPEG", exif=exif)
    return Image.open(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize("extension", [".png", ".jpg", ".webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_keeps_its_orientation_and_nothing_else(
    tmp_path: Path, extension: str, orientation: int
) -> None:
    file = tmp_path / f"a{extension}"
    _save(pictures.snapshot(_photo(orientation), extension), file)
    with Image.open(file) as found:
        assert found.size == (40, 20)
        assert found.getexif().get(0x0112, 1) == orientation
        assert 0x010F not in found.getexif()


@pytest.mark.parametrize("extension", [".gif", ".bmp", ".jp2", ".tiff"])
def test_where_the_format_keeps_no_orientation_the_photo_is_turned(tmp_path: Path, extension: str) -> None:
    taken = pictures.snapshot(_photo(6), extension)
    _save(taken, tmp_path / f"a{extension}")
    with Image.open(tmp_path / f"a{extension}") as found:
        assert found.size == (20, 40)
    assert taken.was_turned
    assert not pictures.snapshot(_photo(1), extension).was_turned
