"""How much of what is said is on each theme, how interviews differ, and who raises it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.schemas import EXCHANGE, SENTENCE
from analysis.statistics import (
    FEWEST_UTTERANCES,
    Flags,
    Floats,
    permutation_test,
    share_interval,
)
from analysis.themes.coding import by_utterance, flags, refuse_unknown

_SEED = 20140110  # of the permutations
_PAIRINGS = 9999  # of questions with answers
# The roles whose words are on each side of an exchange.
_SIDES = {"interviewee": "answer", "interviewer": "question", "narration": "question"}


def theme_shares(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str],
    by: Sequence[str] = ("interview",),
) -> pd.DataFrame:
    """Count the sentences on each theme.

    Parameters
    ----------
    sentences : a table as returned by `sentences`, or some of its voices.
    codings : a table as returned by `codings`; those of other sentences are ignored.
    themes : ids in the order of the rows; a theme that does not occur has rows with 0.
    by : the columns of `sentences` that define a group.

    Returns
    -------
    DataFrame with a row for each group and theme: the columns of `by`, `theme` (str), `coded`,
    `sentences` (int64), `share` (float64: coded over sentences, 0 to 1), `share_low`, `share_high`
    (float64: 95% interval that treats whole utterances as independent,
    `analysis.statistics.share_interval`; NaN with fewer than 5 utterances), `utterances` (int64:
    with the theme). The shares of a group need not add up to 1, because a sentence may have several
    themes or none.

    Raises
    ------
    ValueError
        If `sentences` has no such column.

    Examples
    --------
    >>> rows = pd.DataFrame({"interview": "a", "utterance": [0, 0, 1, 2, 3, 4]})
    >>> rows["sentence"] = [0, 1, 0, 0, 0, 0]
    >>> coded = rows.iloc[[0, 1, 2]].assign(theme="rain")
    >>> table = theme_shares(rows, coded, ["rain"])
    >>> table[["coded", "share", "share_low", "share_high"]].round(2).values.tolist()
    [[3.0, 0.5, 0.05, 0.95]]
    """
    refuse_unknown(sentences, by)
    sentences, has = sentences.reset_index(drop=True), flags(sentences, codings, themes)
    tables = []
    for group, part in sentences.groupby([*by], sort=False, dropna=False):
        counts, sizes = _by_utterance(part, has[part.index])
        coded, (low, high) = counts.sum(axis=1), share_interval(counts, sizes)
        table = pd.DataFrame({"theme": [*themes], "coded": coded.astype("int64")})
        table = table.assign(sentences=len(part), share=coded / len(part))
        table = table.assign(share_low=low, share_high=high, utterances=(counts > 0).sum(axis=1))
        tables.append(table.assign(**dict(zip(by, group, strict=True))))
    columns = [*by, *"theme coded sentences share share_low share_high utterances".split()]
    if not tables:
        return pd.DataFrame(columns=columns)
    return pd.concat(tables, ignore_index=True)[columns]


def theme_differences(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str],
    target: str,
    reference: str | None = None,
    *,
    by: str = "interview",
    permutations: int = 9999,
) -> pd.DataFrame:
    """Compare the shares of sentences on each theme between a target and a reference.

    Parameters
    ----------
    sentences, codings, themes : as for `theme_shares`; to compare one voice, pass only that voice.
    target, reference : ids of the two interviews, or values of `by`; without a reference the target
        is compared with the rest.
    by : the column of `sentences` whose values are the groups; sentences where it is NA are left
        out.
    permutations : how many; the smallest possible p is 1 / (permutations + 1).

    Returns
    -------
    DataFrame with a row for each theme: `theme` (str), `share_target`, `share_reference` (float64,
    0 to 1), `difference` (float64: target minus reference, -1 to 1; above 0, the target has more of
    it), `difference_low`, `difference_high` (float64: 95% interval of the difference, from the
    intervals of the two shares, square-and-add, Newcombe 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I), `p` (float64: whole
    utterances permuted, `analysis.statistics.permutation_test`), `p_max_t` (float64: the
    same for all themes as one family).

    Raises
    ------
    ValueError
        If a side has fewer than 5 utterances, too few for an interval or a test.

    Examples
    --------
    >>> rows = pd.DataFrame({"interview": ["a"] * 5 + ["b"] * 5, "utterance": [*range(5)] * 2})
    >>> rows["sentence"] = 0
    >>> coded = rows.head(5).assign(theme="rain")
    >>> theme_differences(rows, coded, ["rain"], "a", "b").round(2).values.tolist()
    [['rain', 1.0, 0.0, 1.0, 0.16, 1.0, 0.01, 0.01]]
    """
    refuse_unknown(sentences, [by])
    mine = sentences[by].isin([target])
    rest = sentences[by].notna() & ~mine if reference is None else sentences[by].isin([reference])
    has = flags(sentences, codings, themes)
    parts = [_by_utterance(sentences[side], has[side]) for side in (mine, rest)]
    fewest = min(len(sizes) for _, sizes in parts)
    if fewest < FEWEST_UTTERANCES:
        raise ValueError(
            f"The smaller side has too few utterances ({fewest}); shares can be compared only if"
            f" each side has {FEWEST_UTTERANCES} or more."
        )
    one, other = (counts.sum(axis=1) / sizes.sum() for counts, sizes in parts)
    (one_low, one_high), (other_low, other_high) = (share_interval(*part) for part in parts)
    counts = np.hstack([counts for counts, _ in parts])
    sizes = np.concatenate([sizes for _, sizes in parts])
    occurs = counts.sum(axis=1) > 0
    p, family = np.full((2, len(themes)), np.nan)
    if occurs.any():
        of_target = np.arange(len(sizes)) < len(parts[0][1])
        p[occurs], family[occurs] = permutation_test(
            sparse.csr_array(counts[occurs]), sizes, of_target, permutations, _SEED
        )
    return pd.DataFrame(
        {
            "theme": pd.Series(list(themes), dtype="str"),
            "share_target": one,
            "share_reference": other,
            "difference": one - other,
            "difference_low": one - other - np.hypot(one - one_low, other_high - other),
            "difference_high": one - other + np.hypot(one_high - one, other - other_low),
            "p": p,
            "p_max_t": family,
        }
    )


def who_raises(
    sentences: pd.DataFrame, codings: pd.DataFrame, themes: Sequence[str], by: str = "interview"
) -> pd.DataFrame:
    """Count the exchanges in which the question, the answer or both raise a theme.

    The question is what precedes the answer in its exchange: the interviewer's words in a Q&A, the
    lead in a digest. Other people's words quoted inside an answer count for neither.

    Parameters
    ----------
    sentences : a table as returned by `sentences`, all voices.
    codings, themes : as for `theme_shares`.
    by : the column of `sentences` whose values are the groups; sentences where it is NA are left
        out.

    Returns
    -------
    DataFrame with a row for each interview, or other group, and theme: the column `by`, `theme`
    (str), and numbers of exchanges (int64): `taken_up` (question and answer have the theme),
    `raised` (the answer alone), `dropped` (the question alone), `neither`; the four add up to the
    exchanges that have an answer. `p` (float64): Fisher's exact test of question against answer,
    two-sided (Fisher 1922, doi:10.2307/2340521): a small p says that answers follow the questions.

    Examples
    --------
    >>> rows = pd.DataFrame({"role": ["interviewer", "interviewee"] * 2, "exchange": [0, 0, 1, 1]})
    >>> rows = rows.assign(interview="a", utterance=range(4), sentence=0)
    >>> coded = rows.iloc[[0, 1, 3]].assign(theme="rain")
    >>> table = who_raises(rows, coded, ["rain"])
    >>> table[["taken_up", "raised", "dropped", "neither"]].values.tolist()
    [[1, 1, 0, 0]]
    """
    # The rest of a study does not need scipy.stats, which takes a second to import.
    from scipy.stats import fisher_exact

    rows = []
    for group, (question, answer) in _exchanges(sentences, codings, themes, by).items():
        kinds = (question & answer, answer & ~question, question & ~answer, ~(question | answer))
        for theme, cells in zip(themes, np.stack(kinds).sum(axis=1).T, strict=True):
            rows.append((group, theme, *cells, fisher_exact(cells.reshape(2, 2)).pvalue))
    columns = [by, "theme", "taken_up", "raised", "dropped", "neither", "p"]
    return pd.DataFrame(rows, columns=columns).astype({by: "str", "theme": "str"})


def taken_up_by_chance(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str],
    by: str = "interview",
) -> pd.DataFrame:
    """Count the themes that answers share with their questions, and with randomly paired ones.

    The questions and answers of an interview will have themes in common anyway. So it means little
    that most of the themes in an answer are also in its question, unless answers paired with other
    questions share fewer.

    Parameters
    ----------
    sentences, codings, themes, by : as for `who_raises`.

    Returns
    -------
    DataFrame with a row for each group: the column `by`, `exchanges`, `themes` (int64: themes of
    answers, each counted once per exchange), `taken_up` (int64: those also in their question),
    `expected` (float64: mean over all pairings), `pairings` (int64: all, or 9999 random ones if
    there are more), `p` (float64: share of the pairings with as many or more; if random,
    (b + 1) / (m + 1)).

    Examples
    --------
    >>> rows = pd.DataFrame({"role": ["interviewer", "interviewee"] * 3, "interview": "a"})
    >>> rows = rows.assign(exchange=[0, 0, 1, 1, 2, 2], utterance=range(6), sentence=0)
    >>> coded = rows.assign(theme=["x", "x", "y", "y", "z", "z"])
    >>> taken_up_by_chance(rows, coded, ["x", "y", "z"]).round(2).values.tolist()
    [['a', 3, 3, 3, 1.0, 6, 0.17]]
    """
    rows = []
    for group, (question, answer) in _exchanges(sentences, codings, themes, by).items():
        shared = answer.astype(np.int64) @ question.T
        taken_up = int(np.trace(shared))
        size = len(answer)
        drawn = factorial(size) > _PAIRINGS
        if drawn:
            generator = np.random.default_rng(1)
            paired = generator.permuted(np.tile(np.arange(size), (_PAIRINGS, 1)), axis=1)
        else:
            paired = np.array(list(permutations(range(size))))
        counts = shared[np.arange(size), paired].sum(axis=1)
        p = (drawn + (counts >= taken_up).sum()) / (drawn + len(counts))
        sizes = size, int(answer.sum()), taken_up
        rows.append((group, *sizes, shared.sum() / size, len(counts), p))
    columns = [by, "exchanges", "themes", "taken_up", "expected", "pairings", "p"]
    return pd.DataFrame(rows, columns=columns).astype({by: "str"})


def _exchanges(
    sentences: pd.DataFrame, codings: pd.DataFrame, themes: Sequence[str], by: str
) -> dict[str, tuple[Flags, Flags]]:
    """Say for each group which themes the question and answer of each exchange (row) have."""
    refuse_unknown(sentences, [by])
    placed = sentences.assign(side=sentences["role"].map(_SIDES)).dropna(subset=[by, "side"])
    keys = list(dict.fromkeys([by, *EXCHANGE]))
    answered = placed.loc[placed["side"] == "answer", keys].drop_duplicates(ignore_index=True)
    marked = placed.merge(codings[[*SENTENCE, "theme"]], on=SENTENCE)
    has = [
        flags(answered, marked[marked["side"] == side], themes, keys)
        for side in ("question", "answer")
    ]
    groups = answered.groupby(by, sort=False).indices
    return {group: (has[0][rows], has[1][rows]) for group, rows in groups.items()}


def _by_utterance(sentences: pd.DataFrame, has: Flags) -> tuple[Floats, Floats]:
    """Count, for each utterance, the sentences on each theme (row), and all sentences."""
    sums = by_utterance(sentences, np.column_stack([has, np.ones(len(has))]))
    return sums[:, :-1].T, sums[:, -1]
