"""What a line of the security log says, for admins."""

from collections.abc import Callable

from portal.i18n import gettext as _

#: of portal.web.security_log.EVENTS
EVENT_NAMES: dict[str, Callable[[], str]] = {
    "signed_in": lambda: _("Sign-in succeeded"),
    "sign_in_failed": lambda: _("Sign-in failed"),
    "signed_out": lambda: _("Signed out"),
    "locked_out": lambda: _("Too many tries: must wait"),
    "link_used": lambda: _("One-use link used"),
    "reset_asked": lambda: _("Mail for a forgotten password asked for"),
    "second_factor_asked": lambda: _("Password right, second factor asked for"),
    "second_factor_refused": lambda: _("Second factor refused"),
    "second_factor_on": lambda: _("Second factor set up"),
    "second_factor_off": lambda: _("Second factor turned off"),
    "recovery_codes_made": lambda: _("Recovery codes made"),
    "passkey_added": lambda: _("Passkey added"),
    "passkey_removed": lambda: _("Passkey removed"),
    "passkey_copied": lambda: _("Passkey refused: there may be a copy of it"),
    "link_refused": lambda: _("One-use link refused"),
    "password_changed": lambda: _("Password changed"),
    "password_refused": lambda: _("Change of password refused"),
    "key_made": lambda: _("API key made"),
    "key_ended": lambda: _("API key revoked"),
    "key_used": lambda: _("API key used"),
    "key_refused": lambda: _("API key refused"),
    "sessions_ended": lambda: _("Browser signed out from elsewhere"),
    "invited": lambda: _("Somebody invited"),
    "access_ended": lambda: _("Access suspended"),
    "access_returned": lambda: _("Access restored"),
    "identity_refused": lambda: _("Student’s name or PIN refused"),
    "access_refused": lambda: _("Access refused"),
    "not_found": lambda: _("Looked for what is not theirs or not there"),
    "cross_site": lambda: _("Request of another site refused"),
}
