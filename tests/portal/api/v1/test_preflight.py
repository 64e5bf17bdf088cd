"""The preflight through the management API."""

import io
from uuid import UUID, uuid4

from litestar.testing import TestClient
from PIL import Image


def photo(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "JPEG")
    return file.getvalue()


def write(api: TestClient, course: UUID, size: tuple[int, int] = (1080, 1440), **changes: object) -> str:
    picture = api.post(f"/courses/{course}/media", files={"file": ("a.jpg", photo(*size), "image/jpeg")}).json()
    draft = {
        "type": "normal",
        "title": "Tea 茶",
        "content": "Hot **water**",
        "topics": ["tea"],
        "images": [picture["id"]],
    }
    return api.post(f"/courses/{course}/lessons", json=draft | changes).json()["id"]


def test_a_good_lesson_is_publishable(api: TestClient, course: UUID) -> None:
    answer = api.get(f"/lessons/{write(api, course)}/preflight")
    assert answer.status_code == 200
    found = answer.json()
    lengths = found["platforms"]["xiaohongshu"]["lengths"]
    # where the limits are from
    assert {name: (each.pop("known"), len(each.pop("sources"))) for name, each in lengths.items()} == {
        "title": ("sure", 3), "body": ("sure", 2)
    }  # fmt: skip
    assert found == {
        "publishable": True,
        "platforms": {
            "xiaohongshu": {
                "findings": [],
                # "Hot water", an empty line and "#tea "
                "lengths": {"title": {"count": 3, "limit": 20}, "body": {"count": 16, "limit": 1000}},
            }
        },
    }


def test_what_would_be_refused_and_what_is_doubtful_is_told(api: TestClient, course: UUID) -> None:
    lesson = write(api, course, (400, 1000), content="#a#b", title="字" * 21)
    body = api.get(f"/lessons/{lesson}/preflight").json()
    assert body["publishable"] is False
    found = [
        (each["code"], each["level"], each["where"], each["repair"])
        for each in body["platforms"]["xiaohongshu"]["findings"]
    ]
    assert found == [
        ("title_too_long", "error", "title", None),
        ("topics_glued", "error", "body", "split"),
        ("picture_too_small", "warning", "pictures[0]", None),
        ("picture_shape", "warning", "pictures[0]", None),
    ]


def test_doubts_do_not_keep_a_lesson_from_being_published(api: TestClient, course: UUID) -> None:
    body = api.get(f"/lessons/{write(api, course, (400, 500))}/preflight").json()
    assert body["publishable"] is True
    assert [each["level"] for each in body["platforms"]["xiaohongshu"]["findings"]] == ["warning"]


def test_messages_are_in_the_language_asked_for(api: TestClient, course: UUID) -> None:
    answer = api.get(f"/lessons/{write(api, course, images=[])}/preflight", headers={"accept-language": "zh-CN"})
    assert [each["message"] for each in answer.json()["platforms"]["xiaohongshu"]["findings"]] == [
        "这个内容还没有图片。"
    ]


def test_preflight_of_another_is_not_there(api: TestClient, bobs_api: TestClient, course: UUID) -> None:
    theirs, nobodys = (bobs_api.get(f"/lessons/{each}/preflight") for each in (write(api, course), uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
