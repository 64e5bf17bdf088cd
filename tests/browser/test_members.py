"""People of a course in a real Chromium: an invitation, what its role may do, another role, and the end of it."""

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
HANDHELD = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
PASSWORD = "violet tractor beneath morning"


@pytest.mark.browser
def test_helper_joins_by_a_link_and_sees_what_the_role_may_do(
    portal: Any, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": PASSWORD})
        course = http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]
        lesson = {"kind": "normal", "title": "Tea 茶", "body": "好茶", "platforms": "xiaohongshu"}
        made = http.post(f"/courses/{course}/lessons", files={name: (None, text) for name, text in lesson.items()})
        lesson_page = made.headers["location"].partition("?")[0]
        session = {"name": "session", "value": http.cookies["session"], "url": portal.url}
    desk = open_browser(DESKTOP)
    desk.add_cookies([session])
    owner = desk.new_page()
    owner.goto(f"/courses/{course}/members")
    email = f"{secrets.token_hex(4)}@example.org"
    owner.get_by_label("E-mail address").fill(email)
    owner.get_by_label("Viewer").check()
    owner.get_by_role("button", name="Make the link").click()
    link = owner.locator("#value").input_value()
    shot(owner, "members-invited-desktop-en", full=True)

    bob = open_browser(HANDHELD, "zh-CN").new_page()
    bob.goto(link)
    bob.get_by_label("姓名").fill("Bob 鲍勃")
    bob.get_by_label("密码").fill(PASSWORD)
    bob.locator("main form button").first.click()
    expect(bob).to_have_url(f"{portal.url}/courses/{course}?done=joined")
    expect(bob.get_by_role("link", name="新建一课")).to_have_count(0)
    bob.goto(lesson_page)
    expect(bob.get_by_role("link", name="学生视角")).to_be_visible()
    expect(bob.get_by_role("link", name="编辑")).to_have_count(0)
    shot(bob, "lesson-viewer-phone-zh", full=True)
    assert bob.request.get(f"{lesson_page}/edit").status == 403

    owner.goto(f"/courses/{course}/members")
    owner.get_by_label("Change Bob 鲍勃").click()
    owner.get_by_label("Role", exact=True).select_option(label="Editor")
    owner.get_by_role("button", name="Save the role").click()
    expect(owner.get_by_text("Bob 鲍勃 is now: Editor.")).to_be_visible()
    bob.reload()
    expect(bob.get_by_role("link", name="编辑")).to_be_visible()
    expect(bob.get_by_role("link", name="基本设置", exact=True)).to_have_count(0)

    owner.get_by_label("Change Bob 鲍勃").click()
    owner.get_by_role("button", name="Remove from the course").click()
    expect(owner.get_by_text("can no longer open the course")).to_be_visible()
    assert bob.request.get(lesson_page).status == 404
    owner.goto(f"/courses/{course}/log")
    expect(owner.get_by_text("removed Bob 鲍勃")).to_be_visible()
    expect(owner.get_by_text("changed the role of Bob 鲍勃 from Viewer to Editor")).to_be_visible()
