"""Unlabelled questions and answers after a preface, page furniture around them.

No single sign tells a question from an answer: questions are often statements, answers end in
question marks. So every paragraph collects weak evidence for each part it may play, and the order
of parts with the most evidence in total wins (Viterbi 1967, doi:10.1109/TIT.1967.1054010). Weights
are in nats. Interviewers and editors have habits: how often a question ends in a question mark, how
often an answer runs over several paragraphs. A first reading assumes what is usual, a second reads
again with the habits found.

The weights are set by hand, from reasoning about interviews in general. They were checked on a
dozen published interviews with other people, which are not in the repository because they may not
be passed on. So they are not estimates, and no error follows from them; that is measured with
labels set by hand (`analysis.agreement.voices`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from analysis.sources.layouts.furniture import is_control, is_fragment, opens_comments, repeats
from analysis.sources.layouts.marks import Block, blocks, joined, with_marks
from analysis.sources.layouts.paragraphs import Passage, asks, asks_within
from analysis.sources.quotations import core, has_letters, opens_quoted, quoted_spans

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_LEADING_IN = (
    r"^\W*(?:(?:and|but|so|ok|okay|now|then|well|also|finally|lastly|great|right|alright)\W+)*"
)
_REQUEST_OPENER = re.compile(
    _LEADING_IN
    + r"(?:tell|talk|describe|explain|walk\s+(?:me|us)|take\s+(?:me|us)|give\s+(?:me|us)|let[’']s|"
    r"speaking\s+of|in\s+terms\s+of\s+your|don[’']t\s+you)\b",
    re.IGNORECASE,
)
# Statements open with these too (“When I was ten”): they are a sign of a question where one is
# asked.
_QUESTION_OPENER = re.compile(
    _LEADING_IN
    + r"(?:what|how|why|when|where|who|whose|which|whom|do|does|did|is|are|was|were|am|can|could|would|will|"
    r"should|shall|have|has|had|may|might|any|isn[’']t|aren[’']t|didn[’']t|doesn[’']t|wasn[’']t|weren[’']t)\b",
    re.IGNORECASE,
)
# An opener is looked for in this many characters.
_OPENING = 200
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
# You meaning the person spoken to, not people in general.
_ADDRESSING = re.compile(
    r"\byou[’'](?:ve|d)\b|\byours?\b|\b(?:did|do|were|are|have|had|would|could|can|will|was|for|to|with|of|about)\s+you\b|"
    r"\byou\s+(?:have|had)\s+(?:\w+ed|said|written|made|been|done|told|taken|shown|spoken|become|won)\b|"
    r"\byou\s+(?:\w+ed|said|were|wrote|made|did|had|began|took|went|got|came|grew|chose|once|also|recently|first|seem)\b",
    re.IGNORECASE,
)
_EDITED = re.compile(
    r"\binterview\b.{0,60}\b(?:edited|condensed|translated|conducted)\b", re.IGNORECASE | re.DOTALL
)
_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_RELEASE = re.compile(
    r"\b(?:opens\b(?!\s+up)|open\s+(?:on|in|at|until)|premieres?|airs?|screens?|streams?|(?:is|are)\s+(?:now\s+|currently\s+|also\s+)?(?:out|available|"
    r"playing|showing|streaming|on\s+(?:sale|display|view|tour)|in\s+(?:cinemas|theat(?:er|re)s|stores|shops|bookshops))|"
    r"(?:is|are|was|were|will\s+be)\s+(?:now\s+|being\s+)?(?:published|released)|comes\s+out|runs?\s+(?:until|through|from))\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:on|in|from|until|through|since|this|next)\s+(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:of\s+)?{_MONTHS}\b",
    re.IGNORECASE,
)
# “It opens in May” answers a question; a note says what opens.
_TAKING_UP = re.compile(r"\W*(?:it|that|this|they|there|and|but|so)\b", re.IGNORECASE)
_FIRST = frozenset(
    "i me my mine myself i’m i've i’ve i'm i’d i'd i’ll i'll we our us we’re we're we’ve we've".split()
)
_SECOND = frozenset(
    "you your yours yourself you’re you're you’ve you've you’d you'd you’ll you'll".split()
)
_THIRD = frozenset("he she his her him hers himself herself he’s he's she’s she's".split())

# The parts a paragraph may play, with the role each stands for.
ROLES = {
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
# Evidence a layout has for parts of a paragraph, in nats; _CERTAIN is more than all other evidence
# together.
Leaning = dict[str, float]
_CERTAIN = 1000.0
ASKED = ("question", "question, continued")
ANSWERED = ("answer", "answer, continued")
# So many questions with a quotation below make a habit, and this speaks for its being an answer.
_QUOTED, _MARKED = 2, 6.0
# Which part may follow which, and what it costs. What is missing cannot follow.
_NEXT: dict[str, dict[str, float]] = {
    "start": {
        "head": 0,
        "preface": 0,
        "question": -1,  # most pages have a headline or a preface first
        "answer": -6,  # an answer to nothing: the question was lost, or is a picture
    },
    "head": {"head": 0, "preface": 0, "question": -1},
    "preface": {
        "head": -2,  # a byline or a picture credit in the middle of a preface
        "preface": 0,
        "question": 0,
        "answer": -6,
    },
    "question": {
        "question, continued": -3.5,  # a question is one paragraph, as a rule
        "answer": 0,
        "between, after a question": (
            -5
        ),  # a page seldom puts anything between a question and its answer
        "note, after a question": -5,
        "tail": -6,  # a conversation does not end with a question
    },
    "answer": {
        "question": 0,
        "answer, continued": 0,  # the habit of the interview decides, see _viterbi
        "between, after an answer": -3,  # advertisements stand between answers, in a few pages
        "note, after an answer": -5,
        "afterword": -4,  # happens once, so not for want of first-person words alone
        "tail": -2,
    },
    "afterword": {"afterword": -0.5, "tail": -0.5},
    "tail": {"tail": 0, "afterword": -4},
}
_NEXT["question, continued"] = _NEXT["question"]
_NEXT["answer, continued"] = _NEXT["answer"]
_NEXT["between, after a question"] = {
    "answer": 0,
    "between, after a question": -0.5,
    "question": -5,  # then the first question had no answer
}
_NEXT["note, after a question"] = {"answer": 0, "question": -3}
_NEXT["between, after an answer"] = {
    "question": -0.2,
    "answer, continued": (
        -2
    ),  # furniture stands where an answer has ended, more often than inside it
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
    interviewee, interviewer : full names if known; they become the speakers and help to tell the
        preface, which names the interviewee, from the conversation, which addresses him.
    """
    found = joined(blocks(source), source, set())
    leaning = _leaning_of_quoted(found)
    return passages(
        source,
        found,
        parts(found, interviewee, leaning),
        interviewee,
        interviewer,
        quoted=leaning is not None,
    )


def _leaning_of_quoted(found: list[Block]) -> list[Leaning] | None:
    """Say what quotation marks tell, where answers stand in them: the writer asks and tells, the marks answer."""
    opens = [opens_quoted(block.text) for block in found]
    asked = [
        number for number, block in enumerate(found[:-1]) if asks(block.text) and not opens[number]
    ]
    answered = sum(opens[number + 1] for number in asked)
    if answered < _QUOTED or 3 * answered < 2 * len(asked):
        return None
    return [
        (
            dict.fromkeys(ASKED, -_CERTAIN) | {"answer": _MARKED, "answer, continued": _MARKED}
            if quoted
            else dict.fromkeys(ANSWERED, -_CERTAIN)
        )
        for quoted in opens
    ]


def passages(
    source: str,
    found: list[Block],
    played: list[str],
    interviewee: str | None,
    interviewer: str | None,
    *,
    quoted: bool = False,
) -> list[Passage]:
    """Make passages of paragraphs and the parts they play; marks around them become furniture.

    Where answers are `quoted`, what stands outside the quotation marks of an answer is the
    writer's.
    """
    rows: list[Passage] = []
    turn = -1
    question: tuple[int, int] | None = None
    speaking = None
    speakers = {"interviewer": interviewer, "interviewee": interviewee}
    for block, part in zip(found, played, strict=True):
        start, end, role = block.start, block.end, ROLES[part]
        if role not in speakers:
            rows.append(Passage(start, end, role))
            continue
        if role != speaking:
            speaking, turn = role, turn + 1
            if role == "interviewer":
                question = (start, end)
        if role == "interviewer" and question:
            question = (question[0], end)
        prompt = question if role == "interviewee" else None
        if quoted and role == "interviewee":
            rows.append(Passage(start, end, "narration", None, turn, prompt, answers_from=start))
            continue
        rows.append(Passage(start, end, role, speakers[role], turn, prompt))
    return with_marks(source, rows)


def parts(
    found: list[Block], interviewee: str | None, leaning: list[Leaning] | None = None
) -> list[str]:
    """Return the sequence of parts with the most evidence in total.

    Where that holds no question, nobody is interviewed: all is the journalist's prose, or
    furniture.

    Parameters
    ----------
    found : the paragraphs.
    interviewee : full name if known.
    leaning : for each paragraph what a layout knows besides, evidence in nats for parts it names.
    """
    # What is furniture for sure takes no part in the order: an image or a pull quote may stand
    # anywhere.
    pulled = repeats([block.text for block in found])
    first = next((number for number, block in enumerate(found) if asks(block.text)), len(found))
    aside = {
        number
        for number, block in enumerate(found)
        if block.machine or (number in pulled and number > first)
    }
    read = [number for number in range(len(found)) if number not in aside]
    known = [leaning[number] if leaning else {} for number in read]
    played = dict(
        zip(
            read,
            _most_plausible([found[number].text for number in read], interviewee, known),
            strict=True,
        )
    )
    return [played.get(number, "tail") for number in range(len(found))]


def _most_plausible(texts: list[str], interviewee: str | None, leaning: list[Leaning]) -> list[str]:
    # The surname alone: a journalist writes it of somebody, a partner in conversation hardly ever
    # says it.
    name = (
        re.compile(rf"\b{re.escape(core(interviewee)[-1])}\b", re.IGNORECASE)
        if interviewee
        else None
    )
    signs = [_signs(text, name) for text in texts]
    comments = _comments(texts, signs)
    habits = _Habits()
    first_reading = _viterbi(_evidence(signs, comments, habits, leaning), habits)
    habits = _habits(signs, first_reading)
    evidence = _evidence(signs, comments, habits, leaning)
    played = _viterbi(evidence, habits)
    if "question" in played:
        return played
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
    enough = max(2, 0.6 * sum(sign.asks for sign in signs))
    asked = 0
    for i, (text, sign) in enumerate(zip(texts, signs, strict=True)):
        if asked >= enough and opens_comments(text):
            return i
        asked += sign.asks
    return len(texts)


@dataclass(frozen=True)
class _Signs:
    """What can be seen in one paragraph."""

    words: int
    asks: bool
    asks_late: bool
    opens_question: float
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
    release: float


def _signs(text: str, name: re.Pattern[str] | None) -> _Signs:
    said = _without_quotations(text)
    tokens = [word.lower() for word in _WORD.findall(said)]
    words = len(_WORD.findall(text))
    # Three more words keep one pronoun in a paragraph of four from deciding everything.
    size = len(tokens) + 3

    def share(words: frozenset[str]) -> float:
        return sum(token in words for token in tokens) / size

    first, second = share(_FIRST), share(_SECOND)
    return _Signs(
        words=words,
        asks=asks(said),
        # A question early in a paragraph is more often rhetorical.
        asks_late=asks_within(said[len(said) // 2 : -1]),
        opens_question=_opens_question(said),
        opens_answer=bool(_ANSWER_OPENER.match(said[:_OPENING])),
        first=first,
        second=second,
        addressed=len(_ADDRESSING.findall(said)) / size,
        third=share(_THIRD),
        names_interviewee=bool(name and name.search(said)),
        interviewing=bool(_INTERVIEWING.search(said)),
        edited=bool(_EDITED.search(said)),
        aside=_is_aside(text) and words > 2,
        control=is_control(text),
        fragment=is_fragment(text),
        release=0 if first or second or words > 40 else _release(said),
    )


def _without_quotations(text: str) -> str:
    """Blank what stands between quotation marks: it is not how this voice speaks. Where that is all, keep it."""
    pieces, at = [], 0
    for start, end in quoted_spans(text):
        # A mark that is never closed may be a slip.
        if end < len(text) or text[-1] in "”»’\"'":
            pieces += [text[at:start], " " * (end - start)]
            at = end
    said = "".join([*pieces, text[at:]])
    return said if has_letters(said, 0, len(said)) else text


def requests(text: str) -> bool:
    """Tell whether a text requests an answer, as “Tell me about your mother” does.

    >>> requests("So tell me about it."), requests("I told you.")
    (True, False)
    """
    return bool(_REQUEST_OPENER.match(text[:_OPENING]))


def _opens_question(said: str) -> float:
    opening = said[:_OPENING]
    if requests(said):
        return 1.0
    # “And what comes after …” leaves it to the other to go on.
    open_ended = asks_within(said) or said.rstrip().endswith(("…", "..."))
    return (1.0 if open_ended else 0.3) if _QUESTION_OPENER.match(opening) else 0.0


def _is_aside(text: str) -> bool:
    """Tell whether all of a paragraph stands in brackets."""
    last = next((at for at in range(len(text) - 1, -1, -1) if text[at].isalnum()), 0)
    return text[:1] in ("[", "(") and any(mark in text[last:] for mark in "])")


def _release(said: str) -> float:
    """Weigh whether a paragraph tells when a work comes out: by what works do, less by a date alone."""
    if _TAKING_UP.match(said):
        return 0.0
    return 1.0 * bool(_RELEASE.search(said)) + 0.4 * bool(_DATE.search(said))


# How often a paragraph of an answer, of a preface ends in a question mark.
_ASKING_ELSEWHERE = 0.05


def _evidence(
    signs: list[_Signs], comments: int, habits: _Habits, leaning: list[Leaning]
) -> list[dict[str, float]]:
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
            "afterword": narration + 5.0 * sign.release,
            "tail": furniture,
        }
        if i >= comments:
            scores["tail"] = max(scores.values()) + 2
        for part, more in leaning[i].items():
            scores[part] += more
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
        - 4.0 * (not sign.control and not sign.fragment)
        - 0.02 * min(sign.words, 150)
        - 20 * min(sign.first + sign.second, 0.1) * (not sign.control)
    )
