"""The look of the study: page sizes, type, colours and markers, and the parts that drawings share.

`STYLE` holds what all figures share; a profile holds the size of the page and of its type. Both are
plain dictionaries of matplotlib's rcParams and combine: `STYLE | page(120) | type_size(9)`. Sizes
that a drawing gives in points are multiplied by what `styled` yields.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from math import ceil
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from analysis.figures.marks import lead
from analysis.figures.typeface import FAMILY
from analysis.files import without_controls

SINGLE, DOUBLE = 89.0, 183.0  # column widths in mm
ACROSS = 3  # panels that fit side by side
# Okabe and Ito's colours, each with a marker; every figure gives them out in the same order.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# Each colour darkened until text in it can be read on white.
_INKS = ("#0072B2", "#C15500", "#008662", "#A36186", "#9D6C00", "#3C7DA2")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

Profile = dict[str, Any]
Look = dict[str, Any]  # keyword arguments of matplotlib
Names = Mapping[str, str]  # what readers see, by id
PRINT_SIZE = 7.5  # pt
# Rows have labels at the left and no ticks.
_SIZES = {
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
    "ytick.major.size": 0,
    "ytick.major.pad": 3.5,
    # Margins of the canvas, in inches: 1 mm at print size.
    "figure.constrained_layout.h_pad": 1 / 25.4,
    "figure.constrained_layout.w_pad": 1 / 25.4,
}


def page(width: float, height: float = float("inf")) -> Profile:
    """Return the rcParams of a page of `width` x `height` mm: no figure is wider or taller.

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
    return {"font.size": points} | {
        key: size * (points / PRINT_SIZE) for key, size in _SIZES.items()
    }


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

# Where a figure is printed. On the two-column page, the first and the default, each figure takes
# the width it is made for; the others make all figures fit one column, or a 16:9 slide (as png,
# in full HD).
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


def looks(interviews: Iterable[str]) -> list[tuple[str, str, str]]:
    """Give each interview its colour and marker; from the seventh on, the colours repeat.

    >>> looks(["indiewire", "tiff"])
    [('indiewire', '#0072B2', 'o'), ('tiff', '#D55E00', 's')]
    """
    return list(zip(interviews, cycle(COLOURS), cycle(MARKERS), strict=False))


def legible(colour: str) -> str:
    """Return a colour of `COLOURS` for text, with a contrast of 4.5:1 on white (WCAG 2.2, 1.4.3).

    >>> legible("#0072B2"), legible("#D55E00")
    ('#0072B2', '#C15500')
    """
    return _INKS[COLOURS.index(colour)]


@contextmanager
def styled(profile: Profile = PRINT) -> Iterator[float]:
    """Draw in the study's style at the sizes of a profile; yields its scale, 1 for print.

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


def narrow(profile: Profile) -> bool:
    """Say whether a page is too narrow, for its type, for labelled panels side by side.

    >>> [narrow(profile) for profile in PROFILES.values()]
    [False, True, False]
    """
    return width_of(profile) < 119


def fitted(profile: Profile, height: float, interviews: int = 3) -> Profile:
    """Return a page that holds a figure of many interviews, `height` mm high at print size.

    If the page is too short, the type is made smaller, down to that of print; if that is not
    enough, the page is made taller. Figures of one or two interviews fit every page.

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

    It is drawn at print size, scaled with the type, and no larger than the page. Afterwards its
    layout is fixed, so it is the same in all formats. Control characters of a source are written
    as escapes, because no font has them and no SVG may contain them.
    """
    profile = fitted(profile, height, interviews)
    with styled(profile) as pt:
        sides = zip((width, height), profile["figure.figsize"], strict=True)
        engine = ConstrainedLayoutEngine()
        wide, high = (min(mm * pt / 25.4, most) for mm, most in sides)
        drawing = Figure((wide, high), layout=engine)
        yield drawing, pt
        for text in drawing.findobj(Text):
            text.set_text(without_controls(text.get_text()))
        engine.execute(drawing)
        drawing.set_layout_engine(None)


def panels(
    part: Figure | SubFigure, labels: Names, across: int, **options: Any
) -> list[tuple[Axes, str, str, str]]:
    """Make a panel for each interview, row by row, with its title in its colour.

    Those above an empty slot also have tick labels. Each comes with the style of its interview.
    """
    number = len(labels)
    axes = list(part.subplots(ceil(number / across), across, squeeze=False, **options).flat)
    for ax in axes[number:]:
        ax.remove()
    for ax in axes[max(number - across, 0) : number]:
        ax.tick_params(labelbottom=True)
    made = [(ax, *look) for ax, look in zip(axes, looks(labels), strict=False)]
    for ax, name, colour, _ in made:
        ax.set_title(labels[name], color=legible(colour))
    return made


def columns(number: int, profile: Profile) -> int:
    """Return how many panels to draw side by side, so that rows are as full as possible.

    >>> [columns(number, PRINT) for number in (3, 4, 12)]
    [3, 2, 3]
    """
    across = min(1 if narrow(profile) else ACROSS, number)
    return ceil(number / ceil(number / across))


def in_reading_order(
    part: Figure | SubFigure, labels: Names, sentences: int, across: int = 1
) -> Iterator[tuple[Axes, str, str]]:
    """Make a panel for each interview, sentences from left to right on one scale.

    Yields each panel with the id of its interview and its colour. In a single column, only the
    lowest has the axis.
    """
    made = panels(part, labels, across, sharex=True, sharey=across > 1)
    last = made[-1][0]
    for ax, name, colour, _ in made:
        yield ax, name, colour
        lowest = across > 1 or ax is last
        ax.spines["bottom"].set_visible(lowest)
        ax.tick_params(axis="x", bottom=lowest, labelbottom=lowest)
    last.set_xlim(0, sentences)
    ticks = MaxNLocator(9, integer=True).tick_values(0, sentences)
    last.set_xticks([tick for tick in ticks if tick <= sentences])
    last.set_xlabel("sentences in reading order")


def rows_of(ax: Axes, labels: Collection[str], leads: Iterable[str] = (), **look: Any) -> None:
    """Label the rows on the left, and note where each label leads."""
    ax.set_yticks(range(len(labels)), list(map(without_controls, labels)), **look)
    for text, address in zip(ax.get_yticklabels(), leads, strict=False):
        if address:
            lead(text, address)
    ax.set_ylim(max(len(labels), 1) - 0.4, -0.6)


def separated(ax: Axes, rows: int, pt: float) -> None:
    """Draw a fine line between rows."""
    for row in range(1, rows):
        ax.axhline(row - 0.5, color=PALE, linewidth=0.4 * pt, zorder=0)


def beside(ax: Axes, text: str, row: float, pt: float, **look: Any) -> None:
    """Write text to the right of a row."""
    look = Look(textcoords="offset points", va="center_baseline", fontsize=7 * pt) | look
    ax.annotate(text, (1, row), (4 * pt, 0), ("axes fraction", "data"), **look)


def intervals(
    ax: Axes,
    table: pd.DataFrame,
    measure: str,
    colour: str,
    marker: str,
    leads: Iterable[str],
    filled: pd.Series | bool = True,
    limit: float = float("inf"),
    **look: Any,
) -> None:
    """Draw a marker with its interval at the height `y` of each row of a table.

    The interval of `measure` is from `measure_low` to `measure_high`; if it reaches beyond `limit`,
    it ends in an arrow. Markers that are not `filled` are open. `leads` are the rows' addresses.
    """
    ends = [table[f"{measure}_{end}"] for end in ("low", "high")]
    width = 0.2 * mpl.rcParams["lines.markersize"]
    cut = (end.clip(-limit, limit) for end in ends)
    lead(ax.hlines(table["y"], *cut, color=colour, linewidth=width, alpha=0.6), *leads)
    line: Look = {"color": colour, "clip_on": False}
    for end, edge, arrow in zip(ends, (-limit, limit), "<>", strict=True):
        beyond = table.loc[end.abs() > limit, "y"]
        if len(beyond):
            ax.plot([edge] * len(beyond), beyond, arrow, markersize=3.75 * width, **line)
    full = pd.Series(filled, table.index)
    for some, face in ((table[full], colour), (table[~full], "white")):
        # An empty series would still take up room in the layout.
        if len(some):
            ax.plot(some[measure], some["y"], marker, mfc=face, zorder=2, **line | look)


def key(part: Figure | SubFigure, entries: Iterable[tuple[str, Look]], **place: Any) -> Legend:
    """Explain the lines and markers of a drawing in a key."""
    handles = [Line2D([], [], label=label, **Look(linewidth=0) | look) for label, look in entries]
    return part.legend(handles=handles, **place)


def key_of(drawing: Figure, labels: Names, pt: float, across: int, others: str = "") -> None:
    """Name the interviews above a drawing, each in its colour with its marker.

    `others`, if given, is the name of all other voices; all then have strokes, not markers.
    """
    stroke = Look(marker="|", markersize=7 * pt)
    wide = stroke | {"markeredgewidth": 1.6 * pt} if others else {}
    entries = [
        (labels[name], {"color": colour, "marker": marker} | wide)
        for name, colour, marker in looks(labels)
    ]
    if others:
        entries.append((others, stroke | {"color": GREY}))
    legend = key(drawing, entries, loc="outside upper left", ncols=across)
    for text, (_, colour, _) in zip(legend.get_texts(), looks(labels), strict=False):
        text.set(color=legible(colour), weight="bold")
