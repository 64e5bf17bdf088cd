"""Lists what is locked with versions, licences and ages, and fails for a licence that is not on the list."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.spdx import is_supported_id

ROOT = Path(__file__).resolve().parent.parent
#: what may run in service, or be sent to browsers: free to use with a notice, or changes to the library itself stay open
ALLOWED = {
    "0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC",
    "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0", "OFL-1.1",
    "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
#: what may also test and check, which nobody hands on
ALLOWED_IN_TESTS = ALLOWED | {"GPL-3.0-or-later"}
#: parts with another licence, and why they are taken all the same
TAKEN = {
    (
        "av",
        "GPL-2.0-or-later",
    ): "x264 and x265 in the wheel, which each operator gets from its makers and we hand to nobody",
}
#: read in the package's licence file, where its metadata names none of SPDX's list or leaves out what the wheel brings
READ = {
    "av": "BSD-3-Clause AND LGPL-3.0-or-later AND GPL-2.0-or-later",  # its FFmpeg, with x264 and x265
    "colorama": "BSD-3-Clause",
    "combine-errors": "MIT",
    "cssselect2": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "pi-heif": "BSD-3-Clause AND LGPL-3.0-only",  # its libheif and libde265
    "protobuf": "BSD-3-Clause",
    "pyasn1-modules": "BSD-2-Clause",
    "pydyf": "BSD-3-Clause",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "qrcode": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "rich-click": "MIT",
    "tinycss2": "BSD-3-Clause",
    "uvloop": "MIT OR Apache-2.0",
    "weasyprint": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


@dataclass
class Package:
    name: str
    version: str
    registry: str  # "pypi" or "npm", as purl says it
    tests: bool  # only tests and checks need it
    licence: str = ""  # an SPDX expression, or "" where nobody says
    marker: str = ""  # the machines that need it, where not all do
    released: date | None = None
    hashes: list[str] = field(default_factory=list)  # "sha256:hex" of any of its files, "sha512-base64" of its one
    needs: list[str] = field(default_factory=list)  # names, of the same registry

    @property
    def here(self) -> bool:
        """A package for other machines is not installed, so that its licence cannot be read."""
        return bool(self.licence) or not self.marker


def locked(root: Path) -> list[Package]:
    """All packages of the lock files, by name."""
    service = _python(root / "requirements.lock", tests=False)
    known = {package.name for package in service}
    python = service + [each for each in _python(root / "requirements-test.lock", tests=True) if each.name not in known]
    days = json.loads((root / ".ci" / "released.json").read_text())
    for package in python:
        day = days.get(f"{package.name}=={package.version}")
        package.released = date.fromisoformat(day) if day else None
    return sorted(python + list(_browser(root / "package-lock.json")), key=lambda each: (each.registry, each.name))


def _python(file: Path, tests: bool) -> list[Package]:
    found = []
    users: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", file.read_text()):
        if not (head := re.match(r"([a-z0-9._-]+)==([^\s;]+)(?: ; ([^\\\n]+))?", entry)):
            continue
        name, version, marker = head[1], head[2], (head[3] or "").strip()
        users[name] = re.findall(r"^ +# +(?:via +)?([a-z0-9._-]+)$", entry, flags=re.MULTILINE)
        hashes = re.findall(r"--hash=(sha256:[0-9a-f]{64})", entry)
        found.append(Package(name, version, "pypi", tests, _licence(name, version), marker, hashes=hashes))
    for package in found:
        package.needs = sorted(name for name, by in users.items() if package.name in by)
    return found


def _licence(name: str, version: str) -> str:
    """What the installed package says, as SPDX writes it; "" where it is not installed in this version or says nothing clear."""
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return ""
    if installed.version != version:
        return ""
    return READ.get(name) or _stated(installed.metadata)


def _stated(metadata: PackageMetadata) -> str:
    said = metadata.get("License-Expression") or metadata.get("License") or ""
    if all(is_supported_id(part) for part in _parts(said)):
        return said
    named = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or [] if each.startswith("License")]
    return CLASSIFIERS.get(named[0], "") if len(named) == 1 else ""


def _browser(file: Path) -> Iterator[Package]:
    """npm's lock says the licences itself. Packages for one kind of machine hold the same program for each."""
    for path, entry in json.loads(file.read_text())["packages"].items():
        if path and not entry.get("cpu"):
            name = path.rpartition("node_modules/")[2]
            licence = READ.get(name) or entry.get("license", "")
            package = Package(name, entry["version"], "npm", bool(entry.get("dev")), licence)
            package.hashes, package.needs = [entry["integrity"]], sorted(entry.get("dependencies", {}))
            yield package


def _parts(expression: str) -> list[str]:
    return re.split(r" (?:AND|OR) ", expression)


def faults(packages: list[Package]) -> list[str]:
    """What may not be used, and what stands in the tables above for nothing."""
    found = [fault for package in packages if (fault := _fault(package))]
    names = {package.name for package in packages}
    stale = sorted({*READ, *(name for name, _ in TAKEN)} - names)
    return found + [f"{name}: stands in .ci/dependencies.py and is not locked" for name in stale]


def _fault(package: Package) -> str | None:
    allowed = ALLOWED_IN_TESTS if package.tests else ALLOWED
    what = f"{package.name} {package.version}"
    if not package.here:
        return None
    if not package.licence:
        return f"{what}: its licence is unknown; read its licence file and write it down in .ci/dependencies.py"
    choices = [choice.split(" AND ") for choice in package.licence.split(" OR ")]
    if any(all(part in allowed or (package.name, part) in TAKEN for part in choice) for choice in choices):
        return None
    return f"{what}: the licence {package.licence} is not on the list; take another package, or say in .ci/dependencies.py why"


def _line(package: Package, today: date) -> str:
    age = f"{(today - package.released).days} days" if package.released else "unknown"
    licence = package.licence or ("not for this machine" if not package.here else "unknown")
    use = "tests" if package.tests else "service"
    return f"{package.registry:5}{package.name:44}{package.version:20}{use:9}{age:>11}  {licence}"


def main() -> None:
    """Exits with 1 and the faults where there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", action="store_true", help="say faults only")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout whose locks are read")
    options = parser.parse_args()
    packages = locked(options.root)
    if not options.quiet:
        print("\n".join(_line(package, date.today()) for package in packages))
    if found := faults(packages):
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
