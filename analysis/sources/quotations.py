"""Words in quotation marks: where they are, whether they are speech, and whose.

Three questions, answered in order and from the text alone:

1. `quoted_spans`: which characters are between quotation marks?
2. `is_title`: do they look like the name of a work or an event?
3. `attribute`: does the sentence around them say who speaks?
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import NamedTuple

# What closes each opening mark. German „…“ closes with the English opening mark, »…« with the
# French one; an apostrophe inside a word closes nothing.
_CLOSING = {
    "“": "”",
    "„": "[“”]",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "‘": r"’(?![^\W_])",
    '"': '"',
    "'": r"'(?![^\W_])",
}
MARKS = "“”„«»「」『』‘’\"'"
# Patterns begin with the mark they look for, and only then look back, which is far quicker.
_AFTER_A_BREAK = r"(?<![^\s(\[{—–\-/…].)"
_OPENING = re.compile(rf"[“„«「『‘'\"»](?:(?<=[“„«「『])|{_AFTER_A_BREAK}(?!\s))", re.DOTALL)
# Some editors mix marks, “so" and "so”: for each mark, what opens and what closes such a pair. The
# inch mark of 6" closes nothing.
_MIXED = {
    "“": (rf'"{_AFTER_A_BREAK}(?!\s)', r'"(?<=[^\s\d].)(?![^\W_])'),
    '"': ("“", "”"),
}
# A plural possessive (the actors’ lives) does not end a quotation if a better mark follows.
_BETTER = {mark: rf"{mark}(?:(?<!s.)|(?!\s[^\W_]))(?![^\W_])" for mark in "’'"}
SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\bSt)[.!?…]+[”’\"')\]]*\s+"
)
_LETTER = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_]+(?:[’'\-.&][^\W_]+)*")
_MINOR_WORDS = frozenset(
    "a an and as at but by de for from in is la le nor of on or the to vs with".split()
)

_REPORTING = (
    "say says said saying tell tells told telling ask asks asked asking write writes wrote writing"
    " call calls called calling add adds added reply replies replied answer answers answered note"
    " notes noted explain explains explained declare declares declared proclaim proclaims"
    " proclaimed state states stated announce announces announced claim claims claimed argue argues"
    " argued admit admits admitted joke jokes joked recall recalls recalled remember remembers"
    " remembered describe describes described observe observes observed insist insists insisted"
    " suggest suggests suggested warn warns warned quip quips quipped laugh laughs laughed sigh"
    " sighs sighed shout shouts shouted yell yells yelled scream screams screamed whisper whispers"
    " whispered mutter mutters muttered exclaim exclaims exclaimed respond responds responded"
    " conclude concludes concluded confess confesses confessed reveal reveals revealed reckon"
    " reckons reckoned offer offers offered think thinks thought wonder wonders wondered realize"
    " realizes realized realise realises realised decide decides decided feel feels felt dub dubs"
    " dubbed label labels labelled labeled praise praises praised hail hails hailed go goes went"
    " put puts tweet tweets tweeted remark remarks remarked continue continues continued"
).split()
_VERB = (
    rf"(?:{'|'.join(_REPORTING)}|points?\s+out|pointed\s+out|"
    r"(?:sum|sums|summed)\s+(?:it\s+)?(?:all\s+)?up|"
    r"(?:am|is|are|was|were|be|been|being|’m|'m|’s|'s|’re|'re)\s+(?:all\s+)?like)"
)
_ADVERB = (
    r"(?:\w+ly|just|also|once|then|even|always|often|still|later|ever|never|now|both|had|has|have|would|will|might|did|"
    r"\w+n[’']t|not)"
)
_NOT_NAMES = frozenset(
    "i we me you it this that which there what he she they one who someone somebody everyone"
    " everybody nobody people some many others another and but so then when as if because while"
    " after before my your his her our their its the a an these those no yes well like at in on for"
    " from to of not or oh okay now here".split()
)
# Bounded, so that no run of letters and hyphens, however long, is read more than once.
_NAME_PART = (
    r"(?:(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Jr|Sr)\.|(?:[dl][’'])?"
    r"[^\W\d_a-zß-ÿ](?:[^\W\d_]|[’'\-.](?=[^\W\d_])){0,40})"
)
_PARTICLES = frozenset("van von de der den del della di da du la le bin ibn al el ten ter".split())
_PARTICLE = rf"(?:(?:{'|'.join(sorted(_PARTICLES))})\s+){{0,3}}"
# A name may open with a particle, but not with one that is an English word.
_NAME = (
    r"(?:(?:van|von|de|del|della|di|da|du|la|le|bin|ibn|al|el)\s+){0,3}"
    rf"{_NAME_PART}(?:\s+{_PARTICLE}{_NAME_PART})*"
)
_NAMES = re.compile(
    rf"(?<![^\W_“‘\"'])(?=[^\W\d_a-zß-ÿ]|v[ao]n\s|d|l|bin\s|ibn\s|[ae]l\s){_NAME[:-1]}+"
)
# “Bo [Chan]”: what is in brackets, and what comes before.
_ADDED = re.compile(rf"\[({_NAME_PART})\]")
_COMPLETED = re.compile(rf"(?<![^\W_]){_NAME_PART}\s\Z")
_SUFFIX = re.compile(r"(?:\s(?:jr|sr|ii|iii|iv)\.*)+$", re.IGNORECASE)
_HONORIFIC = re.compile(r"^(?:(?:mr|mrs|ms|dr|sir|dame)\.*\s)+", re.IGNORECASE)
_PRONOUN = (
    r"(?:I|we|you|he|she|they|it|this|that|which|who|everyone|everybody|someone|somebody|people)"
)
_WHO = rf"(?P<who>(?:\b(?:the|an?)\s+)?{_NAME}|\b(?i:{_PRONOUN})\b|\b[^\W\d_]+)"

# What comes directly before a reporting verb: its subject, perhaps a relative clause, adverbs,
# auxiliaries.
_SUBJECT = re.compile(rf"{_WHO}(?:,(?P<which>[^,]{{1,80}}),)?(?:\s+{_ADVERB})*\s*$")
_SOMEBODY = re.compile(
    rf"(?<![^\W_])(?P<who>{_NAME}|(?i:I|me|we|he|she|they|you|people|somebody|someone|everybody|everyone)\b)"
)
_JOINING = frozenset("and or but to then just not only".split())
_ANY_VERB = re.compile(rf"(?<![^\W_]){_VERB}\b")
# How many words may come between a reporting verb and the quotation: “said a thing I never
# forgot:”.
_WORDS_BETWEEN = 12
_ACCORDING = re.compile(
    rf"(?i:according\s+to|in\s+the\s+words\s+of|as)\s+(?P<who>{_NAME})(?:\s+(?:puts?|says?|said)\s+it)?\W*$"
)
_YOUR_WORDS = re.compile(
    r"\b(?:in\s+your\s+(?:own\s+)?words|as\s+you\s+(?:put|say|said|wrote)(?:\s+it)?)\W*$",
    re.IGNORECASE,
)
_AFTER_VERB_FIRST = re.compile(rf"^[,.]?\s*(?P<verb>{_VERB})\s+(?P<who>{_NAME}|(?i:{_PRONOUN})\b)")
_AFTER_WHO_FIRST = re.compile(
    rf"^[,.]?\s*(?:as\s+)?(?P<who>{_NAME}|(?i:{_PRONOUN})\b)(?:\s+{_ADVERB})*\s+(?P<verb>{_VERB})\b"
)
_ATTRIBUTION_ONLY = re.compile(
    rf"[,.]?\s*(?:(?:{_VERB})\s+(?:{_NAME}|{_PRONOUN}|(?:the|an?|his|her|my)\s+\w+)|(?:{_NAME}|(?i:{_PRONOUN})|(?:the|an?|his|her|my)\s+\w+)\s+(?:{_VERB}))"
    r"(?:[\s,]+[\w’']+){0,6}[.,:;—–-]*\s*"
)
_CALLED = re.compile(r"\b(?:called|described|hailed|dubbed|praised)\b")
_AFTER_BY = re.compile(rf"^\s+by\s+(?P<who>{_NAME})")
_NAMING = frozenset(
    "call calls called calling dub dubs dubbed label labels labelled labeled".split()
)
_POSSESSIVE = re.compile(r"[’']s?$")
_ARTICLE = re.compile(r"^(?:the|an?)\s+")
_NAME_ALONE = re.compile(_NAME)
# “Ann Lee: …”: who speaks, as a label.
_LABEL = re.compile(rf"\W*(?P<who>{_NAME})\s*:\s*")
# A verb this near to the quotation, and a comma or a colon, introduce it: “told me: …”.
_INTRODUCING = 1

# How far the sentence around a quotation is read; keeps the work linear in the length of the text.
_REACH = 240
_LONGEST_NAME = 50


class Voice(Enum):
    """What the text says about words in quotation marks."""

    SELF = "the speaker of the surrounding words is quoted"
    ADDRESSED = "the person spoken to is quoted"
    OTHER = "somebody else is quoted"
    PRONOUN = "he, she or they are quoted: somebody the text has already named"
    TITLE = "the name of a work or an event"
    UNSAID = "the text does not say whether anybody is quoted"


# The speaker that a pronoun as subject refers to; none if it refers to a thing.
_BY_PRONOUN: dict[str, Voice | None] = {
    **dict.fromkeys(["i", "we", "me"], Voice.SELF),
    "you": Voice.ADDRESSED,
    **dict.fromkeys(["he", "she", "they"], Voice.PRONOUN),
    **dict.fromkeys(["it", "this", "that", "which", "there", "what"]),
}


@dataclass(frozen=True)
class Quotation:
    """Characters `[start, end)`, marks included, whose words they are, and the name that is given.

    `speaker` is None if the text gives no name.
    """

    start: int
    end: int
    voice: Voice
    speaker: str | None = None


@dataclass(frozen=True)
class People:
    """Full names that complete a first name or a surname.

    `named` are reliable: given by hand, or completed in brackets by the text, `source`.
    """

    named: frozenset[str] = frozenset()
    source: str = ""

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Runs of capitalised words in the text, which complete only a surname."""
        runs = (match[0].split() for match in _NAMES.finditer(self.source))
        found = {
            " ".join([*run[:-1], _POSSESSIVE.sub("", run[-1])])
            for run in runs
            if 2 <= sum(word not in _PARTICLES for word in run) <= 3
            and run[0].lower() not in _NOT_NAMES | _PARTICLES
            and not any(_POSSESSIVE.search(word) for word in run[:-1])
        }
        return frozenset(found - self.named)

    def writes_small(self, name: str) -> bool:
        """Return whether a word also occurs in lower case in the text, and so is not a name."""
        small = name.lower()
        return small in self.source and small in self._words

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(" ".join(set(self.source.split()))))

    def complete(self, name: str) -> str:
        """Return the one known full name that `name` is a part of, or `name` itself.

        >>> People(named=frozenset({"Ann Lee", "Bo Chan"})).complete("Chan")
        'Bo Chan'
        """
        return self.known(name) or " ".join(name.split())

    def known(self, name: str) -> str | None:
        """Return the one known full name that `name` is, ends in, or is a part of."""
        tokens = name.split()
        # “the director Ann Lee”: the name comes last.
        for at in range(len(tokens)):
            if (full := " ".join(tokens[at:])) in self.named:
                return full
        name = " ".join(core(name))
        found = _parts(self.named, first_names=True).get(name, set())
        if len(found) != 1:  # only then are those who are mentioned collected
            found = _parts(self.mentioned).get(name, set())
        return next(iter(found)) if len(found) == 1 else None


@lru_cache(maxsize=8)
def _parts(names: frozenset[str], *, first_names: bool = False) -> dict[str, set[str]]:
    """List, for every part that may stand for a full name, the names it may stand for."""
    index: dict[str, set[str]] = {}
    for full in names:
        tokens = core(full)
        ends = {" ".join(tokens[at:]) for at in range(len(tokens))}
        for part in ends | set(tokens[:first_names]):
            index.setdefault(part, set()).add(full)
    return index


def core(name: str) -> list[str]:
    """Split a name into words, without honorifics and without what follows the surname.

    >>> core("Noah Stone Jr."), core("Mr. Stone")
    (['Noah', 'Stone'], ['Stone'])
    """
    plain = " ".join(name.replace(",", " ").split())
    return _SUFFIX.sub("", _HONORIFIC.sub("", plain)).split() or [name]


def people_in(source: str, named: Iterable[str | None]) -> People:
    """Collect the full names of a source: those given, completed in brackets, or mentioned.

    >>> people = people_in("We met Ann Lee. Bo [Chan] came.", ["Ida Stone", None])
    >>> sorted(people.named), sorted(people.mentioned)
    (['Bo Chan', 'Ida Stone'], ['Ann Lee'])
    """
    full = set(filter(None, named))
    for added in _ADDED.finditer(source):
        start = added.start()
        if first := _COMPLETED.search(source, max(0, start - _LONGEST_NAME), start):
            full.add(f"{first[0].strip()} {added[1]}")
    return People(frozenset(full), source)


@lru_cache(maxsize=4)  # several rules look at one paragraph in turn
def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Find the outermost quotations of a paragraph as `[start, end)`, marks included.

    A mark that is never closed opens nothing, except a directional one (“ „ «) or a straight one at
    the very start or after a colon: those run to the end, because a quotation that spans
    several paragraphs has its closing mark in the last. An apostrophe is not a mark.

    >>> text = "He’s in “Her,” and ‘I know.’"
    >>> [text[start:end] for start, end in quoted_spans(text)]
    ['“Her,”', '‘I know.’']
    """
    places: dict[str, list[int]] = {}  # each kind of mark is looked for once: the work is linear

    def after(place: int, pattern: str) -> int:
        if pattern not in places:
            places[pattern] = [match.start() for match in re.finditer(pattern, text, re.DOTALL)]
        later = bisect_right(places[pattern], place)
        return places[pattern][later] if later < len(places[pattern]) else len(text)

    spans: list[tuple[int, int]] = []
    at = 0
    for opening in _OPENING.finditer(text):
        start, mark = opening.start(), opening[0]
        if start < at:
            continue
        end = after(start, _CLOSING[mark])
        if mark in "‘'" and (better := after(start, _BETTER[_CLOSING[mark][0]])) < len(text):
            end = better
        if mark in _MIXED:
            opens, closes = (after(start, pattern) for pattern in _MIXED[mark])
            end = min(end, closes) if closes < opens else end
        endless = mark in "“„«" or (
            mark == '"' and text[max(start - 3, 0) : start].rstrip()[-1:] in {"", ":"}
        )
        stop = min(end + 1, len(text))
        if (end < len(text) or endless) and text[start + 1 : stop - 1].strip():
            spans.append((start, stop))
            at = stop
    return spans


def opens_quoted(text: str) -> bool:
    """Return whether a text opens with a quotation.

    >>> opens_quoted("“I know,” he says."), opens_quoted("I know “Rain.”")
    (True, False)
    """
    return text[:1] in _CLOSING and any(start == 0 for start, _ in quoted_spans(text)[:1])


def inside(text: str) -> tuple[int, int]:
    """Return where a passage's words begin and end, inside any marks that surround all of them.

    >>> inside("“I saw ‘Rain.’”"), inside("Rain")
    ((1, 14), (0, 4))
    """
    spans = quoted_spans(text)
    start, end = (spans or [(0, 0)])[0]
    if len(spans) != 1 or has_letters(text, 0, start) or has_letters(text, end, len(text)):
        return 0, len(text)
    return start + 1, end - _is_closed(text, start, end)


def has_letters(text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` contains a letter or a digit."""
    return bool(_LETTER.search(text, start, end))


def left_open(text: str) -> str | None:
    """Return the mark of a quotation that a paragraph leaves open; None if there is none.

    >>> left_open("She said: “It is a cage.")
    '“'
    """
    start, end = (quoted_spans(text) or [(0, 0)])[-1]
    runs_on = end == len(text) > 0 and text[start] in '“„«"' and not _is_closed(text, start, end)
    return text[start] if runs_on else None


def closes(text: str, mark: str) -> int | None:
    """Return where a quotation opened in an earlier paragraph ends; None if it continues.

    >>> closes("I hate it.” She laughs.", "“")
    11
    """
    first = (quoted_spans(text) or [(len(text), 0)])[0][0]
    found = re.compile(_CLOSING[mark]).search(text, 1, max(first, 1))
    return found and found.end()


def is_title(words: str) -> bool:
    """Return whether quoted words look like the name of a work: capitalised, and not a sentence.

    >>> is_title("“The Long Way Home,”"), is_title("“a few small wonders”")
    (True, False)
    >>> is_title("“Nothing ends here.”")
    False
    """
    inner = words.strip(MARKS + " ").rstrip(".,;:")
    tokens = _WORD.findall(inner)
    if not tokens or len(tokens) > 12 or re.search(r"[.!?]\s+\S", inner):
        return False
    major = [token for token in tokens if token.lower() not in _MINOR_WORDS]
    if not major:
        return tokens[0][0].isupper() and len(tokens) == 1
    return all(token[0].isupper() or token[0].isdigit() for token in [tokens[0], *major])


def quotations(text: str, people: People) -> list[Quotation]:
    """Find the words in quotation marks of one passage and say whose they are.

    Parameters
    ----------
    text : one passage of one voice.
    people : full names that complete a surname or a first name.

    Returns
    -------
    Quotations in reading order. `Voice.OTHER` without a speaker means somebody else whom the text
    does not name.
    """
    spans = quoted_spans(text)
    found: list[Quotation] = []
    ends, starts = [0, *(end for _, end in spans)], [*(start for start, _ in spans[1:]), len(text)]
    for (start, end), last, following in zip(spans, ends, starts, strict=False):
        before = text[max(last, start - _REACH) : start]
        after = text[end : min(following, end + _REACH)]
        voice, speaker = attribute(before, text[start:end], after, people)
        if voice is Voice.UNSAID and found and _ATTRIBUTION_ONLY.fullmatch(before):
            # “One thing,” says Ann Lee. “And another.”
            voice, speaker = found[-1].voice, found[-1].speaker
        found.append(Quotation(start, end, voice, speaker))
    return found


def attribute(before: str, words: str, after: str, people: People) -> tuple[Voice, str | None]:
    """Decide whose words are in quotation marks, from the text before and after them.

    A reporting verb with a subject settles it. First person: whoever speaks the words around them.
    Second person: the person spoken to. He, she, they: somebody named before. A name: that person.
    Any other subject: somebody the text does not name. A name and a colon are a label: that person.

    >>> people = People(named=frozenset({"Ann Lee"}))
    >>> before = "As critics go, Lee called it "
    >>> voice, speaker = attribute(before, "“a small wonder,”", " and left.", people)
    >>> voice.name, speaker
    ('OTHER', 'Ann Lee')
    >>> attribute("I thought, ", "“This is it.”", "", people)[0].name
    'SELF'
    """
    title = is_title(words)
    last = words.rstrip("”“»’\"'")[-1:]
    sentence = SENTENCE_END.split(before)[-1]
    introduced = sentence.rstrip().endswith((",", ":"))
    report = _reported_by(sentence)
    # “Lee asked, ‘Why?’ I said, …”: what introduces this quotation decides; what follows may
    # introduce the next one. A comma inside the marks joins what follows to this one.
    told_before = (
        introduced and report is not None and report.distance <= _INTRODUCING and last != ","
    )
    if not told_before and (last in {",", "?", "!", "…", "—"} or re.match(r"\s*,", after)):
        for pattern in (_AFTER_VERB_FIRST, _AFTER_WHO_FIRST):
            match = pattern.match(after)
            if match and not (title and not introduced and match["verb"] in _NAMING):
                verdict = _speaker(match["who"], people)
                if verdict is not None:
                    return verdict
    if _YOUR_WORDS.search(sentence):
        return Voice.ADDRESSED, None
    by = _AFTER_BY.match(after) if _CALLED.search(sentence) else None
    if (named := _ACCORDING.search(sentence) or by) and not title:
        return Voice.OTHER, people.complete(named["who"])
    if report and (not title or (introduced and report.verb not in _NAMING)):
        verdict = _speaker(report.subject, people, opens=report.opens, introduced=introduced)
        if verdict is not None:
            return verdict
    match = _LABEL.fullmatch(sentence)
    # One capitalised word with a colon may be a topic; two are taken for a person.
    if match and not title and (people.known(match["who"]) or _is_full_name(match["who"])):
        return Voice.OTHER, people.complete(match["who"])
    return (Voice.TITLE if title else Voice.UNSAID), None


def _is_full_name(words: str) -> bool:
    return " " in words and _NOT_NAMES.isdisjoint(words.lower().split())


def _speaker(
    who: str, people: People, *, opens: bool = False, introduced: bool = True
) -> tuple[Voice, str | None] | None:
    """Read the subject of a reporting verb; None if it is a thing, which cannot speak."""
    lowered = re.sub(r"[’'](?:m|s|ve|d|ll|re)$", "", who.lower())
    if lowered in _BY_PRONOUN:
        voice = _BY_PRONOUN[lowered]
        return voice and (voice, None)
    tokens = who.split()
    if not _NAME_ALONE.fullmatch(_ARTICLE.sub("", who)):
        return Voice.OTHER, None
    if _BY_PRONOUN.get(tokens[-1].lower()) is Voice.SELF:
        return Voice.SELF, None
    # The Globe’s Bo Chan: the person comes after the possessive.
    owners = [i for i, token in enumerate(tokens[:-1], 1) if _POSSESSIVE.search(token)]
    tokens = tokens[owners[-1] if owners else 0 :]
    an_article = tokens[0].lower() in {"the", "a", "an"}
    while tokens and tokens[0].lower() in _NOT_NAMES:
        tokens, opens = tokens[1:], False
    if not tokens:
        return (Voice.PRONOUN if lowered.endswith((" he", " she", " they")) else Voice.OTHER), None
    name = " ".join(tokens)
    # The Courier: a paper, a group, a title. A person's name has no article.
    if an_article and people.complete(name) not in people.named:
        return Voice.OTHER, None
    # A single capitalised word that opens a sentence may be any word: a plural, or one that is
    # elsewhere in lower case.
    if opens and len(tokens) == 1 and not people.known(name):
        common = people.writes_small(name) or name.endswith(("s", "ly"))
        return Voice.OTHER, None if common or not introduced else name
    return Voice.OTHER, people.complete(name)


class _Report(NamedTuple):
    """A reporting verb, its subject, and how many words come between verb and quotation."""

    subject: str
    verb: str
    opens: bool  # the subject opens the sentence
    distance: int


def _reported_by(sentence: str) -> _Report | None:
    """Find the last reporting verb before a quotation, and its subject."""
    for verb in reversed(list(_ANY_VERB.finditer(sentence))):
        distance = len(_WORD.findall(sentence[verb.end() :]))
        if distance > _WORDS_BETWEEN:
            return None
        subject = _SUBJECT.search(sentence[: verb.start()])
        if subject and subject["who"].lower() in _JOINING:
            # “I looked at him and said”: the subject comes before the first verb.
            earlier = list(_SOMEBODY.finditer(sentence, 0, subject.start("who")))
            subject = earlier[-1] if earlier else None
        if subject:
            opens = not sentence[: subject.start()].strip()
            apposition = (subject.groupdict().get("which") or "").strip()
            # The host, Bo Chan, said: the name is in apposition.
            who = apposition if _NAME_ALONE.fullmatch(apposition) else subject["who"]
            return _Report(who, verb[0], opens, distance)
    return None


def _is_closed(text: str, start: int, end: int) -> bool:
    mark, last = text[start], text[end - 1]
    return end - 1 > start and (
        bool(re.fullmatch(_CLOSING[mark], last)) or (mark in _MIXED and last in '“”"')
    )
