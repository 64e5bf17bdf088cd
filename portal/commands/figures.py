"""What the figures of the portal that runs say is wrong, and what to do."""

from collections.abc import Iterator

import httpx
from prometheus_client.parser import text_string_to_metric_families

#: seconds that the portal may take to tell
PATIENCE = 5.0
#: a stall of the loop that visitors notice, and how much of PostgreSQL's pool is too much
STALL, POOL = 0.1, 0.9
#: requests, and pieces of work, that may wait in a busy minute
WAITING, WORK = 500, 50

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def read_figures(url: str, token: str) -> Figures:
    """Of the portal at this address. Raises httpx.HTTPError."""
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        answer = await http.get(f"{url}/metrics", headers={"authorization": f"Bearer {token}"})
        answer.raise_for_status()
    return figures_in(answer.text)


def figures_in(text: str) -> Figures:
    """By name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def complaints(figures: Figures) -> Iterator[str]:
    """One sentence for each that is too high: the figure, and what to do."""

    def figure(name: str, **labels: str) -> float:
        return figures.get((f"lessonlink_{name}", frozenset(labels.items())), 0.0)

    late, worked = figure("loop_stall_seconds"), figure("loop_stall_worked_seconds")
    if worked > STALL:
        yield f"the event loop stood still for {worked:.2f} s by its own work: report it, with the slow routes of the log"
    elif late > STALL:
        yield f"the event loop stood still for {late:.2f} s because the machine has too much to do: give it another processor"
    if (waiting := figure("journal_waiting")) > WAITING:
        yield f"{waiting:.0f} requests wait for a commit: look at the disk or the database"
    if refused := figure("commit_failures_total"):
        yield f"the database refused {refused:.0f} groups of reports since the start: the log says why"
    for kind in ("worker", "password", "pin"):
        if (waiting := figure("work", kind=kind, state="waiting")) > WORK:
            yield f"{waiting:.0f} pieces of work ({kind}) wait: give the machine more processors, or add a server"
    most = figure("database_connections", state="most")
    if most and (used := figure("database_connections", state="used")) >= POOL * most:
        yield f"{used:.0f} of {most:.0f} database connections are in use: something holds them, or the pool is too small"
