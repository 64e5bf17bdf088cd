"""What is shown once: every form that makes it leads to a page that can be opened again, until one says it is kept."""

import re
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.students.reading import Entry
from courses.students.roster import add_students
from tests.portal.conftest import PASSWORDS

SHOWN = re.compile(r"/shown/[\w-]{36}")
#: a form, what it sends, the page that leads back to what it made, and the secret
FORMS = {
    "key": ("/account/keys", {"key_name": "Timetable", "key_scope": "read", "key_days": "30", "key_old": PASSWORDS["alice"]},
            "/account", r"llk_[\w-]{43}"),
    "membership": ("/courses/{course}/members/invitations", {"email": "new@example.org", "role": "editor"},
                   "/courses/{course}/members", r"/invitations/[\w-]{20,}"),
    "webhook": ("/courses/{course}/webhooks", {"url": "https://hooks.example.org/x"},
                "/courses/{course}/webhooks", r"whsec_[\w+/=]+"),
    "pins": ("/courses/{course}/pins", {"x": ""}, "/courses/{course}/roster", r"\d{3} \d{3}"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_secret_can_be_seen_again_until_it_is_kept(alice: TestClient, course: UUID, run: Any, kind: str) -> None:
    run(add_students, None, course, [Entry("1", "陈一"), Entry("2", "Bo")])
    form, data, page, pattern = FORMS[kind]
    page = page.format(course=course)
    made = alice.post(form.format(course=course), data=data)
    assert made.status_code == 303
    address = made.headers["location"]
    assert SHOWN.fullmatch(address)
    secret = re.search(pattern, alice.get(address).text)[0]
    # The buttons at the foot of the page lead back to it, and lose nothing.
    for change in ("/language", "/theme"):
        back = alice.post(
            change, data={"language": "zh", "theme": "dark"}, headers={"referer": f"http://testserver.local{address}"}
        )
        assert back.headers["location"] == address
        assert secret in alice.get(address).text
    assert SHOWN.search(alice.get(page).text)[0] == address
    file = alice.get(f"{address}/text")
    assert secret in file.text
    assert re.fullmatch(r'attachment; filename="[a-z-]+\.txt"; filename\*=.*', file.headers["content-disposition"])
    assert file.headers["cache-control"] == alice.get(address).headers["cache-control"] == "no-store"
    assert alice.post(f"{address}/end", data={"x": ""}).headers["location"].partition("#")[0] == page
    assert alice.get(address).status_code == alice.get(f"{address}/text").status_code == 404
    assert not SHOWN.search(alice.get(page).text)


def test_pins_are_of_those_who_are_on_the_list_still(alice: TestClient, course: UUID, run: Any) -> None:
    run(add_students, None, course, [Entry("1", "陈一"), Entry("2", "Bo")])
    address = alice.post(f"/courses/{course}/pins", data={"x": ""}).headers["location"]
    assert len(re.findall(r"\d{3} \d{3}", alice.get(address).text)) == 2
    student = re.search(rf"/courses/{course}/students/[\w-]{{36}}", alice.get(f"/courses/{course}/roster").text)[0]
    alice.post(f"{student}/removal", data={"x": ""})
    assert re.findall(r"\t(\w+)\t\d{3} \d{3}", alice.get(f"{address}/text").text) == ["Bo"]


def test_everybody_having_a_pin_is_said_on_the_list(alice: TestClient, course: UUID, run: Any) -> None:
    run(add_students, None, course, [Entry("1", "陈一")])
    alice.post(f"/courses/{course}/pins", data={"x": ""})
    again = alice.post(f"/courses/{course}/pins", data={"x": ""}, follow_redirects=True)
    assert "Everybody on the list has a PIN already." in again.text
