"""Words in their context: concordance lines, and the words that keep a word company."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.annotation.terms import forms, is_word, lemmas, named, straight
from analysis.schemas import SENTENCE, TOKEN, UTTERANCE
from analysis.statistics import g2_four_cell

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_READ = [*TOKEN, "sentence", "role", "speaker", "text", "lemma", "pos", "start", "end"]
_PLACES = ["first_left", "first", "after", "after_right"]
_COLUMNS = [*UTTERANCE, "role", "speaker", "left", "node", "right", "start", "end"]


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
    """Show every occurrence of a word or phrase in its context (KWIC).

    Parameters
    ----------
    tokens : a table as `annotate` returns it, or all tokens of some utterances; the order of rows
        does not matter.
    pattern : a regular expression that a whole word must match: "lov(e|ing)", "techno.*". Blanks
        separate the words of a phrase, each an expression of its own, with any punctuation between
        them, inside one sentence. A contraction is found whole ("don't") and in its parts ("n't");
        straight and curly apostrophes are alike. Occurrences do not overlap.
    lemma : instead of a pattern, a lemma or a phrase of lemmas as `lemmas` writes them: in lower
        case, names apart, so that "Her" is not the pronoun.
    window : words of context on either side; punctuation is shown and not counted, and a
        contraction at the edge is shown whole.
    unit : "sentence" shows the rest of the sentence instead of a window.
    sort : "left" and "right" sort by the words on that side, the nearest first, without regard to
        case; ties, and "position", are in reading order, interviews by name.
    case : tell capitals apart in `pattern`.

    Returns
    -------
    DataFrame with a row for each occurrence: `interview` (str), `utterance` (int64), `role`,
    `speaker` (str), `left`, `node`, `right` (str), `start`, `end` (int64: the node's offsets in the
    source). left + node + right are the source's own characters in a row, within one utterance.
    Tokens taken out of `tokens` are shown as blanks.

    Raises
    ------
    ValueError
        If a word of the pattern is not a regular expression, or an option is not one of those
        above.

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
        raise ValueError("Give a pattern or a lemma, one of the two.")
    if window < 0:
        raise ValueError(f"window is {window}: it is a number of words, 0 or more.")
    if unit not in ("words", "sentence"):
        raise ValueError(f"unit is {unit!r}: use 'words' or 'sentence'.")
    if sort not in ("position", "left", "right"):
        raise ValueError(f"sort is {sort!r}: use 'position', 'left' or 'right'.")
    searched = str(lemma if pattern is None else pattern).split()
    if not searched:
        raise ValueError("The pattern or lemma is empty.")
    expressions = _compile(str(pattern), searched, case) if lemma is None else []
    tokens = tokens[_READ].sort_values(TOKEN)
    place = np.flatnonzero(is_word(tokens))
    words = tokens.iloc[place]
    if lemma is None:
        hits = _phrases(
            [_word_ends(words, expression) for expression in expressions], _units(words, True)
        )
    else:
        found = lemmas(words)
        after = np.arange(1, len(words) + 1)
        hits = _phrases(
            [np.where(found.eq(word), after, 0) for word in searched], _units(words, True)
        )
    lines = _lines(tokens, place, hits, window, unit == "sentence")
    if sort != "position":
        # Python's sort keeps lines that are alike in reading order.
        lines = lines.iloc[sorted(range(len(lines)), key=_beside(words, lines, sort).__getitem__)]
    types = dict.fromkeys(["interview", "role", "speaker", "left", "node", "right"], "str")
    return (
        lines[_COLUMNS]
        .reset_index(drop=True)
        .astype(types | dict.fromkeys(["utterance", "start", "end"], "int64"))
    )


def collocates(
    tokens: pd.DataFrame,
    lemma: str,
    *,
    window: int = 5,
    within: Literal["utterance", "sentence"] = "utterance",
    content: bool = True,
    minimum: int = 2,
) -> pd.DataFrame:
    """Find the terms that occur near a term, the node, more than elsewhere.

    Each word counts once, as near the node or not, even between two nodes, and nodes themselves are
    neither: surface cooccurrence, Evert (2008), doi:10.1515/9783110213881.2.1212. Windows do not
    cross utterances.

    - `log_dice` is the effect size: 14 + log2(2 count / (frequency of the node + frequency)),
      Rychlý (2008), in the proceedings of RASLAN 2008, pp. 6-9. One more is twice as close; 14 if
      neither occurs without the other (beyond it if the collocate comes more often than once around
      a node). It does not depend on the size of the corpus, but on the window.
    - `g2_four_cell` is the evidence: the log-likelihood ratio of Dunning (1993), Computational
      Linguistics 19(1), from all four cells (the collocate or another word, near the node or not),
      2 Σ O ln(O / E), without a correction. It is high also for words that keep away: see whether
      `count` is above `expected`. It takes words as independent, which they are not in an
      utterance, and grows with the corpus.

    Parameters
    ----------
    tokens : a table as `annotate` or `terms` returns it, or all its rows of some utterances; the
        order of rows does not matter.
    lemma : in lower case, names apart; or a term as the column `term` has it.
    window : how many words on either side are near; punctuation does not count, stop words do.
    within : "sentence" ends windows with the sentence, too.
    content : list adjectives, adverbs, nouns, names and verbs that are not stop words; otherwise
        all words. Where there is a column `term`, it has decided that already.
    minimum : the least `count` with which a term is listed: what occurs once beside a word is no
        habit.

    Returns
    -------
    DataFrame with a row for each term near the node: `collocate` (str), `count` (int64: its
    occurrences near the node), `expected` (float64: how many there would be if it kept to no
    place), `frequency` (int64: all its occurrences), `log_dice`, `g2_four_cell` (float64). Highest
    log_dice first, ties by name.

    Raises
    ------
    ValueError
        If an option is not one of those above.

    Examples
    --------
    >>> tokens = pd.DataFrame(
    ...     {"interview": "a", "utterance": 0, "token": range(6), "text": list("xabxac")}
    ... )
    >>> tokens = tokens.assign(lemma=tokens["text"], pos="NOUN", is_stop=False)
    >>> collocates(tokens, "x", window=1)[
    ...     ["collocate", "count", "expected", "log_dice"]
    ... ].values.tolist()
    [['a', 2, 1.5, 14.0]]
    """
    if window < 1:
        raise ValueError(f"window is {window}: it is a number of words, 1 or more.")
    if within not in ("utterance", "sentence"):
        raise ValueError(f"within is {within!r}: use 'utterance' or 'sentence'.")
    words = tokens[is_word(tokens)].sort_values(TOKEN)
    node = named(words, content=False).eq(lemma).to_numpy(dtype=bool)
    near = _near(node, _units(words, within == "sentence"), window)
    table = pd.DataFrame({"collocate": named(words, content), "count": near})[~node]
    table = table.groupby("collocate")["count"].agg(["sum", "size"]).reset_index()
    table.columns = pd.Index(["collocate", "count", "frequency"])
    table = table[table["count"] >= max(minimum, 1)].astype(
        {"collocate": "str", "count": "int64", "frequency": "int64"}
    )
    spanned, others = int(near.sum()), int((~node).sum())
    count, frequency = (
        table["count"].to_numpy(dtype=float),
        table["frequency"].to_numpy(dtype=float),
    )
    table.insert(2, "expected", spanned * frequency / max(others, 1))
    table["log_dice"] = 14 + np.log2(2 * count / (node.sum() + frequency))
    table["g2_four_cell"] = _g2(count, spanned, frequency - count, others - spanned)
    return table.sort_values(["log_dice", "collocate"], ascending=[False, True], ignore_index=True)


def _g2(near: Any, words_near: int, far: Any, words_far: int) -> Any:
    # Where every word is near, the table has one row and says nothing.
    return g2_four_cell(near, words_near, far, words_far) if words_far else np.zeros(len(near))


def _compile(pattern: str, words: list[str], case: bool) -> list[re.Pattern[str]]:
    flags = re.NOFLAG if case else re.IGNORECASE
    expressions = []
    for word in words:
        try:
            expressions.append(re.compile(straight(word), flags))
        except re.error as error:
            raise ValueError(
                f"In {pattern!r}, {word!r} is not a regular expression: {error}."
            ) from error
    return expressions


def _units(rows: pd.DataFrame, sentences: bool) -> Numbers:
    """Give each sorted row the number of its utterance, or sentence, from 0."""
    keys = [rows[key].to_numpy() for key in (SENTENCE if sentences else UTTERANCE)]
    new = np.zeros(len(rows), dtype=bool)
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.cumsum(new)


def _word_ends(words: pd.DataFrame, expression: re.Pattern[str]) -> Numbers:
    """Return the place after each word, or contraction, that matches the expression, or 0."""
    ends = np.where(_matches(words["text"], expression), np.arange(1, len(words) + 1), 0)
    run, first, size = _runs(words)
    joined = size > 1
    parts = joined[run]
    whole = words["text"][parts].groupby(run[parts]).agg("".join)
    found = _matches(whole, expression)
    ends[first[joined][found]] = (first + size)[joined][found]
    return ends


def _runs(words: pd.DataFrame) -> tuple[Numbers, Numbers, Numbers]:
    """Return each word's run (do + n’t is one run), and the first word and the size of each run."""
    apart = np.ones(len(words), dtype=bool)
    apart[1:] = words["start"].to_numpy()[1:] != words["end"].to_numpy()[:-1]
    apart[1:] |= np.diff(_units(words, sentences=False)) > 0
    run = np.cumsum(apart) - 1
    size = np.bincount(run)
    return run, np.cumsum(size) - size, size


def _matches(texts: pd.Series, expression: re.Pattern[str]) -> Flags:
    # Types are searched, not tokens; by Python's own engine, which knows more than Arrow's.
    codes, types = pd.factorize(texts)
    return np.array(
        [expression.fullmatch(straight(text)) is not None for text in types], dtype=bool
    )[codes]


def _phrases(ends: list[Numbers], unit: Numbers) -> list[tuple[int, int]]:
    """Chain the words of a phrase: its first word, and the one after its last."""
    first = np.flatnonzero(ends[0])
    after = ends[0][first]
    for following in ends[1:]:
        inside = after < len(unit)
        first, after = first[inside], after[inside]
        goes_on = following[after] > 0
        first, after = first[goes_on], following[after[goes_on]]
    together = unit[first] == unit[after - 1]
    hits: list[tuple[int, int]] = []
    for start, end in zip(first[together].tolist(), after[together].tolist(), strict=True):
        if not hits or start >= hits[-1][1]:
            hits.append((start, end))
    return hits


def _lines(
    tokens: pd.DataFrame, place: Numbers, hits: list[tuple[int, int]], window: int, sentences: bool
) -> pd.DataFrame:
    """Cut a line around each hit.

    A hit is the number of its first word and of the word after its last.
    Words are numbered among words; `place` says where among the sorted tokens each of them is.
    """
    words = tokens.iloc[place]
    utterance, unit, unit_of_word = (
        _units(tokens, False),
        _units(tokens, sentences),
        _units(words, sentences),
    )
    run, head, size = _runs(words)
    tail = head + size
    starts, ends = tokens["start"].to_numpy(), tokens["end"].to_numpy()
    # A context that leaves no word out shows the marks at the edge as well.
    context = sentences or window > 0
    sources: dict[int, tuple[int, str]] = {}
    rows = []
    for first, after in hits:
        at = int(place[first])
        if utterance[at] not in sources:
            sources[utterance[at]] = _source(tokens.iloc[slice(*_span(utterance, at))])
        offset, source = sources[utterance[at]]
        opens, closes = _span(unit_of_word, first)
        left, right = (
            (opens, closes)
            if sentences
            else (max(opens, first - window), min(closes, after + window))
        )
        if left < first:
            left = max(opens, int(head[run[left]]))
        if right > after:
            right = min(closes, int(tail[run[right - 1]]))
        begin, end = _span(unit, at)
        cuts = [
            starts[begin] if context and left == opens else starts[place[left]],
            starts[at],
            ends[place[after - 1]],
            ends[end - 1] if context and right == closes else ends[place[right - 1]],
        ]
        texts = [source[a - offset : b - offset] for a, b in pairwise(cuts)]
        rows.append((*texts, cuts[1], cuts[2], left, first, after, right))
    made = pd.DataFrame(rows, columns=["left", "node", "right", "start", "end", *_PLACES])
    keys = words.iloc[[first for first, _ in hits]][[*UTTERANCE, "role", "speaker"]]
    return pd.concat([keys.reset_index(drop=True), made], axis=1)


def _beside(words: pd.DataFrame, lines: pd.DataFrame, side: str) -> list[list[str]]:
    """Give the words of one side of each line, the nearest first."""
    places = zip(*(lines[place].tolist() for place in _PLACES), strict=True)
    if side == "left":
        slices = [slice(left, first) for left, first, _, _ in places]
        return [forms(words.iloc[at]).to_list()[::-1] for at in slices]
    return [forms(words.iloc[slice(after, right)]).to_list() for _, _, after, right in places]


def _span(units: Numbers, at: int) -> tuple[int, int]:
    """Give the first place of the unit that `at` is in, and the place after its last."""
    number = units[at]
    return int(np.searchsorted(units, number, "left")), int(np.searchsorted(units, number, "right"))


def _source(utterance: pd.DataFrame) -> tuple[int, str]:
    """Return where an utterance begins in the source, and its text, with blanks between tokens."""
    offset = at = int(utterance["start"].iloc[0])
    pieces = []
    for text, start, end in zip(
        utterance["text"], utterance["start"], utterance["end"], strict=True
    ):
        pieces += [" " * (start - at), text]
        at = end
    return offset, "".join(pieces)


def _near(node: Flags, unit: Numbers, window: int) -> Flags:
    """Tell which words are within the window of a node, in its unit, and none themselves."""
    at = np.flatnonzero(node)
    first = np.maximum(at - window, np.searchsorted(unit, unit[at], "left"))
    after = np.minimum(at + window + 1, np.searchsorted(unit, unit[at], "right"))
    size = len(node) + 1
    covered = np.cumsum(np.bincount(first, minlength=size) - np.bincount(after, minlength=size))[
        :-1
    ]
    return (covered > 0) & ~node
