"""The pages, a module per page or noun; each names its handlers in `routes`."""

from portal.pages import health, invitations, language, sign_in

PAGES = [
    *health.routes,
    *invitations.routes,
    *language.routes,
    *sign_in.routes,
]
