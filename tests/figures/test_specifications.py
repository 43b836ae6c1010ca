"""A specification curve draws every estimate and every choice, whatever the table."""

import numpy as np
import pandas as pd
import pytest
from test_figures import drawn_at, texts

from analysis.figures import specification_curve, style


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
    return pd.DataFrame(rows).assign(ratio=effects, observed=5.0, expected=1.2, p=p)


def test_effects_stand_above_their_choices_in_order(table):
    figure = specification_curve(table)
    above, below = figure.figure.axes
    drawn = sorted((x, y) for line in above.lines if line.get_marker() == "o"
                   for x, y in zip(*line.get_data(), strict=True))  # fmt: skip
    effects = [y for _, y in drawn if not np.isnan(y)]
    assert effects == sorted(table["ratio"].dropna())
    filled = [line for line in above.lines if line.get_markerfacecolor() == style.COLOURS[0]]
    assert sum(len(line.get_xdata()) for line in filled) == (table["p"] < 0.05).sum()
    values = [label.get_text() for label in below.get_yticklabels()]
    assert sorted(values) == sorted(
        ["codebook", "reader", "sentence", "exchange", "distance", "nothing", "exchange"]
    ), "what is the same everywhere is no choice"
    assert [text.get_text() for text in below.texts] == ["coder", "unit", "left out"]
    ticks = sum(len(part.get_segments()) for part in below.collections[1::2])
    assert ticks == 3 * len(table)


def test_the_caption_counts_what_is_drawn(table):
    figure = specification_curve(table, names={"reader": "a reader"}, joint=0.021)
    assert "12 specifications" in figure.caption and "from 0.50 to 6.00" in figure.caption
    assert "above 1 in 9 of 12" in figure.caption and "Tested jointly, p = 0.021" in figure.caption
    assert "Tested jointly" not in specification_curve(table).caption


@pytest.mark.parametrize("profile", list(style.PROFILES))
def test_its_text_lies_inside_the_page(table, profile):
    drawing = specification_curve(pd.concat([table] * 20)).draw(style.PROFILES[profile])
    renderer = drawn_at(drawing, 100)
    width, height = drawing.bbox.max
    for text in texts(drawing):
        box = text.get_window_extent(renderer)
        assert box.x0 >= -1 and box.y0 >= -1, text.get_text()
        assert box.x1 <= width + 1 and box.y1 <= height + 1, text.get_text()
