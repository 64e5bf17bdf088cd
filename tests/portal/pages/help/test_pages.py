"""Help: the same pages in both languages, each opens, and each link between them leads to one."""

import re

from litestar.testing import TestClient

from portal.words.help import help_pages


def test_help_has_the_same_pages_in_both_languages_and_each_opens(alice: TestClient) -> None:
    assert list(help_pages("en")) == list(help_pages("zh"))
    assert len(help_pages("en")) >= 5
    for language in ("en", "zh"):
        headers = {"accept-language": language}
        index = alice.get("/help", headers=headers).text
        for name, page in help_pages(language).items():
            assert f'<a href="/help/{name}">{page.title}</a>' in index
            text = alice.get(f"/help/{name}", headers=headers).text
            assert f"<h1>{page.title}</h1>" in text
            assert not [link for link in re.findall(r"/help/([\w-]+)", text) if link not in help_pages(language)]
            assert "**" not in text
    assert alice.get("/help/nothing").status_code == 404


def test_help_is_in_the_menu_of_who_is_signed_in(alice: TestClient) -> None:
    assert '<a href="/help"' in alice.get("/account").text
