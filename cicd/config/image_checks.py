"""Mistakes in the images and registries of a noxfile, found when it is loaded."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cicd.config.complaint import complaint, meant
from cicd.config.field_checks import is_kind, named_kind, strange_placeholder, strange_source
from cicd.config.files import files_of, folder_of, parent
from cicd.config.image_place import has_dockerfile, lacking_dockerfile
from cicd.config.known import IMAGE, IMAGE_ABSENT, NUMBER, REGISTRY
from cicd.config.naming import identifier
from cicd.config.parts import DISCOVER, Backend, Image, Registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config.files import Files
    from cicd.config.parts import Part
    from cicd.errors import SettingsError
    from cicd.tree import Tree

_TAKEN = frozenset("ci fix doctor push stack promote registry_prune dockerfiles".split())
_HOST = r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?"
_PIECE = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = rf"(?:(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?/)?{_PIECE}(?:/{_PIECE})*"
# https://go.dev/doc/install/source#environment: what BuildKit's platforms are named after
_PLATFORM = (
    r"(linux|windows|darwin|freebsd)/(386|amd64|arm|arm64|loong64|mips(64)?(le)?|ppc64(le)?|riscv64"
    r"|s390x)(/v\d+)?"
)
_CACHE = r"type=[a-z0-9]+(,.*)?|[^=\s]+"
_ATTESTATIONS = ("sbom", "provenance")
_NEEDS = ("signature", *_ATTESTATIONS)


def check_images(tree: Tree, images: Sequence[Image], parts: Sequence[Part]) -> None:
    """Raises `SettingsError` for the first thing that cannot be meant."""
    for image in images:
        _check_name(image)
        _check_kinds(image, IMAGE)
        _check_place(files_of(tree), image)
        _check_values(image)
        _check_backend(image, parts)
    names = [image.name for image in images]
    for name in names:
        if (count := names.count(name)) > 1:
            call = " and ".join([f'cicd.Image("{name}", …)'] * count)
            raise complaint(call, "they have the same name", f'call one "{name}_2"')


def check_registries(registries: Sequence[Registry]) -> None:
    """Raises `SettingsError` for the first thing that cannot be meant."""
    for registry in registries:
        if not isinstance(registry.host, str) or not re.fullmatch(_HOST, registry.host):
            hint = 'it is what stands before the first slash: "registry.example.com:5000"'
            raise _wrong(registry, "host", f'"{registry.host}" is no host of a registry', hint)
        _check_kinds(registry, REGISTRY)
        for field in ("password", "key"):
            _check_source(registry, field, getattr(registry, field))
        for need in _texts(registry.require):
            _check_choice(registry, "require", need, _NEEDS)


def _check_name(image: Image) -> None:
    name = image.name
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        fix = f'like "{identifier(str(name), "image")}": it becomes the prefix of `<name>_image`'
        call = f"cicd.Image({_quoted(name)}, …)"
        raise complaint(call, "its name must be a Python identifier", fix)
    if name in _TAKEN:
        raise complaint(f'cicd.Image("{name}", …)', f'it cannot be called "{name}": a session is')


def _check_kinds(part: Image | Registry, known: Mapping[str, str]) -> None:
    for field, kind in known.items():
        value = getattr(part, field)
        if value is DISCOVER or (value is None and field in IMAGE_ABSENT):
            continue
        if not is_kind(value, kind):
            also = " or None" if field in IMAGE_ABSENT else ""
            wrong = f"`{field}` must be {kind}{also}, not {named_kind(value)}"
            raise _wrong(part, field, wrong)
        if kind == NUMBER and not value > 0:
            raise _wrong(part, field, f"`{field}` must be above 0")


def _check_place(files: Files, image: Image) -> None:
    for field in ("context", "dockerfile"):
        value = getattr(image, field)
        if isinstance(value, str) and (value.startswith("/") or ".." in value.split("/")):
            raise _wrong(image, field, f"`{field}` must lie below the noxfile, relative to it")
    if isinstance(image.context, str) and not files.below(folder_of(image.context)):
        folders = sorted({folder for name in files.names if (folder := parent(name))})
        close = meant(folder_of(image.context), folders)
        hint = f'did you mean "{close}"?' if close else ""
        raise _wrong(image, "context", f'there is no folder "{image.context}" that git knows', hint)
    if not has_dockerfile(files, image):
        raise lacking_dockerfile(files, image)


def _check_values(image: Image) -> None:
    for name in _texts(image.repository):
        if not re.fullmatch(_REPOSITORY, name):
            lower = name.lower().rpartition("@")[0] or name.lower()
            plain = re.sub(r":[^/:]*$", "", lower)
            hint = f'did you mean "{plain}"?' if re.fullmatch(_REPOSITORY, plain) else ""
            hint = (
                hint or 'like "registry.example.com/team/api": small letters, digits, . _ - and /'
            )
            raise _wrong(image, "repository", f'no registry allows the name "{name}"', hint)
    for kind in _texts(image.attestations):
        _check_choice(image, "attestations", kind, _ATTESTATIONS)
    for platform in _texts(image.platforms):
        if not re.fullmatch(_PLATFORM, platform):
            raise _wrong(image, "platforms", f'"{platform}" is no platform', 'like "linux/amd64"')
    for field in ("cache_from", "cache_to"):
        for cache in _texts(getattr(image, field)):
            if not re.fullmatch(_CACHE, cache):
                raise _wrong(image, field, f'"{cache}" names no cache', 'like "type=gha"')
    for source in image.secrets.values():
        _check_source(image, "secrets", source)
    if isinstance(image.port, int) and not 0 < image.port < 65536:
        raise _wrong(image, "port", f"there is no port {image.port}", "1 to 65535")
    if isinstance(image.health, str) and not image.health.startswith("/"):
        raise _wrong(image, "health", "`health` must begin with a slash", f'"/{image.health}"')
    _check_arguments(image)
    if isinstance(image.env, Mapping) and (strange := strange_placeholder(image.env)):
        raise _wrong(image, "env", *strange)


def _check_arguments(image: Image) -> None:
    """What is given here stands in the image's history, for everyone who can pull it."""
    if not image.build_args or not isinstance(image.build_args, Mapping):
        return
    from cicd.config.build_secrets import looks_secret, secret_hint

    for name, value in image.build_args.items():
        if why := looks_secret(name, value):
            call = f'cicd.Image("{image.name}", build_args={{"{name}": …}})'
            wrong = f"{why}, and build arguments stand in the image's history"
            raise complaint(call, wrong, secret_hint(name))


def _check_backend(image: Image, parts: Sequence[Part]) -> None:
    if not isinstance(image.backend, str):
        return
    backends = [part for part in parts if isinstance(part, Backend)]
    names = [str(part.name) for part in backends]
    paths = [folder_of(part.path) for part in backends]
    if image.backend not in names and folder_of(image.backend) not in paths:
        close = meant(image.backend, [*names, *paths])
        hint = f'did you mean "{close}"?' if close else f"there are: {', '.join(names) or 'none'}"
        raise _wrong(image, "backend", f'there is no backend "{image.backend}"', hint)


def _check_source(part: Image | Registry, field: str, source: str) -> None:
    """A wrong source may be the secret itself: it is not shown."""
    if strange := strange_source(field, source):
        call = f'cicd.{type(part).__name__}("{_first(part)}", {field}=…)'
        raise complaint(call, *strange)


def _check_choice(part: Image | Registry, field: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        close = meant(name, known)
        hint = f'did you mean "{close}"?' if close else f"it can be: {', '.join(known)}"
        raise _wrong(part, field, f'`{field}` cannot be "{name}"', hint)


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def _wrong(part: Image | Registry, field: str, wrong: str, hint: str = "") -> SettingsError:
    value = getattr(part, field)
    shown = "" if field in ("name", "host") else f", {field}={_quoted(value)}"
    return complaint(f'cicd.{type(part).__name__}("{_first(part)}"{shown})', wrong, hint)


def _first(part: Image | Registry) -> str:
    return str(part.name if isinstance(part, Image) else part.host)


def _quoted(value: object) -> str:
    return repr(value).replace("'", '"')
