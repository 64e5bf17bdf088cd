"""Which posts of a course wait: chosen by its owner, kept with its reasons, and written in the log."""

from uuid import UUID

from litestar.testing import TestClient


def test_choosing_what_waits_keeps_it_and_tells_the_log(alice: TestClient, course: UUID) -> None:
    page = f"/courses/{course}"
    assert 'value="every" checked' in alice.get(f"{page}/edit").text
    own = {"looking": "words", "reason1": "  Too <b>dark</b> ", "reason3": "No sound"}
    assert alice.post(f"{page}/looking", data=own).headers["location"] == f"{page}/edit?done=saved"
    shown = alice.get(f"{page}/edit").text
    assert 'value="words" checked' in shown
    assert 'name="reason1" value="Too &lt;b&gt;dark&lt;/b&gt;"' in shown
    assert 'name="reason2" value="No sound"' in shown
    log = alice.get(f"{page}/log").text
    assert "Only those without a link" in log
    assert "No sound" in log
    assert log.count("posts to look at") == 1
    alice.post(f"{page}/looking", data=own)
    assert alice.get(f"{page}/log").text.count("posts to look at") == 1


def test_wrong_values_come_back_with_what_was_typed(alice: TestClient, course: UUID) -> None:
    page, long = f"/courses/{course}", "x" * 121
    answer = alice.post(f"{page}/looking", data={"looking": "all", "reason2": long})
    assert (answer.status_code, "Choose which posts you want to look at." in answer.text) == (422, True)
    assert f'value="{long}"' in answer.text
    assert 'value="every" checked' in alice.get(f"{page}/edit").text
