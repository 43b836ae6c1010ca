"""Who and what is named: people, works, places, organisations, events, dates, one name for each.

Three layers, the first that knows a name has it:

1. a gazetteer, what a scholar knows and writes down, one line each (`analysis.names.gazetteer`);
2. rules that know no names: titles by their typography, completions in brackets, a part of a name
after the whole;
3. spaCy's statistical model, its spans cleaned.

The longest name wins over a name inside it: Being Ann Lee is a film and mentions nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.annotation.terms import straight
from analysis.annotation.titles import titles_of
from analysis.names.gazetteer import LABELS, folded
from analysis.schemas import ENTITIES
from analysis.sources.quotations import MARKS, core

_COLUMNS = "interview utterance sentence text label canonical start end role speaker source".split()
_NUMBERS = ("utterance", "sentence", "start", "end")
_POSSESSIVE = re.compile(r"[’'](?:s\b)?$", re.IGNORECASE)
# With two words before it, “the Board of Trade’s Best Ship” is an owner and a thing; “Children’s
# Hospital” is one name.
_OWNER = re.compile(r"(\S+(?:\s+\S+)+?)[’']s?\s")
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
# A name does not run over quotation marks, brackets or lines.
_PIECES = re.compile(r"[^“”„«»\"()\n]+")
# Full stops that belong to the word before them.
_ABBREVIATED = re.compile(r"(?:\b[A-Z]\.)+$|\b(?:Jr|Sr|Inc|Ltd|Co|Corp|Bros)\.$")
_EDGES = MARKS + " \t.,;:!?…—–-"
_CAPITAL = r"[^\W\d_a-z][\w’'\-]*"
_COMPLETED = re.compile(rf"(?<!\w)((?:{_CAPITAL} ){{1,3}})\[({_CAPITAL}(?: {_CAPITAL})?)\]")
# Names that end by saying what they name. Of two words at least, so that a Hall may be a person.
_KINDS = {
    "EVENT": re.compile(
        r"\b(?:festival|fest|biennale|biennial|olympics|carnival|convention|conference|fair)$", re.I
    ),
    "FAC": re.compile(
        r"\S\s(?:theat(?:er|re)|cinema|building|tower|bridge|stadium|airport|street|avenue|boulevard)$",
        re.I,
    ),
}
# “the story called Long Road”, “his film Long Road”: what comes next is a title, whatever the model
# takes it for.
_WORK = r"(?:film|movie|novel|book|play|documentary|musical|opera|poem|story|album|song|series)"
_CALLED = re.compile(rf"\b{_WORK}\s+(?:is\s+)?(?:called|titled|entitled)\s$", re.IGNORECASE)
_AFTER_WORK = re.compile(rf"\b{_WORK}\s$", re.IGNORECASE)
# No part of a date: “about ten years”.
_ROUGHLY = re.compile(
    r"(?:about|around|roughly|approximately|nearly|almost|over|like|just|more than|less than|at"
    r" least|up to)\s+",
    re.IGNORECASE,
)
_MINOR = frozenset("a an and at by da de del der di du for in la le of on the to van von &".split())


@dataclass(frozen=True)
class _Name:
    """Characters `[start, end)` of a source and what they are taken for."""

    start: int
    end: int
    label: str
    canonical: str | None
    source: str

    def meets(self, other: _Name) -> bool:
        return self.start < other.end and other.start < self.end

    def holds(self, other: _Name) -> bool:
        """Tell whether the other stands inside this one and is shorter."""
        return (
            self.start <= other.start
            and other.end <= self.end
            and (self.start, self.end) != (other.start, other.end)
        )


def entities(
    utterances: pd.DataFrame, tokens: pd.DataFrame, gazetteer: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Find every mention of people, works, places, organisations, events and dates.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it; boilerplate is passed over.
    tokens : the table that `annotate` makes of it. Utterances without tokens, and tokens without
        utterance, are passed over.
    gazetteer : a table as `load_gazetteer` returns it. Without it names are found by rules and the
        model alone.

    Returns
    -------
    DataFrame with a row for each mention, interviews by name, in reading order; none overlaps
    another:

    - `interview` (str), `utterance`, `sentence` (int64): where it stands, keys of `tokens`.
    - `text` (str): the source's own characters, without possessive, quotation marks and articles.
    - `label` (str): one of `LABELS`.
    - `canonical` (str): one name for all mentions of the same. A part of a name stands for the full
      name where that is known from the gazetteer, as one who holds the conversation, or from this
      interview.
    - `start`, `end` (int64): half-open offsets in the decoded source.
    - `role`, `speaker` (str): of the utterance; speaker may be NA.
    - `source` (str): "gazetteer", "rule" or "model": who found it.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.names.gazetteer import load_gazetteer
    >>> found = entities(load_utterances("seeds"), load_tokens("seeds"), load_gazetteer())
    >>> found.loc[found.interview == "tiff", ["text", "canonical"]].iloc[[5, 6]].values.tolist()
    [['HER', 'Her'], ['Jonze', 'Spike Jonze']]
    """
    spoken = utterances[utterances["role"] != "boilerplate"].sort_values(
        ["interview", "start"], kind="stable"
    )
    tokens = tokens.sort_values(["interview", "start"], kind="stable")
    in_type, by_model = titles_of(spoken), model_mentions(tokens)
    listed = [] if gazetteer is None else list(gazetteer.itertuples())
    known = {folded(row.alias): (row.canonical, row.label) for row in listed}
    aliases = _any_of(form for row in listed for form in (row.alias, row.alias.upper()))
    rows: list[dict[str, Any]] = []
    tables = [(table, table.groupby("interview").indices) for table in (tokens, in_type, by_model)]
    for interview, passages in spoken.groupby("interview"):
        words, titles, guesses = (table.iloc[own.get(interview, [])] for table, own in tables)
        page = _Page.of(passages, words)
        shown = [
            _Name(*_stripped(page.text, row.start, row.end), "WORK_OF_ART", row.title, "rule")
            for row in titles.itertuples()
        ]
        guessed = [
            _Name(row.start, row.end, row.label, None, "model")
            for row in guesses.itertuples()
            if page.text[row.start : row.end].strip()
        ]
        found = _find(page, shown, guessed, _from_gazetteer(page, shown, known, aliases))
        rows += [
            page.row(name) | {"interview": interview}
            for name in found
            if page.tokens_in(name.start, name.end)
        ]
    types = dict.fromkeys(_COLUMNS, "str") | dict.fromkeys(_NUMBERS, "int64")
    return ENTITIES.validate(pd.DataFrame(rows, columns=_COLUMNS).astype(types))


def model_mentions(tokens: pd.DataFrame) -> pd.DataFrame:
    """Read the model's own mentions from its tokens: labels in scope, spans as the model sets them.

    Parameters
    ----------
    tokens : a table as `annotate` returns it.

    Returns
    -------
    DataFrame in the order of `tokens`: `interview`, `label` (str), `start`, `end` (int64).

    Examples
    --------
    >>> tokens = pd.DataFrame({"interview": "a", "entity": ["GPE", "GPE", None]})
    >>> tokens = tokens.assign(begins_entity=[True, True, False], start=[0, 5, 9], end=[4, 8, 10])
    >>> model_mentions(tokens).values.tolist()
    [['a', 'GPE', 0, 4], ['a', 'GPE', 5, 8]]
    """
    inside = tokens[tokens["entity"].isin(LABELS)]
    mention = inside["begins_entity"].cumsum()
    table = inside.groupby(["interview", mention], sort=False).agg(
        label=("entity", "first"), start=("start", "min"), end=("end", "max")
    )
    return (
        table.reset_index("interview")
        .reset_index(drop=True)
        .astype({"interview": "str", "label": "str"})
    )


@dataclass(frozen=True)
class _Page:
    """One interview: its text at the offsets of the source, its passages and tokens in order."""

    text: str
    passages: list[Any]
    starts: list[int]
    tokens: list[Any]
    token_ends: list[int]

    @classmethod
    def of(cls, passages: pd.DataFrame, tokens: pd.DataFrame) -> _Page:
        rows = list(passages.itertuples(index=False))
        text, at = "", 0
        for row in rows:
            text += "\n" * (row.start - at) + row.text
            at = row.end
        columns = ["start", "end", "pos", "dep", "is_stop", "sentence"]
        read = list(tokens[columns].itertuples(index=False))
        return cls(text, rows, [row.start for row in rows], read, [token.end for token in read])

    def words(self, name: _Name) -> str:
        return self.text[name.start : name.end]

    def tokens_in(self, start: int, end: int) -> list[Any]:
        """Return the tokens that have characters in `[start, end)`."""
        first = bisect_right(self.token_ends, start)
        last = first
        while last < len(self.tokens) and self.tokens[last].start < end:
            last += 1
        return self.tokens[first:last]

    def passage(self, start: int) -> Any:
        return self.passages[bisect_right(self.starts, start) - 1]

    def partners(self) -> set[str]:
        """Return who holds the conversation; who is quoted is not known before the text says."""
        rows = (row for row in self.passages if row.role in ("interviewer", "interviewee"))
        return {row.speaker for row in rows if isinstance(row.speaker, str)}

    def longest(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """Find the longest match at each word, inside one passage."""
        for match in pattern.finditer(straight(self.text)):
            start, end = match.span(1)
            if end <= self.passage(start).end:
                yield start, end

    def row(self, name: _Name) -> dict[str, Any]:
        """Return the row of `entities` for a name."""
        passage = self.passage(name.start)
        return {
            "utterance": passage.utterance,
            "sentence": self.tokens_in(name.start, name.end)[0].sentence,
            "text": self.words(name),
            "label": name.label,
            "canonical": name.canonical,
            "start": name.start,
            "end": name.end,
            "role": passage.role,
            "speaker": passage.speaker,
            "source": name.source,
        }


def _find(page: _Page, shown: list[_Name], guessed: list[_Name], known: list[_Name]) -> list[_Name]:
    """Find the names of one interview from the gazetteer, rules, titles shown, and the model."""
    completed = _completions(page)
    modelled = [name for guess in guessed if (name := _cleaned(page, guess)) is not None]
    names = _titles_again(page, _settled(page, known, [*shown, *completed], modelled))
    full = {str(name.canonical) for name in [*known, *completed] if name.label == "PERSON"}
    named = {name for name in full | page.partners() if " " in name}
    return _canonical(page, _repeated(page, names, named), named)


def _from_gazetteer(
    page: _Page,
    shown: list[_Name],
    known: Mapping[str, tuple[str, str]],
    aliases: re.Pattern[str],
) -> list[_Name]:
    titles_at = {(title.start, title.end) for title in shown}
    names = []
    for start, end in page.longest(aliases):
        canonical, label = known[folded(page.text[start:end])]
        name = _Name(start, end, label, canonical, "gazetteer")
        if (start, end) in titles_at or _is_meant(page, name):
            names.append(name)
    return names


def _is_meant(page: _Page, name: _Name) -> bool:
    """Tell a name of the gazetteer from a common word and from a part of another name."""
    words = page.words(name)
    if " " in words:
        return True
    before, after = page.text[: name.start][-1:], page.text[name.end : name.end + 20]
    if name.label == "WORK_OF_ART":
        # A word that is common besides (her, up) is a title only where `analysis.annotation.titles`
        # sees one.
        common = any(token.is_stop for token in page.tokens_in(name.start, name.end))
        marked = before != "" and before in MARKS and after.lstrip(".,;:!?")[:1] in {*MARKS}
        return not common and (words.isupper() or marked)
    # The Catherine that is known is not meant in “Catherine Stone”.
    following = (
        page.tokens_in(name.end + 1, name.end + 2)
        if after[:1] == " " and after[1:2].isupper()
        else []
    )
    return not (name.label == "PERSON" and any(token.pos == "PROPN" for token in following))


def _completions(page: _Page) -> list[_Name]:
    """Find people whose name is completed in brackets: Bo [Chan]."""
    names = []
    for match in _COMPLETED.finditer(page.text):
        first = match.start(1)
        # “When Bo [Chan]”: words before the name are no part of it.
        for word in re.finditer(r"\S+", match[1]):
            tokens = page.tokens_in(match.start(1) + word.start(), match.start(1) + word.end())
            if not all(token.pos == "PROPN" for token in tokens):
                first = match.start(1) + word.end() + 1
        given = page.text[first : match.end(1)].strip()
        if given:
            names.append(_Name(first, match.end(), "PERSON", f"{given} {match[2]}", "rule"))
    return names


def _cleaned(page: _Page, name: _Name) -> _Name | None:
    """Trim the model's span to the name; None if nothing is left, or no name."""
    start, end = name.start, name.end
    if name.label not in ("DATE", "WORK_OF_ART"):
        piece = next(
            (match for match in _PIECES.finditer(page.text, start, end) if match[0].strip(_EDGES)),
            None,
        )
        if piece is None:
            return None
        start, end = piece.span()
        if owner := _OWNER.match(page.text, start, end):
            end = owner.end(1)
    start, end = _stripped(page.text, start, end)
    if (possessive := _POSSESSIVE.search(page.text[start:end])) is not None:
        end = start + possessive.start()
    if name.label not in ("DATE", "WORK_OF_ART") and (
        article := _ARTICLE.match(page.text, start, end)
    ):
        start = article.end()
    if name.label == "DATE":
        while roughly := _ROUGHLY.match(page.text, start, end):
            start = roughly.end()
    elif name.label == "PERSON":
        start += _described_by(page.text[start:end])
    words, tokens = page.text[start:end], page.tokens_in(start, end)
    if name.label == "DATE":
        # A bare number is a year if it looks like one.
        is_date = (
            words and not (words.isdigit() and len(words) != 4) and not _described(page, tokens)
        )
        return replace(name, start=start, end=end) if is_date else None
    if not any(char.isupper() or char.isdigit() for char in words) or all(
        token.pos == "PRON" for token in tokens
    ):
        return None
    return replace(name, start=start, end=end, label=_kind(page, name.label, start, words))


def _kind(page: _Page, label: str, start: int, words: str) -> str:
    """Correct the model's label by the words of the name, or those right before it."""
    before = page.text[max(0, start - 40) : start]
    if _CALLED.search(before) or (
        label in ("ORG", "FAC", "LOC", "EVENT") and _AFTER_WORK.search(before)
    ):
        return "WORK_OF_ART"
    if label in ("PERSON", "WORK_OF_ART"):
        return label
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(words)), label)


def _described_by(words: str) -> int:
    """Count the characters of lower-case words before a name in the model's span.

    >>> _described_by("magician Ann Lee"), _described_by("de la Rue"), _described_by("of it")
    (9, 0, 0)
    """
    at = 0
    for word in words.split(" "):
        if not (word.isalpha() and word.islower()) or word in _MINOR:
            return at
        at += len(word) + 1
    return 0


def _described(page: _Page, tokens: list[Any]) -> bool:
    """Tell a single word that words before it describe, “her school days”, from a date."""
    if len(tokens) != 1:
        return False
    before = page.tokens_in(max(0, tokens[0].start - 2), tokens[0].start)
    return any(token.dep in ("compound", "poss", "amod") for token in before)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Take marks and blanks off both ends of a span, but for the full stop of an abbreviation."""
    words = text[start:end]
    first, last = end - len(words.lstrip(_EDGES)), start + len(words.rstrip(_EDGES))
    return first, last + (last < end and _ABBREVIATED.search(text[first : last + 1]) is not None)


def _settled(
    page: _Page, known: list[_Name], ruled: list[_Name], modelled: list[_Name]
) -> list[_Name]:
    """Decide between names that overlap: the longest, then the one that is better known.

    The model's spans are often too long. One of them wins over a name inside it only if it looks
    like a name itself (Catherine Stone over Catherine, TIFF Bell Lightbox over the capitals TIFF)
    and is not two names in a row.
    """
    sure = _free(
        sorted([*known, *ruled], key=lambda name: (name.start - name.end, name.source, name.start)),
        [],
    )
    longer = []
    for name in modelled:
        met = [other for other in sure if name.meets(other)]
        if len(met) == 1 and name.holds(met[0]) and _is_one_name(page, name, met[0]):
            longer.append(name)
    kept = [name for name in sure if not any(name.meets(other) for other in longer)]
    return _free(modelled, [*kept, *longer])


def _is_one_name(page: _Page, name: _Name, inner: _Name) -> bool:
    words = page.words(name).split()
    if inner.label == "WORK_OF_ART" and (
        inner.source == "gazetteer" or not page.words(inner).isupper()
    ):
        return False
    return not page.words(name).isupper() and all(
        word[0].isupper() or word in _MINOR for word in words
    )


def _free(names: Iterable[_Name], taken: list[_Name]) -> list[_Name]:
    """Add the names, first come, that meet none that is taken; return all in reading order."""
    kept = list(taken)
    spans = sorted((name.start, name.end) for name in kept)
    for name in names:
        at = bisect_left(spans, (name.start, name.end))
        around = spans[max(0, at - 1) : at + 1]
        if not any(start < name.end and name.start < end for start, end in around):
            kept.append(name)
            spans.insert(at, (name.start, name.end))
    return sorted(kept, key=lambda name: name.start)


def _titles_again(page: _Page, names: list[_Name]) -> list[_Name]:
    """Take a title of several words that is shown as one for that title wherever it stands."""
    shown = {
        words
        for name in names
        if name.label == "WORK_OF_ART" and name.source != "model"
        if " " in (words := folded(page.words(name)))
    }
    return [
        replace(name, label="WORK_OF_ART")
        if name.source == "model" and folded(page.words(name)) in shown
        else name
        for name in names
    ]


def _repeated(page: _Page, names: list[_Name], named: set[str]) -> list[_Name]:
    """Find again what the interview names elsewhere: names, surnames, titles of several words."""
    said = ((" ".join(page.words(name).split()), name.label) for name in names)
    found = _most_frequent(
        (words, label)
        for words, label in said
        if label != "DATE" and (" " in words or label != "WORK_OF_ART")
    )
    people = named | {words for words, label in found.items() if label == "PERSON" and " " in words}
    for full in sorted(people):
        found.setdefault(full, "PERSON")
        found.setdefault(core(full)[-1], "PERSON")
    for full in sorted(named):
        found.setdefault(core(full)[0], "PERSON")
    again = []
    for start, end in page.longest(_any_of(found)):
        words = " ".join(page.text[start:end].split())
        is_name = all(token.pos == "PROPN" for token in page.tokens_in(start, end)) or " " in words
        if words in found and is_name:
            again.append(_Name(start, end, found[words], None, "rule"))
    return _free(again, names)


def _canonical(page: _Page, names: list[_Name], named: set[str]) -> list[_Name]:
    """Give each name one form: the full name, the whole title, or the usual spelling."""
    spelled = (" ".join(page.words(name).split()) for name in names)
    usual = _most_frequent((folded(words), words) for words in spelled)
    people = {
        name.canonical or usual[folded(page.words(name))]
        for name in names
        if name.label == "PERSON"
    }
    by_last = _parts((full for full in people | named if " " in full), first=False)
    by_first = _parts(named, first=True)
    works = {name.canonical for name in names if name.label == "WORK_OF_ART" and name.canonical}
    result = []
    for name in names:
        words, label = usual[folded(page.words(name))], name.label
        if name.canonical is not None:
            full = name.canonical
        elif label in ("DATE", "WORK_OF_ART", "EVENT"):
            full = words
        else:
            # What is part of a person's name is that person, whatever the model takes it for.
            known = by_last.get(words) or by_first.get(words) or set()
            full, label = min(known) if len(known) == 1 else words, "PERSON" if known else label
        if label == "WORK_OF_ART":
            full = _whole_title(full, works)
        elif label == "PERSON" and " " in full:
            # A first name stands for a full name that was said before; one said later may be
            # another's.
            by_first.setdefault(full.split()[0], set()).add(full)
        result.append(replace(name, canonical=full, label=label))
    return result


def _most_frequent(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the value that each key has most often, ties by name."""
    counts: dict[str, Counter[str]] = {}
    for key, value in pairs:
        counts.setdefault(key, Counter())[value] += 1
    return {key: min(own, key=lambda one: (-own[one], one)) for key, own in counts.items()}


def _parts(names: Iterable[str], *, first: bool) -> dict[str, set[str]]:
    """List the full names that a first name, or the last words of a name, may stand for."""
    parts: dict[str, set[str]] = {}
    for full in names:
        words = core(full)
        for part in [words[0]] if first else [" ".join(words[at:]) for at in range(1, len(words))]:
            parts.setdefault(part, set()).add(full)
    return parts


def _whole_title(title: str, works: Iterable[str | None]) -> str:
    """Return the one longer title that has the two words or more of this one in a row, or this one.

    >>> _whole_title("Long Way", ["The Long Way Home", "Long Way"])
    'The Long Way Home'
    >>> _whole_title("Way", ["The Long Way Home"])
    'Way'
    """
    words = folded(title)
    if " " not in words:
        return title
    longer = {
        work
        for work in works
        if work and folded(work) != words and f" {words} " in f" {folded(work)} "
    }
    return next(iter(longer)) if len(longer) == 1 else title


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Build a pattern that finds, at each word, the longest of some names as its group 1."""
    words = sorted(
        {" ".join(straight(name).split()) for name in names}, key=lambda name: (-len(name), name)
    )
    listed = "|".join(r"\s+".join(re.escape(word) for word in name.split()) for name in words)
    # A title may end in a mark (“Adaptation.”), after which a word boundary is no test.
    return re.compile(rf"(?<!\w)(?<!\w')(?=({listed or '(?!)'})(?!\w))")
