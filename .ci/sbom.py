"""Writes what runs in service as a CycloneDX 1.6 list of materials (JSON), checked against its schema: sbom.py FILE."""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from base64 import b64decode
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from dependencies import ROOT, Package, locked
from packageurl import PackageURL

LOCKS = ("requirements.lock", "package-lock.json")


def sbom(root: Path) -> str:
    """The list as JSON. The same locks have the same serial number. Raises ValueError where the schema is not kept."""
    packages = [package for package in locked(root) if not package.tests]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, "".join((root / name).read_text() for name in LOCKS)))
    ours = Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        bom_ref=project["name"],
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    bom.metadata.component = ours
    components = {(package.registry, package.name): _component(package) for package in packages}
    bom.components.update(components.values())
    direct = _direct(root, project)
    bom.register_dependency(ours, [component for key, component in components.items() if key in direct])
    for package in packages:
        needed = [(package.registry, name) for name in package.needs]
        bom.register_dependency(
            components[package.registry, package.name], [components[key] for key in needed if key in components]
        )
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if faults := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"This is no CycloneDX 1.6: {faults}")
    return text


def _component(package: Package) -> Component:
    group, _, name = package.name.rpartition("/")
    purl = PackageURL(package.registry, group or None, name, package.version)
    return Component(
        type=ComponentType.LIBRARY,
        group=group or None,
        name=name,
        version=package.version,
        purl=purl,
        bom_ref=str(purl),
        licenses=[LicenseFactory().make_from_string(package.licence)] if package.licence else [],
        hashes=[_hash(text) for text in package.hashes],
    )


def _hash(text: str) -> HashType:
    if text.startswith("sha512-"):
        return HashType(alg=HashAlgorithm.SHA_512, content=b64decode(text.removeprefix("sha512-")).hex())
    return HashType(alg=HashAlgorithm.SHA_256, content=text.removeprefix("sha256:"))


def _direct(root: Path, project: dict[str, list[str]]) -> set[tuple[str, str]]:
    named = {("pypi", re.split(r"[\[<>=,; ]", need)[0].lower()) for need in project["dependencies"]}
    return named | {("npm", name) for name in json.loads((root / "package.json").read_text())["dependencies"]}


def main() -> None:
    """Writes the file and says how many packages it names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    text = sbom(ROOT)
    options.file.parent.mkdir(parents=True, exist_ok=True)
    options.file.write_text(text + "\n")
    print(f"{options.file}: {len(json.loads(text)['components'])} packages")


if __name__ == "__main__":
    main()
