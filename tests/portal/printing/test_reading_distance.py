"""From how far codes are read: the figures of the optics, not wishes."""

import pytest

from portal.printing.reading_distance import NEW, OLD, readable_from, width_for


@pytest.mark.parametrize(("lines", "width", "rule"), [(720, OLD, 308), (1080, NEW, 462)])
def test_distance_is_that_of_three_pixels_a_module(lines: int, width: int, rule: int) -> None:
    """A code must be as wide as the distance times its modules, by 308 at 720 lines and by 462 at 1080."""
    assert readable_from(1.0, width) == pytest.approx(rule / 1000, rel=0.01)
    assert width_for(10, 33, width) == pytest.approx(100 * 10 * 33 / rule, rel=0.01)
