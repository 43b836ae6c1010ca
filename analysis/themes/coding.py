"""Sentences, the units of coding, and the themes assigned to them by a codebook's indicators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.annotation.terms import is_word, lemmas, runs, span_of, straight
from analysis.schemas import CODINGS, SENTENCE, UTTERANCE, typed
from analysis.sources.conversation import exchanges
from analysis.statistics import Flags

Ints = npt.NDArray[np.int64]
# In a pattern: the kinds of token that fit, whether one is required, and whether more may follow.
Step = tuple[Flags, bool, bool]

_NEGATING = ["no", "neither", "without"]


def sentences(utterances: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """List the sentences, the units that are coded.

    A sentence is whatever spaCy's parser treats as one within an utterance. A sentence that runs
    across two utterances, for instance into somebody's quoted words, counts as two.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`.
    tokens : the table that `annotate` makes from it, or only some of its voices.

    Returns
    -------
    DataFrame in reading order, interviews as in `utterances`: `interview` (str), `utterance`,
    `sentence` (int64: keys of `tokens`), `place` (int64: number in the interview, from 0, across
    all voices in `tokens`), `exchange` (int64: as `analysis.sources.exchanges` numbers them),
    `role`, `speaker`, `prompt` (str), `turn` (Int64), `words` (int64), `text` (str: the source's
    own characters), `start`, `end` (int64: half-open offsets). A sentence without a letter or a
    digit is left out.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> table = sentences(load_utterances("seeds"), load_tokens("seeds"))
    >>> table.loc[table["interview"] == "tiff", "text"].iloc[-2]
    '“To answer your question succinctly, I don’t know.”'
    """
    told = tokens[~tokens["is_space"]].assign(words=is_word(tokens))
    table = told.groupby(SENTENCE, sort=False).agg(
        role=("role", "first"), words=("words", "sum"), start=("start", "min"), end=("end", "max")
    )
    keys = utterances[[*UTTERANCE, "speaker", "prompt", "turn", "text"]].assign(
        begin=utterances["start"], row=range(len(utterances))
    )
    table = table[table["words"] > 0].reset_index().merge(keys, on=UTTERANCE, validate="m:1")
    table = table.merge(exchanges(utterances), on=UTTERANCE, validate="m:1")
    table = table.sort_values(["row", "start"])
    spans = table[["text", "begin", "start", "end"]].itertuples(index=False)
    table["text"] = [text[start - begin : end - begin] for text, begin, start, end in spans]
    table["place"] = table.groupby("interview").cumcount()
    columns = "place exchange role speaker prompt turn words text start end".split()
    return table[[*SENTENCE, *columns]].astype({"text": "str"}).reset_index(drop=True)


def matches(tokens: pd.DataFrame, mentions: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Find every place where an indicator of a theme occurs.

    Words inside a name or a title, given by the spans in `mentions`, match only an indicator that
    asks for names; dates are not names. A match lies within one sentence. Patterns mean the same as
    in spaCy's Matcher, which tests each distinct token once; sequences of tokens are then found
    in all sentences at once.

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or some of its voices; whole utterances.
    mentions : a table as returned by `analysis.names.entities`.
    indicators : a table as returned by `load_indicators`, or some of its rows.

    Returns
    -------
    DataFrame with a row for each indicator at each place, in the order of `tokens`: `interview`
    (str), `utterance`, `sentence` (int64), `theme`, `indicator` (str), `text` (str: the words that
    matched, separated by spaces), `negated` (bool: the clause around them is negated, or they
    follow “no”, “neither” or “without”), `start`, `end` (int64: half-open offsets). Matches of
    different indicators may overlap; of overlapping matches of one indicator the longest is kept.

    Raises
    ------
    ValueError
        If an utterance is incomplete: heads are counted from its first token.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> corpus = load_corpus("seeds")
    >>> found = matches(corpus.tokens, corpus.mentions, corpus.indicators)
    >>> found.loc[found["theme"] == "technology", "text"].head(2).to_list()
    ['operating system', 'technology']
    """
    tokens = tokens.reset_index(drop=True)
    utterance, sentence = runs(tokens, UTTERANCE), runs(tokens, SENTENCE)
    begin = np.searchsorted(utterance, utterance)
    lost = tokens[tokens["token"] != np.arange(len(tokens)) - begin]
    if len(lost):
        row = lost.iloc[0]
        raise ValueError(
            f"Utterance {row['utterance']} of {row['interview']!r} is incomplete; give all"
            " its tokens in order."
        )
    kinds, kind = _kinds(tokens, mentions, sentence)
    found = sorted(
        (first, last, number)
        for number, steps in enumerate(_steps(kinds, indicators["pattern"]))
        for first, last in _longest(steps, kind, sentence)
    )
    first, last, number = np.array(found, dtype=np.int64).reshape(-1, 3).T
    table = tokens.loc[first, [*SENTENCE, "start"]].reset_index(drop=True)
    table[["theme", "indicator"]] = indicators[["theme", "indicator"]].iloc[number].to_numpy()
    head, words = begin + tokens["head"].to_numpy(), tokens["text"].to_list()
    places = zip(first.tolist(), last.tolist(), strict=True)
    table["text"] = [" ".join(words[one : other + 1]) for one, other in places]
    table["negated"] = _negated(kinds, kind, head, first, last)
    table["end"] = tokens["end"].to_numpy()[last]
    columns = [*SENTENCE, "theme", "indicator", "text", "negated", "start", "end"]
    return table[columns].astype(dict.fromkeys(["theme", "indicator", "text"], "str"))


def counted(matches: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Keep the matches of these indicators, negated ones only if the theme counts them.

    Parameters
    ----------
    matches : a table as returned by `matches`.
    indicators : some or all rows of the table with which they were found.
    """
    counting = indicators[["theme", "indicator"]].assign(counts=indicators["negated"])
    kept = matches.merge(counting, on=["theme", "indicator"])
    return kept[kept["counts"] | ~kept["negated"]].drop(columns="counts")


def codings(
    sentences: pd.DataFrame, matches: pd.DataFrame, indicators: pd.DataFrame
) -> pd.DataFrame:
    """Code sentences: a sentence has a theme if it contains an indicator of it.

    Parameters
    ----------
    sentences : a table as returned by `sentences`; matches elsewhere are ignored, so voices left
        out of it have no codings.
    matches : a table as returned by `matches`.
    indicators : the table used to find the matches; it says whether a negated indicator counts.

    Returns
    -------
    DataFrame with a row for each theme of each sentence, in reading order, themes as in
    `indicators`: `interview` (str), `utterance`, `sentence`, `place`, `exchange` (int64), `role`,
    `speaker` (str), `theme` (str), `matched` (str: the matching words, separated by semicolons),
    `indicators` (str: which, in the same order), `spans` (object: where, in the same order, a list
    of [start, end] in the source), `negated` (bool: every match of the theme is negated), `start`,
    `end` (int64: offsets of the sentence).

    Examples
    --------
    >>> from analysis import load_corpus
    >>> corpus = load_corpus("seeds")
    >>> coded = codings(corpus.sentences, corpus.matches, corpus.indicators)
    >>> his = coded[coded["role"].eq("interviewee") & coded["theme"].eq("technology")]
    >>> his[["matched", "spans"]].values.tolist()[-1]
    ['technology', [[2978, 2988]]]
    """
    themes = pd.Index(indicators["theme"].unique())
    place = ["place", "exchange", "role", "speaker", "start", "end"]
    units = sentences[[*SENTENCE, *place]].assign(row=range(len(sentences)))
    table = counted(matches, indicators).merge(units[[*SENTENCE, "row"]], on=SENTENCE)
    table["rank"] = themes.get_indexer(table["theme"])
    table = table.sort_values(["row", "rank", "start", "end"], kind="stable")
    of_each = defaultdict(list)
    columns = ["row", "theme", "text", "indicator", "start", "end", "negated"]
    for row, theme, *match in table[columns].itertuples(index=False, name=None):
        of_each[row, theme].append(match)
    rows = []
    for key, found in of_each.items():
        texts, written, starts, ends, negated = zip(*found, strict=True)
        spans = [list(span) for span in zip(starts, ends, strict=True)]
        rows.append((*key, "; ".join(texts), "; ".join(written), spans, all(negated)))
    columns = ["row", "theme", "matched", "indicators", "spans", "negated"]
    return typed(pd.DataFrame(rows, columns=columns).merge(units, on="row"), CODINGS)


def flags(
    units: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str],
    keys: Sequence[str] = tuple(SENTENCE),
) -> Flags:
    """Say which units (rows) have which themes (columns); codings of other units are ignored.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": [0, 1], "sentence": 0})
    >>> flags(units, units[1:].assign(theme="rain"), ["rain", "wind"]).tolist()
    [[False, False], [True, False]]
    """
    rows, coded = (pd.MultiIndex.from_frame(table[[*keys]]) for table in (units, codings))
    # What is unknown falls into a row or a column beyond the last.
    has = np.zeros((len(units) + 1, len(themes) + 1), dtype=bool)
    has[rows.get_indexer(coded), pd.Index(list(themes)).get_indexer(codings["theme"])] = True
    return has[:-1, :-1]


def refuse_unknown(sentences: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise an error for columns that the sentences do not have."""
    if lost := [column for column in columns if column not in sentences]:
        raise ValueError(
            f"The sentences have no column {lost[0]!r}; they have"
            f" {', '.join(map(str, sentences.columns))}."
        )


def by_utterance(sentences: pd.DataFrame, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sum values of sentences (rows) over each utterance, in order of first appearance."""
    utterance = sentences.groupby(UTTERANCE, sort=False).ngroup().to_numpy()
    values = values * 1
    sums = np.zeros((utterance.max(initial=-1) + 1, *values.shape[1:]), dtype=values.dtype)
    np.add.at(sums, utterance, values)
    return sums


def _kinds(
    tokens: pd.DataFrame, mentions: pd.DataFrame, sentence: Ints
) -> tuple[pd.DataFrame, Ints]:
    """List the distinct tokens as the Matcher would see them, and say which one each token is."""
    names = mentions[mentions["label"] != "DATE"]
    entity = np.append(names["label"].to_numpy(object), "")[span_of(tokens, names)]
    seen = tokens[["text", "lemma", "pos", "dep", "is_punct", "is_space"]].assign(
        entity=entity, opens=np.diff(sentence, prepend=-1) > 0
    )
    kind = seen.groupby(list(seen), sort=False).ngroup().to_numpy()
    kinds = seen.iloc[np.unique(kind, return_index=True)[1]]
    return kinds.assign(text=kinds["text"].map(straight), lemma=lemmas(kinds)), kind


def _steps(kinds: pd.DataFrame, patterns: Iterable[list[dict[str, Any]]]) -> list[list[Step]]:
    """Write each pattern as steps; spaCy's Matcher decides once for each kind what fits."""
    # spaCy takes a second to import; a stored table is read without it.
    from spacy.lang.en import English
    from spacy.matcher import Matcher
    from spacy.tokens import Doc
    from spacy.vocab import create_vocab

    vocab = create_vocab("en", English.Defaults)
    # A token that opens no sentence depends on the one before it: spaCy finds sentences by heads.
    heads = np.arange(len(kinds)) - ~kinds["opens"].to_numpy()
    doc = Doc(
        vocab,
        kinds["text"].to_list(),
        lemmas=kinds["lemma"].to_list(),
        pos=kinds["pos"].to_list(),
        deps=kinds["dep"].to_list(),
        ents=["B-" + label if label else "O" for label in kinds["entity"]],
        heads=heads.tolist(),
    )
    finder, said = Matcher(vocab), {*kinds["lemma"]}
    asked = {str(token): token for token in map(_asked, chain.from_iterable(patterns))}
    for name, token in asked.items():
        # Most words of a codebook do not occur in an interview, so they need not be tried.
        lemma = token.get("LEMMA")
        if not isinstance(lemma, str) or lemma in said:
            finder.add(name, [[token]])
    fits: defaultdict[str, Flags] = defaultdict(lambda: np.zeros(len(kinds), dtype=bool))
    for key, at, _ in finder(doc) if len(finder) else ():
        fits[vocab.strings[key]][at] = True
    return [
        [
            step
            for token in pattern
            for step in _repeated(fits[str(_asked(token))], token.get("OP", "1"))
        ]
        for pattern in patterns
    ]


def _asked(token: dict[str, Any]) -> dict[str, Any]:
    """Return what a token of a pattern must be, but not how often it may occur."""
    return {key: value for key, value in token.items() if key != "OP"}


def _repeated(fits: Flags, operator: str) -> list[Step]:
    """Write out spaCy's operators: !, ?, +, *, {n}, {n,}, {,m} and {n,m}."""
    simple = {"1": "{1}", "!": "{1}", "?": "{,1}", "+": "{1,}", "*": "{0,}"}
    least, comma, most = simple.get(operator, operator).strip("{}").partition(",")
    fits = ~fits if operator == "!" else fits
    steps = [(fits, True, False)] * int(least or 0)
    if comma and not most:
        return [*steps, (fits, False, True)]
    return steps + [(fits, False, False)] * (int(most or least) - int(least or 0))


def _longest(steps: list[Step], kind: Ints, sentence: Ints) -> list[tuple[int, int]]:
    """Find where a pattern matches: the first and the last row of each match."""
    needed = [fits for fits, must, _ in steps if must]
    if not all(fits.any() for fits in needed):
        return []
    some = np.ones(sentence.max(initial=-1) + 1, dtype=bool)
    for fits in needed:
        some &= np.bincount(sentence[fits[kind]], minlength=len(some)) > 0
    rows = np.flatnonzero(some[sentence])
    # A place that fits no step follows each sentence, so no match runs on into the next.
    gaps = np.cumsum(np.diff(sentence[rows], prepend=sentence[rows[:1]]) > 0)
    place = np.arange(len(rows)) + gaps
    places = len(rows) + gaps.max(initial=-1) + 1
    # Backwards: where the rest of the pattern ends if it begins here; -1 if it does not match.
    ends = np.arange(places)
    for fits, must, many in reversed(steps):
        here = np.zeros(places, dtype=bool)
        here[place] = fits[kind[rows]]
        if many:
            # The furthest end that can be reached before the first token that does not fit.
            run = (np.cumsum(~here) - ~here) * (places + 1)
            ends = np.maximum.accumulate((ends - run)[::-1])[::-1] + run
        else:
            after = np.roll(ends, -1)
            ends = np.where(here, after if must else np.maximum(ends, after), -1 if must else ends)
    taken, hits = np.zeros(places, dtype=bool), []
    lengths = ends[place] - place
    for at in np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths > 0)]:
        own = slice(place[at], ends[place[at]])
        if not taken[own].any():
            taken[own] = True
            hits.append((rows[at], rows[at] + lengths[at] - 1))
    return hits


def _negated(kinds: pd.DataFrame, kind: Ints, head: Ints, first: Ints, last: Ints) -> Flags:
    """Return which matches are negated, either themselves or with the clause they belong to."""
    row = np.arange(len(kind))
    word = kinds["text"].str.lower().isin(_NEGATING).to_numpy()[kind]
    particle = kinds["dep"].eq("neg").to_numpy()[kind]
    passed = np.cumsum(~kinds["pos"].isin(["ADV", "PART"]).to_numpy()[kind])
    child = np.flatnonzero((word | particle) & (head != row))
    parent = head[child]
    # After its head, a negating word opens another phrase, unless it is “not” and close by.
    near = (child < parent) | (particle[child] & (passed[child - 1] == passed[parent]))
    under = word.copy()
    under[parent[near]] = True
    top = kinds["pos"].isin(["VERB", "AUX"]).to_numpy()[kind] | (head == row)
    # The root of a match is its highest token (the first if there are several), never punctuation.
    mark = (kinds["is_punct"] | kinds["is_space"]).to_numpy()[kind] & (head != row)
    mark[head] = False
    depth, above = np.where(mark, len(head), 0), row
    while (higher := head[above] != above).any():
        depth += higher
        above = head[above]
    spans = zip(first.tolist(), last.tolist(), strict=True)
    root = np.array([at + depth[at : to + 1].argmin() for at, to in spans], dtype=np.int64)
    negated, climbing = np.zeros(len(first), dtype=bool), np.arange(len(first))
    while len(climbing):
        negated[climbing] = under[root[climbing]]
        climbing = climbing[~under[root[climbing]] & ~top[root[climbing]]]
        root[climbing] = head[root[climbing]]
    return negated
