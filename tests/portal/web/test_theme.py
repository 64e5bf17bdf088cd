"""Light, dark or as the system: a choice that the browser keeps, and that works without scripts."""

import pytest
from litestar.testing import TestClient


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_choice_is_on_every_page_until_it_is_taken_back(client: TestClient, theme: str) -> None:
    answer = client.post("/theme", data={"theme": theme}, headers={"referer": "http://testserver.local/go"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/go"
    for path in ("/sign-in", "/go", "/nothing"):
        page = client.get(path).text
        assert f'data-theme="{theme}"' in page
        assert f'value="{theme}" aria-pressed="true"' in page
    client.post("/theme", data={"theme": "system"})
    page = client.get("/go").text
    assert "data-theme" not in page
    assert 'value="system" aria-pressed="true"' in page


@pytest.mark.parametrize("word", ['"><script>', "١", "深色", "dark\r\nx: y", "\x00", "x" * 5_000])
def test_unknown_theme_is_the_systems(client: TestClient, word: str) -> None:
    client.post("/theme", data={"theme": "dark"})
    answer = client.post("/theme", data={"theme": word})
    assert answer.status_code == 303
    assert word not in answer.headers["set-cookie"]
    assert "data-theme" not in client.get("/go").text
    assert "data-theme" not in client.get("/go", headers={"cookie": 'theme="><script>'}).text


def test_choice_leads_nowhere_else(client: TestClient) -> None:
    answer = client.post("/theme", data={"theme": "dark"}, headers={"referer": "https://elsewhere.example/x"})
    assert answer.headers["location"] == "/courses"
