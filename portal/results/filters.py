"""What of a completion list is looked at, as it stands in an address that can be shared."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from courses.events.causes import CAUSES
from courses.events.ladder import RUNGS
from courses.results.narrowing import FILTERS, SORTS, CompletionFilter
from portal.web.typed import read_id

GROUP_LENGTH = FIND_LENGTH = 60


def read_filter(params: Mapping[str, str]) -> CompletionFilter:
    """What an address asks for; what it says wrong is left out."""
    state, rung = params.get("state", ""), params.get("rung", "")
    sort = params.get("sort", "").removeprefix("-")
    return CompletionFilter(
        state=state if state in FILTERS else "",
        rung=rung if rung in RUNGS else "",
        least=least if (least := params.get("least", "")) in RUNGS else "",
        cause=cause if (cause := params.get("cause", "")) in CAUSES else "",
        group=params.get("group", "")[:GROUP_LENGTH],
        find=params.get("q", "").strip()[:FIND_LENGTH],
        lesson=read_id(params.get("lesson", "")),
        student=read_id(params.get("student", "")),
        sort=sort if sort in SORTS else SORTS[0],
        down=params.get("sort", "").startswith("-"),
    )


def query_of(wanted: CompletionFilter, page: int = 1, view: Mapping[str, str] | None = None, **changes: Any) -> str:
    """The same as an address's query, with some of it changed; what says nothing is left out. `view` says how it is shown."""
    wanted = replace(wanted, **changes)
    sort = ("-" if wanted.down else "") + wanted.sort
    values = {
        "state": wanted.state, "rung": wanted.rung, "least": wanted.least, "cause": wanted.cause,
        "group": wanted.group, "q": wanted.find, "lesson": wanted.lesson or "",
        "student": wanted.student or "", "sort": "" if sort == SORTS[0] else sort, "page": page if page > 1 else "", **(view or {}),
    }  # fmt: skip
    return urlencode({name: value for name, value in values.items() if value != ""})
