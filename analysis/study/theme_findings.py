"""The findings on themes; the sentences are in findings.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from analysis import agreement, themes, words
from analysis.corpus import Corpus
from analysis.schemas import EXCHANGE, SENTENCE
from analysis.study.findings import Finding, Value, each, passages, say

_ALPHA = 0.05
# For each coder: the codings, and how often the two themes co-occur in each voice.
Counted = dict[str, tuple[pd.DataFrame, pd.DataFrame]]
Named = dict[str, str]  # the two themes, as a sentence calls them


def codings_trusted(corpus: Corpus) -> Iterator[Finding]:
    """Say how far the codings agree with a reader, and the reader's two passes with each other."""
    if corpus.reader is None:
        return
    units, names = corpus.sentences, list(corpus.codebook["theme"])
    again = corpus.hand_codings[corpus.hand_codings["coder"] == "second"]
    if len(again):
        row = agreement.coding_agreement(units, corpus.reader, again, names).iloc[-1]
        sizes = {"sentences": len(units), "themes": len(names)}
        yield say("codings_trusted.reader", **sizes, **_kappa(row))
    for way, coded in codings_by_way(corpus).items():
        table = agreement.coding_agreement(units, corpus.reader, coded, names)
        yield say(
            "codings_trusted.way",
            way,
            way=say(f"codings_trusted.{way}").sentence,
            reader=corpus.coder_names[corpus.reader["coder"].iloc[0]],
            **_kappa(table.iloc[-1]),
            f1=table.iloc[-1]["f1"],
            by_theme=table.set_index("theme")["kappa"].loc[names].to_dict(),
        )


def codings_by_way(corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Code the sentences with the codebook, an earlier one, and indicators also found elsewhere.

    Returns
    -------
    Codings by way, named as in findings.toml; the earlier codebook only if there is one.
    """
    ways = {"codebook": corpus.codings}
    if "blind codebook" in corpus.codebooks:
        ways["written_blind"] = corpus.codings_by_codebook["blind codebook"]
    known = [agreement.attested_elsewhere(corpus.matches, name) for name in corpus.labels]
    ways["other_interview"] = themes.codings(corpus.sentences, pd.concat(known), corpus.indicators)
    return ways


def _kappa(row: pd.Series) -> dict[str, float]:
    return {"kappa": row["kappa"], "low": row["kappa_low"], "high": row["kappa_high"]}


def themes_told(corpus: Corpus) -> Iterator[Finding]:
    """Say what the interviewee talks about most, whether interviews differ, who raises themes."""
    tables = corpus.theme_shares, corpus.codings, corpus.own_sentences
    for name, label, rows, codings, said in each(corpus, *tables):
        if rows.empty:
            continue
        tied = rows[rows["share"] == rows["share"].max()]
        top, told = tied.iloc[0], {}
        if top["coded"]:
            told = {"theme": _called(corpus, tied["theme"]), "share": top["share"]}
        # With fewer than 5 utterances there is no interval.
        if told and len(tied) == 1 and pd.notna(top["share_low"]):
            told |= {end: top[f"share_{end}"] for end in ("low", "high")}
        own = codings[codings["theme"].isin(tied["theme"])]
        yield say(
            "themes_told.most" if told else "themes_told.none",
            name,
            _sentences(said, own) if told else (),
            label=label,
            sentences=top["sentences"],
            **told,
        )
    yield from _themes_apart(corpus.compared)
    yield from _themes_raised(corpus)


def _themes_apart(corpus: Corpus) -> Iterator[Finding]:
    """Compare two interviews with each other or, if there are more, each with the rest."""
    own, coded, names = corpus.own_sentences, corpus.codings, list(corpus.codebook["theme"])
    large = [name for name in corpus.labels if name in words.comparable(own)]
    if len(large) < 2 or not (coded["theme"].isin(names) & coded["role"].eq("interviewee")).any():
        return
    many = len(corpus.labels) > 2
    sides = [(name,) for name in large] if many else [tuple(corpus.labels)]
    tables = [
        themes.theme_differences(own, coded, names, *pair).assign(target=pair[0]) for pair in sides
    ]
    table = pd.concat(tables, ignore_index=True)
    # The p of a family of themes, times the number of comparisons.
    p = (table["p_max_t"] * len(sides)).clip(upper=1)
    widest = table.loc[table["difference"].abs().idxmax()]
    yield say(
        "themes_told.apart_from_the_rest" if many else "themes_told.apart",
        "apart",
        **({"differences": len(table), "interviews": len(large)} if many else {}),
        themes=len(names),
        found=(p < _ALPHA).sum(),
        p=p.min(),
        target=corpus.labels[widest["target"]],
        **({} if many else {"reference": list(corpus.labels.values())[1]}),
        theme=_called(corpus, [widest["theme"]])[0],
        # In percentage points.
        difference=100 * widest["difference"],
        low=100 * widest["difference_low"],
        high=100 * widest["difference_high"],
    )


def _themes_raised(corpus: Corpus) -> Iterator[Finding]:
    names, units = list(corpus.codebook["theme"]), corpus.sentences
    asking = set(units.loc[units["role"] == "interviewer", "interview"])
    for name, label, rows in each(corpus, themes.who_raises(units, corpus.codings, names)):
        if rows.empty:
            continue
        taken_up, raised, times = rows["taken_up"].sum(), rows["raised"].sum(), rows["raised"].max()
        most = _called(corpus, rows.loc[rows["raised"] == times, "theme"])
        yield say(
            "themes_told.raised",
            f"raised_{name}",
            label=label,
            exchanges=rows.iloc[0][["taken_up", "raised", "dropped", "neither"]].sum(),
            # The lead in a digest is the journalist's heading; it may never have been a question.
            asked=name in asking,
            answers=taken_up + raised,
            taken_up=taken_up,
            raised=raised,
            **({"most": most} if times else {}),
            times=times,
        )


def ideas_return(corpus: Corpus) -> Iterator[Finding]:
    """Say which words recur most in all interviews, and whether more than expected by chance."""
    corpus = corpus.compared
    table = words.recurring(corpus.said, corpus.titles)
    if len(table) and len(corpus.labels) > 1:
        most = list(table["term"].head(5))
        yield say(
            "ideas_return.words",
            rows=passages(corpus.terms[corpus.terms["term"].isin(most)], "term"),
            terms=len(table),
            everywhere=(table["recurrence"] > 0).sum(),
            interviews=corpus.said["interview"].nunique(),
            words=most,
            found=list(table.loc[table["p_max_t"] < _ALPHA, "term"]),
            p=table["p_max_t"].min(),
        )


def ideas_meet(corpus: Corpus) -> Iterator[Finding]:
    """Say whether the interviewee brings two themes together, and whether the journalists do."""
    corpus, pair = corpus.compared, corpus.pair
    own = corpus.own_sentences.merge(corpus.codings, on=SENTENCE)["theme"]
    # Unless the interviewees talk about both, there is nothing to count.
    if pair is None or not set(pair) <= set(own):
        return
    counted = {}
    for coder, coded in _coders(corpus).items():
        voices = themes.co_occurrence_by_voice(corpus.sentences, coded, pair).set_index("voice")
        counted[coder] = coded, voices[voices["interviews"] == "all"]
    named = dict(zip(("one", "other"), _called(corpus, pair), strict=True))
    curve = list(_in_every_way(corpus, named))
    yield from curve[:1]
    yield _by_sentence(corpus, counted, pair, named)
    yield from curve[1:]
    yield from _journalists(corpus, counted, pair, named)


def _in_every_way(corpus: Corpus, named: Named) -> Iterator[Finding]:
    """Say what the specification curve shows, if any count is defined."""
    if corpus.specifications is None or corpus.specifications.table["ratio"].isna().all():
        return
    table, joint = corpus.specifications
    coded = _placed(corpus)
    joint = joint[joint["statistic"] == "median p"].set_index("over")["p"]
    readings = joint[joint.index.isin(corpus.hand_codings["coder"].unique())]
    yield say(
        "ideas_meet.curve",
        rows=_sentences(corpus.own_sentences, coded, "what"),
        counts=len(table),
        defined=table["ratio"].count(),
        undefined=table["ratio"].isna().sum(),
        above=(table["ratio"] > 1).sum(),
        median=table["ratio"].median(),
        alpha=_ALPHA,
        could=(table["p_least"] <= _ALPHA).sum(),
        did=(table["p"] <= _ALPHA).sum(),
        p=joint["all"],
        by_interview=bool(table["left_out"].eq("interview").any()),
        **({"p_readings": readings.max()} if len(readings) else {}),
        **named,
    )
    whole = table["left_out"].eq("nothing") & table["interviews"].eq("all")
    exchanges = table[whole & table["unit"].eq("exchange") & table["ratio"].notna()]
    # If there is no such exchange, the finding on sentences says enough.
    if exchanges["observed"].any():
        both = coded.groupby([*EXCHANGE, "coder"])["theme"].transform("nunique") == 2
        met = coded.merge(coded.loc[both, EXCHANGE].drop_duplicates(), on=EXCHANGE)
        yield say(
            "ideas_meet.exchanges",
            rows=_sentences(corpus.own_sentences, met, "what"),
            least=int(exchanges["observed"].min()),
            most=int(exchanges["observed"].max()),
            lowest=exchanges["p"].min(),
            highest=exchanges["p"].max(),
            **named,
        )


def _placed(corpus: Corpus) -> pd.DataFrame:
    """List the interviewee's sentences to which each coder gives a theme of the pair."""
    coders = {f"the {name}": coded for name, coded in corpus.codings_by_codebook.items()}
    names = corpus.coder_names
    coders |= {names[name]: own for name, own in corpus.hand_codings.groupby("coder")}
    tables = [own[[*SENTENCE, "theme"]].assign(coder=name) for name, own in coders.items()]
    table = pd.concat(tables).merge(corpus.own_sentences[[*SENTENCE, "exchange"]], on=SENTENCE)
    table = table[table["theme"].isin(corpus.pair)]
    return table.assign(what=table["theme"] + " by " + table["coder"])


def _coders(corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Return the codings by the codebook and by each coder, the reference coder first."""
    coders = {"the codebook": corpus.codings}
    if corpus.reader is None:
        return coders
    by_hand = dict(iter(corpus.hand_codings.groupby("coder")))
    order = dict.fromkeys([corpus.reader["coder"].iloc[0], *by_hand])
    return coders | {corpus.coder_names[coder]: by_hand[coder] for coder in order}


def _called(corpus: Corpus, themes: Iterable[str]) -> list[str]:
    """Return the names of themes as written inside a sentence."""
    names = corpus.codebook.set_index("theme")["name"]
    return [names[theme].lower() for theme in themes]


def _by_sentence(corpus: Corpus, counted: Counted, pair: tuple[str, str], named: Named) -> Finding:
    counts, rows = [], []
    measures = ["both", "expected", "odds_ratio", "odds_ratio_low", "odds_ratio_high", "p"]
    for coder, (coded, voices) in counted.items():
        said = voices.loc["interviewee"]
        with_one = said["both"] + said["only_first"]
        counts.append({"coder": coder, "with_one": with_one, **said[measures]})
        own = _with_first(coded, pair, corpus.own_sentences)
        rows.append(own.assign(what=own["theme"] + " by " + coder))
    shown = _sentences(corpus.own_sentences, pd.concat(rows)[[*SENTENCE, "what"]], "what")
    return say("ideas_meet.sentences", rows=shown, counts=counts, **named)


def _journalists(
    corpus: Corpus, counted: Counted, pair: tuple[str, str], named: Named
) -> Iterator[Finding]:
    """Say how often the two themes co-occur in the journalists' words, if they do."""
    # By the reference if there is one.
    name, (coded, voices) = list(counted.items())[:2][-1]
    if not voices.loc["journalist", "both"]:
        return
    told = corpus.sentences[corpus.sentences["role"].isin(["interviewer", "narration"])]
    of, counts = voices["both"] + voices["only_first"], dict[str, float]()
    for prefix, voice in (
        ("", "journalist"),
        ("asked_", "questions and leads"),
        ("around_", "around"),
    ):
        counts |= {f"{prefix}both": voices.loc[voice, "both"], f"{prefix}of": of[voice]}
    yield say(
        "ideas_meet.journalists",
        rows=_sentences(told, _with_first(coded, pair, told)),
        coder=name,
        too=bool(voices.loc["interviewee", "both"]),
        **named,
        **voices.loc["journalist", ["expected", "p"]],
        **counts,
    )


def _with_first(coded: pd.DataFrame, pair: tuple[str, str], units: pd.DataFrame) -> pd.DataFrame:
    """Return the codings with either theme in sentences that carry the first."""
    rows = coded[coded["theme"].isin(pair)].merge(units[SENTENCE], on=SENTENCE)
    return rows.merge(rows.loc[rows["theme"] == pair[0], SENTENCE], on=SENTENCE)


def ideas_framed(corpus: Corpus) -> Iterator[Finding]:
    """Say what one theme of the pair does or undergoes, and what prevents or creates the other."""
    if corpus.pair is None:
        return
    from analysis.words.sketches import causes, relations, sketch

    of_theme = [corpus.matches[corpus.matches["theme"] == theme] for theme in corpus.pair]
    # Relations never cross sentences, and finding them takes a while.
    about = pd.concat(of_theme)[SENTENCE].drop_duplicates()
    triples = relations(corpus.said.merge(about, on=SENTENCE))
    thing, aim = _called(corpus, corpus.pair)
    tables = sketch(triples, of_theme[0]), causes(triples, of_theme[1]), corpus.own_sentences
    for name, label, sketched, why, said in each(corpus, *tables):
        own = sketched[sketched["relation"].isin(["subject of", "object of"])]
        if own.empty and why.empty:
            continue
        told = [own.assign(what=own["relation"]), why.assign(what=why["polarity"])]
        yield say(
            "ideas_framed.interview",
            name,
            _sentences(said, pd.concat(told), "what"),
            label=label,
            thing=thing,
            aim=aim,
            does=_collocates(own, "subject of"),
            done=_collocates(own, "object of"),
            prevents=_causes(why, "prevents"),
            creates=_causes(why, "creates"),
        )


def _sentences(
    said: pd.DataFrame, rows: pd.DataFrame, what: str = "theme"
) -> list[dict[str, Value]]:
    """Return the sentences that have rows, each with the values of `what` in it."""
    named = rows.groupby(SENTENCE)[what].agg(lambda each: ", ".join(sorted(set(each))))
    return passages(said.join(named.rename("what"), SENTENCE, "inner"), "what")


def _collocates(rows: pd.DataFrame, relation: str) -> list[str]:
    counts = rows.loc[rows["relation"] == relation, "collocate"].value_counts()
    return [f"{word} ({count})" for word, count in sorted(counts.items())]


def _causes(rows: pd.DataFrame, polarity: str) -> list[str]:
    rows = rows[rows["polarity"] == polarity]
    return list(dict.fromkeys(f"{row.cause} ({row.verb} {row.node})" for row in rows.itertuples()))
