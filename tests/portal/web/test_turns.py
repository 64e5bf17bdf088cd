"""Who sends much waits for those who send little, and what is asked much for what is asked little."""

import asyncio
from typing import Any

import pytest

from portal.web import turns as module
from portal.web.turns import Turns, TurnsMiddleware

pytestmark = pytest.mark.anyio


async def ask(turns: Turns, begun: list[str], kind: str, visitor: str, *, first: bool = False) -> None:
    await turns.mine(kind, lambda: visitor, first=first)
    begun.append(f"{kind} {visitor}")


async def begun_of(*asked: tuple[str, str]) -> list[str]:
    """Who began, in that order, when all ask in one turn of the loop."""
    turns, begun = Turns(), list[str]()
    await asyncio.gather(*(ask(turns, begun, *each) for each in asked))
    return begun


async def test_visitors_take_turns() -> None:
    begun = await begun_of(*[("form", "mallory")] * 40, ("form", "alice"), ("form", "alice"), ("form", "bob"))
    assert begun.index("form alice") <= 2
    assert begun.index("form bob") <= 3
    assert len(begun) == 43


async def test_kinds_take_turns() -> None:
    phones = [("form", f"mallory {number}") for number in range(40)]
    begun = await begun_of(*phones, ("page", "alice"), ("page", "bob"))
    assert begun.index("page alice") == 2
    assert begun.index("page bob") == 4


async def test_one_begins_in_each_turn_of_the_loop() -> None:
    turns, begun = Turns(), list[str]()
    asking = asyncio.gather(*(ask(turns, begun, "page", "alice") for _ in range(20)))
    passed = 0
    while not asking.done():
        await asyncio.sleep(0)
        passed += 1
        assert len(begun) <= passed
    assert len(begun) == 20


async def test_nobody_waits_alone() -> None:
    turns, begun = Turns(), list[str]()
    for _ in range(3):
        with pytest.raises(StopIteration):  # it ends without having waited for anything
            ask(turns, begun, "page", "alice").send(None)
        await asyncio.sleep(0)
    assert len(begun) == 3


async def test_visitor_who_went_takes_no_turn() -> None:
    turns, begun = Turns(), list[str]()
    asking = [asyncio.create_task(ask(turns, begun, "page", name)) for name in ("alice", "mallory", "mallory", "bob")]
    await asyncio.sleep(0)
    for gone in asking[1:3]:
        gone.cancel()
    await asyncio.wait(asking)
    assert begun == ["page alice", "page bob"]


def test_turns_begin_anew_in_another_loop() -> None:
    turns, begun = Turns(), list[str]()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(ask(turns, begun, "page", "alice"))
    loop.close()
    asyncio.run(asyncio.wait_for(ask(turns, begun, "page", "bob"), 5))
    assert begun == ["page alice", "page bob"]


async def test_made_up_addresses_are_one_kind() -> None:
    begun: list[str] = []

    async def application(scope: Any, *_: object) -> None:
        begun.append(f"{scope['method']} {scope['path']}")

    asked = TurnsMiddleware(["/l"], lambda scope: str(scope["path"]), lambda _: False)(application)
    made_up = [("GET", f"/made-up-{number}/{number}") for number in range(20)]
    scopes = [
        {"type": "http", "method": method, "path": path}
        for method, path in (*made_up, ("POST", "/l/1/student"), ("GET", "/L/1"), ("HEAD", "/l/2"))
    ]
    await asyncio.gather(*(asked(scope, None, None) for scope in scopes))  # type: ignore[arg-type]
    assert begun[:7] == [
        *("GET /made-up-0/0", "GET /made-up-1/1", "POST /l/1/student", "GET /L/1"),
        *("GET /made-up-2/2", "HEAD /l/2", "GET /made-up-3/3"),
    ]
    assert len(begun) == len(scopes)


async def pass_by(turns: int = 20) -> None:
    """So many turns of the loop."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def test_little_begins_while_a_phone_s_request_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 60.0)
    monkeypatch.setattr(module, "YOUNG", 60.0)
    turns, begun = Turns(), list[str]()
    await ask(turns, begun, "page", "phone", first=True)
    await pass_by()
    with turns.of_phone():
        asking = asyncio.gather(*(ask(turns, begun, "form", "mallory") for _ in range(5)))
        await pass_by()
        assert begun[1:] == ["form mallory"]
        await asyncio.gather(*(ask(turns, begun, "page", f"phone {number}", first=True) for number in range(3)))
        assert begun[2:] == [f"page phone {number}" for number in range(3)]
    await asking
    assert begun[5:] == ["form mallory"] * 4


async def test_patience_of_others_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.001)
    monkeypatch.setattr(module, "YOUNG", 60.0)
    turns, begun = Turns(), list[str]()
    await ask(turns, begun, "page", "phone", first=True)
    await pass_by()
    with turns.of_phone():
        await asyncio.wait_for(asyncio.gather(*(ask(turns, begun, "form", "alice") for _ in range(5))), 30)


async def test_phone_that_sends_slowly_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 60.0)
    monkeypatch.setattr(module, "YOUNG", 0.0)
    turns, begun = Turns(), list[str]()
    await ask(turns, begun, "page", "phone", first=True)
    await pass_by()
    with turns.of_phone():
        await asyncio.wait_for(asyncio.gather(*(ask(turns, begun, "form", "alice") for _ in range(5))), 30)


async def test_phone_s_page_and_report_come_first_and_its_form_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 60.0)
    monkeypatch.setattr(module, "YOUNG", 60.0)
    begun: list[str] = []
    ends = asyncio.Event()

    async def application(scope: Any, *_: object) -> None:
        begun.append(f"{scope['method']} {scope['path']}")
        await ends.wait()

    asked = TurnsMiddleware(
        ["/l", "/go", "/api/events", "/static"], lambda _: "somebody", lambda scope: "phone" in scope
    )
    wrapped = asked(application)

    def ask(method: str, path: str, **more: Any) -> "asyncio.Task[None]":
        return asyncio.create_task(wrapped({"type": "http", "method": method, "path": path, **more}, None, None))  # type: ignore[arg-type, func-returns-value]

    first = ("GET", "/l/1"), ("POST", "/api/events")
    asking = [ask(*first[0], phone=True)]
    await pass_by()
    asking += [
        ask("POST", "/go"),
        ask("GET", "/l/2"),
        ask("POST", "/l/1/student", phone=True),
        ask("GET", "/static/1/a.css"),
    ]
    asking.append(ask(*first[1], phone=True))
    await pass_by()
    assert begun == ["GET /l/1", "POST /go", "GET /static/1/a.css", "POST /api/events"]
    ends.set()
    await asyncio.gather(*asking)
    assert begun[4:] == ["GET /l/2", "POST /l/1/student"]
