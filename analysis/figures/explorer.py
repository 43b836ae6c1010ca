"""The explorer: select a word, a name, a theme or a number, and read the passage it comes from.

Python puts the tables and a first result into one HTML fragment; explorer_search.js reads and
searches them, explorer.js shows them, and explorer.css styles them. It needs no connection and no
kernel: the same fragment works in a notebook's output and on a page. If no script runs, only
the first result is shown.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from tabulate import tabulate

from analysis.annotation.terms import is_word, lemmas, terms_of
from analysis.corpus import Corpus
from analysis.figures.marks import address
from analysis.figures.style import COLOURS, LANES, MARKERS
from analysis.schemas import SENTENCE, UTTERANCE
from analysis.statistics import none_interval
from analysis.wording import plural
from analysis.words.contexts import concordance
from analysis.words.counts import frequencies

First = tuple[str, pd.DataFrame]  # the heading and the rows of a first result
Labels = Mapping[str, str]  # the included interviews by id
Sets = Sequence[Mapping[str, Any]]  # sets of coded passages, or findings with their rows

MOST_TEXT = 2_000_000  # characters that one explorer holds, unless interviews are chosen
_FEW = 20  # rows of the first result
_CONTEXT = 6  # words on either side of a line of the first result
_PLACE = ["interview", "start", "end"]
_SPAN = ["number", "start", "end"]  # the same with the number of the interview
# What is needed of tokens: of many interviews, the whole table is large.
_TOKEN = [*SENTENCE, "token", "role", "text", "lemma", "pos", "is_stop", "start", "end"]
# Characters that could end a script, open a tag or break a line of JavaScript are escaped.
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Explorer:
    """What a notebook or a page shows; the same bytes whenever it is made from the same tables.

    Attributes
    ----------
    data : the tables, as the fragment contains them in JSON.
    heading, first : the first result, for pages on which no script runs.
    """

    data: dict[str, Any]
    heading: str
    first: pd.DataFrame

    @property
    def html(self) -> str:
        """The whole fragment: style sheet, first result, tables and script."""
        tables = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        script = _file("explorer_search.js") + _file("explorer.js")
        return (
            f"<style>\n{_file('explorer.css')}</style>\n"
            '<div class="explorer">\n<div class="explorer-static">\n'
            f"<p>{escape(self.heading)}</p>\n{self._table('html')}\n</div>\n"
            f'<script type="application/json">{tables.translate(_UNSAFE)}</script>\n</div>\n'
            f'<script>\n(() => {{\n"use strict";\n{script}}})();\n</script>'
        )

    def _table(self, kind: str) -> str:
        if self.first.empty:
            return ""
        rows = self.first.astype("str").to_numpy().tolist()
        return str(tabulate(rows, list(self.first), kind, disable_numparse=True))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        told = f"{self.heading}\n{self._table('plain')}".strip()
        return {"text/html": self.html, "text/plain": told}


@cache
def _file(name: str) -> str:
    return (resources.files("analysis.figures") / name).read_text(encoding="utf-8")


def explore(
    corpus: Corpus,
    *,
    view: str = "concordance",
    word: str = "",
    by: str = "lemma",
    name: str = "",
    themes: Sequence[str] = (),
    role: str = "",
    interview: str = "",
    interviews: Sequence[str] | None = None,
    evidence: Sets = (),
    codes: Sets | None = None,
) -> Explorer:
    """Make an explorer of a folder of interviews.

    Parameters
    ----------
    corpus : as returned by `load_corpus`.
    view : the one that opens first: "concordance", "strips", "matrix", "compare" or "evidence".
    word, by : what is looked up first, as a "lemma", a "word" or a "prefix".
    name : a name to look up instead.
    themes : one or two, for the strips.
    role, interview : initial filters.
    interviews : ids of the interviews to include; by default the first ones, up to 2 million
        characters.
    evidence : findings with the rows they rest on: `id`, `sentence`, and `rows` with `interview`,
        `start`, `end`.
    codes : sets of coded passages: `id`, `title`, `codes` (`id`, `name`, `definition`) and `rows`
        with `interview`, `code`, `start`, `end` and, if known, `by` (who coded) and `spans` (the
        words that matched, as pairs of offsets). By default, the themes of the folder's codebook.

    Raises
    ------
    ValueError
        If what is to be opened does not exist; the message lists what does.

    Examples
    --------
    >>> from analysis.corpus import load_corpus
    >>> explore(load_corpus("seeds"), word="technology", role="interviewee").heading
    '“technology” (lemma), interviewee, all interviews: 4 lines.'
    """
    held = _chosen(corpus, interviews)
    sets = [_themes(corpus)] if codes is None and corpus.has_codebook else codes or []
    data = _tables(corpus, held, sets, evidence)
    _known("view", [view], ["concordance", "strips", "matrix", "compare", "evidence"])
    _known("way to match", [by], ["lemma", "word", "prefix"])
    _known("interview", [interview], held)
    _known("voice", [role], LANES)
    _known("name", [name], dict.fromkeys(row[0] for row in data["names"]))
    _known("theme", themes, [code["id"] for one in sets for code in one["codes"]])
    way, sought = asked = ("name", name) if name else (by, word)
    groups = [group for group in data["rates"] if group["interview"]]
    own = [group for group in groups if group["role"] == "interviewee"]
    two = own[:2] if len(own) > 1 else sorted(groups, key=lambda group: -group["words"])[:2]
    paths = {
        "concordance": asked if sought else (),
        "strips": [f"theme:{theme}" for theme in themes] or [f"{way}:{sought}"] * bool(sought),
        "matrix": [one["id"] for one in sets[:1]],
        "compare": [f"{group['role']}@{group['interview']}" for group in two],
        "evidence": (),
    }
    filters = {"role": role, "interview": interview}
    starts = {one: address(one, *path, **filters) for one, path in paths.items()}
    data |= {"view": view, "starts": starts}
    if view == "matrix" and sets:
        first = _counts(corpus, held, sets[0], role)
    elif view == "compare" and len(two) > 1:
        first = _terms(two, held)
    elif view == "evidence" and evidence:
        rows = [[one["sentence"], len(one["rows"])] for one in data["evidence"][:_FEW]]
        told = f"{plural(len(evidence), 'finding', 'findings')}."
        first = told, pd.DataFrame(rows, columns=["finding", "passages"])
    else:
        wanted = themes if view == "strips" else ()
        first = _lines(corpus, held, asked, wanted, role, interview)
    return Explorer(data, *first)


def _tables(
    corpus: Corpus,
    held: Labels,
    sets: Sets,
    evidence: Sets,
) -> dict[str, Any]:
    """Convert the tables of the included interviews to values that JSON can contain.

    A place is the number of an interview and two offsets: of the first character of a passage,
    and of the one after its last.
    """
    spoken = corpus.tokens.loc[is_word(corpus.tokens), _TOKEN]
    utterances, words, titles, mentions = (
        _kept(held, table) for table in (corpus.utterances, spoken, corpus.titles, corpus.mentions)
    )
    terms = terms_of(words, titles)[[*UTTERANCE, "role", "term"]]
    rates = _rates(terms, len(held) > 1)
    kind, kinds = pd.factorize(pd.MultiIndex.from_arrays([words["text"], lemmas(words)]))
    # The words of a passage: for each sentence, the numbers of their types.
    said = words.assign(words=kind).groupby(SENTENCE, sort=False)["words"].agg(list)
    passages = utterances.join(said.groupby(UTTERANCE).agg(list), on=UTTERANCE)
    passages["interview"] = passages["number"]
    columns = ["interview", "role", "speaker", "prompt", "start", "text", "words"]
    listed = corpus.interviews.set_index("interview")["title"].fillna("")
    holds, there = plural(len(held), "interview", "interviews"), len(corpus.labels)
    if len(held) < there:
        which = ", ".join([*held.values()][:3]) + ", …" * (len(held) > 3)
        holds = f"{len(held)} of {there} interviews ({which})"
    return {
        "holds": f"Contains {holds}, {utterances['text'].str.len().sum():,} characters.",
        "colours": list(COLOURS),
        "markers": list(MARKERS),
        "voices": LANES,
        "interviews": [
            {"id": one, "label": label, "title": listed[one]} for one, label in held.items()
        ],
        "passages": passages[columns].fillna("").to_dict("list"),
        "types": [*map(list, kinds)],
        "names": mentions[["canonical", *_SPAN]].to_numpy().tolist(),
        "titles": titles[["title", *_SPAN]].to_numpy().tolist(),
        "rates": rates,
        "codes": _coded(sets, held),
        "evidence": _coded(evidence, held),
    }


def _kept(held: Labels, table: pd.DataFrame) -> pd.DataFrame:
    """Select the rows of the included interviews, in their order, with the interview's number."""
    order = pd.Index(list(held)).get_indexer(table["interview"])
    rank = np.lexsort((table["start"], order))
    rank = rank[order[rank] >= 0]
    return table.iloc[rank].assign(number=order[rank])


def _coded(sets: Sets, held: Labels) -> list[dict[str, Any]]:
    """Return each passage of each set: code, place, the words that matched, and who coded it."""
    number = {interview: place for place, interview in enumerate(held)}
    return [
        {
            **one,
            "rows": [
                [
                    row.get("code"),
                    *(number[row["interview"]], row["start"], row["end"]),
                    [*map(list, row.get("spans") or ())],
                    row.get("by"),
                ]
                for row in one["rows"]
                if row["interview"] in number
            ],
        }
        for one in sets
    ]


def _rates(terms: pd.DataFrame, several: bool) -> list[dict[str, Any]]:
    """Count each term of each voice, in every interview and overall, with intervals."""
    groups = []
    for by in [["interview", "role"], ["role"]][: 0 if terms.empty else 1 + several]:
        columns = [*by, "term", "count", "rate_low", "rate_high"]
        counted = defaultdict(list)
        for *key, term, count, low, high in frequencies(terms, by)[columns].itertuples(index=False):
            counted[tuple(key)].append([term, count, _rounded(low), _rounded(high)])
        for key, own in terms.groupby(by, sort=False):
            size, spoken = np.array([len(own), own.groupby(UTTERANCE).ngroups], dtype=float)
            most = _rounded(1000 * float(none_interval(size, spoken, 0.95)))
            group = {"interview": None, **dict(zip(by, key, strict=True)), "words": len(own)}
            groups.append(group | {"most": most, "rows": counted[key]})
    return groups


def _chosen(corpus: Corpus, interviews: Sequence[str] | None) -> dict[str, str]:
    """Label the included interviews: those chosen, or the first that fit."""
    if interviews is None:
        sizes = corpus.utterances["text"].str.len().groupby(corpus.utterances["interview"]).sum()
        total = sizes.reindex(list(corpus.labels), fill_value=0).cumsum()
        interviews = [*total.index[:1], *total.index[total <= MOST_TEXT]]
    _known("interview", interviews, corpus.labels)
    return {one: label for one, label in corpus.labels.items() if one in set(interviews)}


def _themes(corpus: Corpus) -> dict[str, Any]:
    """Return the themes of the codebook as a set of codes, with the words that matched."""
    named = corpus.codebook[["theme", "name", "definition"]].rename(columns={"theme": "id"})
    coded = corpus.codings.rename(columns={"theme": "code"})
    return {
        "id": "themes",
        "title": "Themes",
        "codes": named.to_dict("records"),
        "rows": coded[[*_PLACE, "code", "spans"]].to_dict("records"),
    }


def _rounded(rate: float) -> float | None:
    return None if math.isnan(rate) else float(f"{rate:.4g}")


def _known(what: str, values: Iterable[str], choices: Iterable[str]) -> None:
    """Refuse to open what does not exist."""
    choices = list(choices)
    for value in values:
        if value and value not in choices:
            there = ", ".join(choices[:20]) or "none"
            raise ValueError(f"There is no {what} {value!r}; choose from: {there}.")


# ---- What is shown if no script runs: a heading and a few rows


def _lines(
    corpus: Corpus,
    held: Labels,
    asked: tuple[str, str],
    themes: Sequence[str],
    role: str,
    interview: str,
) -> First:
    """Take a few lines with a word, a name or themes, from every interview in turn."""
    told, found = _found(corpus, *asked, themes)
    if not told:
        return "Type a word to see its lines.", pd.DataFrame()
    found = _kept(held, found)[[*UTTERANCE, "start", "end"]]
    found = found.merge(corpus.utterances, on=UTTERANCE, suffixes=("", "_all"))
    found["voice"] = found["speaker"].fillna(found["role"])
    for column, value in (("role", role), ("interview", interview)):
        found = found[found[column] == value] if value else found
    scope = f"{role or 'all voices'}, {held.get(interview) or 'all interviews'}"
    lines = plural(len(found), *(("sentence", "sentences") if themes else ("line", "lines")))
    heading = f"{told}, {scope}: {lines}."
    if len(found) > _FEW:
        heading += f" The first {_FEW}, taken from each interview in turn:"
    turns = found.groupby("interview").cumcount().to_numpy().argsort(kind="stable")
    rows = []
    for row in found.iloc[sorted(turns[:_FEW])].itertuples():
        first, after = row.start - row.start_all, row.end - row.start_all
        before = " ".join(row.text[:first].split()[-_CONTEXT:])
        behind = " ".join(row.text[after:].split()[:_CONTEXT])
        rows.append([held[row.interview], row.voice, before, row.text[first:after], behind])
    return heading, pd.DataFrame(rows, columns=["interview", "voice", "before", "", "after"])


def _found(corpus: Corpus, by: str, word: str, themes: Sequence[str]) -> First:
    """Find where a word, a name or themes occur, and say what was sought."""
    titles, bare = corpus.titles, word.strip('“”"')
    titled = titles[titles["title"].str.casefold() == bare.casefold()]
    if themes:
        coded = corpus.codings[corpus.codings["theme"].isin(list(themes))]
        return " and ".join(themes), coded.drop_duplicates(_PLACE)
    if by == "name":
        return f"{word} (name)", corpus.mentions[corpus.mentions["canonical"] == word]
    if bare != word and len(titled):
        return f"“{titled['title'].iloc[0]}” (title)", titled
    if not word:
        return "", titled
    if by == "lemma":
        return f"“{word}” (lemma)", concordance(corpus.tokens, lemma=word)
    pattern = " ".join(map(re.escape, word.split())) + ".*" * (by == "prefix")
    told = f"“{word}” ({'word form' if by == 'word' else by})"
    return told, concordance(corpus.tokens, pattern)


def _counts(corpus: Corpus, held: Labels, chosen: Mapping[str, Any], role: str) -> First:
    """Count the passages of each code in every interview."""
    rows = pd.DataFrame(chosen["rows"], columns=["code", "interview", "start"])
    rows = rows.astype({"interview": "str", "start": "int64"})
    said = corpus.utterances[["interview", "start", "role"]].sort_values("start")
    rows = pd.merge_asof(rows.sort_values("start"), said, on="start", by="interview")
    rows = rows[rows["role"] == role] if role else rows
    counts = Counter(zip(rows["code"], rows["interview"], strict=True))
    shown = dict([*held.items()][:8])
    table = [
        [code["name"], *(counts[code["id"], one] for one in shown)] for code in chosen["codes"]
    ]
    heading = f"{chosen['title']}: coded passages ({role or 'all voices'}) in each interview."
    return heading, pd.DataFrame(table, columns=["", *shown.values()])


def _terms(two: Sets, held: Labels) -> First:
    """Show how often each side uses the terms that are most frequent on both sides together."""
    counts = [Counter({row[0]: row[1] for row in group["rows"]}) for group in two]
    names = [f"{group['role']}, {held[group['interview']]}" for group in two]
    total = counts[0] + counts[1]
    order = sorted(total, key=lambda term: (-total[term], term))[:_FEW]
    rows = [[term, *(side[term] for side in counts)] for term in order]
    heading = f"How often each word is used ({names[0]}; {names[1]})."
    return heading, pd.DataFrame(rows, columns=["word", *names])
