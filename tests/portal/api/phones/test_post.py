"""The draft and the hand-over, in the shapes that others script against."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.lessons import links
from courses.lessons.authoring import edit_lesson, lesson_by_id
from courses.lessons.links import set_link_times, withdraw_link
from courses.lessons.values import LessonDraft
from portal.app import create_app
from portal.platforms import PlatformFailure
from tests.portal.conftest import browser_on


@pytest.fixture
def ann(classroom: Any, phone: Callable[..., Any]) -> Any:
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    return ann


def edit(classroom: Any, **changes: Any) -> None:
    async def change() -> None:
        lesson = await lesson_by_id(classroom.lesson)
        draft = LessonDraft(
            lesson.kind, lesson.title, lesson.body, lesson.topics, lesson.platforms, [p.id for p in lesson.pictures]
        )
        await edit_lesson(None, lesson, replace(draft, **changes))

    classroom.run(change)
    links.forget_card(classroom.link.code)


def test_preview_has_exactly_the_draft(classroom: Any, ann: Any, phone: Callable[..., Any]) -> None:
    answer = ann.get(f"/api/post/preview/{classroom.link.code}")
    assert answer.status_code == 200
    body = answer.json()
    pictures = body.pop("imageUrls")
    assert len(pictures) == 2
    assert all(url.startswith("http://testserver.local/media/") for url in pictures)
    assert body.pop("coverUrl") == pictures[0]
    times = body.pop("createdAt"), body.pop("updatedAt")
    assert all(time.endswith("Z") for time in times)
    assert body == {
        "id": str(classroom.lesson), "type": "normal", "title": "Tea 茶", "content": "Find **light**.\n\n- one\n- two",
        "videoUrl": None, "topics": ["tea", "茶"],
    }  # fmt: skip
    assert phone().get(f"/api/post/preview/{classroom.token()}").json()["id"] == str(classroom.lesson)


def test_draft_without_pictures_has_none(classroom: Any, ann: Any) -> None:
    edit(classroom, pictures=[])
    body = ann.get(f"/api/post/preview/{classroom.link.code}").json()
    assert (body["coverUrl"], body["imageUrls"], body["videoUrl"]) == (None, [], None)


def test_publish_has_exactly_the_hand_over(classroom: Any, ann: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def token(_: Any) -> str:
        return "access-token"

    monkeypatch.setattr("portal.platforms.xiaohongshu.token.AccessTokens.current", token)
    answer = ann.get(f"/api/post/publish/{classroom.link.code}")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"data", "shareInfo"}
    assert set(body["data"]) == {"appKey", "nonce", "timestamp", "signature"}
    assert all(isinstance(value, str) for value in body["data"].values())
    info = body["shareInfo"]
    assert info["cover"] == info["images"][0]
    assert info["images"] == ann.get(f"/api/post/preview/{classroom.link.code}").json()["imageUrls"]
    assert {name: info[name] for name in info if name not in ("images", "cover")} == {
        "type": "normal", "title": "Tea 茶", "content": "Find light.\n\n• one\n• two\n\n#tea #茶 ",
    }  # fmt: skip


def test_draft_with_problems_is_not_publishable(classroom: Any, ann: Any) -> None:
    edit(classroom, title="很" * 21, pictures=[])
    answer = ann.get(f"/api/post/publish/{classroom.link.code}", headers={"accept-language": "zh"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "not_publishable"
    assert answer.json()["error"]["reasons"] == ["标题算作 21 个字，小红书最多 20 个字。", "这个内容还没有图片。"]


def test_platforms_failure_is_told_in_its_words(classroom: Any, ann: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_: Any) -> str:
        raise PlatformFailure("应用未审核通过", permanent=True)

    monkeypatch.setattr("portal.platforms.xiaohongshu.token.AccessTokens.current", refuse)
    answer = ann.get(f"/api/post/publish/{classroom.link.code}")
    body = answer.json()
    assert body.pop("shareInfo")["title"] == "Tea 茶"
    assert (answer.status_code, body) == (
        200, {"platform": "xiaohongshu", "launch": "assist", "reason": "refused", "message": "应用未审核通过"}
    )  # fmt: skip


def test_without_keys_the_phone_is_told_to_help_by_hand(
    classroom: Any, client: TestClient, phone: Callable[..., Any]
) -> None:
    with browser_on(client, app=create_app(replace(classroom.settings, rehearsal=False))) as browser:
        bob = phone()
        bob.client = browser
        answer = bob.get(f"/api/post/publish/{classroom.token()}")
    body = answer.json()
    assert (answer.status_code, body["launch"], body["reason"]) == (200, "assist", "no_keys")
    assert body["message"].startswith("Here you publish by hand")


def test_one_of_several_platforms_is_asked_for(classroom: Any, ann: Any) -> None:
    edit(classroom, platforms=["weibo", "kuaishou", "bilibili", "douyin"])
    path = f"/api/post/publish/{classroom.link.code}"
    first = ann.get(path).json()
    assert (first["platform"], first["launch"]) == ("weibo", "web_url")
    assert first["url"] == first["urls"]["mobile"]
    by_hand = {slug: ann.get(path, params={"platform": slug}).json() for slug in ("kuaishou", "bilibili", "douyin")}
    assert {slug: (body["platform"], body["launch"]) for slug, body in by_hand.items()} == {
        slug: (slug, "assist") for slug in by_hand
    }
    assert by_hand["kuaishou"]["reason"] == "by_hand"
    for slug in ("xiaohongshu", "myspace"):
        answer = ann.get(path, params={"platform": slug})
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["platform"])


@pytest.mark.parametrize("kind", ["preview", "publish"])
def test_links_that_are_not_open_give_nothing(classroom: Any, ann: Any, phone: Callable[..., Any], kind: str) -> None:
    def codes() -> list[tuple[int, str]]:
        answers = [ann.get(f"/api/post/{kind}/{reference}") for reference in (classroom.link.code, classroom.token())]
        return [(answer.status_code, answer.json()["error"]["code"]) for answer in answers]

    classroom.run(set_link_times, None, classroom.link, now() + timedelta(hours=1), None)
    assert codes() == [(403, "link_not_open")] * 2
    classroom.run(set_link_times, None, classroom.link, None, now() - timedelta(days=2))  # and with it the grace period
    assert codes() == [(410, "link_ended")] * 2
    classroom.run(withdraw_link, None, classroom.link)
    assert codes() == [(410, "link_ended")] * 2
    stranger = phone()
    unknown = stranger.get(f"/api/post/{kind}/{classroom.link.code}")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (401, "phone_unknown")
    token = classroom.token()
    forged = (
        token[:-9] + ("B" if token[-9] == "A" else "A") + token[-8:]
    )  # the last characters hold few bits of the signature
    for reference in (forged, "x"):
        invalid = stranger.get(f"/api/post/{kind}/{reference}")
        assert (invalid.status_code, invalid.json()["error"]["code"]) == (404, "token_invalid")
