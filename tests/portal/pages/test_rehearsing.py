"""An instructor orders faults for a whole class; phones meet them, and no lie raises a rung."""

from collections.abc import Callable
from typing import Any

import pytest

from courses.rehearsal_faults import faults_at
from portal.rehearsal.faults import LINK_FAULTS, share_fault, token_fault


def test_every_fault_of_the_list_reaches_the_platform() -> None:
    for name in set(LINK_FAULTS) - {"none", "no-sdk", "no-keys"}:
        assert token_fault(f"rehearsal+{name}") is not None, name
    assert (share_fault("rehearsal+lie"), share_fault("rehearsal+refuse"), share_fault("rehearsal")) == ("lie", "", "")


def test_ordered_fault_is_met_by_every_phone_and_ended_again(
    classroom: Any, alice: Any, phone: Callable[..., Any]
) -> None:
    path = f"/lessons/{classroom.lesson}/rehearsal"
    assert path in alice.get(f"/lessons/{classroom.lesson}").text

    def publish() -> dict[str, Any]:
        return phone().get(f"/api/post/publish/{classroom.token()}").json()

    def order(fault: str) -> Any:
        return alice.post(path, data={"fault-xiaohongshu": fault}, follow_redirects=False)

    assert order("no-keys").status_code == 303
    assert '<option value="no-keys" selected>' in alice.get(path).text
    assert publish()["reason"] == "no_keys"
    assert classroom.run(faults_at, classroom.link.id) == {"xiaohongshu": "no-keys"}
    assert order("no-sdk").status_code == 303
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    assert "sdk.js?fault=not-found" in ann.get(f"/l/{classroom.link.code}").text
    assert ann.get("/rehearsal/xiaohongshu/sdk.js?fault=not-found").status_code == 404
    assert order("none").status_code == 303
    assert classroom.run(faults_at, classroom.link.id) == {}
    assert "fault=not-found" not in ann.get(f"/l/{classroom.link.code}").text
    assert "changed what goes wrong in rehearsal" in alice.get(f"/courses/{classroom.course}/log").text


@pytest.mark.parametrize("fault", ["nonsense", "slow99", "rehearsal+lie"])
def test_only_faults_of_the_list_are_taken(classroom: Any, alice: Any, fault: str) -> None:
    answer = alice.post(f"/lessons/{classroom.lesson}/rehearsal", data={"fault-xiaohongshu": fault})
    assert answer.status_code == 422
    assert classroom.run(faults_at, classroom.link.id) == {}
