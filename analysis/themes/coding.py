"""Themes: sentences coded by the indicators of a codebook, counted by voice, and who brings a theme up."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.annotation.terms import is_word, lemmas, straight
from analysis.annotation.tokens import load_tokens
from analysis.names.gazetteer import gazetteer_of
from analysis.names.mentions import exchanges
from analysis.names.recognition import entities
from analysis.sources.utterances import load_utterances
from analysis.statistics import permutation_test, share_interval
from analysis.themes.codebook import CODEBOOK, load_indicators

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

SENTENCE = ["interview", "utterance", "sentence"]
_NEGATING = frozenset(["no", "neither", "without"])


def sentences(utterances: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """List the sentences, the units that are coded.

    A sentence is what spaCy's parser takes for one inside an utterance. A sentence that runs over
    two utterances, for instance into somebody's quoted words, is two.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it.
    tokens : the table that `annotate` makes of it, or some voices of it.

    Returns
    -------
    DataFrame in reading order, interviews as in `utterances`: `interview` (str), `utterance`,
    `sentence` (int64: keys of `tokens`), `place` (int64: number in the interview, from 0, of all
    voices in `tokens`), `exchange` (int64: as `analysis.names.mentions.exchanges` numbers them),
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
    table = table[table["words"] > 0].reset_index()
    keys = utterances[["interview", "utterance", "speaker", "prompt", "turn", "text"]].assign(
        begin=utterances["start"]
    )
    table = table.merge(keys, on=["interview", "utterance"], validate="m:1")
    table = table.merge(exchanges(utterances), on=["interview", "utterance"], validate="m:1")
    order = {name: number for number, name in enumerate(utterances["interview"].unique())}
    table = table.sort_values(
        ["interview", "start"], key=lambda column: column.map(order).fillna(column)
    )
    spans = zip(
        table["text"], table["start"] - table["begin"], table["end"] - table["begin"], strict=True
    )
    table["text"] = [text[start:end] for text, start, end in spans]
    table["place"] = table.groupby("interview").cumcount()
    columns = [
        *SENTENCE,
        "place",
        "exchange",
        "role",
        "speaker",
        "prompt",
        "turn",
        "words",
        "text",
        "start",
        "end",
    ]
    return table[columns].astype({"text": "str"}).reset_index(drop=True)


def matches(tokens: pd.DataFrame, mentions: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Find every place where an indicator of a theme stands.

    Words inside a name or a title, of which `mentions` holds the spans, match only an indicator
    that asks for names; dates are no names. A match lies within one sentence.

    Parameters
    ----------
    tokens : a table as `annotate` returns it, or some voices of it; whole utterances.
    mentions : a table as `analysis.names.recognition.entities` returns it.
    indicators : a table as `analysis.themes.codebook.load_indicators` returns it, or some rows of
        it.

    Returns
    -------
    DataFrame with a row for each indicator at each place, in the order of `tokens`: `interview`
    (str), `utterance`, `sentence` (int64), `theme`, `indicator` (str), `text` (str: the words that
    matched, blanks between), `negated` (bool: the clause around them is negated, or they follow
    “no” or “without”), `start`, `end` (int64: half-open offsets). Matches may overlap; of one
    indicator the longest is kept.

    Raises
    ------
    ValueError
        If the part of an utterance is given: heads count from its first token.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.themes.codebook import load_indicators
    >>> from analysis.names.recognition import entities
    >>> tokens = load_tokens("seeds")
    >>> found = matches(tokens, entities(load_utterances("seeds"), tokens), load_indicators())
    >>> found.loc[found["theme"] == "technology", "text"].head(2).to_list()
    ['operating system', 'technology']
    """
    from spacy.lang.en import English
    from spacy.matcher import Matcher
    from spacy.tokens import Doc
    from spacy.vocab import create_vocab

    vocab = create_vocab("en", English.Defaults)
    finder = Matcher(vocab)
    for number, pattern in enumerate(indicators["pattern"]):
        finder.add(str(number), [pattern], greedy="LONGEST")
    described = list(zip(indicators["theme"], indicators["indicator"], strict=True))
    columns = _for_matching(tokens, mentions)
    keys = (
        "word",
        "pos",
        "lemma",
        "head",
        "dep",
        "entity",
        "text",
        "sentence",
        "start",
        "end",
        "token",
    )
    listed = {key: columns[key].to_list() for key in keys}
    place = columns.groupby(["interview", "utterance"], sort=False).size()
    rows, first = [], 0
    for (interview, utterance), size in place.items():
        own = {key: values[first : first + size] for key, values in listed.items()}
        first += size
        if own["token"] != list(range(size)):
            raise ValueError(
                f"Utterance {utterance} of {interview!r} is not whole; give all its tokens."
            )
        grammar = {
            "pos": own["pos"],
            "lemmas": own["lemma"],
            "heads": own["head"],
            "deps": own["dep"],
        }
        doc = Doc(vocab, own["word"], ents=own["entity"], **grammar)
        for sentence in doc.sents:
            for key, start, end in sorted(finder(sentence), key=lambda match: (match[1], match[2])):
                theme, indicator = described[int(vocab.strings[key])]
                words = slice(start + sentence.start, end + sentence.start)
                found = (
                    own["sentence"][words.start],
                    theme,
                    indicator,
                    " ".join(own["text"][words]),
                )
                span = (own["start"][words.start], own["end"][words.stop - 1])
                rows.append((interview, utterance, *found, _negated(doc[words]), *span))
    table = pd.DataFrame(
        rows, columns=[*SENTENCE, "theme", "indicator", "text", "negated", "start", "end"]
    )
    texts, numbers = (
        ["interview", "theme", "indicator", "text"],
        [
            "utterance",
            "sentence",
            "start",
            "end",
        ],
    )
    return table.astype(
        dict.fromkeys(texts, "str") | dict.fromkeys(numbers, "int64") | {"negated": "bool"}
    )


def codings(
    sentences: pd.DataFrame, matches: pd.DataFrame, indicators: pd.DataFrame
) -> pd.DataFrame:
    """Code sentences: a sentence has a theme where an indicator of the theme stands in it.

    Parameters
    ----------
    sentences : a table as `sentences` returns it; matches elsewhere are passed over, so voices left
        out of it have no coding.
    matches : a table as `matches` returns it.
    indicators : the table that made the matches: it says whether a negated indicator counts.

    Returns
    -------
    DataFrame with a row for each theme of each sentence, in reading order, themes as in
    `indicators`: `interview` (str), `utterance`, `sentence`, `place`, `exchange` (int64), `role`,
    `speaker` (str), `theme` (str), `matched` (str: the words that matched, semicolons between),
    `indicators` (str: which, in the same order), `negated` (bool: every match of the theme is
    negated), `start`, `end` (int64: offsets of the sentence).

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.themes.codebook import load_indicators
    >>> from analysis.names.recognition import entities
    >>> utterances, tokens, listed = load_utterances("seeds"), load_tokens("seeds"), load_indicators()
    >>> found = matches(tokens, entities(utterances, tokens), listed)
    >>> coded = codings(sentences(utterances, tokens), found, listed)
    >>> coded.loc[(coded["interview"] == "tiff") & (coded["theme"] == "technology"), "matched"].to_list()[-1]
    'technology'
    """
    from analysis.schemas import CODINGS

    counting = indicators[["theme", "indicator"]].assign(counts=indicators["negated"])
    kept = matches.merge(counting, on=["theme", "indicator"])
    kept = kept[kept["counts"] | ~kept["negated"]].sort_values(
        ["interview", "start", "end"], kind="stable"
    )
    found = kept.groupby([*SENTENCE, "theme"], sort=False).agg(
        matched=("text", "; ".join), indicators=("indicator", "; ".join), negated=("negated", "all")
    )
    order = {theme: number for number, theme in enumerate(indicators["theme"].unique())}
    reading = sentences[[*SENTENCE, "place", "exchange", "role", "speaker", "start", "end"]].assign(
        row=range(len(sentences))
    )
    table = reading.merge(found.reset_index(), on=SENTENCE)
    table = table.assign(rank=table["theme"].map(order)).sort_values(
        ["row", "rank"], ignore_index=True
    )
    keys = [
        *SENTENCE,
        "place",
        "exchange",
        "role",
        "speaker",
        "theme",
        "matched",
        "indicators",
        "negated",
    ]
    texts = dict.fromkeys(["theme", "matched", "indicators"], "str")
    return CODINGS.validate(table[[*keys, "start", "end"]].astype(texts | {"negated": "bool"}))


def load_codings(folder: str | Path = "seeds") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Code every sentence of a folder's interviews by its codebook.

    Parameters
    ----------
    folder : holds `interviews.toml`, the files it names, `codebook.toml` and, if wanted,
        `gazetteer.csv`.

    Returns
    -------
    The tables of `sentences`, all voices, and of `codings`.

    Raises
    ------
    SourceError
        If a file cannot be used.

    Examples
    --------
    >>> units, coded = load_codings("seeds")
    >>> len(units), coded["theme"].nunique()
    (128, 6)
    """
    utterances, tokens = load_utterances(folder), load_tokens(folder)
    indicators = load_indicators(Path(folder) / CODEBOOK)
    units = sentences(utterances, tokens)
    hits = matches(tokens, entities(utterances, tokens, gazetteer_of(folder)), indicators)
    return units, codings(units, hits, indicators)


def theme_shares(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str],
    by: Sequence[str] = ("interview",),
) -> pd.DataFrame:
    """Say how many sentences of a voice carry each theme.

    Parameters
    ----------
    sentences : a table as `sentences` returns it, or some voices of it.
    codings : a table as `codings` returns it; those of other sentences are passed over.
    themes : ids in the order of the rows; a theme that nobody has gets rows with 0.
    by : the columns of `sentences` that make a group.

    Returns
    -------
    DataFrame with a row for each group and theme: the columns of `by`, `theme` (str), `coded`,
    `sentences` (int64), `share` (float64: coded over sentences, 0 to 1), `share_low`, `share_high`
    (float64: 95% interval that takes whole utterances as independent,
    `analysis.statistics.share_interval`; NaN with fewer than 5 utterances), `utterances` (int64:
    that have the theme at least once). Shares of one group do not add up to 1, because a sentence
    may have several themes.

    Raises
    ------
    ValueError
        If `sentences` has no such column.

    Examples
    --------
    >>> rows = pd.DataFrame({"interview": "a", "utterance": [0, 0, 1, 2, 3, 4], "sentence": [0, 1, 0, 0, 0, 0]})
    >>> coded = rows.iloc[[0, 1, 2]].assign(theme="rain")
    >>> theme_shares(rows, coded, ["rain"])[["coded", "share", "share_low", "share_high"]].round(2).values.tolist()
    [[3.0, 0.5, 0.05, 0.95]]
    """
    keys = list(by)
    _refuse_unknown(sentences, keys)
    rows = []
    for group, part in sentences.groupby(keys, sort=False, dropna=False):
        counts, sizes = _by_utterance(part, codings, themes)
        low, high = share_interval(counts, sizes)
        coded = counts.sum(axis=1)
        for number, theme in enumerate(themes):
            numbers = (
                coded[number],
                len(part),
                coded[number] / len(part),
                low[number],
                high[number],
            )
            rows.append((*group, theme, *numbers, np.count_nonzero(counts[number])))
    columns = [
        *keys,
        "theme",
        "coded",
        "sentences",
        "share",
        "share_low",
        "share_high",
        "utterances",
    ]
    return pd.DataFrame(rows, columns=columns).astype(
        {"theme": "str", "coded": "int64", "utterances": "int64"}
    )


def theme_differences(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str],
    target: str,
    reference: str | None = None,
    *,
    by: str = "interview",
    permutations: int = 9999,
    seed: int = 20140110,
) -> pd.DataFrame:
    """Say how much more of the target's sentences carry each theme than of the reference's, and how sure that is.

    Parameters
    ----------
    sentences, codings, themes : as for `theme_shares`; one voice of both, to compare that voice.
    target, reference : ids of the two interviews, or values of `by`; without a reference, the
        target and the rest.
    by : the column of `sentences` whose values are the groups; sentences where it is NA are left
        out.
    permutations : how many deals; the smallest possible p is 1 / (permutations + 1).
    seed : of the random generator.

    Returns
    -------
    DataFrame with a row for each theme: `theme` (str), `share_target`, `share_reference` (float64,
    0 to 1), `difference` (float64: target less reference, -1 to 1; more than 0: the target has more
    of it), `difference_low`, `difference_high`
    (float64: 95% interval of the difference from the two intervals of the shares, square-and-add,
    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I), `p`
    (float64: whole utterances dealt anew, `analysis.statistics.permutation_test`), `p_max_t`
    (float64: the same for all themes as one family).

    Raises
    ------
    ValueError
        If a side has fewer than 5 utterances: then neither interval nor test says anything.

    Examples
    --------
    >>> rows = pd.DataFrame({"interview": ["a"] * 5 + ["b"] * 5, "utterance": [*range(5)] * 2, "sentence": 0})
    >>> coded = rows.head(5).assign(theme="rain")
    >>> theme_differences(rows, coded, ["rain"], "a", "b").round(2).values.tolist()
    [['rain', 1.0, 0.0, 1.0, 0.16, 1.0, 0.01, 0.01]]
    """
    _refuse_unknown(sentences, [by])
    of_target = sentences[by].eq(target).fillna(False).astype("bool")
    of_reference = (
        sentences[by].notna() & ~of_target if reference is None else sentences[by] == reference
    )
    sides = [sentences[of_target], sentences[of_reference]]
    parts = [_by_utterance(side, codings, themes) for side in sides]
    fewest = min(len(sizes) for _, sizes in parts)
    if fewest < 5:
        raise ValueError(
            f"A side has {fewest} utterances; with fewer than 5 a comparison of shares says"
            " nothing."
        )
    shares = [counts.sum(axis=1) / sizes.sum() for counts, sizes in parts]
    ends = [share_interval(*part) for part in parts]
    difference = shares[0] - shares[1]
    below = np.hypot(shares[0] - ends[0][0], ends[1][1] - shares[1])
    above = np.hypot(ends[0][1] - shares[0], shares[1] - ends[1][0])
    counts, sizes = (
        np.hstack([parts[0][0], parts[1][0]]),
        np.concatenate([parts[0][1], parts[1][1]]),
    )
    on_target = np.arange(len(sizes)) < len(parts[0][1])
    occurs = counts.sum(axis=1) > 0
    p, family = np.full((2, len(themes)), np.nan)
    if occurs.any():
        p[occurs], family[occurs] = permutation_test(
            sparse.csr_array(counts[occurs]), sizes, on_target, permutations, seed
        )
    return pd.DataFrame(
        {
            "theme": pd.Series(list(themes), dtype="str"),
            "share_target": shares[0],
            "share_reference": shares[1],
            "difference": difference,
            "difference_low": difference - below,
            "difference_high": difference + above,
            "p": p,
            "p_max_t": family,
        }
    )


def who_raises(
    sentences: pd.DataFrame, codings: pd.DataFrame, themes: Sequence[str], by: str = "interview"
) -> pd.DataFrame:
    """Tell of each theme in how many exchanges the question brings it, the answer takes it up, or raises it itself.

    The question is what stands before the answer in its exchange: the interviewer's words in a Q&A,
    the lead in a digest. Words of others quoted inside an answer count for neither.

    Parameters
    ----------
    sentences : a table as `sentences` returns it, all voices.
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
    >>> rows = pd.DataFrame({"role": ["interviewer", "interviewee"] * 2, "exchange": [0, 0, 1, 1], "interview": "a"})
    >>> rows = rows.assign(utterance=range(4), sentence=0)
    >>> coded = rows.iloc[[0, 1, 3]].assign(theme="rain")
    >>> who_raises(rows, coded, ["rain"])[["taken_up", "raised", "dropped", "neither"]].values.tolist()
    [[1, 1, 0, 0]]
    """
    _refuse_unknown(sentences, [by])
    side = sentences["role"].map(
        {"interviewee": "answer", "interviewer": "question", "narration": "question"}
    )
    placed = sentences.assign(
        side=side, exchange=sentences.groupby(["interview", "exchange"]).ngroup()
    )
    answered = placed[placed["side"] == "answer"].groupby(by, sort=False)["exchange"].agg(set)
    marked = placed.merge(codings[[*SENTENCE, "theme"]], on=SENTENCE)
    having = marked.groupby([by, "theme", "side"])["exchange"].agg(set).to_dict()
    rows = []
    for group, exchange in answered.items():
        for theme in themes:
            asked, answer = (
                having.get((group, theme, one), set()) for one in ("question", "answer")
            )
            table = [
                [len(exchange & asked & answer), len((exchange & answer) - asked)],
                [len((exchange & asked) - answer), len(exchange - asked - answer)],
            ]
            rows.append((group, theme, *table[0], *table[1], _fisher(table)))
    columns = [by, "theme", "taken_up", "raised", "dropped", "neither", "p"]
    return pd.DataFrame(rows, columns=columns).astype({by: "str", "theme": "str"})


def _fisher(table: list[list[int]]) -> float:
    """Return the p of Fisher's exact test, two-sided: the share of all tables as likely as this one or less.

    Counted in whole numbers, so that equally likely tables are equal; scipy.stats would take longer
    to import than all tests of a study to compute.
    """
    (both, only_first), (only_second, neither) = table
    first, second, size = (
        both + only_first,
        both + only_second,
        both + only_first + only_second + neither,
    )
    ways = [comb(second, n) * comb(size - second, first - n) for n in range(min(first, second) + 1)]
    return sum(way for way in ways if way <= ways[both]) / comb(size, first)


def _refuse_unknown(sentences: pd.DataFrame, columns: Sequence[str]) -> None:
    if lost := [column for column in columns if column not in sentences]:
        raise ValueError(
            f"The sentences have no column {lost[0]!r}; they have"
            f" {', '.join(map(str, sentences.columns))}."
        )


def _by_utterance(
    sentences: pd.DataFrame, codings: pd.DataFrame, themes: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Count coded sentences, a row a theme, and all sentences, of each utterance."""
    sizes = sentences.groupby(["interview", "utterance"], sort=False).size()
    own = codings.merge(sentences[SENTENCE], on=SENTENCE)
    counts = own.groupby(["theme", "interview", "utterance"]).size()
    rows = [
        (counts.loc[theme] if theme in counts.index else pd.Series(dtype="int64")).reindex(
            sizes.index, fill_value=0
        )
        for theme in themes
    ]
    return np.array([row.to_numpy() for row in rows]).reshape(
        len(rows), len(sizes)
    ), sizes.to_numpy(dtype="float64")


def _for_matching(tokens: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Write tokens as the Matcher reads them: straight apostrophes, lower-case lemmas, names in BIO notation."""
    tokens = tokens.sort_values(["interview", "utterance", "token"], kind="stable").reset_index(
        drop=True
    )
    names = mentions[mentions["label"] != "DATE"].sort_values("start")
    spans = names[["interview", "label", "end"]].assign(begin=names["start"], start=names["start"])
    # The name that begins last at or before a token, or inside it: names do not overlap.
    last = (tokens["end"] - 1).rename("start")
    at = (
        pd.concat([tokens["interview"], last], axis=1)
        .reset_index()
        .sort_values("start", kind="stable")
    )
    nearest = (
        pd.merge_asof(at, spans, on="start", by="interview")
        .set_index("index")
        .reindex(tokens.index)
    )
    inside = nearest["end"].gt(tokens["start"])
    first = inside & nearest["begin"].ne(nearest["begin"].shift()).fillna(True)
    first |= inside & ~inside.shift(fill_value=False)
    entity = pd.Series("O", index=tokens.index).mask(inside, "I-" + nearest["label"].fillna(""))
    entity = entity.mask(first, "B-" + nearest["label"].fillna(""))
    return tokens.assign(word=tokens["text"].map(straight), lemma=lemmas(tokens), entity=entity)


def _negated(words: Span) -> bool:
    """Tell whether words stand under a negation: of their own, or of the clause they belong to."""
    token = words.root
    while True:
        if any(
            child.dep_ == "neg" or child.lower_ in _NEGATING
            for child in token.children
            if not _far(child, token)
        ):
            return True
        if token.lower_ in _NEGATING:
            return True
        if token.pos_ in ("VERB", "AUX") or token.head.i == token.i:
            return False
        token = token.head


def _far(child: Token, token: Token) -> bool:
    """Tell whether a negating word stands behind what it hangs on, where it opens another phrase."""
    between = token.doc[token.i + 1 : child.i]
    return child.i > token.i and (
        child.dep_ != "neg" or any(word.pos_ not in ("ADV", "PART") for word in between)
    )
