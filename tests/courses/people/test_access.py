"""Everybody with an account: in pages, by a search, by who they are."""

from uuid import uuid4

import pytest

from courses.people.access import PAGE, known_people, list_people, names_of_people
from courses.people.accounts import add_person

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases, pytest.mark.usefixtures("db")]


async def test_people_come_in_pages_by_name() -> None:
    for number in range(PAGE + 1):
        await add_person(f"{number:02}@example.org", f"Teacher {number:02}")
    first, second = await list_people(), await list_people(2)
    assert (first.total, len(first.people), len(second.people)) == (PAGE + 1, PAGE, 1)
    assert [person.name for person in second.people] == [f"Teacher {PAGE:02}"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("anna", ["Anna 100%"]),
        ("EXAMPLE b", ["Bo_b"]),
        ("0%", ["Anna 100%"]),
        ("o_b", ["Bo_b"]),
        ("!", []),
        ("x\0y", []),
    ],
)
async def test_words_stand_in_name_or_address_as_they_are_written(words: str, found: list[str]) -> None:
    await add_person("a@example.org", "Anna 100%")
    await add_person("b@example.com", "Bo_b")
    assert [person.name for person in (await list_people(1, words)).people] == found


async def test_people_are_told_by_who_they_are() -> None:
    anna, bob = await add_person("a@example.org", "Anna"), await add_person("b@example.org", "Bob")
    assert [person.email for person in await known_people({anna.id, uuid4()})] == ["a@example.org"]
    assert await names_of_people({bob.id, anna.id}) == {anna.id: "Anna", bob.id: "Bob"}
    assert await known_people(set()) == []
    assert await names_of_people(set()) == {}
