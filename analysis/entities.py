"""Who and what is named: mentions of people, works, places, organisations, events and dates, one name for each.

Three layers, the first that knows a name has it:

1. a gazetteer, what a scholar knows and writes down, one line each (`load_gazetteer`);
2. rules that know no names: titles by their typography, completions in brackets, a part of a name after the whole;
3. spaCy's statistical model, its spans cleaned.

The longest name wins over a name inside it: Being John Malkovich is a film and mentions nobody.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.interviews import SourceError
from analysis.quotations import MARKS, core
from analysis.terms import straight
from analysis.titles import titles

# In scope, with the names of spaCy's English models (OntoNotes 5).
LABELS = ("PERSON", "WORK_OF_ART", "ORG", "GPE", "LOC", "FAC", "EVENT", "DATE")
# The gazetteer of a folder of interviews; a folder may have none.
GAZETTEER = "gazetteer.csv"
_HEADER = ["canonical", "label", "aliases", "wikidata", "note"]
_COLUMNS = "interview utterance sentence text label canonical start end role speaker source".split()
_NUMBERS = ("utterance", "sentence", "start", "end")
_POSSESSIVE = re.compile(r"[’'](?:s\b)?$", re.IGNORECASE)
# With two words before it, “the Board of Trade’s Best Ship” is an owner and a thing; “Children’s Hospital” is one name.
_OWNER = re.compile(r"(\S+(?:\s+\S+)+?)[’']s?\s")
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
# A name does not run over quotation marks, brackets or lines.
_PIECES = re.compile(r"[^“”„«»\"()\n]+")
# Full stops that belong to the word before them.
_ABBREVIATED = re.compile(r"(?:\b[A-Z]\.)+$|\b(?:Jr|Sr|Inc|Ltd|Co|Corp|Bros)\.$")
_EDGES = MARKS + " \t.,;:!?…—–-"
_CAPITAL = r"[^\W\d_a-z][\w’'\-]*"
_COMPLETED = re.compile(rf"(?<!\w)((?:{_CAPITAL} ){{1,3}})\[({_CAPITAL}(?: {_CAPITAL})?)\]")
_EVENT = re.compile(r"\b(?:festival|fest|biennale|biennial|olympics)$", re.IGNORECASE)
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
        return self.start <= other.start and other.end <= self.end and self.end - self.start > other.end - other.start


def load_gazetteer(path: str | Path = "seeds/gazetteer.csv") -> pd.DataFrame:
    """Read the names that a scholar knows, one line each.

    Parameters
    ----------
    path : a comma-separated file in UTF-8 with the columns canonical, label, aliases, wikidata, note. Aliases are
        separated by semicolons and are other ways to write the name; the canonical name is always one. wikidata
        (Q and a number) and note may be empty. Blank lines are passed over.

    Returns
    -------
    DataFrame with a row for each way to write a name: `alias`, `canonical`, `label` (str), `wikidata`, `note` (str;
    NA where empty), `line` (int64: of the file).

    Raises
    ------
    SourceError
        If the file is missing, a line is malformed, or two lines claim one alias; the line is named.

    Examples
    --------
    >>> table = load_gazetteer()
    >>> table.loc[table["alias"] == "Jonze", ["canonical", "label"]].values.tolist()
    [['Spike Jonze', 'PERSON']]
    """
    rows = []
    claimed: dict[str, int] = {}
    for line, cells in _lines(Path(path)):
        place = f"{path}, line {line}"
        if len(cells) != len(_HEADER):
            raise SourceError(
                f"{place}: has {len(cells)} cells, not {len(_HEADER)}; write {', '.join(_HEADER)} with commas between, "
                "and put a cell that holds a comma in quotation marks."
            )
        canonical, label, listed, wikidata, note = (cell.strip() for cell in cells)
        if label not in LABELS:
            raise SourceError(f"{place}: label {label!r} is unknown; use one of {', '.join(LABELS)}.")
        if wikidata and not re.fullmatch(r"Q[1-9]\d*", wikidata):
            raise SourceError(f"{place}: Wikidata id {wikidata!r} is not Q and a number; correct it or leave it empty.")
        for alias in dict.fromkeys([canonical, *(one.strip() for one in listed.split(";") if one.strip())]):
            if not any(char.isalnum() and not char.islower() for char in alias):
                what = f"alias {alias!r}" if canonical else "canonical name"
                fault = "has no capital letter and would be taken for common words" if canonical else "is empty"
                raise SourceError(f"{place}: {what} {fault}; write the name as it stands in a text.")
            first = claimed.setdefault(_folded(alias), line)
            if first != line:
                raise SourceError(
                    f"{path}, lines {first} and {line}: both claim {alias!r}; leave it to one of them, because a name "
                    "alone cannot tell who is meant."
                )
            rows.append((alias, canonical, label, wikidata or None, note or None, line))
    table = pd.DataFrame(rows, columns=["alias", "canonical", "label", "wikidata", "note", "line"])
    return table.astype(dict.fromkeys(table.columns.drop("line"), "str") | {"line": "int64"})


def entities(utterances: pd.DataFrame, tokens: pd.DataFrame, gazetteer: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find every mention of a person, work, place, organisation, event or date, under one name each.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it; boilerplate is passed over.
    tokens : the table that `annotate` makes of it. Utterances without tokens, and tokens without utterance, are passed
        over.
    gazetteer : a table as `load_gazetteer` returns it. Without it names are found by rules and the model alone.

    Returns
    -------
    DataFrame with a row for each mention, interviews by name, in reading order; none overlaps another:

    - `interview` (str), `utterance`, `sentence` (int64): where it stands, keys of `tokens`.
    - `text` (str): the source's own characters, without possessive, quotation marks and articles.
    - `label` (str): one of `LABELS`.
    - `canonical` (str): one name for all mentions of the same. A part of a name stands for the full name where that is
      known from the gazetteer, as one who holds the conversation, or from this interview.
    - `start`, `end` (int64): half-open offsets in the decoded source.
    - `role`, `speaker` (str): of the utterance; speaker may be NA.
    - `source` (str): "gazetteer", "rule" or "model": who found it.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> found = entities(load_utterances("seeds"), load_tokens("seeds"), load_gazetteer())
    >>> found.loc[found.interview == "tiff", ["text", "canonical"]].iloc[[5, 6]].values.tolist()
    [['HER', 'Her'], ['Jonze', 'Spike Jonze']]
    """
    from analysis.schemas import ENTITIES

    spoken = utterances[utterances["role"] != "boilerplate"].sort_values(["interview", "start"], kind="stable")
    tokens = tokens.sort_values(["interview", "start"], kind="stable")
    in_type, by_model = titles(spoken), model_mentions(tokens)
    known = None if gazetteer is None else _Gazetteer.of(gazetteer)
    rows: list[dict[str, Any]] = []
    for interview, passages in spoken.groupby("interview"):
        of_it = [table[table["interview"] == interview] for table in (tokens, in_type, by_model)]
        page = _Page.of(passages, of_it[0])
        shown = [
            _Name(*_stripped(page.text, row.start, row.end, _EDGES), "WORK_OF_ART", row.title, "rule")
            for row in of_it[1].itertuples()
        ]
        guessed = [
            _Name(row.start, row.end, row.label, None, "model")
            for row in of_it[2].itertuples()
            if page.text[row.start : row.end].strip()
        ]
        found = (name for name in _find(page, shown, guessed, known) if page.tokens_in(name.start, name.end))
        rows += [page.row(name) | {"interview": interview} for name in found]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    texts = [column for column in _COLUMNS if column not in _NUMBERS]
    return ENTITIES.validate(table.astype(dict.fromkeys(_NUMBERS, "int64") | dict.fromkeys(texts, "str")))


def model_mentions(tokens: pd.DataFrame) -> pd.DataFrame:
    """Read the model's own mentions from its tokens, labels in scope only, spans as the model sets them.

    Parameters
    ----------
    tokens : a table as `annotate` returns it.

    Returns
    -------
    DataFrame in the order of `tokens`: `interview`, `label` (str), `start`, `end` (int64).

    Examples
    --------
    >>> tokens = pd.DataFrame({"interview": "a", "entity": ["GPE", "GPE", None], "begins_entity": [True, True, False]})
    >>> model_mentions(tokens.assign(start=[0, 5, 9], end=[4, 8, 10])).values.tolist()
    [['a', 'GPE', 0, 4], ['a', 'GPE', 5, 8]]
    """
    inside = tokens[tokens["entity"].isin(LABELS)]
    mention = inside["begins_entity"].cumsum()
    table = inside.groupby(["interview", mention], sort=False).agg(
        label=("entity", "first"), start=("start", "min"), end=("end", "max")
    )
    return table.reset_index("interview").reset_index(drop=True).astype({"interview": "str", "label": "str"})


@dataclass(frozen=True)
class _Gazetteer:
    """Canonical name and label of each alias, folded, and a pattern that finds them all."""

    names: Mapping[str, tuple[str, str]]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, table: pd.DataFrame) -> _Gazetteer:
        aliases = zip(table["alias"], table["canonical"], table["label"], strict=True)
        names = {_folded(alias): (canonical, label) for alias, canonical, label in aliases}
        return cls(names, _any_of(form for alias in table["alias"] for form in (alias, alias.upper())))


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    pos: str
    dep: str
    common: bool
    sentence: int


@dataclass(frozen=True)
class _Page:
    """One interview: its analysed text at the offsets of the source, its passages and tokens in reading order."""

    text: str
    passages: list[Any]
    starts: list[int]
    tokens: list[_Token]
    token_ends: list[int]

    @classmethod
    def of(cls, passages: pd.DataFrame, tokens: pd.DataFrame) -> _Page:
        rows = list(passages.itertuples(index=False))
        text, at = "", 0
        for row in rows:
            text += "\n" * (row.start - at) + row.text
            at = row.end
        columns = (tokens[key] for key in ("start", "end", "pos", "dep", "is_stop", "sentence"))
        read = [_Token(*values) for values in zip(*columns, strict=True)]
        return cls(text, rows, [row.start for row in rows], read, [token.end for token in read])

    def words(self, name: _Name) -> str:
        return self.text[name.start : name.end]

    def tokens_in(self, start: int, end: int) -> list[_Token]:
        """Return the tokens that have characters in `[start, end)`."""
        first = bisect_right(self.token_ends, start)
        last = first
        while last < len(self.tokens) and self.tokens[last].start < end:
            last += 1
        return self.tokens[first:last]

    def passage(self, start: int) -> Any:
        return self.passages[bisect_right(self.starts, start) - 1]

    def partners(self) -> set[str]:
        """Return who holds the conversation. Somebody quoted is not known before the text names him."""
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


def _find(page: _Page, shown: list[_Name], guessed: list[_Name], gazetteer: _Gazetteer | None) -> list[_Name]:
    """Find the names of one interview: by the gazetteer, by rules and titles shown, by the model's guesses."""
    known = [] if gazetteer is None else _from_gazetteer(page, shown, gazetteer)
    completed = _completions(page)
    modelled = [name for guess in guessed if (name := _cleaned(page, guess)) is not None]
    names = _settled(page, known, [*shown, *completed], modelled)
    full = {str(name.canonical) for name in [*known, *completed] if name.label == "PERSON"}
    named = {name for name in full | page.partners() if " " in name}
    return _canonical(page, _repeated(page, names, named), named)


def _from_gazetteer(page: _Page, shown: list[_Name], gazetteer: _Gazetteer) -> list[_Name]:
    titles_at = {(title.start, title.end) for title in shown}
    names = []
    for start, end in page.longest(gazetteer.pattern):
        canonical, label = gazetteer.names[_folded(page.text[start:end])]
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
        # A word that is common besides (her, up) is a title only where `analysis.titles` sees one.
        common = any(token.common for token in page.tokens_in(name.start, name.end))
        marked = before != "" and before in MARKS and after.lstrip(".,;:!?")[:1] in {*MARKS}
        return not common and (words.isupper() or marked)
    # The Catherine that is known is not meant in “Catherine Stone”.
    following = page.tokens_in(name.end + 1, name.end + 2) if after[:1] == " " and after[1:2].isupper() else []
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
    """Take off the model's span what is no part of the name; None if nothing is left, or no name."""
    start, end = name.start, name.end
    if name.label not in ("DATE", "WORK_OF_ART"):
        piece = next((match for match in _PIECES.finditer(page.text, start, end) if match[0].strip(_EDGES)), None)
        if piece is None:
            return None
        start, end = piece.span()
        if owner := _OWNER.match(page.text, start, end):
            end = owner.end(1)
    start, end = _stripped(page.text, start, end, _EDGES)
    if (possessive := _POSSESSIVE.search(page.text[start:end])) is not None:
        end = start + possessive.start()
    if name.label not in ("DATE", "WORK_OF_ART") and (article := _ARTICLE.match(page.text, start, end)):
        start = article.end()
    words, tokens = page.text[start:end], page.tokens_in(start, end)
    if name.label == "DATE":
        return None if not words or _described(page, tokens) else replace(name, start=start, end=end)
    if not any(char.isupper() or char.isdigit() for char in words) or all(token.pos == "PRON" for token in tokens):
        return None
    label = "EVENT" if name.label == "ORG" and _EVENT.search(words) else name.label
    return replace(name, start=start, end=end, label=label)


def _described(page: _Page, tokens: list[_Token]) -> bool:
    """Tell a single word that words before it describe, “her school days”, from a date."""
    if len(tokens) != 1:
        return False
    before = page.tokens_in(max(0, tokens[0].start - 2), tokens[0].start)
    return any(token.dep in ("compound", "poss", "amod") for token in before)


def _stripped(text: str, start: int, end: int, edges: str) -> tuple[int, int]:
    """Take marks and blanks off both ends of a span, but for the full stop of an abbreviation."""
    words = text[start:end]
    first, last = end - len(words.lstrip(edges)), start + len(words.rstrip(edges))
    return first, last + (last < end and _ABBREVIATED.search(text[first : last + 1]) is not None)


def _settled(page: _Page, known: list[_Name], ruled: list[_Name], modelled: list[_Name]) -> list[_Name]:
    """Decide between names that overlap: the longest, then the one that is better known.

    The model's spans are often too long. One of them wins over a name inside it only if it looks like a name itself
    (Catherine Stone over Catherine, TIFF Bell Lightbox over the capitals TIFF) and is not two names in a row.
    """
    sure = _free(sorted([*known, *ruled], key=lambda name: (name.start - name.end, name.source, name.start)), [])
    longer = []
    for name in modelled:
        met = [other for other in sure if name.meets(other)]
        if len(met) == 1 and name.holds(met[0]) and _is_one_name(page, name, met[0]):
            longer.append(name)
    kept = [name for name in sure if not any(name.meets(other) for other in longer)]
    return _free(modelled, [*kept, *longer])


def _is_one_name(page: _Page, name: _Name, inner: _Name) -> bool:
    words = page.words(name).split()
    if inner.label == "WORK_OF_ART" and (inner.source == "gazetteer" or not page.words(inner).isupper()):
        return False
    return not page.words(name).isupper() and all(word[0].isupper() or word in _MINOR for word in words)


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


def _repeated(page: _Page, names: list[_Name], named: set[str]) -> list[_Name]:
    """Find again what the interview has named before or after: a name, a surname, a title of several words."""
    labels: dict[str, Counter[str]] = {}
    for name in names:
        words = " ".join(page.words(name).split())
        if name.label != "DATE" and (" " in words or name.label != "WORK_OF_ART"):
            labels.setdefault(words, Counter())[name.label] += 1
    found = {words: min(counts, key=lambda label: (-counts[label], label)) for words, counts in labels.items()}
    people = named | {words for words, label in found.items() if label == "PERSON" and " " in words}
    for full in sorted(people):
        found.setdefault(full, "PERSON")
        found.setdefault(core(full)[-1], "PERSON")
    for full in sorted(named):
        found.setdefault(core(full)[0], "PERSON")
    if not found:
        return names
    again = []
    for start, end in page.longest(_any_of(found)):
        words = " ".join(page.text[start:end].split())
        is_name = all(token.pos == "PROPN" for token in page.tokens_in(start, end)) or " " in words
        if words in found and is_name:
            again.append(_Name(start, end, found[words], None, "rule"))
    return _free(again, names)


def _canonical(page: _Page, names: list[_Name], named: set[str]) -> list[_Name]:
    """Give each name the one form that stands for all: the full name, the whole title, the usual spelling."""
    spellings: dict[str, Counter[str]] = {}
    for name in names:
        words = " ".join(page.words(name).split())
        spellings.setdefault(_folded(words), Counter())[words] += 1
    usual = {key: min(counts, key=lambda form: (-counts[form], form)) for key, counts in spellings.items()}
    people = {name.canonical or usual[_folded(page.words(name))] for name in names if name.label == "PERSON"}
    by_last = _parts((full for full in people | named if " " in full), first=False)
    by_first = _parts(named, first=True)
    works = {name.canonical for name in names if name.label == "WORK_OF_ART" and name.canonical}
    result = []
    for name in names:
        words, label = usual[_folded(page.words(name))], name.label
        if name.canonical is not None:
            full = name.canonical
        elif label in ("DATE", "WORK_OF_ART", "EVENT"):
            full = words
        else:
            # What is part of a person's name is that person, whatever the model takes it for.
            known = by_last.get(words, set()) or by_first.get(words, set())
            full, label = (next(iter(known)), "PERSON") if len(known) == 1 else (words, label)
        if label == "WORK_OF_ART":
            full = _whole_title(full, works)
        elif label == "PERSON" and " " in full:
            # A first name stands for a full name that was said before; one said later may be another's.
            by_first.setdefault(full.split()[0], set()).add(full)
        result.append(replace(name, canonical=full, label=label))
    return result


def _parts(names: Iterable[str], *, first: bool) -> dict[str, set[str]]:
    """List the full names that a first name, or the last words of a name, may stand for."""
    parts: dict[str, set[str]] = {}
    for full in names:
        words = core(full)
        for part in [words[0]] if first else [" ".join(words[at:]) for at in range(1, len(words))]:
            parts.setdefault(part, set()).add(full)
    return parts


def _whole_title(title: str, works: Iterable[str | None]) -> str:
    """Return the one longer title that has the words of this one in a row, or this one; one word is too little.

    >>> _whole_title("Long Way", ["The Long Way Home", "Long Way"]), _whole_title("Way", ["The Long Way Home"])
    ('The Long Way Home', 'Way')
    """
    words = _folded(title)
    if " " not in words:
        return title
    longer = {work for work in works if work and _folded(work) != words and f" {words} " in f" {_folded(work)} "}
    return next(iter(longer)) if len(longer) == 1 else title


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Build a pattern that finds, at each word, the longest of some names; its group 1 is the name."""
    words = sorted({" ".join(straight(name).split()) for name in names}, key=lambda name: (-len(name), name))
    listed = "|".join(r"\s+".join(re.escape(word) for word in name.split()) for name in words)
    # A title may end in a mark (“Adaptation.”), after which a word boundary is no test.
    return re.compile(rf"(?<!\w)(?<!\w')(?=({listed or '(?!)'})(?!\w))")


def _folded(name: str) -> str:
    """Fold what does not tell names apart: case, blanks, the shape of apostrophes."""
    return " ".join(straight(name).casefold().split())


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read the lines of a gazetteer that hold something, after its header, each with its number."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; put the gazetteer there.") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path}: is not UTF-8; save it as CSV in UTF-8.") from None
    rows = ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip(" ,"))
    for count, (number, line) in enumerate(rows):
        try:
            cells = next(csv.reader([line], strict=True))
        except csv.Error as error:
            raise SourceError(f"{path}, line {number}: {error}; close every quotation mark in its line.") from None
        if count == 0 and [cell.strip() for cell in cells] != _HEADER:
            raise SourceError(f"{path}, line {number}: the columns are not {', '.join(_HEADER)}; correct them.")
        if count:
            yield number, cells
