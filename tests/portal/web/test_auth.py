"""A session follows its person: his language comes with him."""

from collections.abc import Callable
from uuid import uuid4

from litestar.testing import TestClient

from courses.people.accounts import set_language, sign_in_link
from courses.signed_in import SignedIn


def test_sign_in_brings_the_persons_language(
    client: TestClient, run: Callable[..., object], alice_person: SignedIn
) -> None:
    run(set_language, alice_person, "zh")
    secret = run(sign_in_link, alice_person.email)
    answer = client.post(f"/invitations/{secret}", follow_redirects=False)
    assert answer.status_code == 303
    assert "language=zh" in answer.headers["set-cookie"] or answer.cookies.get("language") == "zh"


def test_page_of_a_failure_knows_who_is_signed_in_and_leads_back(alice: TestClient, client: TestClient) -> None:
    nowhere = f"/courses/{uuid4()}"
    page = alice.get(nowhere, headers={"referer": "http://testserver.local/courses?archived=1"})
    assert page.status_code == 404
    assert 'href="/courses?archived=1"' in page.text
    assert 'action="/sign-out"' in page.text
    for other in (f"http://testserver.local{nowhere}", "https://evil.example/courses", ""):
        assert ">Back<" not in alice.get(nowhere, headers={"referer": other}).text
    assert 'action="/sign-out"' not in client.get("/nothing").text
