"""Word sketches: the collocates of a word by grammatical relation.

After Kilgarriff, Rychlý, Smrž & Tugwell (2004), The Sketch Engine, Proceedings of EURALEX, 105-116.
Relations are read off the dependency parse (relations.toml has the patterns) and resolved to their
meaning: the subject of a passive is an object, verbs joined by “and” share their subject, a
relative pronoun stands for its noun, and the subject of an infinitive is found in the clause above.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from analysis.annotation.terms import lemmas
from analysis.schemas import SENTENCE, TOKEN, UTTERANCE

if TYPE_CHECKING:
    from spacy.matcher import DependencyMatcher
    from spacy.tokens import Doc, Token

    _Pair: TypeAlias = tuple[Token, Token]

# A node is given by its lemmas, or by rows with `interview`, `start` and `end`.
Node: TypeAlias = str | Sequence[str] | pd.DataFrame

_TRIPLE = ["governor", "relation", "dependent"]
_CLAUSAL = ("VERB", "AUX")
_NOMINAL = ("NOUN", "PROPN", "PRON", "NUM", "DET")
_RELATIVES = ("that", "which", "who", "whom")
# "The two both sing": a floating quantifier refers to the noun before it.
_FLOATING = ("both", "all", "each")
_RELATIVE_ADVERBS = ("where", "when", "why", "how", "whose", "whereby")
_ONLY = ("only", "just", "merely", "simply")
_NEGATIVE = ("nobody", "nothing", "none", "neither", "no")
# After these nouns, a clause without a relative word lacks an adverbial, not an object ("the way
# she sings"): Huddleston & Pullum 2002, The Cambridge Grammar of the English Language, 12.4.2.
_ADVERBIAL_NOUNS = "way time moment day night week month year reason place".split()
# After these verbs and an object, an infinitive states what the subject does or means to do, not
# what the object does.
_SUBJECT_CONTROL = ("promise", "use", "take", "need", "spend", "have")
# What a relation is called when seen from its governor and from its dependent; ~ in the name of a
# preposition stands for the node.
_SEEN = {
    **{
        name: (name, f"{name} of")
        for name in ("subject", "object", "recipient", "predicate", "complement")
    },
    "modifier": ("modifier", "modifies"),
    "possessor": ("possessor", "possesses"),
    "and/or": ("and/or", "and/or"),
}

_RELATIONS = (
    "interview utterance sentence role speaker governor relation dependent negated"
    " governor_token governor_start governor_end dependent_token dependent_start dependent_end"
    " sentence_start sentence_end"
).split()
_SKETCH = (
    "relation node collocate negated interview role speaker utterance sentence start end"
    " collocate_start collocate_end sentence_start sentence_end"
).split()
_CAUSES = (
    "cause verb polarity relation node complement negated interview role speaker utterance"
    " sentence start end verb_start verb_end cause_start cause_end sentence_start sentence_end"
).split()

_TYPES = {"above": "int64", "below": "int64", "negated": "bool"} | dict.fromkeys(_TRIPLE, "str")
_COLLOCATE = ["collocate_start", "collocate_end"]

# Verbs by their effect on what they act on. Force dynamics (Talmy 1988,
# doi:10.1207/s15516709cog1201_2) opposes causing, letting and helping to preventing and hindering.
# The verbs were chosen on that basis, with reference to the classes of Levin (1993, English
# Verb Classes and Alternations) and VerbNet (Kipper et al. 2008, doi:10.1007/s10579-007-9048-2): to
# engender, build, create, allow, help and begin, as opposed to forbid, limit, destroy, stop, avoid
# and remove. No list was copied from them.
CREATES = tuple(
    "create make build cause bring produce generate engender form found establish construct begin"
    " start inspire spark let allow enable permit help aid assist support foster encourage promote"
    " facilitate further nurture deepen strengthen increase give".split()
)
PREVENTS = tuple(
    "prevent hinder stop block bar keep forbid prohibit ban hamper impede obstruct inhibit stifle"
    " limit restrict restrain destroy ruin wreck kill break damage undermine weaken reduce avoid"
    " remove end thwart discourage deter disrupt interrupt".split()
)


# What the subject of a passive and the word after "by" are to the verb, seen in the active.
_ROLES = {"patient": "object", "agent": "subject"}


class Triple(NamedTuple):
    """A relation between two words.

    While a sentence is read, the subject of a passive is its "patient", and what follows “by” its
    "agent".
    """

    governor: Token
    relation: str
    dependent: Token
    verb: Token | None = None  # whose negation denies the relation


class Read(NamedTuple):
    """A sentence with its relations and its negated verbs."""

    doc: Doc
    triples: list[Triple]
    denied: set[Token | None]


def relations(tokens: pd.DataFrame) -> pd.DataFrame:
    """Read the grammatical relations between words off the dependency parse.

    Accuracy is measured on sentences with reference labels: see tests/words/test_sketches.py.

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or all its rows for some utterances, in any order.

    Returns
    -------
    DataFrame with a row for each relation, by governor, then dependent, in reading order:

    - `interview` (str), `utterance`, `sentence` (int64), `role`, `speaker` (str).
    - `governor`, `relation`, `dependent` (str): the two lemmas, in lower case except for names (a
      verb includes its particle: “give up”), and, between them, one of

      - `subject`, `object`, `recipient`: who does what to whom, in the active or the passive;
        pronouns are kept, but relative ones are replaced by their noun;
      - `predicate`: what a word is said to be (“the film is old”, “makes the film old”);
      - `complement`: the clause or infinitive that completes a word, including purpose (“desire to
        see”, “lets us see”);
      - `modifier`: an adjective or noun before or after a noun; `possessor`; `and/or`: joined by
        and, or, but;
      - a preposition: “of”, “about”, “out of”.

    - `negated` (bool): the clause, or a word in the relation, is negated (“nobody saw it”).
    - `governor_token`, `dependent_token` (int64): their numbers in the utterance.
    - `governor_start`, `governor_end`, `dependent_start`, `dependent_end` (int64): their offsets in
      the source.
    - `sentence_start`, `sentence_end` (int64): the offsets of the sentence.

    Raises
    ------
    ValueError
        If rows of an utterance are missing.

    Examples
    --------
    >>> row = {
    ...     "interview": "a",
    ...     "utterance": 0,
    ...     "sentence": 0,
    ...     "role": "interviewee",
    ...     "speaker": "Ann",
    ... }
    >>> tokens = pd.DataFrame(
    ...     {"text": ["Rain", "was", "feared"], "pos": ["NOUN", "AUX", "VERB"], **row}
    ... )
    >>> tokens = tokens.assign(
    ...     lemma=["rain", "be", "fear"], dep=["nsubjpass", "auxpass", "ROOT"], head=2
    ... )
    >>> tokens = tokens.assign(token=range(3), start=[0, 5, 9], end=[4, 8, 15], is_space=False)
    >>> relations(tokens)[["governor", "relation", "dependent"]].values.tolist()
    [['fear', 'object', 'rain']]
    """
    parse, rows = complete(tokens), []
    lemma = lemmas(parse).to_list()

    def name(first: int, word: Token) -> str:
        return " ".join([lemma[first + word.i], *(part.lemma_ for part in below(word, "prt"))])

    for first, read in read_sentences(parse):
        for governor, relation, dependent, verb in read.triples:
            # The negation of a clause does not deny what belongs to a noun, or what is joined.
            negated = relation not in ("modifier", "possessor", "and/or") and verb in read.denied
            ends = first + governor.i, first + dependent.i
            rows.append((*ends, name(first, governor), relation, name(first, dependent), negated))
    found = pd.DataFrame(rows, columns=["above", "below", *_TRIPLE, "negated"]).astype(_TYPES)
    found = found.drop_duplicates(["above", "relation", "below"]).query("above != below")
    words = parse[["token", "start", "end"]].astype("int64")
    table = (
        found.sort_values(["above", "below", "relation"], ignore_index=True)
        .join(parse[[*SENTENCE, "role", "speaker"]], on="above")
        .join(words.add_prefix("governor_"), on="above")
        .join(words.add_prefix("dependent_"), on="below")
    )
    return table.join(sentence_bounds(parse), on=SENTENCE)[_RELATIONS]


def sketch(triples: pd.DataFrame, node: Node) -> pd.DataFrame:
    """List the grammatical relations of a word, or of several words taken together.

    Parameters
    ----------
    triples : a table as returned by `relations`.
    node : one or more lemmas in lower case, except names; or rows with `interview`, `start` and
        `end`, for the words that lie within these offsets.

    Returns
    -------
    DataFrame with a row for each relation of a node, in reading order: `relation` (str), `node`,
    `collocate` (str: lemmas), `negated` (bool), `interview`, `role`, `speaker` (str), `utterance`,
    `sentence` (int64), `start`, `end` (int64: the node's offsets), `collocate_start`,
    `collocate_end`, `sentence_start`, `sentence_end`. The relation is named from the node's point
    of view: “subject of” means that the node is the subject of the collocate, “object” that the
    collocate is the object of the node. With a preposition, ~ stands for the node: “… of ~”, “~ of
    …”.

    Examples
    --------
    >>> from analysis import load_tokens
    >>> tokens = load_tokens("seeds")
    >>> found = sketch(relations(tokens[tokens["interview"] == "tiff"]), "technology")
    >>> found.loc[found["relation"] == "subject of", "collocate"].to_list()
    ['help', 'hinder']
    """
    parts = []
    for side, (end, other) in enumerate((_TRIPLE[::2], _TRIPLE[::-2])):
        rows = triples[_chosen(triples, end, node)]
        names = {
            name: _SEEN.get(name, (f"~ {name} …", f"… {name} ~"))[side]
            for name in rows["relation"].unique()
        }
        rows = rows.assign(relation=rows["relation"].map(names).astype("str"))
        parts.append(_renamed(rows, (f"{end}_", ""), (end, "node"), (other, "collocate"))[_SKETCH])
    return (
        pd.concat(parts)
        .drop_duplicates()
        .sort_values([*UTTERANCE, "start", "collocate_start", "relation"], ignore_index=True)
    )


def causes(
    triples: pd.DataFrame,
    node: Node,
    *,
    creates: Sequence[str] = CREATES,
    prevents: Sequence[str] = PREVENTS,
) -> pd.DataFrame:
    """Find what is said to create something and what is said to prevent it.

    The table lists the verbs of causing, helping and preventing that act on the node. The node may
    be the verb's object (“fear prevents trust”), the clause that it brings about or stops (“helps
    us connect”), the subject of that clause (“lets trust grow”), or what somebody is kept from
    (“keeps us from trust”, where the object is not what is prevented). Only verbs are read; “a
    barrier to trust” is found by `sketch`.

    Parameters
    ----------
    triples, node : as for `sketch`.
    creates, prevents : lemmas of verbs. The default lists are general, based on force dynamics
        and on the verb classes of Levin (1993) and VerbNet.

    Returns
    -------
    DataFrame with a row for each cause, in reading order:

    - `cause` (str): the verb's subject; NA if it has none.
    - `verb` (str: its lemma), `polarity` (str: "creates" or "prevents").
    - `relation` (str): of the node to the verb, "object of", "complement of", "subject of
      complement of", "… from ~".
    - `node` (str), `complement` (str): what the verb makes the node do or be, if there is such a
      clause. “Makes trust impossible” has the polarity of make: read the complement.
    - `negated` (bool): whether the clause is negated, which denies the polarity.
    - `interview`, `role`, `speaker` (str), `utterance`, `sentence` (int64), `start`, `end` (int64,
      of the node), `verb_start`, `verb_end` (int64), `cause_start`, `cause_end` (Int64),
      `sentence_start`, `sentence_end` (int64).

    Raises
    ------
    ValueError
        If a verb is in both lists.

    Examples
    --------
    >>> row = {
    ...     "interview": "a",
    ...     "utterance": 0,
    ...     "sentence": 0,
    ...     "role": "interviewee",
    ...     "speaker": "Ann",
    ... }
    >>> tokens = pd.DataFrame(
    ...     {"text": ["Fear", "prevents", "trust"], "pos": ["NOUN", "VERB", "NOUN"], **row}
    ... )
    >>> tokens = tokens.assign(
    ...     lemma=["fear", "prevent", "trust"], dep=["nsubj", "ROOT", "dobj"], head=1
    ... )
    >>> tokens = tokens.assign(token=range(3), start=[0, 5, 14], end=[4, 13, 19], is_space=False)
    >>> causes(relations(tokens), "trust")[["cause", "verb", "polarity"]].values.tolist()
    [['fear', 'prevent', 'prevents']]
    """
    if both := sorted(set(creates) & set(prevents)):
        raise ValueError(f"{', '.join(both)}: in both lists; a verb may be in only one.")
    verb_of = dict.fromkeys(creates, "creates") | dict.fromkeys(prevents, "prevents")
    seen, verbs = sketch(triples, node), _renamed(triples, ("governor", "verb"))
    acts = seen[seen["relation"].isin(["object of", "complement of", "… from ~"])]
    # "Lets trust grow": the verb is completed by a clause whose subject is the node.
    clauses = seen[seen["relation"].isin(["subject of", "predicate"])].drop(columns="negated")
    letting = _renamed(verbs[verbs["relation"].eq("complement")], ("dependent", "collocate"))
    letting = letting[["interview", "negated", "verb", "verb_start", "verb_end", *_COLLOCATE]]
    made = clauses.merge(letting, on=["interview", *_COLLOCATE])
    made = made.assign(complement=made["collocate"], relation="subject of complement of")
    acts = pd.concat([_renamed(acts, ("collocate", "verb")), made], ignore_index=True)
    # The first word of "bring about" says what it does.
    acts["polarity"] = acts["verb"].str.split().str[0].map(verb_of)
    # "Keeps us from trust" prevents trust and not us; "keeps us" and "keeps growing" prevent
    # nothing; and what is made from trust is not kept from it.
    place = ["interview", "verb_start"]
    froms = pd.MultiIndex.from_frame(verbs.loc[verbs["relation"].eq("from"), place])
    keeps = pd.MultiIndex.from_frame(acts[place]).isin(froms) | acts["verb"].eq("keep")
    of_from, prevents_it = acts["relation"].eq("… from ~"), acts["polarity"].eq("prevents")
    acts = acts[acts["polarity"].notna() & np.where(prevents_it & keeps, of_from, ~of_from)]
    subjects = _renamed(verbs[verbs["relation"].eq("subject")], ("dependent", "cause"))
    acts = acts.merge(subjects[[*place, "cause", "cause_start", "cause_end"]], how="left")
    # A node does not cause itself: in "lets trust grow", trust is the subject of another verb.
    acts = acts[~acts["cause_start"].eq(acts["start"])]
    acts = acts.sort_values([*UTTERANCE, "start", "verb_start", "cause_start"], ignore_index=True)
    types = dict.fromkeys(_CAUSES[:6], "str") | {"negated": "bool"}
    types |= {"cause_start": "Int64", "cause_end": "Int64"}
    return acts[_CAUSES].drop_duplicates(ignore_index=True).astype(types)


def complete(tokens: pd.DataFrame) -> pd.DataFrame:
    """Sort the tokens, and reject utterances with tokens missing."""
    words = tokens.sort_values(TOKEN, ignore_index=True)
    heads = pd.MultiIndex.from_arrays([words["interview"], words["utterance"], words["head"]])
    lost = words[~heads.isin(pd.MultiIndex.from_frame(words[TOKEN]))]
    if len(lost):
        row = lost.iloc[0]
        raise ValueError(
            f"{row['interview']}, utterance {row['utterance']}: the head of “{row['text']}” is"
            " missing. Give all tokens of an utterance."
        )
    return words


def read_sentences(parse: pd.DataFrame) -> Iterator[tuple[int, Read]]:
    """Yield the grammar of each sentence of sorted tokens, with the row of its first token."""
    # Reading a stored table must not import spaCy.
    from spacy.matcher import DependencyMatcher
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    vocab = Vocab()
    matcher = DependencyMatcher(vocab)
    for number, pattern in enumerate(_patterns()):
        matcher.add(str(number), [pattern["nodes"]])
    lowered = parse.assign(lemma=parse["lemma"].str.lower())
    for _, own in lowered.groupby(SENTENCE, sort=False):
        heads = own["token"].searchsorted(own["head"])
        names = {"words": "text", "lemmas": "lemma", "pos": "pos", "deps": "dep"}
        doc = Doc(vocab, heads=heads, **{key: own[name].to_list() for key, name in names.items()})
        joined, noun_of = _joined(doc), _antecedents(doc)
        found = _matches(doc, matcher, noun_of) + _gaps(doc, noun_of)
        triples = _said_of_subjects(_spread(found, joined), joined)
        denied = _denied(doc, triples, joined)
        triples += [
            Triple(one, "and/or", other)
            for one, other in joined
            if _nominal(one) == _nominal(other) and one.pos_ != "ADP"
        ]
        yield own.index[0], Read(doc, triples, denied)


@cache
def _patterns() -> list[dict[str, Any]]:
    text = resources.files(__package__).joinpath("relations.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["pattern"]


def _matches(doc: Doc, matcher: DependencyMatcher, noun_of: dict[Token, Token]) -> list[Triple]:
    """Return the relations that match a pattern, with relative pronouns resolved."""
    found = []
    for key, places in matcher(doc):
        pattern = _patterns()[int(doc.vocab.strings[key])]
        names = [node["RIGHT_ID"] for node in pattern["nodes"]]
        node = {name: doc[place] for name, place in zip(names, places, strict=True)}
        if any(
            below(node[name], *labels) or ("to" in labels and _to(node[name]))
            for name, labels in pattern.get("without", {}).items()
        ):
            continue
        relation, governor, dependent = pattern["relation"], node["governor"], node["dependent"]
        if relation not in ("modifier", "possessor", "complement"):
            dependent = noun_of.get(dependent, dependent)
        if relation == "preposition":
            relation = node["preposition"].lemma_
            # "Out of": both count as one preposition.
            if governor.dep_ == "prep" and not below(governor, "pobj", "pcomp"):
                relation, governor = f"{governor.lemma_} {relation}", governor.head
        found.append(Triple(governor, relation, dependent))
    return found


def below(word: Token, *labels: str) -> list[Token]:
    """Return the dependents of a word that have one of these labels."""
    return [child for child in word.children if child.dep_ in labels]


def _to(verb: Token) -> bool:
    """Return whether a verb is an infinitive with “to”."""
    return any(word.lemma_ == "to" for word in below(verb, "aux"))


def _nominal(word: Token) -> bool:
    return word.pos_ in _NOMINAL


def _clausal(word: Token) -> bool:
    return word.pos_ in _CLAUSAL


def _joined(doc: Doc) -> list[_Pair]:
    """Return the pairs of coordinated words, with one kind of parser error corrected.

    A noun and a clause are not coordinated, so a verb joined to a noun is an error. The verb is
    joined to the nearest verb above it of its own kind (infinitive or not); if there is none, the
    pair is dropped.
    """
    made = []
    for word in doc:
        if word.dep_ == "conj" and word.head != word:
            above = [word.head]
            if _clausal(word) and _nominal(word.head):
                above = [at for at in word.ancestors if _clausal(at) and _to(at) == _to(word)]
            made += [(at, word) for at in above[:1]]
    return made


def _relative_clause(word: Token) -> Token | None:
    return next((at for at in word.ancestors if at.dep_ == "relcl"), None)


def _antecedents(doc: Doc) -> dict[Token, Token]:
    """Return the noun that each relative pronoun or floating quantifier stands for."""
    found = {}
    for word in doc:
        if word.text.lower() in _RELATIVES and word.pos_ in ("PRON", "DET", "SCONJ"):
            clause = None if word.dep_ in ("mark", "det") else _relative_clause(word)
            # It is between its noun and the verb.
            if clause is not None and clause.head.i < word.i < clause.i:
                found[word] = clause.head
        elif word.text.lower() in _FLOATING and word.dep_ == "nsubj" and word.i:
            before = doc[word.i - 1]
            if _nominal(before) and word.head.head == before:
                found[word] = before
    return found


def _gaps(doc: Doc, relatives: dict[Token, Token]) -> list[Triple]:
    """Relate a clause without a relative word to its noun: “the house they built”."""
    linking = [word for word in doc if word in relatives or word.text.lower() in _RELATIVE_ADVERBS]
    linked = [(word, _relative_clause(word)) for word in linking]
    with_word = {clause for word, clause in linked if clause is not None and clause.i > word.i}
    found = []
    for verb in doc:
        subjects = below(verb, "nsubj", "nsubjpass")
        if verb.dep_ != "relcl" or verb in with_word or not subjects:
            continue
        last, noun = verb, verb.head
        stranded = _stranded(verb)
        while inner := below(last, "xcomp", "ccomp"):
            last = inner[-1]
            stranded += _stranded(last)
        if stranded:
            found.append(Triple(stranded[-1].head, stranded[-1].lemma_, noun))
        elif (
            not below(last, "dobj", "attr", "acomp", "nsubjpass")
            and last.lemma_ != "be"
            and noun.lemma_ not in _ADVERBIAL_NOUNS
        ):
            found.append(Triple(last, "object", noun))
    return found


def _stranded(verb: Token) -> list[Token]:
    return [word for word in below(verb, "prep") if not below(word, "pobj", "pcomp", "prep")]


def _spread(triples: list[Triple], joined: list[_Pair]) -> list[Triple]:
    """Pass relations on to coordinated words and infinitives, until there are no new ones."""
    known: dict[tuple[Token, str, Token], Triple] = {}
    queue = list(triples)
    for triple in queue:
        if known.setdefault(triple[:3], triple) is triple:
            queue += _passed_on(triple, joined)
    return list(known.values())


def _passed_on(triple: Triple, joined: list[_Pair]) -> Iterator[Triple]:
    """Yield what follows from a relation through one coordination, or one clause below."""
    is_subject = triple.relation in ("subject", "patient")
    is_object = triple.relation in ("object", "recipient")
    for one, other in joined:
        # "Rain and wind destroy it": both are subjects if both are nominal, or neither is.
        alike = _nominal(one) == _nominal(other)
        if alike and one == triple.dependent and other != triple.governor:
            yield triple._replace(dependent=other)
        # "She sings and dances": a verb without a subject takes that of the verb before it.
        if one == triple.governor and is_subject and _clausal(other) and not _subjects(other):
            # "Was seen and won a prize": an object or auxiliary shows that the second is active.
            acts = below(other, "dobj") or (below(other, "aux") and not below(other, "auxpass"))
            yield triple._replace(governor=other, relation="subject" if acts else triple.relation)
        # "Helps and hinders it": the first verb shares the object of the second.
        shared = triple.relation == "object" and other == triple.governor
        if shared and _clausal(one) and _clausal(other) and _at_once(one, other):
            yield triple._replace(governor=one)
    for clause in triple.governor.children:
        # "They ask us to sing": the object; "she wants to sing": the subject.
        by = _controller(triple.governor, clause)
        handed = is_object if by == "object" else by and is_subject
        if handed and clause != triple.dependent:
            relation = "patient" if below(clause, "auxpass") else "subject"
            yield Triple(clause, relation, triple.dependent)


def _subjects(verb: Token) -> list[Token]:
    return below(verb, "nsubj", "nsubjpass", "csubj", "csubjpass", "expl")


def _at_once(one: Token, other: Token) -> bool:
    """Return whether two verbs share what follows, with only minor words between them."""
    between = one.doc[one.i + 1 : other.i]
    small = ("cc", "preconj", "punct", "advmod", "neg", "aux")
    own = below(one, "dobj", "xcomp", "ccomp", "prep", "acomp", "attr")
    return not own and all(word.dep_ in small for word in between)


def _controller(verb: Token, clause: Token) -> str | None:
    """Return whether the subject of a clause is the subject or the object of the verb above it."""
    if _subjects(clause) or clause.pos_ not in (*_CLAUSAL, "ADJ"):
        return None
    if clause.dep_ == "advcl":
        return "subject" if _to(clause) else None
    if clause.dep_ not in ("xcomp", "ccomp") or clause.i < verb.i:
        return None
    by_object = below(verb, "dobj", "dative") and verb.lemma_ not in _SUBJECT_CONTROL
    return "object" if by_object else "subject"


def _said_of_subjects(triples: list[Triple], joined: list[_Pair]) -> list[Triple]:
    """Relate the subject of a linking verb, or of “be” with a preposition, to what follows."""
    by_verb: dict[Token, list[Triple]] = defaultdict(list)
    for triple in triples:
        by_verb[triple.governor].append(triple)
    kept, said, moved = [], [], []
    for verb, found in by_verb.items():
        subjects = [one[2] for one in found if one.relation in ("subject", *_ROLES)]
        objects = [one[2] for one in found if one.relation == "object"]
        own = [one._replace(relation=_ROLES.get(one[1], one[1]), verb=verb) for one in found]
        there = below(verb, "expl")
        ends = [] if there else _with_joined(below(verb, "attr", "acomp"), joined)
        pairs = [(one, end) for one in subjects for end in ends]
        called = _with_joined(below(verb, "oprd"), joined)
        pairs += [(one, end) for end in called for one in objects or subjects]
        said += [Triple(one, "predicate", end, verb=verb) for one, end in pairs]
        is_be = verb.lemma_ == "be"
        # "The film is about love".
        is_about = is_be and subjects and not ends and not there
        is_about = is_about and any(one.relation not in _SEEN for one in own)
        for triple in own:
            if triple.relation == "subject" and not _clausal(verb):
                # "Makes it possible": an adjective or noun with a subject of its own.
                said.append(Triple(triple.dependent, "predicate", verb, verb=verb))
            elif is_about and triple.relation not in _SEEN:
                moved += [triple._replace(governor=one) for one in subjects]
            elif not (is_be and (ends or is_about) and triple.relation == "subject"):
                kept.append(triple)
    return kept + said + moved


def _with_joined(words: list[Token], joined: list[_Pair]) -> list[Token]:
    """Add the words coordinated with some words, except verbs."""
    found = list(words)
    for word in found:
        found += [more for one, more in joined if one == word and not _clausal(more)]
    return found


def _denied(doc: Doc, triples: list[Triple], joined: list[_Pair]) -> set[Token | None]:
    """Return the verbs that are negated, by “not” or by a negative subject or object."""
    denied: set[Token | None] = set()
    for word in doc:
        neither = word.dep_ in ("preconj", "cc") and word.lemma_ in ("neither", "nor")
        # "Not only did she sing" denies nothing.
        only = word.i + 1 < len(doc) and doc[word.i + 1].lemma_ in _ONLY
        if (word.dep_ == "neg" and not only) or neither:
            denied.add(word.head)
    nothing = {word for word in doc if word.lemma_ in _NEGATIVE and word.pos_ == "PRON"}
    nothing |= {word.head for word in doc if word.lemma_ == "no" and word.dep_ == "det"}
    for triple in triples:
        if triple.relation in ("subject", "object", "recipient", "predicate"):
            ends = {triple.dependent}
            if triple.relation == "predicate":
                ends.add(triple.governor)
            if ends & nothing:
                denied.add(triple.verb)
    # "Does not sing or dance", "neither sings nor dances": one negation applies to both.
    pairs = [
        (one, other)
        for one, other in joined
        if any(word.lemma_ in ("or", "nor") for word in below(one, "cc"))
        and not below(other, "nsubj", "nsubjpass", "aux")
    ]
    while more := {other for one, other in pairs if one in denied} - denied:
        denied |= more
    return denied


def sentence_bounds(parse: pd.DataFrame) -> pd.DataFrame:
    """Return the offsets of each sentence, without surrounding whitespace."""
    said = parse[~parse["is_space"]]
    ends = {"sentence_start": ("start", "min"), "sentence_end": ("end", "max")}
    return said.groupby(SENTENCE).agg(**ends)


def _chosen(triples: pd.DataFrame, end: str, node: Node) -> Any:
    """Return which rows have the node at this end."""
    if isinstance(node, pd.DataFrame):
        words = triples[["interview", f"{end}_start", f"{end}_end"]].reset_index()
        inside = words.merge(node[["interview", "start", "end"]], on="interview")
        inside = inside.query(f"start <= {end}_start and {end}_end <= end")
        return triples.index.isin(inside["index"])
    wanted = [node] if isinstance(node, str) else list(node)
    # "Give up" is found as "give" and as "give up".
    return triples[end].isin(wanted) | triples[end].str.split().str[0].isin(wanted)


def _renamed(table: pd.DataFrame, *beginnings: tuple[str, str]) -> pd.DataFrame:
    """Rename columns by how they begin."""
    for old, new in beginnings:
        table = table.set_axis(table.columns.str.replace(f"^{old}", new, regex=True), axis=1)
    return table
