"""Share links through the management API."""

from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.spoken import read_spoken
from courses.tokens import ShareToken, read_share_token
from portal.settings import Settings


@pytest.fixture
def roster(api: TestClient, course: UUID) -> list[dict]:
    api.post(f"/courses/{course}/students", json=[{"number": "7", "name": "Ann"}, {"number": "8", "name": "Bo"}])
    return api.get(f"/courses/{course}/students").json()


def token(settings: Settings, link: dict) -> ShareToken:
    assert link["url"].startswith("http://TESTSERVER.LOCAL/S/")
    return read_share_token(settings.keyring, link["url"].rpartition("/")[2])


def test_lesson_comes_with_a_link_that_opens(client: TestClient, settings: Settings, lesson: dict) -> None:
    [link] = lesson["links"]
    assert token(settings, link).seat is None
    assert read_spoken(link["code"]) == link["code"].replace("-", "")
    assert (link["code"][3], link["lesson"], link["expires_at"]) == ("-", lesson["id"], None)
    assert client.get(link["url"]).status_code == 303


def test_issue_class_link_with_times(api: TestClient, settings: Settings, lesson: dict) -> None:
    times = {"opens_at": "2026-09-01T08:00:00+08:00", "expires_at": "2999-09-30T00:00:00Z"}
    answer = api.post(f"/lessons/{lesson['id']}/links", json=times)
    assert answer.status_code == 201
    link = answer.json()
    assert {"id", "url", "code", "expires_at"} <= set(link)
    assert (link["opens_at"], link["expires_at"]) == ("2026-09-01T00:00:00Z", "2999-09-30T00:00:00Z")
    assert token(settings, link).code != token(settings, lesson["links"][0]).code
    assert api.get(f"/lessons/{lesson['id']}/links").json() == [link, *lesson["links"]]
    # The newest class link is the lesson's.
    assert api.get(f"/lessons/{lesson['id']}").json()["links"] == [link]


def test_issue_personal_link_by_number_or_id(api: TestClient, settings: Settings, lesson: dict, roster: list) -> None:
    for student in ("8", 8, roster[1]["id"]):
        answer = api.post(f"/lessons/{lesson['id']}/links", json={"student": student})
        assert answer.status_code == 201, answer.text
        assert answer.json()["student"] == roster[1]["id"]
        assert token(settings, answer.json()).seat == 1
    # A personal link is nobody else's, so it never becomes the lesson's link for the class.
    assert api.get(f"/lessons/{lesson['id']}").json()["links"] == lesson["links"]


@pytest.mark.parametrize("student", ["9", "", str(UUID(int=5)), 0])
def test_link_for_nobody_is_refused(api: TestClient, lesson: dict, roster: list, student: object) -> None:
    answer = api.post(f"/lessons/{lesson['id']}/links", json={"student": student})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["student"])
    assert len(api.get(f"/lessons/{lesson['id']}/links").json()) == 1


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "2026-09-30T00:00:00"}, "expires_at"),
        ({"expires_at": 1_900_000_000}, "expires_at"),
        ({"opens_at": "2026-09-30T00:00:00Z", "expires_at": "2026-09-01T00:00:00Z"}, "expires_at"),
        ({"opens_at": "2026-13-01T00:00:00Z"}, "opens_at"),
        ({"opens_at": "9999-12-31T23:59:59-12:00"}, "opens_at"),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, "expires_at"),
        ({"student": ["7"]}, "student"),
        ({"code": "AAAA"}, "code"),
    ],
)
def test_bad_link_is_refused_by_field(api: TestClient, lesson: dict, times: dict, field: str) -> None:
    answer = api.post(f"/lessons/{lesson['id']}/links", json=times)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])


def test_withdrawn_link_is_gone_for_good(api: TestClient, client: TestClient, lesson: dict) -> None:
    [link] = lesson["links"]
    for _ in range(2):
        answer = api.delete(f"/links/{link['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(link["url"]).status_code == 410
    assert api.get(f"/lessons/{lesson['id']}").json()["links"] == []
    assert api.get(f"/lessons/{lesson['id']}/links").json()[0]["withdrawn_at"] is not None


def test_link_of_another_is_not_there(bobs_api: TestClient, client: TestClient, lesson: dict) -> None:
    [link] = lesson["links"]
    theirs, nobodys = (bobs_api.delete(f"/links/{identity}") for identity in (link["id"], uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert client.get(link["url"]).headers["location"].startswith("/l/")
