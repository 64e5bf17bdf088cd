"""What a list of students is filtered by, as it stands in its address."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from courses.results.student_list import SHOWN, SORTS, StudentFilter
from courses.students.matching import SEARCH_LENGTH

GROUP_LENGTH = 60


def read_student_filter(params: Mapping[str, str]) -> StudentFilter:
    """What an address asks for; what it says wrong is left out."""
    shown, sort = params.get("show", ""), params.get("sort", "")
    return StudentFilter(
        params.get("q", "")[:SEARCH_LENGTH],
        shown if shown in SHOWN else "",
        params.get("group", "")[:GROUP_LENGTH],
        sort.removeprefix("-") if sort.removeprefix("-") in SORTS else SORTS[0],
        sort.startswith("-"),
    )


def student_query(wanted: StudentFilter, page: int = 1, **changes: Any) -> str:
    """The same as an address's query, with some of it changed; what says nothing is left out."""
    wanted = replace(wanted, **changes)
    sort = ("-" if wanted.down else "") + wanted.sort
    values = {
        "q": wanted.text.strip(), "show": wanted.shown, "group": wanted.group,
        "sort": "" if sort == SORTS[0] else sort, "page": page if page > 1 else "",
    }  # fmt: skip
    return urlencode({name: value for name, value in values.items() if value != ""})
