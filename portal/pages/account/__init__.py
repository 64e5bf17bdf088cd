"""The person who signs in: account, people, invitations, language and theme."""

from portal.pages.account import (
    account,
    again,
    forgotten,
    invitations,
    language,
    passkey_sign_in,
    passkeys,
    people,
    second_factor,
    second_step,
    security,
    shown,
    sign_in,
    theme,
)

routes = [
    *account.routes,
    *again.routes,
    *forgotten.routes,
    *invitations.routes,
    *language.routes,
    *passkey_sign_in.routes,
    *passkeys.routes,
    *people.routes,
    *second_factor.routes,
    *second_step.routes,
    *security.routes,
    *shown.routes,
    *sign_in.routes,
    *theme.routes,
]
