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
from itertools import groupby, pairwise, repeat
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from analysis.sources.layouts.furniture import (
    in_capitals,
    is_control,
    is_fragment,
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
_QUESTION, _ANSWER = _NAMES.index("question"), _NAMES.index("answer")
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
_WORD = re.compile(r"[^\W_]++(?:['’\-][^\W_]++)*+")
# Scripts without spaces between words: each character counts as this share of a word.
_IDEOGRAPH, _OF_A_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"), 0.6
_LONG = 14  # words
_SIZES = (2, 4, 8, 14, 22, 35, 60, 100, 180)
_ADDRESS = re.compile(r"https?://|www\.|@\w|©")
_YEAR = re.compile(r"(?:19|20)(?<!\w..)\d\d\b")
_NAMED = 1000  # characters in which names are looked for
_OPENING = 200  # characters in which the first words are looked for
_ASIDE = re.compile(r"[*_]{0,2}[\[(].*[\])]\W{0,3}", re.DOTALL)
_QUOTES = '“„«"»「'
# Two words in a row that begin with capitals, or initials and a name, are somebody's full name.
_FULL_NAME = re.compile(
    r"[^\W\d_a-z][\w.’'\-]* (?:(?:van|von|de|der|del|la|le|di|da|O) ){0,2}[A-ZÀ-ÞА-Я]\w+"
)
_OPENS_LABEL = re.compile(r"\W{0,6}[\w.’'\-]+(?: [\w.’'\-]+){0,3} ?[:：]\s")
# Kinds of words in words.toml, by whether their case tells anything.
_PERSONS, _OTHERS = ("first", "second", "third"), ("interviewing", "coming", "page")
_ANY = {"persons": _PERSONS, "others": _OTHERS}
_AROUND = 4  # paragraphs on each side that make a neighbourhood


def read(
    found: Sequence[Block], sides: Sequence[str] = (), begins: Sequence[bool] = ()
) -> list[Passage]:
    """Decide who speaks each paragraph, and how likely that is; if nobody asks, nobody answers.

    Parameters
    ----------
    found : the paragraphs.
    sides : for each paragraph, the part named by the speaker's label before it: "question",
        "answer", or "" if there is no label. By default there are none.
    begins : for each paragraph, whether a mark before it shows a change of speaker. By default
        there are no such marks.
    """
    if not found:
        return []
    sides = sides or [""] * len(found)
    places, weights, _ = _weights()
    kinds = [1 + begin for begin in begins] or [0] * len(found)
    scores = _barred(sides)
    for row, shown in enumerate(features_of(found, sides)):
        known = [*map(places.get, shown, repeat(-1))]
        scores[row] += np.fromiter(shown.values(), float) @ weights[known]
    scores += weights[places["turn"]] * bool(begins)
    parts = _ways(scores, kinds, np.maximum.reduce).argmax(axis=1)
    if _QUESTION not in parts and not any(sides):
        scores[:, 2:] += _NEVER
        parts = _ways(scores, kinds, np.maximum.reduce).argmax(axis=1)
    if _QUESTION in parts and _ANSWER not in parts:
        scores[:, 4:] += _MARKED  # questions have answers: prefer them where nothing bars them
        parts = _ways(scores, kinds, np.maximum.reduce).argmax(axis=1)
    shares = _ways(scores, kinds, np.logaddexp.reduce)
    shares = np.exp(shares - np.logaddexp.reduce(shares, axis=1, keepdims=True))
    roles = np.array([*PARTS.values()])
    sure = (shares * (roles == roles[parts, None])).sum(axis=1).tolist()
    return [
        Passage(block.start, block.end, role, certainty=certainty)
        for block, role, certainty in zip(found, roles[parts].tolist(), sure, strict=True)
    ]


def _barred(sides: Sequence[str]) -> np.ndarray:
    """Bar the parts that labels rule out, and those that cannot begin or end a page."""
    barred = np.zeros((len(sides), len(_NAMES)))
    last = max((row for row, side in enumerate(sides) if side), default=-1)
    both = all(sides.count(part) >= _OFTEN for part in _SPOKEN) and last >= len(sides) / 2
    first = next((row for row, side in enumerate(sides) if side), len(sides))
    under = ""
    for row, side in enumerate(sides if any(sides) else ()):
        under = side or under
        # Before the first label there is no speech, unless it is an answer's and the question has
        # none.
        asked = row < first and sides[first] == "answer" and row >= first - 2
        for at, part in enumerate(_NAMES):
            silent = row < first and not (asked and part == "question")
            other = silent or (both and part != under)
            if part != side if side else part in _SPOKEN and other:
                barred[row, at] = _NEVER
    barred[0, [part not in _NEXT["head"] for part in _NAMES]] += _NEVER
    barred[-1, [part in _INSIDE for part in _NAMES]] += _NEVER
    return barred


def _ways(scores: np.ndarray, kinds: Sequence[int], over: Callable[..., np.ndarray]) -> np.ndarray:
    """Score each part of each paragraph by the readings of the page that contain it.

    `kinds` says whether a mark before each paragraph shows a change of speaker: 0 if that is not
    known, 1 if none does, 2 if one does. `over` combines the readings: a sum of all of them
    (forward-backward), or the best (Viterbi).
    """
    changes = _weights()[2]
    # One pass reads the page both ways at once.
    ways = np.stack([scores, scores[::-1]], axis=1)
    for row in range(1, len(scores)):
        change = changes[kinds[row], kinds[-row]]
        ways[row] += over(ways[row - 1][:, :, None] + change, axis=1)
    return ways[:, 0] + ways[::-1, 1] - scores


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
def _weights() -> tuple[dict[str, int], np.ndarray, np.ndarray]:
    """Return the row of each feature, the weights in these rows, and those of the transitions.

    The last row is for features without weights. The weights of a transition depend on whether a
    mark shows a change of speaker; there is a set for reading down the page and one for reading up.
    """
    stored = _stored()
    learnt, known = pd.DataFrame(stored["features"]), pd.DataFrame(_KNOWN)
    weights = learnt.add(known, fill_value=0.0).reindex(_NAMES).fillna(0.0).assign(**{"": 0.0})
    may_follow = [[part in _NEXT[before] for part in _NAMES] for before in _NAMES]
    follows = pd.DataFrame(stored["follows"]).reindex(index=_NAMES, columns=_NAMES).T
    usual = follows.fillna(-1.0).where(may_follow, _NEVER).to_numpy()
    same, other = usual.copy(), usual.copy()
    for before, part in ((_QUESTION, _ANSWER), (_ANSWER, _QUESTION)):
        same[before, part] += _MARKED
        other[before, before] += _MARKED
    changes = [[(down, up.T) for up in (usual, same, other)] for down in (usual, same, other)]
    places = {name: place for place, name in enumerate(weights)}
    return places, weights.to_numpy().T, np.array(changes)


@cache
def _words() -> dict[str, frozenset[str]]:
    lists = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    kinds = {kind: frozenset(" ".join(of.values()).split()) for kind, of in lists.items()}
    every = {name: frozenset().union(*(kinds[kind] for kind in of)) for name, of in _ANY.items()}
    return kinds | every


def without_quotations(text: str) -> str:
    """Blank out words in quotation marks, as another voice's, unless the text has no others."""
    # A mark that is never closed may be a typing error.
    closed = text[-1:] in "”»’\"'"
    spans = [(start, end) for start, end in quoted_spans(text) if end < len(text) or closed]
    if not spans:
        return text
    said = masked(text, spans, " ")
    return said if has_letters(said, 0, len(said)) else text


def _opens(words: Sequence[str], kind: str) -> bool:
    """Return whether one of the first two words is on a list."""
    return not _words()[kind].isdisjoint(word.lower() for word in words[:2])


def requests(text: str) -> bool:
    """Return whether a text requests an answer, as “Tell me about your mother” does.

    >>> requests("So tell me about it."), requests("I told you.")
    (True, False)
    """
    return _opens(_words_in(text[:_OPENING]), "requests")


def _words_in(text: str) -> list[str]:
    """List the words of a text, with straight apostrophes."""
    return " ".join(_WORD.findall(text)).replace("’", "'").split()


def puts_a_question(text: str) -> bool:
    """Return whether a text asks a question or makes a request (“Tell me …”)."""
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
        spaced = joined = " ".join(_WORD.findall(block.text))
        signs = len(_IDEOGRAPH.findall(block.text))
        if signs:
            spaced = " ".join(_WORD.findall(_IDEOGRAPH.sub(" ", block.text)))
        # A typographic apostrophe separates words, as the weights were learnt.
        self.size = len(spaced.replace("’", " ").split()) + _OF_A_WORD * signs
        joined = joined.replace("’", "'")
        self.words = joined.split() if self.said == block.text else _words_in(self.said)
        self.parts = joined.replace("'", " ").replace("-", " ").split()
        self.asks = asks(self.said)
        self.headline = in_capitals(self.parts)
        self.fragment = is_fragment(block.text, headline=self.headline)
        self.control = is_control(block.text)
        self.form = "fragment" if self.fragment else "sentence"
        self.quoted = block.text[:1] in _QUOTES
        self.address = bool(_ADDRESS.search(block.text))
        self.prose = self.size > _LONG and not (self.fragment or self.control or self.address)
        self.bucket = _bucket(self.size)


def marks_of(found: Sequence[Block | _Seen]) -> tuple[set[str], set[str]]:
    """Find the marks that most of the questions, or of the answers, have."""
    marked: dict[str, list[bool]] = {}
    firsts: dict[str, list[bool]] = {}
    for before, one in pairwise([found[0], *found] if found else []):
        if one.mark:
            marked.setdefault(one.mark, []).append(puts_a_question(one.text))
            if before.mark != one.mark:
                firsts.setdefault(one.mark, []).append(not before.mark and asks(before.text))
    asking = {mark for mark, ask in marked.items() if sum(ask) >= max(2, 0.5 * len(ask))}
    answering = {mark for mark, after in firsts.items() if sum(after) >= max(2, 0.6 * len(after))}
    return asking, answering - asking


class _Page:
    """What can be seen on a page as a whole."""

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
        parts = [" ".join(one.parts).lower().split() for one in seen]
        self.pulled = repeats([one.text for one in seen], parts)
        self.comments = self._comments()
        labelled = [side for side in _SPOKEN if sides.count(side) >= _OFTEN]
        self.labelled = "+".join(labelled) if labelled else "few" if any(sides) else "none"
        runs = [len(list(run)) for side, run in groupby(sides, bool) if not side]
        # The most paragraphs that continue under one label; those after the last are not counted.
        self.habit_of_going_on = max(runs[: len(runs) - (not sides[-1])], default=0)
        at_labels = [at for at, side in enumerate(sides) if side]
        self.last_label = max(at_labels, default=-1)
        self.first_label = at_labels[0] if len(labelled) > 1 else len(sides)

    def _comments(self) -> int:
        """Return where readers' comments begin: at their heading, after most of the questions."""
        asked = self.asked[math.ceil(max(2, 0.6 * len(self.asked))) - 1 :]
        after = range(asked[0] + 1, len(self.seen)) if asked else ()
        return next((at for at in after if opens_comments(self.seen[at].text)), len(self.seen))

    def density(self, place: int) -> int:
        """Return the share of fragments around a paragraph, in quarters."""
        around = self.seen[max(0, place - _AROUND) : place + _AROUND + 1]
        fragments = sum(one.fragment for one in around) - self.seen[place].fragment
        return 4 * fragments // max(1, len(around) - 1)

    def asking_around(self, place: int) -> tuple[str, str]:
        """Say if the nearest full paragraphs before and after are questions: 1, 0 or - for none."""
        before, after = (
            "".join(str(int(one.asks)) for one in side if not one.fragment)
            for side in (self.seen[max(0, place - 5) : place], self.seen[place + 1 : place + 6])
        )
        return before[-1:] or "-", after[:1] or "-"


def features_of(found: Sequence[Block], sides: Sequence[str]) -> list[dict[str, float]]:
    """Describe each paragraph by itself and by its surroundings."""
    page = _Page([_Seen(block) for block in found], sides)
    rows = []
    since, under = 0, ""
    for place, side in enumerate(sides):
        since, under = (0, side) if side else (since + 1, under)
        words = _of_words(page.seen[place])
        before, after = page.asking_around(place)
        flags = {
            f"asking {before} {int(page.seen[place].asks)} {after}": True,
            **_by_itself(page, place),
            **_by_place(page, place),
            **_by_neighbours(page, place),
        }
        names = [
            *(name for name, true in flags.items() if true),
            *_by_mark(page, place),
            *_by_label(page, place, under, since),
            *_by_person(page, place, words, before),
        ]
        rows.append(dict.fromkeys(names, 1.0) | words)
    return rows


def _by_itself(page: _Page, place: int) -> dict[str, bool]:
    one = page.seen[place]
    usual = _ratio(one.size, page.usual, 4)
    return {
        "bias": True,
        one.form: True,
        f"size {one.bucket}": True,
        f"asks {page.habit}" if one.asks else f"silent {page.habit}": True,
        f"asks size {min(one.bucket, 100)}" if one.asks else "silent": True,
        f"usual {usual}": True,
        f"usual {usual} {one.asks}": True,
        "control": one.control,
        "headline": one.headline,
        f"pulled {page.labelled}": place in page.pulled,
        "late": asks_within(one.said[len(one.said) // 2 :]),
        "address": one.address,
        "year": bool(_YEAR.search(one.text)),
        "quoted": one.quoted,
        "aside": bool(_ASIDE.fullmatch(one.text)),
        "requests": _opens(one.words, "requests"),
        "opens a question": _opens(one.words, "asks"),
        "opens an answer": _opens(one.words, "answers"),
        f"full name {one.form}": bool(_FULL_NAME.search(one.said, 0, _NAMED)),
        f"opens as a label {page.labelled}": bool(_OPENS_LABEL.match(one.text)),
        "comments without label": place >= page.comments and not page.sides[place],
        "note without label": not page.sides[place] and _is_note(one.text),
        f"repeated {page.labelled}": page.times[one.text] > 1,
        "quoted here" if one.quoted else "plain here": page.quotes,
    }


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


def _by_place(page: _Page, place: int) -> dict[str, bool]:
    where = "before" if place < page.first else "after" if place > page.last else "among"
    after = place - page.last if page.last >= 0 else 9
    return {
        f"{where} the questions": True,
        f"fragments {page.density(place)} {page.seen[place].form}": True,
        "first question": place == page.first,
        "last question": place == page.last,
        f"{min(after, 6)} after the last question": after > 0,
    }


def _by_neighbours(page: _Page, place: int) -> dict[str, bool]:
    one = page.seen[place]
    flags = {"before none": not place, "next none": place + 1 == len(page.seen)}
    for name, at in (("before", place - 1), ("next", place + 1)):
        for other in page.seen[at : at + 1] if at >= 0 else ():
            ratio = _ratio(one.size, other.size)
            flags |= {
                f"{name} size {other.bucket}": True,
                f"{name} ratio {ratio}": True,
                f"{name} asks": other.asks,
                f"{name} fragment": other.fragment,
                f"{name} control": other.control,
                f"{name} mark of questions": other.mark in page.asking,
                f"{name} quoted": other.quoted,
                f"{name} asks, silent {one.form}": other.asks and not one.asks,
                f"{name} ratio {ratio} {page.habit}": not one.fragment and not other.fragment,
            }
    return flags


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


def _by_person(page: _Page, place: int, words: dict[str, float], before: str) -> list[str]:
    """Say whom a paragraph is about, with its size and whether the one before it is a question."""
    who = " ".join(kind for kind in ("first", "second") if kind in words) or "nobody"
    one, names = page.seen[place], []
    if one.prose and "page" not in words:
        inside = page.first_label < place < page.last_label
        told = "prose told inside" if inside else "prose told"
        names = ["prose", told] if who != "nobody" else ["prose"]
    if one.fragment:
        return [*names, f"fragment of {who}"]
    how = f"{who} asks" if one.asks else f"{who} states"
    size = "short" if 2 * one.size < page.usual else "long" if one.size > page.usual else "usual"
    return [*names, how, f"{how} {size}", f"{how} after {before}"]


def _of_words(one: _Seen) -> dict[str, float]:
    """Weigh the words that say whom, and what kind of thing, a paragraph is about."""
    size = len(one.words) + 3  # plus three, so that one pronoun among four words does not decide
    lowered = " ".join(one.words).lower().split()
    kinds, found = _words(), dict[str, float]()
    # Few of the words tell anything.
    own, any_case = kinds["persons"].intersection(one.words), kinds["others"].intersection(lowered)
    script = bool(_IDEOGRAPH.search(one.said))
    for kind in _PERSONS:
        written = filter(_IDEOGRAPH.match, kinds[kind] if script else ())
        signs = sum(one.said.count(word) for word in written)
        hits = sum(map(one.words.count, kinds[kind] & own)) if own else 0
        found[kind] = 10 * min(hits / size + 0.02 * min(5, signs), 0.15)
    for kind in _OTHERS if any_case else ():
        found[kind] = 5 * min(sum(map(lowered.count, kinds[kind] & any_case)) / size, 0.2)
    if not found["first"] and not found["second"]:
        found["nobody"] = 1.0
    return {name: value for name, value in found.items() if value}
