"""Opens after five failures in a row, lets one probe through later."""

import pytest

from portal.platforms.calling.circuit import MOST_FAILURES, OPEN, PAUSE, Circuit
from portal.platforms.protocol import PlatformFailure


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def is_open(circuit: Circuit) -> bool:
    try:
        circuit.check()
    except PlatformFailure:
        return True
    return False


def test_one_failure_answers_for_a_moment() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    circuit.failed(PlatformFailure("busy"))
    with pytest.raises(PlatformFailure, match="busy"):
        circuit.check()
    clock.now += PAUSE
    assert not is_open(circuit)


def test_fifth_failure_opens_for_long_and_a_failed_probe_reopens() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    for _ in range(MOST_FAILURES):
        circuit.failed(PlatformFailure("busy"))
    clock.now += OPEN - 1
    assert is_open(circuit)
    clock.now += 1
    assert not is_open(circuit)
    circuit.failed(PlatformFailure("busy"))
    clock.now += OPEN - 1
    assert is_open(circuit)


def test_success_forgets_the_failures() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    for _ in range(MOST_FAILURES - 1):
        circuit.failed(PlatformFailure("busy"))
    circuit.succeeded()
    assert not is_open(circuit)
    circuit.failed(PlatformFailure("busy"))
    clock.now += PAUSE
    assert not is_open(circuit)


def test_permanent_failure_opens_at_once_and_stays_permanent() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    circuit.failed(PlatformFailure("wrong key", permanent=True))
    clock.now += OPEN - 1
    with pytest.raises(PlatformFailure) as caught:
        circuit.check()
    assert caught.value.permanent
