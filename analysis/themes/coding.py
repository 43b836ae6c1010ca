"""Sentences, the units of coding, and the themes they carry by the indicators of a codebook."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

import pandas as pd

from analysis.annotation.terms import is_word, lemmas, straight
from analysis.schemas import CODINGS, SENTENCE, UTTERANCE
from analysis.sources.conversation import exchanges

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_NEGATING = frozenset(["no", "neither", "without"])
# What spaCy's Matcher is given of each token.
_MATCHED = ("token", "word", "pos", "lemma", "head", "dep", "entity")


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
    voices in `tokens`), `exchange` (int64: as `analysis.sources.exchanges` numbers them),
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
        begin=utterances["start"]
    )
    table = table[table["words"] > 0].reset_index().merge(keys, on=UTTERANCE, validate="m:1")
    table = table.merge(exchanges(utterances), on=UTTERANCE, validate="m:1")
    order = {name: number for number, name in enumerate(utterances["interview"].unique())}
    table = table.sort_values(
        ["interview", "start"], key=lambda column: column.map(order).fillna(column)
    )
    spans = zip(
        table["text"], table["start"] - table["begin"], table["end"] - table["begin"], strict=True
    )
    table["text"] = [text[start:end] for text, start, end in spans]
    table["place"] = table.groupby("interview").cumcount()
    columns = "place exchange role speaker prompt turn words text start end".split()
    return table[[*SENTENCE, *columns]].astype({"text": "str"}).reset_index(drop=True)


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
    >>> from analysis import load_corpus
    >>> corpus = load_corpus("seeds")
    >>> found = matches(corpus.tokens, corpus.mentions, corpus.indicators)
    >>> found.loc[found["theme"] == "technology", "text"].head(2).to_list()
    ['operating system', 'technology']
    """
    # spaCy takes a second to import; who reads a stored table does not wait for it.
    from spacy.lang.en import English
    from spacy.matcher import Matcher
    from spacy.tokens import Doc
    from spacy.vocab import create_vocab

    vocab = create_vocab("en", English.Defaults)
    finder = Matcher(vocab)
    for number, pattern in enumerate(indicators["pattern"]):
        finder.add(str(number), [pattern], greedy="LONGEST")
    read = _for_matching(tokens, mentions)
    listed = {key: read[key].to_list() for key in _MATCHED}
    found, first = [], 0
    for (interview, utterance), size in read.groupby(UTTERANCE, sort=False).size().items():
        own = {key: values[first : first + size] for key, values in listed.items()}
        if own["token"] != list(range(size)):
            raise ValueError(
                f"Utterance {utterance} of {interview!r} is not whole; give all its tokens."
            )
        grammar = {"lemmas": own["lemma"], "heads": own["head"], "deps": own["dep"]}
        doc = Doc(vocab, own["word"], ents=own["entity"], pos=own["pos"], **grammar)
        for sentence in doc.sents:
            for key, start, end in sorted(finder(sentence), key=itemgetter(1, 2)):
                words = sentence[start:end]
                place = first + words.start, first + words.end - 1
                found.append((*place, int(vocab.strings[key]), _negated(words)))
        first += size
    hits = pd.DataFrame(found, columns=["first", "last", "indicator", "negated"])
    table = read.loc[hits["first"], [*SENTENCE, "start"]].reset_index(drop=True)
    shown = indicators[["theme", "indicator"]].iloc[hits["indicator"].astype("int64")]
    table[["theme", "indicator"]] = shown.to_numpy()
    words = read["text"].to_list()
    table["text"] = [
        " ".join(words[one : other + 1])
        for one, other in zip(hits["first"], hits["last"], strict=True)
    ]
    table = table.assign(
        negated=hits["negated"].astype("bool"), end=read.loc[hits["last"], "end"].to_numpy()
    )
    columns = [*SENTENCE, "theme", "indicator", "text", "negated", "start", "end"]
    texts = dict.fromkeys(["interview", "theme", "indicator", "text"], "str")
    return table[columns].astype(texts | dict.fromkeys(["start", "end"], "int64"))


def counted(matches: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Keep the matches that code a sentence: of these indicators, negated where that counts.

    Parameters
    ----------
    matches : a table as `matches` returns it.
    indicators : some or all rows of the table that made them.
    """
    counting = indicators[["theme", "indicator"]].assign(counts=indicators["negated"])
    kept = matches.merge(counting, on=["theme", "indicator"])
    return kept[kept["counts"] | ~kept["negated"]].drop(columns="counts")


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
    kept = counted(matches, indicators).sort_values(["interview", "start", "end"], kind="stable")
    kept["spans"] = kept[["start", "end"]].to_numpy().tolist()
    found = kept.groupby([*SENTENCE, "theme"], sort=False).agg(
        matched=("text", "; ".join),
        indicators=("indicator", "; ".join),
        spans=("spans", list),
        negated=("negated", "all"),
    )
    order = {theme: number for number, theme in enumerate(indicators["theme"].unique())}
    reading = sentences.assign(row=range(len(sentences)))
    table = reading[[*SENTENCE, "place", "exchange", "role", "speaker", "start", "end", "row"]]
    table = table.merge(found.reset_index(), on=SENTENCE)
    table = table.assign(rank=table["theme"].map(order)).sort_values(
        ["row", "rank"], ignore_index=True
    )
    texts = dict.fromkeys(["theme", "matched", "indicators"], "str")
    types = texts | {"negated": "bool", "spans": "object"}
    return CODINGS.validate(table[list(CODINGS.columns)].astype(types))


def _for_matching(tokens: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Write tokens for the Matcher: straight apostrophes, lower-case lemmas, names as BIO tags."""
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
    """Tell whether a negating word stands after its head, where it opens another phrase."""
    between = token.doc[token.i + 1 : child.i]
    return child.i > token.i and (
        child.dep_ != "neg" or any(word.pos_ not in ("ADV", "PART") for word in between)
    )
