"""Sentences for readers: Jinja templates in their own files, filled with numbers and names.

The templates of a package are in a TOML file beside its modules: a table for each figure, table or
finding, containing a template for each sentence. To correct the English, edit that file.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template


def number(value: float, digits: int = 0) -> str:
    """Write a number with commas between the thousands and a true minus sign.

    >>> number(1340), number(-0.125, 2), number(-0.04, 1), number(float("nan")), number(math.inf)
    ('1,340', '−0.12', '0.0', '–', 'unbounded')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "unbounded"
    text = f"{value:z,.{digits}f}"
    return text.replace("-", "−")


def signed(value: float, digits: int = 1) -> str:
    """Write a number with its sign, + or a true minus.

    >>> signed(2.25), signed(-2.25), signed(0)
    ('+2.2', '−2.2', '0.0')
    """
    return ("+" if round(value, digits) > 0 else "") + number(value, digits)


def percent(value: float) -> str:
    """Write a share as a percentage.

    >>> percent(0.677), percent(-0.25)
    ('68%', '−25%')
    """
    return f"{value:.0%}".replace("-", "−")


def p_value(p: float, digits: int) -> str:
    """Write a p value with =, < or > before it; none is rounded to 0 or to 1.

    >>> p_value(0.861, 2), p_value(0.0004, 3), p_value(0.998, 2), p_value(float("nan"), 2)
    ('= 0.86', '< 0.001', '> 0.99', '= –')
    """
    least = float(f"1e-{digits}")
    if p > 1 - least / 2:
        return f"> {number(1 - least, digits)}"
    return f"< {number(least, digits)}" if p < least / 2 else f"= {number(p, digits)}"


def interval(value: float, low: float, high: float, digits: int = 1) -> str:
    """Write a number with its interval; an infinite end is “unbounded”.

    >>> interval(-1.24, -3.5, math.inf), interval(2, math.nan, math.nan)
    ('−1.2 [−3.5, unbounded]', '2.0')
    """
    if math.isnan(low) or math.isnan(high):
        return number(value, digits)
    return f"{number(value, digits)} [{number(low, digits)}, {number(high, digits)}]"


def plural(count: int, one: str, many: str) -> str:
    """Write a count with the right form of the noun.

    >>> plural(1, "word", "words"), plural(1200, "word", "words")
    ('1 word', '1,200 words')
    """
    return f"{number(count)} {one if count == 1 else many}"


def listed(names: Iterable[str], none: str = "none") -> str:
    """Write names as a list in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"]), listed([])
    ('a', 'a, b and c', 'none')
    """
    *first, last = list(names) or [none]
    return f"{', '.join(first)} and {last}" if first else last


def quoted(names: Iterable[str]) -> list[str]:
    """Put names in quotation marks.

    >>> listed(quoted(["movie", "kid"]))
    '“movie” and “kid”'
    """
    return [f"“{name}”" for name in names]


def slug(text: str, between: str = "-") -> str:
    """Reduce a text to lower-case letters and digits, for the name of a file or an anchor.

    >>> slug("Her, the film"), slug("Her, the film", "_")
    ('her-the-film', 'her_the_film')
    """
    return re.sub("[^a-z0-9]+", between, text.lower()).strip(between)


_JINJA = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text, no HTML
_JINJA.filters |= {
    each.__name__: each
    for each in (number, p_value, signed, percent, interval, plural, listed, quoted)
}


def say(template: str, **values: Any) -> str:
    """Fill a template; a gap without a value is an error. Whitespace is collapsed.

    >>> say("{{ n | plural('word', 'words') }}, {{ share | percent }} of all", n=3, share=0.5)
    '3 words, 50% of all'
    """
    return " ".join(_compiled(template).render(**values).split())


class Wording:
    """The templates of one TOML file.

    `Wording(Path(__file__).with_name("captions.toml")).say("voices.title")`
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def say(self, key: str, **values: Any) -> str:
        """Fill the template under `table.name`."""
        table, name = key.rsplit(".", 1)
        return say(_templates(self.path)[table][name], **values)


@cache
def _compiled(template: str) -> Template:
    return _JINJA.from_string(template)


@cache
def _templates(path: Path) -> dict[str, dict[str, str]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
