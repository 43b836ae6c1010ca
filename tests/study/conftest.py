"""What the tests of the study share: one study, its page, and a way to draw quickly."""

import pytest

from analysis.study import export, page
from analysis.study.run import read_notebooks


@pytest.fixture(scope="session")
def study(whole_study):
    """The study of the repository's interviews, each part computed when it is first used."""
    return whole_study


@pytest.fixture(scope="session")
def stored(pytestconfig):
    """The notebooks as they are stored, by name."""
    notebooks = read_notebooks(pytestconfig.rootpath / "notebooks")
    return {path.stem: notebook for path, notebook in notebooks.items()}


@pytest.fixture(scope="module")
def svg_alone():
    """Write each figure as SVG without its letters: PDF and typeface take most of the time.

    All four formats and the typeface are tested in tests/figures and test_page.py.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "_METADATA", {"svg": export._METADATA["svg"]})
        patch.setattr(export, "embedded", lambda drawing: drawing)
        patch.setattr(page, "faces", lambda drawings: "")
        yield
