import json

from cicd.images.registry.attestations import attested
from cicd.images.registry.manifests import OCI_INDEX, OCI_MANIFEST, Manifest, encode

SPDX = "https://spdx.dev/Document"
SLSA = "https://slsa.dev/provenance/v1"


def image(name: str) -> Manifest:
    return encode({"layers": [{"digest": name}]}, OCI_MANIFEST)


def proof(*predicates: str) -> Manifest:
    layers = [{"digest": "x", "annotations": {"in-toto.io/predicate-type": p}} for p in predicates]
    return encode({"layers": layers}, OCI_MANIFEST)


def index(*pairs: tuple[Manifest, Manifest | None]) -> Manifest:
    listed: list[dict[str, object]] = []
    for about, attestation in pairs:
        listed.append({"digest": about.digest})
        if attestation:
            annotations = {
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": about.digest,
            }
            listed.append({"digest": attestation.digest, "annotations": annotations})
    return Manifest(content=json.dumps({"manifests": listed}).encode(), media_type=OCI_INDEX)


def test_a_bill_of_materials_and_provenance_are_told_apart() -> None:
    for predicates, kinds in (
        ((SPDX, SLSA), {"sbom", "provenance"}),
        ((SPDX,), {"sbom"}),
        (("https://slsa.dev/provenance/v0.2",), {"provenance"}),
        (("https://example.com/review",), set()),
    ):
        one = proof(*predicates)
        assert attested(index((image("a"), one)), [one]) == kinds


def test_every_image_of_the_index_must_have_one() -> None:
    both, one = proof(SPDX, SLSA), proof(SPDX)
    assert attested(index((image("a"), both), (image("b"), one)), [both, one]) == {"sbom"}
    assert attested(index((image("a"), both), (image("b"), None)), [both]) == set()


def test_an_image_alone_has_none() -> None:
    assert attested(image("a"), []) == set()


def test_an_attestation_that_is_named_and_not_there_does_not_count() -> None:
    assert attested(index((image("a"), proof(SPDX))), []) == set()
