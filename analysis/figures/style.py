"""The look of the study: page sizes, type, colours and markers, and the parts that drawings share.

`STYLE` holds what all figures share; a profile holds the size of the page and of its type. Both are
plain dictionaries of matplotlib's rcParams and combine: `STYLE | page(120) | type_size(9)`. Sizes
that a drawing gives in points are multiplied by what `styled` yields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from math import ceil
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from analysis.figures.marks import lead
from analysis.figures.typeface import FAMILY
from analysis.files import without_controls

SINGLE, DOUBLE = 89.0, 183.0  # column widths in mm
# Okabe and Ito's colours, each with a marker: interviews get them in their order in every figure.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# Each colour darkened until text in it can be read on white.
_INKS = ("#0072B2", "#C15500", "#008662", "#A36186", "#9D6C00", "#3C7DA2")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

Profile = dict[str, Any]
Look = dict[str, Any]  # keyword arguments of matplotlib
PRINT_SIZE = 7.5  # pt


def page(width: float, height: float = float("inf")) -> Profile:
    """Return the rcParams of a page of `width` x `height` mm: no figure is wider or higher.

    >>> page(127, 254)
    {'figure.figsize': (5.0, 10.0)}
    """
    return {"figure.figsize": (width / 25.4, height / 25.4)}


def type_size(points: float) -> Profile:
    """Return the rcParams for a type size in pt, with lines and spacing to match.

    Titles are a fifteenth larger, tick labels a fifteenth smaller.

    >>> round(type_size(15)["axes.titlesize"], 1), round(type_size(15)["xtick.labelsize"], 1)
    (16.0, 14.0)
    """
    unit = points / PRINT_SIZE
    sizes = {"axes.titlesize": 8, "axes.labelsize": 7.5, "legend.fontsize": 7.5}
    sizes |= {"xtick.labelsize": 7, "ytick.labelsize": 7.5, "axes.linewidth": 0.6}
    sizes |= {"axes.titlepad": 6, "axes.labelpad": 4, "lines.linewidth": 1}
    sizes |= {"lines.markersize": 4, "lines.markeredgewidth": 0.9}
    # Rows have labels at the left and no ticks.
    for axis, length in (("xtick", 3.5), ("ytick", 0)):
        sizes |= {f"{axis}.major.width": 0.6, f"{axis}.major.size": length}
        sizes[f"{axis}.major.pad"] = 3.5
    # Margins of the canvas, in inches: 1 mm at print size.
    sizes |= dict.fromkeys(
        ("figure.constrained_layout.h_pad", "figure.constrained_layout.w_pad"), 1 / 25.4
    )
    return {"font.size": points} | {key: size * unit for key, size in sizes.items()}


STYLE: Any = type_size(PRINT_SIZE) | {
    "font.family": FAMILY,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    **dict.fromkeys(("xtick.color", "ytick.color"), GREY),
    **dict.fromkeys(("xtick.labelcolor", "ytick.labelcolor"), INK),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "legend.frameon": False,
    "legend.handletextpad": 0.1,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    # Hinting widens letters at some resolutions, so a label that fits at one would be cut at
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

# The interviewee takes the interview's colour; every other voice has its own grey.
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
    """Return a colour of `COLOURS` for text, with a contrast of 4.5 with white (WCAG 2.2, 1.4.3).

    >>> legible("#0072B2"), legible("#D55E00")
    ('#0072B2', '#C15500')
    """
    return _INKS[COLOURS.index(colour)]


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
    """Return how large one point of print is on a page."""
    return float(profile["font.size"] / PRINT_SIZE)


def width_of(profile: Profile) -> float:
    """Return the width of a page, in mm at print size."""
    return float(profile["figure.figsize"][0] * 25.4 / scale(profile))


def figure(width: float, height: float, profile: Profile = PRINT) -> Figure:
    """Make an empty figure: mm at print size, scaled with the type, no larger than the page.

    >>> figure(DOUBLE, 50, PROFILES["single"]).get_size_inches().round(2).tolist()
    [3.5, 1.97]
    """
    pt = scale(profile)
    sides = zip((width, height), profile["figure.figsize"], strict=True)
    wide, high = (min(asked * pt / 25.4, most) for asked, most in sides)
    return Figure((wide, high), layout="constrained")


def narrow(profile: Profile) -> bool:
    """Say whether a page is too narrow, for its type, for labelled panels side by side.

    >>> [narrow(profile) for profile in PROFILES.values()]
    [False, True, False]
    """
    return width_of(profile) < 119


def fitted(profile: Profile, height: float, interviews: int = 3) -> Profile:
    """Return a page that holds a figure of many interviews, `height` mm high at print size.

    If the page is too low, the type is made smaller, down to that of print; if that is not
    enough, the page is made higher. Figures of one or two interviews fit every page.

    >>> fitted(PRINT, 300) is PRINT, fitted(PROFILES["slide"], 100)["font.size"] < 14
    (True, True)
    """
    wide, high = (side * 25.4 for side in profile["figure.figsize"])
    if interviews < 3 or height * scale(profile) <= high:
        return profile
    points = max(PRINT_SIZE, PRINT_SIZE * high / height)
    return profile | type_size(points) | page(wide, max(high, height))


@contextmanager
def canvas(
    width: float, height: float, profile: Profile, interviews: int = 3
) -> Iterator[tuple[Figure, float]]:
    """Make a figure, sized in mm and `fitted` to its page; yields it and one point of print.

    Afterwards its layout is final, so that no format moves anything. Control characters of a
    source are written as escapes, because no font has them and no SVG may contain them.
    """
    profile = fitted(profile, height, interviews)
    with styled(profile) as pt:
        drawing = figure(width, height, profile)
        yield drawing, pt
        for text in drawing.findobj(Text):
            text.set_text(without_controls(text.get_text()))
        engine = drawing.get_layout_engine()
        assert engine is not None, "every figure is made by `figure`"
        engine.execute(drawing)
        drawing.set_layout_engine(None)


def panels(drawing: Figure | SubFigure, number: int, across: int, **options: Any) -> list[Axes]:
    """Make a number of axes, row by row; those above an empty place also have tick labels."""
    axes = drawing.subplots(ceil(number / across), across, squeeze=False, **options)
    for ax in axes.flat[number:]:
        ax.remove()
    for ax in axes.flat[max(number - across, 0) : number]:
        ax.tick_params(labelbottom=True)
    return list(axes.flat[:number])


def columns(number: int, profile: Profile, most: int = 4) -> int:
    """Return how many panels to draw side by side, so that rows are as full as possible.

    >>> [columns(number, PRINT) for number in (3, 5, 12)]
    [3, 3, 4]
    """
    across = min(1 if narrow(profile) else most, number)
    return ceil(number / ceil(number / across))


def in_reading_order(
    part: Figure | SubFigure, labels: Mapping[str, str], sentences: int, across: int = 1
) -> Iterator[tuple[Axes, str, str]]:
    """Make a panel for each interview, sentences from left to right on one scale.

    Yields each panel with the id of its interview and its colour; the lowest has the axis.
    """
    axes = panels(part, len(labels), across, sharex=True, sharey=across > 1)
    for ax, (name, colour) in zip(axes, colours(list(labels)).items(), strict=True):
        yield ax, name, colour
        ax.set_title(labels[name], color=legible(colour))
        lowest = across > 1 or ax is axes[-1]
        ax.spines["bottom"].set_visible(lowest)
        ax.tick_params(axis="x", bottom=lowest, labelbottom=lowest)
    axes[-1].set_xlim(0, sentences)
    ticks = MaxNLocator(9, integer=True).tick_values(0, sentences)
    axes[-1].set_xticks([tick for tick in ticks if tick <= sentences])
    axes[-1].set_xlabel("sentences in reading order")


def rows_of(
    ax: Axes,
    labels: Sequence[str],
    pt: float,
    leads: Iterable[str] = (),
    rows: int = 0,
    size: float = 7,
) -> None:
    """Label the rows at the left, and note where each label leads.

    `rows` leaves room for more rows than these.
    """
    ax.set_yticks(range(len(labels)), list(labels), fontsize=size * pt)
    for text, address in zip(ax.get_yticklabels(), leads, strict=False):
        if address:
            lead(text, address)
    ax.set_ylim(max(rows, len(labels), 1) - 0.4, -0.6)


def separated(ax: Axes, rows: int, pt: float) -> None:
    """Draw a fine line between rows."""
    for row in range(1, rows):
        ax.axhline(row - 0.5, color=PALE, linewidth=0.4 * pt, zorder=0)


def beside(ax: Axes, text: str, row: float, pt: float, **look: Any) -> None:
    """Write a text to the right of a row."""
    place: Look = {"textcoords": "offset points", "va": "center_baseline", "fontsize": 7 * pt}
    ax.annotate(text, (1, row), (4 * pt, 0), ("axes fraction", "data"), **place | look)


def intervals(
    ax: Axes,
    y: Iterable[float],
    table: pd.DataFrame,
    measure: str,
    colour: str,
    marker: str,
    leads: Iterable[str],
    filled: pd.Series | None = None,
    limit: float = float("inf"),
    **options: Any,
) -> None:
    """Draw a marker with its interval in each row: `measure`, `measure_low`, `measure_high`.

    Markers that are not `filled` are open; an interval that reaches beyond `limit` ends in an
    arrow. `leads` are the addresses of the rows.
    """
    at = pd.Series(list(y), index=table.index, dtype="float64")
    low, high = table[f"{measure}_low"], table[f"{measure}_high"]
    width = 0.2 * mpl.rcParams["lines.markersize"]
    line: Look = {"color": colour, "linewidth": width, "alpha": 0.6}
    lead(ax.hlines(at, low.clip(-limit), high.clip(upper=limit), **line), *leads)
    arrow: Look = {"color": colour, "markersize": 3.75 * width, "linestyle": "none"}
    for ends, arrowhead, edge in ((low, "<", -limit), (high, ">", limit)):
        beyond = at[ends.abs() > limit]
        if len(beyond):
            ax.plot([edge] * len(beyond), beyond, arrowhead, clip_on=False, **arrow)
    full = pd.Series(True, index=table.index) if filled is None else filled
    for some, face in ((full, colour), (~full, "white")):
        # An empty series would still take room in the layout.
        if some.any():
            place, look = (table.loc[some, measure], at[some]), {"markerfacecolor": face} | options
            ax.plot(*place, marker, color=colour, clip_on=False, zorder=2, **look)


def key_of(
    drawing: Figure,
    labels: Mapping[str, str],
    pt: float,
    others: str = "",
    markers: Sequence[str] = MARKERS,
    **options: Any,
) -> None:
    """Name the interviews above a drawing, each in its colour with its marker, then `others`."""
    palette = colours(list(labels))
    stroke: Look = {"markersize": 7 * pt} if others else {}
    wide: Look = {"markeredgewidth": 1.6 * pt} if others else {}
    handles = [
        Line2D(
            [], [], color=palette[name], marker=marker, linewidth=0, label=label, **stroke, **wide
        )
        for (name, label), marker in zip(labels.items(), cycle(markers), strict=False)
    ]
    if others:
        handles.append(Line2D([], [], color=GREY, marker="|", linewidth=0, label=others, **stroke))
    place: Look = {"loc": "outside upper left", "ncols": 3} | options
    legend = drawing.legend(handles=handles, **place)
    for text, colour in zip(legend.get_texts(), palette.values(), strict=False):
        text.set(color=legible(colour), weight="bold")
