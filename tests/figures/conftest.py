"""What the tests of the figures share: one study, each figure drawn once for each page."""

import pytest

from analysis import load_corpus
from analysis.figures import style
from analysis.study.run import Study


@pytest.fixture(scope="session")
def study():
    return Study(load_corpus("seeds", "tests/gold"))


@pytest.fixture(scope="session")
def corpus(study):
    return study.corpus


@pytest.fixture(scope="session")
def figures(study):
    return study.figures


@pytest.fixture(scope="session")
def drawn(figures):
    """The figures by name, each with its drawing, for a profile by its name."""
    made = {}

    def draw(name):
        if name not in made:
            profile = style.PROFILES[name]
            made[name] = {
                figure.slug: (
                    figure,
                    figure.figure if profile is style.PRINT else figure.draw(profile),
                )
                for figure in figures
            }
        return made[name]

    return draw
