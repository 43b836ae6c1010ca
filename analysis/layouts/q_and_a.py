"""Unlabelled questions and answers after a preface, page furniture around them.

No single sign tells a question from an answer: questions are often statements, answers end in question marks. So every
paragraph collects weak evidence for each part it may play, and the order of parts with the most evidence in total
wins (Viterbi 1967, doi:10.1109/TIT.1967.1054010). Weights are in nats. Interviewers and editors have habits: how often
a question ends in a question mark, how often an answer runs over several paragraphs. A first reading assumes what is
usual, a second reads again with the habits found.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from analysis.layouts.furniture import is_control, is_fragment, opens_comments
from analysis.layouts.paragraphs import Passage, paragraphs

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_ASKS = re.compile(r"\?[\s”’\"'»)\]]*$")
_QUESTION_OPENER = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|now|then|well|also|finally|lastly|great|right|alright)\W+)*"
    r"(?:what|how|why|when|where|who|whose|which|whom|do|does|did|is|are|was|were|am|can|could|would|will|should|shall|"
    r"have|has|had|may|might|any|tell|talk|describe|explain|walk\s+(?:me|us)|take\s+(?:me|us)|give\s+(?:me|us)|let[’']s|"
    r"speaking\s+of|in\s+terms\s+of\s+your|isn[’']t|aren[’']t|don[’']t\s+you|didn[’']t|doesn[’']t|wasn[’']t|weren[’']t)\b",
    re.IGNORECASE,
)
_ANSWER_OPENER = re.compile(
    r"^\W*(?:(?:oh|ah|um|uh|well|ha+|hmm+)\W+)*(?:yes|yeah|yep|yup|no|nope|nah|not\s+(?:really|at\s+all|yet|exactly)|well|oh|ah|um|uh|sure|"
    r"absolutely|definitely|exactly|totally|of\s+course|right|thank\s+you|thanks|certainly|probably|maybe|honestly|"
    r"actually|both|never|always|i|i[’'](?:m|ve|d|ll)|my|we|we[’'](?:re|ve|d|ll)|that[’']s\s+(?:a\s+)?(?:\w+\s+)?(?:question|funny|interesting|true|right)|"
    r"good\s+question|it\s+(?:was|is)|it[’']s|because|ha+h?a*|haha\w*|laughs)\b",
    re.IGNORECASE,
)
_INTERVIEWING = re.compile(
    r"\b(?:sat?\s+down\s+with|s[pe][oe]ak?e?s?\s+(?:to|with|about)|spoke\s+(?:to|with|about)|talk(?:s|ed)?\s+(?:to|with)|caught\s+up\s+with|"
    r"chat(?:s|ted)?\s+(?:to|with|about)|met\s+(?:up\s+)?with|interview(?:s|ed)?|conversation|edited\s+(?:and|for)|condensed|"
    r"in\s+(?:his|her|their)\s+own\s+words|discuss(?:es|ed)?|transcript|q\s?&\s?a|below|here\s+(?:is|are))\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"^[\[(].*[\])]\W*$", re.DOTALL)
# You meaning the person spoken to, not people in general.
_ADDRESSING = re.compile(
    r"\byou[’'](?:ve|d)\b|\byours?\b|\b(?:did|do|were|are|have|had|would|could|can|will|was|for|to|with|of|about)\s+you\b|"
    r"\byou\s+(?:\w+ed|said|were|wrote|made|did|had|began|took|went|got|came|grew|chose|once|also|recently|first|seem)\b",
    re.IGNORECASE,
)
_EDITED = re.compile(r"\binterview\b.{0,60}\b(?:edited|condensed|translated|conducted)\b", re.IGNORECASE)
_FIRST = frozenset("i me my mine myself i’m i've i’ve i'm i’d i'd i’ll i'll we our us we’re we're we’ve we've".split())
_SECOND = frozenset("you your yours yourself you’re you're you’ve you've you’d you'd you’ll you'll".split())
_THIRD = frozenset("he she his her him hers himself herself he’s he's she’s she's".split())

# The parts a paragraph may play, with the role each stands for.
_ROLES = {
    "head": "boilerplate",
    "preface": "narration",
    "question": "interviewer",
    "question, continued": "interviewer",
    "answer": "interviewee",
    "answer, continued": "interviewee",
    "between, after a question": "boilerplate",
    "between, after an answer": "boilerplate",
    "note, after a question": "narration",
    "note, after an answer": "narration",
    "afterword": "narration",
    "tail": "boilerplate",
}
_FURNITURE = {part for part, role in _ROLES.items() if role == "boilerplate"}
_NARRATION = {part for part, role in _ROLES.items() if role == "narration"}
# Which part may follow which, and what it costs. What is missing cannot follow.
_NEXT: dict[str, dict[str, float]] = {
    "start": {"head": 0, "preface": 0, "question": -1, "answer": -6},
    "head": {"head": 0, "preface": 0, "question": -1},
    "preface": {"head": -2, "preface": 0, "question": 0, "answer": -6},
    "question": {
        "question, continued": -3.5,
        "answer": 0,
        "between, after a question": -5,
        "note, after a question": -5,
        "tail": -6,
    },
    "answer": {
        "question": 0,
        "answer, continued": 0,
        "between, after an answer": -4,
        "note, after an answer": -5,
        "afterword": -4,
        "tail": -2,
    },
    "afterword": {"afterword": -0.5, "tail": -0.5},
    "tail": {"tail": 0, "afterword": -4},
}
_NEXT["question, continued"] = _NEXT["question"]
_NEXT["answer, continued"] = _NEXT["answer"]
_NEXT["between, after a question"] = {"answer": 0, "between, after a question": -0.5, "question": -5}
_NEXT["note, after a question"] = {"answer": 0, "question": -3}
_NEXT["between, after an answer"] = {
    "question": -0.2,
    "answer, continued": -2,
    "between, after an answer": -0.5,
    "tail": -1,
    "afterword": -3,
}
_NEXT["note, after an answer"] = {"question": -0.2, "answer, continued": -2, "tail": -1}
_LAST = {
    "head",
    "preface",
    "answer",
    "answer, continued",
    "afterword",
    "tail",
    "note, after an answer",
    "between, after an answer",
}


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split an unlabelled Q&A into one passage a paragraph.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known; they become the speakers and help to tell the preface, which
        names the interviewee, from the conversation, which addresses him.
    """
    spans = paragraphs(source)
    texts = [source[start:end] for start, end in spans]
    passages: list[Passage] = []
    turn = -1
    question: tuple[int, int] | None = None
    speaking = None
    speakers = {"interviewer": interviewer, "interviewee": interviewee}
    for (start, end), part in zip(spans, _most_plausible(texts, interviewee), strict=True):
        role = _ROLES[part]
        if role not in speakers:
            passages.append(Passage(start, end, role))
            continue
        if role != speaking:
            speaking, turn = role, turn + 1
            if role == "interviewer":
                question = (start, end)
        if role == "interviewer" and question:
            question = (question[0], end)
        prompt = question if role == "interviewee" else None
        passages.append(Passage(start, end, role, speakers[role], turn, prompt))
    return passages


def _most_plausible(texts: list[str], interviewee: str | None) -> list[str]:
    """Return the sequence of parts with the most evidence in total.

    Where that holds no question, nobody is interviewed: all is the journalist's prose, or furniture.
    """
    # The surname alone: a journalist writes it of somebody, a partner in conversation hardly ever says it.
    name = re.compile(rf"\b{re.escape(interviewee.split()[-1])}\b", re.IGNORECASE) if interviewee else None
    signs = [_signs(text, name) for text in texts]
    comments = _comments(texts, signs)
    habits = _Habits()
    first_reading = _viterbi(_evidence(signs, comments, habits), habits)
    habits = _habits(signs, first_reading)
    evidence = _evidence(signs, comments, habits)
    parts = _viterbi(evidence, habits)
    if "question" in parts:
        return parts
    return [max(("preface", "head"), key=lambda part: scores[part]) for scores in evidence]


def _viterbi(evidence: list[dict[str, float]], habits: _Habits) -> list[str]:
    follow = math.log(habits.continuing), math.log(1 - habits.continuing)
    best: dict[str, float] = {"start": 0.0}
    back: list[dict[str, str]] = []
    for scores in evidence:
        arrived: dict[str, float] = {}
        came_from: dict[str, str] = {}
        for before, total in best.items():
            for part, cost in _NEXT[before].items():
                value = total + cost + scores[part]
                if before.startswith("answer"):
                    value += follow[0] if part == "answer, continued" else follow[1]
                if value > arrived.get(part, -math.inf):
                    arrived[part], came_from[part] = value, before
        best = arrived
        back.append(came_from)
    finals = {part: total for part, total in best.items() if part in _LAST} or best
    part = max(finals, key=lambda name: finals[name])
    parts = []
    for came_from in reversed(back):
        parts.append(part)
        part = came_from[part]
    return parts[::-1]


@dataclass(frozen=True)
class _Habits:
    """Of an interview: share of questions that end in a question mark, of answer paragraphs that another follows."""

    asking: float = 0.75
    continuing: float = 0.25


def _habits(signs: list[_Signs], parts: list[str]) -> _Habits:
    """Estimate the habits from a first reading; what is usual weighs as much as five questions and five answers."""
    questions = [sign.asks for sign, part in zip(signs, parts, strict=True) if part == "question"]
    answers = [part == "answer, continued" for part in parts if part.startswith("answer")]
    usual = _Habits()
    return _Habits(
        asking=(5 * usual.asking + sum(questions)) / (5 + len(questions)),
        continuing=(5 * usual.continuing + sum(answers)) / (5 + len(answers)),
    )


def _comments(texts: list[str], signs: list[_Signs]) -> int:
    """Return where the readers' comments begin: at their heading, where most of the questions have been asked."""
    asked = [i for i, sign in enumerate(signs) if sign.asks]
    for i, text in enumerate(texts):
        if opens_comments(text) and sum(j < i for j in asked) >= max(2, 0.6 * len(asked)):
            return i
    return len(texts)


@dataclass(frozen=True)
class _Signs:
    """What can be seen in one paragraph."""

    words: int
    asks: bool
    asks_late: bool
    opens_question: bool
    opens_answer: bool
    first: float
    second: float
    addressed: float
    third: float
    names_interviewee: bool
    interviewing: bool
    edited: bool
    aside: bool
    control: bool
    fragment: bool


def _signs(text: str, name: re.Pattern[str] | None) -> _Signs:
    tokens = [word.lower() for word in _WORD.findall(text)]
    # Three more words keep one pronoun in a paragraph of four from deciding everything.
    size = len(tokens) + 3

    def share(words: frozenset[str]) -> float:
        return sum(token in words for token in tokens) / size

    return _Signs(
        words=len(tokens),
        asks=bool(_ASKS.search(text)),
        # A question early in a paragraph is more often quoted or rhetorical.
        asks_late="?" in text[len(text) // 2 : -1],
        opens_question=bool(_QUESTION_OPENER.match(text)),
        opens_answer=bool(_ANSWER_OPENER.match(text)),
        first=share(_FIRST),
        second=share(_SECOND),
        addressed=len(_ADDRESSING.findall(text)) / size,
        third=share(_THIRD),
        names_interviewee=bool(name and name.search(text)),
        interviewing=bool(_INTERVIEWING.search(text)),
        edited=bool(_EDITED.search(text)),
        aside=bool(_ASIDE.match(text)) and len(tokens) > 2,
        control=is_control(text),
        fragment=is_fragment(text),
    )


# How often a paragraph of an answer, of a preface ends in a question mark.
_ASKING_ELSEWHERE = 0.05


def _evidence(signs: list[_Signs], comments: int, habits: _Habits) -> list[dict[str, float]]:
    """Return for each paragraph the evidence for each part."""
    rows = []
    for i, sign in enumerate(signs):
        question = _question(sign) + math.log(habits.asking if sign.asks else 1 - habits.asking)
        elsewhere = math.log(_ASKING_ELSEWHERE if sign.asks else 1 - _ASKING_ELSEWHERE)
        answer = _answer(sign) + elsewhere
        narration = _narration(sign) + elsewhere
        furniture = _furniture(sign) + elsewhere
        note = 4.0 if sign.aside else 3.0 if sign.edited else -6.0
        scores = {
            "head": furniture,
            "preface": narration,
            "question": question,
            "question, continued": question - 0.5 * sign.opens_question,
            "answer": answer + 1.5 * sign.opens_answer - 1.0 * sign.opens_question * sign.asks,
            "answer, continued": answer - 0.3 * sign.opens_answer,
            "between, after a question": furniture,
            "between, after an answer": furniture,
            "note, after a question": note,
            "note, after an answer": note,
            "afterword": narration,
            "tail": furniture,
        }
        if i >= comments:
            scores["tail"] = max(scores.values()) + 2
        rows.append(scores)
    return rows


def _bell(words: int, typical: float, spread: float) -> float:
    """Log of a log-normal bell without its constant: how usual a length is. Below four words all are alike."""
    return -0.5 * ((math.log(max(words, 4)) - math.log(typical)) / spread) ** 2


def _question(sign: _Signs) -> float:
    return (
        _bell(sign.words, 28, 0.9)
        + 0.6 * sign.asks_late
        + 0.8 * sign.opens_question
        - 2.0 * (not sign.asks and not sign.asks_late and not sign.addressed)
        - (0.01 if sign.asks else 0.02) * min(max(sign.words - 60, 0), 150)
        + 5 * min(sign.second, 0.15)
        + 14 * min(sign.addressed, 0.12)
        - 12 * min(sign.first, 0.15)
        - 1.5 * sign.names_interviewee
        - 3.0 * sign.control
        - 1.0 * sign.fragment
        - 1.0 * sign.opens_answer
    )


def _answer(sign: _Signs) -> float:
    return (
        _bell(sign.words, 75, 1.3)
        + 12 * min(sign.first, 0.15)
        - 10 * min(sign.addressed, 0.12)
        - 2.0 * sign.names_interviewee
        - 4.0 * sign.control
        - 1.0 * sign.fragment
        - 1.0 * (sign.fragment and sign.words > 3 and not sign.first)
    )


def _narration(sign: _Signs) -> float:
    return (
        _bell(sign.words, 80, 1.2)
        + 2.5 * sign.names_interviewee
        + 1.5 * sign.interviewing
        + 5.0 * sign.edited
        + 15 * min(sign.third, 0.12)
        - 14 * min(sign.second, 0.15)
        - 10 * min(sign.first, 0.15)
        - 3.0 * sign.control
        - 4.0 * sign.fragment
        + 1.5 * sign.aside
    )


def _furniture(sign: _Signs) -> float:
    return (
        -2.5
        + 5.0 * sign.control
        + 3.0 * sign.fragment
        - 2.0 * (not sign.control and not sign.fragment)
        - 0.02 * min(sign.words, 150)
        - 20 * min(sign.first + sign.second, 0.1) * (not sign.control)
    )
