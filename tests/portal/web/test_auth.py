"""A session follows its person: his language comes with him."""

from collections.abc import Callable

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
