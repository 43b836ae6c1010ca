"""One corpus for all tests of themes: its tables are made once."""

import pytest

from analysis import load_corpus


@pytest.fixture(scope="session")
def study():
    return load_corpus("seeds", "tests/gold")
