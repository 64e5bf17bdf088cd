"""What is locked has licences we may use, ages where they are known, and a list of materials that keeps its schema."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-test.lock", "package-lock.json", "package.json", "pyproject.toml"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The locks alone, to be changed."""
    (tmp_path / ".ci").mkdir()
    for name in [*LOCKS, ".ci/released.json"]:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def listed(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / ".ci" / "dependencies.py", "--root", root, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def lock(root: Path, name: str, package: str, version: str) -> None:
    with (root / name).open("a") as file:
        file.write(f"{package}=={version} \\\n    --hash=sha256:{'0' * 64}\n    # via lessonlink (pyproject.toml)\n")


def test_every_locked_package_has_a_licence_of_the_list() -> None:
    done = listed(ROOT, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_list_names_every_locked_package_with_its_age() -> None:
    lines = {tuple(line.split()[:3]): line for line in listed(ROOT).stdout.splitlines()}
    python = re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / "requirements-test.lock").read_text(), flags=re.MULTILINE)
    assert {("pypi", name, version) for name, version in python} <= lines.keys()
    assert all(re.search(r" \d+ days ", lines["pypi", name, version]) for name, version in python), "run: make lock"
    assert ("npm", "swiper", json.loads((ROOT / "package.json").read_text())["dependencies"]["swiper"]) in lines


def test_age_that_nobody_wrote_down_is_unknown(checkout: Path) -> None:
    (checkout / ".ci" / "released.json").write_text("{}")
    done = listed(checkout)
    assert done.returncode == 0
    assert len(re.findall("unknown", done.stdout)) == len(done.stdout.splitlines())


def test_licence_for_tests_alone_is_refused_in_service(checkout: Path) -> None:
    version = re.search(r"^djlint==(\S+)", (ROOT / "requirements-test.lock").read_text(), flags=re.MULTILINE)[1]
    lock(checkout, "requirements.lock", "djlint", version)
    done = listed(checkout, "--quiet")
    assert done.returncode == 1
    assert f"djlint {version}: the licence GPL-3.0-or-later is not on the list" in done.stderr


def test_package_of_unknown_licence_is_refused(checkout: Path) -> None:
    lock(checkout, "requirements-test.lock", "nobody-knows-this", "1.0")
    done = listed(checkout, "--quiet")
    assert done.returncode == 1
    assert "nobody-knows-this 1.0: its licence is unknown" in done.stderr


def test_licence_of_another_version_is_not_believed(checkout: Path) -> None:
    file = checkout / "requirements.lock"
    file.write_text(re.sub(r"^anyio==\S+", "anyio==999", file.read_text(), flags=re.MULTILINE))
    assert "anyio 999: its licence is unknown" in listed(checkout, "--quiet").stderr


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("AGPL-3.0-only OR MIT", False),
        ("AGPL-3.0-only", True),
        ("MIT AND AGPL-3.0-only", True),
        ("", True),
    ],
)
def test_browser_package_is_held_to_the_same_list(checkout: Path, licence: str, refused: bool) -> None:
    file = checkout / "package-lock.json"
    content = json.loads(file.read_text())
    content["packages"]["node_modules/swiper"]["license"] = licence
    file.write_text(json.dumps(content))
    done = listed(checkout, "--quiet")
    assert ("swiper" in done.stderr) == refused == bool(done.returncode)


def test_licence_that_was_read_for_a_package_which_is_gone_is_named(checkout: Path) -> None:
    file = checkout / "package-lock.json"
    content = json.loads(file.read_text())
    del content["packages"]["node_modules/combine-errors"]
    file.write_text(json.dumps(content))
    assert "combine-errors: stands in .ci/dependencies.py and is not locked" in listed(checkout, "--quiet").stderr


def test_list_of_materials_has_what_runs_in_service_and_no_more(tmp_path: Path) -> None:
    """The script checks the schema before it writes."""
    file = tmp_path / "made" / "sbom.json"
    subprocess.run([sys.executable, "-W", "error", ROOT / ".ci" / "sbom.py", file], check=True, timeout=60)
    bom = json.loads(file.read_text())
    python = re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    browser = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    served = [entry for path, entry in browser.items() if path and not entry.get("dev")]
    purls = {component["purl"] for component in bom["components"]}
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert {f"pkg:pypi/{name}@{version}" for name, version in python} == {each for each in purls if "pkg:pypi/" in each}
    assert len(purls) == len(python) + len(served)
    assert all(component["hashes"] for component in bom["components"])
    needs = {each["ref"]: each.get("dependsOn", []) for each in bom["dependencies"]}
    assert any("pkg:pypi/litestar@" in each for each in needs["lessonlink"])
    reached, waiting = set(), ["lessonlink"]
    while waiting:
        reached |= set(waiting)
        waiting = [each for ref in waiting for each in needs[ref] if each not in reached]
    assert purls - reached == set(), "each is there because another needs it"
