"""Transcripts whose turns carry the speaker's label: "ANN LEE:", "Q.", "**Bo:**", "[00:12] Ann –", a line of its own.

Two questions, answered from the text alone:

1. Which labels are those of speakers? They come back, they look alike, and they reach over most of the text. What else
   ends in a colon ("Note:", "My advice:", a headline) does not, or not in the same form.
2. Who interviews, who is interviewed? A name set by hand decides; else who asks, who answers, who says more, and last
   words such as "Q" or "Interviewer" (`_ASKING`, `_ANSWERING`), of which other languages may have others.

A label is a row of its own, `boilerplate`: kept, and never counted as anybody's words. So is a time code before a turn,
or the marks of bold type around it. A stage direction within a turn ("[laughs]") stays in its row; one that is a
paragraph of its own is narration.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

from analysis.layouts import q_and_a
from analysis.layouts.furniture import is_control, is_fragment, is_headline, opens_comments
from analysis.layouts.paragraphs import Passage, asks, asks_within, paragraphs
from analysis.quotations import core, people_in

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BLANK = r"[ \u00a0\u202f]"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_STAMP = re.compile(rf"\\?[\[(]{_CLOCK}\\?[\])]:?(?=\s|$)")
# What may stand before a label: quotation and list marks, marks of direction, a time code, chevrons of subtitles.
_BEFORE = re.compile(
    rf"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*(?:[>|]+\s*|[•‣▪]\s*|[-*]\s+|#{{1,6}}\s+)?"
    rf"(?:\\?[\[(<]?{_CLOCK}\\?[\])>]?[\s|–—-]*)?(?:>>+\s*)?"
)
# Bounded, so that no line is read further than a label can reach.
_WORD = r"[^\s:：*_\[\](){}<>\"“”„«»?!¿¡;,|…\\]{1,30}"
_NAME = rf"(?P<name>@[\w.\-]{{1,40}}|{_WORD}(?:{_BLANK}{_WORD}){{0,5}})"
_ASIDE = rf"(?:{_BLANK}?[(\[][^()\[\]\r\n]{{1,40}}[)\]]){{0,2}}"
_OPEN = r"(?P<open>[*_]{0,3}[\[(]?)"
_TIMED = rf"(?:{_BLANK}+\\?[\[(]?{_CLOCK}\\?[\])]?(?=\s|$))?"
_FORMS = {
    "colon": re.compile(
        rf"{_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_BLANK}?[:：](?![/\d])\u200f?[*_]{{0,3}}(?=\W|\w){_TIMED}|"
        rf"{_OPEN.replace('open', 'open2')}{_NAME.replace('name', 'name2')}{_ASIDE}[\])]?[*_]{{0,3}}{_BLANK}?[:：]"
        r"\u200f?[*_]{0,3}$"
    ),
    "bold": re.compile(rf"(?P<open>\*\*|__){_NAME}{_ASIDE}(?P=open)(?=\s|$)"),
    "letter": re.compile(
        rf"(?P<open>[*_]{{0,3}})(?P<name>[^\W\d_]{_BLANK}?\d{{0,3}})[.)](?:{_BLANK}?[–—-])?[*_]{{0,3}}(?=[\s¿¡])"
    ),
    "tab": re.compile(rf"{_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_BLANK}?\t+"),
    "dash": re.compile(rf"{_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_BLANK}[–—-]{{1,2}}{_BLANK}"),
    "line": re.compile(rf"{_OPEN}{_NAME}{_ASIDE}[\])]?[*_]{{0,3}}{_TIMED}\s*$"),
}
# Forms that belong together. A colon is tried first: it is a label far more often than a dash.
_SYSTEMS = (("colon", "bold", "letter"), ("tab",), ("dash",), ("line",))
_LONGEST_LINE = 400  # characters of a line in which a label is looked for
# Names are compared with one another; where there are more than this many, no conversation is behind them.
_MOST_NAMES = 300
_FIRST_FEW = 12  # labels among which the only two of a text are looked for

# Words that say who asks and who answers, folded. Without them the structure decides, in any language.
_ASKING = frozenset(
    "q question frage pregunta domanda pergunta vraag fraga sporsmal kysymys pytanie otazka kerdes soru вопрос שאלה ש "
    "سؤال س 问 問 質問 질문 interviewer interviewerin int intervieweur intervistatore entrevistador entrevistadora "
    "intervjuare интервьюер מראיין מראיינת host moderator moderatorin moderateur moderador reporter journalist "
    "journaliste periodista redaktion redaction audience publikum publico publikumsfrage me ich moi yo io".split()
)
_ANSWERING = frozenset(
    "a answer antwort respuesta reponse risposta resposta antwoord svar vastaus odpowiedz odpoved valasz cevap ответ "
    "תשובה ת جواب ج 答 回答 답변 interviewee respondent participant guest candidate gast invite invitado".split()
)
# Letters mean something only beside their partner: P and R in Spanish, F and A in German, B and O in Russian.
_LETTERS = (("q", "a"), ("p", "r"), ("f", "a"), ("d", "r"), ("q", "r"), ("v", "a"), ("в", "о"), ("s", "c"))
# What a page or an editor writes before a colon.
_NOTES = frozenset(
    "note notes ed nb ps update correction warning break music sound applause source sources photo photos credit "
    "credits image video audio title date location place time duration language transcript anmerkung hinweis anm "
    "quelle foto datum ort nota ndlr remarque fuente link links url website web www http https mailto email tel phone "
    "tags labels categories filed posted published".split()
)
_PARTICLES = frozenset(
    "van von de der den del della di da du la le bin ibn al el ten ter of the in from and und et y".split()
)
_FIRST = re.compile(
    r"\b(?:I|me|my|we|us|our|ich|mein\w*|wir|uns|je|mon|ma|mes|nous|yo|mi|mis|nosotros|io|noi)\b", re.IGNORECASE
)
_BY = frozenset("by with von mit par avec por con di da".split())
# How editors close: who asked, that it was shortened.
_CLOSING = re.compile(
    r"\W*(?:propos\s+recueillis|(?:das\s+)?(?:interview|gespräch)\s+(?:führte|wurde)|(?:this|the)\s+(?:interview|conversation)\b.{0,80}"
    r"\b(?:edited|condensed|translated|conducted)|interview(?:ed)?\s*(?:by|von|par|:)|entrevista\s+(?:realizada|de|por)|"
    r"intervista\s+(?:di|a\s+cura))",
    re.IGNORECASE | re.DOTALL,
)
_ENDS = re.compile(r"[.!?…:;。？！؟\"”’»)\]*_-]\s*$|[—–]\s*$")
_IN_BRACKETS = re.compile(r"[*_]{0,2}[\[(][^\[\]()]*[\])][.*_]{0,2}")
_RULE = re.compile(r"[-*_=~#\s•·]{3,}")
_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*(?:\r\n?|\n)(?:(?!---)[^\r\n]*(?:\r\n?|\n)){0,200}?---[ \t]*(?=[\r\n]|$)")
_HEADING = re.compile(r"#{1,6}\s")


@dataclass(frozen=True)
class Label:
    """Characters `[start, end)` that say who speaks next: `name` as the text writes it, the form, in bold or not."""

    start: int
    end: int
    name: str
    form: str
    bold: bool
    line: int
    rest: str

    @cached_property
    def key(self) -> str:
        """What labels of one speaker have in common, whatever the case and the marks."""
        return " ".join(fold(self.name))

    @property
    def shouted(self) -> bool:
        """Whether the name is in capitals; a single letter says nothing."""
        return self.name.isupper() and sum(char.isalpha() for char in self.name) > 1


@dataclass(frozen=True)
class Transcript:
    """The labels of a text, who they stand for, and which side has none.

    `unlabelled` is "questions" or "answers" where only the other side is labelled, "alternating" where only the first
    turns are, None where every turn is.
    """

    labels: list[Label]
    speakers: dict[str, str]
    unlabelled: str | None
    reach: float


def fold(name: str) -> list[str]:
    """Split a name into words without case, diacritics and punctuation, to compare how it is written.

    >>> fold("Dr. José O’Neill"), fold("J. S."), fold("@ann_lee")
    (['dr', 'jose', 'oneill'], ['j', 's'], ['ann', 'lee'])
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o").replace("ł", "l")).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'’`")
    return re.findall(r"[^\W_]+", plain)


def stands_for(label: str, full: str) -> bool:
    """Tell whether a label may stand for a full name: all of it, its surname, first name, initials or handle.

    >>> [stands_for(label, "Ana María Lee") for label in ("LEE", "Ana", "AML", "AL", "A. Lee", "@analee", "Bo")]
    [True, True, True, True, True, True, False]
    """
    said, name = fold(label), fold(" ".join(core(full)))
    if not said or not name:
        return False
    titled = re.sub(r"^(?:[^\W\d_]{2,10}\.\s+)+(?=\S)", "", label.strip())  # “Prof. Dr. Lee”
    short = fold(" ".join(core(titled)))
    if short == name or (len(short) == 1 and short[0] in name) or short == name[-len(short) :]:
        return True
    # “Ann M. Lee”, “Director Ann Lee”, “A. Lee”.
    if len(short) > 1 and len(name) > 1 and short[-1] == name[-1]:
        return name[0] in short or short[0] == name[0][0]
    joined = "".join(said)
    initials = {"".join(word[0] for word in name), name[0][0] + name[-1][0]}
    if len(name) > 1 and joined in initials and (label.isupper() or "." in label):
        return True
    return label.startswith("@") and (joined == "".join(name) or joined in (name[0] + name[-1], name[0][0] + name[-1]))


def transcript(source: str, interviewee: str | None = None, interviewer: str | None = None) -> Transcript | None:
    r"""Find the labels of a transcript, None where the text shows none that hold it together.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known, several with commas or "and" between.

    Examples
    --------
    >>> found = transcript("Q: Why?\n\nA: It rained.\n\nQ: And then?\n\nA: It stopped.")
    >>> [label.name for label in found.labels], found.unlabelled
    (['Q', 'A', 'Q', 'A'], None)
    >>> transcript("Why?\n\nMy reason: it rained.") is None
    True
    """
    known = [*several(interviewee), *several(interviewer)]
    candidates, lines = _candidates(source)
    for forms in _SYSTEMS:
        found = _held_together(source, [label for label in candidates if label.form in forms], lines, known)
        if found is not None:
            return found
    return _first_turns(source, [label for label in candidates if label.form in _SYSTEMS[0]], lines, known)


def several(names: str | None) -> list[str]:
    """Split the names of several people, as `interviews.toml` may give them.

    >>> several("Ann Lee, Bo Chan and Ida Stone"), several(None)
    (['Ann Lee', 'Bo Chan', 'Ida Stone'], [])
    """
    return [name for name in re.split(r"\s*(?:[,;&/]|\band\b|\bund\b|\bet\b|\by\b)\s*", names or "") if name]


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split a labelled transcript: a row for each label, and one passage a paragraph of speech.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known, several with commas or "and" between. A label that stands for one
        has this name and role.

    Returns
    -------
    Passages in reading order. The speaker is the name set by hand, or the full name to which the text completes the
    label, or the label itself; None for a label that names nobody ("Q").
    """
    found = transcript(source, interviewee, interviewer)
    if found is None:
        return [Passage(start, end, _aside(source[start:end])) for start, end in paragraphs(source)]
    blocks = _blocks(source, found)
    roles = _roles(source, found, blocks, several(interviewee), several(interviewer))
    names = _names(source, found, roles, interviewee, interviewer)
    pieces = [_Piece(label.start, label.end, "boilerplate") for label in found.labels]
    for number, block in enumerate(blocks):
        pieces += _spoken(source, found, roles, blocks, number, block)
    pieces = [part for piece in pieces for part in _without_marks(source, piece)]
    return _numbered(sorted(pieces, key=lambda piece: piece.start), names)


def read_label(source: str, start: int, end: int) -> tuple[int, str] | None:
    """Read a label at the start of a line of subtitles: where it ends and whom it names, None where there is none.

    >>> read_label("ANN: Why?", 0, 9), read_label("(Ann Lee)", 0, 9), read_label("Why not?", 0, 8)
    ((4, 'ANN'), (9, 'Ann Lee'), None)
    """
    said = _FORMS["colon"].match(source, start, end)
    alone = None if said else _FORMS["line"].match(source, start, end)
    if alone is not None and not (alone["open"] and len(alone["name"].split()) > 1):
        return None
    said = said or alone
    if said is None:
        return None
    groups = said.groupdict()
    name = (groups["name"] or groups.get("name2") or "").strip("-–—. \u00a0")
    if not _may_name(name) or not _proper(name) or fold(name)[:1] in ([], [""]) or fold(name)[0] in _NOTES:
        return None
    return said.end(), name


def assign(
    source: str, pieces: list[tuple[int, int, str | None]], interviewee: str | None, interviewer: str | None
) -> list[Passage]:
    """Give pieces of which the speaker's name is known ("" where not, None where nobody speaks) roles and turns.

    Parameters
    ----------
    source : the decoded file.
    pieces : start, end and name of each, in reading order.
    interviewee, interviewer : as for `parse`.
    """
    labels: list[Label] = []
    blocks = [_Block(None, [])]
    for number, (start, end, name) in enumerate(pieces):
        if name:
            if not labels or labels[-1].name != name:
                labels.append(Label(start, start, name, "colon", False, number, source[start:end]))
                blocks.append(_Block(labels[-1], []))
            blocks[-1].spans.append((start, end))
    if not labels:
        return [Passage(start, end, "boilerplate" if name is None else "narration") for start, end, name in pieces]
    found = Transcript(labels, _same_speakers(labels), None, 1.0)
    roles = _roles(source, found, blocks, several(interviewee), several(interviewer))
    names = _names(source, found, roles, interviewee, interviewer)
    spoken = []
    for start, end, name in pieces:
        key = found.speakers[" ".join(fold(name))] if name else None
        role = roles[key] if key is not None else "boilerplate" if name is None else "narration"
        spoken.append(_Piece(start, end, role, key))
    return _numbered(spoken, names)


# --- which labels -------------------------------------------------------------------------------------------------


def _candidates(source: str) -> tuple[list[Label], list[tuple[int, int]]]:
    """Find whatever may be a label at the start of a line, and the lines that are not blank."""
    front = _FRONT_MATTER.match(source)
    found: list[Label] = []
    lines: list[tuple[int, int]] = []
    for match in _LINE.finditer(source, front.end() if front else 0):
        if not match[0].strip():
            continue
        lines.append(match.span())
        text = match[0][:_LONGEST_LINE]
        before = _BEFORE.match(text)
        at = before.end() if before else 0
        for form, pattern in _FORMS.items():
            said = pattern.match(text, at)
            if said is None or (form == "line" and len(match[0]) > _LONGEST_LINE):
                continue
            groups = said.groupdict()
            name = (groups["name"] or groups.get("name2") or "").strip("-–—. \u00a0")
            if not _may_name(name):
                continue
            start = match.start() + len(text) - len(text.lstrip())
            rest = match[0][said.end() :]
            bold = (groups["open"] or groups.get("open2") or "")[:2] in ("**", "__")
            end = match.start() + len(text[: said.end()].rstrip())
            found.append(Label(start, end, name, form, bold, len(lines) - 1, rest.strip()))
            break
    return _without_numbers(found), lines


def _may_name(name: str) -> bool:
    if not any(char.isalpha() for char in name) or len(name) > 60:
        return False
    words = name.split()
    # A full stop inside ends a sentence, unless it follows an initial or an abbreviation.
    return all(len(word.strip(".")) <= 3 or not word.endswith(".") for word in words[:-1])


def _proper(name: str) -> bool:
    """Tell whether a name is written as names are: in capitals, or in a script that has none and short."""
    words = name.lstrip("@").split()
    if name.startswith("@"):
        return True
    if not any(char.isupper() or char.islower() for char in name):
        return len(words) <= 4
    return words[0][0].isupper() and all(
        not word[0].islower() or word.lower() in _PARTICLES or not word[0].isalpha() for word in words
    )


def _without_numbers(labels: list[Label]) -> list[Label]:
    """Take “Q1”, “Q2”, “Question 3” for one label: there each number stands once; “Speaker 2” comes back."""
    times = Counter(label.key for label in labels)
    numbered: dict[str, set[str]] = {}
    for label in labels:
        base = _base(label.key)
        if base != label.key:
            numbered.setdefault(base, set()).add(label.key)
    once = {
        base
        for base, keys in numbered.items()
        if all(times[key] == 1 for key in keys) and len(keys) >= (2 if len(base) == 1 else 3)
    }
    return [
        replace(label, name=re.sub(r"[\s\u00a0]*\d+$", "", label.name))
        if _base(label.key) in once and _base(label.key) != label.key
        else label
        for label in labels
    ]


def _base(key: str) -> str:
    return re.sub(r" ?\d{1,3}$", "", key)


def _held_together(
    source: str, candidates: list[Label], lines: list[tuple[int, int]], known: list[str]
) -> Transcript | None:
    """Choose the labels of speakers among candidates of one kind, None where they do not make a conversation."""
    labels = _speaking(source, candidates, lines, known)
    if len(labels) < 2:
        return None
    labels = _before_comments(source, labels, lines)
    labels = _without_headers(labels, candidates, lines)
    speakers = _same_speakers(labels)
    keys = set(speakers.values())
    if len(labels) < 2 or not keys:
        return None
    known_here = {speakers[label.key] for label in labels if any(stands_for(label.name, name) for name in known)}
    unlabelled = _which_side(source, labels, speakers, known_here)
    if len(keys) == 1 and unlabelled is None:
        return None
    times = Counter(speakers[label.key] for label in labels)
    if unlabelled is None and (len(labels) < 3 or max(times.values()) < 2):
        return None
    if labels[0].form in ("dash", "line", "tab") and (min(sorted(times.values())[-2:]) < 2 or len(labels) < 4):
        return None
    first, last = labels[0].line, labels[-1].line
    reach = (last - first + 1) / max(1, len(_content(source, lines)))
    density = len({label.line for label in labels}) / (last - first + 1)
    sparse = 0.34 if len(labels) < 6 else 0.08
    if labels[0].form in ("dash", "line") and _interrupted(labels, lines) > 0.5:
        return None
    if reach < 0.4 or density < (0.2 if unlabelled or labels[0].form == "line" else sparse):
        return None
    return Transcript(labels, speakers, unlabelled, min(1.0, reach))


def _content(source: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lines before the readers' comments."""
    for number, (start, end) in enumerate(lines):
        if number > len(lines) / 3 and opens_comments(source[start:end]):
            return lines[:number]
    return lines


def _interrupted(labels: list[Label], lines: list[tuple[int, int]]) -> float:
    """Return the share of labels with nothing said after them: no speech before the next label."""
    starts = {label.line for label in labels}
    silent = sum(not label.rest and (label.line + 1 in starts or label.line + 1 >= len(lines)) for label in labels)
    return silent / len(labels)


def _speaking(source: str, candidates: list[Label], lines: list[tuple[int, int]], known: list[str]) -> list[Label]:
    candidates = [
        label for label in candidates if not _is_note(label) and not is_control(source[slice(*lines[label.line])])
    ]
    times = Counter(label.key for label in candidates)
    letters = {label.key for label in candidates if label.form == "letter"}
    paired = {key for pair in _LETTERS for key in pair if all(times[partner] >= 2 for partner in pair)}
    if any(label.form == "letter" for label in candidates):
        others = Counter(label.key for label in candidates if label.form != "letter")
        # A list (A. B. C.) has no partners that come back.
        candidates = [
            label for label in candidates if label.form != "letter" or label.key in paired or others[label.key] >= 2
        ]
        times = Counter(label.key for label in candidates)
    words = _ASKING | _ANSWERING
    accepted = {
        label.key
        for label in candidates
        if (times[label.key] >= 2 and _proper(label.name))
        or times[label.key] >= 4
        or (times[label.key] >= 2 and label.key in words)
        or any(stands_for(label.name, name) for name in known if len(fold(label.name)) > 1 or times[label.key] > 1)
    }
    accepted = _of_one_style([label for label in candidates if label.key in accepted])
    if not accepted:
        return []
    # A full name once, then the surname; and who speaks only once among them.
    chosen = [label for label in candidates if label.key in accepted]
    shouted = sum(label.shouted for label in chosen) >= 0.8 * len(chosen)
    bold = sum(label.bold for label in chosen) >= 0.8 * len(chosen)
    written = {label.key: label.name for label in chosen}
    if len(written) > _MOST_NAMES:
        return chosen
    first, last = chosen[0], chosen[-1]
    for label in candidates:
        if label.key in accepted or label.form == "letter" or label.key in letters:
            continue
        full = len(fold(label.name)) > 1 and any(stands_for(name, label.name) for name in written.values())
        among = first.line < label.line <= last.line + 3
        styled = (shouted and label.shouted) or (bold and label.bold)
        once = _proper(label.name) and (len(label.name.split()) > 1 or styled)
        if full or (among and label.rest and (once or asks(label.rest)) and (styled or not (shouted or bold))):
            accepted.add(label.key)
    return [label for label in candidates if label.key in accepted]


def _is_note(label: Label) -> bool:
    words = fold(label.name)
    return not words or words[0] in _NOTES or words[-1] in ("note", "notes") or label.name[0].isdigit()


def _of_one_style(labels: list[Label]) -> set[str]:
    """Keep the labels written as most are: in capitals, in bold. What is not is somebody's colon."""
    kept = labels
    for style in ("shouted", "bold"):
        of_style = [label for label in kept if getattr(label, style)]
        if len(of_style) >= 0.8 * len(kept):
            kept = of_style
    return {label.key for label in kept}


def _before_comments(source: str, labels: list[Label], lines: list[tuple[int, int]]) -> list[Label]:
    """Leave out what readers write under the interview, where most of it is over."""
    late = labels[int(0.6 * (len(labels) - 1))].line
    for number in range(late + 1, len(lines)):
        if opens_comments(source[slice(*lines[number])]):
            return [label for label in labels if label.line < number]
    return labels


def _without_headers(labels: list[Label], candidates: list[Label], lines: list[tuple[int, int]]) -> list[Label]:
    """Leave out headlines (“Ann Lee: A Life”) and particulars (“Interviewer: Bo Chan”) before the first turn."""
    others = {label.line for label in candidates} - {label.line for label in labels}
    while len(labels) > 2:
        first, second = labels[:2]
        short = bool(first.rest) and not _ENDS.search(first.rest) and len(first.rest.split()) <= 12
        listed = first.line - 1 in others or first.line + 1 in others
        particulars = second.line == first.line + 1 and len(first.rest.split()) <= 4 and _proper(first.rest or "x")
        particulars = particulars and first.key in _ASKING | _ANSWERING
        heads = second.line > first.line + 1 and (is_headline(first.rest) or first.line <= 1) and len(labels) > 3
        if not short or not (listed or particulars or heads):
            break
        labels = labels[1:]
    return labels


def _same_speakers(labels: list[Label]) -> dict[str, str]:
    """Map each label's key to that of the fullest label which only it may stand for (“Burg” to “Susanne Burg”)."""
    written = {label.key: label.name for label in labels}
    full = [key for key in written if len(key.split()) > 1 and key not in _ASKING | _ANSWERING]
    if len(written) > _MOST_NAMES:
        return {key: key for key in written}
    speakers = {}
    for key, name in written.items():
        longer = [other for other in full if len(other) > len(key) and stands_for(name, written[other])]
        speakers[key] = longer[0] if len(longer) == 1 else key
    return {key: speakers.get(speaker, speaker) for key, speaker in speakers.items()}


def _first_turns(
    source: str, candidates: list[Label], lines: list[tuple[int, int]], known: list[str]
) -> Transcript | None:
    """Find labels on the first question and the first answer only, where the turns go on without."""
    candidates = [
        label
        for label in candidates
        if not _is_note(label) and label.rest and (_proper(label.name) or label.key in _ASKING | _ANSWERING)
    ]
    times = Counter(label.key for label in candidates)
    for first, second in pairwise(candidates[:_FIRST_FEW]):
        apart = second.line - first.line
        if times[first.key] + times[second.key] > 2 or apart > 3 or first.line > 0.5 * len(lines):
            continue
        after = [source[start:end] for start, end in lines[second.line + 1 :]]
        named = sum(
            label.key in _ASKING | _ANSWERING
            or any(stands_for(label.name, name) for name in known)
            or any(stands_for(label.name, name) for name in _mentioned(source[: first.start]))
            for label in (first, second)
        )
        if (asks(first.rest) or named == 2) and named and len(after) >= 3 and any(asks(text) for text in after):
            labels = [first, second]
            return Transcript(labels, _same_speakers(labels), "alternating", 0.6)
    return None


# --- the paragraphs between them ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Block:
    """The paragraphs from one label to the next. The first block, before all labels, has none."""

    label: Label | None
    spans: list[tuple[int, int]]


def _blocks(source: str, found: Transcript) -> list[_Block]:
    # Where a label was, line ends: so paragraphs, wrapped or not, begin after it.
    masked, at = [], 0
    for label in found.labels:
        masked += [source[at : label.start], "\n" * (label.end - label.start)]
        at = label.end
    spans = paragraphs("".join([*masked, source[at:]]))
    blocks: list[_Block] = [_Block(None, [])] + [_Block(label, []) for label in found.labels]
    number = 0
    for start, end in spans:
        while number < len(found.labels) and found.labels[number].start < start:
            number += 1
        blocks[number].spans.append((start, end))
    return blocks


def _which_side(source: str, labels: list[Label], speakers: dict[str, str], known: set[str]) -> str | None:
    """Tell whether only answers or only questions are labelled: then the others stand unlabelled between."""
    blocks = _blocks(source, Transcript(labels, speakers, None, 1.0))
    texts = [[source[start:end] for start, end in block.spans] for block in blocks]
    keys = set(speakers.values())
    said = [block[0] for block in texts[1:] if block]
    if not said:
        return None
    asking = sum(_asks(text) for text in said) / len(said)
    before = [block[-1] for number, block in enumerate(texts[:-1]) if len(block) > (number > 0)]
    asked_before = sum(_asks(text) for text in before) / len(labels)
    going_on = sum(len(block) > 1 for block in texts[1:]) / len(labels)
    words = {speaker for key, speaker in speakers.items() if key in _ASKING}
    if len(keys) == 1 and keys <= words:
        return "answers" if going_on >= 0.6 else None
    enough = 0.4 if len(keys) > 1 else 0.3
    if asked_before >= enough and asking < asked_before and not (len(keys) > 1 and asking > 0.25):
        return "questions"
    if len(keys) == 1 and keys <= known and going_on >= 0.5 and asking < 0.3:
        return "questions"
    if asking >= 0.5 and going_on >= 0.8 and asked_before < 0.3:
        return "answers"
    return None


def _asks(text: str) -> bool:
    """Tell whether a paragraph asks, or is set as questions are: all of it in bold."""
    bare = text.strip()
    return asks(bare.rstrip("*_ ")) or (bare[:2] in ("**", "__") and bare[-2:] == bare[:2] and len(bare) > 4)


@dataclass(frozen=True)
class _Piece:
    """A passage to be: `key` is that of the speaker's label, "" for the side without labels, None for no speech."""

    start: int
    end: int
    role: str
    key: str | None = None


def _spoken(
    source: str, found: Transcript, roles: dict[str, str], blocks: list[_Block], number: int, block: _Block
) -> list[_Piece]:
    """Say for the paragraphs of a block what they are: speech of its label, the other side's, or the page's."""
    spans = block.spans
    if block.label is None:
        return _preface(source, found, spans)
    if found.unlabelled == "alternating" and number == len(blocks) - 1:
        return _alternating(source, roles, found, block)
    key = found.speakers[block.label.key]
    last = number == len(blocks) - 1
    if not last:
        spoken, asked = spans, []
        following = blocks[number + 1].label
        if found.unlabelled == "questions" and len(spans) > 1 and following is not None:
            # Where somebody else answers next, a paragraph in the first person may be the answer going on.
            same, text = found.speakers[following.key] == key, source[slice(*spans[-1])]
            if same or _asks(text) or not _FIRST.search(text):
                spoken, asked = spans[:-1], spans[-1:]
        rest: list[_Piece] = []
    else:
        at = _end_of_speech(source, blocks, found, roles[key])
        spoken, asked = spans[:at], []
        rest = _afterword(source, spans[at:])
    pieces = []
    for place, (start, end) in enumerate(spoken):
        text = source[start:end]
        note = _note(text) if place else None
        if note is not None:
            pieces.append(_Piece(start, end, note))
        elif place and (is_control(text) or _is_heading(text, place == len(spoken) - 1 and not last and not asked)):
            pieces.append(_Piece(start, end, "boilerplate"))
        elif _IN_BRACKETS.fullmatch(text) and len(spoken) > 1 and place:
            pieces.append(_Piece(start, end, "boilerplate" if _STAMP.fullmatch(text) else "narration"))
        elif not any(char.isalpha() for char in text) and (place or len(spoken) > 1):
            pieces.append(_Piece(start, end, "boilerplate"))
        elif found.unlabelled == "answers" and place:
            pieces.append(_Piece(start, end, "interviewee", ""))
        else:
            pieces.append(_Piece(start, end, roles[key], key))
    pieces += [_Piece(start, end, "interviewer", "") for start, end in asked]
    return pieces + rest


def _preface(source: str, found: Transcript, spans: list[tuple[int, int]]) -> list[_Piece]:
    front = _FRONT_MATTER.match(source)
    asked = None
    if found.unlabelled == "questions" and spans and _asks(source[slice(*spans[-1])]):
        asked = spans[-1]
    pieces = []
    for span in spans:
        start, end = span
        if span == asked:
            pieces.append(_Piece(start, end, "interviewer", ""))
        elif front and start < front.end():
            pieces.append(_Piece(start, end, "boilerplate"))
        else:
            pieces.append(_Piece(start, end, _aside(source[start:end])))
    return pieces


def _aside(text: str) -> str:
    """Tell the page's furniture from the journalist's prose."""
    furniture = is_control(text) or opens_comments(text) or is_fragment(text.strip("*_ ")) or _HEADING.match(text)
    return "boilerplate" if furniture or _RULE.fullmatch(text) else "narration"


def _is_heading(text: str, before_label: bool) -> bool:
    """Tell whether a paragraph between turns is a heading: marked as one, or a few words in capitals before a label."""
    if _HEADING.match(text) or _RULE.fullmatch(text):
        return True
    return before_label and len(text.split()) <= 10 and not _ENDS.search(text) and is_headline(text)


def _note(text: str) -> str | None:
    """Tell whether a paragraph is an editor's note (“Note: …”) or a mark (“**Break:**”), None where it is neither."""
    for form in ("colon", "bold"):
        said = _FORMS[form].match(text)
        if said:
            groups = said.groupdict()
            words = fold(groups["name"] or groups.get("name2") or "")
            silent = not any(char.isalpha() for char in text[said.end() :])
            if words and (words[0] in _NOTES or words[-1] == "note" or (silent and text[:2] in ("**", "__"))):
                return "boilerplate" if silent else "narration"
    return None


def _end_of_speech(source: str, blocks: list[_Block], found: Transcript, role: str) -> int:
    """Return how many paragraphs of the last block are still speech: all, or those before the page goes on."""
    spans = blocks[-1].spans
    going_on = sum(len(block.spans) > 1 for block in blocks[1:-1])
    if found.unlabelled is None and len(blocks) > 8 and not going_on:
        return min(1, len(spans))  # here each paragraph of speech has a label
    names = [label.name for label in found.labels if len(label.name) > 2 and label.key not in _ASKING | _ANSWERING]
    words = {word for name in names for word in fold(name) if len(word) > 3}
    said = [source[start:end] for start, end in spans]
    for at, text in enumerate(said):
        # A conversation that ends with the interviewer ends with thanks; he does not go on.
        thanked = found.unlabelled is None and role == "interviewer" and not _asks(text)
        if at and (thanked or _ends_speech(text, words)):
            return at
    return len(spans)


def _ends_speech(text: str, names: set[str]) -> bool:
    if is_control(text) or opens_comments(text) or _RULE.fullmatch(text) or _HEADING.match(text):
        return True
    if _IN_BRACKETS.fullmatch(text) and len(text.split()) > 3:
        return True
    if len(text.split()) <= 60 and _CLOSING.match(text):
        return True
    if not _ENDS.search(text) and (is_fragment(text) or text.startswith(("-", "—", "–", "©"))):
        return True
    marked = text[0] in "*_" and text[-1] in "*_" and len(text.split()) > 3
    # A note on the person: named, and nobody says I.
    about = bool(names & set(fold(text[:300]))) and not _FIRST.search(text)
    return marked or about


def _afterword(source: str, spans: list[tuple[int, int]]) -> list[_Piece]:
    pieces, comments = [], False
    for start, end in spans:
        text = source[start:end]
        comments = comments or opens_comments(text)
        credit = not comments and text.startswith(("-", "—", "–")) and len(text.split()) > 2
        role = "boilerplate" if comments else "narration" if credit else _aside(text)
        pieces.append(_Piece(start, end, role))
    return pieces


def _alternating(source: str, roles: dict[str, str], found: Transcript, block: _Block) -> list[_Piece]:
    """Read what follows the first turns as questions and answers without labels."""
    label = block.label
    assert label is not None
    key = found.speakers[label.key]
    of_role = {roles[found.speakers[each.key]]: found.speakers[each.key] for each in found.labels}
    begin = found.labels[0].start
    blanks = "".join(char if char in "\r\n" else " " for char in source[:begin])
    talk = list(blanks + source[begin:])
    for each in found.labels:
        talk[each.start : each.end] = "\n" * (each.end - each.start)
    read = {
        passage.start: passage.role
        for passage in q_and_a.parse("".join(talk), None, None)
        if passage.start >= label.end
    }
    pieces = []
    for place, (start, end) in enumerate(block.spans):
        role = read.get(start, "interviewee") if place else roles[key]
        speech = role in ("interviewer", "interviewee")
        pieces.append(_Piece(start, end, role, of_role.get(role, "") if speech else None))
    return pieces


def _without_marks(source: str, piece: _Piece) -> list[_Piece]:
    """Set apart what is not said: a time code before the words, marks of bold type that the label opened."""
    if piece.key is None:
        return [piece]
    start, end = piece.start, piece.end
    parts = []
    stamp = _STAMP.match(source, start, end)
    if stamp and stamp.end() < end:
        parts.append(_Piece(start, stamp.end(), "boilerplate"))
        start = stamp.end() + len(source[stamp.end() : end]) - len(source[stamp.end() : end].lstrip())
    text = source[start:end]
    closing = re.search(r"(?:\*\*|__)\s*$", text[-8:])
    if closing and text.count(closing[0].strip()) % 2 and len(text) > len(closing[0]) + 1:
        at = end - len(closing[0])
        kept = len(source[start:at].rstrip())
        return [*parts, replace(piece, start=start, end=start + kept), _Piece(at, end, "boilerplate")]
    return [*parts, replace(piece, start=start)]


def _numbered(pieces: list[_Piece], names: dict[str, str | None]) -> list[Passage]:
    """Count the turns, and give each answer the question before it."""
    passages: list[Passage] = []
    turn = -1
    speaking = None
    question: tuple[int, int] | None = None
    for piece in pieces:
        if piece.key is None:
            passages.append(Passage(piece.start, piece.end, piece.role))
            continue
        if (piece.role, piece.key) != speaking:
            speaking, turn = (piece.role, piece.key), turn + 1
            if piece.role == "interviewer":
                question = (piece.start, piece.end)
        if piece.role == "interviewer" and question:
            question = (question[0], piece.end)
        speaker = names.get(piece.key) if piece.key else names.get(piece.role)
        prompt = question if piece.role == "interviewee" else None
        passages.append(Passage(piece.start, piece.end, piece.role, speaker, turn, prompt))
    return passages


# --- who is who -----------------------------------------------------------------------------------------------------


def _roles(
    source: str, found: Transcript, blocks: list[_Block], interviewees: Iterable[str], interviewers: Iterable[str]
) -> dict[str, str]:
    """Say of each speaker whether he interviews or is interviewed."""
    keys = list(dict.fromkeys(found.speakers[label.key] for label in found.labels))
    if found.unlabelled in ("questions", "answers"):
        side = "interviewee" if found.unlabelled == "questions" else "interviewer"
        return dict.fromkeys(keys, side)
    variants = _variants(found)

    def is_one_of(key: str, names: Iterable[str]) -> bool:
        return any(stands_for(written, name) for written in variants[key] for name in names)

    fixed = {key: "interviewee" for key in keys if is_one_of(key, interviewees)}
    fixed |= {key: "interviewer" for key in keys if key not in fixed and is_one_of(key, interviewers)}
    named = "interviewee" in fixed.values()
    scores = _scores(source, found, blocks)
    fixed = _by_words(found, scores) | fixed
    for role, choose in (("interviewee", min), ("interviewer", max)):
        free = [key for key in keys if key not in fixed]
        if role not in fixed.values() and free and (len(free) > 1 or len(fixed) > 0 or len(keys) == 1):
            fixed[choose(free, key=lambda key: scores[key])] = role
    asks_like = [scores[key] for key in keys if fixed.get(key) == "interviewer"]
    answers_like = [scores[key] for key in keys if fixed.get(key) == "interviewee"]
    middle = (median(asks_like) + median(answers_like)) / 2 if asks_like and answers_like else 0.0
    if named:
        middle -= 0.4  # who is not among those set by hand is more likely to ask
    return {key: fixed.get(key) or ("interviewer" if scores[key] >= middle else "interviewee") for key in keys}


def _by_words(found: Transcript, scores: dict[str, float]) -> dict[str, str]:
    """Take the roles that words such as “Q” and “Interviewer” name, unless the turns say clearly otherwise."""
    letters = {label.key for label in found.labels}
    pair = next((pair for pair in _LETTERS if letters.issuperset(pair)), None)
    roles: dict[str, str] = {}
    for label in {label.key: label for label in found.labels}.values():
        words = set(fold(label.name))
        if len(label.key) == 1:
            asks_or_answers = dict(zip(pair, ("question", "answer"), strict=True)) if pair else {}
            words = {asks_or_answers.get(label.key, "")}
        role = "interviewer" if words & _ASKING else "interviewee" if words & _ANSWERING else None
        if role:
            roles[found.speakers[label.key]] = role
    asking = [scores[key] for key, role in roles.items() if role == "interviewer"]
    answering = [scores[key] for key, role in roles.items() if role == "interviewee"]
    return {} if asking and answering and median(asking) + 2 < median(answering) else roles


def _scores(source: str, found: Transcript, blocks: list[_Block]) -> dict[str, float]:
    """Weigh how much each speaker does what interviewers do: ask, say little, begin, not answer. More is more."""
    turns: list[tuple[str, list[str]]] = []
    for block in blocks[1:]:
        assert block.label is not None
        key = found.speakers[block.label.key]
        # A last block may run into the page's furniture.
        texts = [source[start:end] for start, end in (block.spans[:1] if block is blocks[-1] else block.spans)]
        if turns and turns[-1][0] == key:
            turns[-1][1].extend(texts)
        elif texts:
            turns.append((key, texts))
    asking = [bool(texts) and (_asks(texts[-1]) or asks_within(texts[-1][len(texts[-1]) // 2 :])) for _, texts in turns]
    sizes = [sum(len(text) for text in texts) for _, texts in turns]
    scores = dict.fromkeys(found.speakers.values(), 0.0)
    usual = median(sizes) if sizes else 1.0
    turns_of: dict[str, list[int]] = {}
    for number, (speaker, _) in enumerate(turns):
        turns_of.setdefault(speaker, []).append(number)
    for key, own in turns_of.items():
        asks_often = sum(asking[number] for number in own) / len(own)
        answers = sum(number > 0 and asking[number - 1] for number in own) / len(own)
        size = math.log2((median(sizes[number] for number in own) + 20) / (usual + 20))
        weight = len(own) / (len(own) + 1)
        scores[key] = weight * (2 * asks_often - 2 * answers) - 0.4 * size + 0.3 * (own[0] == 0)
    return scores


def _names(
    source: str, found: Transcript, roles: dict[str, str], interviewee: str | None, interviewer: str | None
) -> dict[str, str | None]:
    """Name the speaker of each label, and of the side without labels (under its role)."""
    named = {"interviewee": several(interviewee), "interviewer": several(interviewer)}
    before = _mentioned(source[: found.labels[0].start])
    everywhere: list[str] | None = None
    names: dict[str, str | None] = {role: people[0] if len(people) == 1 else None for role, people in named.items()}
    written = _variants(found)
    many = len(written) > _MOST_NAMES
    times = Counter(roles.values())
    for key, role in roles.items():
        variants = written[key]
        fullest = max(variants, key=lambda name: len(fold(name)))
        by_hand = [name for name in named[role] if any(stands_for(variant, name) for variant in variants)]
        alone = times[role] == 1
        generic = all(_is_generic(variant) for variant in variants)
        if by_hand:
            names[key] = by_hand[0]
        elif alone and len(named[role]) == 1 and (generic or len(fold(fullest)) < 2 or role == "interviewer"):
            names[key] = named[role][0]
        elif generic:
            names[key] = None
        elif many or (len(fold(fullest)) > 1 and not fullest.isupper()):
            names[key] = fullest
        else:
            full = _only_one(fullest, before)
            if full is None and (len(fold(fullest)) > 1 or len(fullest) > 3):
                everywhere = _mentioned(source) if everywhere is None else everywhere
                full = _only_one(fullest, everywhere, surname=True)
            names[key] = full or fullest
    return names


def _variants(found: Transcript) -> dict[str, list[str]]:
    """List for each speaker how the labels write the name."""
    written: dict[str, dict[str, None]] = {}
    for label in found.labels:
        written.setdefault(found.speakers[label.key], {})[label.name] = None
    return {key: list(names) for key, names in written.items()}


def _is_generic(name: str) -> bool:
    """Tell whether a label names a part in the conversation and nobody."""
    words = fold(name)
    return len(words) == 1 and (len(words[0]) == 1 or words[0] in _ASKING | _ANSWERING)


def _only_one(name: str, mentioned: list[str], *, surname: bool = False) -> str | None:
    """Return the one mentioned name a label stands for; outside the preface only by its surname, or all of it."""
    short = fold(name)
    found = {
        " ".join(fold(full)): full
        for full in mentioned
        if (fold(full) == short if len(short) > 1 else stands_for(name, full))
        and (not surname or fold(full)[-1:] == short[-1:])
    }
    # “Director Ann Lee” and “Ann Lee” are one; the shorter is the name.
    least = [key for key in found if not any(key.endswith(" " + other) for other in found)]
    return found[least[0]] if len(least) == 1 else None


def _mentioned(text: str) -> list[str]:
    """Collect the names a text mentions, line by line: a name does not run on into the next."""
    found: set[str] = set()
    for line in _LINE.findall(text):
        for name in people_in(line, []).mentioned:
            first, *rest = name.split()
            found.add(" ".join(rest) if first.lower() in _BY and len(rest) > 1 else name)
    return sorted(found)
