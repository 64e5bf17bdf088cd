"""The person who signs in: account, people, invitations, language and theme."""

from portal.pages.account import account, invitations, language, people, security, sign_in, theme

routes = [
    *account.routes,
    *invitations.routes,
    *language.routes,
    *people.routes,
    *security.routes,
    *sign_in.routes,
    *theme.routes,
]
