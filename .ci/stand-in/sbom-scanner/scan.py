"""Writes which packages of Debian, Python and Node a root folder has, as SPDX, for BuildKit.

https://github.com/moby/buildkit/blob/master/docs/attestations/sbom-protocol.md
"""

import json
import os
import pathlib
import re
from collections.abc import Iterator


def scan(root: pathlib.Path) -> dict[str, object]:
    packages = [
        {
            "SPDXID": f"SPDXRef-Package-{number}",
            "name": name,
            "versionInfo": version,
            "downloadLocation": "NOASSERTION",
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": f"pkg:{kind}/{name}@{version}",
                }
            ],
        }
        for number, (kind, name, version) in enumerate(sorted(find_packages(root)))
    ]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "sbom",
        "documentNamespace": "https://cicd.invalid/stand-in/sbom",
        "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": ["Tool: cicd-stand-in"]},
        "packages": packages,
    }


def find_packages(root: pathlib.Path) -> set[tuple[str, str, str]]:
    return {*debian_packages(root), *python_packages(root), *node_packages(root)}


def debian_packages(root: pathlib.Path) -> Iterator[tuple[str, str, str]]:
    status = root / "var/lib/dpkg/status"
    if status.is_file():
        for entry in status.read_text("utf-8", "replace").split("\n\n"):
            yield from named("deb/debian", entry, "Package")


def python_packages(root: pathlib.Path) -> Iterator[tuple[str, str, str]]:
    for file in root.rglob("*.dist-info/METADATA"):
        yield from named("pypi", file.read_text("utf-8", "replace").split("\n\n")[0], "Name")


def named(kind: str, fields: str, name_field: str) -> Iterator[tuple[str, str, str]]:
    name = re.search(rf"^{name_field}: (.+)$", fields, re.MULTILINE)
    version = re.search(r"^Version: (.+)$", fields, re.MULTILINE)
    if name and version:
        yield kind, name[1], version[1]


def node_packages(root: pathlib.Path) -> Iterator[tuple[str, str, str]]:
    for file in root.rglob("node_modules/**/package.json"):
        try:
            package = json.loads(file.read_text("utf-8"))
        except ValueError:
            continue
        if isinstance(package, dict) and package.get("name") and package.get("version"):
            yield "npm", package["name"], package["version"]


def main() -> None:
    statement = {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://spdx.dev/Document",
        "predicate": scan(pathlib.Path(os.environ["BUILDKIT_SCAN_SOURCE"])),
    }
    target = pathlib.Path(os.environ["BUILDKIT_SCAN_DESTINATION"]) / "sbom.spdx.json"
    target.write_text(json.dumps(statement))


main()
