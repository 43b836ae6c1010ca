"""Word sketches: what a word does, what is done with it, what it is called and what it is joined to, by grammar.

After Kilgarriff, Rychlý, Smrž & Tugwell (2004), The Sketch Engine, Proceedings of EURALEX, 105-116;
relations are read off the dependency parse and resolved to what they mean: a passive's subject is
an object, verbs joined by “and” share their subject, a relative pronoun stands for its noun, the
subject of an infinitive is looked for in the clause above.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analysis.annotation.terms import lemmas

# What is meant by node: lemmas, or rows with utterance and token, or with start and end.
Node: TypeAlias = str | Sequence[str] | pd.DataFrame

_KEYS = ["interview", "utterance", "token"]
_TRIPLE = ["governor", "relation", "dependent"]
_CLAUSAL = ("VERB", "AUX")
_NOMINAL = ("NOUN", "PROPN", "PRON", "NUM", "DET")
_RELATIVES = ("that", "which", "who", "whom")
# "The two both sing": a floating quantifier stands for the noun before it.
_FLOATING = ("both", "all", "each")
_RELATIVE_ADVERBS = ("where", "when", "why", "how", "whose", "whereby")
_NEGATIVE = ("nobody", "nothing", "none", "neither", "no")
# After these nouns a clause without a relative word lacks an adverbial, no object ("the way she
# sings"): Huddleston & Pullum 2002, The Cambridge Grammar of the English Language, chapter 12, 4.2.
_ADVERBIAL_NOUNS = (
    "way",
    "time",
    "moment",
    "day",
    "night",
    "week",
    "month",
    "year",
    "reason",
    "place",
)
# After an object the infinitive tells the subject's purpose, not what the object does.
_SUBJECT_CONTROL = ("promise", "use", "take", "need", "spend", "have")
# Sentences of a language that people speak do not nest deeper; each round resolves one step of a
# chain.
_ROUNDS = 12
# The names of a relation, seen from its governor and from its dependent; a preposition is shown
# with ~ for the node.
_SEEN = {
    "subject": ("subject", "subject of"),
    "object": ("object", "object of"),
    "recipient": ("recipient", "recipient of"),
    "predicate": ("predicate", "predicate of"),
    "complement": ("complement", "complement of"),
    "modifier": ("modifier", "modifies"),
    "possessor": ("possessor", "possesses"),
    "and/or": ("and/or", "and/or"),
}

# Verbs by what they do to what they act on. Force dynamics (Talmy 1988,
# doi:10.1207/s15516709cog1201_2) sets causing, letting and helping against preventing and
# hindering. The verbs were chosen by hand after that, with the classes of Levin (1993, English Verb
# Classes and Alternations) and VerbNet (Kipper et al. 2008, doi:10.1007/s10579-007-9048-2) in view:
# to engender, build, create, allow, help, begin on one side; to forbid, limit, destroy, stop,
# avoid, remove on the other. No list of these classes was copied.
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


def relations(tokens: pd.DataFrame) -> pd.DataFrame:
    """Read the grammatical relations between words off the dependency parse.

    How far they can be trusted is measured on sentences labelled by hand: see
    tests/words/test_sketches.py.

    Parameters
    ----------
    tokens : a table as `annotate` returns it, or all its rows of some utterances, in any order.

    Returns
    -------
    DataFrame with a row for each relation, by governor, then dependent, in reading order:

    - `interview` (str), `utterance`, `sentence` (int64), `role`, `speaker` (str).
    - `governor`, `relation`, `dependent` (str): two lemmas in lower case, names apart, a verb with
      its particle (“give up”), and between them

      - `subject`, `object`, `recipient`: who does what to whom, whatever the voice of the verb;
        pronouns stay as they are, but relative ones stand for their noun;
      - `predicate`: what a word is said to be (“the film is old”, “makes the film old”);
      - `complement`: the clause or infinitive that completes a word, purpose included (“desire to
        see”, “lets us see”);
      - `modifier`: adjective or noun before or after a noun; `possessor`; `and/or`: joined by and,
        or, but;
      - a preposition: “of”, “about”, “out of”.

    - `negated` (bool): the clause of the relation is negated, or a word in it is (“nobody saw it”).
    - `governor_token`, `dependent_token` (int64): their numbers in the utterance.
    - `governor_start`, `governor_end`, `dependent_start`, `dependent_end` (int64): their offsets in
      the source.
    - `sentence_start`, `sentence_end` (int64): of the sentence, so that it can be quoted.

    Raises
    ------
    ValueError
        If a token's head is missing: rows of an utterance were left out.

    Examples
    --------
    >>> row = {"interview": "a", "utterance": 0, "sentence": 0, "role": "interviewee", "speaker": "Ann"}
    >>> tokens = pd.DataFrame({"text": ["Rain", "was", "feared"], "pos": ["NOUN", "AUX", "VERB"], **row})
    >>> tokens = tokens.assign(lemma=["rain", "be", "fear"], dep=["nsubjpass", "auxpass", "ROOT"], head=2)
    >>> tokens = tokens.assign(token=range(3), start=[0, 5, 9], end=[4, 8, 15], is_space=False)
    >>> relations(tokens)[["governor", "relation", "dependent"]].values.tolist()
    [['fear', 'object', 'rain']]
    """
    parse = _parse(tokens)
    triples = _arguments(parse)
    inside = pd.concat([_modifiers(parse), _prepositional(parse), _complements(parse)])
    triples = _spread(pd.concat([triples, inside.assign(voice="")], ignore_index=True), parse)
    triples = _said_of_subjects(triples, parse)
    joined = _joined(parse)
    alike = _is(parse, joined["governor"], _NOMINAL) == _is(parse, joined["dependent"], _NOMINAL)
    alike &= ~_is(parse, joined["governor"], ("ADP",))
    triples = pd.concat([triples, joined[alike].assign(relation="and/or")], ignore_index=True)
    triples = triples[triples["governor"] != triples["dependent"]].drop_duplicates(_TRIPLE)
    triples = triples.assign(negated=_negated(triples, parse))
    return _table(
        triples.sort_values(["governor", "dependent", "relation"], ignore_index=True), parse
    )


def sketch(triples: pd.DataFrame, node: Node) -> pd.DataFrame:
    """List the grammatical relations of a word, or of a set of words taken as one.

    Parameters
    ----------
    triples : a table as `relations` returns it.
    node : a lemma or several, in lower case, names apart; or rows that point to tokens, by
        `interview`, `utterance` and `token` or by `interview`, `start` and `end` (all tokens that
        lie in the span).

    Returns
    -------
    DataFrame with a row for each relation of a node, in reading order: `relation` (str), `node`,
    `collocate` (str: lemmas), `negated` (bool), `interview`, `role`, `speaker` (str), `utterance`,
    `sentence` (int64), `start`, `end` (int64: the node's offsets), `collocate_start`,
    `collocate_end`, `sentence_start`, `sentence_end`. The relation is named from the node: “subject
    of” means the node is the subject of the collocate, “object” that the collocate is the node's
    object; with a preposition ~ stands for the node: “… of ~”, “~ of …”.

    Raises
    ------
    ValueError
        If the rows of `node` have neither way of pointing.

    Examples
    --------
    >>> from analysis import load_tokens
    >>> tokens = load_tokens("seeds")
    >>> found = sketch(relations(tokens[tokens["interview"] == "tiff"]), "technology")
    >>> found.loc[found["relation"] == "subject of", "collocate"].to_list()
    ['help', 'hinder']
    """
    return _seen(triples, node)


def causes(
    triples: pd.DataFrame,
    node: Node,
    *,
    creates: Sequence[str] = CREATES,
    prevents: Sequence[str] = PREVENTS,
) -> pd.DataFrame:
    """Find what creates and what prevents a thing: verbs of causing, helping and preventing that act on the node.

    A verb acts on a node that is its object (“fear prevents trust”), the clause it brings about or
    stops (“helps us connect”), a word of that clause that is its subject (“lets trust grow”), or
    what it keeps from (“keeps us from trust”; then the object is not what is prevented). Only verbs
    are read; “a barrier to trust” is found by `sketch`.

    Parameters
    ----------
    triples, node : as for `sketch`.
    creates, prevents : lemmas of verbs. The default lists are general ones, chosen by the verb
        classes of Levin (1993).

    Returns
    -------
    DataFrame with a row for each cause, in reading order:

    - `cause` (str): the verb's subject; NA where it has none.
    - `verb`, `polarity` (str): "creates" or "prevents".
    - `relation` (str): of the node to the verb, "object of", "complement of", "subject of
      complement of", "… from ~".
    - `node` (str), `complement` (str): what the verb makes it do or be, where it is the subject of
      that. “Makes trust impossible” has the polarity of make: read the complement.
    - `negated` (bool): the polarity is then what is denied.
    - `interview`, `role`, `speaker` (str), `utterance`, `sentence` (int64), `start`, `end` (int64,
      of the node), `verb_start`, `verb_end` (int64), `cause_start`, `cause_end` (Int64),
      `sentence_start`, `sentence_end` (int64).

    Raises
    ------
    ValueError
        As `sketch`; or if a verb is in both lists.

    Examples
    --------
    >>> from analysis import load_tokens
    >>> found = causes(relations(load_tokens("seeds")), "intimacy")
    >>> found[["verb", "polarity"]].drop_duplicates().values.tolist()
    [['prevent', 'prevents'], ['create', 'creates']]
    """
    if both := sorted(set(creates) & set(prevents)):
        raise ValueError(f"{', '.join(both)}: in both lists; a verb creates or prevents.")
    verb_of = dict.fromkeys(creates, "creates") | dict.fromkeys(prevents, "prevents")
    seen = _seen(triples, node)
    acts = seen[seen["relation"].isin(["object of", "complement of", "… from ~"])]
    # The node is the subject of a clause that completes the verb.
    below = seen[seen["relation"].isin(["subject of", "predicate"])]
    clause = triples[triples["relation"].eq("complement")]
    place = {"dependent_start": "collocate_start", "dependent_end": "collocate_end"}
    columns = ["interview", "governor", "governor_start", "governor_end", "negated", *place]
    above = below.drop(columns="negated").merge(
        clause[columns].rename(columns=place), on=["interview", *place.values()]
    )
    above = above.assign(
        complement=above["collocate"],
        collocate=above["governor"],
        collocate_start=above["governor_start"],
        collocate_end=above["governor_end"],
        relation="subject of complement of",
    )
    acts = pd.concat([acts, above], ignore_index=True)
    # The first word of “bring about” says what it does.
    acts["polarity"] = acts["collocate"].str.split().str[0].map(verb_of)
    # “Keeps us from trust” prevents trust and not us; “keeps us” and “keeps growing” prevent
    # nothing.
    keys = ["interview", "collocate_start"]
    from_what = triples.loc[
        triples["relation"].eq("from"), ["interview", "governor_start"]
    ].set_axis(keys, axis=1)
    with_from = pd.MultiIndex.from_frame(acts[keys]).isin(pd.MultiIndex.from_frame(from_what))
    from_node = acts["relation"].eq("… from ~")
    prevents_it = acts["polarity"].eq("prevents") & np.where(
        with_from | acts["collocate"].eq("keep"), from_node, True
    )
    acts = acts[prevents_it | (acts["polarity"].eq("creates") & ~from_node)]
    subjects = triples.loc[
        triples["relation"].eq("subject"),
        ["interview", "governor_start", "dependent", "dependent_start", "dependent_end"],
    ].set_axis([*keys, "cause", "cause_start", "cause_end"], axis=1)
    acts = acts.merge(subjects, on=keys, how="left")
    # A node does not cause itself: “lets trust grow” has trust as a subject, of another verb.
    acts = acts[~acts["cause_start"].eq(acts["start"])]
    names = {"collocate": "verb", "collocate_start": "verb_start", "collocate_end": "verb_end"}
    acts = acts.rename(columns=names).sort_values(
        ["interview", "utterance", "start", "verb_start", "cause_start"], ignore_index=True
    )
    columns = (
        "cause verb polarity relation node complement negated interview role speaker utterance"
        " sentence start end verb_start verb_end cause_start cause_end sentence_start sentence_end"
    ).split()
    types = dict.fromkeys(columns[:6], "str") | {
        "negated": "bool",
        "cause_start": "Int64",
        "cause_end": "Int64",
    }
    return acts[columns].drop_duplicates().astype(types)


def _parse(tokens: pd.DataFrame) -> pd.DataFrame:
    """Sort the tokens and give each the row of its head; -1 for the root of a sentence."""
    words = tokens.sort_values(_KEYS, ignore_index=True)
    place = pd.Series(words.index, index=pd.MultiIndex.from_frame(words[_KEYS]))
    heads = pd.MultiIndex.from_arrays([words["interview"], words["utterance"], words["head"]])
    above = place.reindex(heads).to_numpy(dtype=float)
    if np.isnan(above).any():
        lost = words[np.isnan(above)].iloc[0]
        raise ValueError(
            f"{lost['interview']}, utterance {lost['utterance']}: the head of “{lost['text']}” is"
            " missing. Give all tokens of an utterance."
        )
    above = above.astype("int64")
    words["above"] = np.where(above == words.index, -1, above)
    words["form"] = words["text"].str.lower()
    words["base"] = words["lemma"].str.lower()
    return words


def _edges(parse: pd.DataFrame, *labels: str) -> pd.DataFrame:
    """Return governor and dependent, as rows, of the dependencies with one of these labels."""
    above = parse["above"].to_numpy()
    rows = np.flatnonzero(parse["dep"].isin(labels).to_numpy(dtype=bool) & (above >= 0))
    return pd.DataFrame({"governor": above[rows], "dependent": rows}, dtype="int64")


def _is(parse: pd.DataFrame, rows: pd.Series, parts: Sequence[str]) -> pd.Series:
    return parse["pos"].reindex(rows).isin(parts).set_axis(rows.index)


def _of(parse: pd.DataFrame, column: str, rows: pd.Series) -> pd.Series:
    return parse[column].reindex(rows).set_axis(rows.index)


def _governors(parse: pd.DataFrame, *labels: str) -> set[int]:
    return set(_edges(parse, *labels)["governor"].tolist())


def _joined(parse: pd.DataFrame) -> pd.DataFrame:
    """Return what is joined by a conjunction; a verb that the parser joins to a noun, to a verb above that noun.

    A noun and a clause are not coordinated, so that attachment is known to be an error. The verb is
    joined to the nearest verb above that is an infinitive if it is one, and none if not; where
    there is none, the edge is dropped.
    """
    made = _edges(parse, "conj")
    wrong = _is(parse, made["dependent"], _CLAUSAL) & _is(parse, made["governor"], _NOMINAL)
    clausal, above, infinitives = (
        parse["pos"].isin(_CLAUSAL).to_numpy(),
        parse["above"].to_numpy(),
        _with_to(parse),
    )
    for edge in made.index[wrong]:
        at, verb = made.at[edge, "governor"], made.at[edge, "dependent"]
        while at >= 0 and not (clausal[at] and (at in infinitives) == (verb in infinitives)):
            at = above[at]
        made.at[edge, "governor"] = at
    return made[made["governor"] >= 0].reset_index(drop=True)


def _with_to(parse: pd.DataFrame) -> set[int]:
    """Return the rows of infinitives."""
    to = parse[parse["dep"].eq("aux") & parse["base"].eq("to")]
    return set(to["above"].tolist())


def _arguments(parse: pd.DataFrame) -> pd.DataFrame:
    """Return what stands beside its verb, what a relative clause says of its noun, and what a participle does."""
    active = _edges(parse, "nsubj", "csubj").assign(relation="subject", voice="active")
    passive = _edges(parse, "nsubjpass", "csubjpass").assign(relation="object", voice="passive")
    objects = _edges(parse, "dobj").assign(relation="object", voice="")
    recipients = _edges(parse, "dative").assign(relation="recipient", voice="")
    recipients = recipients[~_is(parse, recipients["dependent"], ("ADP",))]
    agents = _chain(parse, "agent").assign(relation="subject", voice="")
    # "There is a need": what there is, is the subject.
    there = _edges(parse, "attr").assign(relation="subject", voice="active")
    there = there[there["governor"].isin(_governors(parse, "expl"))]
    made = pd.concat([active, passive, objects, recipients, agents, there], ignore_index=True)
    noun_of = _antecedents(parse)
    made["dependent"] = made["dependent"].map(noun_of).fillna(made["dependent"]).astype("int64")
    return pd.concat([made, _gaps(parse, set(noun_of)), _participles(parse)], ignore_index=True)


def _chain(parse: pd.DataFrame, label: str) -> pd.DataFrame:
    """Join a word with what its preposition, of this label, governs."""
    upper = _edges(parse, label).rename(columns={"dependent": "between"})
    lower = _edges(parse, "pobj", "pcomp").rename(columns={"governor": "between"})
    return upper.merge(lower, on="between")


def _antecedents(parse: pd.DataFrame) -> dict[int, int]:
    """Say which noun each relative pronoun, and each quantifier between a noun and its verb, stands for."""
    found: dict[int, int] = {}
    dep, above = parse["dep"].to_numpy(), parse["above"].to_numpy()
    for row in parse.index[
        parse["form"].isin(_RELATIVES) & parse["pos"].isin(["PRON", "DET", "SCONJ"])
    ]:
        if dep[row] in ("mark", "det"):
            continue
        at = above[row]
        while at >= 0 and dep[at] != "relcl":
            at = above[at]
        # It stands between its noun and the verb.
        if at >= 0 and above[at] < row < at:
            found[int(row)] = int(above[at])
    floating = parse["form"].isin(_FLOATING) & parse["dep"].eq("nsubj")
    for row in parse.index[floating & parse["pos"].shift().isin(_NOMINAL)]:
        if above[above[row]] == row - 1:
            found[int(row)] = int(row) - 1
    return found


def _gaps(parse: pd.DataFrame, relatives: set[int]) -> pd.DataFrame:
    """Give a relative clause without relative word its noun: “the house they built”, “the man she works with”."""
    dep, above, base = (parse[column].to_numpy() for column in ("dep", "above", "base"))
    with_word = set()
    adverbs = parse.index[parse["form"].isin(_RELATIVE_ADVERBS)].tolist()
    for row in [*relatives, *adverbs]:
        at = above[row]
        while at >= 0 and dep[at] != "relcl":
            at = above[at]
        if at > row:
            with_word.add(int(at))
    below = _edges(parse, "xcomp", "ccomp").groupby("governor")["dependent"].max().to_dict()
    full = _governors(parse, "dobj", "attr", "acomp", "nsubjpass")
    with_subject = _governors(parse, "nsubj", "nsubjpass")
    filled = _governors(parse, "pobj", "pcomp", "prep")
    prepositions = _edges(parse, "prep").groupby("governor")["dependent"].apply(list).to_dict()
    rows = []
    for verb in parse.index[(dep == "relcl") & (above >= 0)]:
        if verb in with_word or verb not in with_subject:
            continue
        noun, chain = int(above[verb]), [int(verb)]
        while chain[-1] in below:
            chain.append(int(below[chain[-1]]))
        stranded = [(at, p) for at in chain for p in prepositions.get(at, []) if p not in filled]
        if stranded:
            rows.append((stranded[-1][0], base[stranded[-1][1]], noun))
        elif (
            chain[-1] not in full and base[chain[-1]] != "be" and base[noun] not in _ADVERBIAL_NOUNS
        ):
            rows.append((chain[-1], "object", noun))
    return (
        pd.DataFrame(rows, columns=_TRIPLE)
        .astype({"governor": "int64", "dependent": "int64"})
        .assign(voice="")
    )


def _participles(parse: pd.DataFrame) -> pd.DataFrame:
    """Give “people living alone” a subject and “a film made for children” an object."""
    clause = _edges(parse, "acl")
    own = _with_to(parse) | _governors(parse, "nsubj", "nsubjpass", "mark")
    clause = clause[~clause["dependent"].isin(own) & _is(parse, clause["dependent"], _CLAUSAL)]
    doing = _of(parse, "form", clause["dependent"]).str.endswith("ing")
    relation = doing.map({True: "subject", False: "object"})
    voice = doing.map({True: "active", False: "passive"})
    return pd.DataFrame(
        {
            "governor": clause["dependent"],
            "relation": relation,
            "dependent": clause["governor"],
            "voice": voice,
        }
    )


def _modifiers(parse: pd.DataFrame) -> pd.DataFrame:
    beside = _edges(parse, "amod", "compound", "nmod").assign(relation="modifier")
    # The parts of a name do not modify each other.
    both = _is(parse, beside["governor"], ("PROPN",)) & _is(parse, beside["dependent"], ("PROPN",))
    numeral = _is(parse, beside["dependent"], ("NUM",)) | _is(parse, beside["governor"], ("NUM",))
    owners = _edges(parse, "poss").assign(relation="possessor")
    return pd.concat([beside[~both & ~numeral], owners], ignore_index=True)


def _prepositional(parse: pd.DataFrame) -> pd.DataFrame:
    """Join words by prepositions, “out of” by both as one."""
    made = pd.concat([_chain(parse, "prep"), _chain(parse, "dative")], ignore_index=True)
    # "About fear and about love": the second preposition belongs to what the first belongs to.
    second = _chain(parse, "conj")
    second = second[
        _is(parse, second["between"], ("ADP",)) & _is(parse, second["governor"], ("ADP",))
    ]
    second["governor"] = _of(parse, "above", second["governor"])
    made = pd.concat([made, second[second["governor"] >= 0]], ignore_index=True)
    made["relation"] = _of(parse, "base", made["between"])
    outer = made["governor"]
    nested = _of(parse, "dep", outer).eq("prep") & ~outer.isin(_governors(parse, "pobj", "pcomp"))
    made.loc[nested, "relation"] = (
        _of(parse, "base", outer[nested]) + " " + made.loc[nested, "relation"]
    )
    made.loc[nested, "governor"] = _of(parse, "above", outer[nested])
    noun_of = _antecedents(parse)
    made["dependent"] = made["dependent"].map(noun_of).fillna(made["dependent"]).astype("int64")
    return made[_TRIPLE]


def _complements(parse: pd.DataFrame) -> pd.DataFrame:
    direct = _edges(parse, "xcomp", "ccomp")
    clauses = _edges(parse, "acl", "advcl", "relcl")
    infinitive = clauses["dependent"].isin(_with_to(parse) - _governors(parse, "mark"))
    # "The fact that it rains": a clause with its own subject completes the noun.
    noun = _edges(parse, "acl")
    noun = noun[noun["dependent"].isin(_governors(parse, "nsubj", "nsubjpass"))]
    return pd.concat([direct, clauses[infinitive], noun], ignore_index=True).assign(
        relation="complement"
    )


def _spread(triples: pd.DataFrame, parse: pd.DataFrame) -> pd.DataFrame:
    """Share relations over coordinations and hand subjects down to infinitives until nothing new is found."""
    joined = _joined(parse)
    subjects = _governors(parse, "nsubj", "nsubjpass", "csubj", "csubjpass", "expl")
    for _ in range(_ROUNDS):
        grown = pd.concat(
            [
                triples,
                _shared_words(triples, joined, parse),
                _shared_subjects(triples, joined, subjects, parse),
                _shared_objects(triples, joined, parse),
                _controlled(triples, subjects, parse),
            ],
            ignore_index=True,
        ).drop_duplicates(_TRIPLE)
        if len(grown) == len(triples):
            break
        triples = grown
    return triples


def _shared_words(triples: pd.DataFrame, joined: pd.DataFrame, parse: pd.DataFrame) -> pd.DataFrame:
    """Share relations in “rain and wind destroy it”: both are subjects, if both are words of one kind."""
    more = joined.set_axis(["dependent", "other"], axis=1)
    kind = [_is(parse, more[end], _NOMINAL).to_numpy() for end in ("dependent", "other")]
    made = triples.merge(more[kind[0] == kind[1]], on="dependent")
    made = made[made["governor"] != made["other"]]
    return made.assign(dependent=made["other"]).drop(columns="other")


def _shared_subjects(
    triples: pd.DataFrame, joined: pd.DataFrame, subjects: set[int], parse: pd.DataFrame
) -> pd.DataFrame:
    """Give “dances” its subject in “she sings and dances”: that of the verb it is joined to, if it has none."""
    more = joined[~joined["dependent"].isin(subjects) & _is(parse, joined["dependent"], _CLAUSAL)]
    made = triples[triples["voice"] != ""].merge(
        more.set_axis(["governor", "other"], axis=1), on="governor"
    )
    # "Was seen and won a prize": the second is active, as its own object or auxiliary shows.
    acts = _governors(parse, "dobj") | (_governors(parse, "aux") - _governors(parse, "auxpass"))
    turned = made["voice"].eq("passive") & made["other"].isin(acts)
    made["relation"] = made["relation"].mask(turned, "subject")
    made["voice"] = made["voice"].mask(turned, "active")
    return made.assign(governor=made["other"]).drop(columns="other")


def _shared_objects(
    triples: pd.DataFrame, joined: pd.DataFrame, parse: pd.DataFrame
) -> pd.DataFrame:
    """Give “helps” its object in “helps and hinders it”: a verb that is joined to the next at once shares it."""
    verbs = joined[
        _is(parse, joined["governor"], _CLAUSAL) & _is(parse, joined["dependent"], _CLAUSAL)
    ]
    between = parse["dep"].isin(["cc", "preconj", "punct", "advmod", "neg", "aux"])
    passed = np.concatenate([[0], np.cumsum(~between)])
    nothing = passed[verbs["dependent"]] - passed[verbs["governor"] + 1] == 0
    own = _governors(parse, "dobj", "xcomp", "ccomp", "prep", "acomp", "attr")
    verbs = verbs[nothing & ~verbs["governor"].isin(own)].set_axis(["other", "governor"], axis=1)
    objects = triples[triples["relation"].eq("object") & triples["voice"].eq("")]
    made = objects.merge(verbs, on="governor")
    return made.assign(governor=made["other"]).drop(columns="other")


def _controlled(triples: pd.DataFrame, subjects: set[int], parse: pd.DataFrame) -> pd.DataFrame:
    """Give “sing” its subject in “she wants to sing”, “they ask us to sing”: one from the clause above."""
    open_clauses = _edges(parse, "xcomp", "ccomp")
    after = open_clauses["dependent"] > open_clauses["governor"]
    open_clauses = open_clauses[after & ~open_clauses["dependent"].isin(subjects)].assign(
        purpose=False
    )
    purpose = _edges(parse, "advcl").assign(purpose=True)
    purpose = purpose[purpose["dependent"].isin(_with_to(parse) - subjects)]
    clauses = pd.concat([open_clauses, purpose], ignore_index=True)
    clauses = clauses[_is(parse, clauses["dependent"], (*_CLAUSAL, "ADJ"))]
    by_object = clauses["governor"].isin(_governors(parse, "dobj", "dative")) & ~clauses[
        "purpose"
    ].astype("bool")
    by_object &= ~_of(parse, "base", clauses["governor"]).isin(_SUBJECT_CONTROL)
    clauses = clauses.assign(by_object=by_object).rename(columns={"dependent": "other"})
    made = triples.merge(clauses, on="governor")
    is_object = made["voice"].eq("") & made["relation"].isin(["object", "recipient"])
    made = made[np.where(made["by_object"], is_object, made["voice"].ne(""))]
    made = made[made["other"] != made["dependent"]]
    # "Wants to be seen".
    passive = made["other"].isin(_governors(parse, "auxpass"))
    made["relation"] = passive.map({True: "object", False: "subject"})
    made["voice"] = passive.map({True: "passive", False: "active"})
    return made.assign(governor=made["other"])[[*_TRIPLE, "voice"]]


def _said_of_subjects(triples: pd.DataFrame, parse: pd.DataFrame) -> pd.DataFrame:
    """Say of the subject what a linking verb says of it, and what a preposition says by way of “be”."""
    subjects = triples[triples["relation"].eq("subject") | triples["voice"].eq("passive")]
    subjects = (
        subjects[["governor", "dependent"]].set_axis(["verb", "subject"], axis=1).drop_duplicates()
    )
    objects = triples.loc[
        triples["relation"].eq("object") & triples["voice"].eq(""), ["governor", "dependent"]
    ]
    objects = objects.set_axis(["verb", "subject"], axis=1)
    said = _shared_ends(_edges(parse, "attr", "acomp"), parse)
    said = said[~said["governor"].isin(_governors(parse, "expl"))]
    of_subject = said.set_axis(["verb", "dependent"], axis=1).merge(subjects, on="verb")
    called = _shared_ends(_edges(parse, "oprd"), parse).set_axis(["verb", "dependent"], axis=1)
    of_object = called.merge(objects, on="verb")
    of_called = called[~called["verb"].isin(objects["verb"])].merge(subjects, on="verb")
    made = pd.concat([of_subject, of_object, of_called], ignore_index=True)
    predicates = made.assign(governor=made["subject"], relation="predicate")[[*_TRIPLE, "verb"]]
    # "Makes it possible": an adjective or noun with a subject of its own.
    bare = triples["relation"].eq("subject") & ~_is(parse, triples["governor"], _CLAUSAL)
    turned = triples[bare].rename(columns={"governor": "dependent", "dependent": "governor"})
    turned = turned.assign(relation="predicate", verb=turned["dependent"])
    # "The film is about love".
    be = _of(parse, "base", triples["governor"]).eq("be")
    without = be & ~triples["governor"].isin(set(said["governor"]) | _governors(parse, "expl"))
    about = triples[without & ~triples["relation"].isin(_SEEN)]
    moved = about.rename(columns={"governor": "verb"}).merge(subjects, on="verb")
    moved = moved.assign(governor=moved["subject"]).drop(columns="subject")
    empty = (
        be
        & triples["relation"].eq("subject")
        & triples["governor"].isin({*said["governor"], *moved["verb"]})
    )
    gone = bare | empty | triples.index.isin(about.index[about["governor"].isin(moved["verb"])])
    kept = triples.assign(verb=triples["governor"])[~gone]
    return pd.concat([kept, predicates, turned, moved], ignore_index=True)[[*_TRIPLE, "verb"]]


def _shared_ends(edges: pd.DataFrame, parse: pd.DataFrame) -> pd.DataFrame:
    """Add to each dependent what is joined to it, unless that is a verb."""
    joined = _joined(parse)
    joined = joined[~_is(parse, joined["dependent"], _CLAUSAL)].set_axis(
        ["dependent", "other"], axis=1
    )
    for _ in range(_ROUNDS):
        more = edges.merge(joined, on="dependent")
        grown = pd.concat(
            [edges, more.assign(dependent=more["other"])[["governor", "dependent"]]]
        ).drop_duplicates()
        if len(grown) == len(edges):
            break
        edges = grown
    return edges


def _negated(triples: pd.DataFrame, parse: pd.DataFrame) -> pd.Series:
    """Tell in which relations something is denied: by a word of negation at the verb, or by a negative word in it."""
    denied = set(parse.loc[parse["dep"].eq("neg"), "above"].tolist())
    denied |= set(
        parse.loc[
            parse["dep"].isin(["preconj", "cc"]) & parse["base"].isin(["neither", "nor"]), "above"
        ]
    )
    nothing = set(parse.index[parse["base"].isin(_NEGATIVE) & parse["pos"].eq("PRON")])
    nothing |= set(parse.loc[parse["base"].eq("no") & parse["dep"].eq("det"), "above"].tolist())
    arguments = triples[triples["relation"].isin(["subject", "object", "recipient", "predicate"])]
    ends = arguments["dependent"].isin(nothing) | (
        arguments["governor"].isin(nothing) & arguments["relation"].eq("predicate")
    )
    denied |= set(arguments.loc[ends, "verb"].tolist())
    # "Does not sing or dance", "neither sings nor dances": one negation for both.
    joined = _joined(parse)
    choice = set(
        parse.loc[parse["dep"].eq("cc") & parse["base"].isin(["or", "nor"]), "above"].tolist()
    )
    own = _governors(parse, "nsubj", "nsubjpass", "aux")
    joined = joined[joined["governor"].isin(choice) & ~joined["dependent"].isin(own)]
    for _ in range(_ROUNDS):
        denied |= set(joined.loc[joined["governor"].isin(denied), "dependent"].tolist())
    # What belongs to a noun, and what is joined, is not what the clause denies.
    in_clause = ~triples["relation"].isin(["modifier", "possessor", "and/or"])
    return triples["verb"].isin(denied) & in_clause


def _table(triples: pd.DataFrame, parse: pd.DataFrame) -> pd.DataFrame:
    """Write rows as words with their places."""
    particles = parse[parse["dep"].eq("prt")].groupby("above")["base"].agg(" ".join)
    label = lemmas(parse)
    label = label.str.cat(" " + particles.reindex(parse.index).astype("object"), na_rep="").astype(
        "str"
    )
    sentences = parse[~parse["is_space"]] if "is_space" in parse else parse
    bounds = sentences.groupby(["interview", "utterance", "sentence"]).agg(
        sentence_start=("start", "min"), sentence_end=("end", "max")
    )
    at = parse.loc[triples["governor"]].reset_index(drop=True)
    to = parse.loc[triples["dependent"]].reset_index(drop=True)
    table = at[["interview", "utterance", "sentence", "role", "speaker"]].copy()
    table["governor"] = label.reindex(triples["governor"]).to_numpy()
    table["relation"] = triples["relation"].to_numpy()
    table["dependent"] = label.reindex(triples["dependent"]).to_numpy()
    table["negated"] = triples["negated"].to_numpy(dtype=bool)
    for end, rows in (("governor", at), ("dependent", to)):
        for column in ("token", "start", "end"):
            table[f"{end}_{column}"] = rows[column]
    table = table.merge(bounds.reset_index(), on=["interview", "utterance", "sentence"], how="left")
    texts = dict.fromkeys(["interview", "role", "speaker", *_TRIPLE], "str")
    numbers = [column for column in table if column.endswith(("_token", "_start", "_end"))]
    return table.astype(texts | dict.fromkeys(["utterance", "sentence", *numbers], "int64"))


def _seen(triples: pd.DataFrame, node: Node) -> pd.DataFrame:
    """Turn relations so that they are told from the node."""
    parts = []
    for end, other, side in (("governor", "dependent", 0), ("dependent", "governor", 1)):
        rows = triples[_chosen(triples, end, node)]
        names = {
            name: _SEEN[name][side] if name in _SEEN else (f"~ {name} …", f"… {name} ~")[side]
            for name in rows["relation"].unique()
        }
        part = rows[["interview", "utterance", "sentence", "role", "speaker", "negated"]].assign(
            relation=rows["relation"].map(names).astype("str"),
            node=rows[end],
            collocate=rows[other],
            start=rows[f"{end}_start"],
            end=rows[f"{end}_end"],
            collocate_start=rows[f"{other}_start"],
            collocate_end=rows[f"{other}_end"],
            sentence_start=rows["sentence_start"],
            sentence_end=rows["sentence_end"],
        )
        parts.append(part)
    columns = (
        "relation node collocate negated interview role speaker utterance sentence start end"
        " collocate_start collocate_end sentence_start sentence_end"
    ).split()
    table = pd.concat(parts)[columns].drop_duplicates()
    return table.sort_values(
        ["interview", "utterance", "start", "collocate_start", "relation"], ignore_index=True
    )


def _chosen(triples: pd.DataFrame, end: str, node: Node) -> Any:
    """Tell which rows have the node at this end."""
    if isinstance(node, pd.DataFrame):
        if {"interview", "utterance", "token"} <= set(node):
            keys = pd.MultiIndex.from_frame(triples[["interview", "utterance", f"{end}_token"]])
            return keys.isin(pd.MultiIndex.from_frame(node[_KEYS]))
        if {"interview", "start", "end"} <= set(node):
            return _within(triples, end, node)
        raise ValueError("node: give interview, utterance and token, or interview, start and end.")
    wanted = [node] if isinstance(node, str) else list(node)
    # "Give up" is found as "give" and as "give up".
    return triples[end].isin(wanted) | triples[end].str.split().str[0].isin(wanted)


def _within(triples: pd.DataFrame, end: str, spans: pd.DataFrame) -> Any:
    """Tell which words lie in a span."""
    words = triples[["interview", f"{end}_start", f"{end}_end"]].set_axis(
        ["interview", "at", "to"], axis=1
    )
    words = words.drop_duplicates()
    inside = words.merge(spans[["interview", "start", "end"]], on="interview")
    inside = inside[(inside["start"] <= inside["at"]) & (inside["to"] <= inside["end"])]
    keys = pd.MultiIndex.from_frame(triples[["interview", f"{end}_start"]])
    return keys.isin(pd.MultiIndex.from_frame(inside[["interview", "at"]]))
