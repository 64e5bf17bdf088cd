"""Printers of a person: measured, preferred, forgotten."""

import pytest

from courses.audit import entries_of_account
from courses.errors import Conflict, Invalid, NotFound
from courses.people.accounts import add_person
from courses.printing.printers import PRINTERS_MAX, add_printer, delete_printer, prefer_printer, printer_of, printers_of

pytestmark = pytest.mark.anyio
FIT = {"offset": (-2.08, 0.5), "scale": (1 / 0.96, 1.0)}


async def test_first_printer_is_preferred_and_another_can_be(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    office = await add_printer(alice, "  Office   二楼 ", **FIT)
    home = await add_printer(alice, "Home", (0, 0), (1, 1))
    assert [(each.name, each.preferred) for each in await printers_of(alice)] == [
        ("Office 二楼", True),
        ("Home", False),
    ]
    assert (office.offset_x, office.offset_y, office.scale_x, office.scale_y) == (-2.08, 0.5, 1 / 0.96, 1.0)
    await prefer_printer(alice, home.id)
    assert [each.name for each in await printers_of(alice) if each.preferred] == ["Home"]
    await delete_printer(alice, home.id)
    assert [(each.name, each.preferred) for each in await printers_of(alice)] == [("Office 二楼", True)]
    actions = [entry.action for entry in await entries_of_account(alice.id, 10)]
    assert actions[:4] == ["printer.remove", "printer.prefer", "printer.measure", "printer.measure"]


async def test_printer_of_the_same_name_is_measured_anew(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    first = await add_printer(alice, "Office", **FIT)
    second = await add_printer(alice, "OFFICE", (1, 1), (1, 1))
    assert second.id == first.id
    assert [(each.offset_x, each.preferred) for each in await printers_of(alice)] == [(1.0, True)]


async def test_printer_is_its_persons_alone(db: str) -> None:
    alice, bob = [await add_person(f"{name}@example.org", name) for name in ("alice", "bob")]
    printer = await add_printer(alice, "Office", **FIT)
    assert await printers_of(bob) == []
    for forbidden in (printer_of, prefer_printer, delete_printer):
        with pytest.raises(NotFound):
            await forbidden(bob, printer.id)


@pytest.mark.parametrize("name", ["", " \t", "x" * 61, "Of\u202efice", "Of\x07fice"])
async def test_printer_needs_a_name(db: str, name: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    with pytest.raises(Invalid):
        await add_printer(alice, name, **FIT)
    assert await printers_of(alice) == []


async def test_printers_are_bounded(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    for number in range(PRINTERS_MAX):
        await add_printer(alice, f"Printer {number}", **FIT)
    with pytest.raises(Conflict):
        await add_printer(alice, "One more", **FIT)
    await add_printer(alice, "Printer 3", (0, 0), (1, 1))
    with pytest.raises(ValueError, match="finite"):
        await add_printer(alice, "Printer 3", (float("nan"), 0), (1, 1))
