"""A session that ended while a page was open: whether it did, and the dialog to sign in again without losing the page."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from courses.signed_in import SignedIn


@get("/session", include_in_schema=False)
async def show(watcher: NamedDependency[SignedIn]) -> dict[str, str]:
    """Who is signed in with this browser. To ask keeps no session alive. Raises SignInNeeded."""
    return {"person": str(watcher.id), "name": watcher.name}


@get("/sign-in/again", include_in_schema=False)
async def ask() -> Template:
    """The dialog, for js/parts/session.js."""
    return Template("account/sign_in/again.html", context={"values": {}})


routes = [show, ask]
