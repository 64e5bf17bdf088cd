"""The frame of a page: the rail, the one bar, and the tabs that say where one is."""

import re
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.catalogue.rail import OTHERS, rail_of
from courses.signed_in import SignedIn
from tests.queries import counted

RAIL = '<nav class="rail"'
TAB = re.compile(r'<nav class="tabs sub".*?</nav>', re.DOTALL)
CURRENT = re.compile(r'<a href="([^"]*)" aria-current="page">')


def tabs(page: str) -> str:
    found = TAB.search(page)
    assert found, page[:2000]
    return found[0]


def test_every_sub_page_says_where_one_is(alice: TestClient, course: UUID) -> None:
    starts = [f"/courses/{course}{end}" for end in ("", "/roster", "/completion", "/sheet", "/edit")]
    seen = 0
    for start in starts:
        first = alice.get(start).text
        assert f'href="{start}" title' in first.split('class="rail-areas"')[1].split('aria-current="page"')[0]
        for address in re.findall(r'<a href="([^"]*)"', tabs(first)):
            page = alice.get(address).text
            assert CURRENT.findall(tabs(page)) == [address]
            assert page.count("<h1") == 1
            seen += 1
    assert seen == 22


def test_rail_has_the_areas_of_the_present_course_and_few_others(
    alice: TestClient, alice_person: SignedIn, bob: TestClient, run: Any, course: UUID
) -> None:
    others = [run(create_course, alice_person, f"Other {n}") for n in range(OTHERS + 2)]
    rail = alice.get(f"/courses/{course}/log").text.split(RAIL)[1].split("</nav>")[0]
    assert len(re.findall(r'class="rail-course[ "]', rail)) == 1 + OTHERS
    assert f"/courses/{others[-1]}" in rail
    assert f"/courses/{others[0]}" not in rail
    assert f"/courses/{course}/completion" in rail
    with counted() as queries:
        found = run(rail_of, alice_person.id, course)
    assert len(queries) == 1
    assert (found.present.id, found.present.role, found.present.members) == (course, "owner", 1)
    bobs = bob.get("/courses").text
    assert RAIL in bobs
    assert str(course) not in bobs


def test_course_of_others_is_no_present_one(bob: TestClient, course: UUID, run: Any, alice_person: SignedIn) -> None:
    page = bob.get(f"/courses/{course}")
    assert page.status_code == 404
    assert str(course) not in page.text
    assert run(rail_of, UUID(int=7), course).present is None


@pytest.mark.parametrize("path", ["/nothing", "/courses/x/nothing"])
def test_error_keeps_the_frame_and_leads_back(alice: TestClient, client: TestClient, course: UUID, path: str) -> None:
    page = alice.get(path, headers={"referer": f"http://testserver.local/courses/{course}/log"})
    assert page.status_code == 404
    assert RAIL in page.text
    assert f'href="/courses/{course}/log"' in page.text
    assert f'href="/courses/{course}"' in page.text
    assert RAIL not in client.get(path).text


def test_narrow_rail_is_drawn_by_the_server(alice: TestClient) -> None:
    assert "narrow-rail" not in alice.get("/courses").text
    alice.cookies.set("rail", "narrow", domain="testserver.local")
    assert 'class="desk narrow-rail"' in alice.get("/courses").text
    alice.cookies.set("rail", '"><script>', domain="testserver.local")
    assert "narrow-rail" not in alice.get("/courses").text
