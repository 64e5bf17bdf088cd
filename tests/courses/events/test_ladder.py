"""The truth ladder: evidence only, in any order, any number of times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.events.ladder import (
    DECISIONS,
    DONE,
    FAILURE_LENGTH,
    RUNGS,
    TOLD,
    Progress,
    Report,
    advance,
    decision,
    is_doubtful,
    refused,
    rung,
    words_that_count,
)

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
LESSON = UUID(int=1)
PHONE_KINDS = frozenset({"scan", "preview", "launch", "fail", "return", "claim", "link"})


def report(kind: str, minute: float = 0, received: float | None = None, **detail: str) -> Report:
    at = START + timedelta(minutes=minute)
    arrived = START + timedelta(minutes=minute if received is None else received)
    return Report(lesson=LESSON, kind=kind, platform="xiaohongshu", at=at, received_at=arrived, detail=detail)


def after(*reports: Report) -> Progress:
    progress = Progress()
    for item in reports:
        progress = advance(progress, item)
    return progress


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], "not_started"),
        (["scan"], "scanned"),
        (["scan", "preview"], "previewed"),
        (["scan", "preview", "launch"], "launched"),
        (["scan", "preview", "launch", "fail"], "failed"),
        (["scan", "preview", "launch", "fail", "launch"], "launched"),
        (["scan", "preview", "launch", "return"], "launched"),
        (["return"], "not_started"),
        (["launch", "claim"], "claimed"),
        (["claim", "fail"], "claimed"),
        (["launch", "claim", "link"], "linked"),
        (["link", "claim"], "linked"),
        (["claim", "confirm"], "confirmed"),
        (["confirm"], "confirmed"),
        (["claim", "refuse"], "not_started"),
        (["scan", "launch", "link", "refuse"], "launched"),
        (["link", "refuse", "link"], "linked"),
        (["link", "confirm", "refuse"], "not_started"),
        (["refuse", "claim", "confirm"], "confirmed"),
        (["claim", "confirm", "reopen"], "claimed"),
        (["link", "refuse", "reopen"], "linked"),
        (["scan", "confirm", "reopen"], "scanned"),
        (["link", "refuse", "reopen", "refuse"], "not_started"),
        (["reopen", "confirm"], "confirmed"),
        (["reopen"], "not_started"),
    ],
)
def test_rung_follows_from_the_evidence(kinds: list[str], expected: str) -> None:
    assert rung(after(*(report(kind, minute) for minute, kind in enumerate(kinds))))[0] == expected


REPORTS = st.lists(
    st.builds(
        lambda kind, minute, delay, text, doubtful: replace(
            report(kind, minute, minute + delay, message=text, url=text, reason=text), doubtful=doubtful
        ),
        st.sampled_from(sorted(PHONE_KINDS | DECISIONS)),
        st.integers(0, 60),
        st.integers(0, 60 * 24),
        st.sampled_from(["a", "b", "签名校验失败"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(REPORTS, st.randoms(use_true_random=False))
def test_progress_is_the_same_in_any_order_and_repetition(reports: list[Report], chance: object) -> None:
    shuffled = reports + [item for item in reports if chance.random() < 0.5]
    chance.shuffle(shuffled)
    assert rung(after(*shuffled)) == rung(after(*reports))
    assert after(*shuffled) == after(*reports)
    assert decision(after(*shuffled)) == decision(after(*reports))


@given(REPORTS)
def test_rung_is_never_more_than_its_evidence(reports: list[Report]) -> None:
    name, at = rung(after(*reports))
    kinds = {item.kind for item in reports}
    needs = {"scanned": "scan", "previewed": "preview", "launched": "launch", "failed": "fail", "claimed": "claim",
             "linked": "link", "confirmed": "confirm"}  # fmt: skip
    assert name in RUNGS
    assert name == "not_started" or needs[name] in kinds
    assert (at is None) == (name == "not_started")


@given(REPORTS)
def test_time_is_a_reports_own_or_when_it_arrived_and_marked(reports: list[Report]) -> None:
    progress = after(*reports)
    own = {item.at for item in reports if not item.doubtful}
    arrived = {item.received_at for item in reports if item.doubtful}
    marks = (progress.doubtful or "").split()
    for name in TOLD:
        at = getattr(progress, {"claimed": "claim_made_at", "linked": "link_made_at"}.get(name, f"{name}_at"))
        assert at is None or at in (arrived if name in marks else own)
    assert [name for name in TOLD if name in marks] == marks


def test_doubtful_time_is_when_it_arrived_and_gives_way_to_an_earlier_sure_one() -> None:
    late = replace(report("scan", -80_000_000, received=50), doubtful=True)
    assert rung(after(late)) == ("scanned", late.received_at)
    assert is_doubtful(after(late).doubtful, "scanned")
    assert not is_doubtful(after(late).doubtful, "previewed")
    both = after(late, report("scan", 20), report("claim", 30, received=500))
    assert (both.scanned_at, both.doubtful) == (START + timedelta(minutes=20), None)
    assert rung(both) == ("claimed", START + timedelta(minutes=30))


def test_claim_that_arrives_after_a_refusal_counts_whenever_it_was_made() -> None:
    progress = after(report("refuse", 40), report("claim", 30, received=60))
    assert rung(progress) == ("claimed", START + timedelta(minutes=30))
    assert rung(after(report("claim", 30), report("refuse", 40))) == ("not_started", None)


def test_failure_keeps_the_platforms_words_up_to_a_length() -> None:
    progress = after(report("fail", message="签名校验失败，非法参数-signature" + "x" * 1000))
    assert progress.failure.startswith("签名校验失败，非法参数-signature")
    assert len(progress.failure) == FAILURE_LENGTH


def test_report_of_an_unknown_kind_changes_nothing() -> None:
    assert advance(Progress(), replace(report("scan"), kind="published", id=uuid4())) == Progress()


def test_decision_that_stands_can_be_taken_back() -> None:
    assert [decision(after(*(report(kind, n) for n, kind in enumerate(kinds)))) for kinds in (
        [], ["claim"], ["confirm"], ["confirm", "refuse"], ["refuse", "confirm"], ["confirm", "reopen"], ["reopen", "refuse"],
    )] == [None, None, "confirm", "refuse", "confirm", None, "refuse"]  # fmt: skip


def test_platforms_own_word_is_no_instructors_decision() -> None:
    told = after(report("scan"), report("confirm", 1, by="webhook"))
    assert rung(told)[0] == "confirmed"
    assert decision(told) is None
    assert rung(after(report("confirm", 1, by="webhook"), report("refuse", 2), report("reopen", 3)))[0] == "confirmed"


def test_refusal_is_answered_by_something_new() -> None:
    assert refused(after(report("link"), report("refuse", 1)))
    assert not refused(after(report("link"), report("refuse", 1), report("link", 2)))
    assert not refused(after(report("link"), report("refuse", 1), report("reopen", 2)))


def test_resolved_link_is_the_same_link_with_its_note() -> None:
    given = report("link", 5, url="https://xhslink.com/a/x")
    found = report("resolve", 9, url="https://xhslink.com/a/x", note_id="66", linked_at=given.received_at.isoformat())
    for order in ((given, found), (found, given)):
        assert (after(*order).note_id, after(*order).linked_at) == ("66", given.received_at)
    newer = report("link", 7, url="https://xhslink.com/a/y")
    for order in ((given, found, newer), (newer, found, given)):
        assert after(*order).note_url == "https://xhslink.com/a/y"


def at(minute: int | None) -> datetime | None:
    return None if minute is None else START + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("refused_at", "reopened_at", "expected"),
    [
        (None, None, (1, 2, 3, 4)),
        (2, None, (None, None, 3, 4)),
        (4, None, (None, None, None, None)),
        # Taken back by the same word: what was refused counts as before, and the confirmation does not.
        (2, 3, (1, 2, None, 4)),
        (None, 2, (1, 2, 3, 4)),
        (4, 3, (None, None, None, None)),
    ],
)
def test_words_count_unless_they_were_taken_back_or_refused_since(
    refused_at: int | None, reopened_at: int | None, expected: tuple[int | None, ...]
) -> None:
    words = words_that_count(at(1), at(2), at(3), at(4), at(refused_at), at(reopened_at))
    assert words == tuple(map(at, expected))


@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=6, max_size=6))
def test_rung_is_done_exactly_when_a_word_counts(minutes: list[int | None]) -> None:
    names = ("claimed_at", "linked_at", "confirmed_at", "reported_at", "refused_at", "reopened_at")
    times = dict(zip(names, map(at, minutes), strict=True))
    assert (rung(Progress(**times))[0] in DONE) == any(words_that_count(**times))


@pytest.mark.parametrize(
    ("platform", "written", "name"),
    [
        ("bilibili", "av170001", "BV17x411w7KC"),
        ("weibo", "z0JH2lOMb", "3501756485200075"),
        ("douyin", "av170001", "av170001"),
    ],
)
def test_a_note_that_was_written_down_by_its_other_name_has_the_one_it_is_compared_by(
    platform: str, written: str, name: str
) -> None:
    found = after(replace(report("link", url="https://x.example", note_id=written), platform=platform))
    assert found.note_id == name
