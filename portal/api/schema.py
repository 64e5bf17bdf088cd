"""The management API's description at /schema/openapi.json, and no page that would load scripts from elsewhere."""

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

KEY = "key"

OPENAPI = OpenAPIConfig(
    title="Lessonlink",
    version="1",
    path="/schema",
    use_handler_docstrings=True,
    render_plugins=[JsonRenderPlugin()],
    operation_id_creator=lambda handler, method, path: (
        f"{handler.fn.__module__.rpartition('.')[2]}_{handler.handler_name}"
    ),
    components=Components(
        security_schemes={
            KEY: SecurityScheme(
                type="http", scheme="bearer", description="A key made by `portal api-key EMAIL --name NAME`."
            )
        }
    ),
)
