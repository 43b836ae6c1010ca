"""The findings on themes; the sentences are in findings.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import pandas as pd

from analysis import agreement, themes, words
from analysis.corpus import Corpus
from analysis.schemas import EXCHANGE, SENTENCE
from analysis.study.findings import Finding, Value, each, lines, passages, say

_ALPHA = 0.05


def codings_trusted(corpus: Corpus) -> Iterator[Finding]:
    """Say how far the codings agree with a reader, and the reader's two passes with each other.

    The codings are by the codebook, by an earlier one if there is one, and by those indicators that
    also match in another interview.
    """
    if corpus.reader is None:
        return
    units, names = corpus.sentences, list(corpus.codebook["theme"])
    known = [agreement.attested_elsewhere(corpus.matches, name) for name in corpus.labels]
    ways = {
        "reader": _by_hand(corpus).get("second"),
        "codebook": corpus.codings,
        "written_blind": corpus.codings_by_codebook.get("blind codebook"),
        "other_interview": themes.codings(units, pd.concat(known), corpus.indicators),
    }
    for way, coded in ways.items():
        if coded is None:
            continue
        table = agreement.coding_agreement(units, corpus.reader, coded, names)
        all_ = table.iloc[-1]
        kappa = {"kappa": all_["kappa"], "low": all_["kappa_low"], "high": all_["kappa_high"]}
        if way == "reader":
            yield say("codings_trusted.reader", sentences=len(units), themes=len(names), **kappa)
            continue
        yield say(
            "codings_trusted.way",
            way,
            way=say(f"codings_trusted.{way}").sentence,
            reader=corpus.coder_names[corpus.reader["coder"].iloc[0]],
            **kappa,
            f1=all_["f1"],
            by_theme=dict(zip(names, table["kappa"], strict=False)),
        )


def _by_hand(corpus: Corpus) -> dict[str, pd.DataFrame]:
    return dict(iter(corpus.hand_codings.groupby("coder")))


def themes_told(corpus: Corpus) -> Iterator[Finding]:
    """Say what the interviewee talks about most, whether interviews differ, and who raises what."""
    own = corpus.codings[corpus.codings["role"] == "interviewee"]
    for name, label, rows, codings in each(corpus, corpus.theme_shares, own):
        if rows.empty:
            continue
        tied = rows[rows["share"] == rows["share"].max()]
        top, told = tied.iloc[0], {}
        if top["coded"]:
            told = {"theme": _called(corpus, tied["theme"]), "share": top["share"]}
            # With fewer than 5 utterances there is no interval.
            if len(tied) == 1 and pd.notna(top["share_low"]):
                told |= {"low": top["share_low"], "high": top["share_high"]}
        yield say(
            "themes_told.most" if told else "themes_told.none",
            name,
            _sentences(corpus, codings[codings["theme"].isin(tied["theme"])], "theme"),
            label=label,
            sentences=top["sentences"],
            **told,
        )
    yield from _themes_apart(corpus.compared)
    yield from _themes_raised(corpus)


def _themes_apart(corpus: Corpus) -> Iterator[Finding]:
    """Compare two interviews with each other or, if there are more, each with the rest."""
    own, coded, names = corpus.own_sentences, corpus.codings, list(corpus.codebook["theme"])
    large, many = words.comparable(own), len(corpus.labels) > 2
    if len(large) < 2 or not coded["role"].eq("interviewee").any():
        return
    sides = [[name] for name in large] if many else [large]
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
        **({} if many else {"reference": corpus.labels[large[1]]}),
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
        totals, times = rows[["taken_up", "raised"]].sum(), rows["raised"].max()
        most = _called(corpus, rows.loc[rows["raised"] == times, "theme"])
        yield say(
            "themes_told.raised",
            f"raised_{name}",
            label=label,
            exchanges=rows.iloc[0][["taken_up", "raised", "dropped", "neither"]].sum(),
            # The lead in a digest is the journalist's heading; it may never have been a question.
            asked=name in asking,
            answers=totals.sum(),
            **totals,
            **({"most": most} if times else {}),
            times=times,
        )


def ideas_return(corpus: Corpus) -> Iterator[Finding]:
    """Say which words recur most in all interviews, and which more evenly than chance predicts."""
    corpus = corpus.compared
    table = words.recurring(corpus.said, corpus.titles)
    if len(table) and len(corpus.labels) > 1:
        most = table.head(5)
        yield say(
            "ideas_return.words",
            rows=lines(corpus.terms, most),
            terms=len(table),
            everywhere=(table["recurrence"] > 0).sum(),
            interviews=corpus.said["interview"].nunique(),
            words=list(most["term"]),
            found=list(table.loc[table["p_max_t"] < _ALPHA, "term"]),
            p=table["p_max_t"].min(),
        )


def ideas_meet(corpus: Corpus) -> Iterator[Finding]:
    """Say whether the interviewee brings two themes together, and whether the journalists do."""
    corpus, pair = corpus.compared, corpus.pair
    said = corpus.own_sentences.merge(corpus.codings, on=SENTENCE)["theme"]
    # Unless the interviewees talk about both, there is nothing to count.
    if pair is None or not set(pair) <= set(said):
        return
    coders, counted = _coders(corpus), {}
    placed, keys = _placed(corpus, coders), [*SENTENCE, "coder"]
    with_first = placed.merge(placed.loc[placed["theme"] == pair[0], keys], on=keys)
    # The codebook and, if they coded every interview, the readers.
    names = {"the codebook"} if corpus.reader is None else coders.keys() - {"the blind codebook"}
    for coder, coded in coders.items():
        if coder in names:
            table = themes.co_occurrence_by_voice(corpus.sentences, coded, pair)
            counted[coder] = table.set_index(["interviews", "voice"]).loc["all"]
    named = dict(zip(("one", "other"), _called(corpus, pair), strict=True))
    curve = _in_every_way(corpus, placed[placed["role"] == "interviewee"], named)
    yield from islice(curve, 1)
    measures = ["both", "expected", "odds_ratio", "odds_ratio_low", "odds_ratio_high", "p"]
    own = with_first[with_first["coder"].isin(names) & with_first["role"].eq("interviewee")]
    yield say(
        "ideas_meet.sentences",
        rows=_sentences(corpus, own),
        counts=[
            {"coder": coder, "with_one": row["both"] + row["only_first"], **row[measures]}
            for coder, voices in counted.items()
            for row in [voices.loc["interviewee"]]
        ],
        **named,
    )
    yield from curve
    # By the reference if there is one.
    name, voices = list(counted.items())[:2][-1]
    both, of = voices["both"], voices["both"] + voices["only_first"]
    if both["journalist"]:
        told = with_first[with_first["role"].isin(["interviewer", "narration"])]
        yield say(
            "ideas_meet.journalists",
            rows=_sentences(corpus, told[told["coder"] == name], "theme"),
            coder=name,
            too=bool(both["interviewee"]),
            **named,
            **voices.loc["journalist", ["expected", "p"]],
            both=both["journalist"],
            of=of["journalist"],
            asked_both=both["questions and leads"],
            asked_of=of["questions and leads"],
            around_both=both["around"],
            around_of=of["around"],
        )


def _coders(corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Return the codings by each codebook and by each coder, the reference coder first."""
    by_hand = _by_hand(corpus)
    first = [] if corpus.reader is None else corpus.reader["coder"].head(1)
    coders = {f"the {name}": coded for name, coded in corpus.codings_by_codebook.items()}
    order = dict.fromkeys([*first, *by_hand])
    return coders | {corpus.coder_names[coder]: by_hand[coder] for coder in order}


def _placed(corpus: Corpus, coders: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List the sentences to which each coder gives a theme of the pair."""
    tables = [coded[[*SENTENCE, "theme"]].assign(coder=coder) for coder, coded in coders.items()]
    units = corpus.sentences[[*SENTENCE, "exchange", "role"]]
    table = pd.concat(tables).merge(units, on=SENTENCE)
    table = table[table["theme"].isin(corpus.pair)]
    return table.assign(what=table["theme"] + " by " + table["coder"])


def _in_every_way(corpus: Corpus, coded: pd.DataFrame, named: dict[str, str]) -> Iterator[Finding]:
    """Say what the specification curve shows, if any count is defined."""
    if corpus.specifications is None or corpus.specifications.table["ratio"].isna().all():
        return
    table, joint = corpus.specifications
    ratio, joint = table["ratio"], joint[joint["statistic"] == "median p"].set_index("over")["p"]
    readings = joint[joint.index.isin(_by_hand(corpus))]
    yield say(
        "ideas_meet.curve",
        rows=_sentences(corpus, coded),
        counts=len(table),
        defined=ratio.count(),
        undefined=ratio.isna().sum(),
        above=(ratio > 1).sum(),
        median=ratio.median(),
        alpha=_ALPHA,
        could=(table["p_least"] <= _ALPHA).sum(),
        did=(table["p"] <= _ALPHA).sum(),
        p=joint["all"],
        by_interview=bool(table["left_out"].eq("interview").any()),
        **({"p_readings": readings.max()} if len(readings) else {}),
        **named,
    )
    whole = table.query("left_out == 'nothing' and interviews == 'all' and unit == 'exchange'")
    observed, p = whole.dropna(subset="ratio")[["observed", "p"]].to_numpy().T
    # If there is no such exchange, the finding on sentences says enough.
    if observed.any():
        both = coded.groupby([*EXCHANGE, "coder"])["theme"].transform("nunique") == 2
        met = coded.merge(coded.loc[both, EXCHANGE].drop_duplicates(), on=EXCHANGE)
        yield say(
            "ideas_meet.exchanges",
            rows=_sentences(corpus, met),
            least=int(observed.min()),
            most=int(observed.max()),
            lowest=p.min(),
            highest=p.max(),
            **named,
        )


def _called(corpus: Corpus, themes: Iterable[str]) -> list[str]:
    """Return the names of themes as written inside a sentence."""
    names = corpus.codebook.set_index("theme")["name"]
    return [names[theme].lower() for theme in themes]


def ideas_framed(corpus: Corpus) -> Iterator[Finding]:
    """Say what one theme of the pair does or undergoes, and what prevents or creates the other."""
    if corpus.pair is None:
        return
    of_theme = [corpus.matches[corpus.matches["theme"] == theme] for theme in corpus.pair]
    # Relations never cross sentences, and finding them takes a while.
    about = pd.concat(of_theme)[SENTENCE].drop_duplicates()
    triples = words.relations(corpus.said.merge(about, on=SENTENCE))
    thing, aim = _called(corpus, corpus.pair)
    sketched, caused = words.sketch(triples, of_theme[0]), words.causes(triples, of_theme[1])
    for name, label, own, why in each(
        corpus,
        sketched[sketched["relation"].isin(["subject of", "object of"])],
        caused.assign(relation=caused["polarity"]),
    ):
        told = pd.concat([own, why])
        if told.empty:
            continue
        yield say(
            "ideas_framed.interview",
            name,
            _sentences(corpus, told, "relation"),
            label=label,
            thing=thing,
            aim=aim,
            does=_collocates(own, "subject of"),
            done=_collocates(own, "object of"),
            prevents=_causes(why, "prevents"),
            creates=_causes(why, "creates"),
        )


def _sentences(corpus: Corpus, rows: pd.DataFrame, what: str = "what") -> list[dict[str, Value]]:
    """Return the sentences that have rows, each with the values of `what` in it."""
    named = rows.groupby(SENTENCE)[what].agg(lambda each: ", ".join(sorted(set(each))))
    return passages(corpus.sentences.join(named.rename("what"), SENTENCE, "inner"), "what")


def _collocates(rows: pd.DataFrame, relation: str) -> list[str]:
    counts = rows.loc[rows["relation"] == relation, "collocate"].value_counts()
    return [f"{word} ({count})" for word, count in sorted(counts.items())]


def _causes(rows: pd.DataFrame, polarity: str) -> list[str]:
    rows = rows[rows["polarity"] == polarity]
    return list(dict.fromkeys(f"{row.cause} ({row.verb} {row.node})" for row in rows.itertuples()))
