"""The templates of all that is printed, with what each of them needs."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from print.fitting import LEADING, plain
from print.fonts import FONTS

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals |= {"fonts": FONTS, "leading": LEADING, "plain": plain}
