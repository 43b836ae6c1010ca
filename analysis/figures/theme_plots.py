"""Drawings of themes: shares, maps in reading order, and where two ideas meet."""

from __future__ import annotations

import math
import textwrap
from itertools import cycle
from math import ceil

import pandas as pd
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.figures.plots import (
    COLOURS,
    DOUBLE,
    GREY,
    INK,
    LANES,
    MARKERS,
    OTHERS,
    PALE,
    PRINT,
    SINGLE,
    Profile,
    colours,
    figure,
    fitted,
    legend_of,
    legible,
    narrow,
    settle,
    styled,
)

# Characters that one line of a figure at double width holds.
LINE = 128
_VOICES = {role: words for role, words in LANES.items() if role != "boilerplate"}


def theme_dots(
    table: pd.DataFrame, names: dict[str, str], themes: dict[str, str], profile: Profile = PRINT
) -> Figure:
    """Draw the share of sentences that carry each theme, a marker with an interval for each interview.

    Parameters
    ----------
    table : `interview`, `theme`, `share`, `share_low`, `share_high` as
        `analysis.themes.coding.theme_shares` returns them.
    names, themes : ids with what to call them, in the order of drawing.
    profile : sizes of the page and of its type.
    """
    palette, few = colours(list(names)), len(names) <= 2
    height = 24 + (9 if few else 1 + 2.6 * len(names)) * len(themes)
    profile = profile if few else fitted(profile, height)
    with styled(profile) as pt:
        drawing = figure(SINGLE, height, profile)
        ax = drawing.subplots()
        step = 0.3 if few else 0.85 / len(names)
        for number, ((interview, name), marker) in enumerate(
            zip(names.items(), cycle(MARKERS), strict=False)
        ):
            rows = table[table["interview"] == interview].set_index("theme").reindex(list(themes))
            at = [row + step * (number - (len(names) - 1) / 2) for row in range(len(themes))]
            ax.hlines(
                at,
                rows["share_low"],
                rows["share_high"],
                color=palette[interview],
                linewidth=1.2 * pt,
                alpha=0.6,
            )
            ax.plot(
                rows["share"],
                at,
                marker,
                color=palette[interview],
                markersize=4.5 * pt,
                label=name,
                clip_on=False,
            )
        ax.set_yticks(range(len(themes)), list(themes.values()))
        ax.set_ylim(len(themes) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        for row in range(1, len(themes)):
            ax.axhline(row - 0.5, color=PALE, linewidth=0.4 * pt, zorder=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.set_xlabel("share of the interviewee’s sentences")
        if few:
            legend_of(ax, palette)
        else:
            ax.legend(
                loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, handletextpad=0.1
            )
        return settle(drawing)


def theme_map(
    places: pd.DataFrame, names: dict[str, str], themes: dict[str, str], profile: Profile = PRINT
) -> Figure:
    """Draw each interview sentence by sentence: one row a theme, one column a sentence, the interviewee's in colour.

    Bars of other voices are grey and half as high, so that they are told apart without colour too.

    Parameters
    ----------
    places : `interview`, `place` (number of the sentence), `role`, `theme` (NA: the sentence has
        none); a row for each theme of each sentence. All interviews are drawn to one scale, so
        equal widths are equal numbers of sentences.
    names, themes : ids with what to call them, in the order of drawing.
    profile : sizes of the page and of its type.
    """
    palette = colours(list(names))
    row_of = {theme: number + 1 for number, theme in enumerate(themes)}
    longest = int(places["place"].max()) + 1
    # Many stand in two columns, with one legend for all.
    many = len(names) > 4 and not narrow(profile)
    # So do those on a narrow page, where a legend has no room beside a title.
    shared = many or narrow(profile)
    down = ceil(len(names) / 2) if many else len(names)
    height = 16 + (9 + 4.6 * (len(themes) + 1)) * down
    profile = fitted(profile, height) if len(names) > 2 else profile
    with styled(profile) as pt:
        drawing = figure(DOUBLE, height, profile)
        axes = drawing.subplots(
            down, 2 if many else 1, sharex=True, sharey=many, squeeze=False
        ).ravel()
        for ax in axes[len(names) :]:
            ax.set_axis_off()
        axes = axes[: len(names)]
        for ax, (interview, name) in zip(axes, names.items(), strict=True):
            rows = places[places["interview"] == interview]
            voices = rows.drop_duplicates("place")
            shade = {"interviewee": palette[interview]} | {
                role: OTHERS[role] for role in _VOICES if role in OTHERS
            }
            for role, colour in shade.items():
                high = 0.76 if role == "interviewee" else 0.38
                own = voices.loc[voices["role"] == role, "place"]
                ax.broken_barh(
                    [(place, 1) for place in own],
                    (0.38 - high, high),
                    facecolors=colour,
                    linewidth=0,
                )
                coded = rows[(rows["role"] == role) & rows["theme"].isin(row_of)]
                for theme, group in coded.groupby("theme"):
                    bars = [(place + 0.06, 0.88) for place in group["place"]]
                    ax.broken_barh(
                        bars, (row_of[theme] + 0.38 - high, high), facecolors=colour, linewidth=0
                    )
            counts = rows["theme"].value_counts()
            for theme, row in row_of.items():
                ax.annotate(
                    str(counts.get(theme, 0)), (1, row), xycoords=("axes fraction", "data"), xytext=(3 * pt, 0),
                    textcoords="offset points", va="center_baseline", fontsize=7 * pt,
                )  # fmt: skip
            last = int(voices["place"].max()) + 1 if len(voices) else 0
            ax.hlines(
                [row + 0.5 for row in range(len(themes) + 1)],
                0,
                last,
                color=PALE,
                linewidth=0.4 * pt,
                zorder=0,
            )
            ax.set_yticks(range(len(themes) + 1), ["who speaks", *themes.values()])
            for label in ax.get_yticklabels()[:1]:
                label.set_color(GREY)
            ax.set_ylim(len(themes) + 0.6, -0.6)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.spines["bottom"].set_visible(many or ax is axes[-1])
            ax.set_title(name, color=legible(palette[interview]))
            handles = [
                Patch(color=shade[role], label=words)
                for role, words in _VOICES.items()
                if voices["role"].eq(role).any()
            ]
            ax.tick_params(axis="x", length=3 * pt if many or ax is axes[-1] else 0)
            if shared:
                continue
            ax.legend(
                handles=handles, loc="lower right", bbox_to_anchor=(1, 1.02), ncols=4, frameon=False, fontsize=7 * pt,
                handlelength=0.8, handleheight=0.8, handletextpad=0.4, columnspacing=1.2, borderaxespad=0,
            )  # fmt: skip
        axes[-1].set_xlim(0, longest)
        axes[-1].set_xticks(
            [
                tick
                for tick in MaxNLocator(9, integer=True).tick_values(0, longest)
                if tick <= longest
            ]
        )
        axes[-1].set_xlabel("sentences in reading order")
        if shared:
            handles = [
                Patch(color=OTHERS[role], label=words)
                for role, words in _VOICES.items()
                if role in OTHERS
            ]
            handles.insert(
                0, Patch(color=COLOURS[0], label="interviewee (each interview’s own colour)")
            )
            below = narrow(profile)
            drawing.legend(
                handles=handles, loc="outside lower center" if below else "outside upper right",
                ncols=1 if below else 4, frameon=False, fontsize=7 * pt,
            )  # fmt: skip
        return settle(drawing)


def theme_pairs(
    table: pd.DataFrame, themes: dict[str, str], note: str, profile: Profile = PRINT
) -> Figure:
    """Draw how often two themes stand in one sentence, and how often chance would put them there.

    Parameters
    ----------
    table : `first`, `second`, `both`, `expected`, `ratio`, `p_max_t` of
        `analysis.themes.cooccurrence.co_occurrence`. A cell says both and, in brackets, expected;
        the darker, the more there are than by chance, outlined where there are not more; a heavy
        frame: p_max_t below 0.05.
    themes : ids with what to call them, in the order of drawing.
    note : what to write beside the triangle.
    profile : sizes of the page and of its type.
    """
    place = {theme: number for number, theme in enumerate(themes)}
    with styled(profile) as pt:
        drawing = figure(SINGLE, 22 + 9 * (len(themes) - 1), profile)
        ax = drawing.subplots()
        # Numbers of three digits stand in two lines.
        wide = "\n" if table["both"].max() > 99 else " "
        for row in table.itertuples():
            x, y = sorted((place[row.first], place[row.second]))
            found = row.p_max_t < 0.05
            corner = (x - 0.47, y - 0.47)
            if row.ratio > 1:
                more = min(math.log2(row.ratio), 2) / 2
                ax.add_patch(
                    Rectangle(
                        corner,
                        0.94,
                        0.94,
                        facecolor=COLOURS[2],
                        alpha=0.1 + 0.5 * more,
                        linewidth=0,
                    )
                )
            else:
                ax.add_patch(
                    Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=PALE, linewidth=0.6 * pt)
                )
            if found:
                ax.add_patch(
                    Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=INK, linewidth=1.2 * pt)
                )
            said = f"{row.both}{wide}({row.expected:.1f})"
            ax.text(
                x,
                y,
                said,
                ha="center",
                va="center",
                fontsize=7 * pt,
                weight="bold" if found else "normal",
            )
        ax.set_xlim(-0.5, len(themes) - 1.5)
        ax.set_ylim(len(themes) - 0.5, 0.5)
        ax.set_yticks(range(1, len(themes)), list(themes.values())[1:])
        ax.set_xticks(range(len(themes) - 1), list(themes.values())[:-1], rotation=90)
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        # In the corner that the triangle leaves free.
        ax.text(
            1, 1, "\n".join(textwrap.wrap(note, 24)), transform=ax.transAxes, ha="right", va="top",
            multialignment="left", fontsize=7 * pt, linespacing=1.3,
        )  # fmt: skip
        return settle(drawing)


def meeting_lines(
    marks: pd.DataFrame,
    passages: pd.DataFrame,
    names: dict[str, str],
    themes: dict[str, str],
    verdict: str,
    profile: Profile = PRINT,
) -> Figure:
    """Draw where two themes fall in reading order and where one sentence holds both, with these sentences in words.

    Parameters
    ----------
    marks : `interview`, `place`, `sentences` (of the interview), `role`, `theme` (one of the two),
        `by_codebook`, `by_reader` (bool); a row for each theme of a sentence. Strokes are the
        codebook's, dots below them a reader's.
    passages : `interview`, `place`, `number`, `line`, `short`: the interviewee's sentences that
        hold both, and the same cut shorter, for a page that is too low for all their lines.
    names : interview ids with what to call them.
    themes : the two themes with what to call them, upper lane first.
    verdict : one line above all.
    profile : sizes of the page and of its type.
    """
    palette = colours(list(names))
    lane = dict(zip(themes, (1.0, 0.0), strict=True))
    with styled(profile) as pt:
        # As many characters as a line of this page holds.
        width = int(LINE * min(1.0, profile["figure.figsize"][0] * 25.4 / (DOUBLE * pt)))
        lines = [textwrap.wrap(line, width) for line in passages["line"]]
        # What belongs to one number stays in its line.
        title = textwrap.wrap(
            verdict.replace("(chance ", "(chance\xa0").replace(" = ", "\xa0=\xa0"),
            int(0.84 * width),
        )
        lanes = 17 + 4 * len(title) + (19.0 if len(names) <= 4 else 14.0) * len(names)
        if (lanes + 4.4 * sum(map(len, lines))) * pt > profile["figure.figsize"][1] * 25.4:
            lines = [textwrap.wrap(line, width) for line in passages["short"]]
        heights = (lanes, 4.4 * max(sum(map(len, lines)), 1))
        first = next(iter(palette.values()))
        handles = [
            Line2D(
                [],
                [],
                color=first,
                marker="|",
                markersize=7 * pt,
                markeredgewidth=2.4 * pt,
                linewidth=0,
            ),
            Line2D(
                [],
                [],
                color="#9A9A9A",
                marker="|",
                markersize=7 * pt,
                markeredgewidth=1.2 * pt,
                linewidth=0,
            ),
            *(
                [Line2D([], [], color=INK, marker="o", markersize=2 * pt, linewidth=0)]
                if marks["by_reader"].any()
                else []
            ),
        ]
        said = ["interviewee, by the codebook", "other voices, by the codebook", "by a reader"]
        if len(names) > 2 and fitted(profile, sum(heights)) is not profile:
            return meeting_lines(
                marks, passages, names, themes, verdict, fitted(profile, sum(heights))
            )
        drawing = figure(DOUBLE, sum(heights), profile)
        above, below = drawing.subfigures(2, 1, height_ratios=heights, squeeze=False)[:, 0]
        axes = above.subplots(len(names), 1, squeeze=False)[:, 0]
        longest = max(marks["sentences"].max(), 1) if len(marks) else 1
        # Strokes of sentences that follow each other must not fuse: the lanes take about five
        # sixths of the width.
        pitch = drawing.get_figwidth() * 72 * 5 / 6 / longest
        for ax, (interview, name) in zip(axes, names.items(), strict=True):
            own, colour = marks[marks["interview"] == interview], palette[interview]
            ax.hlines(
                [0, 1],
                0,
                own["sentences"].max() if len(own) else 1,
                color=PALE,
                linewidth=0.6 * pt,
                zorder=0,
            )
            for theme, at in lane.items():
                for mine, shade, wide in ((False, "#9A9A9A", 1.2 * pt), (True, colour, 2.4 * pt)):
                    some = own[own["theme"].eq(theme) & own["role"].eq("interviewee").eq(mine)]
                    x = some["place"] + 0.5
                    drawn = x[some["by_codebook"]]
                    ax.vlines(
                        drawn,
                        at - 0.2,
                        at + 0.24,
                        color=shade,
                        linewidth=min(wide, 0.6 * pitch),
                        zorder=2 + mine,
                    )
                    read, size = x[some["by_reader"]], min(2 * pt, 0.7 * pitch)
                    ax.plot(
                        read,
                        [at - 0.34] * len(read),
                        "o",
                        color=shade,
                        markersize=size,
                        zorder=2 + mine,
                    )
            met = passages[passages["interview"] == interview]
            dashed = (0, (2, 1.5))
            ax.vlines(
                met["place"] + 0.5,
                0.28,
                0.58,
                color=colour,
                linewidth=0.8 * pt,
                linestyle=dashed,
                zorder=1,
            )
            # Numbers of neighbours make room for each other.
            before, after = met["place"].diff().abs().le(2), met["place"].diff(-1).abs().le(2)
            side = before.map({True: "left", False: "center"}).mask(after, "right")
            for place, number, align in zip(met["place"], met["number"], side, strict=True):
                ax.text(
                    place + {"left": 0.1, "center": 0.5, "right": 0.9}[align], 1.3, str(number), ha=align, va="bottom",
                    fontsize=7 * pt, color=legible(colour), weight="bold",
                )  # fmt: skip
            ax.set_yticks([1, 0], list(themes.values()))
            ax.set_ylim(-0.5, 1.75)
            ax.set_xlim(0, longest)
            ticks = MaxNLocator(9, integer=True).tick_values(0, longest) if ax is axes[-1] else []
            ax.set_xticks([tick for tick in ticks if tick <= longest])
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.spines["bottom"].set_visible(ax is axes[-1])
            ax.set_title(name, color=legible(colour))
        axes[-1].set_xlabel("sentences in reading order")
        above.legend(
            handles, said[: len(handles)], loc="outside lower center", ncols=1 if narrow(profile) else 3, frameon=False,
            fontsize=7 * pt, handletextpad=0.3,
        )  # fmt: skip
        _list_passages(below, passages, lines, palette, pt, width)
        drawing.suptitle("\n".join(title), x=0.006, ha="left", fontsize=8 * pt, weight="bold")
        return settle(drawing)


def _list_passages(
    part: SubFigure,
    passages: pd.DataFrame,
    lines: list[list[str]],
    palette: dict[str, str],
    pt: float,
    width: int,
) -> None:
    """Write numbered passages below each other, each over as many lines as it has."""
    listed = part.subplots()
    listed.set_axis_off()
    listed.set_xlim(0, 1)
    listed.set_ylim(max(sum(map(len, lines)), 1) - 0.4, -0.6)
    # Room for numbers of two digits, where there are such.
    indent = (2.3 if len(passages) < 10 else 3.6) / width
    at = 0
    for row, parts in zip(passages.itertuples(), lines, strict=True):
        shade = legible(palette[row.interview])
        listed.text(
            0, at, str(row.number), va="center", fontsize=7 * pt, color=shade, weight="bold"
        )
        for words in parts:
            listed.text(indent, at, words, va="center", fontsize=7 * pt)
            at += 1
