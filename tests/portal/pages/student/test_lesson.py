"""The lesson on the phone: what is shown, to whom, and with which policy."""

import io
import re
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from litestar.testing import TestClient
from PIL import Image

from courses.lessons import links
from courses.lessons.authoring import edit_lesson, lesson_by_id
from courses.lessons.values import LessonDraft
from courses.media.library import open_store, store_picture
from courses.media.pictures import prepare_picture
from courses.results.deciding import decide
from courses.signed_in import SignedIn
from courses.students.roster import remove_student
from courses.tables.media import Media
from portal.app import create_app
from tests.portal.conftest import browser_on


@pytest.fixture
def ann(classroom: Any, phone: Callable[..., Any]) -> Any:
    """Ann's phone with her personal slip."""
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    return ann


def page_of(phone: Any, classroom: Any, query: str = "") -> str:
    answer = phone.get(f"/l/{classroom.link.code}{query}")
    assert answer.status_code == 200
    return answer.text


def test_page_shows_the_lesson(classroom: Any, ann: Any) -> None:
    page = page_of(ann, classroom)
    assert "<h1>Tea 茶</h1>" in page
    assert "<p>Find <strong>light</strong>.</p>" in page
    assert 'data-text="Find light.\n\n• one\n• two"' in page
    assert 'data-text="#tea #茶 "' in page
    assert 'data-text="Find light.\n\n• one\n• two\n\n#tea #茶 "' in page
    assert page.count('width="600" height="800"') == 4  # each with its placeholder, so that nothing moves
    assert page.count('<img class="blur" src="data:image/webp;base64,') == 2
    assert 'alt="Tea 茶, picture 1 of 2"' in page
    assert '<span class="chip">#茶</span>' in page
    assert 'id="publish"' in page
    assert "Long-press a picture to save it." in page


def test_picture_has_its_sizes_and_the_description_of_its_author(
    classroom: Any, ann: Any, alice: TestClient, run: Any, settings: Any
) -> None:
    file = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(file, "JPEG")
    large = run(store_picture, open_store(settings.media), classroom.course, "a.jpg", prepare_picture(file.getvalue()))
    form = {"kind": "normal", "title": "Tea", "platforms": "xiaohongshu", "picture": str(large.id), "alt": "Leaves 茶"}
    saved = alice.post(f"/lessons/{classroom.lesson}", files=[(name, (None, text)) for name, text in form.items()])
    assert saved.status_code == 303
    links.forget_card(classroom.link.code)
    (image,) = re.findall(r'<img src="/media[^>]*fetchpriority[^>]*>', page_of(ann, classroom))
    assert 'alt="Leaves 茶"' in image
    assert 'width="1600" height="1200"' in image
    assert [size for _, size in re.findall(r"(/media/\S+) (\d+)w", image)] == ["480", "1080", "1600"]
    assert 'sizes="' in image


def test_picture_of_an_older_release_has_no_placeholder(classroom: Any, ann: Any, run: Any) -> None:
    run(lambda: Media.update({Media.blur: ""}, force=True).run())
    links.forget_card(classroom.link.code)
    page = page_of(ann, classroom)
    assert 'class="blur"' not in page
    assert page.count('width="600" height="800"') == 2


def test_page_is_chinese_when_the_phone_asks(classroom: Any, phone: Callable[..., Any]) -> None:
    bob = phone("zh-CN,zh;q=0.9,en;q=0.5")
    bob.get(f"/s/{classroom.token(0)}")
    page = page_of(bob, classroom)
    assert '<html lang="zh-CN">' in page
    assert "发布到小红书" in page
    assert "长按图片即可保存" in page
    assert "Publish" not in page


def test_share_script_is_allowed_on_this_page_alone(classroom: Any, ann: Any, client: TestClient) -> None:
    answer = ann.get(f"/l/{classroom.link.code}")
    assert 'data-sdk="http://testserver.local/rehearsal/xiaohongshu/sdk.js"' in answer.text
    assert "script-src 'self' http://testserver.local" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "script-src 'self';" in ann.get("/go").headers["content-security-policy"]


def test_page_without_keys_helps_by_hand(classroom: Any, client: TestClient, phone: Callable[..., Any]) -> None:
    with browser_on(client, app=create_app(replace(classroom.settings, rehearsal=False))) as browser:
        bob = phone()
        bob.client = browser
        bob.get(f"/s/{classroom.token(0)}")
        answer = bob.get(f"/l/{classroom.link.code}")
    assert "data-sdk" not in answer.text
    assert '<details class="card by-hand" id="by-hand" open>' in answer.text
    assert 'href="xhsdiscover://' in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]


def test_edited_lesson_shows_within_a_second(classroom: Any, ann: Any) -> None:
    page_of(ann, classroom)

    async def edit() -> None:
        lesson = await lesson_by_id(classroom.lesson)
        await edit_lesson(None, lesson, LessonDraft("normal", "New title", "New body"))

    classroom.run(edit)
    time.sleep(links.CARD_LIFE)
    assert "<h1>New title</h1>" in page_of(ann, classroom)


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", "{{7*7}}", "=cmd()", 'a" onerror="x', "a\r\nSet-Cookie: x=1"]
)
def test_markup_in_lessons_is_text(classroom: Any, ann: Any, evil: str) -> None:
    async def edit() -> None:
        lesson = await lesson_by_id(classroom.lesson)
        await edit_lesson(None, lesson, LessonDraft("normal", evil, evil, ("x\"'<b>",)))

    classroom.run(edit)
    links.forget_card(classroom.link.code)
    page = page_of(ann, classroom)
    assert "<script>alert" not in page
    assert "onerror" not in attributes(page)
    assert "#x<b>" not in page
    assert "49" not in page.split("<h1>")[1].split("</h1>")[0]


def test_activity_is_a_topic_in_the_text_and_a_link_that_opens(classroom: Any, ann: Any) -> None:
    """No share script has a parameter for an activity."""
    address = "https://www.xiaohongshu.com/activity/spring-tea?a=1&b=2"

    async def edit() -> None:
        lesson = await lesson_by_id(classroom.lesson)
        pictures = [picture.id for picture in lesson.pictures]
        draft = LessonDraft("normal", "Tea", f"Join [the activity]({address}).", ("新茶节",), pictures=pictures)
        await edit_lesson(None, lesson, draft)

    classroom.run(edit)
    links.forget_card(classroom.link.code)
    (anchor,) = re.findall(r"<a [^>]*activity[^>]*>the activity</a>", page_of(ann, classroom))
    assert f'href="{address.replace("&", "&amp;")}"' in anchor
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in anchor
    info = ann.get(f"/api/post/publish/{classroom.link.code}").json()["shareInfo"]
    assert info["content"] == "Join the activity https://www.xiaohongshu.com/activity/spring-tea?a=1&b=2 .\n\n#新茶节 "


def test_progress_is_worded_by_evidence(classroom: Any, ann: Any, alice_person: SignedIn) -> None:
    student = classroom.students[1]
    assert "Did you publish it?" in page_of(ann, classroom)
    ann.send("fail", detail={"message": "签名<b>校验失败"})
    assert "签名&lt;b&gt;校验失败" in page_of(ann, classroom)
    ann.send("claim")
    assert "You said that it is published." in page_of(ann, classroom)
    ann.send("link", detail={"text": "http://xhslink.com/a/J97ubzS9ZAv5"})
    page = page_of(ann, classroom)
    assert "Your link has arrived." in page
    assert "http://xhslink.com/a/J97ubzS9ZAv5" in page
    classroom.run(decide, alice_person, classroom.lesson, student.id, "xiaohongshu", "refuse", "Wrong <note>")
    page = page_of(ann, classroom)
    assert "Wrong &lt;note&gt;" in page
    assert "Your link has arrived." not in page
    classroom.run(decide, alice_person, classroom.lesson, student.id, "xiaohongshu", "confirm")
    page = page_of(ann, classroom)
    assert "Done: your instructor has confirmed it." in page
    assert 'id="publication"' not in page


def test_page_of_one_phone_holds_nothing_of_another(classroom: Any, ann: Any, phone: Callable[..., Any]) -> None:
    ann.send("link", detail={"text": "http://xhslink.com/a/AnnsNote1234"})
    lin = phone()
    lin.get(f"/s/{classroom.token(0)}")
    lin.send("link", detail={"text": "http://xhslink.com/a/LinsNote1234"})
    anns, lins = page_of(ann, classroom), page_of(lin, classroom)
    assert "AnnsNote1234" in anns
    assert "LinsNote1234" in lins
    assert "AnnsNote1234" not in lins
    assert "Neil" not in lins
    assert "林小满" not in anns


def test_course_without_roster_asks_nobody(classroom: Any, phone: Callable[..., Any]) -> None:
    for student in classroom.students:
        classroom.run(remove_student, None, classroom.course, student.id)
    bob = phone()
    bob.get(f"/s/{classroom.token()}")
    page = page_of(bob, classroom)
    assert "Who are you?" not in page
    assert 'id="publish"' in page
    assert bob.send("claim").json() == {"recorded": 1, "known": 0}


def test_notice_is_one_of_ours(classroom: Any, ann: Any) -> None:
    assert "<script>" not in page_of(ann, classroom, "?done=<script>")
    assert "Thank you." in page_of(ann, classroom, "?done=named")


def test_page_takes_few_queries(
    classroom: Any, ann: Any, phone: Callable[..., Any], counted: Callable[[], Any]
) -> None:
    page_of(ann, classroom)
    with counted() as queries:
        page_of(ann, classroom)
    assert 1 <= len(queries) <= 2  # progress, and the student if a second has passed since; so with the card


def attributes(page: str) -> set[str]:
    """The names of all attributes of all elements."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(name for name, _ in attrs)

    Reader().feed(page)
    return found


def test_what_is_declared_becomes_steps_for_the_platform(classroom: Any, ann: Any, run: Any) -> None:
    assert 'id="declare"' not in page_of(ann, classroom)
    lesson = run(lesson_by_id, classroom.lesson)
    platforms = ("xiaohongshu", "douyin")
    draft = replace(lesson.draft, declarations=("ai", "opinion"), platforms=platforms)
    run(edit_lesson, None, lesson, draft)
    links.forget_card(classroom.link.code)
    page = page_of(ann, classroom)
    assert "In XiaoHongShu look for “内容类型声明”." in page
    assert "<strong>笔记含AI合成内容</strong>" in page
    assert "XiaoHongShu has no choice for this. Write it in the text:" in page
    assert "声明：" not in page
    other = page_of(ann, classroom, "?platform=douyin")
    assert "look for “自主声明”" in other
    assert "Choose one of these: <strong>" in other
    assert "<strong>内容为个人观点或见解</strong>" in other
    assert "has no choice for this" not in other
    lesson = run(lesson_by_id, classroom.lesson)
    run(edit_lesson, None, lesson, replace(draft, declarations=("ai", "opinion", "in_text")))
    links.forget_card(classroom.link.code)
    page = page_of(ann, classroom)
    assert "声明：含 AI 生成内容；个人观点，仅供参考。\n\n#tea #茶 " in page
    assert "has no choice for this" not in page
    assert "Leave the sentence that begins with “声明” in the text." in page
    declared = "声明：含 AI 生成内容；个人观点，仅供参考。"
    assert f"<p>{declared}</p>" in page
    assert f'data-text="Find light.\n\n• one\n• two\n\n{declared}"' in page


def test_copied_text_and_topics_are_those_of_the_platform(classroom: Any, ann: Any, run: Any) -> None:
    lesson = run(lesson_by_id, classroom.lesson)
    run(edit_lesson, None, lesson, replace(lesson.draft, body="#水 [茶](https://x.cn/1)", platforms=("weibo",)))
    links.forget_card(classroom.link.code)
    page = page_of(ann, classroom)
    assert 'data-text="#水# 茶 https://x.cn/1"' in page
    assert 'data-text="#tea# #茶# "' in page
