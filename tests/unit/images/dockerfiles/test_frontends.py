"""A frontend's Dockerfile and nginx's settings."""

import json
import re
from typing import Any

import pytest

from cicd.images.dockerfiles.node.version import node_tag
from tests.unit.images.dockerfiles.conftest import VITE, Planning

CHECKED = {
    **VITE,
    "web/package.json": json.dumps(
        {
            "scripts": {"build": "vite build --mode production"},
            "dependencies": {"vite": "6"},
            "devDependencies": dict.fromkeys(
                ["@eslint/js", "eslint-plugin-react-hooks", "@types/react", "vitest", "typescript"],
                "1",
            ),
        }
    ),
}


def package(**more: object) -> str:
    return json.dumps({"scripts": {"build": "build it", "dev": "x"}, **more})


@pytest.mark.parametrize(
    ("dependency", "more", "output"),
    [
        ("vite", {}, "dist"),
        ("vite", {"web/vite.config.ts": 'build: { outDir: "./site" }'}, "site"),
        ("react-scripts", {}, "build"),
        ("astro", {}, "dist"),
        ("next", {"web/next.config.mjs": 'export default { output: "export" }'}, "out"),
        (
            "@angular/core",
            {
                "web/angular.json": '{"projects": {"shop": {"architect": {"build": {"builder":'
                ' "@angular/build:application", "options": {}}}}}}'
            },
            "dist/shop/browser",
        ),
    ],
)
def test_the_built_site_is_taken_from_where_its_framework_leaves_it(
    plan: Planning, dependency: str, more: dict[str, str], output: str
) -> None:
    text = package(dependencies={dependency: "1"})
    written = plan({**VITE, "web/package.json": text, **more})
    assert f"COPY --from=build /app/{output} /usr/share/nginx/html" in written["web/Dockerfile"]


@pytest.mark.parametrize(
    ("lock", "install"),
    [
        ("package-lock.json", "npm ci --no-audit --no-fund"),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile"),
        ("yarn.lock", "yarn install --frozen-lockfile"),
    ],
)
def test_each_package_manager_installs_from_its_lock(
    plan: Planning, lock: str, install: str
) -> None:
    package = {"web/package.json": VITE["web/package.json"], "web/index.html": ""}
    text = plan({**package, f"web/{lock}": ""})["web/Dockerfile"]
    assert text.index(install) < text.index("COPY . .")
    assert f"COPY package.json {lock} ./" in text


@pytest.mark.parametrize(
    ("lock", "omitted"),
    [
        ("package-lock.json", "npm ci --omit=dev "),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile --prod "),
        ("yarn.lock", "yarn install --frozen-lockfile --production\n"),
    ],
)
def test_checkers_are_no_part_of_a_build_that_cannot_want_them(
    plan: Planning, lock: str, omitted: str
) -> None:
    files = {name: text for name, text in CHECKED.items() if "lock" not in name}
    assert omitted in plan({**files, f"web/{lock}": ""})["web/Dockerfile"]


@pytest.mark.parametrize(
    "different",
    [
        {"scripts": {"build": "tsc -b && vite build"}},
        {"scripts": {"build": "npm run types && vite build"}},
        {"scripts": {"build": "vite build", "prebuild": "eslint ."}},
        # As people write it: npm runs it after each install, and what it calls would be left out.
        {"scripts": {"build": "vite build", "prepare": "husky || true"}},
        {"devDependencies": {"eslint": "9", "vite-plugin-svgr": "4"}},
        {"devDependencies": {"vite": "6"}},
        {"config": 'import { defineConfig } from "vitest/config";'},
    ],
)
def test_in_doubt_everything_is_installed(plan: Planning, different: dict[str, Any]) -> None:
    config = {"web/vite.config.ts": str(different.pop("config", ""))}
    text = json.dumps({**json.loads(CHECKED["web/package.json"]), **different})
    dockerfile = plan({**CHECKED, **config, "web/package.json": text})["web/Dockerfile"]
    assert "npm ci --no-audit" in dockerfile


def test_a_package_that_builds_no_page_gets_no_image(plan: Planning) -> None:
    files = {name: text for name, text in VITE.items() if not name.endswith("index.html")}
    written = plan(files)
    assert written.names == []
    assert "builds no page" in written.plan.left[0]


def test_a_site_that_is_built_beside_its_package_is_taken_from_there(plan: Planning) -> None:
    config = {"web/vite.config.ts": 'build: { outDir: "../site" }'}
    assert "COPY --from=build /site " in plan({**VITE, **config})["web/Dockerfile"]


def test_sources_that_installing_runs_are_there_before(plan: Planning) -> None:
    text = json.dumps({"scripts": {"build": "vite build", "postinstall": "node make.js"}})
    dockerfile = plan({**VITE, "web/package.json": text})["web/Dockerfile"]
    assert dockerfile.index("COPY . .") < dockerfile.index("npm ci")
    assert dockerfile.count("COPY . .") == 1


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("20", "20"),
        ("20.18.0", "20.18.0"),
        ("lts/jod", "22"),
        (">=22 <23", "22"),
        ("^18 || >=24", "24"),
        (">=18", "20"),
        ("18 - 19", "18"),
        ("", "20"),
    ],
)
def test_the_node_of_the_project_is_the_node_of_the_build(wanted: str, tag: str) -> None:
    assert node_tag(wanted) == tag


def test_the_addresses_of_the_development_proxy_go_to_the_backend(plan: Planning) -> None:
    config = 'server: { proxy: { "/api": "http://x", "/media": { target: "http://x" } } }'
    assert "^(/api|/media)(/|$)" in nginx(plan, {"web/vite.config.ts": config})


@pytest.mark.parametrize(
    ("name", "immutable"),
    [
        ("/assets/index-DNvvoqE_.css", True),
        ("/assets/index-kUHZ5H7g.js", True),
        ("/assets/logo.8f3e1a2b.svg", True),
        ("/assets/index-kUHZ5H7g.js.map", True),
        ("/assets/my-favourite.png", False),
        ("/apple-touch-icon-180x180.png", False),
        ("/index.html", False),
        ("/config.js", False),
    ],
)
def test_only_names_with_a_hash_are_kept_for_ever(
    plan: Planning, name: str, immutable: bool
) -> None:
    pattern = re.search(r'"~(.*)" "public', nginx(plan, {}))
    assert pattern is not None
    assert bool(re.search(pattern[1], name)) is immutable


def test_the_policy_is_strict_where_the_page_lets_it_be(plan: Planning) -> None:
    assert "script-src 'self'; style-src 'self';" in nginx(plan, {})


def test_what_the_page_names_itself_is_allowed(plan: Planning) -> None:
    page = (
        '<script src="https://cdn.example.com/x.js"></script><script>go()</script>'
        '<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=A">'
    )
    text = nginx(plan, {"web/index.html": page})
    assert re.search(r"script-src 'self' https://cdn.example.com 'sha256-[\w+/]{43}='", text)
    assert "style-src 'self' https://fonts.googleapis.com" in text
    assert "font-src 'self' data: https://fonts.gstatic.com" in text


def test_styles_that_are_made_at_run_time_are_allowed(plan: Planning) -> None:
    text = package(dependencies={"vite": "6", "@emotion/react": "11"})
    assert "style-src 'self' 'unsafe-inline'" in nginx(plan, {"web/package.json": text})


def test_a_page_that_does_not_read_its_settings_is_told_how(plan: Planning) -> None:
    assert "/config.js" in plan(VITE).plan.remarks[0]
    reading = {"web/index.html": '<script src="/config.js"></script>'}
    assert plan({**VITE, **reading}).plan.remarks == ()


def nginx(plan: Planning, more: dict[str, str]) -> str:
    return plan({**VITE, **more})["web/nginx/nginx.conf.template"]
