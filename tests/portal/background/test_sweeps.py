"""The sweep in the background: it goes on after a failure, and ends with the application."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from courses.clock import now
from courses.media.library import open_store
from courses.people.attempts import Tries, count_try
from courses.tables.people import Attempt
from portal.background import sweeps
from portal.background.sweeps import sweeping

pytestmark = pytest.mark.anyio


async def test_the_sweep_is_tried_again_after_a_failure(
    db: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweeps, "FIRST", (0, 0))
    monkeypatch.setattr(sweeps, "AGAIN", (0, 0.01))
    caplog.set_level(logging.INFO, "portal.sweep")
    await count_try(Tries("a" * 64, 1, timedelta(days=1)))
    await Attempt.update({Attempt.at: now() - timedelta(days=2)}).where(Attempt.subject == "a" * 64)
    await Attempt.raw("ALTER TABLE attempt RENAME TO elsewhere")
    tasks = asyncio.all_tasks()
    async with asyncio.timeout(10), sweeping(open_store(f"file://{tmp_path}/media"), "Asia/Shanghai"):
        while "the sweep failed" not in caplog.text:  # noqa: ASYNC110 -- a log has no event
            await asyncio.sleep(0.01)
        await Attempt.raw("ALTER TABLE elsewhere RENAME TO attempt")
        while "attempts=1" not in caplog.text:  # noqa: ASYNC110 -- a log has no event
            await asyncio.sleep(0.01)
    assert await Attempt.count() == 0
    assert asyncio.all_tasks() == tasks
