"""Find the names of people, works, places, organisations, events and dates, one form for each.

Three layers; the first that knows a name decides:

1. the gazetteer, which lists the names that a scholar knows (`analysis.names.gazetteer`);
2. rules that use no list of names: titles by their typography, names completed in brackets, part
of a name once the whole has occurred;
3. spaCy's statistical model, its spans cleaned.

A name takes precedence over a shorter one inside it: Being Ann Lee is a film and mentions nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd

from analysis.annotation.terms import straight
from analysis.annotation.titles import in_capitals, titles_of
from analysis.names.gazetteer import LABELS, folded
from analysis.schemas import ENTITIES, typed
from analysis.sources.quotations import MARKS, core

_POSSESSIVE = re.compile(r"[’'](?:s\b)?$", re.IGNORECASE)
# After two words or more, “the Board of Trade’s Best Ship” is an owner and a thing; “Children’s
# Hospital” is one name.
_OWNER = re.compile(r"(\S+(?:\s+\S+)+?)[’']s?\s")
# A name does not run over quotation marks, brackets or lines.
_PIECES = re.compile(r"[^“”„«»\"()\n]+")
# Full stops that belong to the word before them.
_ABBREVIATED = re.compile(r"(?:\b[A-Z]\.)+$|\b(?:Jr|Sr|Inc|Ltd|Co|Corp|Bros)\.$")
_EDGES = MARKS + " \t\n\0.,;:!?…—–-"
_CAPITAL = r"[^\W\d_a-z][\w’'\-]*"
_COMPLETED = re.compile(
    rf"(?<!\w)((?:{_CAPITAL} ){{1,3}})\[(?![^a-z]+\])({_CAPITAL}(?: {_CAPITAL})?)\]"
)
# Names whose last word says what they are. Those of places have two words or more, because a Street
# may be a person.
_KINDS = {
    "EVENT": re.compile(
        r"\b(?:festival|fest|biennale|biennial|olympics|carnival|convention|conference|fair)$", re.I
    ),
    "FAC": re.compile(
        r"\S\s(?:theat(?:er|re)|cinema|building|tower|bridge|stadium|airport|street|avenue|boulevard)$",
        re.I,
    ),
}
# What follows “the story called” or “his film” is a title, whatever the model says.
_WORK = r"(?:film|movie|novel|book|play|documentary|musical|opera|poem|story|album|song|series)"
_CALLED = re.compile(rf"\b{_WORK}\s+(?:is\s+)?(?:called|titled|entitled)\s$", re.IGNORECASE)
_AFTER_WORK = re.compile(rf"\b{_WORK}\s$", re.IGNORECASE)
_MINOR = frozenset("a an and at by da de del der di du for in la le of on the to van von &".split())
# Characters around a word that show whether the text there is in capitals.
_AROUND = 100
# Words at the start of the model's span that are not part of the name.
_ARTICLE = r"(?:(?i:the|an?)\s+)?"
_LEADING = {
    "DATE": r"(?i:(?:about|around|roughly|approximately|nearly|almost|over|like|just|more than"
    r"|less than|at least|up to)\s+)*",
    # “magician Ann Lee”, but “de la Rue”.
    "PERSON": rf"{_ARTICLE}(?:(?!(?:{'|'.join(sorted(_MINOR))}) )[a-zß-öø-ÿ]+ )*",
    "WORK_OF_ART": "",
}


class _Name(NamedTuple):
    """Characters `[start, end)` of a source and what they are taken for."""

    start: int
    end: int
    label: str
    canonical: str | None
    source: str


def entities(
    utterances: pd.DataFrame, tokens: pd.DataFrame, gazetteer: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Find every mention of people, works, places, organisations, events and dates.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`; boilerplate is ignored.
    tokens : the table that `annotate` makes from it. Utterances without tokens, and tokens without
        an utterance, are ignored.
    gazetteer : a table as returned by `load_gazetteer`. Without it, names are found by rules and
        the model alone.

    Returns
    -------
    DataFrame with one row for each mention, interviews by name, in reading order; no two overlap:

    - `interview` (str), `utterance`, `sentence` (int64): where it is, keys of `tokens`.
    - `text` (str): the source's own characters, without possessive, quotation marks and articles.
    - `label` (str): one of `LABELS`.
    - `canonical` (str): the same for all mentions of one name. Part of a name stands for the full
      name if the gazetteer, the list of speakers or this interview gives it.
    - `start`, `end` (int64): half-open offsets in the decoded source.
    - `role`, `speaker` (str): of the utterance; speaker may be NA.
    - `source` (str): what found it: "gazetteer", "rule" or "model".

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.names.gazetteer import load_gazetteer
    >>> found = entities(load_utterances("seeds"), load_tokens("seeds"), load_gazetteer())
    >>> found.loc[found.interview == "tiff", ["text", "canonical"]].iloc[[5, 6]].values.tolist()
    [['HER', 'Her'], ['Jonze', 'Spike Jonze']]
    """
    order = ["interview", "start"]
    spoken = utterances[utterances["role"] != "boilerplate"].sort_values(order, kind="stable")
    tokens = tokens[["interview", *_TOKEN, "entity", "begins_entity"]]
    tokens = tokens.sort_values(order, kind="stable")
    passages = _by_interview(spoken, _PASSAGE)
    titles = _by_interview(titles_of(spoken), ["start", "end", "title"])
    guesses = _by_interview(model_mentions(tokens), ["start", "end", "label"])
    listed = [] if gazetteer is None else gazetteer[["alias", "canonical", "label"]].to_numpy()
    known = {folded(alias): (canonical, label) for alias, canonical, label in listed}
    aliases = _any_of(form for alias, *_ in listed for form in (alias, alias.upper()))
    rows = []
    for interview, own in tokens.groupby("interview"):
        if interview not in passages:
            continue
        page = _Page(passages[interview], own)
        shown = [
            _Name(*_stripped(page.text, start, end), "WORK_OF_ART", title, "rule")
            for start, end, title in titles[interview]
        ]
        at = {title[:2] for title in shown}
        in_gazetteer = [
            _Name(start, end, label, canonical, "gazetteer")
            for start, end in page.longest(aliases)
            for canonical, label in [known[folded(page.text[start:end])]]
            if (start, end) in at or _is_meant(page, start, end, label)
        ]
        guessed = [
            _Name(start, end, label, None, "model") for start, end, label in guesses[interview]
        ]
        names = _find(page, shown, guessed, in_gazetteer)
        rows += [(interview, *row) for name in names if (row := page.row(name))]
    return typed(pd.DataFrame(rows, columns=list(ENTITIES.columns)), ENTITIES)


def model_mentions(tokens: pd.DataFrame) -> pd.DataFrame:
    """Read the model's own mentions from its tokens: labels in scope, spans unchanged.

    Parameters
    ----------
    tokens : a table as returned by `annotate`.

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
    first = inside["begins_entity"] | inside["interview"].ne(inside["interview"].shift())
    last = first.shift(-1, fill_value=True)
    table = inside.loc[first, ["interview", "entity", "start"]].rename(columns={"entity": "label"})
    table["end"] = inside.loc[last, "end"].to_numpy()
    return table.reset_index(drop=True).astype({"interview": "str", "label": "str"})


_TOKEN = ["start", "end", "pos", "dep", "is_stop", "sentence"]
_PASSAGE = ["start", "end", "text", "utterance", "role", "speaker"]


class _Page:
    """One interview: its text at the offsets of the source, its passages and its tokens."""

    def __init__(self, passages: list[tuple[Any, ...]], tokens: pd.DataFrame) -> None:
        self.passages = passages
        # Several times as fast as to_dict.
        self.tokens: dict[str, list[Any]] = {name: tokens[name].to_list() for name in _TOKEN}
        ends = [0, *(end for _, end, *_ in passages)]
        # What is left out is no space, so no name runs from one passage into the next.
        self.text = "".join(
            "\0" * (start - before) + text
            for before, (start, _, text, *_) in zip(ends, passages, strict=False)
        )

    def words(self, start: int, end: int) -> str:
        """Return the words of a span on one line."""
        return " ".join(self.text[start:end].split())

    def tokens_in(self, start: int, end: int) -> range:
        """Return the positions of the tokens that have characters in `[start, end)`."""
        first = bisect_right(self.tokens["end"], start)
        return range(first, bisect_left(self.tokens["start"], end, first))

    def has(self, start: int, end: int, *pos: str) -> list[bool]:
        """Tell whether each token in `[start, end)` is one of these parts of speech."""
        return [self.tokens["pos"][place] in pos for place in self.tokens_in(start, end)]

    def longest(self, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        """Find the longest match at each word."""
        return [match.span(1) for match in pattern.finditer(straight(self.text))]

    def row(self, name: _Name) -> tuple[Any, ...] | None:
        """Return a name's row of `entities`, without the interview; None if it has no token."""
        tokens = self.tokens_in(name.start, name.end)
        if not tokens:
            return None
        passage = bisect_right(self.passages, name.start, key=itemgetter(0)) - 1
        *_, utterance, role, speaker = self.passages[passage]
        start, end, label, canonical, source = name
        sentence, words = self.tokens["sentence"][tokens[0]], self.text[start:end]
        return utterance, sentence, words, label, canonical, start, end, role, speaker, source


def _by_interview(table: pd.DataFrame, columns: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for interview, *row in table[["interview", *columns]].itertuples(index=False):
        rows[interview].append(tuple(row))
    return rows


def _find(page: _Page, shown: list[_Name], guessed: list[_Name], known: list[_Name]) -> list[_Name]:
    """Find the names of one interview, from the gazetteer, rules, marked titles and the model."""
    completed = list(_completions(page))
    # Several words that are marked as a title somewhere are that title everywhere.
    titles = {
        folded(page.text[name.start : name.end])
        for name in [*known, *shown]
        if name.label == "WORK_OF_ART"
    }
    modelled = [name for guess in guessed if (name := _cleaned(page, guess, titles))]
    names = _settled(page, [*known, *shown, *completed], modelled)
    named = {str(name.canonical) for name in [*known, *completed] if name.label == "PERSON"}
    # The people who take part in the conversation, as far as the source names them.
    named |= {
        str(speaker)
        for *_, role, speaker in page.passages
        if role in ("interviewer", "interviewee")
    }
    named = {name for name in named if " " in name}
    return _canonical(page, _repeated(page, names, named), named)


def _is_meant(page: _Page, start: int, end: int, label: str) -> bool:
    """Distinguish a name in the gazetteer from a common word and from part of another name."""
    words, text = page.text[start:end], page.text
    if " " in words:
        return True
    if words.isupper() and in_capitals(text[max(0, start - _AROUND) : end + _AROUND]):
        # Where everything is in capitals, they do not distinguish a name from a common word.
        return label != "WORK_OF_ART" and all(page.has(start, end, "PROPN"))
    before, after = text[:start][-1:], text[end : end + 20]
    if label == "WORK_OF_ART":
        # A word that is also common (her, up) is a title only where `analysis.annotation.titles`
        # finds one.
        common = any(page.tokens["is_stop"][place] for place in page.tokens_in(start, end))
        marked = before != "" and before in MARKS and after.lstrip(".,;:!?")[:1] in {*MARKS}
        return not common and (words.isupper() or marked)
    # “Catherine Stone” does not mean the Catherine of the gazetteer.
    followed = label == "PERSON" and after[:1] == " " and after[1:2].isupper()
    return not (followed and any(page.has(end + 1, end + 2, "PROPN")))


def _completions(page: _Page) -> Iterator[_Name]:
    """Find people whose name is completed in brackets: Bo [Chan]."""
    for match in _COMPLETED.finditer(page.text):
        first = at = match.start(1)
        # “When Bo [Chan]”: words before the name are not part of it.
        for word in re.finditer(r"\S+", match[1]):
            if not all(page.has(at + word.start(), at + word.end(), "PROPN")):
                first = at + word.end() + 1
        if given := page.text[first : match.end(1)].strip():
            yield _Name(first, match.end(), "PERSON", f"{given} {match[2]}", "rule")


def _cleaned(page: _Page, name: _Name, titles: set[str]) -> _Name | None:
    """Trim the model's span to the name; None if what is left is empty or not a name."""
    text, (start, end, label, *_) = page.text, name
    if label not in ("DATE", "WORK_OF_ART"):
        pieces = _PIECES.finditer(text, start, end)
        spans = (piece.span() for piece in pieces if piece[0].strip(_EDGES))
        start, end = next(spans, (end, end))
        if owner := _OWNER.match(text, start, end):
            end = owner.end(1)
    start, end = _stripped(text, start, end)
    if possessive := _POSSESSIVE.search(text[start:end]):
        end = start + possessive.start()
    if leading := re.compile(_LEADING.get(label, _ARTICLE)).match(text, start, end):
        start = leading.end()
    words = text[start:end]
    if label == "DATE":
        # A bare number is a year if it looks like one.
        is_name = words and (not words.isdigit() or len(words) == 4)
        is_name = is_name and not _described(page, start, end)
    else:
        is_name = any(char.isupper() or char.isdigit() for char in words)
        is_name = is_name and not all(page.has(start, end, "PRON"))
        is_title = " " in words and folded(words) in titles
        before = text[max(0, start - 40) : start]
        label = "WORK_OF_ART" if is_title else _kind(before, label, words)
    return name._replace(start=start, end=end, label=label) if is_name else None


def _kind(before: str, label: str, words: str) -> str:
    """Correct the model's label according to the words of the name, or those right before it."""
    if _CALLED.search(before) or (
        label in ("ORG", "FAC", "LOC", "EVENT") and _AFTER_WORK.search(before)
    ):
        return "WORK_OF_ART"
    if label in ("PERSON", "WORK_OF_ART"):
        return label
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(words)), label)


def _described(page: _Page, start: int, end: int) -> bool:
    """Return whether the words before a single word show it is not a date (“her school days”)."""
    tokens = page.tokens_in(start, end)
    if len(tokens) != 1:
        return False
    first = page.tokens["start"][tokens[0]]
    before = page.tokens_in(max(0, first - 2), first)
    return any(page.tokens["dep"][place] in ("compound", "poss", "amod") for place in before)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Strip punctuation and spaces from a span, but not the full stop of an abbreviation."""
    words = text[start:end]
    first, last = end - len(words.lstrip(_EDGES)), start + len(words.rstrip(_EDGES))
    return first, last + (last < end and _ABBREVIATED.search(text[first : last + 1]) is not None)


def _settled(page: _Page, sure: list[_Name], modelled: list[_Name]) -> list[_Name]:
    """Decide between names that overlap: the longest, then the one from the more reliable source.

    The model's spans are often too long. One of them wins over a name inside it only if it looks
    like a name itself (Catherine Stone over Catherine, TIFF Bell Lightbox over the capitals TIFF)
    and is not two names in a row.
    """
    sure = _free(sorted(sure, key=lambda name: (name.start - name.end, name.source, name.start)))
    at = {place: name for name in sure for place in range(name.start, name.end)}
    longer = []
    for name in modelled:
        met = {at[place] for place in range(name.start, name.end) if place in at}
        if len(met) == 1 and _is_one_name(page, name, *met):
            longer.append(name)
    return _free([*longer, *sure, *modelled])


def _is_one_name(page: _Page, name: _Name, inner: _Name) -> bool:
    """Return whether a span that overlaps a more reliable name contains it and reads as one."""
    words, within = (page.text[one.start : one.end] for one in (name, inner))
    if len(within) >= len(words) or not name.start <= inner.start < inner.end <= name.end:
        return False
    if inner.label == "WORK_OF_ART" and (inner.source == "gazetteer" or not within.isupper()):
        return False
    return not words.isupper() and all(
        word[0].isupper() or word in _MINOR for word in words.split()
    )


def _free(names: Iterable[_Name]) -> list[_Name]:
    """Keep each name that overlaps none kept before it; return them in reading order."""
    kept, taken = [], set[int]()
    for name in names:
        places = range(name.start, name.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(name)
    return sorted(kept)


def _repeated(page: _Page, names: list[_Name], named: set[str]) -> list[_Name]:
    """Find what the interview names elsewhere: names, surnames, titles of several words."""
    found = _most_frequent(
        (words, label)
        for words, label in ((page.words(*name[:2]), name.label) for name in names)
        if label != "DATE" and (" " in words or label != "WORK_OF_ART")
    )
    people = named | {words for words, label in found.items() if label == "PERSON" and " " in words}
    surnames, first_names = (core(full)[-1] for full in people), (core(full)[0] for full in named)
    found = dict.fromkeys([*people, *surnames, *first_names], "PERSON") | found
    again = []
    for start, end in page.longest(_any_of(found)):
        words = page.words(start, end)
        if words in found and (" " in words or all(page.has(start, end, "PROPN"))):
            again.append(_Name(start, end, found[words], None, "rule"))
    return _free([*names, *again])


def _canonical(page: _Page, names: list[_Name], named: set[str]) -> list[_Name]:
    """Give each name one form: the full name, the whole title, or the usual spelling."""
    spelled = [page.words(*name[:2]) for name in names]
    usual = _most_frequent((folded(words), words) for words in spelled)
    forms = [usual[folded(words)] for words in spelled]
    people = {
        name.canonical or words
        for name, words in zip(names, forms, strict=True)
        if name.label == "PERSON"
    }
    by_last, by_first = defaultdict(set), defaultdict(set)
    for full in people | named:
        _, *last = core(full)
        for at in range(len(last)):
            by_last[" ".join(last[at:])].add(full)
    for full in named:
        by_first[core(full)[0]].add(full)
    works = {name.canonical for name in names if name.label == "WORK_OF_ART" and name.canonical}
    result = []
    for name, words in zip(names, forms, strict=True):
        full, label = name.canonical or words, name.label
        if name.canonical is None and label not in ("DATE", "WORK_OF_ART", "EVENT"):
            # Part of a person's name is that person, whatever the model says.
            known = by_last.get(words) or by_first.get(words)
            if known:
                full, label = min(known) if len(known) == 1 else words, "PERSON"
        if label == "WORK_OF_ART":
            full = _whole_title(full, works)
        elif label == "PERSON" and " " in full:
            # A first name stands for a full name said before it; one said later may be somebody
            # else's.
            by_first[full.split()[0]].add(full)
        result.append(name._replace(canonical=full, label=label))
    return result


def _most_frequent(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the value that each key has most often, ties by name."""
    ranked = sorted(Counter(pairs).items(), key=lambda one: (-one[1], one[0]), reverse=True)
    return {key: value for (key, value), _ in ranked}


def _whole_title(title: str, works: Iterable[str]) -> str:
    """Return the only longer title that contains this one, if it has two words or more, or itself.

    >>> _whole_title("Long Way", ["The Long Way Home", "Long Way"])
    'The Long Way Home'
    >>> _whole_title("Way", ["The Long Way Home"])
    'Way'
    """
    words = folded(title)
    longer = [
        work for work in works if folded(work) != words and f" {words} " in f" {folded(work)} "
    ]
    return longer[0] if " " in words and len(longer) == 1 else title


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Build a pattern that finds, at each word, the longest of some names as its group 1."""
    words = sorted({straight(name) for name in names}, key=lambda name: (-len(name), name))
    listed = "|".join(r"\s+".join(map(re.escape, name.split())) for name in words)
    if not words:
        return re.compile("(?!)")
    # It begins with a set of characters, because searching for that is ten times as fast as testing
    # first what must not come before. A title may end in a mark (“Adaptation.”), after which a word
    # boundary is no test.
    first = re.escape("".join(sorted({name[0] for name in words})))
    return re.compile(rf"[{first}](?<!\w.)(?<!\w'.)(?<=(?=({listed})(?!\w)).)")
