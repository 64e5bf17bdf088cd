"""Answers made of a whole course: one at a time of a person, whoever reads slowly or goes away."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest
from litestar import Response
from litestar.response import Stream

from courses.errors import Busy
from portal.web.large_answers import LINE, WHOLE, LargeAnswers

ALICE, BOB = uuid4(), uuid4()


class Download:
    """Parts of a file, which says how many were made and when it was closed."""

    def __init__(self, *parts: bytes) -> None:
        self.parts, self.made, self.closed = parts, 0, False

    async def __call__(self) -> AsyncGenerator[bytes, None]:
        try:
            for part in self.parts:
                self.made += 1
                yield part
        finally:
            self.closed = True


async def begun(answers: LargeAnswers) -> tuple[Download, Stream]:
    """A long download of alice's, of which nobody has read anything yet."""
    download = Download(b"a" * (WHOLE + 1), b"b", b"c")
    answer = await answers.answer(ALICE, download(), "text/csv")
    assert isinstance(answer, Stream)
    return download, answer


async def sent(answer: Stream) -> bytes:
    return b"".join([part async for part in answer.iterator])


@pytest.mark.anyio
async def test_what_is_short_goes_as_a_whole() -> None:
    download = Download(b"a,b\r\n", b"1,2\r\n")
    answer = await LargeAnswers().answer(ALICE, download(), "text/csv", {"X": "y"})
    assert isinstance(answer, Response)
    assert (answer.content, answer.media_type, download.closed) == (b"a,b\r\n1,2\r\n", "text/csv", True)


@pytest.mark.anyio
async def test_downloads_of_one_person_wait_in_a_short_line_and_others_do_not() -> None:
    answers = LargeAnswers()
    _, first = await begun(answers)
    waiting = [Download(b"x") for _ in range(LINE)]
    tasks = [asyncio.create_task(answers.answer(ALICE, each(), "text/csv")) for each in waiting]
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="Your other downloads"):
        await answers.answer(ALICE, Download(b"x")(), "text/csv")
    assert (await answers.answer(BOB, Download(b"x")(), "text/csv")).content == b"x"
    assert [each.made for each in waiting] == [0, 0]
    assert await sent(first) == b"a" * (WHOLE + 1) + b"bc"
    assert [(await task).content for task in tasks] == [b"x", b"x"]


@pytest.mark.anyio
async def test_who_went_away_before_it_was_sent_is_waited_for_by_nobody() -> None:
    answers = LargeAnswers()
    download, answer = await begun(answers)
    await answer.iterator.aclose()  # a stream that was cancelled before its first part
    del answer
    gc.collect()
    assert (await asyncio.wait_for(answers.answer(ALICE, Download(b"x")(), "text/csv"), 5)).content == b"x"
    assert (download.closed, download.made) == (True, 1)


@pytest.mark.anyio
async def test_a_line_is_forgotten_with_its_last_download() -> None:
    answers = LargeAnswers()

    async def broken() -> AsyncGenerator[bytes, None]:
        yield b"x"
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any will do
        await answers.answer(ALICE, broken(), "text/csv")
    assert answers._lines == {}
