"""What a frontend's build leaves, and where: as its framework and its settings have it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.config.files import join

if TYPE_CHECKING:
    from cicd.config.files import Files


@dataclass(frozen=True, slots=True)
class Site:
    """`output` is the folder of the built files, `assets` where those with a hash in their name
    lie (none: beside the page); `port` is that of its development server. `gap`: why files alone
    are not enough."""

    framework: str
    output: str
    assets: tuple[str, ...]
    port: int
    gap: str = ""


_SITES = {
    "next": Site("Next.js", "out", ("_next/static",), 3000),
    "nuxt": Site("Nuxt", ".output/public", ("_nuxt",), 3000),
    "@sveltejs/kit": Site("SvelteKit", "build", ("_app/immutable",), 5173),
    "@react-router/dev": Site("React Router", "build/client", ("assets",), 5173),
    "@remix-run/dev": Site("Remix", "build/client", ("assets",), 5173),
    "astro": Site("Astro", "dist", ("_astro",), 4321),
    "gatsby": Site("Gatsby", "public", (), 8000),
    "@angular/core": Site("Angular", "dist", (), 4200),
    "react-scripts": Site("Create React App", "build", ("static",), 3000),
    "@vue/cli-service": Site("Vue CLI", "dist", ("js", "css", "img", "fonts"), 8080),
    "vite": Site("Vite", "dist", ("assets",), 5173),
}
_OTHER = Site("", "dist", (), 3000)
_STATIC = {
    "Next.js": ("next.config", r"output\s*:\s*[\"']export[\"']", 'output: "export"'),
    "Nuxt": ("nuxt.config", r"ssr\s*:\s*false|preset\s*:\s*[\"']static[\"']", "ssr: false"),
    "SvelteKit": ("svelte.config", r"adapter-static", "@sveltejs/adapter-static"),
    "React Router": ("react-router.config", r"ssr\s*:\s*false", "ssr: false"),
    "Remix": ("vite.config", r"ssr\s*:\s*false", "ssr: false"),
}
_ENDINGS = (".ts", ".js", ".mjs", ".cjs", ".mts", ".cts")


def study_site(files: Files, folder: str) -> Site:
    """The site of a package, by its dependencies and its settings."""
    package = files.json(join(folder, "package.json"))
    known = {**(package.get("devDependencies") or {}), **(package.get("dependencies") or {})}
    site = next((each for name, each in _SITES.items() if name in known), _OTHER)
    settings = config_text(files, folder, "vite.config")
    output = _output(files, folder, site, settings)
    port = re.search(r"\bport\s*:\s*(\d{4,5})\b", settings) if site.framework == "Vite" else None
    assets = re.search(r"assetsDir\s*:\s*[\"']([^\"']+)[\"']", settings)
    return Site(
        site.framework,
        output.removeprefix("./").rstrip("/"),
        (assets[1].strip("./"),) if assets else site.assets,
        int(port[1]) if port else site.port,
        _gap(files, folder, site),
    )


def has_page(files: Files, folder: str) -> bool:
    """Whether what is built is a site: a framework makes its page, others bring one."""
    site = study_site(files, folder)
    if site.framework not in ("", "Vite"):
        return True
    return any(re.search(r"(^|/)index\.(html|ejs|hbs|pug)$", name) for name in files.below(folder))


def proxied_paths(files: Files, folder: str) -> tuple[str, ...]:
    """The addresses that the development server hands to the backend ("/api")."""
    text = config_text(files, folder, "vite.config")
    block = re.search(r"\bproxy\s*:\s*\{", text)
    found: list[str] = []
    if block:
        inner = _balanced(text, block.end())
        found = re.findall(r"[\"'](/[\w/-]+)[\"']\s*:", inner)
    return tuple(dict.fromkeys(each.rstrip("/") for each in found)) or ("/api",)


def config_text(files: Files, folder: str, base: str) -> str:
    """The settings file of a tool, whatever it ends in; "" for none."""
    return files.text(files.first(folder, *(base + ending for ending in _ENDINGS)))


def _output(files: Files, folder: str, site: Site, settings: str) -> str:
    if site.framework == "Angular":
        return _angular(files, folder)
    pattern = {"Next.js": r"distDir", "Astro": r"outDir"}.get(site.framework, r"outDir")
    text = config_text(files, folder, "astro.config") if site.framework == "Astro" else settings
    found = re.search(rf"\b{pattern}\s*:\s*[\"']([^\"']+)[\"']", text)
    return found[1] if found and site.framework in ("Vite", "Astro") else site.output


def _angular(files: Files, folder: str) -> str:
    projects = files.json(join(folder, "angular.json")).get("projects") or {}
    for name, project in projects.items():
        build = ((project.get("architect") or project.get("targets") or {}).get("build")) or {}
        path = (build.get("options") or {}).get("outputPath")
        modern = "browser-esbuild" in str(build.get("builder")) or ":application" in str(
            build.get("builder")
        )
        if isinstance(path, dict):
            return f"{path.get('base', f'dist/{name}')}/{path.get('browser', 'browser')}".rstrip(
                "/"
            )
        if build:
            return f"{path or f'dist/{name}'}{'/browser' if modern else ''}"
    return "dist"


def _gap(files: Files, folder: str, site: Site) -> str:
    """A framework that renders on a server needs one, unless its settings say otherwise."""
    if site.framework == "Astro":
        served = re.search(
            r"output\s*:\s*[\"'](server|hybrid)", config_text(files, folder, "astro.config")
        )
        return _needs_server("Astro", 'output: "static"') if served else ""
    if site.framework not in _STATIC:
        return ""
    base, pattern, setting = _STATIC[site.framework]
    if re.search(pattern, config_text(files, folder, base)):
        return ""
    return _needs_server(site.framework, setting)


def _needs_server(framework: str, setting: str) -> str:
    return (
        f"{framework} renders on a server of its own here, and what is written serves files:"
        f" say `{setting}` in its settings, or write a Dockerfile that starts its server"
    )


def _balanced(text: str, start: int) -> str:
    depth = 1
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return text[start:at]
    return text[start:]
