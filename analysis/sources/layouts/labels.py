"""Find the labels of speakers in a text, and decide whom each stands for.

Speakers' labels recur, look alike and extend over much of the text. Other words before a
colon ("Note:", "My advice:", a headline) do not recur, or not in the same form.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from analysis.sources.interviews import NOBODY, Interview
from analysis.sources.layouts.furniture import (
    is_control,
    is_fragment,
    is_headline,
    opens_comments,
)
from analysis.sources.layouts.marks import front_matter
from analysis.sources.layouts.paragraphs import LINE, asks, masked, paragraphs
from analysis.sources.quotations import MARKS, core, people_in

_BLANK = r"[ \u00a0\u202f]"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
# What may come before a label: quotation and list marks, marks of direction, a time code, chevrons
# of subtitles.
_BEFORE = re.compile(
    rf"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*(?:[>|]+\s*|[•‣▪]\s*|[-*]\s+|#{{1,6}}\s+)?"
    rf"(?:\\?[\[(<]?{CLOCK}\\?[\])>]?[\s|–—-]*)?(?:>>+\s*)?"
)
# Bounded, so that no line is read further than a label can reach.
_WORD = r"[^\s:：*_\[\](){}<>\"“”„«»?!¿¡;,|…\\]{1,30}"
_NAME = rf"(?P<name>@[\w.\-]{{1,40}}|{_WORD}(?:{_BLANK}{_WORD}){{0,5}})"
_ASIDE = rf"(?:{_BLANK}?[(\[][^()\[\]\r\n]{{1,40}}[)\]]){{0,2}}"
_OPEN = r"(?P<open>[*_]{0,3}[\[(]?)"
_TIMED = rf"(?:{_BLANK}+\\?[\[(]?{CLOCK}\\?[\])]?(?=\s|$))?"
FORMS = {
    "colon": re.compile(
        rf"{_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_BLANK}?[:：](?![/\d])\u200f?[*_]{{0,3}}{_TIMED}"
    ),
    "bold": re.compile(rf"(?P<open>\*\*|__){_NAME}{_ASIDE}(?P=open)(?=\s|$)"),
    "letter": re.compile(
        rf"(?P<open>[*_]{{0,3}})(?P<name>[^\W\d_]{_BLANK}?\d{{0,3}})[.)](?:{_BLANK}?[–—-])?[*_]{{0,3}}(?=[\s¿¡])"
    ),
    "tab": re.compile(rf"{_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_BLANK}?\t+"),
    "dash": re.compile(rf"{_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_BLANK}[–—-]{{1,2}}{_BLANK}"),
    "line": re.compile(
        rf"(?!.*\w{{4}}\.[*_ ]*$){_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_TIMED}\s*$"
    ),
    "tag": re.compile(
        rf"(?:</?[a-zA-Z]{{1,10}}>{_BLANK}?){{1,4}}(?P<open>){_NAME}{_BLANK}?[:：]?{_BLANK}?"
        rf"(?:</?[a-zA-Z]{{1,10}}>{_BLANK}?){{1,4}}[:：]?(?=\s|$)"
    ),
}
# Forms that belong together. A colon is tried first: it ends a label far more often than a dash.
_SYSTEMS = (("colon", "bold", "letter"), ("tag",), ("tab",), ("dash",), ("line",))
_LONGEST_LINE = 400  # characters of a line in which a label is looked for
# Names are compared with one another; more than this many are not the labels of a
# conversation.
MOST_NAMES = 300
_TITLE = 10  # words
_HEADING = re.compile(r"#{1,6}\s")
_FIRST_FEW = 12  # how many labels are searched when a text may have only two
# Words that say who asks and who answers, folded. If labels have no such words, the structure of
# the text decides, in any language.
ASKING = frozenset(
    "q question frage pregunta domanda pergunta vraag fraga sporsmal kysymys pytanie otazka kerdes"
    " soru вопрос שאלה ש سؤال س 问 問 質問 질문 interviewer interviewerin int intervieweur"
    " intervistatore entrevistador entrevistadora intervjuare интервьюер מראיין מראיינת host"
    " moderator moderatorin moderateur moderador reporter journalist journaliste periodista"
    " redaktion redaction audience publikum publico publikumsfrage me ich moi yo io".split()
)
ANSWERING = frozenset(
    "a answer antwort respuesta reponse risposta resposta antwoord svar vastaus odpowiedz odpoved"
    " valasz cevap ответ תשובה ת جواب ج 答 回答 답변 interviewee respondent participant guest"
    " candidate gast invite invitado".split()
)
SIDES = ASKING | ANSWERING
# Letters mean something only beside their partner: P and R in Spanish, F and A in German, B and O
# in Russian.
LETTERS = "qa pr fa dr qr va во sc".split()
# What a page or an editor writes before a colon.
NOTES = frozenset(
    "note notes ed nb ps update correction warning break music sound applause source sources photo"
    " photos credit credits image video audio title date location place time duration language"
    " transcript anmerkung hinweis anm quelle foto datum ort nota ndlr remarque fuente link links"
    " url website web www http https mailto email tel phone tags labels categories filed posted"
    " published".split()
)
_PARTICLES = frozenset(
    "van von de der den del della di da du la le bin ibn al el ten ter of the in from and"
    " und et y".split()
)
_BY = frozenset("by with von mit par avec por con di da".split())
ENDS = re.compile(r"[.!?…:;。？！؟\"”’»)\]*_-]\s*$|[—–]\s*$")
# Turns inside a line: after the end of a sentence, a dash, or a capitalised name and a colon.
_AFTER_SENTENCE = r"(?:\A\s*|(?<=[.?!…。？！\"”)\]])\s{1,4})"
_EMPTY_LINE = re.compile(r"(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)")
_DASH_INSIDE = re.compile(
    rf"{_AFTER_SENTENCE}(?P<mark>[-–—]\s+(?:[\[(](?P<name>[^\W\d_][^\[\]()\n]{{1,30}})[\])])?)(?=\S)"
)
_NAME_INSIDE = re.compile(
    r"(?:\A\s*|(?<=[.?!…\"”)\]。？！])[^\S\r\n]{0,4})(?P<mark>"
    r"(?P<name>[^\W\d_][\w’'.\-]{0,20}(?: [^\W\d_][\w’'.\-]{0,20}){0,3})[:：])(?=\s)"
)
_INSIDE_LINES, _OFTEN_INSIDE = 4, 3  # fewest marks in all, and per paragraph with marks


@dataclass(frozen=True)
class Label:
    """Characters `[start, end)` that say who speaks next; `name` is as written in the text."""

    start: int
    end: int
    name: str
    form: str = "inside"
    bold: bool = False
    line: int = 0
    rest: str = ""

    @cached_property
    def key(self) -> str:
        """What labels of one speaker have in common, ignoring case and marks."""
        return fold_key(self.name)

    @property
    def shouted(self) -> bool:
        """Whether the name is in capitals; a single letter is no evidence."""
        return self.name.isupper() and sum(char.isalpha() for char in self.name) > 1


@dataclass(frozen=True)
class Transcript:
    """The labels of a text, the paragraphs after each, and whom each stands for.

    `side` is "interviewer" or "interviewee" if only that side is labelled, else None; `reach` is
    the share of the text that the labels extend over.
    """

    labels: list[Label]
    said: list[list[str]]
    side: str | None = None
    reach: float = 1.0

    @cached_property
    def speakers(self) -> dict[str, str]:
        """For each label's key (“lee”), the one fuller key that it may stand for, or itself."""
        return _same_speakers(self.labels)


@lru_cache(maxsize=10_000)
def fold(name: str) -> list[str]:
    """Split a name into words without case, diacritics or punctuation, to compare names.

    >>> fold("Dr. José O’Neill"), fold("J. S."), fold("@ann_lee")
    (['dr', 'jose', 'oneill'], ['j', 's'], ['ann', 'lee'])
    """
    plain = unicodedata.normalize(
        "NFKD", name.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    ).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'’`")
    return re.findall(r"[^\W_]+", plain)


def stands_for(label: str, full: str) -> bool:
    """Return whether a label may be a full name, or its surname, first name, initials or handle.

    >>> [stands_for(label, "Ana María Lee") for label in ("LEE", "Ana", "AML", "A. Lee", "@analee")]
    [True, True, True, True, True]
    >>> stands_for("Bo", "Ana María Lee")
    False
    """
    said, name = fold(label), fold(" ".join(core(full)))
    if not name:
        return False
    titled = re.sub(r"^(?:[^\W\d_]{2,10}\.\s+)+(?=\S)", "", label.strip())  # “Prof. Dr. Lee”
    short = fold(" ".join(core(titled)))
    if (len(short) == 1 and short[0] in name) or short == name[-len(short) :]:
        return True
    # “Ann M. Lee”, “Director Ann Lee”, “A. Lee”.
    if len(short) > 1 and len(name) > 1 and short[-1] == name[-1]:
        return name[0] in short or short[0] == name[0][0]
    joined, first, last = "".join(said), name[0], name[-1]
    if label.startswith("@"):
        return joined in ("".join(name), first + last, first[0] + last)
    initials = ("".join(word[0] for word in name), first[0] + last[0])
    return len(name) > 1 and label.isupper() and joined in initials


def transcript(
    source: str, interview: Interview = NOBODY, *, layout_is_set: bool = False
) -> Transcript | None:
    r"""Find the labels of a transcript; None if the text is not one.

    Parameters
    ----------
    source : the decoded file.
    interview : its entry; labels may stand for the names in it.
    layout_is_set : whether the list says that the text is a transcript, in which case a few
        scattered labels are enough.

    Examples
    --------
    >>> found = transcript("Q: Why?\n\nA: It rained.\n\nQ: And then?\n\nA: It stopped.")
    >>> [label.name for label in found.labels], found.side
    (['Q', 'A', 'Q', 'A'], None)
    >>> transcript("Why?\n\nMy reason: it rained.") is None
    True
    """
    inside = _run_in(source)
    if inside is not None:
        return inside
    known = [*interview.interviewees, *interview.interviewers]
    candidates, lines = _candidates(source)
    for forms in _SYSTEMS:
        of_forms = [label for label in candidates if label.form in forms]
        found = _held_together(source, of_forms, lines, known)
        if found and (layout_is_set or _is_dense(found)):
            return found
    return _first_turns(source, candidates, lines, known)


def _run_in(source: str) -> Transcript | None:
    """Find the marks of turns inside lines, “- [Ann] … - …” or “ANN: … BO: …”.

    None if there are none. A label without a name shows only that the speaker changes.
    """
    for pattern in (_DASH_INSIDE, _NAME_INSIDE):
        found = [Label(*mark.span("mark"), mark["name"] or "") for mark in pattern.finditer(source)]
        times = Counter(label.key for label in found)
        labels = [
            label
            for label in found
            if pattern is _DASH_INSIDE or (times[label.key] > 1 and _proper(label.name))
        ]
        if len(labels) < _INSIDE_LINES:
            continue
        gaps = _EMPTY_LINE.findall(source, labels[0].start, labels[-1].end)
        several = not labels[0].name or len({label.key for label in labels}) > 1
        if several and len(labels) >= _OFTEN_INSIDE * (len(gaps) + 1):
            return Transcript(labels, stretches(source, labels)[1:])
    return None


def fold_key(name: str) -> str:
    """Fold a name into a single string."""
    return " ".join(fold(name))


def read_label(source: str, start: int, end: int) -> tuple[int, str] | None:
    """Read a label in a line of subtitles: where it ends and whom it names, or None.

    >>> read_label("ANN: Why?", 0, 9), read_label("Why not?", 0, 8)
    ((4, 'ANN'), None)
    """
    said = FORMS["colon"].match(source, start, end)
    name = _name_in(said)
    proper = name and _proper(name) and NOTES.isdisjoint(fold(name)[:1])
    return (said.end(), name) if said and proper else None


@lru_cache(maxsize=1)  # a source is read to recognise its layout, then to split it
def _candidates(source: str) -> tuple[list[Label], list[str]]:
    """Find everything that may be a label at the start of a line, and all non-blank lines."""
    found: list[Label] = []
    lines: list[str] = []
    for match in LINE.finditer(source, front_matter(source)):
        if not match[0].strip():
            continue
        lines.append(match[0])
        text = match[0][:_LONGEST_LINE]
        before = _BEFORE.match(text)
        at = before.end() if before else 0
        for form, pattern in FORMS.items():
            said = pattern.match(text, at)
            name = _name_in(said)
            if not said or not name:
                continue
            start = match.start() + len(text) - len(text.lstrip())
            end = match.start() + len(text[: said.end()].rstrip())
            rest = match[0][said.end() :].strip()
            bold = said["open"][:2] in ("**", "__")
            found.append(Label(start, end, name, form, bold, len(lines) - 1, rest))
            break
    # Readers' comments come after most of the interview.
    half = found[len(found) // 2].line if found else 0
    late = (at for at, line in enumerate(lines) if at > half and opens_comments(line))
    end = next(late, len(lines))
    return _without_numbers([label for label in found if label.line < end]), lines[:end]


def _name_in(said: re.Match[str] | None) -> str:
    """Return the name in a label; "" if it contains no letter, or if a sentence ends inside it."""
    name = said["name"].strip("-–—. \u00a0") if said else ""
    # A full stop inside ends a sentence, unless it follows an initial or an abbreviation.
    ended = any(len(word) > 4 and word.endswith(".") for word in name.split()[:-1])
    return "" if ended or not any(map(str.isalpha, name)) else name


def _proper(name: str) -> bool:
    """Return whether a name begins with capitals, or is short in a script without them."""
    words = name.lstrip("@").split()
    if name.upper() == name.lower():
        return len(words) <= 4
    capitals = all(not word[0].islower() or word.lower() in _PARTICLES for word in words)
    return name.startswith("@") or (words[0][0].isupper() and capitals)


def _without_numbers(labels: list[Label]) -> list[Label]:
    """Merge “Q1”, “Q2”, “Question 3” into one label if each occurs once; “Speaker 2” recurs."""
    times = Counter(label.key for label in labels)
    bare = [replace(label, name=re.sub(r"\s*\d{1,3}$", "", label.name)) for label in labels]
    return [
        one if times[label.key] == 1 and (len(one.key) == 1 or one.key in SIDES) else label
        for label, one in zip(labels, bare, strict=True)
    ]


def _held_together(
    source: str, candidates: list[Label], lines: list[str], known: list[str]
) -> Transcript | None:
    """Choose speakers' labels among candidates of one kind; None if there is no conversation."""
    labels = _without_headers(_speaking(candidates, lines, known), candidates, lines)
    if len(labels) < 2:
        return None
    before, *said = stretches(source, labels)
    found = Transcript(labels, said, reach=_reach(labels, lines))
    side = _only_side(found, before)
    return replace(found, side=side) if _converse(found, side, lines) else None


def _converse(found: Transcript, side: str | None, lines: list[str]) -> bool:
    """Return whether labels recur as in a conversation; rarer forms must recur more often."""
    labels, form = found.labels, found.labels[0].form
    times = Counter(found.speakers[label.key] for label in labels)
    if side is None and (len(times) == 1 or max(times.values()) < 2):
        return False
    rare = form in ("dash", "line", "tab")
    few = len(labels) < 4 or min(sorted(times.values())[-2:]) < 2
    return not (rare and (few or _interrupted(labels, lines) > 0.5))


def _reach(labels: list[Label], lines: list[str]) -> float:
    """Return the share of a text, without page furniture, between the first label and the last.

    It is measured in lines or in characters, whichever is more: a preface may be one line.
    """
    labelled = {label.line for label in labels}
    content = [
        (number, len(line))
        for number, line in enumerate(lines)
        if number in labelled or not is_fragment(line)
    ]
    first, last = labels[0].line, labels[-1].line
    inside = [size for number, size in content if first <= number <= last]
    return max(len(inside) / len(content), sum(inside) / sum(size for _, size in content))


def _is_dense(found: Transcript) -> bool:
    """Return whether labels extend over enough of a text and are close to one another.

    Sparser labels belong to a scene that somebody describes.
    """
    density = len(found.labels) / (sum(map(len, found.said[:-1])) + 1)
    least = 0.2 if found.side or len(found.labels) < 6 else 0.08
    return found.reach >= (0.4 if len(found.labels) < 10 else 0.25) and density >= least


def _interrupted(labels: list[Label], lines: list[str]) -> float:
    """Return the share of labels followed by another label, or by no sentence."""
    ends = {label.line for label in labels} | {len(lines)}
    silent = [
        label.line + 1 in ends or is_fragment(lines[label.line + 1])
        for label in labels
        if not label.rest
    ]
    return sum(silent) / len(labels)


def _speaking(candidates: list[Label], lines: list[str], known: list[str]) -> list[Label]:
    """Choose the labels that recur and look alike, and those in between that occur once."""
    repeated = Counter(label.rest for label in candidates if _is_title(label.rest))
    candidates = _without_lists(
        [
            label
            for label in candidates
            if repeated[label.rest] < 2  # a menu, a caption
            and not _is_note(label)
            and not is_control(lines[label.line])
        ]
    )
    times = Counter(label.key for label in candidates)
    accepted = {label.key for label in candidates if _comes_back(label, times[label.key], known)}
    chosen = [label for label in candidates if label.key in accepted]
    if chosen and len(accepted) <= MOST_NAMES:
        accepted |= _once(candidates, chosen)
    return [label for label in candidates if label.key in accepted]


def _without_lists(candidates: list[Label]) -> list[Label]:
    """Leave out single letters whose partner does not recur: Q has A; a list (A, B, C) has none."""
    times = Counter(label.key for label in candidates)
    paired = {
        key for pair in LETTERS for key in pair if all(times[partner] >= 2 for partner in pair)
    }
    return [label for label in candidates if label.form != "letter" or label.key in paired]


def _comes_back(label: Label, times: int, known: list[str]) -> bool:
    if times >= 4 or (times >= 2 and (_proper(label.name) or label.key in SIDES)):
        return True
    return any(stands_for(label.name, name) for name in known)


def _is_title(rest: str) -> bool:
    """Return whether a text is short, not a sentence, and half its longer words are capitalised."""
    words = [word for word in rest.split() if len(word) > 3]
    capitals = sum(not word[0].islower() for word in words)
    return 1 < len(rest.split()) <= _TITLE and 2 * capitals >= len(words) and is_fragment(rest)


def _once(candidates: list[Label], chosen: list[Label]) -> set[str]:
    """Find the labels that occur once: full names before surnames, and people who speak once."""
    written = {label.key: label.name for label in chosen}
    short = tuple(key for key in written if len(key) < 3)  # “P” may come after “Pedro”
    shouted = sum(label.shouted for label in chosen) >= 0.8 * len(chosen)
    bold = sum(label.bold for label in chosen) >= 0.8 * len(chosen)
    first, last = chosen[0].line, chosen[-1].line + 3
    found = set()
    for label in candidates:
        if label.key in written or label.form == "letter":
            continue
        if label.line < first and len(label.key) > 2 and label.key.startswith(short):
            found.add(label.key)
        full = " " in label.key and _proper(label.name)
        if full and any(stands_for(name, label.name) for name in written.values()):
            found.add(label.key)
        styled = (shouted and label.shouted) or (bold and label.bold)
        once = _proper(label.name) and (len(label.name.split()) > 1 or styled)
        says = label.rest[:1] not in MARKS if label.rest else label.form == chosen[0].form == "tag"
        speaks = says and styled >= (shouted or bold) and (once or asks(label.rest))
        if speaks and first < label.line <= last:
            found.add(label.key)
    return found


def _is_note(label: Label) -> bool:
    words = fold(label.name)
    of_a_page = label.rest.startswith("@") or label.name[0].isdigit()
    return not words or of_a_page or words[0] in NOTES or words[-1] in ("note", "notes")


def _without_headers(labels: list[Label], candidates: list[Label], lines: list[str]) -> list[Label]:
    """Leave out headlines (“Ann Lee: A Life”) and facts (“Interviewer: Bo Chan”) before turns."""
    others = {label.line for label in candidates} - {label.line for label in labels}
    at = 0
    while len(labels) - at > 2 and _is_header(labels[at:], others, lines):
        at += 1
    return labels[at:]


def _is_header(labels: list[Label], others: set[int], lines: list[str]) -> bool:
    first, second = labels[:2]
    between = lines[first.line + 1 : second.line]
    if any(_HEADING.match(line) for line in between[:-1]) and is_headline(first.rest):
        return True  # another section of the page begins before anybody answers
    if not first.rest or ENDS.search(first.rest):
        return False
    few = first.key in SIDES and len(first.rest.split()) <= 4 and _proper(first.rest)
    if {first.line - 1, first.line + 1} & others or (few and not between):
        return True  # a list of facts
    return bool(between) and (is_headline(first.rest) or first.line <= 1)


def _same_speakers(labels: list[Label]) -> dict[str, str]:
    written = {label.key: label.name for label in labels}
    full = [key for key in written if len(key.split()) > 1 and key not in SIDES]
    if len(written) > MOST_NAMES:
        return {key: key for key in written}
    speakers = {}
    for key, name in written.items():
        longer = [
            other for other in full if len(other) > len(key) and stands_for(name, written[other])
        ]
        longer += [
            label.key
            for label in labels[:4]  # first “Pedro:”, later only “P:”
            if not longer and label.key[:1] == key and key != label.key
        ]
        speakers[key] = longer[0] if len(longer) == 1 else key
    return {key: speakers.get(speaker, speaker) for key, speaker in speakers.items()}


def _first_turns(
    source: str, candidates: list[Label], lines: list[str], known: list[str]
) -> Transcript | None:
    """Find labels on the first question and the first answer only; later turns have none."""
    candidates = [
        label
        for label in candidates
        if label.form in _SYSTEMS[0]
        and not _is_note(label)
        and label.rest
        and not _is_title(label.rest)
    ]
    times = Counter(label.key for label in candidates)
    for labels in pairwise(candidates[:_FIRST_FEW]):
        first, second = labels
        apart = second.line - first.line
        if times[first.key] + times[second.key] > 2 or apart > 3 or first.line > 0.5 * len(lines):
            continue
        people = [*known, *mentioned(source[: first.start])]
        named = [_is_named(label, people) for label in labels]
        alike = all(_proper(label.name) or label.key in SIDES for label in labels)
        after = lines[second.line + 1 :]
        begins = alike and (all(named) or (any(named) and asks(first.rest)))
        if begins and any(map(asks, after)):
            return Transcript(list(labels), stretches(source, list(labels))[1:], reach=0.6)
    return None


def _is_named(label: Label, people: list[str]) -> bool:
    return label.key in SIDES or any(stands_for(label.name, name) for name in people)


def unlabelled(source: str, labels: list[Label]) -> str:
    """Replace labels with line breaks, so that paragraphs, wrapped or not, begin after them."""
    return masked(source, [(label.start, label.end) for label in labels], "\n")


def stretches(source: str, labels: list[Label]) -> list[list[str]]:
    """Group a text's paragraphs by the label before them; those before any label come first."""
    found: list[list[str]] = [[] for _ in range(len(labels) + 1)]
    number = 0
    for start, end in paragraphs(unlabelled(source, labels)):
        while number < len(labels) and labels[number].start < start:
            number += 1
        found[number].append(source[start:end])
    return found


def _only_side(found: Transcript, before: list[str]) -> str | None:
    """Return whether only answers or only questions are labelled, with the others between them.

    `before` contains the paragraphs before the first label.
    """
    keys = set(found.speakers.values())
    firsts = [texts[0] for texts in found.said if texts]
    if not firsts:
        return None
    asking = sum(map(asks_or_is_bold, firsts)) / len(firsts)
    # The last paragraph before a label, unless it is the only one after the previous label.
    lasts = [texts[-1] for texts in (["", *before], *found.said[:-1]) if len(texts) > 1]
    asked_before = sum(map(asks_or_is_bold, lasts)) / len(found.labels)
    going_on = sum(len(texts) > 1 for texts in found.said) / len(found.labels)
    if len(keys) == 1 and keys <= ASKING:
        return "interviewer" if going_on >= 0.6 else None
    if asked_before >= 0.3 and asking < asked_before:
        return "interviewee"
    return "interviewer" if asking >= 0.5 and going_on >= 0.8 and asked_before < 0.3 else None


def asks_or_is_bold(text: str) -> bool:
    """Return whether a paragraph is a question, or is all in bold, as questions often are."""
    bare = text.strip()
    return asks(bare.rstrip("*_ ")) or (
        bare[:2] in ("**", "__") and bare[-2:] == bare[:2] and len(bare) > 4
    )


@lru_cache(maxsize=4)
def mentioned(text: str) -> list[str]:
    """Collect the names a text mentions, line by line, because no name spans two lines."""
    found: set[str] = set()
    for line in LINE.findall(text):
        for name in people_in(line, []).mentioned:
            first, *rest = name.split()
            found.add(" ".join(rest) if first.lower() in _BY and len(rest) > 1 else name)
    return sorted(found)
