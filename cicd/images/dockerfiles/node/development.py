"""Whether a site can be built without its development dependencies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.config.files import join
from cicd.images.dockerfiles.node.site import config_text

if TYPE_CHECKING:
    from cicd.config.files import Files

# What builds a site and checks no types, with the settings that may import more than it.
_BUILDERS = {"vite": "vite.config", "astro": "astro.config", "gatsby": "gatsby-config"}
_COMMAND = re.compile(r"(?:npx )?(\w+)(?: build)?(?: [^&|;]*)?")
_OWN_SCRIPTS = "prebuild postbuild preinstall install postinstall prepare".split()
_CHECKERS = re.compile(
    r"(@[\w-]+/)?(eslint|prettier|stylelint|jest|vitest)([-/].*)?|(ts|babel)-jest|@swc/(core|jest)"
    r"|@(types|eslint|jest|vitest|testing-library|typescript-eslint|commitlint|playwright)/.*"
    r"|typescript(-eslint)?|jsdom|happy-dom|msw|cypress|playwright|husky|lint-staged|knip"
)


def needs_development(files: Files, folder: str, script: str) -> bool:
    """Whether the script `script` of a package could want what its `devDependencies` name.

    It cannot where they are checkers and nothing else, and one program builds the site that
    knows none of them. In doubt it can: too much installed costs seconds, too little the build.
    """
    package = files.json(join(folder, "package.json"))
    scripts = package.get("scripts") or {}
    command = _COMMAND.fullmatch(str(scripts.get(script) or ""))
    if not command or command[1] not in _BUILDERS or any(name in scripts for name in _OWN_SCRIPTS):
        return True
    development = package.get("devDependencies") or {}
    settings = config_text(files, folder, _BUILDERS[command[1]])
    named = any(f'"{name}' in settings or f"'{name}" in settings for name in development)
    return named or not all(_CHECKERS.fullmatch(name) for name in development)
