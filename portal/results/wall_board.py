"""What stands on the wall so that all of it is in sight: a tile for each student, or those who are not done, or the groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from courses.results.narrowing import NO_GROUP
from courses.results.wall import Tile, Wall

#: up to so many tiles have so many columns; more than the last do not fit on a projector
COLUMNS = {12: 3, 20: 4, 30: 5, 42: 6, 60: 6, 80: 8}
MOST = max(COLUMNS)
#: letters of a name that a line of a tile holds at the usual size; of Chinese three characters
WIDTH = 7


@dataclass(frozen=True)
class GroupTile:
    """A group: how many of `all` are done and are stuck."""

    name: str
    done: int
    stuck: int
    all: int


@dataclass(frozen=True)
class Board:
    """`step` is one of COLUMNS. `done` are left out and not on `tiles`, and `more` are those for whom there is no place."""

    step: int
    tiles: Sequence[Tile] = ()
    groups: Sequence[GroupTile] = ()
    done: int = 0
    more: int = 0


def board(wall: Wall) -> Board:
    """All of them while they fit; else those who are not done; else the groups; else as many as fit. Who is stuck comes first."""
    tiles, done = sorted(wall.tiles, key=lambda tile: tile.state != "stuck"), 0
    if len(tiles) > MOST:
        tiles = [tile for tile in tiles if tile.state not in ("done", "excused")]
        done = len(wall.tiles) - len(tiles)
    if len(tiles) <= MOST:
        return Board(_step(len(tiles)), tiles, done=done)
    groups = _groups(wall.tiles)
    if 1 < len(groups) <= MOST:
        return Board(_step(len(groups)), groups=groups)
    return Board(MOST, tiles[: MOST - 1], done=done, more=len(tiles) - MOST + 1)


def _step(count: int) -> int:
    return next(step for step in COLUMNS if count <= step)


def _groups(tiles: Sequence[Tile]) -> list[GroupTile]:
    """By name, who is in none last."""
    members: dict[str, list[str]] = {}
    for tile in tiles:
        members.setdefault(tile.group or NO_GROUP, []).append(tile.state)
    return [
        GroupTile(name, states.count("done"), states.count("stuck"), len(states) - states.count("excused"))
        for name, states in sorted(members.items(), key=lambda each: (each[0] == NO_GROUP, each[0]))
    ]


def is_long(name: str) -> bool:
    """Whether a name needs a smaller size on a tile."""
    return sum(WIDTH / 3 if east_asian_width(letter) in "WF" else 1 for letter in name) > WIDTH
