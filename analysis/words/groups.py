"""Groups to compare: interviews by a fact in `interviews.toml`, or rows by one of their columns."""

from __future__ import annotations

import pandas as pd

from analysis.files import SourceError
from analysis.schemas import UTTERANCE
from analysis.statistics import FEWEST_UTTERANCES

# A year is a number by itself: "16 December 2013" has one, 20131216 has none.
_YEAR = r"(?<!\d)(\d{4})(?!\d)"


def group_by(table: pd.DataFrame, interviews: pd.DataFrame, column: str) -> pd.DataFrame:
    """Add the group of each row as a column `group`, to be compared with `by="group"`.

    Parameters
    ----------
    table : any table with a column `interview`: utterances, tokens, terms, mentions, sentences.
    interviews : as returned by `load_interviews`.
    column : the column whose values are the groups: one of `table` itself (`interview`, `speaker`,
        `role`); one of `interviews`, including those of `[interview.about]`; or `year`, the first
        number of four digits in `date`.

    Returns
    -------
    `table` with the column `group` (str), NA if the value is not known. Such rows are kept, but
    take no part in comparisons of groups.

    Raises
    ------
    SourceError
        If neither table has such a column.
    ValueError
        If `table` has interviews that `interviews` lacks.

    Examples
    --------
    >>> interviews = pd.DataFrame(
    ...     {"interview": ["a", "b", "c"], "date": ["2013-12-16", "May 2014", None]}
    ... )
    >>> words = pd.DataFrame({"interview": ["a", "c", "b"], "text": "x"})
    >>> group_by(words, interviews, "year")["group"].to_list()
    ['2013', nan, '2014']
    """
    if column in table.columns:
        return table.assign(group=table[column].astype("str"))
    facts = interviews.set_index("interview")
    if column == "year" and "year" not in facts:
        facts["year"] = facts["date"].astype("str").str.extract(_YEAR, expand=False)
    if column not in facts:
        known = ", ".join(
            sorted({*table.columns.intersection(["speaker", "role"]), *facts.columns, "year"})
        )
        raise SourceError(
            f"There is no column {column!r} to group by; use one of {known}, or write {column}"
            " under [interview.about] for each interview in interviews.toml."
        )
    unknown = sorted(set(table["interview"]) - set(facts.index))
    if unknown:
        raise ValueError(
            f"the interview {unknown[0]!r} is not in the list of interviews; give a list that"
            " contains it"
        )
    return table.assign(group=table["interview"].map(facts[column]).astype("str"))


def as_interviews(
    interviews: pd.DataFrame, table: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put groups in place of interviews, so that figures and tables of words show groups.

    With `groups, words = as_interviews(...)`, figures and tables of words made from
    `corpus.with_tables(interviews=groups, terms=words)` compare the groups. The rows no longer
    point to their places in the sources: use them for counting, and quote from `table` itself.

    Parameters
    ----------
    interviews : as returned by `load_interviews`; groups come in the order in which they first
        appear in its interviews.
    table : words, one per row, as returned by `group_by`; rows without a group are left out.

    Returns
    -------
    One row per group (`interview`, `label`: the value of `group`), and the rows of `table` with
    the group as `interview` and the utterances of each group renumbered, in the order of
    `interviews`.

    Examples
    --------
    >>> interviews = pd.DataFrame({"interview": ["b", "a"]})
    >>> words = pd.DataFrame(
    ...     {"interview": ["a", "b", "b"], "utterance": [0, 0, 3], "group": "2013"}
    ... )
    >>> groups, words = as_interviews(interviews, words)
    >>> groups.values.tolist(), words.values.tolist()
    ([['2013', '2013']], [['2013', 2, '2013'], ['2013', 0, '2013'], ['2013', 1, '2013']])
    """
    rows = table[table["group"].notna()]
    placed = rows.assign(place=pd.Index(interviews["interview"]).get_indexer(rows["interview"]))
    number = placed.groupby(["group", "place", "utterance"]).ngroup()
    number -= number.groupby(rows["group"]).transform("min")
    names = placed.sort_values(["place", "utterance"])["group"].astype("str").unique()
    groups = pd.DataFrame({"interview": names, "label": names}, dtype="str")
    return groups, rows.assign(interview=rows["group"].astype("str"), utterance=number)


def comparable(table: pd.DataFrame, by: str = "interview") -> list[str]:
    """List the groups with at least 5 utterances, enough to compare, in order of first appearance.

    Parameters
    ----------
    table : words, tokens or sentences, with the columns `interview`, `utterance` and `by`.
    by : the column of groups.

    Examples
    --------
    >>> words = pd.DataFrame({"interview": list("bbbbba"), "utterance": range(6)})
    >>> comparable(words)
    ['b']
    """
    counted = table.drop_duplicates([by, *UTTERANCE]).groupby(by, sort=False).size()
    return list(counted.index[counted >= FEWEST_UTTERANCES])


def can_be_compared(terms: pd.DataFrame, by: str = "interview") -> bool:
    """Return whether words can be compared: two groups are `comparable`, and some word is a term.

    Parameters
    ----------
    terms : words, as returned by `analysis.annotation.terms.terms_of`, or the words of
        some voices.
    by : the column of groups.

    Examples
    --------
    >>> words = pd.DataFrame(
    ...     {"interview": ["a"] * 5 + ["b"] * 5, "utterance": [*range(5)] * 2, "term": "rain"}
    ... )
    >>> (
    ...     can_be_compared(words),
    ...     can_be_compared(words.head(9)),
    ...     can_be_compared(words.assign(term=None)),
    ... )
    (True, False, False)
    """
    return len(comparable(terms, by)) > 1 and bool(terms["term"].notna().any())
