"""What programs call: the management API, a module per resource, and what students' phones send."""

from portal.api.phones import events, post, refusals, webhooks
from portal.api.v1.management import MANAGEMENT

API: list = [MANAGEMENT, *events.routes, *post.routes, *refusals.routes, *webhooks.routes]
