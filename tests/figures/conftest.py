"""What the tests of the figures share: one study, each figure drawn once for each page."""

import pytest

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
def drawn(figures):
    """The figures by name, each with its drawing, for a profile by its name.

    They are drawn anew, for the tests resize them and hide their texts.
    """
    made = {}

    def draw(name):
        if name not in made:
            profile = style.PROFILES[name]
            made[name] = {figure.slug: (figure, figure.draw(profile)) for figure in figures}
        return made[name]

    return draw
