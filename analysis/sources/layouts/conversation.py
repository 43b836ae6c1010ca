"""Who speaks each paragraph of a page, by a linear-chain model of the page and its paragraphs.

No single sign distinguishes questions, answers, prefaces and menus from one another:
questions are often statements, and answers end in question marks. So every paragraph has features,
few of them words, and the sequence of parts with the most evidence in total wins (Viterbi 1967,
doi:10.1109/TIT.1967.1054010). The weights are those of a conditional random field (Lafferty,
McCallum & Pereira 2001) in `weights.json`; `benchmarks/layouts_train.py` estimates them from
labelled interviews, and `benchmarks/layouts_train.md` says how well they do on held-out interviews.
The same model says how certain the reading is: how probable each part is, given the whole page.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from analysis.sources.layouts.furniture import (
    is_control,
    is_fragment,
    is_headline,
    opens_comments,
    repeats,
)
from analysis.sources.layouts.labels import NOTES
from analysis.sources.layouts.marks import Block
from analysis.sources.layouts.paragraphs import Passage, asks, asks_within, masked
from analysis.sources.quotations import has_letters, quoted_spans

# The parts a paragraph may play, and the role of each: before the conversation, in it, after it.
PARTS = {
    "head": "boilerplate",
    "preface": "narration",
    "question": "interviewer",
    "answer": "interviewee",
    "between": "boilerplate",
    "note": "narration",
    "tail": "boilerplate",
    "afterword": "narration",
}
_NAMES = list(PARTS)
_BEFORE, _SPOKEN, _INSIDE, _AFTER = (_NAMES[at : at + 2] for at in range(0, 8, 2))
# The parts that may directly follow each: a conversation is one stretch of the page.
_NEXT = {
    **dict.fromkeys(_BEFORE, _BEFORE + _SPOKEN),
    **dict.fromkeys(_SPOKEN, _SPOKEN + _INSIDE + _AFTER),
    **dict.fromkeys(_INSIDE, _SPOKEN + _INSIDE),
    **dict.fromkeys(_AFTER, _AFTER),
}
_NEVER = -1e6
_MARKED = -6.0  # against the same speaker after a mark of change, and a new one without a mark
_SPEECH = {"question": _MARKED, "answer": _MARKED}
# What is known about interviews in general, added to the weights learnt from a few.
_KNOWN: dict[str, dict[str, float]] = {
    # If questions are marked, an unmarked question is unlikely, and so is a marked answer.
    "plain among marked": {"question": _MARKED},
    "mark of questions asks": {"question": -_MARKED / 2, "answer": _MARKED},
    # The same if answers are marked.
    "plain among marked answers": {"answer": _MARKED},
    "mark of answers": {"question": _MARKED},
    "pulled none": _SPEECH,
    # An editor's note is not speech; readers' comments belong to the page.
    "note without label": dict.fromkeys(("question", "answer"), _NEVER),
    "comments without label": dict.fromkeys(
        ("preface", "question", "answer", "note", "afterword"), _NEVER
    ),
    # Menus have no long sentences, and only speakers say I or you in such a sentence.
    "prose": {"head": _MARKED / 2, "between": _MARKED / 2},
    "prose told": {"tail": _MARKED / 2},
    "prose told inside": {"between": _MARKED / 2, "note": _MARKED / 2},
    # There is no page furniture among marked turns, and little prose.
    "turn": dict.fromkeys(("head", "between", "tail"), _NEVER)
    | dict.fromkeys(("preface", "note", "afterword"), _MARKED / 2),
}
_OFTEN = 3  # labels of a side
_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
# Scripts without spaces between words: each character counts as this share of a word.
_IDEOGRAPH, _OF_A_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"), 0.6
_LONG = 14  # words
_SIZES = (2, 4, 8, 14, 22, 35, 60, 100, 180)
_ADDRESS = re.compile(r"https?://|www\.|\w@\w|@\w|©")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NAMED = 1000  # characters in which names are looked for
_OPENING = 200  # characters in which the first words are looked for
_ASIDE = re.compile(r"[*_]{0,2}[\[(].*[\])]\W{0,3}", re.DOTALL)
_QUOTES = '“„«"»「'
# Two words in a row that begin with capitals, or initials and a name, are somebody's full name.
_FULL_NAME = re.compile(
    r"[^\W\d_a-z][\w.’'\-]* (?:(?:van|von|de|der|del|la|le|di|da|O) ){0,2}[A-ZÀ-ÞА-Я]\w+"
)
_OPENS_LABEL = re.compile(r"\W{0,6}[\w.’'\-]+(?: [\w.’'\-]+){0,3} ?[:：]\s")
_AROUND = 4  # paragraphs on each side that make a neighbourhood


def read(
    found: Sequence[Block], sides: Sequence[str] = (), begins: Sequence[bool] = ()
) -> list[Passage]:
    """Decide who speaks each paragraph, and how likely that is; if nobody asks, nobody answers.

    Parameters
    ----------
    found : the paragraphs.
    sides : for each paragraph, the part named by the speaker's label before it: "question",
        "answer", or "" without a label. By default there are no labels.
    begins : for each paragraph, whether a mark before it shows a change of speaker. By default
        there are no such marks.
    """
    if not found:
        return []
    sides = sides or [""] * len(found)
    weights, usual = _weights()
    follow = [usual + _change(begin) for begin in begins] or [usual] * len(found)
    scores = _barred(sides)
    for row, shown in enumerate(features_of(found, sides)):
        scores[row] += sum(
            value * weights[name] for name, value in shown.items() if name in weights
        )
        scores[row] += weights["turn"] * bool(begins)
    parts = _best(scores, follow)
    if "question" not in parts and not any(sides):
        scores[:, 2:] += _NEVER
        parts = _best(scores, follow)
    if "question" in parts and "answer" not in parts:
        scores[:, 4:] += _MARKED  # questions have answers: prefer them where nothing bars them
        parts = _best(scores, follow)
    shares = _ways(scores, follow, np.logaddexp.reduce)
    shares = np.exp(shares - np.logaddexp.reduce(shares, axis=1, keepdims=True))
    rows = []
    for block, part, share in zip(found, parts, shares, strict=True):
        sure = sum(share[at] for at, other in enumerate(_NAMES) if PARTS[other] == PARTS[part])
        rows.append(Passage(block.start, block.end, PARTS[part], certainty=float(sure)))
    return rows


def _barred(sides: Sequence[str]) -> np.ndarray:
    """Bar the parts that labels rule out, and those with which no page begins or ends."""
    barred = np.zeros((len(sides), len(_NAMES)))
    last = max((row for row, side in enumerate(sides) if side), default=-1)
    both = all(sides.count(part) >= _OFTEN for part in _SPOKEN) and last >= len(sides) / 2
    first = next((row for row, side in enumerate(sides) if side), len(sides))
    under = ""
    for row, side in enumerate(sides):
        under = side or under
        allowed = set(PARTS) if not side else {side}
        if both and not side:
            allowed -= {part for part in _SPOKEN if part != under}
        if row < first < len(sides):
            # Before the first label there is no speech, unless that label marks an answer
            # whose question has no label.
            asked = sides[first] == "answer" and row >= first - 2
            allowed -= {"answer"} if asked else set(_SPOKEN)
        barred[row] = [0.0 if part in allowed else _NEVER for part in _NAMES]
    barred[0, [part not in _NEXT["head"] for part in _NAMES]] += _NEVER
    barred[-1, [part in _INSIDE for part in _NAMES]] += _NEVER
    return barred


def _change(begins: bool) -> np.ndarray:
    """Weigh who speaks next: after a mark somebody else, otherwise the same speaker."""
    question, answer = (_NAMES.index(part) for part in _SPOKEN)
    weighed = np.zeros((len(_NAMES), len(_NAMES)))
    for before, part in ((question, answer), (answer, question)):
        weighed[before, before if begins else part] = _MARKED
    return weighed


def _best(scores: np.ndarray, follow: Sequence[np.ndarray]) -> list[str]:
    """Return the parts in the best reading of the page."""
    return [_NAMES[part] for part in _ways(scores, follow, np.max).argmax(axis=1)]


def _ways(
    scores: np.ndarray, follow: Sequence[np.ndarray], over: Callable[..., np.ndarray]
) -> np.ndarray:
    """Score each part of each paragraph by the readings of the page that contain it.

    `over` combines the readings: a sum of all of them (forward-backward), or the best (Viterbi).
    """
    forward, backward = scores.copy(), np.zeros_like(scores)
    for row in range(1, len(scores)):
        forward[row] += over(forward[row - 1][:, None] + follow[row], axis=0)
        backward[-row - 1] = over(follow[-row] + scores[-row] + backward[-row], axis=1)
    return forward + backward


def sureness(certainty: float) -> float:
    """Convert a mean certainty into the share of a page that is likely to be right.

    The model is overconfident; by how much was measured on interviews held out from training.
    """
    return max(0.0, 1 - _stored()["doubt"] * (1 - certainty))


@cache
def _stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("weights.json").read_text("utf-8"))
    return found


@cache
def _weights() -> tuple[dict[str, np.ndarray], np.ndarray]:
    stored = _stored()
    weights = {
        name: np.array([of.get(part, 0.0) for part in _NAMES])
        for name, of in stored["features"].items()
    }
    for name, known in _KNOWN.items():
        given = np.array([known.get(part, 0.0) for part in _NAMES])
        weights[name] = weights.get(name, 0.0) + given
    follows = stored["follows"]
    follow = [
        [
            follows.get(before, {}).get(part, -1.0) if part in _NEXT[before] else _NEVER
            for part in _NAMES
        ]
        for before in _NAMES
    ]
    return weights, np.array(follow)


@cache
def _words() -> dict[str, frozenset[str]]:
    lists = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return {kind: frozenset(" ".join(of.values()).split()) for kind, of in lists.items()}


def without_quotations(text: str) -> str:
    """Blank out words in quotation marks, as another voice's, unless the text has no others."""
    # A mark that is never closed may be a typing error.
    closed = text[-1:] in "”»’\"'"
    spans = [(start, end) for start, end in quoted_spans(text) if end < len(text) or closed]
    said = masked(text, spans, " ")
    return said if has_letters(said, 0, len(said)) else text


def _opens(said: str, kind: str) -> bool:
    """Return whether one of the first two words is on a list."""
    first = _WORD.findall(said[:_OPENING].lower().replace("’", "'"))[:2]
    return any(word in _words()[kind] for word in first)


def requests(text: str) -> bool:
    """Return whether a text requests an answer, as “Tell me about your mother” does.

    >>> requests("So tell me about it."), requests("I told you.")
    (True, False)
    """
    return _opens(text, "requests")


def puts_a_question(text: str) -> bool:
    """Return whether a text asks, or requests something (“Tell me …”)."""
    return asks(text) or requests(text)


def _bucket(size: float) -> int:
    return next((limit for limit in _SIZES if size <= limit), 999)


def _ratio(size: float, other: float, limit: int = 3) -> int:
    return max(-limit, min(limit, round(math.log2((size + 3) / (other + 3)))))


class _Seen:
    """What can be seen in one paragraph by itself."""

    def __init__(self, block: Block) -> None:
        self.text, self.mark = block.text, block.mark
        self.said = without_quotations(block.text)
        words = _WORD.findall(_IDEOGRAPH.sub(" ", block.text))
        self.size = len(words) + _OF_A_WORD * len(_IDEOGRAPH.findall(block.text))
        self.asks = asks(self.said)
        self.fragment, self.control = is_fragment(block.text), is_control(block.text)
        self.form = "fragment" if self.fragment else "sentence"
        self.quoted = block.text[:1] in _QUOTES
        self.address = bool(_ADDRESS.search(block.text))
        self.prose = self.size > _LONG and not (self.fragment or self.control or self.address)


def marks_of(found: Sequence[Block | _Seen]) -> tuple[set[str], set[str]]:
    """Find the marks that most of the questions, or of the answers, have."""
    marked: dict[str, list[bool]] = {}
    firsts: dict[str, list[bool]] = {}
    for before, one in pairwise([found[0], *found] if found else []):
        marked.setdefault(one.mark, []).append(puts_a_question(one.text))
        if before.mark != one.mark:
            firsts.setdefault(one.mark, []).append(asks(before.text) and not before.mark)
    asking = {mark for mark, ask in marked.items() if sum(ask) >= max(2, 0.5 * len(ask))}
    answering = {mark for mark, after in firsts.items() if sum(after) >= max(2, 0.6 * len(after))}
    return asking - {""}, answering - asking - {""}


class _Page:
    """What can be seen in a page as a whole."""

    def __init__(self, seen: list[_Seen], sides: Sequence[str]) -> None:
        self.seen, self.sides = seen, sides
        self.asked = [place for place, one in enumerate(seen) if one.asks]
        self.first, self.last = min(self.asked, default=len(seen)), max(self.asked, default=-1)
        sizes = [one.size for one in seen if not one.fragment]
        self.usual = median(sizes) if sizes else 10.0
        share = len(self.asked) / max(1, len(sizes))
        self.habit = "few" if share < 0.12 else "some" if share < 0.3 else "many"
        self.asking, self.answering = marks_of(seen)
        followed = sum(seen[at + 1].quoted for at in self.asked if at + 1 < len(seen))
        self.quotes = followed >= 2 and followed >= 0.6 * len(self.asked)
        self.times = Counter(one.text for one in seen if one.fragment)
        self.pulled = repeats([one.text for one in seen])
        self.comments = self._comments()
        labelled = [side for side in _SPOKEN if sides.count(side) >= _OFTEN]
        self.labelled = "+".join(labelled) if labelled else "few" if any(sides) else "none"
        runs = [len(list(run)) for side, run in groupby(sides, bool) if not side]
        # The most paragraphs that continue under one label; those after the last are not counted.
        self.habit_of_going_on = max(runs[: len(runs) - (not sides[-1])], default=0)
        at_labels = [at for at, side in enumerate(sides) if side]
        self.last_label = max(at_labels, default=-1)
        self.first_label = at_labels[0] if len(labelled) > 1 else len(sides)
        fragments = pd.Series([float(one.fragment) for one in seen])
        around = fragments.rolling(2 * _AROUND + 1, center=True, min_periods=1)
        others = (around.count() - 1).clip(lower=1)
        self.density = (4 * (around.sum() - fragments) // others).astype(int).to_list()

    def _comments(self) -> int:
        """Return where the readers' comments begin: at their heading, after most questions."""
        enough = max(2, 0.6 * len(self.asked))
        asked = 0
        for place, one in enumerate(self.seen):
            if asked >= enough and opens_comments(one.text):
                return place
            asked += one.asks
        return len(self.seen)


def features_of(found: Sequence[Block], sides: Sequence[str]) -> list[dict[str, float]]:
    """Describe each paragraph by itself and by its surroundings."""
    page = _Page([_Seen(block) for block in found], sides)
    rows = []
    since, under = 0, ""
    for place, side in enumerate(sides):
        since, under = (0, side) if side else (since + 1, under)
        words = _of_words(page.seen[place].said)
        names = [
            *_by_itself(page, place),
            *_by_mark(page, place),
            *_by_place(page, place),
            *_by_neighbours(page, place),
            *_by_label(page, place, under, since),
            *_by_person(page, place, words),
        ]
        rows.append(dict.fromkeys(names, 1.0) | words)
    return rows


def _by_itself(page: _Page, place: int) -> list[str]:
    one = page.seen[place]
    size, usual = _bucket(one.size), _ratio(one.size, page.usual, 4)
    flags = {
        "control": one.control,
        "headline": is_headline(one.text),
        f"pulled {page.labelled}": place in page.pulled,
        "late": asks_within(one.said[len(one.said) // 2 :]),
        "address": one.address,
        "year": bool(_YEAR.search(one.text)),
        "quoted": one.quoted,
        "aside": bool(_ASIDE.fullmatch(one.text)),
        "requests": _opens(one.said, "requests"),
        "opens a question": _opens(one.said, "asks"),
        "opens an answer": _opens(one.said, "answers"),
        f"full name {one.form}": bool(_FULL_NAME.search(one.said[:_NAMED])),
        f"opens as a label {page.labelled}": bool(_OPENS_LABEL.match(one.text)),
        "comments without label": place >= page.comments and not page.sides[place],
        "note without label": _is_note(one.text) and not page.sides[place],
        f"repeated {page.labelled}": page.times[one.text] > 1,
        "quoted here" if one.quoted else "plain here": page.quotes,
    }
    return [
        "bias",
        one.form,
        f"size {size}",
        f"asks {page.habit}" if one.asks else f"silent {page.habit}",
        f"asks size {min(size, 100)}" if one.asks else "silent",
        f"usual {usual}",
        f"usual {usual} {one.asks}",
        *(name for name, true in flags.items() if true),
    ]


def _is_note(text: str) -> bool:
    """Return whether a text begins as an editor's note does (“Note: …”)."""
    label = _OPENS_LABEL.match(text[:_OPENING] + "\n")
    words = _WORD.findall(label[0].lower()) if label else []
    return not NOTES.isdisjoint((*words[:1], *words[-1:]))


def _by_mark(page: _Page, place: int) -> list[str]:
    one = page.seen[place]
    if not one.mark:
        flags = {"plain among marked": page.asking, "plain among marked answers": page.answering}
        return [name for name, marks in flags.items() if marks]
    names = ["marked", "mark #" if one.mark[0] == "#" else f"mark {one.mark.rstrip('+')}"]
    if one.mark in page.asking:
        short = one.size <= 6 and one.fragment
        how = "asks" if puts_a_question(one.text) else "is short" if short else "states"
        return [*names, "mark of questions", f"mark of questions {how}"]
    return [*names, "mark of answers" if one.mark in page.answering else "other mark"]


def _by_place(page: _Page, place: int) -> list[str]:
    where = "before" if place < page.first else "after" if place > page.last else "among"
    names = [f"{where} the questions", f"fragments {page.density[place]} {page.seen[place].form}"]
    after = place - page.last if page.last >= 0 else 9
    flags = {
        "first question": place == page.first,
        "last question": place == page.last,
        f"{min(after, 6)} after the last question": after > 0,
    }
    return [*names, *(name for name, true in flags.items() if true)]


def _by_neighbours(page: _Page, place: int) -> list[str]:
    one, names = page.seen[place], []
    for name, at in (("before", place - 1), ("next", place + 1)):
        if not 0 <= at < len(page.seen):
            names.append(f"{name} none")
            continue
        other = page.seen[at]
        ratio = _ratio(one.size, other.size)
        flags = {
            f"size {_bucket(other.size)}": True,
            f"ratio {ratio}": True,
            "asks": other.asks,
            "fragment": other.fragment,
            "control": other.control,
            "mark of questions": other.mark in page.asking,
            "quoted": other.quoted,
            f"asks, silent {one.form}": other.asks and not one.asks,
            f"ratio {ratio} {page.habit}": not one.fragment and not other.fragment,
        }
        names += [f"{name} {flag}" for flag, true in flags.items() if true]
    return [*names, "asking " + _triple(page, place)]


def _triple(page: _Page, place: int) -> str:
    """Say which of these ask: this paragraph, and the nearest non-fragments before and after it."""
    sides = (range(place - 1, max(-1, place - 6), -1), range(place + 1, place + 6))
    sentences = [
        next((at for at in side if at < len(page.seen) and not page.seen[at].fragment), None)
        for side in sides
    ]
    three = (sentences[0], place, sentences[1])
    return " ".join("-" if at is None else str(int(page.seen[at].asks)) for at in three)


def _by_label(page: _Page, place: int, under: str, since: int) -> list[str]:
    if page.labelled == "none":
        return []
    if not since:
        return [f"labelled {under}"]
    one = page.seen[place]
    following = page.sides[place + 1] if place + 1 < len(page.seen) else "none"
    form = "asks" if one.asks and not one.fragment else one.form
    state = f"under {under or 'before'} of {page.labelled}"
    later = "inside" if place < page.last_label else "last"
    return [
        state,
        f"{state} {form}",
        f"{state} {later} {min(since, 3)}",
        f"{state} {form} then {following or 'no label'}",
        f"{state} {later} {form} as usual {since <= page.habit_of_going_on}",
    ]


def _by_person(page: _Page, place: int, words: dict[str, float]) -> list[str]:
    """Say whom a paragraph speaks of, with its size and whether the one before it asks."""
    who = " ".join(kind for kind in ("first", "second") if kind in words) or "nobody"
    one, names = page.seen[place], []
    if one.prose and "page" not in words:
        inside = page.first_label < place < page.last_label
        told = "prose told inside" if inside else "prose told"
        names = ["prose", told] if who != "nobody" else ["prose"]
    if one.fragment:
        return [*names, f"fragment of {who}"]
    after = _triple(page, place)[0]
    how = f"{who} asks" if one.asks else f"{who} states"
    size = "short" if 2 * one.size < page.usual else "long" if one.size > page.usual else "usual"
    return [*names, how, f"{how} {size}", f"{how} after {after}"]


def _of_words(said: str) -> dict[str, float]:
    words = _WORD.findall(said.replace("’", "'"))
    size = len(words) + 3  # plus three, so that one pronoun among four words does not decide
    found: dict[str, float] = {}
    for kind, of in _words().items():
        if kind in ("first", "second", "third"):
            signs = sum(said.count(word) for word in of if _IDEOGRAPH.match(word))
            share = sum(word in of for word in words) / size + 0.02 * min(5, signs)
            found[kind] = 10 * min(share, 0.15)
        elif kind in ("interviewing", "coming", "page"):
            hits = sum(word.lower() in of for word in words)
            found[kind] = 5 * min(hits / size, 0.2)
    if not found["first"] and not found["second"]:
        found["nobody"] = 1.0
    return {name: value for name, value in found.items() if value}
