"""Drawings of more than two interviews or groups: small multiples, one panel each, and matrices."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import cycle
from math import ceil
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.figures.plots import (
    DOUBLE,
    GREY,
    INK,
    MARKERS,
    PALE,
    PRINT,
    SINGLE,
    Profile,
    colours,
    figure,
    fitted,
    legible,
    narrow,
    settle,
    strokes,
    styled,
    voices_key,
)

# Beyond it, an interval is an arrow.
_LIMIT = 8.0


def columns(number: int, profile: Profile, most: int = 4) -> int:
    """Say how many panels stand side by side: rows as full as can be.

    >>> [columns(number, PRINT) for number in (3, 5, 12)]
    [3, 3, 4]
    """
    across = min(2 if narrow(profile) else most, number)
    return ceil(number / ceil(number / across))


def panels(drawing: Figure, number: int, across: int, **options: Any) -> list[Axes]:
    """Make so many axes, row by row; where the last row is not full, those above it have their numbers."""
    axes = drawing.subplots(ceil(number / across), across, squeeze=False, **options)
    for ax in axes.flat[number:]:
        ax.remove()
    for ax in axes.flat[max(number - across, 0) : number]:
        ax.tick_params(labelbottom=True)
    return list(axes.flat[:number])


def rates(table: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw each word's rate with its interval, one panel an interview, the words in the same rows of all panels.

    Parameters
    ----------
    table, names, profile : as for `analysis.figures.plots.paired_rates`.
    """
    palette, across = colours(list(names)), columns(len(names), profile)
    high = 8 + ceil(len(names) / across) * (9 + 4 * len(table))
    profile = fitted(profile, high)
    with styled(profile) as pt:
        drawing = figure(DOUBLE, high, profile)
        axes = panels(drawing, len(names), across, sharex=True, sharey=True)
        for ax, (interview, name), marker in zip(axes, names.items(), cycle(MARKERS), strict=False):
            colour, drawn = palette[interview], table[f"count_{interview}"] > 0
            y = pd.Series(range(len(table)), index=table.index)
            ax.hlines(
                range(len(table)),
                0,
                1,
                color=PALE,
                linewidth=0.4 * pt,
                transform=ax.get_yaxis_transform(),
            )
            low, high = table[f"rate_low_{interview}"], table[f"rate_high_{interview}"]
            ax.hlines(y, low, high, color=colour, linewidth=0.8 * pt, alpha=0.6)
            for some, face in ((drawn, colour), (~drawn, "white")):
                if some.any():
                    rate = table.loc[some, f"rate_{interview}"]
                    ax.plot(
                        rate, y[some], marker, color=colour, markerfacecolor=face, clip_on=False
                    )
            _rows(ax, list(table["term"]), pt)
            ax.set_title(_wrapped(name, across), color=legible(colour))
        # Not before all are drawn: it ends the fitting of the scale that they share.
        axes[0].set_xlim(left=0)
        axes[0].xaxis.set_major_locator(MaxNLocator(4, integer=True))
        drawing.supxlabel("occurrences per 1,000 words of the interviewee", fontsize=7.5 * pt)
        return settle(drawing)


def keywords(table: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw how much more frequent the keywords of each interview are in it than in the rest, one panel an interview.

    Parameters
    ----------
    table : `target`, `term`, `count_target`, `count_reference` (written beside the term),
        `log_ratio`, `log_ratio_low`, `log_ratio_high` (an interval without end has an arrow),
        `found` (bool: a filled marker); drawn from top to bottom.
    names : interview ids with what to call them.
    profile : sizes of the page and of its type.
    """
    palette, across = colours(list(names)), columns(len(names), profile, 3)
    counts = [int((table["target"] == interview).sum()) for interview in names]
    heights = [max(1, *counts[first : first + across]) for first in range(0, len(names), across)]
    high = 8 + sum(10 + 4 * height for height in heights)
    profile = fitted(profile, high)
    with styled(profile) as pt:
        drawing = figure(DOUBLE, high, profile)
        axes = panels(
            drawing,
            len(names),
            across,
            sharex=True,
            height_ratios=[3 + height for height in heights],
        )
        for number, (ax, (interview, name), marker) in enumerate(
            zip(axes, names.items(), cycle(MARKERS), strict=False)
        ):
            rows = table[table["target"] == interview].reset_index(drop=True)
            colour = palette[interview]
            low, high = (
                rows["log_ratio_low"].clip(-_LIMIT),
                rows["log_ratio_high"].clip(upper=_LIMIT),
            )
            ax.hlines(rows.index, low, high, color=colour, linewidth=0.8 * pt, alpha=0.6)
            for column, end, arrow in (
                ("log_ratio_low", -_LIMIT, "<"),
                ("log_ratio_high", _LIMIT, ">"),
            ):
                endless = rows.index[rows[column].abs() > _LIMIT]
                if len(endless):
                    ax.plot(
                        [end] * len(endless),
                        endless,
                        arrow,
                        color=colour,
                        markersize=3 * pt,
                        clip_on=False,
                    )
            for some, face in ((rows["found"], colour), (~rows["found"], "white")):
                if some.any():
                    ax.plot(
                        rows.loc[some, "log_ratio"],
                        rows.index[some],
                        marker,
                        color=colour,
                        markerfacecolor=face,
                    )
            ax.axvline(0, color=GREY, linewidth=0.6 * pt, zorder=0)
            labels = [
                f"{row.term} {row.count_target}:{row.count_reference}" for row in rows.itertuples()
            ]
            _rows(ax, labels, pt, heights[number // across])
            ax.set_xlim(-_LIMIT, _LIMIT)
            ax.set_xticks([-8, -4, 0, 4, 8])
            ax.set_title(_wrapped(name, across), color=legible(colour))
        drawing.supxlabel(
            "log ratio of the rates, interview over the rest (1 = twice as frequent)",
            fontsize=7.5 * pt,
        )
        return settle(drawing)


def vocabularies(table: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw the words that all interviews share, and those of each alone, with their rates.

    Parameters
    ----------
    table : as for `analysis.figures.plots.vocabularies`.
    names : interview ids with what to call them.
    profile : sizes of the page and of its type.
    """
    palette = colours(list(names))
    parts = {"shared": f"in all {len(names)}"} | {
        f"only {name}": f"only in {label}" for name, label in names.items()
    }
    across = columns(len(parts), profile)
    counts = [int((table["vocabulary"] == part).sum()) for part in parts]
    heights = [max(1, *counts[first : first + across]) for first in range(0, len(parts), across)]
    high = 8 + sum(10 + 4 * height for height in heights)
    profile = fitted(profile, high)
    with styled(profile) as pt:
        drawing = figure(DOUBLE, high, profile)
        axes = panels(
            drawing,
            len(parts),
            across,
            sharex=True,
            height_ratios=[3 + height for height in heights],
        )
        for number, (ax, (part, title)) in enumerate(zip(axes, parts.items(), strict=True)):
            rows = table[table["vocabulary"] == part].reset_index(drop=True)
            if part == "shared":
                of_each = rows[[f"rate_{interview}" for interview in names]]
                ax.hlines(
                    rows.index,
                    of_each.min(axis=1),
                    of_each.max(axis=1),
                    color=PALE,
                    linewidth=3 * pt,
                    zorder=0,
                )
                for interview, marker in zip(names, cycle(MARKERS), strict=False):
                    ax.plot(
                        rows[f"rate_{interview}"],
                        rows.index,
                        marker,
                        color=palette[interview],
                        markersize=3 * pt,
                    )
                labels, colour = list(rows["term"]), INK
            else:
                interview = part.removeprefix("only ")
                ax.barh(rows.index, rows[f"rate_{interview}"], 0.62, color=palette[interview])
                counted = zip(rows["term"], rows[f"count_{interview}"], strict=True)
                labels = [f"{term} {count}" for term, count in counted]
                colour = legible(palette[interview])
            _rows(ax, labels, pt, heights[number // across])
            ax.set_title(_wrapped(title, across), color=colour)
        axes[0].set_xlim(left=0)
        axes[0].xaxis.set_major_locator(MaxNLocator(4, integer=True))
        drawing.supxlabel("occurrences per 1,000 words of the interviewee", fontsize=7.5 * pt)
        return settle(drawing)


def dispersion_rows(
    positions: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT
) -> Figure:
    """Draw where in each interview some terms fall, one panel an interview, in rows of panels.

    Parameters
    ----------
    positions, names, profile : as for `analysis.figures.plots.dispersion_rows`.
    """
    palette, across = colours(list(names)), columns(len(names), profile)
    order = list(dict.fromkeys(positions["term"]))
    place = {term: row for row, term in enumerate(order)}
    high = (9 if "role" in positions else 4) + ceil(len(names) / across) * (13 + 4 * len(order))
    profile = fitted(profile, high)
    with styled(profile) as pt:
        drawing = figure(DOUBLE, high, profile)
        axes = panels(drawing, len(names), across, sharex=True, sharey=True)
        drawing.get_layout_engine().set(wspace=0.04)  # type: ignore[union-attr, call-arg]
        for ax, (interview, name) in zip(axes, names.items(), strict=True):
            rows = positions[(positions["interview"] == interview) & positions["position"].notna()]
            y = rows["term"].map(place).astype("float64")
            ax.hlines(range(len(order)), 0, 1, color=PALE, linewidth=0.5 * pt, zorder=0)
            strokes(ax, rows, y, palette[interview], pt)
            _rows(ax, order, pt)
            ax.set_xlim(0, 1)
            ax.set_xticks([0, 1], ["first word", "last word"])
            # An inner panel has no labels.
            for label, right in zip(ax.get_xticklabels(), (False, True), strict=False):
                label.set_horizontalalignment("right" if right else "left")
            ax.set_title(_wrapped(name, across), color=legible(palette[interview]))
        if "role" in positions:
            voices_key(drawing, palette, pt)
        return settle(drawing)


def name_matrix(table: pd.DataFrame, names: dict[str, str], profile: Profile = PRINT) -> Figure:
    """Draw how often each name is mentioned in each interview: all mentions and, in brackets, the interviewee's.

    Parameters
    ----------
    table : `canonical`, `interview`, `voice`, `count`, as for `analysis.figures.plots.name_dots`.
    names : interview ids with what to call them.
    profile : sizes of the page and of its type.
    """
    palette = colours(list(names))
    order = list(dict.fromkeys(table["canonical"]))
    total = table.groupby(["canonical", "interview"])["count"].sum()
    own = table[table["voice"] == "interviewee"].groupby(["canonical", "interview"])["count"].sum()
    high = 30 + 4.2 * len(order)
    profile = fitted(profile, high)
    with styled(profile) as pt:
        drawing = figure(DOUBLE, high, profile)
        ax = drawing.subplots()
        for (canonical, interview), count in total.items():
            x, y, said = (
                list(names).index(interview),
                order.index(canonical),
                own.get((canonical, interview), 0),
            )
            shade = 0.12 + 0.4 * count / total.max()
            ax.add_patch(
                Rectangle(
                    (x - 0.47, y - 0.45),
                    0.94,
                    0.9,
                    color=palette[interview],
                    alpha=shade,
                    linewidth=0,
                )
            )
            text = f"{count} ({said})" if said else str(count)
            ax.text(x, y, text, ha="center", va="center_baseline", fontsize=7 * pt)
        ax.set_xlim(-0.5, len(names) - 0.5)
        _rows(ax, order, pt)
        ax.xaxis.tick_top()
        turned: dict[str, Any] = (
            {"rotation": 40, "ha": "left", "rotation_mode": "anchor"} if len(names) > 4 else {}
        )
        ax.set_xticks(range(len(names)), [_wrapped(name, 4) for name in names.values()], **turned)
        for label, colour in zip(ax.get_xticklabels(), palette.values(), strict=True):
            label.set_color(legible(colour))
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        return settle(drawing)


def pair_matrix(table: pd.DataFrame, order: Sequence[str], profile: Profile = PRINT) -> Figure:
    """Draw how often names stand together in all interviews, below the diagonal.

    Parameters
    ----------
    table : `first`, `second`, `together`.
    order : the names, from top to bottom and left to right.
    profile : sizes of the page and of its type.
    """
    place = {name: number for number, name in enumerate(order)}
    most = max(int(table["together"].max()), 1) if len(table) else 1
    high = 34 + 4.2 * len(order)
    profile = fitted(profile, high)
    with styled(profile) as pt:
        drawing = figure(SINGLE, high, profile)
        ax = drawing.subplots()
        for one, other, together in zip(
            table["first"], table["second"], table["together"], strict=True
        ):
            x, y = sorted((place[one], place[other]))
            shade = 0.1 + 0.5 * together / most
            ax.add_patch(
                Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, color=GREY, alpha=shade, linewidth=0)
            )
            ax.text(x, y, str(together), ha="center", va="center_baseline", fontsize=7 * pt)
        last = max(len(order), 1) - 0.5
        ax.set_xlim(-0.5, last)
        ax.set_ylim(last, -0.5)
        ax.set_aspect("equal")
        ax.set_yticks(range(len(order)), list(order), fontsize=7 * pt)
        ax.set_xticks(range(len(order)), list(order), rotation=90, fontsize=7 * pt)
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        return settle(drawing)


def _rows(ax: Axes, labels: list[str], pt: float, rows: int | None = None) -> None:
    """Write what stands in each row at its left; panels of one row of panels have equally many."""
    ax.set_yticks(range(len(labels)), labels, fontsize=7 * pt)
    ax.set_ylim((rows or max(len(labels), 1)) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _wrapped(name: str, across: int) -> str:
    return "\n".join(textwrap.wrap(name, 88 // across)) or name
