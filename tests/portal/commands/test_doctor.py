"""The doctor names what is wrong, also where an error brings no words of its own."""

from argparse import Namespace

import pytest

from portal.commands.doctor import CHECKS, Unwell, doctor
from portal.settings import Settings

pytestmark = pytest.mark.anyio


async def test_doctor_names_an_error_without_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def timed_out(_: Settings) -> str:
        raise TimeoutError

    monkeypatch.setitem(CHECKS, "files", timed_out)
    with pytest.raises(Unwell):
        await doctor(settings, Namespace())
    assert "wrong files: TimeoutError\n" in capsys.readouterr().out
