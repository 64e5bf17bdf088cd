"""What programs call: the management API, a module per resource, and what students' phones send."""

from litestar.types import ControllerRouterHandler

from portal.api.phones import events, post, refusals, webhooks
from portal.api.v1.management import MANAGEMENT

API: list[ControllerRouterHandler] = [MANAGEMENT, *events.routes, *post.routes, *refusals.routes, *webhooks.routes]
