"""Label sheets of a course."""

import pytest

from courses.audit import Filter, all_entries
from courses.catalogue.courses import create_course
from courses.errors import Conflict, Invalid, NotFound
from courses.people.accounts import add_person
from courses.printing.own_layouts import (
    LAYOUTS_MAX,
    create_own_layout,
    delete_own_layout,
    edit_own_layout,
    own_layout,
    own_layouts,
)

pytestmark = pytest.mark.anyio
GRID = {"page_width": 215.9, "page_height": 279.4, "left": 4.7625, "columns": 3}


async def test_layout_is_kept_changed_and_deleted(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course, other = await create_course(alice, "Tea"), await create_course(alice, "Coffee")
    made = await create_own_layout(alice, course, " Shop   label ", GRID, "in")
    layout = await own_layout(course, made)
    assert (layout.name, layout.grid, layout.unit) == ("Shop label", GRID, "in")
    with pytest.raises(NotFound):
        await own_layout(other, made)
    await edit_own_layout(alice, layout, "Round label", GRID | {"columns": 4}, "mm")
    (layout,) = await own_layouts(course)
    assert (layout.name, layout.grid["columns"], layout.unit) == ("Round label", 4, "mm")
    await edit_own_layout(alice, layout, layout.name, layout.grid, layout.unit)
    await delete_own_layout(alice, layout)
    await delete_own_layout(alice, layout)
    assert await own_layouts(course) == []
    entries = await all_entries(course, Filter(noun="layout"))
    assert [entry.action for entry in entries] == ["layout.remove", "layout.edit", "layout.create"]
    assert entries[1].detail == {"changes": {"name": ["Shop label", "Round label"]}}


async def test_layouts_of_a_course_have_names_of_their_own_and_a_bound(db: str) -> None:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Tea")
    for number in range(LAYOUTS_MAX):
        await create_own_layout(alice, course, f"Label {number}", GRID, "mm")
    with pytest.raises(Conflict):
        await create_own_layout(alice, course, "One more", GRID, "mm")
    layout = (await own_layouts(course))[0]
    for name in ("LABEL 1", "", "x" * 61):
        with pytest.raises(Invalid):
            await edit_own_layout(alice, layout, name, GRID, "mm")
    with pytest.raises(ValueError, match="unknown unit"):
        await edit_own_layout(alice, layout, "Fine", GRID, "ell")
