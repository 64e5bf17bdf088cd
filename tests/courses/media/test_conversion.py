"""Videos of phones become ones that all phones play."""

import itertools
import struct
from pathlib import Path

import av
import pytest

from courses.errors import MediaRefused, NeedsConversion
from courses.media import conversion
from courses.media.conversion import convert_video
from courses.media.tones import write_table
from courses.media.videos import PreparedVideo, prepare_video
from tests.courses.media.phone_films import HLG, PQ, frame_of, hdr_film, iphone
from tests.courses.media.test_videos import corners, film

SDR = 1  # BT.709 in ITU-T H.273


def converted(path: Path) -> PreparedVideo:
    """What the upload leads to: told that it needs it, then converted; nothing else is left beside it."""
    with pytest.raises(NeedsConversion):
        prepare_video(path)
    prepared = convert_video(path, lambda done, whole: None)
    assert set(path.parent.iterdir()) == {path, prepared.path}
    return prepared


def first_boxes(path: Path) -> list[bytes]:
    data, place, names = path.read_bytes(), 0, []
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        names.append(data[place + 4 : place + 8])
        place += size
    return names


def test_what_an_iphone_films_becomes_upright_h264_without_its_place(tmp_path: Path) -> None:
    path = iphone(tmp_path / "IMG_0001.MOV")
    assert b"SecretTitle" in path.read_bytes()
    prepared = converted(path)
    assert (prepared.width, prepared.height) == (180, 320)
    assert prepared.seconds == pytest.approx(1, abs=0.15)
    picture, facts = frame_of(prepared.path)
    assert facts == ("h264", "yuv420p", SDR, SDR, 0, ["aac"])
    assert picture.size == (180, 320)
    # As `film` draws it, turned clockwise: red on the left is above, and its green corner on the right.
    assert corners(prepared.poster.full) == [0, 2, 1]
    data = prepared.path.read_bytes()
    assert b"SecretTitle" not in data
    assert b"+27.5" not in data
    boxes = first_boxes(prepared.path)
    assert boxes.index(b"moov") < boxes.index(b"mdat")


@pytest.mark.parametrize(("transfer", "level"), [(HLG, 721), (PQ, 573)])
def test_hdr_is_drawn_in_the_brightness_of_screens_without_it(tmp_path: Path, transfer: int, level: int) -> None:
    """Paper white of HDR (BT.2408: 75 % HLG, 58 % PQ) is a little below the white of the screen."""
    prepared = converted(hdr_film(tmp_path / "white.mov", transfer, level))
    picture, facts = frame_of(prepared.path)
    assert facts[:4] == ("h264", "yuv420p", SDR, SDR)
    shades = picture.getpixel((100, 90))
    assert all(225 <= shade <= 240 for shade in shades)
    assert max(shades) - min(shades) <= 3


def test_table_keeps_black_and_grey_and_ends_at_white(tmp_path: Path) -> None:
    write_table(tmp_path / "t.cube", HLG)
    rows = [tuple(map(float, line.split())) for line in (tmp_path / "t.cube").read_text().splitlines()[1:]]
    assert len(rows) == 33**3
    greys = [rows[step * (33 * 33 + 33 + 1)] for step in range(33)]
    assert greys[0] == (0, 0, 0)
    assert min(greys[-1]) >= 0.99
    assert all(max(grey) - min(grey) < 0.002 for grey in greys)
    assert all(darker < lighter for darker, lighter in itertools.pairwise(greys))


@pytest.mark.parametrize("sound", ["pcm_s16le", "alac"])
def test_sound_of_cameras_becomes_aac_and_the_pictures_are_not_touched(tmp_path: Path, sound: str) -> None:
    path = film(tmp_path / "film.mov", 1, sound=sound, form="mov")
    prepared = converted(path)
    with av.open(str(path)) as given, av.open(str(prepared.path)) as made:
        assert made.streams.audio[0].codec_context.name == "aac"
        pictures = [[bytes(packet) for packet in each.demux(each.streams.video[0])] for each in (given, made)]
    assert pictures[0] == pictures[1]


def test_large_picture_is_made_smaller_and_fast_film_slower(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mov", 0.2, codec="libx265", form="mov", size=(2560, 1440), rate=120, sound=None)
    prepared = converted(path)
    assert (prepared.width, prepared.height) == (1920, 1080)
    with av.open(str(prepared.path)) as made:
        assert made.streams.video[0].average_rate <= 61


@pytest.mark.parametrize(
    ("codec", "pixels", "words"),
    [("prores_ks", "yuv422p10le", "Apple ProRes"), ("mjpeg", "yuvj420p", "MJPEG"), ("libsvtav1", "yuv420p", "AV1")],
)
def test_other_codings_are_refused_by_name_and_not_converted(
    tmp_path: Path, codec: str, pixels: str, words: str
) -> None:
    form = "mp4" if codec == "libsvtav1" else "mov"
    path = film(tmp_path / "film.mov", 0.4, codec=codec, pixels=pixels, form=form, sound=None)
    with pytest.raises(MediaRefused, match=words) as caught:
        prepare_video(path)
    assert not isinstance(caught.value, NeedsConversion)


def test_limits_are_looked_at_before_anything_is_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.media.videos.SECONDS_MAX", 0.5)
    for refuse in (prepare_video, lambda path: convert_video(path, lambda done, whole: None)):
        with pytest.raises(MediaRefused, match="minutes long") as caught:
            refuse(iphone(tmp_path / "film.mov", 2))
        assert not isinstance(caught.value, NeedsConversion)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mov"]


def test_cut_off_film_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mov", 8, codec="libx265", form="mov", sound=None, size=(64, 64))
    data = path.read_bytes()
    at = data.index(b"mdat")
    (size,) = struct.unpack(">I", data[at - 4 : at])
    path.write_bytes(data[: at + 4 + size // 3] + bytes(size - size // 3 - 8) + data[at + size - 4 :])
    with pytest.raises(MediaRefused):
        convert_video(path, lambda done, whole: None)
    assert [each.name for each in tmp_path.iterdir()] == ["film.mov"]


def test_progress_goes_up_to_the_length(tmp_path: Path) -> None:
    told: list[tuple[float, float]] = []
    convert_video(iphone(tmp_path / "film.mov", 2), lambda done, whole: told.append((done, whole)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == pytest.approx(told[-1][1], abs=0.2)


def test_long_film_gets_so_few_bits_that_it_fits() -> None:
    assert conversion._bits_for(3600) * 3600 / 8 < 0.9 * 500_000_000
    assert conversion._bits_for(60) == 10_000_000
