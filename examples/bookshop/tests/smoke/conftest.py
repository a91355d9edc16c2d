"""The stack that `nox -s stack` has started, some books in it, and a browser to look at it."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--disable-gpu", "--disable-background-networking", "--no-first-run")


@pytest.fixture(scope="session")
def shop() -> str:
    """Where the shop's pages are, with its dozen books on the shelves."""
    project = ("--project-name", os.environ["CICD_STACK_PROJECT"])
    inside = ("exec", "-T", "backend", "python", "-m", "bookshop.seed")
    subprocess.run(("docker", "compose", *project, *inside), check=True)
    return os.environ["STACK_URL"]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser is installed: one of {', '.join(BROWSERS)}")
    return found


@pytest.fixture
def complaints() -> list[str]:
    """Errors of scripts, refusals by the pages' own policy, what could not be loaded."""
    return []


@pytest.fixture
def page(chromium: str, complaints: list[str]) -> Iterator[Page]:
    # Chromium's sandbox does not work for root, whom containers have.
    alone = ("--no-sandbox",) if os.name == "posix" and os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *alone])
        page = browser.new_page()
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
