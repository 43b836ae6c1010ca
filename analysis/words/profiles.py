"""How a word is used: whether it is negated, in which set phrase, with what subject.

A count of a lemma is not a meaning: any *know* may be an “I don’t know”. These tables describe
every occurrence, and where it is, so that the lines can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.annotation.terms import forms, in_a_row, is_word, lemmas, terms_of
from analysis.schemas import SENTENCE, TOKEN
from analysis.words.sketches import Read, below, complete, read_sentences, sentence_bounds

if TYPE_CHECKING:
    from spacy.tokens import Token

# Verbs that speakers use in the present with “I”, “we” or “you” to say how sure they are, or to
# keep their turn: Thompson & Mulac 1991 (doi:10.1075/tsl.19.2.16tho), Kärkkäinen 2003 (Epistemic
# Stance in English Conversation, Benjamins), and the mental verbs of Biber et al. 1999 (Longman
# Grammar of Spoken and Written English, 9.2.2).
EPISTEMIC = tuple(
    "assume believe bet expect feel figure gather guess hope imagine know mean presume reckon"
    " remember see suppose suspect think understand wonder".split()
)
# Negated, these deny what their clause says: “I don’t think he knows” (Horn 1978).
NEG_RAISING = ("believe", "expect", "feel", "guess", "imagine", "suppose", "think", "want")
_QUESTION_WORDS = ("what", "who", "whom", "whose", "which", "where", "when", "why", "how")
# A cluster is reported if at least half, and at least three, of the occurrences are in it.
_LONGEST, _FEWEST, _MOST = 4, 3, 0.5
_COLUMNS = [*TOKEN, "sentence", "role", "speaker", "term", "negated", "phrase", "cluster"]
_COLUMNS += ["subject", "start", "end", "sentence_start", "sentence_end"]
_TYPES = {"negated": "bool", "sentence_start": "int64", "sentence_end": "int64"}
_TYPES |= dict.fromkeys(["term", "phrase", "cluster", "subject"], "str")


def occurrences(
    tokens: pd.DataFrame, terms: Sequence[str], titles: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Describe how each occurrence of some words is used.

    Accuracy is measured on sentences with reference labels: tests/gold/usage.txt.

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or all its rows for some utterances; the rows of one
        voice, unless all are wanted.
    terms : terms as `terms_of` writes them: lemmas in lower case, except names.
    titles : as for `terms_of`.

    Returns
    -------
    DataFrame with a row for each occurrence, in reading order: `interview`, `role`, `speaker`
    (str), `utterance`, `sentence`, `token` (int64), `term` (str), and

    - `negated` (bool): the word, or the verb that it completes, is negated (not, never, no, nobody
      ...). The subject of a negated verb is not.
    - `phrase` (str; NA for none): the epistemic phrase that it is part of, such as “I think”, “you
      know”, “I don't know”: a verb of `EPISTEMIC` in the present with I, we or you, without an
      object or a topic, that is followed by a clause without “that”, or by nothing.
    - `cluster` (str; NA for none): the longest sequence of 2 to 4 words in which at least three,
      and at least half, of the term's occurrences in the interview are found.
    - `subject` (str; NA for none): the lemma of its subject, if it is a verb or a predicate; in
      the passive, that of the agent.
    - `start`, `end`, `sentence_start`, `sentence_end` (int64): offsets in the source.

    Raises
    ------
    ValueError
        If a token's head is missing: rows of an utterance were left out.

    Examples
    --------
    >>> from analysis import load_tokens
    >>> tokens = load_tokens("seeds")
    >>> said = tokens[tokens["role"] == "interviewee"]
    >>> found = occurrences(said[said["interview"] == "tiff"], ["know"])
    >>> found[["negated", "phrase", "subject"]].values.tolist()
    [[True, nan, 'I'], [True, "I don't know", 'I'], [True, "I don't know", 'I']]
    """
    parse = complete(tokens)
    hits = terms_of(parse, titles)
    hits = hits[hits["term"].isin(list(terms))]
    label, rows = lemmas(parse), []
    wanted = set(hits.index)
    among = parse[pd.MultiIndex.from_frame(parse[SENTENCE]).isin(hits.set_index(SENTENCE).index)]
    for first, read in read_sentences(among):
        subjects = _subjects(read)
        for word in read.doc:
            if first + word.i in wanted:
                subject = subjects.get(word)
                name = None if subject is None else _name(subject, label[first + subject.i])
                rows.append((first + word.i, _negated(word, read), _phrase(word), name))
    names = ["row", "negated", "phrase", "subject"]
    said = pd.DataFrame(rows, columns=names).set_index("row")
    table = hits.assign(cluster=_clusters(parse, hits)).join(said)
    table = table.join(sentence_bounds(parse), on=SENTENCE)
    return table[_COLUMNS].astype(_TYPES).reset_index(drop=True)


def usage(occurrences: pd.DataFrame, by: Sequence[str] = ("interview",)) -> pd.DataFrame:
    """Summarise how each word is used in each group.

    Parameters
    ----------
    occurrences : a table as returned by `occurrences`.
    by : the columns that define a group.

    Returns
    -------
    DataFrame with a row for each group and term, groups in order of first appearance, the most
    frequent term first, ties by name: the columns of `by`, `term` (str), `count`, `negated`,
    `in_phrase` (int64: occurrences in all, negated, in any epistemic phrase), then the most
    frequent `phrase`, `cluster` and `subject` (str; NA for none), and their occurrences:
    `phrase_count`, `cluster_count`, `subject_count` (int64).

    Examples
    --------
    >>> rows = pd.DataFrame({"interview": "a", "term": "know", "negated": [True, True, False]})
    >>> rows = rows.assign(phrase=["I don't know", "I don't know", None], subject=["I", "I", "she"])
    >>> usage(rows.assign(cluster=None)).drop(columns=["cluster", "cluster_count"]).values.tolist()
    [['a', 'know', 3, 2, 2, "I don't know", 2, 'I', 2]]
    """
    place = occurrences.groupby(list(by), sort=False, dropna=False).ngroup()
    keys = ["place", *by, "term"]
    groups = occurrences.assign(place=place).groupby(keys, dropna=False)
    table = groups.agg(
        count=("term", "size"), negated=("negated", "sum"), in_phrase=("phrase", "count")
    )
    for column in ("phrase", "cluster", "subject"):
        found = groups[column].value_counts().rename(f"{column}_count").reset_index()
        # The most frequent; ties by name.
        found = found.sort_values([f"{column}_count", column], ascending=[False, True])
        table = table.join(found.drop_duplicates(keys).set_index(keys))
        table[f"{column}_count"] = table[f"{column}_count"].fillna(0).astype("int64")
    order = ["place", "count", "term"]
    table = table.reset_index().sort_values(order, ascending=[True, False, True], ignore_index=True)
    return table.drop(columns="place")


def _subjects(read: Read) -> dict[Token, Token]:
    """Return the subject of each verb and predicative adjective; the first of several."""
    found: dict[Token, Token] = {}
    for triple in read.triples:
        if triple.relation == "subject":
            found.setdefault(triple.governor, triple.dependent)
        elif triple.relation == "predicate" and triple.dependent.pos_ == "ADJ":
            found.setdefault(triple.dependent, triple.governor)
    return found


def _negated(word: Token, read: Read) -> bool:
    """Return whether a word is negated itself, or with the verb that it completes."""
    if word in read.denied or any(child.lemma_ == "no" for child in below(word, "det")):
        return True
    above = word.head
    if word.dep_ == "pobj":
        above = above.head
    completes = word.dep_ in ("xcomp", "acomp", "attr", "dobj", "dative", "oprd", "pobj")
    raised = word.dep_ == "ccomp" and above.lemma_ in NEG_RAISING
    return (completes or raised) and above != word and _negated(above, read)


def _phrase(verb: Token) -> str | None:
    """Return the epistemic phrase that a verb is part of."""
    subject = next((one for one in below(verb, "nsubj") if one.lemma_ in ("i", "we", "you")), None)
    if verb.lemma_ not in EPISTEMIC or verb.text.lower() != verb.lemma_ or subject is None:
        return None
    # "Did you know", "I would think", "when I think": neither present, nor a claim.
    other = [one for one in below(verb, "aux") if one.text.lower() != "do" or one.i < subject.i]
    topic = [one for one in below(verb, "prep") if below(one, "pobj") and one.i > verb.i]
    own = below(verb, "dobj", "xcomp", "acomp", "mark")
    if other or topic or own or not all(map(_is_claim, [verb, *below(verb, "ccomp")])):
        return None
    negation = "don't " if below(verb, "neg") else ""
    return f"{_name(subject, subject.lemma_)} {negation}{verb.lemma_}"


def _is_claim(clause: Token) -> bool:
    """Return whether a clause has neither “that” nor a question word."""
    reported = any(word.lemma_ == "that" for word in below(clause, "mark"))
    return not reported and all(word.lemma_ not in _QUESTION_WORDS for word in clause.children)


def _name(subject: Token, lemma: str) -> str:
    return "I" if lemma == "i" and subject.pos_ == "PRON" else lemma


def _clusters(parse: pd.DataFrame, hits: pd.DataFrame) -> pd.Series:
    """Return the longest sequence of words that at least half of a term's occurrences are in."""
    words = parse[is_word(parse)]
    form, sentence = forms(words), [words[key] for key in SENTENCE]
    found = pd.Series(None, index=hits.index, dtype="object")
    sizes = hits.groupby(["interview", "term"])["term"].transform("size")
    for size in range(2, _LONGEST + 1):
        row = in_a_row(words, form, size)
        for step in range(size):
            around = row.groupby(sentence).shift(step).reindex(hits.index)
            times = around.groupby([hits["interview"], hits["term"], around]).transform("size")
            found = found.mask((times >= _FEWEST) & (times >= _MOST * sizes), around)
    return found
