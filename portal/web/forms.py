"""Forms: what was typed, and what is wrong with it, come back together."""

from collections import defaultdict
from collections.abc import Mapping

from courses.errors import CourseError, Invalid
from portal.i18n import say

#: a form's fields; a repeated name (check boxes) is a list
Form = dict[str, str | list[str]]


def one(form: Mapping[str, str | list[str]], name: str) -> str:
    """A field's value, the last if it was sent several times, "" if not at all."""
    value = form.get(name, "")
    return value if isinstance(value, str) else value[-1]


def many(form: Mapping[str, str | list[str]], name: str) -> list[str]:
    """All values of a field."""
    value = form.get(name, [])
    return [value] if isinstance(value, str) else value


def no_errors() -> defaultdict[str, str]:
    """What a template gets before anything was sent."""
    return defaultdict(str)


def errors_of(error: Invalid) -> defaultdict[str, str]:
    """The texts for each field, in the language of the request."""
    return defaultdict(str, {name: say(message) for name, message in error.fields.items()})


def errors_at(field: str, error: CourseError | None) -> defaultdict[str, str]:
    """The same, with what is of no field beside this one; of no error none."""
    if isinstance(error, Invalid):
        return errors_of(error)
    return defaultdict(str, {field: say(error.message)} if error else {})
