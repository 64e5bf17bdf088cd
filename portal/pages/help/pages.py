"""Help where one is: all of its pages, and one of them."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from courses.errors import NotFound
from courses.signed_in import SignedIn
from portal.i18n import language
from portal.lessons.markdown import render_markdown
from portal.words.help import help_pages


@get("/help", include_in_schema=False)
async def index(person: NamedDependency[SignedIn]) -> Template:
    """What there is to read."""
    return Template("help/pages/index.html", context={"person": person, "pages": help_pages(language()).values()})


@get("/help/{name:str}", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], name: FromPath[str]) -> Template:
    """One page. Raises NotFound."""
    pages = help_pages(language())
    if name not in pages:
        raise NotFound
    page = pages[name]
    context = {
        "person": person, "page": page, "text": render_markdown(page.body),
        "others": [other for other in pages.values() if other is not page],
    }  # fmt: skip
    return Template("help/pages/show.html", context=context)


routes = [index, show]
