"""What a figure is drawn of, as text: where each mark lies, how large, in which colour."""

import numpy as np
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text


def artists(figure: Figure) -> str:
    """Describe size, axes and every mark of a figure, a line for each, before it is laid out."""
    lines = [f"size {_near(figure.get_size_inches() * 25.4)}"]
    for ax in figure.axes:
        ticks = [_near(axis.get_ticklocs()) for axis in (ax.xaxis, ax.yaxis)]
        told = [ax.get_xlim(), ax.get_ylim(), ax.get_position().bounds]
        lines.append(f"axes {' '.join(map(_near, told))} {' '.join(ticks)} {ax.axison}")
    for artist in figure.findobj(lambda one: isinstance(one, _KINDS)):
        if artist.get_visible():
            lines.append(f"{type(artist).__name__} {artist.get_zorder()} {_told(artist)}")
    return "\n".join(lines)


def _told(artist: object) -> str:
    match artist:
        case Text():
            place = [*artist.get_position(), artist.get_fontsize(), artist.get_rotation()]
            looks = to_hex(artist.get_color()), artist.get_ha(), artist.get_va()
            return f"{artist.get_text()!r} {_near(place)} {looks} {artist.get_fontweight()}"
        case Line2D():
            looks = to_hex(artist.get_color()), artist.get_marker(), artist.get_linestyle()
            sizes = [artist.get_linewidth(), artist.get_markersize()]
            filled = to_hex(artist.get_markerfacecolor(), keep_alpha=True)
            return f"{_near(artist.get_xydata())} {_near(sizes)} {looks} {filled}"
        case Collection():
            paths = [_near(path.vertices) for path in artist.get_paths()]
            colours = [_near(artist.get_facecolor()), _near(artist.get_edgecolor())]
            values = artist.get_array()
            told = [artist.get_linewidth(), artist.get_offsets(), [] if values is None else values]
            return " ".join([*paths, *colours, *map(_near, told)])
        case Patch():
            path = artist.get_patch_transform().transform_path(artist.get_path())
            colours = [_near(artist.get_facecolor()), _near(artist.get_edgecolor())]
            return " ".join([_near(path.vertices), *colours, _near(artist.get_linewidth())])
    raise TypeError(artist)


_KINDS = (Text, Line2D, Collection, Patch)


def _near(numbers: object) -> str:
    """Write numbers with four digits, as many as can be seen."""
    found = np.ma.filled(np.ma.asarray(numbers, dtype=float), np.nan)
    return " ".join(f"{number:.4g}" for number in found.ravel() + 0.0)
