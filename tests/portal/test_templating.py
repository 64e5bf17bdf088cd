"""Templates, compiled before a page needs them."""

from jinja2 import DictLoader
from litestar import Litestar

from portal.templating import compile_ahead


def test_templates_are_compiled_ahead_and_there_is_room_for_all(application: Litestar) -> None:
    environment = application.template_engine.engine
    assert len(environment.list_templates()) < environment.cache.capacity
    few = environment.overlay(loader=DictLoader({"a.html": "{{ _('a') }}", "b/c.html": "{% include 'a.html' %}"}))
    few.cache.clear()
    compile_ahead(few)
    assert {name for _, name in few.cache.keys()} == {"a.html", "b/c.html"}  # noqa: SIM118 -- a mapping of jinja2's own
