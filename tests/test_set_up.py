"""What set-up promises and can be checked in a moment: locks, ignored folders, targets, the vendor folder."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCKS = ["requirements.lock", "requirements-test.lock", ".ci/node.lock"]
VENDOR = ROOT / "static" / "vendor"


def pins(name: str) -> set[str]:
    """`name==version` of every package in a lock file."""
    return set(re.findall(r"^[a-z0-9._-]+==[^ ]+", (ROOT / name).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("name", [*PYTHON_LOCKS, "package-lock.json"])
def test_lock_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index-url" not in text
    assert "resolved" not in text


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_python_lock_has_a_hash_for_every_package(name: str) -> None:
    packages = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text())
    assert pins(name)
    assert [package for package in packages if "==" in package and "--hash=sha256:" not in package] == []


def test_browser_lock_has_a_hash_for_every_package() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    packages.pop("")
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []


def test_tests_run_with_the_versions_that_run_in_service() -> None:
    assert pins("requirements.lock") <= pins("requirements-test.lock")


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_no_package_takes_the_name_of_ours(name: str) -> None:
    installed = {pin.split("==")[0] for pin in pins(name)}
    assert installed.isdisjoint({"print", "portal", "courses"})


def test_browser_lock_knows_every_library_that_is_named() -> None:
    named = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in named} == named


@pytest.mark.parametrize(("name", "extras"), [("requirements.lock", []), ("requirements-test.lock", ["test", "bench"])])
def test_python_lock_knows_every_dependency_that_is_named(name: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = project["dependencies"] + [need for extra in extras for need in project["optional-dependencies"][extra]]
    locked = {pin.split("==")[0] for pin in pins(name)}
    assert {re.split(r"[\[<>=,; ]", need)[0].lower() for need in needed} - locked == set(), "run: make lock"


def test_what_set_up_makes_is_not_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/.venv/", "/.vendor-*/", "/static/vendor/", "/node_modules/", "/var/"} <= set(ignored)
    assert "/portal/locales/*/LC_MESSAGES/*.mo" in ignored


@pytest.mark.parametrize(
    "target",
    ["demo", "test", "lint", "format", "bench", "fuzz", "dependencies", "sbom", "lock", "set-up", "wheel", "coverage"],
)
def test_make_knows_the_target(target: str) -> None:
    dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert dry.returncode == 0, dry.stderr
    assert ".ci/set_up.py" in dry.stdout


def test_set_up_does_nothing_the_second_time() -> None:
    done = subprocess.run(
        [sys.executable, ".ci/set_up.py", "test"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_portal_command_runs_this_checkout_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "portal").mkdir()  # a stranger of the same name in the working directory
    (tmp_path / "portal" / "__main__.py").write_text("raise SystemExit('not ours')")
    (tmp_path / "command").symlink_to(ROOT / ".venv" / "bin" / "portal")
    done = subprocess.run([tmp_path / "command", "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout


def test_sheet_font_has_every_common_ideograph_and_its_licence() -> None:
    font = TTFont(VENDOR / "fonts" / "NotoSansSC-Regular.ttf", lazy=True)
    known = font.getBestCmap()
    assert [hex(code) for code in range(0x4E00, 0x9FA6) if code not in known] == []
    assert "glyf" in font
    assert "SIL OPEN FONT LICENSE" in (VENDOR / "fonts" / "NotoSansSC-LICENSE.txt").read_text()


def test_swiper_is_one_file_that_imports_nothing() -> None:
    module = (VENDOR / "swiper" / "swiper-bundle.min.mjs").read_text()
    assert module.rstrip().endswith("export { Swiper, Swiper as default };")
    assert not re.search(r"^import|\bimport\(|from\"\./", module, flags=re.MULTILINE)
    assert "Permission is hereby granted" in (VENDOR / "swiper" / "LICENSE.txt").read_text()
