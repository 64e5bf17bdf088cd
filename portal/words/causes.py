"""Causes of failures as people read them: what went wrong, and what to do about it."""

from collections.abc import Callable

from portal.i18n import gettext as _

#: for each cause its name and a sentence for the instructor
WORDS: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "app_missing": (
        lambda: _("The app is not installed"),
        lambda: _("Have the student install the platform’s app and sign in, then tap again."),
    ),
    "refused": (
        lambda: _("The platform refused"),
        lambda: _(
            "Read the platform’s words; publishing by hand with the same text shows whether the content is the reason."
        ),
    ),
    "signature": (
        lambda: _("The signature was not accepted"),
        lambda: _("Compare the portal’s app key and secret with the platform’s console, and the server’s clock."),
    ),
    "token": (
        lambda: _("No access token"),
        lambda: _("The platform gave the portal no token: check the keys and the application’s state in its console."),
    ),
    "sdk": (
        lambda: _("The platform’s script did not load"),
        lambda: _("Often a school’s network keeps it out. Mobile data, or publishing by hand, leads on."),
    ),
    "network": (
        lambda: _("The network failed"),
        lambda: _("Try again when the phone is online; nothing that it reported is lost."),
    ),
    "rate_limited": (
        lambda: _("Too often in a short time"),
        lambda: _("Wait a few minutes and let fewer students publish at once."),
    ),
    "media": (
        lambda: _("A picture or the video was not taken"),
        lambda: _("Look at the lesson’s checks: format, size and length for this platform."),
    ),
    "browser": (
        lambda: _("The browser cannot do it"),
        lambda: _("Open the link in the phone’s own browser, not inside another app."),
    ),
    "unknown": (
        lambda: _("Unknown cause"),
        lambda: _("The words that were reported are in the cell’s page."),
    ),
}

#: why a student was led to publish by hand, as the phone's page gives it with what it reports
BY_HAND: dict[str, Callable[[], str]] = {
    "no_keys": lambda: _("By hand: the portal has no keys for this platform."),
    "no_sdk": lambda: _("By hand: the platform’s script did not load."),
    "token": lambda: _("By hand: the platform’s API gave no token."),
    "refused": lambda: _("By hand: the platform had refused."),
    "by_hand": lambda: _("By hand: this platform has no other way."),
    "browser": lambda: _("By hand: inside another app’s browser."),
    "no_effect": lambda: _("By hand: the app had not opened at the tap."),
    "chosen": lambda: _("By hand, as the student chose."),
}


def cause_name(cause: str) -> str:
    """What went wrong; an unknown cause for what is not in the list."""
    return WORDS.get(cause, WORDS["unknown"])[0]()


def cause_advice(cause: str) -> str:
    """What the instructor can do about it."""
    return WORDS.get(cause, WORDS["unknown"])[1]()


#: why a link stays unresolved, as people read it
UNRESOLVED: dict[str, Callable[[], str]] = {
    "host": lambda: _("It leads away from the platform."),
    "scheme": lambda: _("It leads to an address without https."),
    "address": lambda: _("It leads to an address that is not public."),
    "no_note": lambda: _("It does not lead to a note."),
    "hops": lambda: _("It leads on and on."),
    "slow": lambda: _("The platform did not answer in time."),
    "network": lambda: _("The platform could not be reached."),
}
