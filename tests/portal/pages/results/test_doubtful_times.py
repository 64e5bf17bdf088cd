"""Whatever time a phone gives, no cell and no export shows one that nobody measured: it is the phone's, or marked as received."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from courses.clock import now
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links, forget_card
from courses.lessons.values import LessonDraft
from courses.people.api_keys import create_api_key
from courses.results.export_tables import COLUMNS
from courses.signed_in import SignedIn
from courses.tables.events import Event, Publication
from courses.tables.links import Link
from courses.webhooks.changes import _body

ZONE = ZoneInfo("Asia/Shanghai")
DAY = 86_400
NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"
KINDS = ("scan", "preview", "launch", "fail", "claim", "link")
#: seconds that the phone's clock shows after ours, how far off it was measured, and how long ago the link was made
GIVEN = st.integers(-45 * DAY, 45 * DAY) | st.sampled_from([-56 * 365 * DAY, 100 * 365 * DAY, 0, -20 * DAY, 3_600])
OFFSET = st.none() | st.sampled_from([0, 3_600, -3_600, 56 * 365 * DAY]) | st.integers(-30 * DAY, 30 * DAY)


class Seen:
    """All that pages and exports say of one student's report: (where, text of a time, whether it is marked)."""

    def __init__(self, alice: TestClient, api: TestClient, course: Any, lesson: Any, number: str) -> None:
        self.base, self.alice, self.api, self.number = f"/courses/{course}", alice, api, number
        self.times: list[tuple[str, datetime, bool]] = []
        self.files()
        self.programs(course, str(lesson))

    def add(self, where: str, text: str, marked: bool, zone: Any = ZONE) -> None:
        at = datetime.fromisoformat(text)
        self.times.append((where, at if at.tzinfo else at.replace(tzinfo=zone), marked))

    def words(self, where: str, text: str, zone: Any = ZONE) -> None:
        """A cell of a file: a time, or words that say that it is doubtful."""
        if text:
            marked = "doubtful" in text
            self.add(where, re.findall(r"\d{4}-\d\d-\d\d[T ][\d:+.]+", text)[0], marked, zone)

    def file(self, name: str, form: str) -> bytes:
        columns = "&".join(f"columns={key}" for key in COLUMNS[name])
        answer = self.alice.get(f"{self.base}/exports/{name}/file.{form}?{columns}")
        assert answer.status_code == 200
        return answer.content

    def files(self) -> None:
        simple = self.alice.get(f"{self.base}/completion.csv").content.decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(simple)):
            for title, text in row.items():
                if row["Number"] == self.number and "time (UTC)" in title:
                    self.words("completion.csv", text, UTC)
        for name, kinds in COLUMNS.items():
            times = [key for key, kind in kinds.items() if kind == "time" and key != "received"]
            lines = list(csv.reader(io.StringIO(self.file(name, "csv").decode("utf-8-sig"))))
            sheet = openpyxl.load_workbook(io.BytesIO(self.file(name, "xlsx"))).active
            rows = list(sheet.iter_rows(values_only=True))
            for place, title in enumerate(lines[0]):
                if title.endswith("(Asia/Shanghai)") and not title.startswith("Received"):
                    for line, row in zip(lines[1:], rows[1:], strict=True):
                        if self.number in line:
                            self.words(f"{name}.csv", line[place])
                            self.words(f"{name}.xlsx", "" if row[place] is None else str(row[place]))
            for row in json.loads(self.file(name, "json")):
                for of in row.get("lessons", [row]) if row["number"] == self.number else []:
                    for key in times:
                        if of.get(key):
                            self.add(f"{name}.json", of[key], of.get(f"{key}_doubtful", False))

    def programs(self, course: Any, lesson: str) -> None:
        base = f"/api/v1/courses/{course}"
        for row in self.api.get(f"{base}/completion").json()["students"]:
            if row["number"] == self.number:
                cell = row["lessons"][lesson]
                for name in ("at", "done_at"):
                    if cell[name]:
                        self.add(f"completion API {name}", cell[name], cell[f"{name}_doubtful"])
        for row in self.api.get(f"{base}/publications", params={"limit": 200}).json()["publications"]:
            for key, kind in COLUMNS["publications"].items():
                if row["number"] == self.number and kind == "time" and row[key]:
                    self.add(f"publications API {key}", row[key], key in row["doubtful"])


@pytest.fixture
def api(client: TestClient, run: Callable[..., Any], alice_person: SignedIn) -> TestClient:
    client.headers["authorization"] = f"Bearer {run(create_api_key, alice_person, 'times')}"
    return client


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), ahead=GIVEN, offset=OFFSET, age=st.sampled_from([0, 3, 60]))
@example(kind="scan", ahead=-20 * DAY, offset=None, age=60)
@example(kind="launch", ahead=-20 * DAY, offset=None, age=3)
@example(kind="claim", ahead=-56 * 365 * DAY, offset=56 * 365 * DAY, age=3)
@example(kind="link", ahead=-56 * 365 * DAY, offset=None, age=3)
@example(kind="fail", ahead=3_600, offset=None, age=3)
def test_every_time_is_the_phones_or_marked_as_received(
    alice: TestClient, api: TestClient, alice_person: SignedIn, classroom: Any, phone: Any, kind: str, ahead: int,
    offset: int | None, age: int,
) -> None:  # fmt: skip
    lesson = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", f"L {uuid4()}"))
    link = classroom.run(class_links, [lesson])[lesson]
    made_at = link.created_at - timedelta(days=age)
    classroom.run(lambda: Link.update({Link.created_at: made_at}).where(Link.id == link.id).run())
    forget_card(link.code)
    ann = phone()
    ann.get(f"/s/{classroom.token(1, link)}")
    given_at = now() + timedelta(seconds=ahead)
    told = {"id": str(uuid4()), "kind": kind, "at": given_at.isoformat(), "link": link.code,
            "detail": {"text": NOTE} if kind == "link" else {}}  # fmt: skip
    began = now()
    assert ann.post("/api/events", json={"events": [told | ({"offset": offset * 1_000} if offset is not None else {})]}
                    ).json() == {"recorded": 1, "known": 0}  # fmt: skip
    ended = now()
    corrected = given_at + timedelta(seconds=offset or 0)
    possible = max(made_at, began - timedelta(days=30)) <= corrected <= ended + timedelta(minutes=2)
    event(f"possible: {possible}")
    if kind == "scan":
        page = api.get(f"/api/v1/courses/{classroom.course}/scans", params={"lesson": str(lesson)}).json()
        (scan,) = page["scans"]
        assert scan["at_doubtful"] is not possible
        assert datetime.fromisoformat(scan["at"]) == (corrected if possible else given_at)
        assert began <= datetime.fromisoformat(scan["received_at"]) <= ended
    row = classroom.run(lambda: Publication.select().where(Publication.lesson == lesson).first().run())
    student = classroom.students[1]
    for table in (Publication, Event):  # what was told before is no part of it
        classroom.run(lambda table=table: table.delete().where(table.lesson != lesson).run())
    seen = Seen(alice, api, classroom.course, lesson, student.number)
    assert seen.times
    for where, at, marked in [*seen.times, ("webhook", row["at"], _hook(row))]:
        second = timedelta(seconds=1)
        if marked:
            assert not possible, where
            assert began - second <= at <= ended + second, where
        else:
            assert possible, where
            assert abs(at - corrected) <= second, where
    cells = alice.get(f"/courses/{classroom.course}/completion?lesson={lesson}").text
    cell = alice.get(f"/courses/{classroom.course}/completion/{lesson}/{student.id}").text
    assert ("(received, doubtful)" in cells) is not possible
    assert ("time doubtful" in cell) is not possible
    if not possible:
        assert f'datetime="{given_at.isoformat(timespec="seconds")}"' in cell


def _hook(row: dict[str, Any]) -> bool:
    names = ("course", "course_title", "title", "number", "name")
    data = json.loads(_body(row | dict.fromkeys(names, "")))["data"]
    return data["at_doubtful"]
