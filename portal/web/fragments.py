"""Templates as text, for answers that are kept, put together from parts, or sent bit by bit."""

from typing import Any

from litestar import Request
from litestar.exceptions import ImproperlyConfiguredException
from litestar.template import TemplateProtocol


def template_of(request: Request[Any, Any, Any], name: str) -> TemplateProtocol:
    """The application's template of this name, to be rendered."""
    engine = request.app.template_engine
    if engine is None:
        raise ImproperlyConfiguredException("the application has no templates")
    template: TemplateProtocol = engine.get_template(name)
    return template
