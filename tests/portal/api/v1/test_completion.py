"""The completion list through the management API."""

from collections.abc import Callable
from uuid import UUID, uuid4

from litestar.testing import TestClient

from courses.clock import now
from courses.database import writing
from courses.events.ladder import RUNGS, Report
from courses.events.publications import apply
from courses.results.deciding import decide
from courses.signed_in import SignedIn


def test_completion_names_everyone_with_the_rung_of_every_lesson(
    api: TestClient, run: Callable[..., object], alice_person: SignedIn, course: UUID, lesson: dict
) -> None:
    api.post(f"/courses/{course}/students", json=[{"number": "2", "name": "Bo"}, {"number": "10", "name": "Ann"}])
    bo = UUID(api.get(f"/courses/{course}/students").json()[0]["id"])
    moment, note = now(), "https://www.xiaohongshu.com/explore/64b2f0a1000000001c00e3f2"
    report = Report(
        UUID(lesson["id"]), "link", "xiaohongshu", moment, moment, student=bo, detail={"url": note, "note_id": "64b2"}
    )

    async def reach() -> None:
        async with writing():
            await apply([report])

    run(reach)
    answer = api.get(f"/courses/{course}/completion")
    assert answer.status_code == 200
    nobody = {"rung": "not_started", "platform": None, "at": None, "note_url": None, "state": "not_begun", "late": False,
              "excused": False, "done_at": None, "at_doubtful": False, "done_at_doubtful": False}  # fmt: skip
    told = answer.json()
    cell = told["students"][0]["lessons"][lesson["id"]]
    assert cell == {"rung": "linked", "platform": "xiaohongshu", "at": cell["at"], "note_url": note, "state": "done",
                    "late": False, "excused": False, "done_at": cell["at"], "at_doubtful": False,
                    "done_at_doubtful": False}  # fmt: skip
    assert cell["at"].endswith("Z")
    assert told["students"] == [
        {"number": "2", "name": "Bo", "lessons": {lesson["id"]: cell}},
        {"number": "10", "name": "Ann", "lessons": {lesson["id"]: nobody}},
    ]
    totals = dict.fromkeys(RUNGS, 0) | {"linked": 1, "not_started": 1}
    assert told["totals"] == totals
    assert told["lessons"] == [
        {
            "id": lesson["id"],
            "title": lesson["title"],
            "due_at": None,
            "totals": totals,
            "done": 1,
            "done_rule": {"which": "any", "platforms": [], "rung": "claimed"},
        }
    ]
    assert told["done"] == 1
    # Those who are on one rung; the totals stay those of everyone.
    chosen = api.get(f"/courses/{course}/completion", params={"rung": "not_started", "lesson": lesson["id"]}).json()
    assert ([row["name"] for row in chosen["students"]], chosen["totals"]) == (["Ann"], totals)
    run(decide, alice_person, UUID(lesson["id"]), bo, "xiaohongshu", "confirm")
    assert api.get(f"/courses/{course}/completion").json()["totals"]["confirmed"] == 1


def test_completion_of_an_empty_course_is_empty(api: TestClient, course: UUID) -> None:
    assert api.get(f"/courses/{course}/completion").json() == {
        "students": [],
        "lessons": [],
        "totals": dict.fromkeys(RUNGS, 0),
        "done": 0,
    }


def test_completion_on_no_rung_is_refused(api: TestClient, course: UUID) -> None:
    answer = api.get(f"/courses/{course}/completion", params={"rung": "published"})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["rung"])


def test_completion_of_another_is_not_there(bobs_api: TestClient, course: UUID) -> None:
    theirs, nobodys = (bobs_api.get(f"/courses/{identity}/completion") for identity in (course, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
