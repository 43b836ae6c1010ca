"""The names not yet checked, each with its sentences and a line for the gazetteer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.names.gazetteer import folded, has_capital
from analysis.schemas import SENTENCE

_LINES = 3  # shown for each name


def to_check(
    mentions: pd.DataFrame,
    sentences: pd.DataFrame,
    gazetteer: pd.DataFrame | None = None,
    labels: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """List the names that the gazetteer lacks, starting with the most often mentioned.

    Parameters
    ----------
    mentions : a table as returned by `entities`; dates are ignored.
    sentences : a table as returned by `analysis.themes.sentences`, all voices.
    gazetteer : a table as returned by `load_gazetteer`, if there is one.
    labels : the short name of each interview by its id; without it ids are shown.

    Returns
    -------
    DataFrame with one row for each name: `canonical`, `label` (str), `mentions` (int64),
    `interviews` (str: those that contain it), `lines` (str: up to three sentences with it),
    `entry` (str: its line for the gazetteer; empty if it cannot be listed there). All entries
    may be added to the gazetteer together.

    Examples
    --------
    >>> mention = {"interview": "a", "utterance": 0, "sentence": 0, "text": "Lee", "label": "ORG"}
    >>> mentions = pd.DataFrame([{**mention, "canonical": "Ann Lee"}])
    >>> sentences = pd.DataFrame([{**mention, "text": "Lee came."}])
    >>> table = to_check(mentions, sentences, labels={"a": "A Paper"})
    >>> table[["interviews", "lines", "entry"]].values.tolist()
    [['A Paper', 'Lee came.', 'Ann Lee,ORG,Lee,,']]
    """
    known = gazetteer[["alias", "canonical"]].to_numpy() if gazetteer is not None else []
    shown = mentions["label"].ne("DATE") & ~mentions["canonical"].isin([name for _, name in known])
    named = mentions[shown].merge(
        sentences[[*SENTENCE, "text"]], "left", SENTENCE, suffixes=("", "_line")
    )
    named["interview"] = named["interview"].replace(labels or {})
    ranked = sorted(named.groupby("canonical"), key=lambda one: (-len(one[1]), one[0]))
    claimed = {folded(name) for name, _ in [*known, *ranked]}
    rows = []
    for name, own in ranked:
        label, lines = own["label"].mode().iloc[0], own["text_line"].dropna().unique()[:_LINES]
        interviews = ", ".join(own["interview"].unique())
        quoted = " / ".join(" ".join(line.split()) for line in lines)
        entry = _entry(name, label, own["text"].unique(), claimed)
        rows.append((name, label, len(own), interviews, quoted, entry))
    columns = ["canonical", "label", "mentions", "interviews", "lines", "entry"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(columns, "str") | {"mentions": "int64"})


def _entry(name: str, label: str, texts: Iterable[str], claimed: set[str]) -> str:
    """Write the line of a gazetteer, with the aliases that no other line claims."""
    if not _can_stand(name):
        return ""
    aliases = []
    for text in (" ".join(text.split()) for text in texts):
        if folded(text) not in claimed and ";" not in text and _can_stand(text):
            aliases.append(text)
            claimed.add(folded(text))
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([name, label, "; ".join(aliases), "", ""])
    return line.getvalue()


def _can_stand(name: str) -> bool:
    return len(name.splitlines()) == 1 and has_capital(name)
