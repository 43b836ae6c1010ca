"""Words in context: concordance lines and collocates."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.annotation.terms import forms, is_word, lemmas, runs, straight
from analysis.schemas import SENTENCE, TOKEN, UTTERANCE
from analysis.statistics import g2_four_cell

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_READ = [*TOKEN, "sentence", "role", "speaker", "text", "lemma", "pos", "start", "end"]


def concordance(
    tokens: pd.DataFrame,
    pattern: str | None = None,
    *,
    lemma: str | None = None,
    window: int = 8,
    unit: Literal["words", "sentence"] = "words",
    sort: Literal["position", "left", "right"] = "position",
    case: bool = False,
) -> pd.DataFrame:
    """Show every occurrence of a word or phrase in its context (key word in context, KWIC).

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or all tokens of some utterances; the order of rows
        does not matter.
    pattern : a regular expression that must match a whole word: "lov(e|ing)", "techno.*". In a
        phrase, spaces separate the expressions for its words, which must follow one another in
        one sentence; punctuation between them is ignored. A contraction is found whole ("don't")
        and by its parts ("n't"); straight and curly apostrophes are equivalent. Occurrences
        do not overlap.
    lemma : instead of a pattern, a lemma or a phrase of lemmas, in lower case except names, so that
        "Her" is not the pronoun.
    window : the words of context on either side; punctuation is shown but not counted, and a
        contraction at the edge is shown whole.
    unit : "sentence" shows the rest of the sentence instead of a window.
    sort : "left" and "right" sort by the words on that side, the nearest first, ignoring case; ties
        and "position" are in reading order, interviews by name.
    case : whether `pattern` is case-sensitive.

    Returns
    -------
    DataFrame with a row for each occurrence: `interview` (str), `utterance` (int64), `role`,
    `speaker` (str), `left`, `node`, `right` (str), `start`, `end` (int64: the node's offsets in the
    source). left + node + right is a continuous passage of the source, within one utterance. Tokens
    missing from `tokens` are shown as spaces.

    Raises
    ------
    ValueError
        If a word of the pattern is not a valid regular expression, or an option is out of range.

    Examples
    --------
    >>> from analysis import load_tokens
    >>> tokens = load_tokens("seeds")
    >>> concordance(tokens, "technology", window=3)[["interview", "left", "node"]].head(
    ...     1
    ... ).values.tolist()
    [['indiewire', 'to discuss “Her,” ', 'technology']]
    """
    if (pattern is None) == (lemma is None):
        raise ValueError("Give either a pattern or a lemma.")
    if window < 0:
        raise ValueError(f"window is {window}; give a number of words, 0 or more.")
    if unit not in ("words", "sentence"):
        raise ValueError(f"unit is {unit!r}: use 'words' or 'sentence'.")
    if sort not in ("position", "left", "right"):
        raise ValueError(f"sort is {sort!r}: use 'position', 'left' or 'right'.")
    searched = str(lemma if pattern is None else pattern).split()
    if not searched:
        raise ValueError("The pattern or lemma is empty; write at least one character.")
    tokens = tokens[_READ].sort_values(TOKEN)
    place = np.flatnonzero(is_word(tokens))
    words, at = tokens.iloc[place], np.arange(len(place))
    text, starts, stops = _joined(tokens)
    # Words with no space between them are a contraction (do + n’t), from its first word, `head`, to
    # the one after its last, `tail`.
    parts = words["start"].ne(words.groupby(UTTERANCE)["end"].shift()).cumsum().to_numpy()
    head, tail = _bounds(parts, at)
    if lemma is None:
        spans = zip(starts[place[head]], stops[place[tail - 1]], strict=True)
        whole = pd.Series([text[begin:end] for begin, end in spans], dtype="str")
        ends = []
        for expression in [_compiled(word, case) for word in searched]:
            joined = _matches(whole, expression) & (head == at)
            ends.append(np.where(joined, tail, _matches(words["text"], expression) * (at + 1)))
    else:
        found = lemmas(words)
        ends = [found.eq(word).to_numpy() * (at + 1) for word in searched]
    first, after = _phrases(ends, runs(words, SENTENCE))
    keys = SENTENCE if unit == "sentence" else UTTERANCE
    left, right = opens, closes = _bounds(runs(words, keys), first)
    if unit == "words":
        left, right = np.maximum(opens, first - window), np.minimum(closes, after + window)
        # A contraction at the edge is shown whole.
        left = np.where(left < first, head[left], left)
        right = np.where(right > after, tail[right - 1], right)
    begin, end = place[left], place[right - 1]
    if unit == "sentence" or window:
        # If no word is left out, the marks at the edge are shown as well.
        edges = _bounds(runs(tokens, keys), place[first])
        begin = np.where(left == opens, edges[0], begin)
        end = np.where(right == closes, edges[1] - 1, end)
    node, last = place[first], place[after - 1]
    cuts = (starts[begin], starts[node], stops[last], stops[end])
    table = words[[*UTTERANCE, "role", "speaker"]].iloc[first].reset_index(drop=True)
    for name, (one, other) in zip(("left", "node", "right"), pairwise(cuts), strict=True):
        table[name] = [text[a:b] for a, b in zip(one, other, strict=True)]
    table["start"] = tokens["start"].to_numpy()[node]
    table["end"] = tokens["end"].to_numpy()[last]
    table = table.astype(dict.fromkeys(["role", "speaker", "left", "node", "right"], "str"))
    if sort == "position":
        return table
    form = forms(words).to_list()
    beside = [
        form[a:b][::-1] if sort == "left" else form[c:d]
        for a, b, c, d in zip(left, first, after, right, strict=True)
    ]
    # Python's sort keeps lines that are alike in reading order.
    order = sorted(range(len(table)), key=beside.__getitem__)
    return table.iloc[order].reset_index(drop=True)


def collocates(
    terms: pd.DataFrame,
    term: str,
    *,
    window: int = 5,
    within: Literal["utterance", "sentence"] = "utterance",
    minimum: int = 2,
) -> pd.DataFrame:
    """Find the collocates of a term (the node): terms that occur near it more than elsewhere.

    This is surface co-occurrence, Evert (2008), doi:10.1515/9783110213881.2.1212. Each word is
    counted once, as near a node or not, even if it is between two nodes; nodes themselves are not
    counted. Windows do not cross utterances.

    - `log_dice` is the effect size: 14 + log2(2 count / (frequency of the node + frequency)),
      Rychlý (2008), in the proceedings of RASLAN 2008, pp. 6-9. Each point doubles the strength;
      14 means that neither occurs without the other (it is exceeded if the collocate occurs more
      than once around a node). It depends on the window, not on the size of the corpus: do not
      compare values made with different windows.
    - `g2_four_cell` is the evidence: the log-likelihood ratio of Dunning (1993), Computational
      Linguistics 19(1), from all four cells (the collocate or another word, near the node or not),
      2 Σ O ln(O / E), without a correction. It is high for words that avoid the node, too: check
      that `count` is above `expected`. It grows with the corpus, and treats words as independent,
      which they are not within an utterance.

    Parameters
    ----------
    terms : a table as returned by `terms_of`, or all its rows for some utterances, in any order; a
        row without a term still counts as a word.
    term : the node.
    window : how many words on either side are near; stop words are counted, punctuation is not.
    within : "sentence" keeps windows inside the sentence.
    minimum : the smallest `count` at which a term is listed, since occurring once beside a word is
        not a habit.

    Returns
    -------
    DataFrame with a row for each term near the node: `collocate` (str), `count` (int64: its
    occurrences near the node), `expected` (float64: how many there would be by chance),
    `frequency` (int64: all its occurrences), `log_dice`, `g2_four_cell` (float64). Highest log_dice
    first, ties by name.

    Raises
    ------
    ValueError
        If an option is out of range.

    Examples
    --------
    >>> terms = pd.DataFrame({"token": range(6), "term": list("xabxac")})
    >>> found = collocates(terms.assign(interview="a", utterance=0), "x", window=1)
    >>> found[["collocate", "count", "expected", "log_dice"]].values.tolist()
    [['a', 2, 1.5, 14.0]]
    """
    if window < 1:
        raise ValueError(f"window is {window}; give a number of words, 1 or more.")
    if within not in ("utterance", "sentence"):
        raise ValueError(f"within is {within!r}: use 'utterance' or 'sentence'.")
    words = terms.sort_values(TOKEN)
    node = words["term"].eq(term).to_numpy(dtype=bool)
    near = _near(node, runs(words, SENTENCE if within == "sentence" else UTTERANCE), window)
    others = words.assign(near=near)[~node].groupby("term")["near"]
    counted = others.agg(count="sum", frequency="size").rename_axis("collocate")
    counted = counted[counted["count"] >= max(minimum, 1)]
    spanned, apart = int(near.sum()), int((~node).sum())
    count, frequency = counted.to_numpy(dtype=np.float64).T
    counted.insert(1, "expected", spanned * frequency / max(apart, 1))
    counted["log_dice"] = 14 + np.log2(2 * count / (node.sum() + frequency))
    counted["g2_four_cell"] = 0.0
    # If every word is near, there is nothing to compare with.
    if spanned < apart:
        far = frequency - count
        counted["g2_four_cell"] = g2_four_cell(count, spanned, far, apart - spanned)
    table = counted.reset_index().astype({"collocate": "str"})
    return table.sort_values(["log_dice", "collocate"], ascending=[False, True], ignore_index=True)


def _compiled(word: str, case: bool) -> re.Pattern[str]:
    try:
        return re.compile(straight(word), re.NOFLAG if case else re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{word!r} is not a regular expression: {error}.") from error


def _matches(texts: pd.Series, expression: re.Pattern[str]) -> Flags:
    # Each type is searched once, by Python's own engine, which can do more than Arrow's.
    codes, types = pd.factorize(texts)
    return np.array(
        [expression.fullmatch(straight(text)) is not None for text in types], dtype=bool
    )[codes]


def _phrases(ends: list[Numbers], unit: Numbers) -> tuple[Numbers, Numbers]:
    """Return the first word of each phrase, and the word after its last; none overlap."""
    first = np.flatnonzero(ends[0])
    after = ends[0][first]
    for following in ends[1:]:
        reached = np.append(following, 0)[after]
        first, after = first[reached > 0], reached[reached > 0]
    kept, free = np.zeros(len(first), dtype=bool), 0
    for at in np.flatnonzero(unit[first] == unit[after - 1]):
        if first[at] >= free:
            kept[at], free = True, after[at]
    return first[kept], after[kept]


def _bounds(units: Numbers, at: Numbers) -> tuple[Numbers, Numbers]:
    """Return where the unit of each place begins, and the place after its last."""
    return np.searchsorted(units, units[at], "left"), np.searchsorted(units, units[at], "right")


def _joined(tokens: pd.DataFrame) -> tuple[str, Numbers, Numbers]:
    """Return the text of all utterances, with spaces for what is missing, and where tokens are."""
    starts, ends = tokens["start"].to_numpy(), tokens["end"].to_numpy()
    spaces = tokens["start"].sub(tokens.groupby(UTTERANCE)["end"].shift()).fillna(0).astype("int64")
    text = "".join(" " * space + word for space, word in zip(spaces, tokens["text"], strict=True))
    stops = np.cumsum(spaces.to_numpy() + ends - starts)
    return text, stops - (ends - starts), stops


def _near(node: Flags, unit: Numbers, window: int) -> Flags:
    """Return which words are within the window of a node, in its unit, and not nodes themselves."""
    at = np.flatnonzero(node)
    opens, closes = _bounds(unit, at)
    first, after = np.maximum(at - window, opens), np.minimum(at + window + 1, closes)
    size = len(node) + 1
    changes = np.bincount(first, minlength=size) - np.bincount(after, minlength=size)
    return (np.cumsum(changes)[:-1] > 0) & ~node
