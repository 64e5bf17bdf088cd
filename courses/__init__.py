"""The domain: courses, lessons, students, links, events. Knows nothing of HTTP, HTML, QR or PDF."""

import os

# Piccolo finds the engine and the apps through this module; it plays piccolo_conf's part.
os.environ.setdefault("PICCOLO_CONF", "courses.database")
