"""The passages on each theme: their words and their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.schemas import SENTENCE
from analysis.themes.coding import refuse_unknown

_PLACE = [*SENTENCE, "start", "end", "text"]


def passages(sentences: pd.DataFrame, codings: pd.DataFrame, themes: Sequence[str]) -> pd.DataFrame:
    """List the sentences on each theme.

    Parameters
    ----------
    sentences : a table as returned by `analysis.themes.sentences`, or some of its voices.
    codings : the keys of a sentence and `theme`; with `coder` if there are several coders; codings
        of other sentences are ignored.
    themes : ids of themes, or of the codes of any other coding, in the order of the rows.

    Returns
    -------
    The rows of `sentences`, once for each of their themes, by theme, in reading order: `theme`
    (str) comes first; `spans`, if the codings have them, and `given_by` (object: a list of the
    coders), if there are several, come last.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": [0, 1], "sentence": 0})
    >>> units["text"] = ["Wet.", "Dry."]
    >>> coded = pd.concat([units[:1].assign(theme="rain", coder=coder) for coder in "cd"])
    >>> passages(units, coded, ["rain"])[["theme", "text", "given_by"]].values.tolist()
    [['rain', 'Wet.', ['c', 'd']]]
    """
    coded = codings[codings["theme"].isin(themes)]
    more: dict[str, Any] = {"spans": ("spans", "first")} if "spans" in coded else {}
    more |= {"given_by": ("coder", list)} if "coder" in coded else {}
    given = coded.groupby([*SENTENCE, "theme"], sort=False).agg(rank=("theme", "first"), **more)
    table = sentences.assign(row=range(len(sentences))).merge(given.reset_index(), on=SENTENCE)
    table["rank"] = pd.Index(themes).get_indexer(table["theme"])
    table = table.sort_values(["rank", "row"])
    return table[["theme", *sentences.columns, *more]].reset_index(drop=True)


def quote_matrix(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str],
    by: str = "interview",
) -> pd.DataFrame:
    """Arrange the passages for a close reading: a row for each theme, a column for each group.

    Parameters
    ----------
    sentences, codings, themes : as for `passages`.
    by : the column of `sentences` whose values are the columns of the matrix, such as interview,
        role or speaker; sentences where it is NA are left out.

    Returns
    -------
    DataFrame with the themes as its index and the groups, in reading order, as its columns. A cell
    is a list of passages, each a dict with `interview`, `utterance`, `sentence`, `start`, `end`,
    `text` and, if there are several coders, `given_by`; an empty list if there are none.

    Raises
    ------
    ValueError
        If `sentences` has no such column.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": ["a", "b"], "utterance": 0, "sentence": 0})
    >>> units = units.assign(text=["Wet.", "Dry."], start=0, end=4)
    >>> matrix = quote_matrix(units, units[:1].assign(theme="rain"), ["rain", "wind"])
    >>> matrix.map(len).values.tolist(), matrix.loc["rain", "a"][0]["text"]
    ([[1, 0], [0, 0]], 'Wet.')
    """
    refuse_unknown(sentences, [by])
    groups = sentences[by].dropna().unique()
    found = passages(sentences, codings, themes)
    columns = [*_PLACE, *(["given_by"] if "given_by" in found else [])]
    cells = {
        key: own[columns].to_dict("records")
        for key, own in found.groupby([by, "theme"], sort=False)
    }
    matrix = {group: [cells.get((group, theme), []) for theme in themes] for group in groups}
    return pd.DataFrame(matrix, index=pd.Index(themes, name="theme"), columns=groups)
