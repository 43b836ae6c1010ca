"""What the tests of the figures share: one study, each figure drawn once for each page."""

import pytest
from artists import artists

from analysis.figures import style


@pytest.fixture(scope="session")
def study(whole_study):
    return whole_study


@pytest.fixture(scope="session")
def corpus(study):
    return study.corpus


@pytest.fixture(scope="session")
def figures(study):
    return study.figures


@pytest.fixture(scope="session")
def marks_drawn():
    """What each drawing of `drawn` consists of, by page and name, before any test changes it."""
    return {}


@pytest.fixture(scope="session")
def drawn(figures, marks_drawn):
    """The figures by name, each with its drawing, for a profile by its name.

    They are drawn anew, for the tests resize them and hide their texts.
    """
    made = {}

    def draw(name):
        if name not in made:
            profile = style.PROFILES[name]
            made[name] = {figure.slug: (figure, figure.draw(profile)) for figure in figures}
            marks_drawn[name] = {
                slug: artists(drawing) for slug, (_, drawing) in made[name].items()
            }
        return made[name]

    return draw
