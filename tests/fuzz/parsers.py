"""The readers of what others write: each takes bytes, and refuses by errors of its own or not at all."""

import io
import json
import os
import random
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import av
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from courses.encodings import ENCODINGS, NotText, decode
from courses.errors import CourseError
from courses.exchange.reading.archive import read_archive
from courses.exchange.reading.front_matter import FrontMatterWrong, read_markdown
from courses.exchange.reading.lesson import Rules
from courses.exchange.reading.lesson_csv import read_csv
from courses.media.pictures import prepare_picture
from courses.media.videos import prepare_video
from courses.people.passkey_ceremonies import RelyingParty, read_making, read_signing
from courses.spoken import looks_whole, read_spoken
from courses.students.lists import read_list
from courses.students.reading import decode_roster
from courses.students.separated import read_separated
from courses.students.spreadsheets import is_spreadsheet, read_spreadsheet
from courses.tokens import Keyring, read_public_id, read_share_token
from portal.lessons.markdown import render_markdown
from portal.lessons.published_text import published
from portal.platforms.links.notes import read_link
from portal.platforms.links.pasted import cut_urls, platform_of
from portal.platforms.links.shapes import SHAPES
from portal.platforms.protocol import LinkRefused
from portal.results.note_figures import read_number
from portal.student.handles import read_handle
from portal.web import typed
from tests.fuzz.mutation import mutated
from tests.passkey_device import Device, data, text

KEYRING = Keyring.parse(f"1:{'5a' * 32}")
ZONE = ZoneInfo("Asia/Shanghai")
REFUSALS = (CourseError, LinkRefused, NotText, FrontMatterWrong)
#: for what is read from a file
PLACE = Path(tempfile.gettempdir()) / f"lessonlink-fuzz-{os.getpid()}"


@dataclass(frozen=True)
class Reader:
    """`read` is given each input of `make`; `share` of the time goes to it."""

    read: Callable[[bytes], object]
    corpus: Callable[[], list[bytes]]
    share: int = 1
    make: Callable[[random.Random, list[bytes]], bytes] = mutated


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _links(data: bytes) -> None:
    text = _text(data)
    for url in cut_urls(text):
        platform_of(url)
    for slug in SHAPES:
        _refused(read_link, slug, text)


def _codes(data: bytes) -> None:
    text = _text(data)
    if looks_whole(text):
        read_spoken(text)
    for read in (read_share_token, read_handle):
        _refused(read, KEYRING, text)
    _refused(read_public_id, text)


def _typed(data: bytes) -> None:
    text = _text(data)
    for read in (typed.read_id, typed.lookup_id, typed.read_number, typed.read_page, typed.read_day, typed.read_moment):
        read(text)
    with suppress(ValueError):  # as it says
        read_number(text)


def _roster(data: bytes) -> None:
    if is_spreadsheet(data):
        for sheet in _refused(read_spreadsheet, data) or []:
            _refused(read_list, sheet.rows)
        return
    decoded = _refused(decode_roster, data)
    if decoded:
        rows = read_separated(decoded.text)
        _refused(read_list, rows)
        _refused(read_list, rows, False)


def _lesson_csv(data: bytes) -> None:
    read_csv(data, "lessons.csv", Rules(tuple(SHAPES), ZONE))


def _encodings(data: bytes) -> None:
    for wanted in ("", *ENCODINGS):
        _refused(decode, data, wanted)


def _markdown(data: bytes) -> None:
    text = _text(data)
    render_markdown(text)
    published(text)
    _refused(read_markdown, text)


def _archive(data: bytes) -> None:
    PLACE.write_bytes(data)
    read_archive(PLACE, KEYRING, tuple(SHAPES), ZONE)


def _picture(data: bytes) -> None:
    _refused(prepare_picture, data)


def _video(data: bytes) -> None:
    PLACE.write_bytes(data)
    done = _refused(prepare_video, PLACE)
    if done:
        done.path.unlink()


def _refused(read: Callable[..., object], *given: object) -> object:
    """What it read, or None for what it refuses as it says it does."""
    try:
        return read(*given)
    except REFUSALS:
        return None


def _lines(name: str) -> Callable[[], list[bytes]]:
    """A file of the corpus, one seed a line; backslashes are read as Python reads them."""
    file = Path(__file__).parent / "corpus" / name

    @cache
    def seeds() -> list[bytes]:
        lines = file.read_text(encoding="utf-8").splitlines()
        return [_unescaped(line).encode() for line in lines]

    return seeds


def _unescaped(line: str) -> str:
    for written, meant in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\v", "\v")):
        line = line.replace(written, meant)
    return line


@cache
def _pictures() -> list[bytes]:
    picture = Image.effect_noise((24, 32), 80).convert("RGB")
    found = []
    for form, options in (("PNG", {}), ("JPEG", {}), ("WEBP", {}), ("GIF", {}), ("JPEG", {"progressive": True})):
        file = io.BytesIO()
        picture.save(file, form, **options)
        found.append(file.getvalue())
    return found


@cache
def _videos() -> list[bytes]:
    """A second of H.264 and of MPEG-4, with their heads before and behind."""
    found = []
    for codec, flags in (("libx264", "faststart"), ("mpeg4", "faststart"), ("libx264", "")):
        with av.open(str(PLACE), "w", format="mp4", options={"movflags": flags} if flags else {}) as target:
            stream = target.add_stream(codec, rate=12)
            stream.width, stream.height, stream.pix_fmt = 48, 64, "yuv420p"
            for number in range(12):
                frame = av.VideoFrame.from_image(Image.new("RGB", (48, 64), (20 * number, 90, 60)))
                target.mux(stream.encode(frame))
            target.mux(stream.encode())
        found.append(PLACE.read_bytes())
    return found


@cache
def _zips() -> list[bytes]:
    """Seeds of what stands in an archive: text files only, so that the readers of text are reached through it."""
    return _lines("markdown.txt")() + _lines("lists.txt")()


def _zip(rnd: random.Random, corpus: list[bytes]) -> bytes:
    """Half of them whole archives of broken files, half of them broken archives."""
    file = io.BytesIO()
    names = [
        "course.md",
        "lessonlink.json",
        "lessons/01-Tea/lesson.md",
        "lessons/02/lesson.md",
        "lessons/02/pictures/1.jpg",
        "a/../b",
    ]
    with zipfile.ZipFile(file, "w", rnd.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name in rnd.sample(names, rnd.randrange(1, len(names))):
            path = name if rnd.random() < 0.9 else _text(mutated(rnd, [name.encode()])).replace("\x00", "")[:300] or "x"
            archive.writestr(path, mutated(rnd, corpus) if not path.endswith("jpg") else rnd.choice(_pictures()))
    return file.getvalue() if rnd.random() < 0.5 else mutated(rnd, [file.getvalue()])


def _workbook(rnd: random.Random, corpus: list[bytes]) -> bytes:
    """A list as text, or as a workbook whose parts are changed."""
    if rnd.random() < 0.7:
        return mutated(rnd, corpus)
    with zipfile.ZipFile(io.BytesIO(_book())) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    file = io.BytesIO()
    changed = rnd.choice(list(parts))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, mutated(rnd, [part]) if name == changed else part)
    return file.getvalue()


@cache
def _book() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (("学号", "姓名"), ("2026001", "林小满"), (2026002, "Ann"), (1.5, None)):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _media(rnd: random.Random, corpus: list[bytes]) -> bytes:
    """Half of them with the sums of PNG's pieces made right again, so that what is in the pieces is read."""
    data = mutated(rnd, corpus)
    return _resummed(data) if data.startswith(b"\x89PNG") and rnd.random() < 0.7 else data


def _resummed(data: bytes) -> bytes:
    place, found = 8, data[:8]
    while place + 8 <= len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        piece = data[place + 4 : place + 8 + length]
        found += data[place : place + 4] + piece + struct.pack(">I", zlib.crc32(piece))
        place += 12 + length
    return found


@cache
def _device() -> Device:
    return Device(key=ec.derive_private_key(7, ec.SECP256R1()), credential=b"c" * 32)


@cache
def _answers() -> list[bytes]:
    """Of making a passkey, and of signing with it; the challenge is one zero."""
    return [_device().make({"challenge": "AA"}).encode(), _device().sign({"challenge": "AA"}).encode()]


def _answer(rnd: random.Random, corpus: list[bytes]) -> bytes:
    """Most of them broken below JSON and base64, in what the library reads."""
    if rnd.random() < 0.2:
        return mutated(rnd, corpus)
    answer = json.loads(rnd.choice(corpus))
    name = rnd.choice([name for name in answer["response"] if name != "transports"])
    answer["response"][name] = text(mutated(rnd, [data(answer["response"][name])]))
    return json.dumps(answer).encode()


def _passkey(answer: bytes) -> None:
    party = RelyingParty(_device().rp_id, _device().origin)
    made = read_making(party, "AA", _answers()[0].decode())
    _refused(read_making, party, "AA", _text(answer))
    _refused(read_signing, party, "AA", made.public_key, _text(answer))


READERS: dict[str, Reader] = {
    "links": Reader(_links, _lines("links.txt"), 3),
    "codes": Reader(_codes, _lines("links.txt"), 2),
    "typed": Reader(_typed, _lines("links.txt")),
    "rosters": Reader(_roster, _lines("lists.txt"), 3, _workbook),
    "lesson lists": Reader(_lesson_csv, _lines("lists.txt"), 2),
    "encodings": Reader(_encodings, _lines("lists.txt")),
    "markdown": Reader(_markdown, _lines("markdown.txt"), 3),
    "archives": Reader(_archive, _zips, 3, _zip),
    "pictures": Reader(_picture, _pictures, 2, _media),
    "passkeys": Reader(_passkey, _answers, 2, _answer),
    "video": Reader(_video, _videos, 2, _media),
}
