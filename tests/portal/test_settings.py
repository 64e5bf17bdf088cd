"""Settings are read as they are written, and a wrong one is named."""

from pathlib import Path

import pytest

from courses.postgres import USUAL, Limits
from portal.settings import Settings, SettingWrong

NAMES = ("POOL_MIN", "POOL_MAX", "STATEMENTS", "CONNECT_TIMEOUT", "COMMAND_TIMEOUT", "ACQUIRE_TIMEOUT")


def test_limits_of_the_database_are_those_given(tmp_path: Path) -> None:
    assert Settings.from_env({}, tmp_path).database_limits == USUAL
    given = {f"PORTAL_DATABASE_{name}": str(number) for number, name in enumerate(NAMES, start=2)}
    limits = Limits(connect=5, command=6, acquire=7, least=2, most=3, statements=4)
    assert Settings.from_env(given, tmp_path).database_limits == limits


@pytest.mark.parametrize(
    ("name", "value"),
    [("POOL_MIN", "11"), ("POOL_MAX", "0"), ("STATEMENTS", "-1"), ("CONNECT_TIMEOUT", "0"), ("COMMAND_TIMEOUT", "ten")],
)
def test_wrong_limit_stops_the_start(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match=f"PORTAL_DATABASE_{name} is"):
        Settings.from_env({f"PORTAL_DATABASE_{name}": value}, tmp_path)
