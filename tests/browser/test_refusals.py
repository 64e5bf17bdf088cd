"""A page that turns a student away reports it by its own script: once a visit, also when the phone was off the net."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.waiting import eventually

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


def refused(http: httpx.Client, course: str) -> int:
    return http.get(f"{course}/scans?outcome=withdrawn").text.count('class="outcome refused"')


def wait_for(page: Page, told: bool = True) -> None:
    """Until the script has kept what it did."""
    page.wait_for_function(
        "told => Object.entries(localStorage).some(([name, text]) =>"
        " name.startsWith('lessonlink:turned-away:') && Boolean(JSON.parse(text).told) === told)",
        arg=told,
    )


@pytest.mark.browser
def test_a_withdrawn_link_is_one_refused_scan_however_often_its_page_loads(portal: Any, chromium: Browser) -> None:
    secret = portal.command("invite", "refusals@example.org").rsplit("/", 1)[1]
    with httpx.Client(base_url=portal.url) as http:
        http.post(f"/invitations/{secret}", data={"name": "Lee", "password": "nine copper windmills hum softly"})
        course = http.post("/courses", data={"title": "Drinks"}).headers["location"].split("?")[0]
        form = {"kind": "normal", "title": "Tea", "body": "Text", "platforms": "xiaohongshu"}
        made = http.post(f"{course}/lessons", data=form, files=[("x", (None, ""))])
        lesson = http.get(re.sub(r"\?.*", "", made.headers["location"])).text
        token = re.search(r"/s/([a-z2-7]{36})", lesson, re.IGNORECASE)[1]
        http.post(re.search(r"/links/[\w-]+/withdrawal", lesson)[0])
        # A scan may go on for a second with what it looked up.
        eventually(lambda: httpx.get(f"{portal.url}/s/{token}").status_code == 410)
        context = chromium.new_context(base_url=portal.url, locale="en-GB", **PHONE)
        sent: list[str] = []
        context.on("request", lambda request: request.method == "POST" and sent.append(request.post_data or ""))
        page = context.new_page()
        page.route("**/api/refusals", lambda route: route.abort())
        page.goto(f"/s/{token}")
        wait_for(page, told=False)
        assert refused(http, course) == 0
        page.unroute("**/api/refusals")
        page.reload()
        wait_for(page)
        page.reload()
        page.goto(f"/S/{token.upper()}")
        page.wait_for_load_state("networkidle")
        assert refused(http, course) == 1
        assert sent
        assert not [body for body in sent if token.lower() in body.lower()]
        context.close()
