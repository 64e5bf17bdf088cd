"""The spoken code, typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from courses.lessons.links import issue_link, withdraw_link
from courses.people.attempts import Tries, count_try
from courses.spoken import show_spoken
from portal.pages.student import go
from portal.web.security import subject


def typed(phone: Any, code: str) -> Any:
    return phone.post("/go", data={"code": code})


@pytest.mark.parametrize("way", [str, str.lower, show_spoken, lambda code: f"  {code[:3]} – {code[3:]} ".lower()])
def test_code_leads_to_the_lesson(classroom: Any, phone: Callable[..., Any], way: Callable[[str], str]) -> None:
    bob = phone()
    answer = typed(bob, way(classroom.link.spoken))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/s/{classroom.token().lower()}"
    assert bob.get(answer.headers["location"]).headers["location"] == f"/l/{classroom.link.code}"


def test_code_of_a_personal_link_knows_its_student(classroom: Any, phone: Callable[..., Any]) -> None:
    link = classroom.run(issue_link, None, classroom.lesson, classroom.students[1].id)
    assert typed(phone(), link.spoken).headers["location"] == f"/s/{classroom.token(1, link).lower()}"


@pytest.mark.parametrize("code", ["", "7K4-M2XQ", "ABCDEFG", "x" * 5000, "<script>alert(1)</script>", "{{7*7}}"])
def test_wrong_code_brings_the_form_back(classroom: Any, phone: Callable[..., Any], code: str) -> None:
    answer = typed(phone(), code)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("text", ["{}", "{}。", "（{}）", "茶课：{}，快来", "{}/abcdefg2。", " {}\u200b"])
def test_pasted_link_leads_to_the_lesson(classroom: Any, phone: Callable[..., Any], text: str) -> None:
    bob = phone()
    answer = typed(bob, text.format(f"http://testserver.local/s/{classroom.token().lower()}"))
    assert answer.status_code == 303
    assert bob.get(answer.headers["location"]).headers["location"] == f"/l/{classroom.link.code}"


def test_pasted_link_of_nobody_brings_the_form_back(classroom: Any, phone: Callable[..., Any]) -> None:
    answer = typed(phone(), f"http://testserver.local/s/{'a' * 36}。")
    assert answer.status_code == 422
    assert "This code is not one of ours." in answer.text


def test_withdrawn_links_code_is_gone(classroom: Any, phone: Callable[..., Any]) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    bob = phone()
    answer = bob.get(typed(bob, classroom.link.spoken).headers["location"])
    assert answer.status_code == 410
    assert "This link was withdrawn. Ask your instructor for a new code." in answer.text


def test_guessing_is_limited_and_a_class_is_not(
    classroom: Any, phone: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(go, "NETWORK_LIMIT", 5)
    for _ in range(5):
        assert typed(phone(), "7K4-M2XQ").status_code == 422
    answer = typed(phone(), classroom.link.spoken)
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    assert f'value="{classroom.link.spoken}"' in answer.text
    monkeypatch.setattr(go, "WINDOW", timedelta(0))
    assert typed(phone(), classroom.link.spoken).headers["location"] == f"/s/{classroom.token().lower()}"


def test_guessing_from_everywhere_makes_limits_small_and_locks_nobody_out(
    classroom: Any, phone: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(go, "TOTAL_LIMIT", 4)
    monkeypatch.setattr(go, "STRICT_LIMIT", 2)
    for _ in range(4):
        classroom.run(count_try, Tries(subject(classroom.settings, "go"), 4, go.WINDOW))
    assert typed(phone(), classroom.link.spoken).headers["location"] == f"/s/{classroom.token().lower()}"
    for _ in range(2):
        wrong = typed(phone(), "7K4-M2XQ")
        assert wrong.status_code == 422
        assert "This is not a whole code." in wrong.text
    limited = typed(phone(), classroom.link.spoken)
    assert limited.status_code == 429
    assert "Too many tries." in limited.text


def test_page_is_chinese_when_the_phone_asks(client: Any, phone: Callable[..., Any]) -> None:
    assert "输入口令" in phone("zh").get("/go").text
    assert phone().get("/GO").status_code == 200
