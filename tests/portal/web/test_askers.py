"""Work in other processes is counted for who sent the request, however the handler is called."""

from collections.abc import Callable
from typing import Any

from litestar import Litestar, Request, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.testing import TestClient
from obstore.store import ObjectStore

from courses.people.api_keys import create_api_key
from courses.signed_in import SignedIn
from portal.platforms import Platform
from portal.settings import Settings
from portal.web.auth import key_holder
from portal.workers.asker import asker


@get("/asker", sync_to_thread=False)
def signed_in_asker(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    store: NamedDependency[SkipValidation[ObjectStore]],
) -> str:
    return str(asker())


@get("/asker/key")
async def key_asker(request: Request[Any, Any, Any]) -> str:
    await key_holder(request)
    return str(asker())


@get("/asker/nobody", sync_to_thread=False)
def no_asker() -> str:
    return str(asker())


def test_work_is_of_who_was_let_in(
    own_app: None, app: Litestar, client: TestClient, alice: TestClient, alice_person: SignedIn, run: Callable[..., Any]
) -> None:
    for handler in (signed_in_asker, key_asker, no_asker):
        app.register(handler)
    assert alice.get("/asker").text == str(alice_person.id)
    assert alice.get("/asker/nobody").text == "None"
    assert client.get("/asker").status_code == 401 or client.get("/asker", follow_redirects=False).status_code == 303
    key = run(create_api_key, alice_person, "tests")
    assert client.get("/asker/key", headers={"authorization": f"Bearer {key}"}).text == str(alice_person.id)
