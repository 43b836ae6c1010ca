"""The codebook and the gazetteer that `new` writes for somebody to fill in."""

import pytest

from analysis.names.gazetteer import load_gazetteer
from analysis.study.starting import write_starters
from analysis.themes import load_codebook, load_indicators
from analysis.themes.codebook import has_themes


@pytest.mark.parametrize("kind", ["six", "empty"])
def test_what_is_written_can_be_read_and_is_written_once(tmp_path, kind):
    first = write_starters(tmp_path, kind)
    assert [one.startswith("Written for you to fill in: ") for one in first] == [True, True]
    assert load_gazetteer(tmp_path / "gazetteer.csv").empty
    path = tmp_path / "codebook.toml"
    if kind == "six":
        assert load_codebook(path)["theme"].to_list() == load_codebook()["theme"].to_list()
        assert len(load_indicators(path)) == len(load_indicators())
    else:
        assert not has_themes(path) and "# [[theme]]" in path.read_text(encoding="utf-8")
    path.write_text("mine", encoding="utf-8")
    (tmp_path / "gazetteer.csv").unlink()
    again = write_starters(tmp_path, kind)
    assert again == [f"{path}: already exists and is left as it is.", first[1]]
    assert path.read_text(encoding="utf-8") == "mine"
