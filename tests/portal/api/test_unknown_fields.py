"""An object of tens of thousands of fields costs no more than the fields that are named."""

import pytest

from courses.errors import Invalid
from portal.api.bodies import UNKNOWN_TOLD, require
from portal.api.v1.courses import NewCourse


def test_unknown_fields_are_named_up_to_a_number() -> None:
    with pytest.raises(Invalid) as refused:
        require({f"a{number}": 1 for number in range(60_000)}, NewCourse)
    assert len(refused.value.fields) == UNKNOWN_TOLD + 1
    assert {"a0", "title"} <= refused.value.fields.keys()
