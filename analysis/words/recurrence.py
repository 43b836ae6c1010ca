"""Recurring ideas: words and phrases that recur in every interview and throughout each.

A raw count cannot distinguish a word said five times in one breath from one that recurs five times.
Average reduced frequency can: it counts occurrences that are close together as little more than
one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.annotation.terms import is_content, is_word, runs, terms_of
from analysis.schemas import SENTENCE, TOKEN
from analysis.statistics import max_t
from analysis.words.tally import Floats

Ints: TypeAlias = npt.NDArray[np.int64]

# Statistics that are mathematically equal may differ in their last bits.
_SAME = 1e-9


def reduced_frequency(places: Any, length: int) -> Any:
    """Count occurrences so that those close together count as little more than one.

    Average reduced frequency (ARF), Savický & Hlaváčová (2002), doi:10.1076/jqul.9.3.215.14124:
    with f occurrences in N words, v = N / f, and the distances d from each occurrence to the next
    (from the last, round to the first), ARF = Σ min(d, v) / v.

    Parameters
    ----------
    places : the numbers of the words that are occurrences, in any order, from 0; or a row of them
        for each of several texts.
    length : how many words there are.

    Returns
    -------
    From 1 (all in one place) to the number of occurrences (evenly spread); 0 if there are none.

    Examples
    --------
    >>> reduced_frequency([0, 25, 50, 75], 100).item(), reduced_frequency([0, 1, 2, 3], 100).item()
    (4.0, 1.12)
    """
    places = np.sort(np.asarray(places, dtype=np.int64))
    if not places.size:
        return np.zeros(places.shape[:-1])
    gaps = np.diff(places, append=places[..., :1] + length)
    mean = length / places.shape[-1]
    return np.minimum(gaps, mean).sum(axis=-1) / mean


def phrases(
    tokens: pd.DataFrame,
    titles: pd.DataFrame | None = None,
    *,
    longest: int = 4,
    minimum: int = 2,
) -> pd.DataFrame:
    """List every occurrence of content words, and of the phrases that recur.

    A word is a lemma that carries content (`analysis.annotation.terms.is_content`). A phrase is a
    sequence of 2 to `longest` lemmas in one sentence, not interrupted by punctuation other than a
    hyphen, that begins and ends with such a word and occurs at least `minimum` times. A phrase that
    occurs only inside a longer one is left out, so that the longest form represents an idea; its
    words are kept, because they belong to other phrases as well.

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or all its rows for some utterances.
    titles : a table as returned by `analysis.annotation.titles.titles_of`. Titles are names: they
        are not listed as words, and no phrase includes one.
    longest : the most words in a phrase; 1 for words only.
    minimum : the minimum number of occurrences of a phrase, in all interviews together.

    Returns
    -------
    DataFrame with a row for each occurrence, in reading order, shorter ones first: `term`, `kind`
    (str: "word", "phrase"), `size` (int64: in words), `interview` (str), `utterance`, `sentence`
    (int64), `word` (int64: the number of its first word in the interview, as if nobody else spoke
    in between), `start`, `end` (int64: offsets in the source).

    Raises
    ------
    ValueError
        If an option is out of range.

    Examples
    --------
    >>> text = ["red", "boat", "sank", ".", "Red", "boat", "?"]
    >>> tokens = pd.DataFrame(
    ...     {"text": text, "lemma": ["red", "boat", "sink", ".", "red", "boat", "?"]}
    ... )
    >>> tokens = tokens.assign(
    ...     interview="a", utterance=0, sentence=[0] * 4 + [1] * 3, token=range(7), is_stop=False
    ... )
    >>> tokens = tokens.assign(
    ...     pos=["ADJ", "NOUN", "VERB", "PUNCT", "ADJ", "NOUN", "PUNCT"], start=range(7), end=9
    ... )
    >>> found = phrases(tokens)
    >>> found.loc[found["kind"] == "phrase", ["term", "word"]].values.tolist()
    [['red boat', 0], ['red boat', 3]]
    """
    if longest < 1:
        raise ValueError(f"longest is {longest}; give a number of words, 1 or more.")
    if minimum < 1:
        raise ValueError(f"minimum is {minimum}; give a number of occurrences, 1 or more.")
    ordered = tokens.sort_values(TOKEN)
    marks = ~is_word(ordered) & ~ordered["text"].str.fullmatch(r"[-‐‑]|\s*")
    words = terms_of(ordered, titles, content=False)
    # The later words of a title have no term; its first is marked as a name.
    usable = words["term"].notna() & ~words["term"].str.startswith("“").fillna(False)
    usable &= words["pos"].ne("PROPN")
    words = words.assign(word=words.groupby("interview").cumcount(), marks=marks.cumsum())
    words = words.assign(names=(~usable).cumsum())[usable]
    # Words with the same number are adjacent in a sentence, with no mark or name in between.
    run = runs(words, [*SENTENCE, "marks", "names"])
    content, term = is_content(words).to_numpy(), words["term"].to_list()
    found = []
    for size in range(1, longest + 1):
        last = np.arange(size - 1, len(words))
        first = last - (size - 1)
        kept = (run[first] == run[last]) & content[first] & content[last]
        first, last = first[kept], last[kept]
        rows = words.iloc[first].assign(end=words["end"].to_numpy()[last], size=size)
        found.append(rows.assign(term=[" ".join(term[at : at + size]) for at in first]))
    table = pd.concat(found, ignore_index=True)
    enough = table.groupby("term")["word"].transform("size") >= minimum
    table = table[table["size"].eq(1) | enough]
    # A phrase is inside a longer one if an earlier row reaches as far; longer ones come first.
    table = table.assign(after=table["word"] + table["size"]).sort_values(
        ["interview", "word", "size"], ascending=[True, True, False]
    )
    reach = table.groupby("interview")["after"].cummax()
    inside = reach.groupby(table["interview"]).shift(fill_value=-1) >= table["after"]
    alone = (table["size"].eq(1) | ~inside).groupby(table["term"]).transform("any")
    table["kind"] = np.where(table["size"] > 1, "phrase", "word")
    columns = ["term", "kind", "size", "interview", "utterance", "sentence", "word", "start", "end"]
    table = table[alone].sort_values(["interview", "word", "size"], ignore_index=True)[columns]
    return table.astype({"term": "str", "kind": "str", "size": "int64", "word": "int64"})


def recurring(
    tokens: pd.DataFrame,
    titles: pd.DataFrame | None = None,
    *,
    longest: int = 4,
    minimum: int = 2,
    shuffles: int = 1999,
    seed: int = 1,
) -> pd.DataFrame:
    """Rank words and phrases by how much they recur, in every interview and throughout each.

    The measure, `recurrence`, is the geometric mean over the interviews of average reduced
    frequency per 1,000 words (`reduced_frequency`): (Π 1000 ARF_i / N_i)^(1/k). It is 0 for a word
    that an interview lacks. The mean is geometric because a word said once weighs more in a short
    interview (1 in 200 words is 5 per 1,000): with this mean, that changes the values of all words
    alike and the order of none. Do not compare values between sets of interviews of different
    lengths.

    Parameters
    ----------
    tokens : a table as returned by `annotate`; the rows of one voice, unless all are to be read as
        one.
    titles, longest, minimum : as for `phrases`; here words, too, must occur at least `minimum`
        times.
    shuffles : how many times the occurrences are shuffled; 0 for no test.
    seed : of the random generator.

    Returns
    -------
    DataFrame with a row for each term, the highest recurrence first, ties by name:

    - `term`, `kind` (str: "word", "phrase"), `count` (int64: in all interviews).
    - For each interview that has words, in order of first appearance, with a suffix such as
      `_tiff`: `count` (int64), `arf` (float64:
      average reduced frequency, in occurrences), `parts` (int64: utterances that have the term).
    - `returns` (int64): interviews in which it is in two utterances or more. Where this is 0, the
      term may be shared by the interviews, but returns in none.
    - `recurrence` (float64): the measure.
    - `chance` (float64): the mean of the measure when the term's occurrences fall anywhere among
      the words of all interviews, which is what its frequency alone would give. `p` (float64): the
      share of the shuffles that reach the measure, (b + 1) / (m + 1), Phipson & Smyth (2010),
      doi:10.2202/1544-6115.1585; `p_max_t`: the same, compared with the largest excess over chance
      of any term, in standard deviations, in each shuffle.
    - `p_least` (float64): the smallest p that a term of this frequency can have: the share of the
      shuffles that reach the highest value of all. If it is above 0.05, no placing of its
      occurrences could distinguish it from chance; in short interviews that holds for all but the
      most frequent terms.

    Words about one subject come in bursts, so most terms recur less than they would by chance
    alone; a small p means that a term is spread more evenly, or shared more equally, than words
    that fall at random. Phrases are shuffled whole.

    Raises
    ------
    ValueError
        If an option is out of range.

    Examples
    --------
    >>> text = "rain and sun and rain and wind or rain".split()
    >>> tokens = pd.DataFrame({"text": text * 2, "interview": ["a"] * 9 + ["b"] * 9, "sentence": 0})
    >>> tokens = tokens.assign(
    ...     lemma=tokens["text"], utterance=0, token=range(18), start=range(18), end=18
    ... )
    >>> small = tokens["text"].isin(["and", "or"])
    >>> tokens = tokens.assign(is_stop=small, pos=small.map({True: "CCONJ", False: "NOUN"}))
    >>> found = recurring(tokens, longest=1, shuffles=0).head(2)
    >>> found[["term", "count_a", "arf_a", "recurrence"]].round(2).values.tolist()
    [['rain', 3, 2.33, 259.26], ['sun', 1, 1.0, 111.11]]
    """
    if shuffles < 0:
        raise ValueError(f"shuffles is {shuffles}; give a number of shuffles, 0 or more.")
    sizes = tokens[is_word(tokens)].groupby("interview", sort=False).size()
    found = phrases(tokens, titles, longest=longest, minimum=minimum)
    found = found[found.groupby("term")["word"].transform("size") >= minimum]
    of_each = found.groupby(["interview", "term"])
    measured = of_each.agg(count=("word", "size"), parts=("utterance", "nunique"))
    measured["arf"] = [
        float(reduced_frequency(places, sizes[name])) for (name, _), places in of_each["word"]
    ]
    columns = pd.MultiIndex.from_product([sizes.index, ["count", "arf", "parts"]]).swaplevel()
    each = measured.unstack("interview", fill_value=0).reindex(columns=columns, fill_value=0)
    measure = columns.get_level_values(0)
    arf = each.loc[:, measure == "arf"].to_numpy(dtype=np.float64)
    returns = (each.loc[:, measure == "parts"] >= 2).sum(axis=1)
    each.columns = ["_".join(column) for column in columns]
    lengths = sizes.to_numpy(dtype=np.int64)
    table = found.groupby("term").agg(kind=("kind", "first"), count=("word", "size")).join(each)
    table = table.assign(returns=returns, recurrence=_mean(arf, lengths)).reset_index()
    table = table.assign(**_against_chance(table, lengths, shuffles, seed))
    return table.sort_values(["recurrence", "term"], ascending=[False, True], ignore_index=True)


def _mean(arf: Floats, lengths: Ints) -> Floats:
    """Return the geometric mean of the rates over interviews (columns); 0 if one is 0."""
    with np.errstate(divide="ignore"):
        return np.exp(np.log(1000 * arf / lengths).sum(axis=1) / max(len(lengths), 1))


def _against_chance(table: pd.DataFrame, lengths: Ints, shuffles: int, seed: int) -> dict[str, Any]:
    """Compare recurrence with that of occurrences scattered at random over all interviews."""
    tests = ("chance", "p", "p_max_t", "p_least")
    result = {name: np.full(len(table), np.nan) for name in tests}
    if not shuffles:
        return result
    generator = np.random.default_rng(seed)
    observed = table["recurrence"].to_numpy()
    largest = np.full(shuffles, -np.inf)
    standing = np.full(len(table), -np.inf)
    for count, rows in table.groupby("count").indices.items():
        # Chance depends on frequency alone; equally frequent terms are scattered independently.
        drawn = np.stack([_fallen(count, lengths, shuffles, generator) for _ in rows])
        spread = drawn.std()
        if spread > _SAME:
            np.maximum(largest, ((drawn - drawn.mean()) / spread).max(axis=0), out=largest)
            standing[rows] = (observed[rows] - drawn.mean()) / spread
        everything = drawn.ravel()
        best = max(everything.max(), observed[rows].max())
        result["chance"][rows] = everything.mean()
        reached = (drawn >= observed[rows, None] - _SAME).sum(axis=1)
        result["p"][rows] = (1 + reached) / (1 + shuffles)
        reached = (everything >= best - _SAME).sum() / len(rows)
        result["p_least"][rows] = (1 + reached) / (1 + shuffles)
    result["p_max_t"] = np.maximum(max_t(standing, largest), result["p"])
    return result


def _fallen(count: int, lengths: Ints, times: int, generator: np.random.Generator) -> Floats:
    """Scatter occurrences at random over all interviews, and measure how they recur."""
    places = np.sort(_without_repeats(int(lengths.sum()), count, times, generator), axis=1)
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    arf = np.zeros((times, len(lengths)))
    for column, (begin, end) in enumerate(pairwise(bounds.tolist())):
        inside = (begin <= places) & (places < end)
        sizes = inside.sum(axis=1)
        for size in np.unique(sizes[sizes > 0]):
            rows = sizes == size
            here = places[rows][inside[rows]].reshape(-1, size) - begin
            arf[rows, column] = reduced_frequency(here, end - begin)
    return _mean(arf, lengths)


def _without_repeats(words: int, count: int, times: int, generator: np.random.Generator) -> Ints:
    """Draw `count` different words, many times: draw, then redraw the repeated ones."""
    if 2 * count > words:
        return generator.permuted(np.tile(np.arange(words), (times, 1)), axis=1)[:, :count]
    places = np.sort(generator.integers(0, words, size=(times, count)), axis=1)
    while (repeats := np.diff(places, axis=1, prepend=-1) == 0).any():
        places[repeats] = generator.integers(0, words, size=int(repeats.sum()))
        places.sort(axis=1)
    return places
