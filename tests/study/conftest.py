"""What the tests of the study share: one corpus, one page."""

import pytest

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
