"""Drawings: each function takes a table and returns a matplotlib Figure in the look of the study.

The look (`STYLE`) holds what all figures share; a profile holds the size of the page and of its
type. Both are plain dictionaries of matplotlib's rcParams and combine with `|`: `STYLE | page(120)
| type_size(9)`. A drawing function takes a profile last; what it gives in points it multiplies by the point that `styled` yields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from math import ceil
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from matplotlib.transforms import Affine2D

SINGLE, DOUBLE = 89.0, 183.0  # column widths in mm
# Okabe & Ito's colours and a marker each, given to the interviews in their order, the same in every
# figure.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

Profile = dict[str, Any]
_PRINT_SIZE = 7.5  # pt


def page(width: float, height: float = float("inf")) -> Profile:
    """Return the rcParams of a page of `width` x `height` mm: no figure is wider or higher.

    >>> page(127, 254)
    {'figure.figsize': (5.0, 10.0)}
    """
    return {"figure.figsize": (width / 25.4, height / 25.4)}


def type_size(points: float) -> Profile:
    """Return the rcParams of text of a size in pt, and of lines and distances to match.

    Titles are a fifteenth larger, the numbers at the axes a fifteenth smaller.

    >>> round(type_size(15)["axes.titlesize"], 1), round(type_size(15)["xtick.labelsize"], 1)
    (16.0, 14.0)
    """
    unit = points / _PRINT_SIZE
    sizes = {
        "axes.titlesize": 8,
        "axes.labelsize": 7.5,
        "legend.fontsize": 7.5,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7.5,
        "axes.linewidth": 0.6,
        "axes.titlepad": 6,
        "axes.labelpad": 4,
        "lines.linewidth": 1,
        "lines.markersize": 4,
        "lines.markeredgewidth": 0.9,
        "xtick.major.width": 0.6,
        "xtick.major.size": 3.5,
        "xtick.major.pad": 3.5,
        "ytick.major.width": 0.6,
        "ytick.major.size": 3.5,
        "ytick.major.pad": 3.5,
        # Margins of the canvas, in inches: 1 mm at print size.
        "figure.constrained_layout.h_pad": 1 / 25.4,
        "figure.constrained_layout.w_pad": 1 / 25.4,
    }
    return {"font.size": points} | {key: size * unit for key, size in sizes.items()}


STYLE: Any = type_size(_PRINT_SIZE) | {
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    # Hinted letters are wider at some resolutions, and labels laid out at one would be cut at
    # another.
    "text.hinting": "none",
    # A dollar sign in a source is a dollar sign.
    "text.parse_math": False,
    "svg.hashsalt": "analysis",
    "pdf.fonttype": 42,
}

# Where a figure is printed. On the page of two columns, the first and the default, each takes the
# width it is made for; the others make all figures fit one column, or a slide of 16:9 (as png in
# full HD).
PROFILES: dict[str, Profile] = {
    "double": page(DOUBLE) | type_size(_PRINT_SIZE) | {"savefig.dpi": 300},
    "single": page(SINGLE) | type_size(_PRINT_SIZE) | {"savefig.dpi": 300},
    "slide": page(254, 142.875) | type_size(14) | {"savefig.dpi": 192},
}
PRINT = PROFILES["double"]

# What is not the interviewee's has a grey of its own in every figure; the interviewee has the
# interview's colour.
OTHERS = {"interviewer": INK, "quoted": "#B0B0B0", "narration": GREY, "boilerplate": PALE}
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


def legible(colour: str) -> str:
    """Darken a colour until text in it stands out from white by 4.5 to 1 (WCAG 2.2, success criterion 1.4.3).

    >>> legible("#0072B2"), legible("#D55E00")
    ('#0072b2', '#c15500')
    """
    rgb = to_rgb(colour)
    while contrast(to_hex(rgb), "white") < 4.5:
        rgb = (rgb[0] * 0.98, rgb[1] * 0.98, rgb[2] * 0.98)
    return to_hex(rgb)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 (none) to 21 (WCAG 2.2, relative luminance of sRGB).

    >>> round(contrast("black", "white"), 1)
    21.0
    """
    lights = []
    for colour in (one, other):
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in to_rgb(colour)
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@contextmanager
def styled(profile: Profile = PRINT) -> Iterator[float]:
    """Draw in the look of the study at the sizes of a profile; yields how large one point of print is in it.

    >>> with styled(PROFILES["slide"]) as pt:
    ...     print(round(7.5 * pt, 1))
    14.0
    """
    with mpl.rc_context(STYLE | profile):
        yield profile["font.size"] / _PRINT_SIZE


def figure(width: float, height: float, profile: Profile = PRINT) -> Figure:
    """Make an empty figure of `width` x `height` mm at print size; it grows with the type as far as the page allows.

    >>> figure(DOUBLE, 50, PROFILES["single"]).get_size_inches().round(2).tolist()
    [3.5, 1.97]
    """
    with styled(profile) as pt:
        wide, high = (
            min(asked * pt / 25.4, most)
            for asked, most in zip((width, height), profile["figure.figsize"], strict=True)
        )
        return Figure(figsize=(wide, high), layout="constrained")


def narrow(profile: Profile) -> bool:
    """Say whether a page is too narrow, for its type, to put panels with words at their left side by side.

    >>> [narrow(profile) for profile in PROFILES.values()]
    [False, True, False]
    """
    return profile["figure.figsize"][0] * 72 < 45 * profile["font.size"]


def fitted(profile: Profile, height: float) -> Profile:
    """Return a page that holds a figure of many interviews, `height` mm high at print size.

    Where the page is too low the type is made smaller, as far as that of print; where that is not
    enough, the page is made higher.

    >>> fitted(PRINT, 300) is PRINT, fitted(PROFILES["slide"], 100)["font.size"] < 14
    (True, True)
    """
    most = profile["figure.figsize"][1] * 25.4
    if height * profile["font.size"] / _PRINT_SIZE <= most:
        return profile
    points = max(_PRINT_SIZE, _PRINT_SIZE * most / height)
    return (
        profile | type_size(points) | page(profile["figure.figsize"][0] * 25.4, max(most, height))
    )


def settle(drawing: Figure, *, twice: bool = False) -> Figure:
    """Lay out a finished figure once and for all, so that drawing it again moves nothing, whatever the format.

    `twice`: draw once before each drawing, as an arrow needs that ends at a text, whose place
    drawing finds.
    """
    engine = drawing.get_layout_engine()
    assert engine is not None, "every figure is made by `figure`"
    engine.execute(drawing)
    # "none" and not None: it leaves a placeholder that makes savefig draw once before it draws.
    drawing.set_layout_engine("none" if twice else None)
    return drawing


def ribbons(passages: pd.DataFrame, titles: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw each interview as a ribbon of voices in reading order, one lane a role, all to one scale.

    Parameters
    ----------
    passages : rows with `interview`, `role`, `speaker`, `start`, `end` (characters), `words`.
    titles : what to write above each interview; its order is the order of the ribbons.
    profile : sizes of the page and of its type.
    """
    # Many are drawn as low as their lanes can be read.
    each = 26 if len(titles) > 4 else 45 if narrow(profile) else 37
    profile = fitted(profile, 12 + each * len(titles)) if len(titles) > 2 else profile
    with styled(profile) as pt:
        drawing = figure(DOUBLE, 12 + each * len(titles), profile)
        axes = drawing.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0]
        palette = colours(list(titles))
        beside = {
            "xycoords": ("axes fraction", "data"),
            "xytext": (4 * pt, 0),
            "textcoords": "offset points",
        }
        for ax, (interview, title) in zip(axes, titles.items(), strict=True):
            rows = passages[passages["interview"] == interview]
            shades = {"interviewee": palette[interview], **OTHERS}
            for lane, role in enumerate(LANES):
                spans = rows[rows["role"] == role]
                bars = list(zip(spans["start"], spans["end"] - spans["start"], strict=True))
                ax.plot(
                    [0, rows["end"].max()], [lane, lane], color=PALE, linewidth=0.5 * pt, zorder=0
                )
                # A fine line between passages that touch; on a narrow page it would hide the short
                # ones.
                gap = 0.1 * pt if narrow(profile) else 0.3 * pt
                ax.broken_barh(
                    bars,
                    (lane - 0.36, 0.72),
                    facecolors=shades[role],
                    edgecolor="white",
                    linewidth=gap,
                )
                spoken = spans["words"].sum(min_count=1)
                label = (
                    "set aside" if role == "boilerplate" else f"{spoken:,}" if len(spans) else "–"
                )
                ax.annotate(label, (1, lane), va="center_baseline", fontsize=7 * pt, **beside)
            ax.annotate(
                "words",
                (1, 1),
                xycoords="axes fraction",
                xytext=(4 * pt, 6 * pt),
                textcoords="offset points",
                fontsize=7 * pt,
                color=GREY,
            )
            _name_quoted(ax, rows, profile)
            ax.set_yticks(range(len(LANES)), list(LANES.values()))
            ax.set_ylim(len(LANES) - 0.5, -0.6)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.set_title(title, color=legible(palette[interview]))
        axes[-1].set_xlim(0, passages["end"].max())
        axes[-1].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes[-1].xaxis.set_major_locator(MaxNLocator(5 if narrow(profile) else 9))
        axes[-1].set_xlabel("position in the page (characters)")
        return settle(drawing)


def _name_quoted(ax: Axes, rows: pd.DataFrame, profile: Profile) -> None:
    """Write the names of those quoted beside their bars, those of near neighbours together."""
    quoted = rows[(rows["role"] == "quoted") & rows["speaker"].notna()].sort_values("start")
    if quoted.empty:
        return
    lane = list(LANES).index("quoted")
    pt = profile["font.size"] / _PRINT_SIZE
    near = 0.06 * rows["end"].max()
    group = (quoted["start"] - quoted["end"].shift()).gt(near).cumsum()
    for _, members in quoted.groupby(group):
        names = ", ".join(members["speaker"].drop_duplicates())
        if narrow(profile):
            names = names.replace(", ", ",\n") if "," in names else names.replace(" ", "\n")
        late = members["end"].max() > 0.75 * rows["end"].max()
        at = members["start"].min() if late else members["end"].max()
        ax.annotate(
            names,
            (at, lane),
            xytext=((-3 if late else 3) * pt, 0),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center" if "\n" in names else "center_baseline",
            fontsize=7 * pt,
            linespacing=1,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8 * pt},
        )


def paired_rates(table: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw each word's rate in every interview as markers under each other, with intervals.

    Parameters
    ----------
    table : as `side_by_side` returns it; drawn from top to bottom. An open marker at 0: the word
        does not occur, and the line says up to which rate that may be chance.
    names : interview ids with what to call them.
    profile : sizes of the page and of its type.
    """
    palette = colours(list(names))
    with styled(profile) as pt:
        drawing = figure(SINGLE, 15 + 4 * len(names) + 6 * len(table), profile)
        ax = drawing.subplots()
        step = 0.8 / len(names)
        for number, ((interview, name), marker) in enumerate(
            zip(names.items(), cycle(MARKERS), strict=False)
        ):
            y = pd.Series(range(len(table)), index=table.index) + step * (
                number - (len(names) - 1) / 2
            )
            rate, drawn = table[f"rate_{interview}"], table[f"count_{interview}"] > 0
            low, high = table[f"rate_low_{interview}"], table[f"rate_high_{interview}"]
            ax.hlines(
                y, low, high, color=palette[interview], linewidth=0.8 * pt, alpha=0.6, zorder=1
            )
            for some, face in ((drawn, palette[interview]), (~drawn, "white")):
                # The layout would leave room for markers of which there are none.
                if not some.any():
                    continue
                ax.plot(
                    rate[some],
                    y[some],
                    marker,
                    markersize=_marker(4 * pt, drawing, len(table), step),
                    markerfacecolor=face,
                    markeredgecolor=palette[interview],
                    label=name if face != "white" or not drawn.any() else None,
                    clip_on=False,
                    zorder=2,
                )
        ax.set_yticks(range(len(table)), table["term"])
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.set_xlim(left=0)
        # Room for half a marker at 0.
        ax.tick_params(axis="y", length=0, pad=6 * pt)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("occurrences per 1,000 words of the interviewee")
        legend_of(ax, palette)
        return settle(drawing)


def _marker(size: float, drawing: Figure, rows: int, step: float) -> float:
    """Return a size of markers (pt) at which those of one row, a part `step` of it apart, do not cover each other."""
    return min(size, 0.95 * step * drawing.get_figheight() * 72 / (rows + 4))


def legend_of(ax: Axes, palette: dict[str, str]) -> None:
    """Name the interviews above the axes, each in its colour and with its marker, where panels have their titles."""
    legend = ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        frameon=False,
        prop={"weight": "bold"},
        borderaxespad=0.2,
        borderpad=0,
        handlelength=1,
        handletextpad=0.2,
    )
    for text, colour in zip(legend.get_texts(), palette.values(), strict=True):
        text.set_color(legible(colour))


def keyness_scatter(
    table: pd.DataFrame, detectable: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT
) -> Figure:
    """Draw each word's log ratio against how often it occurs, with intervals, and where a difference would be found.

    Words of the same counts share a marker. Words of filled markers can be shown to differ, those
    of open ones cannot.

    Parameters
    ----------
    table : `terms` (str, to be written beside the marker), `count` (both sides), `log_ratio`,
        `log_ratio_low`, `log_ratio_high` (an interval without end has an arrow), `found` (bool).
    detectable : `count`, `log_ratio`: how large a difference must be to be found, for more and for
        less.
    names : target and reference, ids with what to call them.
    profile : sizes of the page and of its type.
    """
    from adjustText import adjust_text

    target, reference = names
    palette = colours([target, reference])
    limit = 8.0
    with styled(profile) as pt:
        drawing = figure(DOUBLE, 120 if narrow(profile) else 95, profile)
        ax = drawing.subplots()
        ax.set_xscale("log")
        number, of = (
            table.groupby("count").cumcount(),
            table.groupby("count")["terms"].transform("size"),
        )
        # Markers of one count stand side by side, so that their intervals can be told apart.
        x = table["count"] * 1.07 ** (number - (of - 1) / 2)
        notes = []
        for sign in (1, -1):
            side = detectable[detectable["log_ratio"] * sign > 0]
            if side.empty:
                continue
            ax.fill_between(
                side["count"],
                side["log_ratio"],
                sign * limit,
                color="#EEEEEE",
                linewidth=0,
                zorder=0,
            )
            notes.append(
                ax.text(
                    0.99,
                    0.5 + sign * 0.48,
                    "a difference here\nwould be found\nfour times in five",
                    transform=ax.transAxes,
                    ha="right",
                    va="top" if sign > 0 else "bottom",
                )
            )
        zero = ax.axhline(0, color=GREY, linewidth=0.8 * pt, zorder=1)
        markers = []
        ax.vlines(
            x,
            table["log_ratio_low"].clip(-limit),
            table["log_ratio_high"].clip(upper=limit),
            color="#C4C4C4",
            zorder=1,
        )
        for column, end, marker in (("log_ratio_low", -limit, "v"), ("log_ratio_high", limit, "^")):
            for place in x[table[column].abs() > limit]:
                ax.plot(place, end, marker, color="#C4C4C4", clip_on=False)
        for (interview, colour), sign, marker in zip(
            palette.items(), (1, -1), MARKERS, strict=False
        ):
            side = table["log_ratio"] * sign > 0
            for some, face in ((side & table["found"], colour), (side & ~table["found"], "white")):
                for place in zip(x[some], table.loc[some, "log_ratio"], strict=True):
                    markers += ax.plot(
                        *place,
                        marker,
                        color=colour,
                        markerfacecolor=face,
                        markersize=4.5 * pt,
                        zorder=4,
                    )
            notes.append(
                ax.text(
                    0.99,
                    0.5 + sign * 0.03,
                    f"more frequent{chr(10) if narrow(profile) else ' '}in {names[interview]}",
                    transform=ax.transAxes,
                    ha="right",
                    va="bottom" if sign > 0 else "top",
                    color=legible(colour),
                    weight="bold",
                )
            )
        ax.set_ylim(-limit, limit)
        ax.set_xlim(0.85 * table["count"].min(), 120)
        ticks = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100]
        ticks = [tick for tick in ticks if tick >= table["count"].min()]
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
        ax.set_xlabel("occurrences in both interviews")
        ax.set_ylabel("log ratio of the rates (1 = twice as frequent)")
        settle(drawing, twice=True)
        halo = [withStroke(linewidth=2 * pt, foreground="white")]
        labels = [
            ax.text(*place, path_effects=halo)
            for place in zip(x, table["log_ratio"], table["terms"], strict=True)
        ]
        adjust_text(
            labels,
            x=x.to_list(),
            y=table["log_ratio"].to_list(),
            objects=[*notes, *markers, zero],
            ax=ax,
            expand=(1.4, 1.6),
            force_text=(0.1, 0.5),
            # Else it stops after a second, and where the labels stand depends on how busy the
            # machine is.
            iter_lim=500,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5 * pt},
        )
        return drawing


def vocabularies(
    table: pd.DataFrame, names: dict[str, str], totals: dict[str, int], profile: Profile = PRINT
) -> Figure:
    """Draw which words only the first, both, and only the second interview have, with their rates as bars.

    The three parts stand side by side, or below each other on a narrow page.

    Parameters
    ----------
    table : `vocabulary` ("only <id>" or "shared"), `term`, and `rate_<id>`, `count_<id>` of the two
        interviews.
    names : the two interview ids with what to call them.
    totals : how many words each part has in all, by what `vocabulary` calls it.
    profile : sizes of the page and of its type.
    """
    one, two = names
    palette = colours([one, two])
    parts = [
        (f"only {one}", f"only in {names[one]}"),
        ("shared", "in both"),
        (f"only {two}", f"only in {names[two]}"),
    ]
    lengths = [max(int((table["vocabulary"] == part).sum()), 1) for part, _ in parts]
    # Where a panel is narrow for its type, what is long takes a second line.
    tight = profile["figure.figsize"][0] * 72 < 60 * profile["font.size"]
    with styled(profile) as pt:
        if narrow(profile):
            drawing = figure(DOUBLE, 42 + 5 * sum(lengths), profile)
            axes = drawing.subplots(3, 1, sharex=True, height_ratios=lengths)
        else:
            drawing = figure(DOUBLE, 24 + 5 * max(lengths), profile)
            axes = drawing.subplots(1, 3, sharex=True)
            # The count at a bar and the first word of the next panel must not read as one.
            drawing.get_layout_engine().set(wspace=0.04)  # type: ignore[union-attr, call-arg]
            lengths = [max(lengths)] * 3
        for ax, (part, title), length in zip(axes, parts, lengths, strict=True):
            rows = table[table["vocabulary"] == part].reset_index(drop=True)
            both = part == "shared"
            for number, interview in enumerate(names):
                if not both and part != f"only {interview}":
                    continue
                shift = (number - 0.5) * 0.42 if both else 0
                at = [row + shift for row in range(len(rows))]
                ax.barh(
                    at, rows[f"rate_{interview}"], 0.38 if both else 0.62, color=palette[interview]
                )
            if both:
                ends = rows[[f"rate_{interview}" for interview in names]].max(axis=1)
                counts = [
                    f"{first}, {second}"
                    for first, second in zip(
                        rows[f"count_{one}"], rows[f"count_{two}"], strict=True
                    )
                ]
            else:
                only = part.removeprefix("only ")
                ends, counts = rows[f"rate_{only}"], rows[f"count_{only}"].astype("str").to_list()
            for row, (end, count) in enumerate(zip(ends, counts, strict=True)):
                ax.annotate(
                    count,
                    (end, row),
                    (2 * pt, 0),
                    textcoords="offset points",
                    va="center_baseline",
                    fontsize=7 * pt,
                    color=GREY,
                )
            ax.set_yticks(range(len(rows)), rows["term"])
            ax.set_ylim(length - 0.4, -0.6)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            colour = INK if both else legible(palette[one if part == f"only {one}" else two])
            total = totals.get(part, 0)
            drawn = (
                f"all {total}"
                if total and len(rows) == total
                else f"{len(rows)} of {total}"
                if total
                else "none"
            )
            second = tight and not narrow(profile)
            ax.set_title(f"{title}{chr(10) if second else ' '}({drawn})", color=colour)
        axes[0].set_xlim(
            0, table[[f"rate_{interview}" for interview in names]].max(axis=None) * 1.25
        )
        axes[0].xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
        label = (
            "occurrences per 1,000 words of the interviewee; the numbers at the bars are the counts"
        )
        axes[-1 if narrow(profile) else 1].set_xlabel(
            label.replace("; ", ";\n") if tight else label
        )
        return settle(drawing)


def dispersion_rows(
    positions: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT
) -> Figure:
    """Draw where in the words of each interview some terms fall: one stroke an occurrence.

    The panels stand side by side, or below each other on a narrow page.

    Parameters
    ----------
    positions : `interview`, `term`, `position` (0 to 1); a term that an interview lacks has an
        empty row there. Where there is a `role`, what others than the interviewee say is thin and
        grey.
    names : interview ids with what to call them.
    profile : sizes of the page and of its type.
    """
    palette = colours(list(names))
    order = list(dict.fromkeys(positions["term"]))
    key = 5 if "role" in positions else 0
    with styled(profile) as pt:
        if narrow(profile):
            drawing = figure(DOUBLE, 6 + key + (12 + 4.6 * len(order)) * len(names), profile)
            axes = drawing.subplots(len(names), 1, squeeze=False)[:, 0]
        else:
            drawing = figure(DOUBLE, 22 + key + 4.6 * len(order), profile)
            axes = drawing.subplots(1, len(names), sharey=True, squeeze=False)[0]
            # The last word of a panel and the first word of the next must not read as one.
            drawing.get_layout_engine().set(wspace=0.04)  # type: ignore[union-attr, call-arg]
        for ax, (interview, name) in zip(axes, names.items(), strict=True):
            rows = positions[(positions["interview"] == interview) & positions["position"].notna()]
            y = rows["term"].map({term: row for row, term in enumerate(order)}).astype("float64")
            ax.hlines(range(len(order)), 0, 1, color=PALE, linewidth=0.5 * pt, zorder=0)
            strokes(ax, rows, y, palette[interview], pt)
            ax.set_title(name, color=legible(palette[interview]))
            ax.set_xlim(0, 1)
            lowest = ax is axes[-1] or not narrow(profile)
            ax.set_xticks(
                [0, 0.5, 1], ["first word", "middle", "last word"] if lowest else [""] * 3
            )
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            for label, align in zip(ax.get_xticklabels(), ("left", "center", "right"), strict=True):
                label.set_horizontalalignment(align)
            ax.set_yticks(range(len(order)), order)
            ax.set_ylim(len(order) - 0.4, -0.6)
        if key:
            voices_key(drawing, palette, pt)
        return settle(drawing)


def strokes(ax: Axes, rows: pd.DataFrame, y: pd.Series, colour: str, pt: float) -> None:
    """Draw a stroke at each position; where there is a `role`, those of others than the interviewee thin and grey."""
    own = rows["role"].eq("interviewee") if "role" in rows else pd.Series(True, index=rows.index)
    for some, shade, wide in ((~own, GREY, 0.7), (own, colour, 1.1)):
        x, at = rows.loc[some, "position"], y[some]
        ax.vlines(
            x, at - 0.34, at + 0.34, color=shade, linewidth=wide * pt, clip_on=False, zorder=2
        )


def voices_key(drawing: Figure, palette: dict[str, str], pt: float) -> None:
    """Say below a figure that coloured strokes are the interviewee's and thin grey ones those of others."""
    first = next(iter(palette.values()))
    handles = [
        Line2D(
            [],
            [],
            color=colour,
            marker="|",
            markersize=7 * pt,
            markeredgewidth=wide * pt,
            linewidth=0,
            label=label,
        )
        for colour, wide, label in ((first, 1.6, "interviewee"), (GREY, 0.7, "other voices"))
    ]
    drawing.legend(
        handles=handles,
        loc="outside lower center",
        ncols=2,
        frameon=False,
        fontsize=7 * pt,
        handletextpad=0.1,
    )


def name_dots(table: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw how often each name is mentioned in every interview, and in whose mouth.

    Two panels: the mentions, and what they are per 1,000 words of the voice, because voices are of
    unequal length.

    Parameters
    ----------
    table : `canonical`, `label`, `interview`, `voice` ("interviewee" or "others"), `count`, `rate`;
        names are drawn from top to bottom in the order of their first row. Filled markers are the
        interviewee's mentions, open ones the others'.
    names : interview ids with what to call them.
    profile : sizes of the page and of its type.
    """
    palette = colours(list(names))
    order = list(dict.fromkeys(table["canonical"]))
    row = (
        table["canonical"]
        .map({name: number for number, name in enumerate(order)})
        .astype("float64")
    )
    # A place of its own for each interview and voice: markers of equal counts must not cover each
    # other.
    step = 0.8 / (2 * len(names))
    with styled(profile) as pt:
        drawing = figure(SINGLE, 32 + 6 * len(order), profile)
        panels = drawing.subplots(1, 2, sharey=True)
        for ax, column in zip(panels, ("count", "rate"), strict=True):
            for number, ((interview, name), marker) in enumerate(
                zip(names.items(), cycle(MARKERS), strict=False)
            ):
                for second, (voice, face) in enumerate(
                    (("interviewee", palette[interview]), ("others", "white"))
                ):
                    shift = step * (2 * number + second - (2 * len(names) - 1) / 2)
                    some = table["interview"].eq(interview) & table["voice"].eq(voice)
                    label = f"{name}, {'interviewee' if voice == 'interviewee' else 'other voices'}"
                    line = ax.plot(
                        table.loc[some, column],
                        row[some] + shift,
                        marker,
                        linestyle="none",
                        color=palette[interview],
                        markerfacecolor=face,
                        markersize=_marker(3.6 * pt, drawing, len(order), step),
                        label=label,
                        clip_on=False,
                        zorder=2,
                    )
                    # Not clipped and without a point, it would take room from nowhere.
                    line[0].set_in_layout(bool(some.any()))
            for number in range(1, len(order)):
                ax.axhline(number - 0.5, color=PALE, linewidth=0.4 * pt, zorder=0)
            ax.set_ylim(len(order) - 0.4, -0.6)
            ax.set_xlim(left=0)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.set_xlabel("mentions" if column == "count" else "per 1,000 words\nof that voice")
            ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        panels[0].set_yticks(range(len(order)), order)
        handles = panels[0].get_legend_handles_labels()
        drawing.legend(
            *handles,
            loc="outside upper right",
            ncols=2,
            frameon=False,
            fontsize=7 * pt,
            handletextpad=0.1,
        )
        return settle(drawing)


def pair_matrix(
    table: pd.DataFrame, order: Sequence[str], names: dict[str, str], profile: Profile = PRINT
) -> Figure:
    """Draw how often names stand together: below the diagonal in the first interview, above it in the second.

    Parameters
    ----------
    table : `interview`, `first`, `second`, `together`.
    order : the names, from top to bottom and left to right.
    names : the two interview ids with what to call them.
    profile : sizes of the page and of its type.
    """
    place = {name: number for number, name in enumerate(order)}
    palette = colours(list(names))
    most = max(int(table["together"].max()), 1) if len(table) else 1
    with styled(profile) as pt:
        drawing = figure(SINGLE, 38 + 4.2 * len(order), profile)
        ax = drawing.subplots()
        for number, interview in enumerate(names):
            rows = table[
                (table["interview"] == interview)
                & table["first"].isin(place)
                & table["second"].isin(place)
            ]
            for one, other, together in zip(
                rows["first"], rows["second"], rows["together"], strict=True
            ):
                low, high = sorted((place[one], place[other]))
                x, y = (low, high) if number == 0 else (high, low)
                share = 0.25 + 0.75 * together / most
                ax.add_patch(
                    Rectangle(
                        (x - 0.46, y - 0.46),
                        0.92,
                        0.92,
                        color=palette[interview],
                        alpha=share,
                        linewidth=0,
                    )
                )
                ink = "white" if share > 0.85 else INK
                ax.text(
                    x,
                    y,
                    str(together),
                    ha="center",
                    va="center_baseline",
                    fontsize=7 * pt,
                    color=ink,
                )
        last = max(len(order), 1) - 0.5
        ax.plot([-0.5, last], [-0.5, last], color=PALE, linewidth=0.8 * pt, zorder=0)
        ax.set_xlim(-0.5, last)
        ax.set_ylim(last, -0.5)
        ax.set_aspect("equal")
        ax.set_yticks(range(len(order)), list(order), fontsize=7 * pt)
        ax.set_xticks(range(len(order)), list(order), rotation=90, fontsize=7 * pt)
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        (one, first), (other, second) = names.items()
        ax.set_title(f"above the diagonal: {second}", color=legible(palette[other]), loc="right")
        ax.set_xlabel(
            f"below the diagonal: {first}",
            color=legible(palette[one]),
            loc="left",
            weight="bold",
            fontsize=8 * pt,
        )
        return settle(drawing)


_PIXELS_PER_MM = 10
_PIXELS_PER_PT = _PIXELS_PER_MM * 25.4 / 72
_CLOUDS_ACROSS = 3


def _cloud_size(clouds: int) -> tuple[int, int]:
    """Return width and height of one of several clouds, at most three side by side, in mm at print size."""
    return int(DOUBLE / min(clouds, _CLOUDS_ACROSS)) - 3, 62 if clouds <= _CLOUDS_ACROSS else 44


def place_words(frequencies: pd.DataFrame, clouds: int | None = None) -> pd.DataFrame:
    """Find each word of each interview its size and its place in a word cloud, all words upright.

    The height of letters is proportional to the square root of the rate, so their area to the rate,
    on one scale for all clouds; none is smaller than 7 pt at print size.

    Parameters
    ----------
    frequencies : a table as `frequencies` returns it, by interview; every row is tried.
    clouds : how many will be drawn; otherwise as many as there are interviews in `frequencies`.

    Returns
    -------
    The rows of `frequencies` that found room at their size, with `size` (float64: type size in pt
    at print size), `left`, `top` (int64: upper left corner of the ink in tenths of a mm,
    downwards).
    """
    from wordcloud import WordCloud

    if frequencies.empty:
        return frequencies.assign(size=0.0, left=0, top=0)
    wide, high = _cloud_size(clouds or frequencies["interview"].nunique())
    weights = frequencies["rate"] ** 0.5
    # The largest word of all has 22 pt, unless the smallest would then have less than 7.
    scale = max(22 / weights.max(), 7 / weights.min()) * _PIXELS_PER_PT
    frequencies = frequencies.assign(pixels=(scale * weights).round().astype("int64"))
    placed = []
    for _, rows in frequencies.groupby("interview", sort=False):
        wanted = dict(zip(rows["term"], rows["pixels"], strict=True))
        # A new object each time and a fixed seed: the same words always fall in the same places.
        cloud = WordCloud(
            font_path=findfont(FontProperties(family="DejaVu Sans")),
            width=wide * _PIXELS_PER_MM,
            height=high * _PIXELS_PER_MM,
            prefer_horizontal=1.0,
            min_font_size=int(7 * _PIXELS_PER_PT),
            max_font_size=max(wanted.values()),
            relative_scaling=1,
            margin=17,
            random_state=1,
        ).generate_from_frequencies(wanted)
        # Where there is no room, the layout shrinks a word: then it would no longer tell its rate.
        places = {
            word: (left, top)
            for (word, _), size, (top, left), _, _ in cloud.layout_
            if size >= wanted[word] - 1
        }
        shown = rows[rows["term"].isin(places)]
        left, top = ([places[term][side] for term in shown["term"]] for side in (0, 1))
        placed.append(shown.assign(size=shown["pixels"] / _PIXELS_PER_PT, left=left, top=top))
    return pd.concat(placed, ignore_index=True).drop(columns="pixels")


def word_clouds(placed: pd.DataFrame, titles: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw a word cloud for each interview, side by side, or below each other on a narrow page.

    Parameters
    ----------
    placed : a table as `place_words` returns it; on other pages than that of print the clouds are
        scaled as a whole, so the same words stand in the same places.
    titles : interview ids with what to write above each cloud.
    profile : sizes of the page and of its type.
    """
    path = findfont(FontProperties(family="DejaVu Sans"))
    palette = colours(list(titles))
    width, height = _cloud_size(len(titles))
    if len(titles) > _CLOUDS_ACROSS and not narrow(profile):
        profile = fitted(profile, ceil(len(titles) / _CLOUDS_ACROSS) * (height + 10))
    with styled(profile) as pt:
        across = 1 if narrow(profile) else min(len(titles), _CLOUDS_ACROSS)
        down = ceil(len(titles) / across)
        room = min(DOUBLE * pt, profile["figure.figsize"][0] * 25.4) / across
        drawing = figure(DOUBLE, down * (height * room / (width + 3) / pt + 10), profile)
        axes = drawing.subplots(down, across, squeeze=False).ravel()
        for ax in axes[len(titles) :]:
            ax.set_axis_off()
        for ax, (interview, title) in zip(axes, titles.items(), strict=False):
            for word in placed[placed["interview"] == interview].itertuples():
                size = round(word.size * _PIXELS_PER_PT)
                _draw_word(ax, word.term, path, size, word.left, word.top, palette[interview])
            ax.set_xlim(0, width * _PIXELS_PER_MM)
            ax.set_ylim(height * _PIXELS_PER_MM, 0)
            ax.set_aspect("equal")
            ax.set_axis_off()
            ax.set_title(title, color=legible(palette[interview]))
        return settle(drawing)


def _draw_word(
    ax: Axes, word: str, font: str, size: int, left: float, top: float, colour: str
) -> None:
    """Draw a word as outlines, its ink's upper left corner where the cloud has put it (pixels, y downwards)."""
    outline = TextPath((0, 0), word, size=size, prop=FontProperties(fname=font))
    # The outline of a letter has a point at each of its extremes, so the ink ends where the points
    # do.
    x, y = outline.vertices[outline.codes != Path.CLOSEPOLY].T
    place = (
        Affine2D().translate(-x.min(), -y.max()).scale(1, -1).translate(left, top) + ax.transData
    )
    # As an artist and not with add_patch, which would follow every curve to fit axes whose limits
    # are set anyway.
    ax.add_artist(PathPatch(outline, transform=place, facecolor=colour, edgecolor="none"))
