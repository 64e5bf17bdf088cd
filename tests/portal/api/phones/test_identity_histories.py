"""Histories of two students, two phones and many tabs: no report counts for another than made it, none is lost in silence.

The phones' outbox is played as `static/js/student/outbox.js` does it; `tests/browser/test_identity.py` drives that one.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import LinkInfo, class_links
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.tables.events import Event
from portal.student import quotas
from tests.portal.conftest import Phone, phone_event

KINDS = ("scan", "preview", "launch", "claim")
STEP = st.tuples(
    st.sampled_from(
        ["slip", "class", "name", "name", "act", "act", "act", "form", "offline", "busy", "online", "erase"]
    ),
    st.integers(0, 1),
    st.integers(0, 1),
    st.integers(0, 9),
)


@dataclass
class Tab:
    """A page as it was opened: whose it says it is ("" for nobody's yet), on which phone since its cookies were erased."""

    handle: str
    student: str
    owner: tuple[int, int]
    step: int


@dataclass
class Pocket:
    """One phone: its browser, its outbox, its tabs."""

    http: Phone
    number: int
    erased: int = 0
    net: str = "online"
    outbox: list[tuple[dict[str, Any], Tab]] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    #: what the portal said that it does not take
    told: set[UUID] = field(default_factory=set)


class World:
    """What is done, and what must come of it; knows nothing of how the portal finds it."""

    def __init__(self, classroom: Any, link: LinkInfo, pockets: list[Pocket]) -> None:
        self.classroom, self.link, self.pockets, self.step = classroom, link, pockets, 0
        self.made: dict[UUID, Tab] = {}
        #: every name that was said: when, on which phone, whose
        self.names: list[tuple[int, tuple[int, int], str]] = []

    def play(self, what: str, pocket: Pocket, who: int, which: int) -> None:
        self.step += 1
        student = self.classroom.students[who]
        tab = pocket.tabs[which % len(pocket.tabs)] if pocket.tabs else None
        if what in ("slip", "class"):
            pocket.http.get(f"/s/{self.classroom.token(who if what == 'slip' else None, self.link)}")
            self.open(pocket)
        elif what == "erase":
            pocket.http.jar.clear()
            pocket.erased += 1
        elif what in ("offline", "busy", "online"):
            pocket.net = what
            self.flush(pocket)
        elif tab is not None and what == "name":
            data = {"student": student.number, "as": tab.handle}
            answer = pocket.http.post(f"/l/{self.link.code}/student", data=data)
            if answer.status_code == 303:
                self.names.append((self.step, tab.owner, student.number))
                self.open(pocket)
        elif tab is not None and what == "act":
            made = phone_event(KINDS[which % len(KINDS)], link=self.link.code)
            self.made[UUID(made["id"])] = tab
            pocket.outbox.append((made, tab))
            self.flush(pocket)
        elif tab is not None and what == "form" and pocket.net == "online":
            self.form(pocket, tab)

    def open(self, pocket: Pocket) -> None:
        text = pocket.http.get(f"/l/{self.link.code}").text
        (handle,) = set(re.findall(r'data-as="([\w-]+)"', text))
        name = re.search(r'class="me"><a [^>]*>([^<]+)<', text)
        numbers = {student.name: student.number for student in self.classroom.students}
        numbers |= {f"{student.number} {student.name[:1]}**": student.number for student in self.classroom.students}
        shown = numbers[name[1].replace("&#39;", "'")] if name else ""
        pocket.tabs.append(Tab(handle, shown, (pocket.number, pocket.erased), self.step))

    def form(self, pocket: Pocket, tab: Tab) -> None:
        identity = uuid4()
        data = {"choice": "claim", "id": str(identity), "as": tab.handle, "platform": "xiaohongshu"}
        answer = pocket.http.post(f"/l/{self.link.code}/publication", data=data)
        made = uuid5(identity, "claim ")
        self.made[made] = tab
        if answer.status_code != 303:
            assert answer.status_code in (403, 422)
            pocket.told.add(made)
        else:
            counted = "<p>Counted for" in pocket.http.get(answer.headers["location"]).text
            shown = self.shown(pocket)
            assert counted == (self.whose(tab) != shown)

    def shown(self, pocket: Pocket) -> str:
        self.open(pocket)
        return pocket.tabs.pop().student

    def flush(self, pocket: Pocket) -> None:
        """Grouped by the page, each kept until it is answered."""
        if pocket.net != "online":
            return
        for handle in dict.fromkeys(tab.handle for _, tab in pocket.outbox):
            events = [made for made, tab in pocket.outbox if tab.handle == handle]
            answer = pocket.http.post("/api/events", json={"events": events, "as": handle})
            if answer.status_code == 200:
                assert answer.json()["recorded"] == len(events)
            else:
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "other_phone")
                pocket.told |= {UUID(made["id"]) for made in events}
        pocket.outbox.clear()

    def whose(self, tab: Tab) -> str | None:
        if tab.student:
            return tab.student
        said = [who for step, phone, who in self.names if phone == tab.owner and step > tab.step]
        return said[0] if said else None

    def check(self) -> None:
        for pocket in self.pockets:
            self.play("online", pocket, 0, 0)
        numbers = {student.id: student.number for student in self.classroom.students}
        rows = self.classroom.run(lambda: Event.select().where(Event.lesson == self.link.lesson).run())
        stored = {row["id"]: numbers.get(row["student"]) for row in rows}
        told = set().union(*(pocket.told for pocket in self.pockets))
        assert stored.keys() | told == self.made.keys()
        assert not stored.keys() & told
        assert stored == {made: self.whose(self.made[made]) for made in stored}
        claims = Counter(stored[row["id"]] for row in rows if row["kind"] == "claim")
        for student in self.classroom.students:
            reached = self.classroom.progress(student, self.link.lesson)
            assert (reached.claimed_at is not None) == bool(claims[student.number])
        event("told" if told else "all taken")


@pytest.fixture
def wide_quotas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two students report more in this test than they may in an hour."""
    monkeypatch.setattr(quotas, "STUDENT_LIMIT", 1_000_000)
    monkeypatch.setattr(quotas, "DEVICE_LIMIT", 1_000_000)


@pytest.mark.usefixtures("wide_quotas", "own_app")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEP, min_size=3, max_size=24))
@example(history=[("slip", 0, 0, 0), ("slip", 0, 0, 0), ("form", 0, 0, 0)])
@example(history=[("slip", 0, 0, 0), ("slip", 0, 0, 0), ("form", 0, 0, 0)])
@example(history=[("slip", 0, 0, 0), ("offline", 0, 0, 0), ("act", 0, 0, 3), ("slip", 0, 1, 0), ("online", 0, 0, 0)])
@example(history=[("class", 0, 0, 0), ("busy", 0, 0, 0), ("act", 0, 0, 3), ("name", 0, 0, 0), ("name", 0, 1, 0)])
@example(history=[("class", 0, 0, 0), ("busy", 0, 0, 0), ("act", 0, 0, 3), ("erase", 0, 0, 0), ("class", 0, 1, 0)])
@example(history=[("slip", 0, 0, 0), ("slip", 0, 1, 0), ("form", 0, 0, 0), ("act", 0, 0, 0), ("act", 0, 0, 1)])
def test_no_report_counts_for_another_and_none_is_lost_in_silence(
    classroom: Any, client: TestClient, alice_person: SignedIn, history: list[tuple[str, int, int, int]]
) -> None:
    draft = LessonDraft("normal", "Tea", platforms=("xiaohongshu",))
    lesson = classroom.run(create_shared_lesson, alice_person, classroom.course, draft)
    link = classroom.run(class_links, [lesson])[lesson]
    world = World(classroom, link, [Pocket(Phone(client), number) for number in range(2)])
    for what, phone, who, which in history:
        world.play(what, world.pockets[phone], who, which)
    world.check()


def test_handles_of_one_phone_are_no_good_on_the_other(
    classroom: Any, client: TestClient, phone: Callable[..., Phone]
) -> None:
    world = World(classroom, classroom.link, [Pocket(Phone(client), number) for number in range(2)])
    first, second = world.pockets
    world.play("slip", first, 0, 0)
    world.play("slip", second, 1, 0)
    second.tabs = first.tabs
    world.play("act", second, 1, 0)
    assert second.told == set(world.made)
