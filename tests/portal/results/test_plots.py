"""Plots as geometry."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.results.plots import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, _round_up, bar, line_plot

START = datetime(2026, 9, 1, tzinfo=UTC)


def test_lines_begin_and_end_at_the_axes() -> None:
    times = [START + timedelta(hours=hour) for hour in range(5)]
    plot = line_plot(times, {"scanned": [0, 1, 2, 3, 4], "linked": [0, 0, 0, 0, 0]}, lambda at: f"{at:%H}")
    scanned, linked = plot.lines
    points = [tuple(map(float, point.split(","))) for point in scanned.points.split()]
    assert points[0] == (LEFT, HEIGHT - BOTTOM)
    assert points[-1] == (WIDTH - RIGHT, TOP)
    assert (scanned.value, linked.value, linked.y) == (4, 0, HEIGHT - BOTTOM)
    assert [tick.text for tick in plot.across] == ["00", "02", "04"]
    assert [tick.text for tick in plot.up] == ["0", "2", "4"]


def test_one_point_is_a_level_line_and_nothing_is_no_plot() -> None:
    plot = line_plot([START], {"scanned": [3]}, str)
    assert len(plot.lines[0].points.split()) == 2
    assert line_plot([], {"scanned": []}, str) is None
    assert line_plot([START], {}, str) is None


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (3, 4), (9, 10), (11, 20), (41, 50), (100, 100), (999, 1000), (1_000_001, 2_000_000)]
)
def test_scales_are_round(value: int, top: int) -> None:
    assert _round_up(value) == top


def test_bar_is_whole_whatever_it_is_made_of() -> None:
    segments = bar({"a": 1, "b": 0, "c": 2})
    assert [segment.name for segment in segments] == ["a", "c"]
    assert sum(segment.width for segment in segments) == pytest.approx(100, abs=0.01)
    assert bar({}) == ()
