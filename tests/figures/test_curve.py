"""A specification curve draws every estimate and every choice, whatever the table."""

import numpy as np
import pandas as pd
import pytest
from test_figures import placed_at, texts

from analysis.figures import style
from analysis.figures.curve import specifications, specified


@pytest.fixture
def table():
    rows = [
        {"coder": coder, "unit": unit, "chance": "units", "left_out": left_out, "which": ""}
        for coder in ("codebook", "reader")
        for unit in ("sentence", "exchange", "distance")
        for left_out in ("nothing", "exchange")
    ]
    effects = np.array([0.5, 4, 2, np.nan, 3, 1.5, 2.5, 1.2, 6, 0.9, 1.1, 2])
    p = np.linspace(0.01, 0.3, len(rows))
    table = pd.DataFrame(rows).assign(ratio=effects, observed=5.0, expected=1.2, p=p)
    return table.assign(p_least=np.where(p > 0.2, p, 0.01))


def test_effects_stand_above_their_choices_in_order(table):
    figure = specified(table, {})
    above, below = figure.figure.axes
    drawn = sorted((x, y) for line in above.lines if line.get_marker() == "o"
                   for x, y in zip(*line.get_data(), strict=True))  # fmt: skip
    assert [y for _, y in drawn] == sorted(table["ratio"].dropna()), "defined ones alone"
    known = table[table["ratio"].notna()]
    for face, some in (
        (style.COLOURS[0], known["p"] <= 0.05),
        ("white", known["p"].gt(0.05) & known["p_least"].le(0.05)),
        (style.PALE, known["p_least"] > 0.05),
    ):
        marked = [line for line in above.lines if line.get_markerfacecolor() == face]
        assert sum(len(line.get_xdata()) for line in marked) == some.sum(), face
    (key,) = figure.figure.legends
    written = " ".join(text.get_text() for text in key.get_texts())
    assert "filled: p ≤ 0.05" in written and "could not reach p ≤ 0.05" in written
    assert [text.get_text() for text in above.texts] == ["chance"]
    values = [label.get_text() for label in below.get_yticklabels()]
    assert sorted(values) == sorted(
        ["codebook", "reader", "sentence", "exchange", "distance", "nothing", "exchange"]
    ), "what is the same everywhere is no choice"
    assert [text.get_text() for text in below.texts] == ["coded by", "counted by", "left out"]
    ticks = sum(len(part.get_segments()) for part in below.collections[1::2])
    assert ticks == 3 * len(known)


def test_the_caption_counts_what_is_drawn(table):
    figure = specified(table, {"reader": "a reader"}, joint={"all": 0.021})
    assert "12 specifications" in figure.caption and "from 0.50 to 6.00" in figure.caption
    assert "9 of 11 are above 1" in figure.caption
    assert "p = 0.021 (all)" in figure.caption
    assert "The other has no defined ratio and is not drawn" in figure.caption
    assert "Joint test" not in specified(table, {}).caption
    content, _ = figure._repr_mimebundle_()
    assert "counted? Specification curve" in content["text/plain"]


def test_choices_are_named_in_words(corpus):
    curve = specifications(corpus)
    below = curve.figure.axes[1]
    assert [label.get_text() for label in below.get_yticklabels()] == [
        *("codebook", "earlier codebook", "majority of readings"),
        *("the first reading", "the second reading", "the third reading"),
        *("distance", "exchange", "sentence", "one theme, unit by unit"),
        *("sentences on intimacy", "sentences on technology"),
        *("IndieWire", "TIFF", "all together"),
    ]
    table = curve.table
    turned = table[table["chance"].str.endswith("first theme")]
    row = 10  # technology, which is the first theme
    ticks = len(below.collections[2 * row + 1].get_segments())
    assert ticks == turned["ratio"].notna().sum()


@pytest.mark.parametrize("profile", list(style.PROFILES))
def test_its_text_lies_inside_the_page(table, profile):
    drawing = specified(pd.concat([table] * 20), {}).draw(style.PROFILES[profile])
    renderer = placed_at(drawing, 100)
    width, height = drawing.bbox.max
    for text in texts(drawing):
        box = text.get_window_extent(renderer)
        assert box.x0 >= -1 and box.y0 >= -1, text.get_text()
        assert box.x1 <= width + 1 and box.y1 <= height + 1, text.get_text()
