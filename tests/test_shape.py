"""The shape of the house: who may import whom, and what may stand at the top."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = ("portal", "courses", "print")
TOP = {
    "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "Makefile", "package.json",
    "package-lock.json", "requirements.lock", "requirements-test.lock", ".ci", ".gitignore", ".editorconfig",
    "bench", "courses", "deploy", "docs", "portal", "print", "static", "templates", "tests",
    # made on the machine, never committed
    ".git", ".venv", "var", "node_modules", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".coverage", ".hypothesis", "htmlcov",
}  # fmt: skip
#: a library and the only package of ours that may import it
ONLY_IN = {
    "litestar": "portal",
    "jinja2": ("portal", "print"),
    "piccolo": "courses",
    "weasyprint": "print",
    "qrcode": "print",
}
#: our packages that a package may import
MAY_IMPORT = {"portal": {"courses", "print"}, "courses": set(), "print": set()}
#: packages from the ground up: a module imports from its own package and from earlier lines only
ORDER = {
    "courses": (
        "outages races writer_lock",
        "changes clock csv_files disk encoding_guesses engine errors loading_cache paging pinyin places postgres private_files"
        " signed_in spoken tables",
        "database encodings leases objects piccolo_app texts tokens audit",
        "pieces",
        "people media events",
        "catalogue students",
        "lessons webhooks",
        "results",
        "exchange printing",
        "privacy",
        "upkeep",
    ),
    "portal": (
        "catalogues collector mail_server metrics",
        "i18n settings",
        "workers sharing demo",
        "web",
        "media platforms mail",
        "words",
        "lessons rehearsal results exchange",
        "preflight student templating",
        "printing",
        "background",
        "commands",
        "parts",
        "api pages",
        "app __main__",
    ),
}
RANK = {(top, name): rank for top, lines in ORDER.items() for rank, line in enumerate(lines) for name in line.split()}
#: modules that keep something in the process, and why it is no part of the application
STATEFUL = {
    "courses/database.py": "Piccolo finds the engine by its name in this module",
    "courses/lessons/links.py": "cards are forgotten by many verbs, which would all be handed the cache",
    "courses/students/roster.py": "so are seats",
}
#: what such a thing is made by
MAKERS = {
    "Cache", "DerivedCache", "Event", "LRUCache", "LoadingCache", "Lock", "OrderedDict", "Semaphore", "TTLCache",
    "WeakKeyDictionary", "WeakValueDictionary", "defaultdict", "deque", "dict", "list", "set",
}  # fmt: skip
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DRAWERS = {"utils", "util", "lib", "helpers", "helper", "common", "services", "repositories", "misc"}
LONGEST = 300


#: a path of ours in a text, such as `portal/web/assets.py`; placeholders such as `<slug>` make it none
WRITTEN = re.compile(
    r"(?<![\w/.<>-])(?:portal|courses|print|tests|bench|deploy|templates|static|docs|\.ci)/[\w./-]*\w\b/?(?![\w<{*])"
)
#: they are made on the machine
MADE = ("static/vendor",)
#: of a line of a template or stylesheet; and of what stands around the one piece of data that makes a line longer
WIDEST, AROUND = 160, 80
#: data that a line may not be broken in: a text for people, or the path of a drawing
DATA = re.compile(
    r"""gettext\('([^']*)'|\b_\((?:'([^']*)'|"([^"]*)")|\{%-? trans\b[^%]*%\}(.*?)\{% endtrans %\}|\bd="([^"]*)\""""
)


def sources(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "piccolo_migrations" not in path.parts and "__pycache__" not in path.parts
    )


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def each(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test of all, which names every file that is wrong: a test a file would be 4,500."""

    def made(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            wrong = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as error:
                    wrong.append(f"{path.relative_to(ROOT)}: {error}")
            assert not wrong, "\n".join(wrong)

        test.__name__, test.__doc__ = rule.__name__, rule.__doc__
        return test

    return made


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Every module that a file imports, also inside functions."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", node


@each(sources(*OURS))
def test_module_imports_what_its_package_may(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    for name, _ in imports(path):
        top = name.split(".")[0]
        if top in OURS and top != package:
            assert top in MAY_IMPORT[package], f"{package} must not import {name}"
        allowed = ONLY_IN.get(top, package)
        assert package in (allowed if isinstance(allowed, tuple) else (allowed,)), f"{name} belongs to {allowed}"


@each(sources("courses", "portal"))
def test_module_imports_from_below(path: Path) -> None:
    top, own, *_ = path.relative_to(ROOT).with_suffix("").parts
    assert own == "__init__" or (top, own) in RANK, f"say in ORDER where {own} stands"
    rank = RANK.get((top, own), -1)  # what is loaded with every module of a top folder needs none of them
    for name, node in imports(path):
        parts = name.split(".")
        if parts[0] == top:  # "from portal import rehearsal" names the package behind the word import
            for other in parts[1:2] or [alias.name for alias in node.names]:
                assert other == own or RANK[top, other] < rank, f"{own} stands below {other}"


def test_reading_a_strangers_file_knows_nothing_of_what_is_done_with_it() -> None:
    for path in sources("courses/exchange/reading"):
        assert not [
            name
            for name, _ in imports(path)
            if name.startswith("courses.exchange") and not name.startswith("courses.exchange.reading")
        ]


@each(sources("portal/pages"))
def test_pages_import_only_what_their_area_shares(path: Path) -> None:
    if path.name != "__init__.py":
        area = ".".join(path.relative_to(ROOT).parent.parts)
        for name, _ in imports(path):
            assert not name.startswith("portal.pages") or name.startswith(f"{area}._"), name


@each(sources("portal/workers"))
def test_workers_load_no_web_and_no_database(path: Path) -> None:
    """Nor does what they import; tests/portal/workers/test_loading.py looks at real processes."""
    ways = {path: (path.name,)}
    for module in (waiting := [path]):
        for name in loaded(module):
            way = (*ways[module], name)
            assert name.split(".")[0] not in ("litestar", "piccolo"), " → ".join(way)
            for file in (
                ROOT / name.replace(".", "/") / "__init__.py",
                (ROOT / name.replace(".", "/")).with_suffix(".py"),
            ):
                if file.exists() and file not in ways:
                    ways[file] = way
                    waiting.append(file)


def loaded(path: Path) -> Iterator[str]:
    """What a module imports as it is loaded; of "from a import b" also a.b, which may be a module."""
    for node in tree_of(path).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@each(sources(*OURS, "tests", "bench", "deploy", ".ci"))
def test_nothing_binds_the_name_print(path: Path) -> None:
    tree = tree_of(path)
    for name, node in imports(path):
        if isinstance(node, ast.Import) and name.split(".")[0] == "print":
            assert all(alias.asname not in (None, "print") for alias in node.names), "write: from print.x import …"
        assert not any((alias.asname or alias.name) == "print" for alias in node.names)
    bound = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print"]
    assert not [node for node in bound if not isinstance(node.ctx, ast.Load)]
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, defined) and node.name == "print"]


@each(sources(*OURS, "tests", "bench", "deploy", ".ci"))
def test_file_is_one_topic(path: Path) -> None:
    assert not DRAWERS & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST * (2 if "tests" in path.parts else 1), f"{lines} lines are two topics"


@each(sources(*OURS, ".ci", "bench", "deploy"))
def test_module_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(tree_of(path))
    assert docstring, "a module starts with one line that says what it is"


def test_transaction_is_of_a_unit_of_work() -> None:
    """What opens one is done again where the database rolls it back: it says so, and what it is given can be read twice."""
    for path in sources("courses"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, FUNCTIONS) and "writing()" in _own_code(node):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                assert "unit_of_work" in map(ast.unparse, node.decorator_list), f"{where} lacks @unit_of_work"
                assert not re.search(r"\b(Iterable|Iterator|AsyncIterator|Generator)\b", ast.unparse(node.args)), where


def _own_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Without that of the functions in it."""
    return "\n".join(ast.unparse(each) for each in function.body if not isinstance(each, FUNCTIONS))


@each(sources(*OURS))
def test_module_keeps_no_state(path: Path) -> None:
    """What an application has one of is made with it: a field of `Parts`, or what a loop in the background holds."""
    tree = tree_of(path)
    kept = [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    kept += [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) and _grows(node.value)]
    assert bool(kept) == (str(path.relative_to(ROOT)) in STATEFUL), [ast.unparse(node) for node in kept]


def _grows(value: ast.expr | None) -> bool:
    """Empty as it is made, so that it is filled later."""
    match value:
        case ast.Dict(keys=[]) | ast.List(elts=[]):
            return True
        case ast.Call(func=ast.Subscript(value=made) | made, args=args):
            name = made.id if isinstance(made, ast.Name) else made.attr if isinstance(made, ast.Attribute) else ""
            return name in MAKERS and not (name in ("dict", "list", "set") and args)
    return False


def test_top_level_is_the_given_one() -> None:
    assert {path.name for path in ROOT.iterdir()} - TOP == set()


def test_tests_are_no_packages() -> None:
    """tests/print/__init__.py would hide the package print."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@each(sources("tests"))
def test_tests_look_at_more_than_a_status(path: Path) -> None:
    """An answer has words, a place where it leads, or something that it changed or left alone."""
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, FUNCTIONS)]
    looks = {each.name: [node.test for node in ast.walk(each) if isinstance(node, ast.Assert)] for each in functions}
    others = {name for name, found in looks.items() if found and not name.startswith("test_")} | {"expect", "raises"}
    for test in functions:
        calls = {ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(test) if isinstance(node, ast.Call)}
        if test.name.startswith("test_") and looks[test.name] and not calls & others:
            assert not all(map(_of_status, looks[test.name])), f"{test.name} looks at nothing but a status"


def _of_status(look: ast.expr) -> bool:
    """`answer.status_code == 404`, or the same of several answers."""
    sides = [look.left, *look.comparators] if isinstance(look, ast.Compare) else [look]
    statuses = [side for side in sides if getattr(getattr(side, "elt", side), "attr", "") == "status_code"]
    return bool(statuses) and not any(
        isinstance(node, ast.Attribute) for side in sides if side not in statuses for node in ast.walk(side)
    )


def test_templates_hold_no_inline_script_or_style() -> None:
    """The Content-Security-Policy has no unsafe-inline."""
    for path in (ROOT / "templates").rglob("*.html"):
        if "print" in path.relative_to(ROOT / "templates").parts[:1]:
            continue  # printed, never sent to a browser
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path
        for part in text.split("<script")[1:]:
            assert "src=" in part.split(">")[0] or 'type="application/json"' in part.split(">")[0], path


def test_no_line_of_a_template_or_stylesheet_is_long() -> None:
    """Longer than the rest may be a line that one long text or one drawing stands on."""
    wrong = []
    for folder in ("templates", "static/css", "static/rehearsal"):
        for path in (ROOT / folder).rglob("*.*"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                data = max((len(text) for found in DATA.findall(line) for text in found), default=0)
                if len(line) > max(WIDEST, data + AROUND):
                    wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert not wrong


def _written() -> Iterator[tuple[Path, str]]:
    texts = [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci" / "run"]
    texts += [
        *ROOT.glob("*.md"),
        *(ROOT / "bench").glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *sources(*OURS, "tests", "bench", "deploy", ".ci"),
    ]
    texts += [path for folder in ("templates", "static/css", "static/js") for path in (ROOT / folder).rglob("*.*")]
    for path in texts:
        if path.name != "CHANGELOG.md" and path != Path(__file__):
            for name in WRITTEN.findall(path.read_text(encoding="utf-8")):
                yield path, name


def test_every_path_that_is_written_down_exists() -> None:
    """In documents, docstrings and comments; a template's name counts from templates/."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, name in _written()
        if not (name.startswith(MADE) or (ROOT / name).exists() or (ROOT / "templates" / name).exists())
    ]
    assert not wrong
