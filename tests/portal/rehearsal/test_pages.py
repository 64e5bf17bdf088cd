"""Choosing faults, and what the script's address answers then."""

import pytest


def test_everything_works_until_something_else_is_chosen(phone) -> None:
    html = phone.get("/rehearsal").text
    assert 'value="none" checked' in html
    assert html.count("checked") == 1
    script = phone.get("/rehearsal/xiaohongshu/sdk.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "window.xhs = { share }" in script.text


def test_chosen_fault_is_kept_by_this_browser_alone(phone, live) -> None:
    answer = phone.post("/rehearsal/fault", data={"fault": "not-found"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/rehearsal")
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("rehearsal_fault=not-found", "HttpOnly", "Path=/rehearsal", "SameSite=lax"))
    assert 'value="not-found" checked' in phone.get("/rehearsal").text
    assert phone.get("/rehearsal/xiaohongshu/sdk.js").status_code == 404
    phone.post("/rehearsal/fault", data={"fault": "none"})
    assert phone.get("/rehearsal/xiaohongshu/sdk.js").status_code == 200


@pytest.mark.parametrize("data", [{}, {"fault": "nonsense"}, {"fault": ["a", "b"]}, {"fault": "x\r\nSet-Cookie: a=b"}])
def test_unknown_fault_is_none(phone, data: dict) -> None:
    answer = phone.post("/rehearsal/fault", data=data)
    assert answer.status_code == 303
    assert answer.headers.get_list("set-cookie") == [answer.headers["set-cookie"]]
    assert answer.headers["set-cookie"].startswith("rehearsal_fault=none;")


def test_looking_changes_nothing(phone) -> None:
    for path in ("/rehearsal?fault=refuse", "/rehearsal/xiaohongshu/sdk.js", "/rehearsal/xiaohongshu/composer"):
        assert "set-cookie" not in phone.get(path).headers


@pytest.mark.parametrize(
    ("fault", "script"), [("changed", "window.xhs = {};"), ("silent", "share() {}"), ("throws", "throw")]
)
def test_broken_scripts_are_sent_in_place_of_the_right_one(phone, fault: str, script: str) -> None:
    phone.cookies.set("rehearsal_fault", fault)
    text = phone.get("/rehearsal/xiaohongshu/sdk.js").text
    assert script in text
    assert "check/token" not in text


@pytest.mark.parametrize("page", ["xiaohongshu/composer", "published"])
@pytest.mark.parametrize("code", ["", "nonsense", "水"])
def test_unknown_code_is_a_friendly_404(phone, page: str, code: str) -> None:
    answer = phone.get(f"/rehearsal/{page}", params={"share_code": code})
    assert answer.status_code == 404
    assert "This share is not known" in answer.text
