"""An instructor orders faults for a whole class; phones meet them, and no lie raises a rung."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from courses.lessons import links
from courses.lessons.authoring import edit_lesson, lesson_by_id
from courses.lessons.rehearsal_faults import faults_at
from courses.lessons.values import LessonDraft
from portal.platforms import build
from portal.rehearsal import stand_in
from portal.rehearsal.at_link import _faulty
from portal.rehearsal.faults import LINK_FAULTS, fault_of
from portal.settings import Settings

SLUGS = ["xiaohongshu", "douyin", "kuaishou", "bilibili", "weibo"]


@pytest.fixture
def everywhere(classroom: Any) -> None:
    """The lesson goes to all five."""

    async def change() -> None:
        lesson = await lesson_by_id(classroom.lesson)
        pictures = [picture.id for picture in lesson.pictures]
        await edit_lesson(
            None, lesson, LessonDraft(lesson.kind, lesson.title, lesson.body, lesson.topics, SLUGS, pictures)
        )

    classroom.run(change)
    links.forget_card(classroom.link.code)


def test_every_fault_of_the_list_reaches_its_platform() -> None:
    platforms = build(stand_in(Settings(rehearsal=True)), httpx.AsyncClient())
    assert set(LINK_FAULTS) == set(platforms)
    for slug, faults in LINK_FAULTS.items():
        for name in set(faults) - {"none", "no-sdk", "no-keys"}:
            faulty = _faulty(platforms[slug], name)
            key = vars(faulty).get("_app_key") or vars(faulty).get("_client_key")
            assert name in (fault_of(key or "rehearsal", slug), faulty.app_url.partition("?fault=")[2])
        assert _faulty(platforms[slug], "none") is platforms[slug]
        assert _faulty(platforms[slug], "lie").app_url == f"{platforms[slug].app_url}?fault=lie"


def test_rehearsal_stands_in_only_where_there_are_no_keys() -> None:
    settings = Settings(rehearsal=True, douyin_client_key="real", douyin_client_secret="secret")
    stood = stand_in(settings)
    assert set(stood.app_urls) == set(SLUGS) - {"douyin"}
    assert (stood.douyin_client_key, stood.douyin_api_url) == ("real", "https://open.douyin.com")
    assert stand_in(replace(settings, rehearsal=False)) == replace(settings, rehearsal=False)


def test_ordered_fault_is_met_by_every_phone_and_ended_again(
    classroom: Any, alice: Any, phone: Callable[..., Any]
) -> None:
    path = f"/lessons/{classroom.lesson}/rehearsal"
    assert path in alice.get(f"/lessons/{classroom.lesson}").text

    def publish() -> dict[str, Any]:
        return phone().get(f"/api/post/publish/{classroom.token()}").json()

    def order(fault: str) -> Any:
        return alice.post(path, data={"fault-xiaohongshu": fault}, follow_redirects=False)

    assert order("no-keys").status_code == 303
    assert '<option value="no-keys" selected>' in alice.get(path).text
    assert publish()["reason"] == "no_keys"
    assert classroom.run(faults_at, classroom.link.id) == {"xiaohongshu": "no-keys"}
    assert order("no-sdk").status_code == 303
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    assert "sdk.js?fault=not-found" in ann.get(f"/l/{classroom.link.code}").text
    assert ann.get("/rehearsal/xiaohongshu/sdk.js?fault=not-found").status_code == 404
    assert order("none").status_code == 303
    assert classroom.run(faults_at, classroom.link.id) == {}
    assert "fault=not-found" not in ann.get(f"/l/{classroom.link.code}").text
    assert "changed what goes wrong in rehearsal" in alice.get(f"/courses/{classroom.course}/log").text


@pytest.mark.usefixtures("everywhere")
def test_each_platform_of_the_lesson_has_its_own_list(classroom: Any, alice: Any, phone: Callable[..., Any]) -> None:
    path = f"/lessons/{classroom.lesson}/rehearsal"
    page = alice.get(path).text
    assert [page.index(f'name="fault-{slug}"') for slug in SLUGS] == sorted(
        page.index(f'name="fault-{slug}"') for slug in SLUGS
    )
    assert (page.count('value="no-sdk"'), page.count('value="ms"'), page.count('value="no-app"')) == (1, 1, 5)
    faults = {"weibo": "lie", "kuaishou": "no-app", "douyin": "no-keys"}
    form = {f"fault-{slug}": fault for slug, fault in faults.items()}
    assert alice.post(path, data=form, follow_redirects=False).status_code == 303
    assert classroom.run(faults_at, classroom.link.id) == faults
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")

    def ask(slug: str) -> dict[str, Any]:
        return ann.get(f"/api/post/publish/{classroom.link.code}", params={"platform": slug}).json()

    assert "appkey=rehearsal%2Blie&" in ask("weibo")["url"]
    assert ask("douyin")["reason"] == "no_keys"
    by_hand = "/rehearsal/app/kuaishou?fault=no-app"
    assert by_hand in ann.get(f"/l/{classroom.link.code}?platform=kuaishou").text
    alice.post(path, data={"fault-kuaishou": "none"})
    shown = ann.get(f"/l/{classroom.link.code}?platform=kuaishou").text
    assert by_hand not in shown
    assert "/rehearsal/app/kuaishou" in shown


@pytest.mark.parametrize("fault", ["nonsense", "slow99", "rehearsal+lie", "ms"])
def test_only_faults_of_the_platforms_list_are_taken(classroom: Any, alice: Any, fault: str) -> None:
    answer = alice.post(f"/lessons/{classroom.lesson}/rehearsal", data={"fault-xiaohongshu": fault})
    assert answer.status_code == 422
    assert "Choose a fault of the list." in answer.text
    assert classroom.run(faults_at, classroom.link.id) == {}
