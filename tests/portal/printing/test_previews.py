"""Previews of sheets: drawn once for the same page, and anew for another one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from courses.catalogue.courses import course_of
from courses.media.library import open_store
from courses.signed_in import SignedIn
from portal.printing.choice import read_choice
from portal.printing.plan import plan_for
from portal.printing.previews import Previews
from portal.rehearsal import stand_in


def test_same_page_is_drawn_once_and_another_anew(
    run: Callable[..., Any], classroom: Any, alice_person: SignedIn, course: UUID
) -> None:
    settings = stand_in(classroom.settings)
    previews = Previews(settings, open_store(settings.media))

    async def draw(drawer: Previews, **typed: list[str]) -> object:
        about = await course_of(alice_person, course)
        plan = await plan_for(alice_person, settings, {}, about, read_choice({"chosen": ["1"], **typed}))
        assert plan.problem is None
        return await drawer.draw(about, plan)

    def drawn(drawer: Previews = previews, **typed: list[str]) -> object:
        return run(lambda: draw(drawer, **typed))

    first = drawn(part=["title", "course"])
    assert first.startswith(b"\x89PNG")
    assert drawn(part=["course", "title"]) is first
    assert drawn(part=["title"]) != first
    # Another process draws for itself, and draws the same.
    other = drawn(Previews(settings, open_store(settings.media)), part=["title", "course"])
    assert other == first
    assert other is not first
