"""The explorer: touch a word, a name, a theme or a number, and read the passage it comes from.

Python puts the tables and a first result into one HTML fragment; explorer_search.js reads and
searches them, explorer.js shows them, explorer.css is the look. No network, no kernel: the same
fragment stands in a notebook's output and on a page. Where no script runs, the first result stands
there alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from analysis.annotation.terms import is_word, lemmas, terms_of
from analysis.corpus import Corpus
from analysis.statistics import none_interval
from analysis.words.contexts import concordance
from analysis.words.counts import frequencies

Span = list[int]  # number of the passage, first character in it, number of characters

MOST_TEXT = 2_000_000  # characters that one explorer holds, unless interviews are chosen
_FEW = 20  # rows of the first result
_CONTEXT = 6  # words on either side of a line of the first result
_VIEWS = ("concordance", "strips", "matrix", "compare", "evidence")
_START = frozenset(
    ["word", "by", "name", "themes", "role", "interview", "sort", "between", "codes_of", "finding"]
)
# What ends a script, opens a tag or breaks a line of JavaScript is written as its escape.
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Explorer:
    """What a notebook or a page shows; the same bytes whenever it is made of the same tables.

    Attributes
    ----------
    data : the tables, as they stand in the fragment as JSON.
    heading, columns, rows : the first result, for where no script runs.
    """

    data: dict[str, Any]
    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def html(self) -> str:
        """The whole fragment: style sheet, first result, tables and script."""
        return f"<style>\n{style()}</style>\n{self.body}\n<script>\n{script()}</script>"

    @property
    def body(self) -> str:
        """The fragment without style sheet and script, which a page holds once for all."""
        tables = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return (
            f'<div class="explorer">\n<div class="explorer-static">\n{self._static()}\n</div>\n'
            f'<script type="application/json">{tables.translate(_UNSAFE)}</script>\n</div>'
        )

    def _static(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "\n".join(
            "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        return f"<p>{escape(self.heading)}</p>" + (f"\n{table}" if self.rows else "")

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        lines = [self.columns, *self.rows] if self.rows else []
        told = [" | ".join(" ".join(str(cell).split()) for cell in line) for line in lines]
        return {"text/html": self.html, "text/plain": "\n".join([self.heading, *told])}


@cache
def style() -> str:
    """Return the style sheet that every explorer shares."""
    return _file("explorer.css")


@cache
def script() -> str:
    """Return the script that brings every explorer of a page to life, and may stand there twice."""
    parts = _file("explorer_search.js"), _file("explorer.js")
    return '(() => {\n"use strict";\n' + "".join(parts) + "})();\n"


def _file(name: str) -> str:
    return (resources.files("analysis.figures") / name).read_text(encoding="utf-8")


def explore(
    corpus: Corpus,
    *,
    evidence: Sequence[Mapping[str, Any]] | None = None,
    codes: Sequence[Mapping[str, Any]] | None = None,
    interviews: Sequence[str] | None = None,
    view: str = "concordance",
    **start: Any,
) -> Explorer:
    """Make an explorer of a folder of interviews.

    Parameters
    ----------
    corpus : as `load_corpus` returns it.
    evidence : findings with the rows they rest on: `id`, `sentence`, and `rows` with `interview`,
        `start`, `end`.
    codes : sets of coded passages: `id`, `title`, `codes` (`id`, `name`, `definition`) and `rows`
        with `interview`, `code`, `start`, `end`, where known `by` (who coded) and `spans` (the
        words that matched, as pairs of offsets). Without it, the themes of the folder's codebook.
    interviews : ids of the interviews to hold; without it the first ones, up to 2 million
        characters.
    view : opens first: "concordance", "strips", "matrix", "compare" or "evidence".
    start : what to open with: `word` with `by` ("lemma", "word" or "prefix"), or `name`; `themes`,
        one or two, for the strips; `codes_of`, the set of the matrix; `between`, two pairs of
        interview and role, to compare; `finding`; and for all views `role`, `interview` and `sort`
        ("left" or "right").

    Raises
    ------
    ValueError
        If something to open with does not exist; the message names what there is.

    Examples
    --------
    >>> from analysis.corpus import load_corpus
    >>> explore(load_corpus("seeds"), word="technology", role="interviewee").heading
    '“technology” (lemma), interviewee, all interviews: 4 lines.'
    """
    tables = _Tables(corpus, interviews)
    data = tables.everything(codes, evidence)
    _check(data, view, start)
    data |= {"view": view, "starts": _starts(data, start)}
    return Explorer(data, *_first_result(tables, data, view, start))


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
        self.tokens = self.kept(corpus.tokens)
        self.titles = self.kept(corpus.titles)
        self.places: dict[str, list[int]] = {}
        self.rows = list(self.utterances.itertuples())
        self.wide = [not row.text.isascii() and max(row.text) > "\uffff" for row in self.rows]
        for number, row in enumerate(self.rows):
            self.places.setdefault(row.interview, []).append(number)
        self.starts = {
            interview: [self.rows[number].start for number in numbers]
            for interview, numbers in self.places.items()
        }

    def kept(self, table: pd.DataFrame) -> pd.DataFrame:
        """Take the rows of the interviews that are held, interviews in their own order."""
        order = {interview: number for number, interview in enumerate(self.labels)}
        table = table[table["interview"].isin(list(order))]
        return table.sort_values(
            ["interview", "start"], key=lambda column: column.map(order).fillna(column)
        )

    def everything(
        self,
        codes: Sequence[Mapping[str, Any]] | None,
        evidence: Sequence[Mapping[str, Any]] | None,
    ) -> dict[str, Any]:
        """Write all tables as what JSON can hold."""
        from analysis.figures.style import COLOURS, LANES, MARKERS  # matplotlib is slow to import

        titled = self.corpus.interviews.dropna(subset="title")
        titles = dict(zip(titled["interview"], titled["title"], strict=True))
        return {
            "holds": self._holds(),
            "colours": list(COLOURS),
            "markers": list(MARKERS),
            "voices": LANES,
            "interviews": [
                {"id": interview, "label": label, "title": titles.get(interview, "")}
                for interview, label in self.labels.items()
            ],
            "passages": self._passages(),
            "words": self._words(),
            "names": self._named(self.kept(self.corpus.mentions), "canonical"),
            "titles": self._named(self.titles, "title"),
            "rates": self._rates(),
            "codes": [self._coded(one) for one in (self._themes() if codes is None else codes)],
            "evidence": [
                {"id": one["id"], "sentence": one["sentence"], "rows": self._spans(one["rows"])}
                for one in evidence or []
            ],
        }

    def _holds(self) -> str:
        held, there = len(self.labels), len(self.corpus.labels)
        size = f"{int(self.utterances['text'].str.len().sum()):,} characters"
        if held == there:
            return f"Holds {_number(held, 'interview')}, {size}."
        which = ", ".join(list(self.labels.values())[:3]) + (", …" if held > 3 else "")
        return f"Holds {held} of {there} interviews ({which}), {size}."

    def _passages(self) -> dict[str, Any]:
        table = self.utterances
        speaker, speakers = pd.factorize(table["speaker"])
        prompt, prompts = pd.factorize(table["prompt"])
        order = list(self.labels)
        return {
            "interview": [order.index(interview) for interview in table["interview"]],
            "role": table["role"].to_list(),
            "speaker": speaker.tolist(),
            "speakers": speakers.to_list(),
            "prompt": prompt.tolist(),
            "prompts": prompts.to_list(),
            "start": table["start"].to_list(),
            "text": table["text"].to_list(),
        }

    def _words(self) -> dict[str, Any]:
        """Write each word as its type, a text with its lemma, and the blanks before it."""
        words = self.tokens[is_word(self.tokens)]
        kind, kinds = pd.factorize(pd.MultiIndex.from_arrays([words["text"], lemmas(words)]))
        lemma, all_lemmas = pd.factorize(np.array([lemma for _, lemma in kinds], dtype=object))
        spans = [
            self.span(*row)
            for row in zip(words["interview"], words["start"], words["end"], strict=True)
        ]
        counts, gaps, passage, at = [0] * len(self.rows), [], -1, 0
        for number, start, length in spans:
            if number != passage:
                passage, at = number, 0
            gaps.append(start - at)
            at = start + length
            counts[number] += 1
        keys = ["interview", "utterance", "sentence"]
        return {
            "types": [text for text, _ in kinds],
            "lemma": lemma.tolist(),
            "lemmas": [str(lemma) for lemma in all_lemmas],
            "count": counts,
            "sentences": words.groupby(keys, sort=False).size().to_list(),
            "type": kind.tolist(),
            "gap": gaps,
        }

    def _named(self, table: pd.DataFrame, column: str) -> dict[str, Any]:
        code, found = pd.factorize(table[column])
        rows = zip(table["interview"], table["start"], table["end"], strict=True)
        return {"names": found.to_list(), "name": code.tolist(), "rows": [*map(self._at, rows)]}

    def _at(self, row: tuple[str, int, int]) -> Span:
        return self.span(*row)

    def _rates(self) -> dict[str, Any]:
        """Count each term of each voice, in every interview and in all, with Python's intervals."""
        terms = terms_of(self.tokens, self.titles)
        order = {interview: number for number, interview in enumerate(self.labels)}
        groups: list[Any] = []
        rows: list[Any] = []
        names: dict[str, int] = {}
        for by in (["interview", "role"], ["role"])[: 2 if len(order) > 1 else 1]:
            if terms.empty:
                break
            counted = dict(list(frequencies(terms, by).groupby(by, sort=False)))
            for key, own in terms.groupby(by, sort=False):
                utterances = len(own[["interview", "utterance"]].drop_duplicates())
                sizes = np.array([len(own)], dtype=float), np.array([utterances], dtype=float)
                most = 1000 * none_interval(*sizes, 0.95)[0]
                interview = order[key[0]] if len(by) > 1 else None
                groups.append([interview, key[-1], len(own), _rounded(most)])
                table = counted.get(key, own.iloc[:0].assign(count=0, rate_low=0, rate_high=0))
                columns = (table["term"], table["count"], table["rate_low"], table["rate_high"])
                rows.append(
                    [
                        [names.setdefault(term, len(names)), count, _rounded(low), _rounded(high)]
                        for term, count, low, high in zip(*columns, strict=True)
                    ]
                )
        return {"terms": list(names), "groups": groups, "rows": rows}

    def _themes(self) -> list[dict[str, Any]]:
        """Take the themes of the codebook as a set of codes, with the words that matched."""
        corpus = self.corpus
        if not corpus.has_codebook:
            return []
        named = corpus.codebook[["theme", "name", "definition"]].rename(columns={"theme": "id"})
        coded = self.kept(corpus.codings).rename(columns={"theme": "code"})
        if "spans" not in coded:
            counting = corpus.indicators[["theme", "indicator"]].assign(
                counts=corpus.indicators["negated"]
            )
            kept = corpus.matches.merge(counting, on=["theme", "indicator"])
            kept = kept[kept["counts"] | ~kept["negated"]]
            keys = ["interview", "utterance", "sentence", "theme"]
            spans: dict[Any, list[tuple[int, int]]] = {}
            for *key, start, end in kept[[*keys, "start", "end"]].itertuples(index=False):
                spans.setdefault(tuple(key), []).append((start, end))
            found = zip(*(coded[key] for key in [*keys[:3], "code"]), strict=True)
            coded = coded.assign(spans=[spans.get(key, []) for key in found])
        rows = coded[["interview", "code", "start", "end", "spans"]].to_dict("records")
        return [
            {"id": "themes", "title": "Themes", "codes": named.to_dict("records"), "rows": rows}
        ]

    def _coded(self, one: Mapping[str, Any]) -> dict[str, Any]:
        numbers = {code["id"]: number for number, code in enumerate(one["codes"])}
        rows = []
        for row in one["rows"]:
            if row["interview"] in self.labels:
                number, start, length = self.span(row["interview"], row["start"], row["end"])
                words = [
                    self.span(row["interview"], first, after)[1:]
                    for first, after in row.get("spans") or []
                ]
                rows.append([numbers[row["code"]], number, start, length, words, row.get("by")])
        codes = [{key: code[key] for key in ("id", "name", "definition")} for code in one["codes"]]
        return {"id": one["id"], "title": one["title"], "codes": codes, "rows": rows}

    def _spans(self, rows: Iterable[Mapping[str, Any]]) -> list[Span]:
        return [
            self.span(row["interview"], row["start"], row["end"])
            for row in rows
            if row["interview"] in self.labels
        ]

    def span(self, interview: str, start: int, end: int) -> Span:
        """Say in which passage offsets of a source lie, and where, counted as JavaScript counts."""
        at = max(bisect_right(self.starts[interview], start) - 1, 0)
        number = self.places[interview][at]
        row = self.rows[number]
        first, after = (max(0, min(place, row.end) - row.start) for place in (start, end))
        if self.wide[number]:
            first, after = (
                place + sum(char > "\uffff" for char in row.text[:place])
                for place in (first, after)
            )
        return [number, first, max(after - first, 0)]


def _chosen(corpus: Corpus, interviews: Sequence[str] | None) -> dict[str, str]:
    """Say which interviews are held, those chosen or the first that have room, and their labels."""
    if interviews is not None:
        for interview in interviews:
            _known("interview", interview, corpus.labels)
        return {one: label for one, label in corpus.labels.items() if one in set(interviews)}
    sizes = corpus.utterances["text"].str.len().groupby(corpus.utterances["interview"]).sum()
    total = sizes.reindex(list(corpus.labels), fill_value=0).cumsum()
    fits = {interview for interview in corpus.labels if total[interview] <= MOST_TEXT}
    return {
        interview: label
        for number, (interview, label) in enumerate(corpus.labels.items())
        if interview in fits or number == 0
    }


def _rounded(rate: float) -> float | None:
    return None if math.isnan(rate) else float(f"{rate:.4g}")


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _known(what: str, value: str, choices: Iterable[str]) -> None:
    choices = list(choices)
    if value and value not in choices:
        there = ", ".join(choices[:20]) or "none"
        raise ValueError(f"There is no {what} {value!r}; there are: {there}.")


def _check(data: dict[str, Any], view: str, start: dict[str, Any]) -> None:
    """Refuse to open with what does not exist."""
    _known("view", view, _VIEWS)
    for key in start:
        _known("way to start", key, sorted(_START))
    interviews = [one["id"] for one in data["interviews"]]
    themes = [code["id"] for one in data["codes"] for code in one["codes"]]
    _known("interview", start.get("interview", ""), interviews)
    _known("voice", start.get("role", ""), data["voices"])
    _known("way to match", start.get("by", ""), ["lemma", "word", "prefix"])
    _known("name", start.get("name", ""), data["names"]["names"])
    _known("set of codes", start.get("codes_of", ""), [one["id"] for one in data["codes"]])
    _known("finding", start.get("finding", ""), [one["id"] for one in data["evidence"]])
    for theme in start.get("themes", ()):
        _known("theme", theme, themes)
    for interview, role in start.get("between", ()):
        _known("interview", interview or "", interviews)
        _known("voice", role, data["voices"])


def _starts(data: dict[str, Any], start: dict[str, Any]) -> dict[str, str]:
    """Write the address that each view opens with."""
    asked = [
        f"{key}={quote(start[key])}" for key in ("interview", "role", "sort") if start.get(key)
    ]
    query = f"?{'&'.join(asked)}" if asked else ""
    by, word = start.get("by", "lemma"), start.get("word", "")
    if start.get("name"):
        by, word = "name", start["name"]
    tracks = [("theme", theme) for theme in start.get("themes", ())]
    paths: dict[str, Sequence[str]] = {
        "concordance": (by, word) if word else (),
        "strips": [f"{kind}:{value}" for kind, value in tracks or ([(by, word)] if word else [])],
    }
    if data["codes"]:
        paths["matrix"] = [start.get("codes_of") or data["codes"][0]["id"]]
    between = start.get("between") or _sides(data)
    if between:
        paths["compare"] = [f"{role}@{one}" if one else role for one, role in between]
    if data["evidence"]:
        paths["evidence"] = [start["finding"]] if start.get("finding") else []
    return {
        view: "/".join([view, *(quote(part, safe="") for part in path)]) + query
        for view, path in paths.items()
    }


def _sides(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Choose two sides: the interviewee in two interviews, or the two voices that say most."""
    groups = [group for group in data["rates"]["groups"] if group[0] is not None]
    told = [group for group in groups if group[1] == "interviewee"]
    sides = told[:2] if len(told) > 1 else sorted(groups, key=lambda group: -group[2])[:2]
    return [(data["interviews"][group[0]]["id"], group[1]) for group in sides if len(sides) == 2]


def _first_result(
    tables: _Tables, data: dict[str, Any], view: str, start: dict[str, Any]
) -> tuple[str, list[str], list[list[Any]]]:
    """Write what stands where no script runs: a heading, columns and a few rows."""
    if view == "matrix" and data["codes"]:
        return _counts(data, start)
    if view == "compare" and data["starts"].get("compare"):
        return _terms(data)
    if view == "evidence":
        rows = [[one["sentence"], len(one["rows"])] for one in data["evidence"]]
        return f"{_number(len(rows), 'finding')}.", ["finding", "passages"], rows[:_FEW]
    voice, interview = start.get("role", ""), start.get("interview", "")
    scope = f"{voice or 'all voices'}, {tables.labels.get(interview) or 'all interviews'}"
    if view == "strips" and start.get("themes"):
        spans = _theme_spans(tables, data, start["themes"])
        told, thing = " and ".join(start["themes"]), "sentence"
    else:
        told, spans = _word_spans(tables, start)
        thing = "line"
    if not told:
        return f"{data['holds']} Type a word to see its lines.", [], []
    table = spans.merge(
        tables.utterances[["interview", "utterance", "role", "speaker", "text", "start"]].rename(
            columns={"start": "begin"}
        ),
        on=["interview", "utterance"],
    )
    for column, value in (("role", voice), ("interview", interview)):
        table = table[table[column] == value] if value else table
    heading = f"{told}, {scope}: {_number(len(table), thing)}."
    if len(table) > _FEW:
        heading += f" The first {_FEW}, interviews in turn:"
    return heading, ["interview", "voice", "before", "", "after"], _lines(tables, table)


def _word_spans(tables: _Tables, start: dict[str, Any]) -> tuple[str, pd.DataFrame]:
    """Find where a word or a name stands."""
    word, by, name = start.get("word", ""), start.get("by", "lemma"), start.get("name", "")
    keys = ["interview", "utterance", "start", "end"]
    if name:
        mentions = tables.kept(tables.corpus.mentions)
        return f"{name} (name)", mentions.loc[mentions["canonical"] == name, keys]
    if not word:
        return "", pd.DataFrame(columns=keys)
    titles = tables.titles
    own = titles["title"].str.casefold() == word.strip('“”"').casefold()
    if word[0] in '“"' and own.any():
        return f"“{titles.loc[own, 'title'].iloc[0]}” (title)", titles.loc[own, keys]
    if by == "lemma":
        found = concordance(tables.tokens, lemma=word)
    else:
        end = ".*" if by == "prefix" else ""
        found = concordance(tables.tokens, " ".join(map(re.escape, word.split())) + end)
    return f"“{word}” ({'word form' if by == 'word' else by})", tables.kept(found)[keys]


def _theme_spans(tables: _Tables, data: dict[str, Any], themes: Sequence[str]) -> pd.DataFrame:
    """Find the sentences that are coded with one of the themes."""
    codings = tables.kept(tables.corpus.codings)
    own = codings[codings["theme"].isin(list(themes))]
    return own[["interview", "utterance", "start", "end"]].drop_duplicates()


def _lines(tables: _Tables, table: pd.DataFrame) -> list[list[Any]]:
    """Take a few rows of every interview in turn, and cut a line around each."""
    seen: Counter[str] = Counter()
    turns = []
    for interview in table["interview"]:
        turns.append(seen[interview])
        seen[interview] += 1
    kept = sorted(sorted(range(len(turns)), key=turns.__getitem__)[:_FEW])
    rows = []
    for row in table.iloc[kept].itertuples():
        first, after = row.start - row.begin, row.end - row.begin
        left, right = re.split(r"(\s+)", row.text[:first]), re.split(r"(\s+)", row.text[after:])
        before, behind = left[-2 * _CONTEXT - 1 :], right[: 2 * _CONTEXT + 1]
        voice = row.speaker if isinstance(row.speaker, str) else row.role
        context = "".join(before), row.text[first:after], "".join(behind)
        rows.append([tables.labels[row.interview], voice, *context])
    return rows


def _counts(data: dict[str, Any], start: dict[str, Any]) -> tuple[str, list[str], list[list[Any]]]:
    """Count the passages of each code in every interview."""
    wanted = start.get("codes_of") or data["codes"][0]["id"]
    (chosen,) = [one for one in data["codes"] if one["id"] == wanted]
    role = start.get("role", "")
    places, roles = data["passages"]["interview"], data["passages"]["role"]
    counts = Counter(
        (row[0], places[row[1]]) for row in chosen["rows"] if role in ("", roles[row[1]])
    )
    labels = [one["label"] for one in data["interviews"]][:8]
    rows = [
        [code["name"], *(counts[number, place] for place in range(len(labels)))]
        for number, code in enumerate(chosen["codes"])
    ]
    heading = f"{chosen['title']}: coded passages of {role or 'all voices'} in each interview."
    return heading, ["", *labels], rows


def _terms(data: dict[str, Any]) -> tuple[str, list[str], list[list[Any]]]:
    """Set the most frequent terms of the first side beside the second."""
    rates = data["rates"]
    sides = data["starts"]["compare"].split("?")[0].split("/")[1:]
    ids = [quote(one["id"], safe="") for one in data["interviews"]]
    keys = [
        quote(role, safe="") + ("" if place is None else f"%40{ids[place]}")
        for place, role, _, _ in rates["groups"]
    ]
    numbers = [keys.index(side) for side in sides]
    counts = [{row[0]: row[1] for row in rates["rows"][number]} for number in numbers]
    names = [
        rates["groups"][number][1]
        + (
            ""
            if (place := rates["groups"][number][0]) is None
            else f", {data['interviews'][place]['label']}"
        )
        for number in numbers
    ]
    total = Counter(counts[0]) + Counter(counts[1])
    order = sorted(total, key=lambda term: (-total[term], rates["terms"][term]))[:_FEW]
    rows = [[rates["terms"][term], *(one.get(term, 0) for one in counts)] for term in order]
    return f"The words of {names[0]} and of {names[1]}: counts.", ["word", *names], rows
