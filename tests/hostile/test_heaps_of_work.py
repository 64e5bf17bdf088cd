"""Archives made to keep the worker processes busy: small files of which each lesson would take seconds to read."""

import io
import secrets
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from PIL import Image

from courses.exchange.reading import zip_files
from courses.exchange.reading.archive import read_archive
from courses.exchange.reading.found import Contents
from courses.exchange.reading.front_matter import FRONT_MAX, NODES_MAX
from courses.tokens import Keyring

#: fields of 62 KB that say little in many words
HEADS = {
    "list": f"topics: [{'a,' * 31_000}]", "lines": "topics:\n" + "- a\n" * 15_000,
    "fields": "".join(f"k{n}: 1\n" for n in range(6_500)), "within": f"topics: {'[' * 62_000}",
    "again": f"a: &a [x,x]\nb: [{'*a,' * 20_000}]",
}  # fmt: skip


def archive(head: str, lessons: int = 12) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for number in range(lessons):
            packed.writestr(f"lessons/{number:02}/lesson.md", f"---\ntitle: T\n{head}\n---\nBody")
    return target.getvalue()


def read(folder: Path, data: bytes) -> Contents:
    (folder / "a.zip").write_bytes(data)
    return read_archive(folder / "a.zip", Keyring.parse(f"1:{'5a' * 32}"), ("xiaohongshu",), ZoneInfo("UTC"))


@pytest.mark.parametrize("head", HEADS)
def test_fields_of_thousands_of_values_are_not_read_to_their_end(tmp_path: Path, head: str) -> None:
    data = archive(HEADS[head])
    assert len(data) < 200_000, "little to send"
    found = read(tmp_path, data)
    assert [lesson.title for lesson in found.lessons] == [f"{number:02}" for number in range(12)], "none came so far"
    refused = {each.text for each in found.findings if each.level == "error"}
    assert refused & {
        "There are more than {limit} values at the top of this file. Shorten the lists.",
        "There are too many lists within lists here.",
        "References (& and *) are not read here. Write the value itself, in quotes.",
        "The fields at the top have no end: a line of --- is missing after them.",
    }


def test_largest_fields_that_a_lesson_can_use_are_read(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (400, 400)).save(picture, "JPEG")
    lines = ["title: " + "题" * 200, "topics: [" + ", ".join(f"话题{n}" for n in range(20)) + "]", "pictures:"]
    for number in range(18):
        lines += [f"  - file: pictures/{number:02}.jpg", f"    name: {'名' * 200}", f"    alt: {'看' * 300}"]
    head = "\n".join(lines)
    assert len(head) < FRONT_MAX / 2
    assert len(head.split()) < NODES_MAX / 2
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.writestr("lessons/1/lesson.md", f"---\n{head}\n---\nBody")
        for number in range(18):
            packed.writestr(f"lessons/1/pictures/{number:02}.jpg", picture.getvalue())
    found = read(tmp_path, (tmp_path / "b.zip").read_bytes())
    assert not [each for each in found.findings if each.level == "error"]
    assert len(found.lessons[0].pictures) == 18


def test_archive_is_given_up_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_files, "SECONDS", 0.0)
    found = read(tmp_path, archive("topics: [a]"))
    assert not found.lessons
    assert found.findings[0].text == "To read this archive takes too long. Divide it."


def test_four_such_archives_at_once_are_answered_and_so_is_somebody_elses_picture(portal: Any) -> None:
    photo = io.BytesIO()
    Image.effect_noise((640, 480), 80).convert("RGB").save(photo, "JPEG")
    bob, alice = _course(portal), _course(portal)
    data = archive(HEADS["list"])
    with ThreadPoolExecutor(4) as threads:
        sent = [
            threads.submit(
                httpx.post, f"{bob['url']}/import", files={"file": ("a.zip", data, "application/zip")},
                headers=bob["headers"], timeout=60,
            )
            for _ in range(4)
        ]  # fmt: skip
        picture = httpx.post(
            f"{alice['url']}/media", files={"file": ("a.jpg", photo.getvalue(), "image/jpeg")},
            headers=alice["headers"], timeout=60,
        )  # fmt: skip
        answers = [each.result() for each in sent]
    assert picture.status_code == 201
    for answer in answers:
        assert answer.status_code == 422, answer.text[:300]
        assert f"more than {NODES_MAX} values" in answer.text


def _course(portal: Any) -> dict[str, Any]:
    email = f"{secrets.token_hex(4)}@example.org"
    portal.command("invite", email)
    path = portal.command("invite", email).removeprefix(portal.url)
    with httpx.Client(base_url=portal.url, timeout=60) as client:
        client.post(path, data={"name": "Somebody", "password": "violet tractor beneath morning"})
    headers = {"authorization": f"Bearer {portal.command('api-key', email, '--name', 'tests').split()[-1]}"}
    course = httpx.post(f"{portal.url}/api/v1/courses", json={"title": "Tea"}, headers=headers, timeout=60).json()
    return {"url": f"{portal.url}/api/v1/courses/{course['id']}", "headers": headers}
