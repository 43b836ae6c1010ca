"""What the study found of themes; the sentences stand in findings.toml."""

from __future__ import annotations

import pandas as pd

from analysis import agreement, themes, words
from analysis.corpus import MOST_IN_A_CURVE, PAIR, Corpus
from analysis.schemas import SENTENCE
from analysis.study.findings import Finding, Value, by_interview, passages, say

# Of each coder the codings, and how often the two themes meet in each voice.
Counted = dict[str, tuple[pd.DataFrame, pd.DataFrame]]


def codings_trusted(corpus: Corpus) -> list[Finding]:
    """Say how far the codings agree with a reader, and the reader with himself."""
    if corpus.reader is None:
        return []
    units, names = corpus.sentences, list(corpus.codebook["theme"])
    found = []
    again = corpus.hand_codings[corpus.hand_codings["coder"] == "second"]
    if len(again):
        row = agreement.coding_agreement(units, corpus.reader, again, names).iloc[-1]
        sizes = {"sentences": len(units), "themes": len(names)}
        trusted = "codings_trusted.reader"
        found = [say(trusted, trusted, **sizes, **_kappa(row))]
    for way, coded in codings_by_way(corpus).items():
        table = agreement.coding_agreement(units, corpus.reader, coded, names)
        found.append(
            say(
                f"codings_trusted.{way}",
                "codings_trusted.way",
                way=say("", f"codings_trusted.{way}").sentence,
                **_kappa(table.iloc[-1]),
                f1=table.iloc[-1]["f1"],
                by_theme=table.set_index("theme")["kappa"].loc[names].to_dict(),
            )
        )
    return found


def codings_by_way(corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Code the sentences by the codebook, by an earlier one, and by what matches elsewhere too.

    Returns
    -------
    Name of the way, as findings.toml has it, to codings; the earlier codebook where there is one.
    """
    ways = {"codebook": corpus.codings}
    if "blind codebook" in corpus.codebooks:
        blind = corpus.codebooks["blind codebook"]
        ways["written_blind"] = themes.codings(corpus.sentences, *blind)
    known = [agreement.attested_elsewhere(corpus.matches, name) for name in corpus.labels]
    ways["other_interview"] = themes.codings(corpus.sentences, pd.concat(known), corpus.indicators)
    return ways


def _kappa(row: pd.Series) -> dict[str, float]:
    return {"kappa": row["kappa"], "low": row["kappa_low"], "high": row["kappa_high"]}


def themes_told(corpus: Corpus) -> list[Finding]:
    """Say which themes the interviewee speaks of most, whether interviews differ, and who asks."""
    shares, coded, found = by_interview(corpus.theme_shares), by_interview(corpus.codings), []
    said = by_interview(_own(corpus))
    for name, label in corpus.labels.items():
        rows = shares(name)
        if rows.empty:
            continue
        top = rows.loc[rows["share"].idxmax()]
        # With fewer than 5 utterances there is no interval.
        ends = {end: top[f"share_{end}"] for end in ("low", "high") if pd.notna(top["share_low"])}
        told = {"theme": top["theme"], "share": top["share"], **ends} if top["coded"] else {}
        own = coded(name)[lambda table, top=top: table["theme"] == top["theme"]]
        found.append(
            say(
                f"themes_told.{name}",
                "themes_told.most" if told else "themes_told.none",
                _sentences(said(name), own) if told else (),
                label=label,
                sentences=top["sentences"],
                **told,
            )
        )
    return found + _themes_apart(corpus.compared) + _themes_raised(corpus)


def _themes_apart(corpus: Corpus) -> list[Finding]:
    """Compare two interviews with each other, of more each with the rest."""
    own, coded, names = _own(corpus), corpus.codings, list(corpus.codebook["theme"])
    large = [name for name in corpus.labels if name in words.comparable(own)]
    if len(large) < 2 or not (coded["theme"].isin(names) & coded["role"].eq("interviewee")).any():
        return []
    many = len(corpus.labels) > 2
    sides = [(name, None) for name in large] if many else [tuple(corpus.labels)]
    table = pd.concat(
        [
            themes.theme_differences(own, coded, names, *(side for side in pair if side)).assign(
                target=pair[0]
            )
            for pair in sides
        ],
        ignore_index=True,
    )
    # The p of a family of themes, times the number of comparisons.
    p = (table["p_max_t"] * len(sides)).clip(upper=1)
    widest = table.loc[table["difference"].abs().idxmax()]
    return [
        say(
            "themes_told.apart",
            "themes_told.apart_from_the_rest" if many else "themes_told.apart",
            **({"differences": len(table), "interviews": len(large)} if many else {}),
            themes=len(names),
            found=int((p < 0.05).sum()),
            p=p.min(),
            target=corpus.labels[widest["target"]],
            theme=widest["theme"],
            difference=widest["difference"],
            low=widest["difference_low"],
            high=widest["difference_high"],
        )
    ]


def _themes_raised(corpus: Corpus) -> list[Finding]:
    names, units = list(corpus.codebook["theme"]), corpus.sentences
    table, found = by_interview(themes.who_raises(units, corpus.codings, names)), []
    asking = set(units.loc[units["role"] == "interviewer", "interview"])
    for name, label in corpus.labels.items():
        rows = table(name)
        if rows.empty:
            continue
        taken_up, raised = int(rows["taken_up"].sum()), int(rows["raised"].sum())
        times = int(rows["raised"].max())
        most = {"most": list(rows.loc[rows["raised"] == times, "theme"]), "times": times}
        found.append(
            say(
                f"themes_told.raised_{name}",
                "themes_told.raised",
                label=label,
                exchanges=int(rows.iloc[0][["taken_up", "raised", "dropped", "neither"]].sum()),
                # A digest's lead is the journalist's heading; nobody is known to have asked it.
                asked=name in asking,
                answers=taken_up + raised,
                taken_up=taken_up,
                raised=raised,
                **(most if times else {"times": 0}),
            )
        )
    return found


def ideas_return(corpus: Corpus) -> list[Finding]:
    """Say which words return most in all interviews, and whether more than chance would have it."""
    corpus = corpus.compared
    table = corpus.recurring
    if table.empty:
        return []
    most = list(table["term"].head(5))
    return [
        say(
            "ideas_return.words",
            "ideas_return.words",
            passages(corpus.terms[corpus.terms["term"].isin(most)], "term"),
            terms=len(table),
            everywhere=int((table["recurrence"] > 0).sum()),
            words=most,
            found=list(table.loc[table["p_max_t"] < 0.05, "term"]),
            p=table["p_max_t"].min(),
        )
    ]


def ideas_meet(corpus: Corpus) -> list[Finding]:
    """Say whether the interviewee joins two themes, counted in every way, and whether others do."""
    corpus = corpus.compared
    coded = _own(corpus)[SENTENCE].merge(corpus.codings, on=SENTENCE)["theme"]
    many = len(corpus.labels) > MOST_IN_A_CURVE and set(PAIR) <= set(coded)
    curve = [] if corpus.specifications is None else _in_every_way(*corpus.specifications)
    if not (curve or many):
        return []
    counted = {
        coder: (coded, themes.co_occurrence_by_voice(corpus.sentences, coded, PAIR))
        for coder, coded in _coders(corpus).items()
    }
    sentence, asked = _by_sentence(corpus, counted), _journalists(corpus, counted)
    return [*curve[:1], sentence, *curve[1:], *asked]


def _in_every_way(table: pd.DataFrame, joint: pd.DataFrame) -> list[Finding]:
    """Say what the specification curve shows; nothing where no way of counting is defined."""
    known = table["ratio"].dropna()
    # Few interviewees speak of both; then nothing can be counted.
    if known.empty:
        return []
    pair = {"one": PAIR[0], "other": PAIR[1]}
    found = [
        say(
            "ideas_meet.curve",
            "ideas_meet.curve",
            above=int((known > 1).sum()),
            counted=len(known),
            median=known.median(),
            share=(table.loc[known.index, "p"] <= 0.05).mean(),
            p=joint["p"].iloc[0],
            **pair,
        ),
    ]
    whole = table["left_out"].eq("nothing") & table["interviews"].eq("all")
    exchanges = table[whole & table["unit"].eq("exchange") & table["ratio"].notna()]
    if len(exchanges):
        found.append(
            say(
                "ideas_meet.exchanges",
                "ideas_meet.exchanges",
                least=int(exchanges["observed"].min()),
                most=int(exchanges["observed"].max()),
                lowest=exchanges["p"].min(),
                highest=exchanges["p"].max(),
                **pair,
            )
        )
    return found


def _coders(corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Return the codings by the codebook and by everybody who coded, the reference first."""
    coders = {"the codebook": corpus.codings}
    if corpus.gold is None or corpus.reader is None:
        return coders
    first = corpus.reader["coder"].iloc[0]
    names = agreement.about_coders(corpus.gold).set_index("id")["coder"]
    by_hand = sorted(
        corpus.hand_codings.groupby("coder"), key=lambda one: (one[0] != first, one[0])
    )
    return coders | {names[coder]: coded for coder, coded in by_hand}


def _by_sentence(corpus: Corpus, counted: Counted) -> Finding:
    counts, rows = [], []
    for coder, (coded, voices) in counted.items():
        said = voices[voices["voice"].eq("interviewee") & voices["interviews"].eq("all")].iloc[0]
        counts.append({"coder": coder, "with_one": said["both"] + said["only_first"]})
        for key in ("both", "expected", "odds_ratio", "odds_ratio_low", "odds_ratio_high", "p"):
            counts[-1][key] = said[key]
        own = coded[coded["theme"].isin(PAIR)].merge(_own(corpus)[SENTENCE], on=SENTENCE)
        with_one = own.loc[own["theme"] == PAIR[0], SENTENCE]
        rows.append(own.merge(with_one, on=SENTENCE))
    passages_of_all = _sentences(_own(corpus), pd.concat(rows)[[*SENTENCE, "theme"]])
    return say(
        "ideas_meet.sentences",
        "ideas_meet.sentences",
        passages_of_all,
        counts=counts,
        one=PAIR[0],
        other=PAIR[1],
    )


def _journalists(corpus: Corpus, counted: Counted) -> list[Finding]:
    """Say how often the two themes meet in the journalists' words; nothing where they do not."""
    # By the reference where there is one.
    name, (coded, voices) = list(counted.items())[:2][-1]
    row = voices[voices["voice"].eq("journalist") & voices["interviews"].eq("all")].iloc[0]
    if not row["both"]:
        return []
    told = corpus.sentences[corpus.sentences["role"].isin(["interviewer", "narration"])]
    rows = coded[coded["theme"].isin(PAIR)].merge(told[SENTENCE], on=SENTENCE)
    rows = rows.merge(rows.loc[rows["theme"] == PAIR[0], SENTENCE], on=SENTENCE)
    return [
        say(
            "ideas_meet.journalists",
            "ideas_meet.journalists",
            _sentences(_own(corpus), rows),
            coder=name,
            one=PAIR[0],
            other=PAIR[1],
            with_one=row["both"] + row["only_first"],
            **{key: row[key] for key in ("both", "expected", "p")},
        )
    ]


def ideas_framed(corpus: Corpus) -> list[Finding]:
    """Say what technology does, what is done with it, what prevents and creates intimacy."""
    if not set(PAIR) <= set(corpus.codebook["theme"]):
        return []
    from analysis.words.sketches import causes, relations, sketch

    triples, found = relations(corpus.said), []
    of_theme = [corpus.matches[corpus.matches["theme"] == theme] for theme in PAIR]
    sketched = by_interview(sketch(triples, of_theme[0]))
    caused, said = by_interview(causes(triples, of_theme[1])), by_interview(_own(corpus))
    for name, label in corpus.labels.items():
        own, why = sketched(name), caused(name)
        own = own[own["relation"].isin(["subject of", "object of"])]
        told = [own.assign(what=own["relation"]), why.assign(what=why["polarity"])]
        found.append(
            say(
                f"ideas_framed.{name}",
                "ideas_framed.interview",
                _sentences(said(name), pd.concat(told), "what"),
                label=label,
                thing=PAIR[0],
                aim=PAIR[1],
                does=_collocates(own, "subject of"),
                done=_collocates(own, "object of"),
                prevents=_causes(why, "prevents"),
                creates=_causes(why, "creates"),
            )
        )
    return found


# In the order of the notebooks.
MAKERS = (codings_trusted, themes_told, ideas_return, ideas_meet, ideas_framed)


def _own(corpus: Corpus) -> pd.DataFrame:
    return corpus.sentences[corpus.sentences["role"] == "interviewee"]


def _sentences(
    said: pd.DataFrame, rows: pd.DataFrame, what: str = "theme"
) -> list[dict[str, Value]]:
    """Return the interviewee's sentences in which something is, with all that is in each."""
    named = rows.groupby(SENTENCE)[what].agg(lambda all_: ", ".join(sorted(set(all_))))
    found = said.merge(named.rename("what"), left_on=SENTENCE, right_index=True)
    return passages(found, "what")


def _collocates(rows: pd.DataFrame, relation: str) -> list[str]:
    counts = rows.loc[rows["relation"] == relation, "collocate"].value_counts()
    return [f"{word} ({count})" for word, count in sorted(counts.items())]


def _causes(rows: pd.DataFrame, polarity: str) -> list[str]:
    rows = rows[rows["polarity"] == polarity]
    return list(dict.fromkeys(f"{row.cause} ({row.verb} {row.node})" for row in rows.itertuples()))
