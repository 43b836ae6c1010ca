"""The explorer: touch a word, a name, a theme or a number, and read the passage it comes from.

Python puts the tables and a first result into one HTML fragment; explorer_search.js reads and
searches them, explorer.js shows them, and explorer.css styles them. It needs no network and no
kernel: the same fragment works in a notebook's output and on a page. Where no script runs, only
the first result is shown.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from tabulate import tabulate

from analysis.annotation.terms import is_word, lemmas, terms_of
from analysis.corpus import Corpus
from analysis.figures.marks import address
from analysis.schemas import UTTERANCE
from analysis.statistics import none_interval
from analysis.wording import plural
from analysis.words.contexts import concordance
from analysis.words.counts import frequencies

Span = list[int]  # number of the passage, first character in it, number of characters

MOST_TEXT = 2_000_000  # characters that one explorer holds, unless interviews are chosen
_FEW = 20  # rows of the first result
_CONTEXT = 6  # words on either side of a line of the first result
_PLACE = ["interview", "start", "end"]
_FAR = 2**40  # more characters than any source has
# What ends a script, opens a tag or breaks a line of JavaScript is written as its escape.
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Explorer:
    """What a notebook or a page shows; the same bytes whenever it is made from the same tables.

    Attributes
    ----------
    data : the tables, as the fragment contains them in JSON.
    heading, first : the first result, for where no script runs.
    """

    data: dict[str, Any]
    heading: str
    first: pd.DataFrame

    @property
    def html(self) -> str:
        """The whole fragment: style sheet, first result, tables and script."""
        return f"<style>\n{style()}</style>\n{self.body}\n<script>\n{script()}</script>"

    @property
    def body(self) -> str:
        """The fragment without style sheet and script, which a page needs only once."""
        tables = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return (
            '<div class="explorer">\n<div class="explorer-static">\n'
            f"<p>{escape(self.heading)}</p>\n{self._table('html')}\n</div>\n"
            f'<script type="application/json">{tables.translate(_UNSAFE)}</script>\n</div>'
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
def style() -> str:
    """Return the style sheet that every explorer shares."""
    return _file("explorer.css")


@cache
def script() -> str:
    """Return the script that brings every explorer of a page to life, even if included twice."""
    parts = _file("explorer_search.js"), _file("explorer.js")
    return '(() => {\n"use strict";\n' + "".join(parts) + "})();\n"


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
    evidence: Sequence[Mapping[str, Any]] = (),
    codes: Sequence[Mapping[str, Any]] | None = None,
) -> Explorer:
    """Make an explorer of a folder of interviews.

    Parameters
    ----------
    corpus : as `load_corpus` returns it.
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
        with `interview`, `code`, `start`, `end`, if known `by` (who coded) and `spans` (the
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
    tables = _Tables(corpus, interviews)
    sets = [_themes(corpus)] if codes is None and corpus.has_codebook else codes or []
    data = tables.everything(sets, evidence)
    _known("view", [view], ["concordance", "strips", "matrix", "compare", "evidence"])
    _known("way to match", [by], ["lemma", "word", "prefix"])
    _known("interview", [interview], [one["id"] for one in data["interviews"]])
    _known("voice", [role], data["voices"])
    _known("name", [name], data["names"]["names"])
    _known("theme", themes, [code["id"] for one in data["codes"] for code in one["codes"]])
    asked, filters = (("name", name) if name else (by, word)), {"role": role}
    filters |= {"interview": interview}
    tracks = [f"theme:{theme}" for theme in themes] or [":".join(asked)] * bool(asked[1])
    groups = [groups for groups in data["rates"]["groups"] if groups[0] is not None]
    told = [group for group in groups if group[1] == "interviewee"]
    two = told[:2] if len(told) > 1 else sorted(groups, key=lambda group: -group[2])[:2]
    sides = [f"{group[1]}@{data['interviews'][group[0]]['id']}" for group in two]
    paths = {
        "concordance": [*asked] if asked[1] else [],
        "strips": tracks,
        **({"matrix": [data["codes"][0]["id"]]} if data["codes"] else {}),
        **({"compare": sides} if len(sides) == 2 else {}),
        **({"evidence": []} if data["evidence"] else {}),
    }
    starts = {one: address(one, *path, **filters) for one, path in paths.items()}
    data |= {"view": view, "starts": starts}
    if view in paths and view in _FIRST:
        return Explorer(data, *_FIRST[view](data, role, two))
    wanted = themes if view == "strips" else ()
    return Explorer(data, *_lines(tables, asked, wanted, role, interview))


def page(made: Explorer, title: str) -> str:
    """Write a whole page around an explorer; its policy forbids the network and any other script.

    Parameters
    ----------
    made : the explorer; its views have addresses there.
    title : of the page.
    """
    css, js = style(), script()
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(css)}'; "
        f"script-src '{_digest(js)}'; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{css}</style>\n</head>\n"
        f'<body class="explorer-page" data-addresses>\n<main>\n<h1>{escape(title)}</h1>\n'
        f"{made.body}\n</main>\n<script>{js}</script>\n</body>\n</html>\n"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class _Tables:
    """The tables of the chosen interviews, written as short columns of numbers."""

    def __init__(self, corpus: Corpus, interviews: Sequence[str] | None) -> None:
        self.corpus = corpus
        self.labels = _chosen(corpus, interviews)
        self.utterances = self.kept(corpus.utterances)
        self.rows = list(self.utterances.itertuples())
        order = pd.Index(list(self.labels)).get_indexer(self.utterances["interview"])
        self.places = order * _FAR + self.utterances["start"].to_numpy()
        self.wide = ~np.array([row.text.isascii() for row in self.rows], dtype=bool)

    def kept(self, table: pd.DataFrame) -> pd.DataFrame:
        """Select the rows of the included interviews, interviews in their own order."""
        order = pd.Index(list(self.labels)).get_indexer(table["interview"])
        rank = np.lexsort((table["start"], order))
        return table.iloc[rank[order[rank] >= 0]]

    def everything(
        self, sets: Sequence[Mapping[str, Any]], evidence: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Return all tables in a form that JSON can hold."""
        from analysis.figures.style import COLOURS, LANES, MARKERS  # matplotlib is slow to import

        listed = self.corpus.interviews.set_index("interview")["title"].fillna("")
        tokens, titles = self.kept(self.corpus.tokens), self.kept(self.corpus.titles)
        held, there = len(self.labels), len(self.corpus.labels)
        which = ", ".join([*self.labels.values()][:3]) + (", …" if held > 3 else "")
        holds = plural(held, "interview", "interviews")
        holds = holds if held == there else f"{held} of {there} interviews ({which})"
        size = int(self.utterances["text"].str.len().sum())
        return {
            "holds": f"Holds {holds}, {size:,} characters.",
            "colours": list(COLOURS),
            "markers": list(MARKERS),
            "voices": LANES,
            "interviews": [
                {"id": interview, "label": label, "title": listed[interview]}
                for interview, label in self.labels.items()
            ],
            "passages": self._passages(),
            "words": self._words(tokens[is_word(tokens)]),
            "names": self._named(self.kept(self.corpus.mentions), "canonical"),
            "titles": self._named(titles, "title"),
            "rates": self._rates(terms_of(tokens, titles)),
            "codes": [self._coded(**one) for one in sets],
            "evidence": [
                {"id": one["id"], "sentence": one["sentence"], "rows": self._evidence(one["rows"])}
                for one in evidence
            ],
        }

    def _passages(self) -> dict[str, Any]:
        table = self.utterances
        speaker, speakers = pd.factorize(table["speaker"])
        prompt, prompts = pd.factorize(table["prompt"])
        return {
            "interview": pd.Index(list(self.labels)).get_indexer(table["interview"]).tolist(),
            "speaker": speaker.tolist(),
            "speakers": speakers.to_list(),
            "prompt": prompt.tolist(),
            "prompts": prompts.to_list(),
            **table[["role", "start", "text"]].to_dict("list"),
        }

    def _words(self, words: pd.DataFrame) -> dict[str, Any]:
        """Write each word as its type, a text with its lemma, and the blanks before it."""
        kind, kinds = pd.factorize(pd.MultiIndex.from_arrays([words["text"], lemmas(words)]))
        lemma, all_lemmas = pd.factorize(np.array([lemma for _, lemma in kinds], dtype=object))
        number, start, length = np.array(self.spans(words), dtype=np.int64).reshape(-1, 3).T
        # Blanks are counted from the word before, or from the beginning of the passage.
        before = np.where(np.diff(number, prepend=-1) == 0, np.roll(start + length, 1), 0)
        counts = np.bincount(number, minlength=len(self.rows))
        keys = ["interview", "utterance", "sentence"]
        return {
            "types": [text for text, _ in kinds],
            "lemma": lemma.tolist(),
            "lemmas": [str(lemma) for lemma in all_lemmas],
            "count": counts.tolist(),
            "sentences": words.groupby(keys, sort=False).size().to_list(),
            "type": kind.tolist(),
            "gap": (start - before).tolist(),
        }

    def _named(self, table: pd.DataFrame, column: str) -> dict[str, Any]:
        code, found = pd.factorize(table[column])
        rows = self.spans(table)
        return {"names": found.to_list(), "name": code.tolist(), "rows": rows}

    def _rates(self, terms: pd.DataFrame) -> dict[str, Any]:
        """Count each term of each voice, in every interview and in all, with Python's intervals."""
        groups: list[Any] = []
        rows: list[Any] = []
        numbers: dict[str, int] = {}
        order = list(self.labels)
        for by in (["interview", "role"], ["role"])[: 2 if len(order) > 1 else 1]:
            if terms.empty:
                break
            table = frequencies(terms, by)
            counted = defaultdict(list)
            columns = ["term", "count", "rate_low", "rate_high"]
            values = zip(*(table[column].to_list() for column in columns), strict=True)
            for key, row in zip(_keys(table, by), values, strict=True):
                counted[key].append(row)
            sizes = terms.groupby(by, sort=False).size()
            said = terms.drop_duplicates([*by, *UTTERANCE]).groupby(by, sort=False).size()
            most = none_interval(sizes.to_numpy(float), said.to_numpy(float), 0.95)
            keys = _keys(sizes.index.to_frame(), by)
            for key, size, high in zip(keys, sizes.to_list(), most.tolist(), strict=True):
                interview = order.index(key[0]) if len(by) > 1 else None
                groups.append([interview, key[-1], size, _rounded(1000 * high)])
                rows.append(
                    [
                        [numbers.setdefault(term, len(numbers)), count, *map(_rounded, ends)]
                        for term, count, *ends in counted[key]
                    ]
                )
        return {"terms": list(numbers), "groups": groups, "rows": rows}

    def _coded(
        self, id: str, title: str, codes: Iterable[Mapping[str, str]], rows: Iterable[Any]
    ) -> dict[str, Any]:
        kept = [{key: code[key] for key in ("id", "name", "definition")} for code in codes]
        numbers = {code["id"]: number for number, code in enumerate(kept)}
        held = [row for row in rows if row["interview"] in self.labels]
        ends = [[(row["start"], row["end"]), *(row.get("spans") or ())] for row in held]
        pairs = zip(held, ends, strict=True)
        flat = [(row["interview"], *pair) for row, own in pairs for pair in own]
        places = iter(self.spans(pd.DataFrame(flat, columns=_PLACE)))
        written = []
        for row, own in zip(held, ends, strict=True):
            place, *spans = islice(places, len(own))
            written.append([numbers[row["code"]], *place, [span[1:] for span in spans]])
            written[-1].append(row.get("by"))
        return {"id": id, "title": title, "codes": kept, "rows": written}

    def _evidence(self, rows: Iterable[Mapping[str, Any]]) -> list[Span]:
        held = [[row[key] for key in _PLACE] for row in rows if row["interview"] in self.labels]
        return self.spans(pd.DataFrame(held, columns=_PLACE))

    def spans(self, places: pd.DataFrame) -> list[Span]:
        """Locate offsets of a source in the passages, counted as JavaScript counts."""
        order = pd.Index(list(self.labels)).get_indexer(places["interview"])
        start, end = (places[side].to_numpy(np.int64) for side in ("start", "end"))
        # All interviews on one line, each far from the next.
        number = np.searchsorted(self.places, order * _FAR + start, side="right") - 1
        number = np.maximum(number, np.searchsorted(self.places, order * _FAR))
        begin, stop = (self.utterances[side].to_numpy()[number] for side in ("start", "end"))
        first, after = (np.maximum(np.minimum(at, stop) - begin, 0) for at in (start, end))
        for row in np.flatnonzero(self.wide[number]):
            text = self.rows[number[row]].text
            for ends in (first, after):
                ends[row] = len(text[: ends[row]].encode("utf-16-le")) // 2
        return np.stack([number, first, np.maximum(after - first, 0)], axis=1).tolist()


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
    coded = coded.sort_values(["interview", "start"], kind="stable")
    return {
        "id": "themes",
        "title": "Themes",
        "codes": named.to_dict("records"),
        "rows": coded[[*_PLACE, "code", "spans"]].to_dict("records"),
    }


def _keys(table: pd.DataFrame, columns: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(table[column].to_list() for column in columns), strict=True)


def _rounded(rate: float) -> float | None:
    return None if math.isnan(rate) else float(f"{rate:.4g}")


def _known(what: str, values: Iterable[str], choices: Iterable[str]) -> None:
    """Refuse to open what does not exist."""
    choices = list(choices)
    for value in values:
        if value and value not in choices:
            there = ", ".join(choices[:20]) or "none"
            raise ValueError(f"There is no {what} {value!r}; there are: {there}.")


# ---- What is shown where no script runs: a heading and a few rows


def _lines(
    tables: _Tables, asked: tuple[str, str], themes: Sequence[str], role: str, interview: str
) -> tuple[str, pd.DataFrame]:
    """Take a few lines with a word, a name or themes, from every interview in turn."""
    told, found = _found(tables, *asked, themes)
    if not told:
        return "Type a word to see its lines.", pd.DataFrame()
    keys = ["interview", "utterance"]
    said = tables.utterances[[*keys, "role", "speaker", "text", "start"]]
    found = found.merge(said.rename(columns={"start": "begin"}), on=keys)
    for column, value in (("role", role), ("interview", interview)):
        found = found[found[column] == value] if value else found
    scope = f"{role or 'all voices'}, {tables.labels.get(interview) or 'all interviews'}"
    lines = plural(len(found), *(("sentence", "sentences") if themes else ("line", "lines")))
    heading = f"{told}, {scope}: {lines}."
    if len(found) > _FEW:
        heading += f" The first {_FEW}, interviews in turn:"
    turns = found.groupby("interview").cumcount().to_numpy().argsort(kind="stable")
    rows = []
    for row in found.iloc[sorted(turns[:_FEW])].itertuples():
        first, after = row.start - row.begin, row.end - row.begin
        before = " ".join(row.text[:first].split()[-_CONTEXT:])
        behind = " ".join(row.text[after:].split()[:_CONTEXT])
        voice = row.speaker if isinstance(row.speaker, str) else row.role
        rows.append([tables.labels[row.interview], voice, before, row.text[first:after], behind])
    columns = ["interview", "voice", "before", "", "after"]
    return heading, pd.DataFrame(rows, columns=columns)


def _found(tables: _Tables, by: str, word: str, themes: Sequence[str]) -> tuple[str, pd.DataFrame]:
    """Find where a word, a name or themes occur, and say what was sought."""
    corpus, keys = tables.corpus, ["interview", "utterance", "start", "end"]
    titles, bare = corpus.titles["title"], word.strip('“”"')
    titled = titles.str.casefold() == bare.casefold()
    if themes:
        coded = corpus.codings[corpus.codings["theme"].isin(list(themes))]
        told, found = " and ".join(themes), coded.drop_duplicates(keys)
    elif by == "name":
        told, found = f"{word} (name)", corpus.mentions[corpus.mentions["canonical"] == word]
    elif bare != word and titled.any():
        told, found = f"“{titles[titled].iloc[0]}” (title)", corpus.titles[titled]
    elif by == "lemma" and word:
        told, found = f"“{word}” (lemma)", concordance(corpus.tokens, lemma=word)
    elif word:
        pattern = " ".join(map(re.escape, word.split())) + ".*" * (by == "prefix")
        told = f"“{word}” ({'word form' if by == 'word' else by})"
        found = concordance(corpus.tokens, pattern)
    else:
        told, found = "", corpus.titles.head(0)
    return told, tables.kept(found)[keys]


def _counts(data: dict[str, Any], role: str, _: Any) -> tuple[str, pd.DataFrame]:
    """Count the passages of each code in every interview."""
    chosen, places = data["codes"][0], data["passages"]
    counts = Counter(
        (code, places["interview"][passage])
        for code, passage, *_ in chosen["rows"]
        if role in ("", places["role"][passage])
    )
    labels = [one["label"] for one in data["interviews"]][:8]
    rows = [
        [code["name"], *(counts[number, place] for place in range(len(labels)))]
        for number, code in enumerate(chosen["codes"])
    ]
    heading = f"{chosen['title']}: coded passages of {role or 'all voices'} in each interview."
    return heading, pd.DataFrame(rows, columns=["", *labels])


def _terms(data: dict[str, Any], _: str, two: list[Any]) -> tuple[str, pd.DataFrame]:
    """Compare the counts of the first side's most frequent terms with the second side."""
    rates = data["rates"]
    sides = [rates["rows"][rates["groups"].index(group)] for group in two]
    counts = [{rates["terms"][row[0]]: row[1] for row in side} for side in sides]
    names = [f"{group[1]}, {data['interviews'][group[0]]['label']}" for group in two]
    total = Counter(counts[0]) + Counter(counts[1])
    order = sorted(total, key=lambda term: (-total[term], term))[:_FEW]
    rows = [[term, *(side.get(term, 0) for side in counts)] for term in order]
    heading = f"The words of {names[0]} and of {names[1]}: counts."
    return heading, pd.DataFrame(rows, columns=["word", *names])


def _findings(data: dict[str, Any], _: str, __: Any) -> tuple[str, pd.DataFrame]:
    rows = [[one["sentence"], len(one["rows"])] for one in data["evidence"]]
    heading = f"{plural(len(rows), 'finding', 'findings')}."
    return heading, pd.DataFrame(rows[:_FEW], columns=["finding", "passages"])


_FIRST = {"matrix": _counts, "compare": _terms, "evidence": _findings}
