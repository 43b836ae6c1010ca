"""Which labels of a text are those of speakers, and whom each stands for.

They come back, they look alike, and they reach over most of the text. What else ends in a colon
("Note:", "My advice:", a headline) does not, or not in the same form.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from analysis.sources.layouts.furniture import is_control, is_headline, opens_comments
from analysis.sources.layouts.paragraphs import LINE, asks, paragraphs
from analysis.sources.quotations import core, people_in

_BLANK = r"[ \u00a0\u202f]"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
# What may stand before a label: quotation and list marks, marks of direction, a time code, chevrons
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
# Names are compared with one another; where there are more than this many, no conversation is
# behind them.
MOST_NAMES = 300
_FIRST_FEW = 12  # labels among which the only two of a text are looked for
# Words that say who asks and who answers, folded. Without them the structure decides, in any
# language.
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
# Letters mean something only beside their partner: P and R in Spanish, F and A in German, B and O
# in Russian.
LETTERS = (
    ("q", "a"),
    ("p", "r"),
    ("f", "a"),
    ("d", "r"),
    ("q", "r"),
    ("v", "a"),
    ("в", "о"),
    ("s", "c"),
)
# What a page or an editor writes before a colon.
NOTES = frozenset(
    "note notes ed nb ps update correction warning break music sound applause source sources photo"
    " photos credit credits image video audio title date location place time duration language"
    " transcript anmerkung hinweis anm quelle foto datum ort nota ndlr remarque fuente link links"
    " url website web www http https mailto email tel phone tags labels categories filed posted"
    " published".split()
)
_PARTICLES = frozenset(
    "van von de der den del della di da du la le bin ibn al el ten ter of the in from and und et y".split()
)
_BY = frozenset("by with von mit par avec por con di da".split())
ENDS = re.compile(r"[.!?…:;。？！؟\"”’»)\]*_-]\s*$|[—–]\s*$")
FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*(?:\r\n?|\n)(?:(?!---)[^\r\n]*(?:\r\n?|\n)){0,200}?---[ \t]*(?=[\r\n]|$)"
)


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

    `unlabelled` is "questions" or "answers" where only the other side is labelled, "alternating"
    where only the first turns are, None where every turn is.
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
    plain = unicodedata.normalize(
        "NFKD", name.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    ).casefold()
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
    return label.startswith("@") and (
        joined == "".join(name) or joined in (name[0] + name[-1], name[0][0] + name[-1])
    )


def transcript(
    source: str,
    interviewee: str | None = None,
    interviewer: str | None = None,
    *,
    layout_is_set: bool = False,
) -> Transcript | None:
    r"""Find the labels of a transcript, None where the text shows none that hold it together.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known, several with commas or "and" between.
    layout_is_set : somebody says that the text is a transcript, so labels that are few and far
        between are enough.

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
        found = _held_together(
            source,
            [label for label in candidates if label.form in forms],
            lines,
            known,
            layout_is_set,
        )
        if found is not None:
            return found
    return _first_turns(
        source, [label for label in candidates if label.form in _SYSTEMS[0]], lines, known
    )


def several(names: str | None) -> list[str]:
    """Split the names of several people, as `interviews.toml` may give them.

    >>> several("Ann Lee, Bo Chan and Ida Stone"), several(None)
    (['Ann Lee', 'Bo Chan', 'Ida Stone'], [])
    """
    return [
        name
        for name in re.split(r"\s*(?:[,;&/]|\band\b|\bund\b|\bet\b|\by\b)\s*", names or "")
        if name
    ]


def read_label(source: str, start: int, end: int) -> tuple[int, str] | None:
    """Read a label at the start of a line of subtitles: where it ends and whom it names, None where there is none.

    >>> read_label("ANN: Why?", 0, 9), read_label("(Ann Lee)", 0, 9), read_label("Why not?", 0, 8)
    ((4, 'ANN'), (9, 'Ann Lee'), None)
    """
    said = FORMS["colon"].match(source, start, end)
    alone = None if said else FORMS["line"].match(source, start, end)
    if alone is not None and not (alone["open"] and len(alone["name"].split()) > 1):
        return None
    said = said or alone
    if said is None:
        return None
    groups = said.groupdict()
    name = (groups["name"] or groups.get("name2") or "").strip("-–—. \u00a0")
    if (
        not _may_name(name)
        or not _proper(name)
        or fold(name)[:1] in ([], [""])
        or fold(name)[0] in NOTES
    ):
        return None
    return said.end(), name


def _candidates(source: str) -> tuple[list[Label], list[tuple[int, int]]]:
    """Find whatever may be a label at the start of a line, and the lines that are not blank."""
    front = FRONT_MATTER.match(source)
    found: list[Label] = []
    lines: list[tuple[int, int]] = []
    for match in LINE.finditer(source, front.end() if front else 0):
        if not match[0].strip():
            continue
        lines.append(match.span())
        text = match[0][:_LONGEST_LINE]
        before = _BEFORE.match(text)
        at = before.end() if before else 0
        for form, pattern in FORMS.items():
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
        not word[0].islower() or word.lower() in _PARTICLES or not word[0].isalpha()
        for word in words
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
        (
            replace(label, name=re.sub(r"[\s\u00a0]*\d+$", "", label.name))
            if _base(label.key) in once and _base(label.key) != label.key
            else label
        )
        for label in labels
    ]


def _base(key: str) -> str:
    return re.sub(r" ?\d{1,3}$", "", key)


def _held_together(
    source: str,
    candidates: list[Label],
    lines: list[tuple[int, int]],
    known: list[str],
    layout_is_set: bool,
) -> Transcript | None:
    """Choose the labels of speakers among candidates of one kind, None where they do not make a conversation."""
    labels = _speaking(source, candidates, lines, known)
    if len(labels) < 2:
        return None
    labels = _before_comments(source, labels, lines)
    labels = _without_headers(labels, candidates)
    speakers = same_speakers(labels)
    keys = set(speakers.values())
    if len(labels) < 2 or not keys:
        return None
    known_here = {
        speakers[label.key]
        for label in labels
        if any(stands_for(label.name, name) for name in known)
    }
    unlabelled = _which_side(source, labels, speakers, known_here)
    if len(keys) == 1 and unlabelled is None:
        return None
    times = Counter(speakers[label.key] for label in labels)
    if unlabelled is None and (len(labels) < 3 or max(times.values()) < 2):
        return None
    if labels[0].form in ("dash", "line", "tab") and (
        min(sorted(times.values())[-2:]) < 2 or len(labels) < 4
    ):
        return None
    if labels[0].form in ("dash", "line") and _interrupted(labels, lines) > 0.5:
        return None
    found = Transcript(labels, speakers, unlabelled, _reach(source, labels, lines))
    return found if layout_is_set or _is_dense(source, found) else None


def _reach(source: str, labels: list[Label], lines: list[tuple[int, int]]) -> float:
    """Return the share of the text, readers' comments apart, from the first label to the end of the last one's line.

    Of its lines or of its characters, whichever is more: menus are many lines, a preface may be
    one.
    """
    content = _content(source, lines)
    first, last = labels[0], labels[-1]
    of_characters = (lines[last.line][1] - first.start) / (content[-1][1] - content[0][0])
    return min(1.0, max(of_characters, (last.line - first.line + 1) / len(content)))


def _is_dense(source: str, found: Transcript) -> bool:
    """Tell whether labels reach over most of a text and stand near one another; less is a scene somebody tells."""
    between = sum(len(block.spans) for block in blocks_of(source, found)[1:-1]) + 1
    density = len(found.labels) / between
    few = found.unlabelled is not None or found.labels[0].form == "line"
    least = 0.2 if few else 0.34 if len(found.labels) < 6 else 0.08
    return found.reach >= (0.4 if len(found.labels) < 10 else 0.25) and density >= least


def _content(source: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lines before the readers' comments."""
    for number, (start, end) in enumerate(lines):
        if number > len(lines) / 3 and opens_comments(source[start:end]):
            return lines[:number]
    return lines


def _interrupted(labels: list[Label], lines: list[tuple[int, int]]) -> float:
    """Return the share of labels with nothing said after them: no speech before the next label."""
    starts = {label.line for label in labels}
    silent = sum(
        not label.rest and (label.line + 1 in starts or label.line + 1 >= len(lines))
        for label in labels
    )
    return silent / len(labels)


def _speaking(
    source: str, candidates: list[Label], lines: list[tuple[int, int]], known: list[str]
) -> list[Label]:
    candidates = [
        label
        for label in candidates
        if not _is_note(label) and not is_control(source[slice(*lines[label.line])])
    ]
    times = Counter(label.key for label in candidates)
    letters = {label.key for label in candidates if label.form == "letter"}
    paired = {
        key for pair in LETTERS for key in pair if all(times[partner] >= 2 for partner in pair)
    }
    if any(label.form == "letter" for label in candidates):
        others = Counter(label.key for label in candidates if label.form != "letter")
        # A list (A. B. C.) has no partners that come back.
        candidates = [
            label
            for label in candidates
            if label.form != "letter" or label.key in paired or others[label.key] >= 2
        ]
        times = Counter(label.key for label in candidates)
    words = ASKING | ANSWERING
    accepted = {
        label.key
        for label in candidates
        if (times[label.key] >= 2 and _proper(label.name))
        or times[label.key] >= 4
        or (times[label.key] >= 2 and label.key in words)
        or any(
            stands_for(label.name, name)
            for name in known
            if len(fold(label.name)) > 1 or times[label.key] > 1
        )
    }
    accepted = _of_one_style([label for label in candidates if label.key in accepted])
    if not accepted:
        return []
    # A full name once, then the surname; and who speaks only once among them.
    chosen = [label for label in candidates if label.key in accepted]
    shouted = sum(label.shouted for label in chosen) >= 0.8 * len(chosen)
    bold = sum(label.bold for label in chosen) >= 0.8 * len(chosen)
    written = {label.key: label.name for label in chosen}
    if len(written) > MOST_NAMES:
        return chosen
    first, last = chosen[0], chosen[-1]
    for label in candidates:
        if label.key in accepted or label.form == "letter" or label.key in letters:
            continue
        full = len(fold(label.name)) > 1 and any(
            stands_for(name, label.name) for name in written.values()
        )
        among = first.line < label.line <= last.line + 3
        styled = (shouted and label.shouted) or (bold and label.bold)
        once = _proper(label.name) and (len(label.name.split()) > 1 or styled)
        if full or (
            among
            and label.rest
            and (once or asks(label.rest))
            and (styled or not (shouted or bold))
        ):
            accepted.add(label.key)
    return [label for label in candidates if label.key in accepted]


def _is_note(label: Label) -> bool:
    words = fold(label.name)
    return (
        not words or words[0] in NOTES or words[-1] in ("note", "notes") or label.name[0].isdigit()
    )


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


def _without_headers(labels: list[Label], candidates: list[Label]) -> list[Label]:
    """Leave out headlines (“Ann Lee: A Life”) and particulars (“Interviewer: Bo Chan”) before the first turn."""
    others = {label.line for label in candidates} - {label.line for label in labels}
    while len(labels) > 2:
        first, second = labels[:2]
        short = bool(first.rest) and not ENDS.search(first.rest) and len(first.rest.split()) <= 12
        listed = first.line - 1 in others or first.line + 1 in others
        particulars = (
            second.line == first.line + 1
            and len(first.rest.split()) <= 4
            and _proper(first.rest or "x")
        )
        particulars = particulars and first.key in ASKING | ANSWERING
        heads = (
            second.line > first.line + 1
            and (is_headline(first.rest) or first.line <= 1)
            and len(labels) > 3
        )
        if not short or not (listed or particulars or heads):
            break
        labels = labels[1:]
    return labels


def same_speakers(labels: list[Label]) -> dict[str, str]:
    """Map each label's key to that of the fullest label which only it may stand for (“Burg” to “Susanne Burg”)."""
    written = {label.key: label.name for label in labels}
    full = [key for key in written if len(key.split()) > 1 and key not in ASKING | ANSWERING]
    if len(written) > MOST_NAMES:
        return {key: key for key in written}
    speakers = {}
    for key, name in written.items():
        longer = [
            other for other in full if len(other) > len(key) and stands_for(name, written[other])
        ]
        speakers[key] = longer[0] if len(longer) == 1 else key
    return {key: speakers.get(speaker, speaker) for key, speaker in speakers.items()}


def _first_turns(
    source: str, candidates: list[Label], lines: list[tuple[int, int]], known: list[str]
) -> Transcript | None:
    """Find labels on the first question and the first answer only, where the turns go on without."""
    candidates = [
        label
        for label in candidates
        if not _is_note(label)
        and label.rest
        and (_proper(label.name) or label.key in ASKING | ANSWERING)
    ]
    times = Counter(label.key for label in candidates)
    for first, second in pairwise(candidates[:_FIRST_FEW]):
        apart = second.line - first.line
        if times[first.key] + times[second.key] > 2 or apart > 3 or first.line > 0.5 * len(lines):
            continue
        after = [source[start:end] for start, end in lines[second.line + 1 :]]
        named = sum(
            label.key in ASKING | ANSWERING
            or any(stands_for(label.name, name) for name in known)
            or any(stands_for(label.name, name) for name in mentioned(source[: first.start]))
            for label in (first, second)
        )
        if (
            (asks(first.rest) or named == 2)
            and named
            and len(after) >= 3
            and any(asks(text) for text in after)
        ):
            labels = [first, second]
            return Transcript(labels, same_speakers(labels), "alternating", 0.6)
    return None


@dataclass(frozen=True)
class Block:
    """The paragraphs from one label to the next. The first block, before all labels, has none."""

    label: Label | None
    spans: list[tuple[int, int]]


def blocks_of(source: str, found: Transcript) -> list[Block]:
    """Divide the paragraphs of a text by the labels before them, those before the first label apart."""
    # Where a label was, line ends: so paragraphs, wrapped or not, begin after it.
    masked, at = [], 0
    for label in found.labels:
        masked += [source[at : label.start], "\n" * (label.end - label.start)]
        at = label.end
    spans = paragraphs("".join([*masked, source[at:]]))
    blocks: list[Block] = [Block(None, [])] + [Block(label, []) for label in found.labels]
    number = 0
    for start, end in spans:
        while number < len(found.labels) and found.labels[number].start < start:
            number += 1
        blocks[number].spans.append((start, end))
    return blocks


def _which_side(
    source: str, labels: list[Label], speakers: dict[str, str], known: set[str]
) -> str | None:
    """Tell whether only answers or only questions are labelled: then the others stand unlabelled between."""
    blocks = blocks_of(source, Transcript(labels, speakers, None, 1.0))
    texts = [[source[start:end] for start, end in block.spans] for block in blocks]
    keys = set(speakers.values())
    said = [block[0] for block in texts[1:] if block]
    if not said:
        return None
    asking = sum(asks_or_is_bold(text) for text in said) / len(said)
    before = [block[-1] for number, block in enumerate(texts[:-1]) if len(block) > (number > 0)]
    asked_before = sum(asks_or_is_bold(text) for text in before) / len(labels)
    going_on = sum(len(block) > 1 for block in texts[1:]) / len(labels)
    words = {speaker for key, speaker in speakers.items() if key in ASKING}
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


def asks_or_is_bold(text: str) -> bool:
    """Tell whether a paragraph asks, or is set as questions are: all of it in bold."""
    bare = text.strip()
    return asks(bare.rstrip("*_ ")) or (
        bare[:2] in ("**", "__") and bare[-2:] == bare[:2] and len(bare) > 4
    )


def mentioned(text: str) -> list[str]:
    """Collect the names a text mentions, line by line: a name does not run on into the next."""
    found: set[str] = set()
    for line in LINE.findall(text):
        for name in people_in(line, []).mentioned:
            first, *rest = name.split()
            found.add(" ".join(rest) if first.lower() in _BY and len(rest) > 1 else name)
    return sorted(found)
