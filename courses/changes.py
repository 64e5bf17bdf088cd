"""The type of what an update changes in a row; Piccolo leaves it to its callers."""

from typing import Any

from piccolo.columns import Column

#: column or its name → new value. A dict literal that is an argument needs no such name, one in a variable does.
Changes = dict[Column | str, Any]
