"""The management API, a module per resource."""
