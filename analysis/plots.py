"""Drawings: each function takes a table and returns a matplotlib Figure at print size."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

SINGLE, DOUBLE = 89.0, 183.0  # column widths in mm
# Okabe & Ito's colours and a marker each, given to the interviews in their order, the same in every figure.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "lines.linewidth": 1.0,
    # Hinted letters are wider at some resolutions, and labels laid out at one would be cut at another.
    "text.hinting": "none",
    # A dollar sign in a source is a dollar sign.
    "text.parse_math": False,
    "svg.hashsalt": "analysis",
    "pdf.fonttype": 42,
}

# Lanes of the ribbons from top to bottom, with the words for them.
LANES = {
    "interviewee": "interviewee",
    "interviewer": "interviewer",
    "quoted": "others, quoted",
    "narration": "journalist’s prose",
    "boilerplate": "page furniture",
}


def colours(interviews: Sequence[str]) -> dict[str, str]:
    """Give each interview its colour. From the seventh on they come again; colour and marker together do not.

    >>> colours(["indiewire", "tiff"])
    {'indiewire': '#0072B2', 'tiff': '#D55E00'}
    """
    return dict(zip(interviews, cycle(COLOURS), strict=False))


def figure(width: float, height: float) -> Figure:
    """Make an empty figure of `width` x `height` mm, its text sizes fit for print."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width / 25.4, height / 25.4), layout="constrained")


def settle(drawing: Figure) -> Figure:
    """Lay out a finished figure once and for all, so that drawing it again moves nothing, whatever the format."""
    engine = drawing.get_layout_engine()
    assert engine is not None, "every figure is made by `figure`"
    engine.execute(drawing)
    # "none" and not None: it leaves a placeholder that makes savefig draw once before it draws, which arrows need.
    drawing.set_layout_engine("none")
    return drawing


def ribbons(passages: pd.DataFrame, titles: dict[str, str]) -> Figure:
    """Draw each interview as a ribbon of voices in reading order, one lane a role, all to one scale.

    Parameters
    ----------
    passages : rows with `interview`, `role`, `speaker`, `start`, `end` (characters), `words`.
    titles : what to write above each interview; its order is the order of the ribbons.
    """
    with mpl.rc_context(STYLE):
        drawing = figure(DOUBLE, 12 + 37 * len(titles))
        axes = drawing.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0]
        palette = colours(list(titles))
        for ax, (interview, title) in zip(axes, titles.items(), strict=True):
            rows = passages[passages["interview"] == interview]
            shades = {
                "interviewee": palette[interview],
                "interviewer": INK,
                "quoted": INK,
                "narration": GREY,
                "boilerplate": PALE,
            }
            for lane, role in enumerate(LANES):
                spans = rows[rows["role"] == role]
                bars = list(zip(spans["start"], spans["end"] - spans["start"], strict=True))
                ax.axhline(lane, color=PALE, linewidth=0.5, zorder=0)
                ax.broken_barh(bars, (lane - 0.36, 0.72), facecolors=shades[role], edgecolor="white", linewidth=0.3)
                spoken = spans["words"].sum(min_count=1)
                label = "set aside" if role == "boilerplate" else f"{spoken:,}" if len(spans) else "–"
                ax.annotate(
                    label,
                    (1, lane),
                    xycoords=("axes fraction", "data"),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=7,
                )
            ax.annotate(
                "words",
                (1, -1.05),
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
                color=GREY,
                annotation_clip=False,
            )
            _name_quoted(ax, rows)
            ax.set_yticks(range(len(LANES)), list(LANES.values()))
            ax.set_ylim(len(LANES) - 0.5, -0.6)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.set_title(title, color=palette[interview])
        axes[-1].set_xlim(0, passages["end"].max())
        axes[-1].set_xlabel("position in the page (characters)")
        return settle(drawing)


def _name_quoted(ax: Axes, rows: pd.DataFrame) -> None:
    """Write the names of those quoted beside their bars, names of near neighbours in one line."""
    quoted = rows[(rows["role"] == "quoted") & rows["speaker"].notna()].sort_values("start")
    if quoted.empty:
        return
    lane = list(LANES).index("quoted")
    near = 0.06 * rows["end"].max()
    group = (quoted["start"] - quoted["end"].shift()).gt(near).cumsum()
    for _, members in quoted.groupby(group):
        names = ", ".join(members["speaker"].drop_duplicates())
        late = members["end"].max() > 0.75 * rows["end"].max()
        at = members["start"].min() if late else members["end"].max()
        ax.annotate(
            names,
            (at, lane),
            xytext=(-3 if late else 3, 0),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center",
            fontsize=7,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )


def paired_rates(table: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw each word's rate in every interview as markers under each other, with intervals.

    Parameters
    ----------
    table : as `side_by_side` returns it; drawn from top to bottom. An open marker at 0: the word does not occur.
    names : interview ids with what to call them.
    """
    palette = colours(list(names))
    with mpl.rc_context(STYLE):
        drawing = figure(SINGLE, 22 + 6 * len(table))
        ax = drawing.subplots()
        step = 0.5 / len(names)
        for number, ((interview, name), marker) in enumerate(zip(names.items(), cycle(MARKERS), strict=False)):
            y = pd.Series(range(len(table)), index=table.index) + step * (number - (len(names) - 1) / 2)
            rate, drawn = table[f"rate_{interview}"], table[f"count_{interview}"] > 0
            low, high = table[f"rate_low_{interview}"], table[f"rate_high_{interview}"]
            ax.hlines(y[drawn], low[drawn], high[drawn], color=palette[interview], linewidth=0.8, alpha=0.6, zorder=1)
            for some, face in ((drawn, palette[interview]), (~drawn, "white")):
                ax.plot(
                    rate[some],
                    y[some],
                    marker,
                    markersize=4,
                    markerfacecolor=face,
                    markeredgecolor=palette[interview],
                    markeredgewidth=0.9,
                    label=name if face != "white" else None,
                    clip_on=False,
                    zorder=2,
                )
        ax.set_yticks(range(len(table)), table["term"])
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.set_xlim(left=0)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("occurrences per 1,000 words of the interviewee")
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(-0.25, 1),
            ncols=len(names),
            frameon=False,
            fontsize=7.5,
            handletextpad=0.1,
            columnspacing=1,
        )
        return settle(drawing)


def keyness_scatter(table: pd.DataFrame, detectable: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw each word's log ratio against how often it occurs, with intervals, and where a difference would be found.

    Words of the same counts share a marker. Filled markers can be told apart from noise, open ones cannot.

    Parameters
    ----------
    table : `terms` (str, to be written beside the marker), `count` (both sides), `log_ratio`, `log_ratio_low`,
        `log_ratio_high` (an interval without end has an arrow), `found` (bool).
    detectable : `count`, `log_ratio`: how large a difference must be to be found, for more and for less.
    names : target and reference, ids with what to call them.
    """
    from adjustText import adjust_text

    target, reference = names
    palette = colours([target, reference])
    limit = 8.0
    with mpl.rc_context(STYLE):
        drawing = figure(DOUBLE, 95)
        ax = drawing.subplots()
        ax.set_xscale("log")
        number, of = table.groupby("count").cumcount(), table.groupby("count")["terms"].transform("size")
        # Markers of one count stand side by side, so that their intervals can be told apart.
        x = table["count"] * 1.07 ** (number - (of - 1) / 2)
        for _, side in detectable.groupby(detectable["log_ratio"] > 0):
            edge = limit if side["log_ratio"].iloc[0] > 0 else -limit
            ax.fill_between(side["count"], side["log_ratio"], edge, color="#EEEEEE", linewidth=0, zorder=0)
        ax.axhline(0, color=GREY, linewidth=0.8, zorder=1)
        ax.vlines(
            x, table["log_ratio_low"].clip(-limit), table["log_ratio_high"].clip(upper=limit), color="#C4C4C4", zorder=1
        )
        for column, end, marker in (("log_ratio_low", -limit, "v"), ("log_ratio_high", limit, "^")):
            for place in x[table[column].abs() > limit]:
                ax.plot(place, end, marker, color="#C4C4C4", markersize=4, clip_on=False)
        for (interview, colour), sign, marker in zip(palette.items(), (1, -1), MARKERS, strict=False):
            side = table["log_ratio"] * sign > 0
            for some, face in ((side & table["found"], colour), (side & ~table["found"], "white")):
                for place in zip(x[some], table.loc[some, "log_ratio"], strict=True):
                    ax.plot(*place, marker, color=colour, markerfacecolor=face, markersize=4.5, zorder=4)
            ax.text(
                0.995,
                0.5 + sign * 0.03,
                f"more frequent in {names[interview]}",
                transform=ax.transAxes,
                ha="right",
                va="bottom" if sign > 0 else "top",
                color=colour,
            )
        for _, side in detectable.groupby(detectable["log_ratio"] > 0):
            sign = 1 if side["log_ratio"].iloc[0] > 0 else -1
            ax.text(
                0.995,
                0.5 + sign * 0.47,
                "a difference here would be found",
                transform=ax.transAxes,
                ha="right",
                va="top" if sign > 0 else "bottom",
            )
        ax.set_ylim(-limit, limit)
        ax.set_xlim(0.85 * table["count"].min(), 150)
        ticks = [tick for tick in (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100) if tick >= table["count"].min()]
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
        ax.set_xlabel("occurrences in both interviews")
        ax.set_ylabel("log ratio of the rates (1 = twice as frequent)")
        settle(drawing)
        halo = [withStroke(linewidth=2, foreground="white")]
        labels = [
            ax.text(*place, path_effects=halo) for place in zip(x, table["log_ratio"], table["terms"], strict=True)
        ]
        adjust_text(
            labels,
            x=x.to_list(),
            y=table["log_ratio"].to_list(),
            ax=ax,
            expand=(1.1, 1.6),
            force_text=(0.2, 0.4),
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5},
        )
        return drawing


def vocabularies(table: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw which words only the first, both, and only the second interview have, with their rates as bars.

    Parameters
    ----------
    table : `vocabulary` ("only <id>" or "shared"), `term`, and `rate_<id>`, `count_<id>` of the two interviews.
    names : the two interview ids with what to call them.
    """
    one, two = names
    palette = colours([one, two])
    parts = [(f"only {one}", f"only in {names[one]}"), ("shared", "in both"), (f"only {two}", f"only in {names[two]}")]
    longest = table.groupby("vocabulary").size().max()
    with mpl.rc_context(STYLE):
        drawing = figure(DOUBLE, 24 + 5 * longest)
        axes = drawing.subplots(1, 3, sharex=True)
        for ax, (part, title) in zip(axes, parts, strict=True):
            rows = table[table["vocabulary"] == part].reset_index(drop=True)
            both = part == "shared"
            for number, interview in enumerate(names):
                if not both and not part.endswith(interview):
                    continue
                shift = (number - 0.5) * 0.42 if both else 0
                at = [row + shift for row in range(len(rows))]
                ax.barh(at, rows[f"rate_{interview}"], 0.38 if both else 0.62, color=palette[interview])
                for y, rate, count in zip(at, rows[f"rate_{interview}"], rows[f"count_{interview}"], strict=True):
                    ax.annotate(
                        str(count), (rate, y), (2, 0), textcoords="offset points", va="center", fontsize=7, color=GREY
                    )
            ax.set_yticks(range(len(rows)), rows["term"])
            ax.set_ylim(longest - 0.4, -0.6)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            colour = INK if both else palette[one if part.endswith(one) else two]
            ax.set_title(title, color=colour)
        axes[0].set_xlim(0, table[[f"rate_{interview}" for interview in names]].max(axis=None) * 1.12)
        axes[1].set_xlabel("occurrences per 1,000 words of the interviewee; the number at a bar is the count")
        return settle(drawing)


def dispersion_rows(positions: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw where in the interviewee's words of each interview some terms fall: one stroke an occurrence.

    Parameters
    ----------
    positions : `interview`, `term`, `position` (0 to 1); a term that an interview lacks has an empty row there.
    names : interview ids with what to call them.
    """
    palette = colours(list(names))
    order = list(dict.fromkeys(positions["term"]))
    with mpl.rc_context(STYLE):
        drawing = figure(DOUBLE, 22 + 4.6 * len(order))
        axes = drawing.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for ax, (interview, name) in zip(axes, names.items(), strict=True):
            rows = positions[(positions["interview"] == interview) & positions["position"].notna()]
            y = rows["term"].map({term: row for row, term in enumerate(order)})
            ax.hlines(range(len(order)), 0, 1, color=PALE, linewidth=0.5, zorder=0)
            ax.vlines(rows["position"], y - 0.34, y + 0.34, color=palette[interview], linewidth=1.3)
            ax.set_title(name, color=palette[interview])
            ax.set_xlim(0, 1)
            ax.set_xticks([0, 0.5, 1], ["first word", "middle", "last word"])
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            for label, align in zip(ax.get_xticklabels(), ("left", "center", "right"), strict=True):
                label.set_horizontalalignment(align)
        axes[0].set_yticks(range(len(order)), order)
        axes[0].set_ylim(len(order) - 0.4, -0.6)
        return settle(drawing)


def name_dots(table: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw how often each name is mentioned in every interview, in whose mouth, those of several interviews joined.

    Parameters
    ----------
    table : `canonical`, `label`, `interview`, `voice` ("interviewee" or "others"), `count`; names are drawn from top to
        bottom in the order of their first row. Filled markers are the interviewee's mentions, open ones the others'.
    names : interview ids with what to call them.
    """
    palette = colours(list(names))
    order = list(dict.fromkeys(table["canonical"]))
    with mpl.rc_context(STYLE):
        drawing = figure(SINGLE, 26 + 6 * len(order))
        ax = drawing.subplots()
        row = table["canonical"].map({name: number for number, name in enumerate(order)})
        # A place of its own for each interview and voice: markers of equal counts must not cover each other.
        step = 0.8 / (2 * len(names))
        for number, ((interview, name), marker) in enumerate(zip(names.items(), cycle(MARKERS), strict=False)):
            for second, (voice, face) in enumerate((("interviewee", palette[interview]), ("others", "white"))):
                shift = step * (2 * number + second - (2 * len(names) - 1) / 2)
                some = table["interview"].eq(interview) & table["voice"].eq(voice)
                label = f"{name}, {'interviewee' if voice == 'interviewee' else 'other voices'}"
                ax.plot(
                    table.loc[some, "count"],
                    row[some] + shift,
                    marker,
                    linestyle="none",
                    color=palette[interview],
                    markerfacecolor=face,
                    markersize=3.6,
                    label=label,
                    clip_on=False,
                    zorder=2,
                )
        several = table.groupby("canonical")["interview"].nunique().gt(1)
        for number, name in enumerate(order):
            counts = table.loc[table["canonical"] == name, "count"]
            if several[name]:
                ax.hlines(number, counts.min(), counts.max(), color=PALE, linewidth=6, zorder=0)
        ax.set_yticks(range(len(order)), order)
        ax.set_ylim(len(order) - 0.4, -0.6)
        ax.set_xlim(left=0)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("mentions")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=1, frameon=False, fontsize=7, handletextpad=0.1)
        return settle(drawing)


def pair_matrix(table: pd.DataFrame, order: Sequence[str], names: dict[str, str]) -> Figure:
    """Draw how often names stand together: below the diagonal in the first interview, above it in the second.

    Parameters
    ----------
    table : `interview`, `first`, `second`, `together`.
    order : the names, from top to bottom and left to right.
    names : the two interview ids with what to call them.
    """
    place = {name: number for number, name in enumerate(order)}
    palette = colours(list(names))
    most = max(int(table["together"].max()), 1) if len(table) else 1
    with mpl.rc_context(STYLE):
        drawing = figure(SINGLE, 40 + 4.2 * len(order))
        ax = drawing.subplots()
        for number, interview in enumerate(names):
            rows = table[(table["interview"] == interview) & table["first"].isin(place) & table["second"].isin(place)]
            for one, other, together in zip(rows["first"], rows["second"], rows["together"], strict=True):
                low, high = sorted((place[one], place[other]))
                x, y = (low, high) if number == 0 else (high, low)
                share = 0.25 + 0.75 * together / most
                ax.add_patch(
                    Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, color=palette[interview], alpha=share, linewidth=0)
                )
                ink = "white" if share > 0.85 else INK
                ax.text(x, y, str(together), ha="center", va="center_baseline", fontsize=7, color=ink)
        ax.plot([-0.5, len(order) - 0.5], [-0.5, len(order) - 0.5], color=PALE, linewidth=0.8, zorder=0)
        ax.set_xlim(-0.5, len(order) - 0.5)
        ax.set_ylim(len(order) - 0.5, -0.5)
        ax.set_aspect("equal")
        ax.set_yticks(range(len(order)), list(order), fontsize=7)
        ax.set_xticks(range(len(order)), list(order), rotation=90, fontsize=7)
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        (one, first), (other, second) = names.items()
        ax.set_title(f"above the diagonal: {second}", color=palette[other], fontsize=7.5, loc="right")
        ax.set_xlabel(f"below the diagonal: {first}", color=palette[one], loc="left")
        return settle(drawing)


def word_clouds(frequencies: pd.DataFrame, titles: dict[str, str]) -> tuple[Figure, pd.DataFrame]:
    """Draw a word cloud for each interview, side by side, from our own frequencies.

    The height of letters is proportional to the square root of the rate, so their area to the rate, on one scale for
    all clouds. All words stand upright; none is smaller than 7 pt at print size. What finds no room at its size is
    not drawn and not in the table that is returned.

    Parameters
    ----------
    frequencies : a table as `frequencies` returns it, by interview; every row is tried.
    titles : interview ids with what to write above each cloud.

    Returns
    -------
    The figure, and the rows of `frequencies` that are drawn, with `size` (float64: type size in pt).
    """
    from wordcloud import WordCloud

    pixels_per_mm = 10
    width, height = int(DOUBLE / len(titles)) - 3, 62
    pixels_per_pt = pixels_per_mm * 25.4 / 72
    path = findfont(FontProperties(family="DejaVu Sans"))
    palette = colours(list(titles))
    weights = frequencies["rate"] ** 0.5
    # The largest word of all has 22 pt, unless the smallest would then have less than 7.
    scale = max(22 / weights.max(), 7 / weights.min()) * pixels_per_pt
    sizes = (scale * weights).round().astype("int64")
    with mpl.rc_context(STYLE):
        drawing = figure(DOUBLE, height + 8)
        axes = drawing.subplots(1, len(titles), squeeze=False)[0]
        drawn = []
        for ax, (interview, title) in zip(axes, titles.items(), strict=True):
            rows = frequencies[frequencies["interview"] == interview].assign(pixels=sizes)
            wanted = dict(zip(rows["term"], rows["pixels"], strict=True))
            # A new object each time and a fixed seed: the same words always fall in the same places.
            cloud = WordCloud(
                font_path=path,
                width=width * pixels_per_mm,
                height=height * pixels_per_mm,
                prefer_horizontal=1.0,
                min_font_size=int(7 * pixels_per_pt),
                max_font_size=max(wanted.values()),
                relative_scaling=1,
                margin=14,
                random_state=1,
            ).generate_from_frequencies(wanted)
            kept = []
            for (word, _), size, (top, left), _, _ in cloud.layout_:
                # Where there is no room, the layout shrinks a word: then it would no longer tell its rate.
                if size >= wanted[word] - 1:
                    kept.append(word)
                    _draw_word(ax, word, path, size, left, top, palette[interview])
            ax.set_xlim(0, cloud.width)
            ax.set_ylim(cloud.height, 0)
            ax.set_aspect("equal")
            ax.set_axis_off()
            ax.set_title(title, color=palette[interview])
            shown = rows[rows["term"].isin(kept)]
            drawn.append(shown.assign(size=shown["pixels"] / pixels_per_pt).drop(columns="pixels"))
        return settle(drawing), pd.concat(drawn, ignore_index=True)


def _draw_word(ax: Axes, word: str, font: str, size: int, left: float, top: float, colour: str) -> None:
    """Draw a word as outlines, its ink's upper left corner where the cloud has put it (pixels, y downwards)."""
    outline = TextPath((0, 0), word, size=size, prop=FontProperties(fname=font))
    ink = outline.get_extents()
    place = Affine2D().translate(-ink.x0, -ink.y1).scale(1, -1).translate(left, top) + ax.transData
    # As an artist and not with add_patch, which would follow every curve to fit axes whose limits are set anyway.
    ax.add_artist(PathPatch(outline, transform=place, facecolor=colour, edgecolor="none"))
