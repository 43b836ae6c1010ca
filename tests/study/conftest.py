"""What the tests of the study share: one corpus, one page, one browser."""

import os
import shutil

import pytest
from playwright.sync_api import Error, sync_playwright

from analysis import load_corpus
from analysis.study.run import Study, read_notebooks, surroundings


@pytest.fixture(scope="session")
def study():
    return Study(load_corpus("seeds", "tests/gold"))


@pytest.fixture(scope="session")
def around(study, pytestconfig):
    """What the page has beside the notebooks."""
    return surroundings(study, pytestconfig.rootpath / "README.md")


@pytest.fixture(scope="session")
def stored(pytestconfig):
    """The notebooks as they are stored, by name."""
    notebooks = read_notebooks(pytestconfig.rootpath / "notebooks")
    return {path.stem: notebook for path, notebook in notebooks.items()}


@pytest.fixture(scope="session")
def browser():
    """Open a headless Chromium or Chrome: playwright's own, or the one of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    ways = [
        {},
        *({"executable_path": path} for path in map(shutil.which, names) if path),
        {"channel": "chrome"},
    ]
    with sync_playwright() as playwright:
        for way in ways:
            try:
                opened = playwright.chromium.launch(**way)
            except Error:
                continue
            yield opened
            opened.close()
            return
        without_a_browser()


def without_a_browser():
    """Skip; but CI requires a browser, or nobody would notice that axe never runs."""
    say = pytest.fail if os.environ.get("BROWSER_REQUIRED") else pytest.skip
    say("no Chromium or Chrome was found; install one, or run: make browser")


@pytest.fixture(scope="session")
def no_browser():
    """What is said where there is no browser."""
    return without_a_browser
