"""Invite people, and make keys for programs."""

from argparse import Namespace
from dataclasses import replace
from datetime import timedelta

from courses.database import close_database, open_database, use_database
from courses.people.accounts import find_person
from courses.people.accounts import invite as make_invitation
from courses.people.api_keys import create_api_key
from courses.people.second_factors import take_factors_off
from portal.settings import Settings


async def invite(settings: Settings, options: Namespace) -> None:
    """Print the one-use link."""
    use_database(settings.database_url, settings.database_limits)
    await open_database()
    try:
        secret = await make_invitation(options.email, options.admin)
    finally:
        await close_database()
    print(f"{settings.public_url}/invitations/{secret}")


async def api_key(settings: Settings, options: Namespace) -> None:
    """Print the key."""
    use_database(settings.database_url, settings.database_limits)
    await open_database()
    try:
        person = await find_person(options.email)
        life = timedelta(days=options.days) if options.days else None
        print(await create_api_key(replace(person, via="command"), options.name, options.scope, life))
    finally:
        await close_database()


async def second_factor_off(settings: Settings, options: Namespace) -> None:
    """Say what became of it."""
    use_database(settings.database_url, settings.database_limits)
    await open_database()
    try:
        gone = await take_factors_off(options.email)
    finally:
        await close_database()
    print("The second factor is off, and every browser is signed out." if gone else "There was no second factor.")
