"""Figures of themes draw what their tables say, in every profile, and nothing is cut."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from analysis import load_corpus
from analysis.figures import intimacy_and_technology, style, theme_map, themes, themes_together

MADE = (themes, theme_map, intimacy_and_technology, themes_together)


@pytest.fixture
def themed(drawn):
    """The figures by name, as printed."""
    return {slug: figure for slug, (figure, _) in drawn("double").items()}


def test_without_a_reader_the_codebook_stands_alone(themed):
    corpus = load_corpus("seeds")
    alone = {figure.slug: figure for figure in (make(corpus) for make in MADE)}
    assert "reader" not in alone["intimacy-and-technology"].caption
    assert not alone["intimacy-and-technology"].table["by_reader"].any()
    assert alone["themes-together"].table["both_reader"].isna().all()
    (ax,) = alone["themes-together"].figure.axes
    framed = [patch for patch in ax.patches if to_hex(patch.get_edgecolor()) == style.INK]
    assert {patch.get_linestyle() for patch in framed} == {"solid"}
    assert "dashed" not in alone["themes-together"].caption
    assert len(alone["intimacy-and-technology"].figure.axes) == len(
        themed["intimacy-and-technology"].figure.axes
    )


def test_markers_stand_at_the_shares_and_lines_span_the_intervals(themed):
    figure = themed["themes"]
    (ax,) = figure.figure.axes
    table = figure.table
    for line, (_, rows) in zip(ax.lines, table.groupby("interview", sort=False), strict=False):
        assert list(line.get_xdata()) == rows["share"].to_list()
    spans = [segment[:, 0].tolist() for lines in ax.collections for segment in lines.get_segments()]
    assert spans == table[["share_low", "share_high"]].to_numpy().tolist()
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "Intimacy", "Technology", "Creative process", "Collaboration", "Emotion", "Films",
    ]  # fmt: skip


def test_the_map_has_a_bar_for_each_coding_and_a_piece_of_ribbon_for_each_sentence(themed):
    figure = themed["theme-map"]
    for ax, (_, rows) in zip(
        figure.figure.axes, figure.table.groupby("interview", sort=False), strict=True
    ):
        bars = [
            path.get_extents()
            for bars in ax.collections
            if hasattr(bars, "get_paths")
            for path in bars.get_paths()
        ]
        bars = [box for box in bars if box.height > 0.3]
        at_zero, themes = (
            [box for box in bars if (box.y1 < 0.5) == ribbon] for ribbon in (True, False)
        )
        assert len(at_zero) == rows["place"].nunique()
        # All stand on the line of their theme; the interviewee's are twice as high.
        his = set(rows.loc[rows["role"] == "interviewee", "place"])
        assert all(round(box.height, 2) == (0.76 if round(box.x0) in his else 0.38) for box in bars)
        drawn = sorted((round(box.x0), round(box.y1 - 0.38)) for box in themes)
        order = {theme: number for number, theme in enumerate(
            ["intimacy", "technology", "process", "collaboration", "emotion", "films"], 1
        )}  # fmt: skip
        counts = rows["theme"].value_counts().reindex(list(order), fill_value=0)
        own = rows.loc[rows["role"] == "interviewee", "theme"].value_counts()
        assert [text.get_text() for text in ax.texts] == [
            f"{own.get(theme, 0)} of {count}" for theme, count in counts.items()
        ], "at the right, row by row"
        coded = rows[rows["theme"].notna()]
        assert drawn == sorted(zip(coded["place"], coded["theme"].map(order), strict=True))


def test_cells_of_the_matrix_tell_both_and_expected(themed):
    figure = themed["themes-together"]
    (ax,) = figure.figure.axes
    assert "how many would be expected by chance" in figure.caption
    assert "4 according to the first reading" in figure.caption
    written = sorted(text.get_text() for text in ax.texts)
    assert written == sorted(
        f"{row.both} ({row.expected:.1f})" for row in figure.table.itertuples()
    )
    hollow = [
        patch for patch in ax.patches if isinstance(patch, Rectangle) and not patch.get_fill()
    ]
    framed = [patch for patch in hollow if to_hex(patch.get_edgecolor()) == style.INK]
    assert len(framed) == (figure.table["p_max_t"] < 0.05).sum()
    alone = figure.table["p_max_t"].lt(0.05) & ~figure.table["p_max_t_reader"].lt(0.05)
    assert sum(patch.get_linestyle() != "solid" for patch in framed) == alone.sum() > 0
    assert len(hollow) - len(framed) == (figure.table["ratio"] <= 1).sum()


def test_strokes_are_the_codebooks_and_dots_the_readers(themed):
    figure = themed["intimacy-and-technology"]
    table = figure.table
    axes = figure.figure.axes[:2]
    strokes = sum(len(lines.get_segments()) for ax in axes for lines in ax.collections)
    # Two lanes an interview, and a line between the lanes for each numbered sentence.
    assert strokes == table["by_codebook"].sum() + 2 * 2 + table["number"].nunique()
    assert (
        sum(len(line.get_xdata()) for ax in axes for line in ax.lines) == table["by_reader"].sum()
    )
    numbers = [text.get_text() for ax in axes for text in ax.texts]
    assert numbers == [str(number) for number in sorted(table["number"].dropna().unique())]
    both = table[table["both"] & table["role"].eq("interviewee")]
    assert both["number"].notna().all()
    assert table.loc[table["number"].notna(), "role"].eq("interviewee").all()


@pytest.mark.parametrize("page", style.PROFILES)
def test_sentences_are_never_cut(drawn, page):
    figure, drawing = drawn(page)["intimacy-and-technology"]
    written = " ".join(text.get_text() for text in drawing.axes[-1].texts)
    listed = figure.table[figure.table["number"].notna()].drop_duplicates("number")
    for sentence in listed["text"]:
        assert " ".join(sentence.split()).strip("“”") in written
    assert "…" not in written
    assert "(codebook only)" in written, "number 4, which no reader found"


def test_two_themes_that_are_none_of_the_codebook_are_refused(corpus):
    with pytest.raises(ValueError, match="are not two of its themes"):
        intimacy_and_technology(load_corpus("seeds", pair=("weather", "technology")))
    without = corpus.codebook[corpus.codebook["theme"] != "technology"]
    with pytest.raises(ValueError, match="the codebook does not name one"):
        intimacy_and_technology(corpus.with_tables(codebook=without))


def test_another_pair_has_its_own_figure():
    figure = intimacy_and_technology(load_corpus("seeds", pair=("films", "Emotion")))
    assert figure.slug == "emotion-and-films"
    assert figure.title == "Where films and emotion come up"


def test_a_folder_without_codings_still_draws():
    """An interview in which no sentence has either theme."""
    corpus = load_corpus("seeds")
    none = corpus.with_tables(codings=corpus.codings[:0])
    meeting = intimacy_and_technology(none)
    above = meeting.figure.subfigs[0]
    assert not any("numbered" in text.get_text() for text in above.legends[0].get_texts())
    assert "below" not in meeting.alt
    assert "In none of the interviewee’s sentences" in meeting.caption
    for make in MADE:
        figure = make(none)
        assert isinstance(figure.table, pd.DataFrame)
        assert figure.figure.get_size_inches()[0] > 0
