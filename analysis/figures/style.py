"""The look of the study: page sizes, type, colours and markers, and the parts that drawings share.

`STYLE` holds what all figures share; a profile holds the size of the page and of its type. Both are
plain dictionaries of matplotlib's rcParams and combine: `STYLE | page(120) | type_size(9)`. What a
drawing gives in points it multiplies by what `styled` yields.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from math import ceil
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import TextToPath

from analysis.figures.typeface import FAMILY
from analysis.files import without_controls

SINGLE, DOUBLE = 89.0, 183.0  # column widths in mm
# Okabe & Ito's colours and a marker each, given to the interviews in their order, the same in every
# figure.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

Profile = dict[str, Any]
Look = dict[str, Any]  # keyword arguments of matplotlib
PRINT_SIZE = 7.5  # pt
_OUTLINES = TextToPath()


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
    unit = points / PRINT_SIZE
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


STYLE: Any = type_size(PRINT_SIZE) | {
    "font.family": FAMILY,
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
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}

# Where a figure is printed. On the page of two columns, the first and the default, each takes the
# width it is made for; the others make all figures fit one column, or a slide of 16:9 (as png in
# full HD).
PROFILES: dict[str, Profile] = {
    "double": page(DOUBLE) | type_size(PRINT_SIZE) | {"savefig.dpi": 300},
    "single": page(SINGLE) | type_size(PRINT_SIZE) | {"savefig.dpi": 300},
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
    """Give each interview its colour; from the seventh on colours repeat, with other markers.

    >>> colours(["indiewire", "tiff"])
    {'indiewire': '#0072B2', 'tiff': '#D55E00'}
    """
    return dict(zip(interviews, cycle(COLOURS), strict=False))


def legible(colour: str) -> str:
    """Darken a colour until text in it has a contrast of 4.5 with white (WCAG 2.2, 1.4.3).

    >>> legible("#0072B2"), legible("#D55E00")
    ('#0072b2', '#c15500')
    """
    rgb = to_rgb(colour)
    while contrast(to_hex(rgb), "white") < 4.5:
        rgb = (rgb[0] * 0.98, rgb[1] * 0.98, rgb[2] * 0.98)
    return to_hex(rgb)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 (none) to 21 (WCAG 2.2).

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
    """Draw in the look of the study at the sizes of a profile; yields its scale, 1 for print.

    >>> with styled(PROFILES["slide"]) as pt:
    ...     print(round(7.5 * pt, 1))
    14.0
    """
    with mpl.rc_context(STYLE | profile):
        yield scale(profile)


def scale(profile: Profile) -> float:
    """Return how large one point of print is on a page.

    >>> round(scale(PROFILES["slide"]), 2)
    1.87
    """
    return float(profile["font.size"] / PRINT_SIZE)


def figure(width: float, height: float, profile: Profile = PRINT) -> Figure:
    """Make an empty figure of so many mm at print size, scaled with the type, within the page.

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
    """Say whether a page is too narrow, for its type, for labelled panels side by side.

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
    if height * scale(profile) <= most:
        return profile
    points = max(PRINT_SIZE, PRINT_SIZE * most / height)
    return (
        profile | type_size(points) | page(profile["figure.figsize"][0] * 25.4, max(most, height))
    )


def with_key(height: float, interviews: int, profile: Profile) -> float:
    """Return a height in mm that has room for a key: on a narrow page a line for each interview.

    >>> with_key(30, 2, PRINT), with_key(30, 2, PROFILES["single"])
    (30, 50)
    """
    return max(height, 34 + 8 * interviews) if narrow(profile) else height


def settle(drawing: Figure) -> Figure:
    """Lay out a finished figure for good, so that no format moves anything.

    Control characters of a source are written as their escapes: no font has them, and no svg may.
    """
    for text in drawing.findobj(Text):
        shown = text.get_text()
        if shown != (safe := without_controls(shown)):
            text.set_text(safe)
    engine = drawing.get_layout_engine()
    assert engine is not None, "every figure is made by `figure`"
    engine.execute(drawing)
    drawing.set_layout_engine(None)
    return drawing


def panels(drawing: Figure, number: int, across: int, **options: Any) -> list[Axes]:
    """Make so many axes, row by row; those above an empty place have their numbers too."""
    axes = drawing.subplots(ceil(number / across), across, squeeze=False, **options)
    for ax in axes.flat[number:]:
        ax.remove()
    for ax in axes.flat[max(number - across, 0) : number]:
        ax.tick_params(labelbottom=True)
    return list(axes.flat[:number])


def rows_of(ax: Axes, labels: Sequence[str], pt: float, rows: int = 0, size: float = 7) -> None:
    """Write what stands in each row at its left; `rows` leaves room for more rows than these."""
    ax.set_yticks(range(len(labels)), list(labels), fontsize=size * pt)
    ax.set_ylim(max(rows, len(labels), 1) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def without_frame(ax: Axes) -> None:
    """Take the axis lines and their ticks away."""
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def separated(ax: Axes, rows: int) -> None:
    """Draw a fine line between every two rows."""
    for row in range(1, rows):
        ax.axhline(row - 0.5, color=PALE, linewidth=0.4, zorder=0)


def noted(ax: Axes, note: str, pt: float) -> None:
    """Write a remark above the rows, in grey, not bold."""
    ax.set_title(note, fontsize=7 * pt, weight="normal", color=GREY)


def intervals(
    ax: Axes,
    y: Iterable[float],
    table: pd.DataFrame,
    measure: str,
    colour: str,
    marker: str,
    filled: pd.Series | None = None,
    limit: float = float("inf"),
    **options: Any,
) -> None:
    """Draw a marker with its interval in each row: `measure`, `measure_low`, `measure_high`.

    Markers that are not `filled` are open; an interval that reaches beyond `limit` ends in an
    arrow.
    """
    at = pd.Series(list(y), index=table.index, dtype="float64")
    low, high = table[f"{measure}_low"], table[f"{measure}_high"]
    width = 0.2 * mpl.rcParams["lines.markersize"]
    ax.hlines(
        at, low.clip(-limit), high.clip(upper=limit), color=colour, linewidth=width, alpha=0.6
    )
    arrow: Look = {
        "color": colour,
        "markersize": 3.75 * width,
        "linestyle": "none",
        "clip_on": False,
    }
    for ends, arrowhead, edge in ((low, "<", -limit), (high, ">", limit)):
        beyond = at[ends.abs() > limit]
        if len(beyond):
            ax.plot([edge] * len(beyond), beyond, arrowhead, **arrow)
    full = pd.Series(True, index=table.index) if filled is None else filled
    for some, face in ((full, colour), (~full, "white")):
        # The layout would leave room for markers that do not exist.
        if some.any():
            place, look = (table.loc[some, measure], at[some]), {"markerfacecolor": face} | options
            ax.plot(*place, marker, color=colour, clip_on=False, zorder=2, **look)


def lanes(
    drawing: Figure,
    table: pd.DataFrame,
    column: str,
    order: Sequence[str],
    labels: Mapping[str, str],
    pt: float,
    beside: float,
) -> tuple[Axes, Axes, dict[str, pd.Series]]:
    """Draw where words fall: a row a word, in it a lane an interview, a stroke an occurrence.

    Parameters
    ----------
    drawing : an empty figure.
    table : `interview`, `column` (one of `order`), `position` (0 to 1, NA: nowhere) and `role`;
        strokes of others than the interviewee are thin and grey.
    order : the rows from top to bottom.
    labels : ids of the interviews with what to call them.
    pt : one point of print.
    beside : the width of the panel at the right, the left one being 3.

    Returns
    -------
    The two panels, the right one empty, and by interview the height of each row of `table`.
    """
    falls, right = drawing.subplots(1, 2, sharey=True, width_ratios=[3, beside])
    place, lane = {name: row for row, name in enumerate(order)}, 0.8 / len(labels)
    heights = {}
    for number, (name, colour) in enumerate(colours(list(labels)).items()):
        rows = table[table["interview"] == name]
        y = rows[column].map(place).astype("float64") + lane * (number - (len(labels) - 1) / 2)
        own, there = rows["role"].eq("interviewee"), rows["position"].notna()
        for some, shade, wide in ((there & ~own, GREY, 0.7), (there & own, colour, 1.1)):
            look: Look = {"color": shade, "linewidth": wide * pt, "clip_on": False}
            low, high = y[some] - 0.42 * lane, y[some] + 0.42 * lane
            falls.vlines(rows.loc[some, "position"], low, high, **look)
        heights[name] = y
    rows_of(falls, order, pt)
    right.tick_params(axis="y", length=0)
    right.spines["left"].set_visible(False)
    for ax in (falls, right):
        for row in range(1, len(order)):
            ax.axhline(row - 0.5, color=PALE, linewidth=0.4 * pt, zorder=0)
    falls.set_xlim(0, 1)
    falls.set_xticks([0, 0.5, 1], ["first word", "middle", "last word"])
    for label, side in zip(falls.get_xticklabels(), ("left", "center", "right"), strict=True):
        label.set_horizontalalignment(side)
    return falls, right, heights


def key_of(
    drawing: Figure,
    labels: Mapping[str, str],
    pt: float,
    more: Sequence[Line2D] = (),
    markers: str | Sequence[str] = MARKERS,
    **options: Any,
) -> None:
    """Name the interviews above a drawing, each in its colour with its marker, then what else."""
    palette = colours(list(labels))
    size: Look = {"markersize": 7 * pt, "markeredgewidth": 1.6 * pt} if markers == "|" else {}
    handles = [
        Line2D([], [], color=palette[name], marker=marker, linewidth=0, label=label, **size)
        for (name, label), marker in zip(labels.items(), cycle(markers), strict=False)
    ]
    place: Look = {"loc": "outside upper left", "ncols": 3} | options
    legend = drawing.legend(
        handles=[*handles, *more], frameon=False, fontsize=7.5 * pt, handletextpad=0.1, **place
    )
    for text, colour in zip(legend.get_texts(), palette.values(), strict=False):
        text.set(color=legible(colour), weight="bold")


def columns(number: int, profile: Profile, most: int = 4) -> int:
    """Say how many panels stand side by side, so that rows are as full as can be.

    >>> [columns(number, PRINT) for number in (3, 5, 12)]
    [3, 3, 4]
    """
    across = min(1 if narrow(profile) else most, number)
    return ceil(number / ceil(number / across))


def row_height(lanes: int) -> float:
    """Return the height in mm of a row of so many lanes, as low as they can be told apart."""
    return max(4.4, (2.6 if lanes <= 4 else 2.0) * lanes)


def wrapped(name: str, across: int) -> str:
    """Break a title into lines that fit above one of several panels.

    >>> wrapped("a talk with a long title", 8).splitlines()
    ['a talk with', 'a long', 'title']
    """
    return "\n".join(textwrap.wrap(name, 88 // across)) or name


def marker_size(size: float, drawing: Figure, rows: int, lane: float) -> float:
    """Return a marker size (pt) at which markers of neighbouring lanes do not cover each other."""
    return min(size, 0.95 * lane * drawing.get_figheight() * 72 / (rows + 4))


def lines_of(text: str, width: float, points: float = 7) -> list[str]:
    """Break a text into lines of at most `width` mm in type of so many points.

    >>> lines_of("one two three four five", 20)
    ['one two three', 'four five']
    """
    font = FontProperties(family=STYLE["font.family"], size=points)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        # Points to mm; the layout is measured by outlines, as no figure is at hand.
        if _OUTLINES.get_text_width_height_descent(longer, font, False)[0] * 25.4 / 72 <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]
