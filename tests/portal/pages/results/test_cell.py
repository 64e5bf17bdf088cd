"""The completion list: everyone is in it, words of the truth ladder only, and the instructor's decision."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.lessons.authoring import create_lesson, lesson_of
from courses.lessons.values import LessonDraft
from courses.results.completion import cell_events, completion
from courses.signed_in import SignedIn
from courses.students.roster import remove_student

Run = Callable[..., Any]
NOTE = "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff"


def decide(client: TestClient, course: UUID, lesson: UUID, student: UUID, **form: str) -> Any:
    return client.post(
        f"/courses/{course}/completion/{lesson}/{student}/decision", data={"platform": "xiaohongshu"} | form
    )


def rung_of(run: Run, course: UUID, lesson: UUID, student: UUID) -> str:
    return next(row.cells[lesson].rung for row in run(completion, course).rows if row.student.id == student)


def cells(page: str) -> list[str]:
    """The marks of the matrix, row by row."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'<td class="(\w+)[^"]*"><a', body)


def test_list_without_lessons_says_what_to_do(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}/completion").text
    assert "No lesson yet" in page
    assert f'href="/courses/{course}/lessons/new"' in page


def test_list_without_students_says_what_to_do(alice: TestClient, course: UUID, lesson: UUID) -> None:
    page = alice.get(f"/courses/{course}/completion").text
    assert "Nobody is on the list yet" in page
    assert f'href="/courses/{course}/roster"' in page


def test_everyone_enrolled_is_in_the_list(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    ada, bo, _, dee = enrol("Ada", "Bo", "Cy", "Dee")
    report(ada.id, "scan", "preview")
    report(bo.id, "scan", "launch", link={"url": NOTE, "note_id": "66aa"})
    run(remove_student, None, course, dee.id)
    page = alice.get(f"/courses/{course}/completion").text
    assert cells(page) == ["opened", "linked", "none"]
    assert f'href="completion/{lesson}/{ada.id}"' in page
    assert "Dee" not in page
    # the totals: of the lesson, of each student, and of each rung in the menu
    foot = page.partition("<tfoot>")[2]
    assert f'href="?state=done&amp;lesson={lesson}">1</a><small>of 3</small>' in foot
    assert f'href="?state=done&amp;student={bo.id}">1</a><span>/1</span>' in page
    assert 'href="?rung=previewed">Previewed <b>1</b></a>' in page
    assert re.search(r">Note link given, \d\d-\d\d \d\d:\d\d</a>", page)
    cosy = alice.get(
        f"/courses/{course}/completion", headers={"cookie": f"rows=cosy; session={alice.cookies['session']}"}
    )
    assert re.search(r"<small>\d\d-\d\d</small></a>", cosy.text)


def test_no_page_says_a_bare_published(alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "preview", "launch", "fail", "return", "claim", link={"url": NOTE})
    for address in ("completion", f"completion/{lesson}/{ada.id}", "roster"):
        page = alice.get(f"/courses/{course}/{address}").text
        assert (
            re.findall(
                r"(?i)>[^<>]*\bpublished\b[^<>]*<",
                page.replace("Says published", "").replace("Said: it is published", ""),
            )
            == []
        )


def test_list_is_filtered_by_rung_and_lesson(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    ada, _ = enrol("Ada", "Bo")
    other = run(create_lesson, None, course, LessonDraft("normal", "Second", ""))
    report(ada.id, "scan", "claim")
    page = alice.get(f"/courses/{course}/completion?rung=claimed").text
    assert cells(page) == ["said", "none"]
    assert "1 of 2 students, 1 cells." in page
    assert "All <b>4</b>" in page
    page = alice.get(f"/courses/{course}/completion?rung=claimed&lesson={other}").text
    assert cells(page) == []
    assert "Nobody stands there." in page
    page = alice.get(f"/courses/{course}/completion?rung=not_started&lesson={lesson}").text
    assert "1 of 2 students, 1 cells." in page
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert ">Bo</a>" in body
    assert "Ada" not in body


@pytest.mark.parametrize("query", ["rung=published", "rung=%27;--", "lesson=x", "rung=claimed&lesson=x"])
def test_unknown_filters_are_left_out(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, query: str
) -> None:
    enrol("Ada", "Bo")
    report(enrol()[0].id, "scan", "claim")
    answer = alice.get(f"/courses/{course}/completion?{query}")
    assert answer.status_code == 200
    # what is known of the rest of it still counts
    assert cells(answer.text) == (["said"] if "rung=claimed" in query else ["said", "none"])


def test_filter_by_a_lesson_that_is_not_there_is_not_found(alice: TestClient, course: UUID, lesson: UUID) -> None:
    answer = alice.get(f"/courses/{course}/completion?rung=claimed&lesson={uuid4()}")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


@pytest.mark.parametrize(("students", "lessons"), [(1, 1), (3, 3)])
def test_list_takes_as_many_queries_for_three_as_for_one(
    alice: TestClient, course: UUID, enrol: Run, run: Run, counted: Run, students: int, lessons: int
) -> None:
    enrol(*["Ada", "Bo", "Cy"][:students])
    for place in range(lessons):
        run(create_lesson, None, course, LessonDraft("normal", f"Lesson {place}", ""))
    with counted() as queries:
        page = alice.get(f"/courses/{course}/completion").text
    assert len(cells(page)) == students * lessons
    assert len(queries) == 10  # session, rail, what waits (3), course, students, lessons, publications, excuses


def test_csv_has_everyone_and_no_formula(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    names = ["=cmd()|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", '王小明, "Ming"']
    roster = enrol(*names)
    run(create_lesson, None, course, LessonDraft("normal", "=HYPERLINK(0)", ""))
    report(roster[0].id, "scan", "claim", link={"url": NOTE, "note_id": "66aa"})
    answer = alice.get(f"/courses/{course}/completion.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="completion.csv"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    titles, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert titles[:5] == ["Number", "Name", "Breakfast 早餐", "Breakfast 早餐 · time (UTC)", "Breakfast 早餐 · note"]
    assert titles[5] == "'=HYPERLINK(0)"
    assert [row[1] for row in rows] == [f"'{name}" for name in names[:4]] + [names[4]]
    assert rows[0][2] == "Note link given"
    assert rows[0][4] == NOTE
    assert rows[1][2:5] == ["Not started", "", ""]


def test_csv_is_in_the_language_of_the_page(alice: TestClient, course: UUID, lesson: UUID, enrol: Run) -> None:
    enrol("王小明")
    text = alice.get(f"/courses/{course}/completion.csv", headers={"accept-language": "zh"}).content.decode("utf-8-sig")
    assert text.startswith("学号,姓名,")
    assert "未开始" in text


def test_cell_tells_its_events_oldest_first(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    (ada,) = enrol("Ada")
    words = "签名错误 <b>1003</b>"
    report(ada.id, "scan", "preview", "launch", "fail", "return", "claim", "link",
           fail={"message": words}, link={"url": NOTE, "note_id": "66aa"})  # fmt: skip
    page = alice.get(f"/courses/{course}/completion/{lesson}/{ada.id}").text
    told = ["Opened the link", "Looked at the preview", "Handed over to the app", "Publishing failed", "Came back to the page",
            "Said: it is published", "Gave the note&#39;s link"]  # fmt: skip
    places = [page.index(f"<b>{word}</b>") for word in told]
    assert places == sorted(places)
    assert "签名错误 &lt;b&gt;1003&lt;/b&gt;" in page
    assert f'<a href="{NOTE}" target="_blank" rel="noopener noreferrer">{NOTE}</a>' in page
    assert "Phone:" in page
    assert "Server:" in page
    assert "XiaoHongShu" in page
    assert '<span class="state linked">Note link given</span>' in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " https://x", "//evil.example"])
def test_note_that_is_no_web_address_is_no_link(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, url: str
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, link={"url": url})
    page = alice.get(f"/courses/{course}/completion/{lesson}/{ada.id}").text
    assert url in page
    assert f'href="{url}"' not in page


def test_cell_says_why_it_went_by_hand_in_words_and_nothing_of_a_reason_that_is_not_ours(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    (ada,) = enrol("Ada")
    report(
        ada.id,
        "scan",
        preview={"mode": "assist", "reason": "no_keys"},
        fail={"reason": "no_sdk", "message": "too late"},
    )
    report(ada.id, launch={"mode": "assist", "reason": {"a": ["list"]}})
    page = alice.get(f"/courses/{course}/completion/{lesson}/{ada.id}")
    assert page.status_code == 200
    assert "By hand: the portal has no keys for this platform." in page.text
    assert "By hand: the platform’s script did not load." in page.text
    assert "no_sdk" not in page.text
    assert "list" not in page.text.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    chinese = alice.get(f"/courses/{course}/completion/{lesson}/{ada.id}", headers={"accept-language": "zh"}).text
    assert "手动发布：平台的分享脚本没有加载。" in chinese


def test_cell_without_events_can_be_opened(alice: TestClient, course: UUID, lesson: UUID, enrol: Run) -> None:
    (ada,) = enrol("Ada")
    page = alice.get(f"/courses/{course}/completion/{lesson}/{ada.id}")
    assert page.status_code == 200
    assert "Nothing has been heard of this student and lesson." in page.text


def test_claim_is_confirmed(alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "claim")
    answer = decide(alice, course, lesson, ada.id, decision="confirm", reason="")
    assert answer.status_code == 303
    page = alice.get(answer.headers["location"]).text
    assert "You confirmed it." in page
    assert "· Alice</p>" in page
    assert rung_of(run, course, lesson, ada.id) == "confirmed"


def test_claim_is_refused_with_a_reason_and_confirmed_after_all(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "claim")
    answer = decide(alice, course, lesson, ada.id, decision="refuse", reason="<i>no link</i>")
    page = alice.get(answer.headers["location"]).text
    assert "You did not accept it." in page
    assert "&lt;i&gt;no link&lt;/i&gt;" in page
    assert rung_of(run, course, lesson, ada.id) == "scanned"
    assert "sent back" in alice.get(f"/courses/{course}/completion").text
    decide(alice, course, lesson, ada.id, decision="confirm")
    assert rung_of(run, course, lesson, ada.id) == "confirmed"
    assert [event.kind for event in run(cell_events, course, lesson, ada.id)] == ["scan", "claim", "refuse", "confirm"]


@pytest.mark.parametrize(
    ("form", "words"),
    [({"decision": "refuse", "reason": " "}, "Say why, so that the student knows what is missing."),
     ({"decision": "refuse", "reason": "x" * 501}, "Write at most 500 characters."),
     ({"decision": "publish", "reason": "why"}, "Choose to confirm, to refuse or to take back."),
     ({"reason": "why"}, "Choose to confirm, to refuse or to take back."),
     ({"decision": "scan"}, "Choose to confirm, to refuse or to take back."),
     ({"decision": "confirm", "platform": "nowhere"}, "Choose one of the platforms.")],
)  # fmt: skip
def test_decision_that_cannot_be_taken_changes_nothing(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run, form: dict[str, str], words: str
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "claim")
    answer = decide(alice, course, lesson, ada.id, **form)
    assert answer.status_code == 422
    assert words in answer.text
    assert f"{form.get('reason', '')}</textarea>" in answer.text
    assert rung_of(run, course, lesson, ada.id) == "claimed"
    assert len(run(cell_events, course, lesson, ada.id)) == 2


def test_list_of_others_is_as_good_as_not_there(
    bob: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "claim")

    def answers(course: UUID, lesson: UUID, student: UUID) -> list[tuple[int, str]]:
        found = [
            bob.get(f"/courses/{course}/completion"),
            bob.get(f"/courses/{course}/completion.csv"),
            bob.get(f"/courses/{course}/completion/{lesson}/{student}"),
            decide(bob, course, lesson, student, decision="confirm"),
        ]
        return [(answer.status_code, answer.text) for answer in found]

    assert answers(course, lesson, ada.id) == answers(uuid4(), uuid4(), uuid4())
    assert {status for status, _ in answers(course, lesson, ada.id)} == {404}
    assert rung_of(run, course, lesson, ada.id) == "claimed"


def test_cell_belongs_to_one_course(
    alice: TestClient, alice_person: SignedIn, course: UUID, lesson: UUID, enrol: Run, run: Run
) -> None:
    """Ids of one's own, but of different courses, do not fit together."""
    (ada,) = enrol("Ada")
    other = UUID(alice.post("/courses", data={"title": "Other"}).headers["location"].rpartition("/")[2])
    assert run(lesson_of, alice_person, lesson).course == course
    for of, student in ((other, ada.id), (course, uuid4())):
        cell = alice.get(f"/courses/{of}/completion/{lesson}/{student}")
        for answer in (cell, decide(alice, of, lesson, student, decision="confirm")):
            assert answer.status_code == 404
            assert "There is nothing at this address." in answer.text
    assert rung_of(run, course, lesson, ada.id) == "not_started"


def test_forms_of_other_sites_are_refused(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, run: Run, cross_site: dict[str, str]
) -> None:
    (ada,) = enrol("Ada")
    address = f"/courses/{course}/completion/{lesson}/{ada.id}/decision"
    form = {"decision": "confirm", "platform": "xiaohongshu"}
    answer = alice.post(address, data=form, headers=cross_site)
    assert answer.status_code == 403
    assert "it came from another site" in answer.text
    assert rung_of(run, course, lesson, ada.id) == "not_started"


def set_due(alice: TestClient, lesson: UUID, due: str) -> Any:
    return alice.post(f"/lessons/{lesson}/schedule", data={"opens_at": "", "closes_at": "", "due_at": due})


def test_lesson_has_a_time_by_which_it_is_due(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    ada, bo, *_ = enrol("Ada", "Bo", "Cy")
    report(ada.id, "scan", "claim")
    report(bo.id, "scan")
    assert set_due(alice, lesson, "2999-01-01T08:00").status_code == 303
    assert 'name="due_at" type="datetime-local" value="2999-01-01T08:00"' in alice.get(f"/lessons/{lesson}").text
    page = alice.get(f"/courses/{course}/completion").text
    assert 'title="due ' in page
    assert "state=late" not in page
    assert set_due(alice, lesson, "2020-01-01T08:00").status_code == 303
    page = alice.get(f"/courses/{course}/completion?state=late").text
    assert "3 of 3 students, 3 cells." in page
    assert len(re.findall(r'<td class="\w+ late">', page)) == 3
    assert set_due(alice, lesson, "soon").status_code == 422
    alice.post(f"/lessons/{lesson}/schedule", data={"opens_at": "", "closes_at": ""})
    assert 'title="due ' in alice.get(f"/courses/{course}/completion").text, "a form without the field leaves it"
    assert "when the lesson “" in alice.get(f"/courses/{course}/log").text
    set_due(alice, lesson, "")
    assert 'title="due ' not in alice.get(f"/courses/{course}/completion").text


def test_every_number_opens_the_rows_it_counts(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    ada, bo, _cy = enrol("Ada", "Bo", "Cy")
    run(create_lesson, None, course, LessonDraft("normal", "Second", ""))
    report(ada.id, "scan", "claim")
    report(bo.id, "scan", fail={"message": "no"})
    page = alice.get(f"/courses/{course}/completion?sort=-name").text
    numbers = set(re.findall(r'href="(\?[^"]+)"[^>]*>(?:[^<]+<b>)?(\d+)</', page))
    assert len(numbers) > 9
    for address, number in numbers:
        assert "sort=-name" in address
        opened = alice.get(f"/courses/{course}/completion{address.replace('&amp;', '&')}").text
        body = opened.partition("<tbody>")[2].partition("</tbody>")[0]
        shown = re.findall(r'<td class="[^"]*"><a[^>]* href="completion/', body)
        assert len([cell for cell in shown if "other" not in cell]) == int(number), address


def test_long_lists_have_pages(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.pages.results._completion.ELEMENTS", 40)
    monkeypatch.setattr("portal.pages.results._completion.FEWEST", 2)
    enrol(*[f"S{number}" for number in range(10)])
    first, last = (alice.get(f"/courses/{course}/completion?page={page}").text for page in (1, 99))
    assert first.count("</th><td") < 20
    assert ("S0" in first, "S9" in first) == (True, False)
    assert ("S0" in last, "S9" in last) == (False, True)
    for page in (first, last):
        assert 'aria-current="page"' in page
        assert "All <b>10</b>" in page, "totals are over all pages"


def test_decision_is_taken_back_and_what_was_reported_counts_again(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "launch", link={"url": NOTE, "note_id": "66aa"})
    address = f"/courses/{course}/completion/{lesson}/{ada.id}"
    decide(alice, course, lesson, ada.id, decision="refuse", reason="no picture")
    assert rung_of(run, course, lesson, ada.id) == "launched"
    assert "Take the refusal back" in alice.get(address).text
    assert decide(alice, course, lesson, ada.id, decision="reopen").headers["location"].endswith("?done=reopen")
    assert rung_of(run, course, lesson, ada.id) == "linked"
    page = alice.get(address).text
    assert "Take the refusal back" not in page
    assert "Decision taken back" in page
    assert "took back what was decided" in page
    # nothing stands any more: a second tap changes nothing
    before = len(run(cell_events, course, lesson, ada.id))
    decide(alice, course, lesson, ada.id, decision="reopen")
    assert len(run(cell_events, course, lesson, ada.id)) == before


def test_failure_is_shown_with_its_cause_and_what_to_do(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "launch", fail={"message": "签名校验失败"})
    page = alice.get(f"/courses/{course}/completion/{lesson}/{ada.id}").text
    assert "The signature was not accepted." in page
    assert "app key and secret" in page
    assert "签名校验失败" in page
