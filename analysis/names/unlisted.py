"""The names that nobody has checked yet, each with its lines and a line for the gazetteer."""

from __future__ import annotations

import csv
import io

import pandas as pd

from analysis.names.gazetteer import folded
from analysis.schemas import SENTENCE

_LINES = 3  # that are shown of a name


def to_check(
    mentions: pd.DataFrame, sentences: pd.DataFrame, gazetteer: pd.DataFrame | None = None
) -> pd.DataFrame:
    """List the names that the gazetteer does not have, those mentioned most often first.

    Parameters
    ----------
    mentions : a table as `entities` returns it; dates are passed over.
    sentences : a table as `analysis.themes.sentences` returns it, all voices.
    gazetteer : a table as `load_gazetteer` returns it, if there is one.

    Returns
    -------
    DataFrame with a row for each name: `canonical`, `label` (str), `mentions` (int64), `interviews`
    (str: their ids), `lines` (str: up to three sentences that have it), `entry` (str: the line that
    tells the gazetteer of it; empty where a name could not stand there). All entries together may
    be added to the gazetteer.

    Examples
    --------
    >>> mention = {"interview": "a", "utterance": 0, "sentence": 0, "text": "Lee", "label": "ORG"}
    >>> mentions = pd.DataFrame([{**mention, "canonical": "Ann Lee"}])
    >>> sentences = pd.DataFrame([{**mention, "text": "Lee came."}])
    >>> to_check(mentions, sentences)[["lines", "entry"]].values.tolist()
    [['Lee came.', 'Ann Lee,ORG,Lee,,']]
    """
    known = set() if gazetteer is None else set(gazetteer["canonical"])
    claimed = set() if gazetteer is None else set(map(folded, gazetteer["alias"]))
    open_ = mentions[~mentions["canonical"].isin(known) & mentions["label"].ne("DATE")]
    texts = sentences.set_index(SENTENCE)["text"]
    ranked = sorted(open_.groupby("canonical"), key=lambda one: (-len(one[1]), one[0]))
    claimed |= {folded(name) for name, _ in ranked}
    rows = []
    for name, own in ranked:
        keys = own[SENTENCE].drop_duplicates().head(_LINES)
        lines = [
            " ".join(texts[key].split()) for key in map(tuple, keys.to_numpy()) if key in texts
        ]
        label = own["label"].mode().iloc[0]
        entry = _entry(name, label, list(own["text"].unique()), claimed)
        interviews = ", ".join(own["interview"].unique())
        rows.append((name, label, len(own), interviews, " / ".join(lines), entry))
    columns = ["canonical", "label", "mentions", "interviews", "lines", "entry"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(columns, "str") | {"mentions": "int64"})


def _entry(name: str, label: str, texts: list[str], claimed: set[str]) -> str:
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
    one_line = len(name.splitlines()) == 1
    return one_line and any(char.isalnum() and not char.islower() for char in name)
