"""Plans a frontend's Dockerfile, its .dockerignore and the settings of the nginx in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import normpath
from typing import TYPE_CHECKING

from cicd.config.files import files_of, folder_of, join

from cicd.images.dockerfiles.node.install import NodeInstall, plan_node_install
from cicd.images.dockerfiles.node.version import node_tag
from cicd.images.dockerfiles.plan import Plan, Planned, build_hint
from cicd.images.dockerfiles.node.policy import plan_policy
from cicd.images.dockerfiles.node.site import Site, has_page, proxied_paths, study_site
from cicd.images.dockerfiles.template import fill_template

if TYPE_CHECKING:
    from cicd.config.parts import Frontend
    from cicd.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontendImage:
    """What the files of a frontend say, for the compose file to agree with."""

    part: Frontend
    site: Site
    install: NodeInstall


def study_frontend(tree: Tree, part: Frontend) -> FrontendImage | None:
    """How a completed part is built and what it leaves; None for a package that builds no site."""
    files = files_of(tree)
    if not part.build or not has_page(files, folder_of(part.path)):
        return None
    site = study_site(files, folder_of(part.path))
    return FrontendImage(part=part, site=site, install=plan_node_install(tree, files, part))


def plan_frontend(tree: Tree, image: FrontendImage) -> Plan:
    """All files of the image, for a folder that has no Dockerfile; nothing but a gap for a site
    that files alone do not make."""
    folder = folder_of(image.part.path)
    dockerfile = join(folder, "Dockerfile")
    if image.site.gap:
        return Plan(gaps=(f"{dockerfile} is not written: {image.site.gap}",))
    own = image.install.context == folder
    ignore = join(folder, ".dockerignore") if own else f"{dockerfile}.dockerignore"
    nginx = join(folder, "nginx")
    return Plan(
        files=(
            Planned(ignore, fill_template("frontend.dockerignore")),
            Planned(
                join(nginx, "config.js.template"),
                fill_template("config.js.template"),
                "the settings that the page is given at the start",
            ),
            Planned(join(nginx, "settings.envsh"), fill_template("settings.envsh")),
            Planned(
                join(nginx, "nginx.conf.template"),
                render_nginx(tree, image),
                "the content security policy, and what goes to the backend",
            ),
            Planned(dockerfile, render_frontend(image), build_hint(folder, image.install.context)),
        ),
        remarks=_remarks(tree, folder),
    )


def render_frontend(image: FrontendImage) -> str:
    """The text of the Dockerfile."""
    folder = folder_of(image.part.path)
    inner = folder[len(image.install.context) :].strip("/")
    return fill_template(
        "frontend.Dockerfile",
        how=_how(image.install.context, inner),
        node=node_tag(str(image.part.node)),
        dependencies=image.install.block,
        sources="" if "COPY . ." in image.install.block else "COPY . .",
        build_workdir=f"WORKDIR /app/{inner}" if inner else "",
        build=_build(image),
        output=image.site.output,
        built=normpath(f"/app/{inner}/{image.site.output}"),
        nginx=f"{inner}/nginx".lstrip("/"),
    )


def render_nginx(tree: Tree, image: FrontendImage) -> str:
    """The text of nginx's settings, with the variables that the start fills in."""
    files, folder = files_of(tree), folder_of(image.part.path)
    return fill_template(
        "nginx.conf.template",
        hashed=_hashed(image.site),
        assets=_assets(image.site),
        proxied=_any(proxied_paths(files, folder)),
        policy=plan_policy(files, folder),
    )


def _hashed(site: Site) -> str:
    """Where names with a hash begin, as nginx matches them."""
    return f"^/(?:{_any(site.assets)})/" if site.assets else "^/"


def _assets(site: Site) -> str:
    """What is a file and nothing else, as nginx matches it."""
    return f"^/(?:{_any(site.assets)})/" if site.assets else r"\.(?:css|js|map|mjs)$"


def _any(names: tuple[str, ...]) -> str:
    return "|".join(re.escape(name).replace("\\-", "-") for name in names)


def _build(image: FrontendImage) -> str:
    build = image.part.build
    return (
        " ".join(build) if isinstance(build, tuple) else " ".join((*image.install.run, str(build)))
    )


def _how(context: str, inner: str) -> str:
    if not inner:
        return ""
    dockerfile = f"{inner}/Dockerfile"
    return f"\n# The folder to build is the one of the workspace: docker build -f {dockerfile} ."


def _remarks(tree: Tree, folder: str) -> tuple[str, ...]:
    page = files_of(tree).text(join(folder, "index.html"))
    if not page or "/config.js" in page:
        return ()
    return (
        f'{join(folder, "index.html")}: put `<script src="/config.js"></script>` before the first'
        " script, and read `window.APP_CONFIG`, to have settings that are given at the start",
    )
