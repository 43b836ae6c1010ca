"""Whether the keywords change with the way of counting: all defensible ways, side by side."""

from __future__ import annotations

import pandas as pd

from analysis.annotation.terms import terms_of
from analysis.words.comparison import keyness, strongest

# Which voices are counted, and whether a title is one name.
WAYS = {
    "interviewee, titles as names": (True, True),
    "interviewee, titles as words": (True, False),
    "all voices, titles as names": (False, True),
    "all voices, titles as words": (False, False),
}


def keyword_sensitivity(
    tokens: pd.DataFrame,
    titles: pd.DataFrame,
    target: str,
    reference: str | None = None,
    *,
    by: str = "interview",
    most: int = 10,
    permutations: int | None = None,
) -> pd.DataFrame:
    """Rank the words that set two interviews, or groups, apart, once for each way of counting.

    Each way counts either the interviewee's words alone or those of all voices (page furniture left
    out), and treats a title either as one name or as the words it consists of.

    Parameters
    ----------
    tokens : a table as returned by `annotate`.
    titles : a table as returned by `analysis.annotation.titles.titles_of`.
    target, reference : ids of the two interviews, or values of `by`; without a reference, the
        target is compared with the rest.
    by : the column of `tokens` whose values are the groups; rows where it is NA are left out.
    most : the largest number of keywords to keep for each way.
    permutations : as in `keyness`.

    Returns
    -------
    DataFrame with the columns `way` (str), `rank` (int64, from 1: by the absolute value of
    `log_odds_z`, of terms that occur at least twice; ties by name, without splitting the last
    tie), `said` (float64, 0 to 1: the share of the term's occurrences in the interviewee's words),
    from `keyness`: `term`, `count_target`, `count_reference`, `log_ratio`, `log_ratio_low`,
    `log_ratio_high`, `log_odds_z`, `q`, `p_max_t`; and `terms` (int64: how many were compared).

    Raises
    ------
    ValueError
        As for `keyness`.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.annotation.titles import titles_of
    >>> found = titles_of(load_utterances("seeds"))
    >>> table = keyword_sensitivity(
    ...     load_tokens("seeds"), found, "indiewire", "tiff", most=1, permutations=0
    ... )
    >>> table[["way", "term"]].values.tolist()[0]
    ['interviewee, titles as names', 'Malkovich']
    """
    columns = (
        "term count_target count_reference log_ratio log_ratio_low log_ratio_high log_odds_z q"
        " p_max_t".split()
    )
    tables = []
    for way, (alone, named) in WAYS.items():
        counted = terms_of(tokens[tokens[by].notna()], titles if named else None)
        voices = counted[counted["role"] == "interviewee"] if alone else counted
        table = keyness(voices, target, reference, by=by, minimum=2, permutations=permutations)
        own = voices["role"].eq("interviewee").groupby(voices["term"]).mean()
        table = table.assign(terms=len(table), said=table["term"].map(own), way=way)
        table = strongest(table, most)
        tables.append(table.assign(rank=range(1, len(table) + 1)))
    return pd.concat(tables, ignore_index=True)[["way", "rank", "said", *columns, "terms"]]
