"""Words in quotation marks: where they stand, whether they are somebody's words, and whose.

Three questions, answered in order and from the text alone:

1. `quoted_spans`: which characters stand between quotation marks?
2. `is_title`: do they look like the name of a work or an event?
3. `attribute`: does the sentence around them say who speaks?
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

# Opening marks and what closes them. German „…“ closes with the English opening mark, »…« with the
# French one.
_CLOSING = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "‘": "’",
    '"': '"',
    "'": "'",
}
MARKS = "“”„«»「」『』‘’\"'"
# Marks that some editors mix: “so" and "so”.
_MIXED = frozenset('“”"')
_OPENS_AFTER = re.compile(r"[\s(\[{—–\-/…]")
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
_FIRST_PERSON = frozenset({"i", "we", "me"})
_SECOND_PERSON = frozenset({"you"})
_THINGS = frozenset({"it", "this", "that", "which", "there", "what"})
_NOT_NAMES = (
    _FIRST_PERSON
    | _SECOND_PERSON
    | _THINGS
    | frozenset(
        "he she they one who someone somebody everyone everybody nobody people some many others"
        " another and but so then when as if because while after before my your his her our their"
        " its the a an these those no yes well like at in on for from to of not or oh okay now"
        " here".split()
    )
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
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_HONORIFICS = frozenset({"mr", "mrs", "ms", "dr", "sir", "dame"})
_PRONOUN = (
    r"(?:I|we|you|he|she|they|it|this|that|which|who|everyone|everybody|someone|somebody|people)"
)
_WHO = rf"(?P<who>(?:\b(?:the|an?)\s+)?{_NAME}|\b(?i:{_PRONOUN})\b|\b[^\W\d_]+)"

# What stands directly before a reporting verb: its subject, perhaps a relative clause, adverbs,
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
_AFTER_BY = re.compile(rf"^\s+by\s+(?P<who>{_NAME})")
_NAMING = frozenset(
    "call calls called calling dub dubs dubbed label labels labelled labeled".split()
)
_POSSESSIVE = re.compile(r"[’']s?$")
_ARTICLE = re.compile(r"^(?:the|an?)\s+")
_NAME_ALONE = re.compile(_NAME)
# “Ann Lee: …”: who speaks, as a label.
_LABEL = re.compile(rf"\W*(?P<who>{_NAME})\s*:\s*")
# Who is meant by them was said before.
_PRONOUNS = frozenset({"he", "she", "they"})
# A verb this near to the quotation, and a comma or a colon, introduce it: “told me: …”.
_INTRODUCING = 1

# How far the sentence around a quotation is read; keeps the work linear in the length of the text.
_REACH = 240


class Voice(Enum):
    """What the text says about words in quotation marks."""

    SELF = "the surrounding speaker quotes himself"
    ADDRESSED = "the person spoken to is quoted"
    OTHER = "somebody else is quoted"
    PRONOUN = "he, she or they are quoted: somebody the text has named before"
    TITLE = "the name of a work or an event"
    UNSAID = "the text does not say whether anybody is quoted"


@dataclass(frozen=True)
class Quotation:
    """Characters `[start, end)`, marks included, and the speaker as the text names him (None.

    It does not).
    """

    start: int
    end: int
    voice: Voice
    speaker: str | None = None


@dataclass(frozen=True)
class People:
    """Full names that complete a first name or a surname.

    `named` are those one can rely on: given by hand, or completed in brackets by the text.
    `mentioned` are runs of capitalised words of the text and complete a surname only. `words` are
    those the text writes small: no names.
    """

    named: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def complete(self, name: str) -> str:
        """Return the one known full name that `name` is a part of, or `name` itself.

        >>> People(named=frozenset({"Ann Lee", "Bo Chan"})).complete("Chan")
        'Bo Chan'
        """
        return self._known(name) or " ".join(name.split())

    def knows(self, name: str) -> bool:
        """Tell whether `name` is, ends in, or belongs to exactly one known full name."""
        return self._known(name) is not None

    def _known(self, name: str) -> str | None:
        tokens = name.split()
        # “the director Ann Lee”: the name comes last.
        for at in range(len(tokens)):
            full = " ".join(tokens[at:])
            if full in self.named:
                return full
        name = " ".join(core(name))
        for parts in (self._parts_of_named, self._parts_of_mentioned):
            if len(found := parts.get(name, ())) == 1:
                return next(iter(found))
        return None

    @cached_property
    def _parts_of_named(self) -> dict[str, set[str]]:
        return _index(self.named, first_names=True)

    @cached_property
    def _parts_of_mentioned(self) -> dict[str, set[str]]:
        return _index(self.mentioned, first_names=False)


def _index(names: Iterable[str], *, first_names: bool) -> dict[str, set[str]]:
    """List for every part that may stand for a full name the names it may stand for."""
    index: dict[str, set[str]] = {}
    for full in names:
        tokens = core(full)
        parts = {" ".join(tokens[at:]) for at in range(len(tokens))} | (
            {tokens[0]} if first_names else set()
        )
        for part in parts:
            index.setdefault(part, set()).add(full)
    return index


def core(name: str) -> list[str]:
    """Split a name into its words, without honorifics and what follows the surname.

    >>> core("Noah Stone Jr."), core("Mr. Stone")
    (['Noah', 'Stone'], ['Stone'])
    """
    tokens = name.replace(",", " ").split()
    while len(tokens) > 1 and tokens[-1].rstrip(".").lower() in _SUFFIXES:
        tokens.pop()
    while len(tokens) > 1 and tokens[0].rstrip(".").lower() in _HONORIFICS:
        tokens.pop(0)
    return tokens or [name]


def people_in(source: str, named: Iterable[str | None]) -> People:
    """Collect the full names of a source.

    Those given, those in brackets (Bo [Chan]), those mentioned.

    >>> people = people_in("We met Ann Lee. Bo [Chan] came.", ["Ida Stone", None])
    >>> sorted(people.named), sorted(people.mentioned)
    (['Bo Chan', 'Ida Stone'], ['Ann Lee'])
    """
    completed = re.finditer(rf"(?<![^\W_])({_NAME_PART})\s\[({_NAME_PART})\]", source)
    full = {name for name in named if name} | {f"{match[1]} {match[2]}" for match in completed}
    runs = (match[0].split() for match in re.finditer(rf"(?<![^\W_“‘\"']){_NAME}", source))
    mentioned = {
        " ".join([*run[:-1], _POSSESSIVE.sub("", run[-1])])
        for run in runs
        if 2 <= sum(word not in _PARTICLES for word in run) <= 3
        and run[0].lower() not in _NOT_NAMES | _PARTICLES
        and not any(_POSSESSIVE.search(w) for w in run[:-1])
    }
    small = frozenset(word for word in _WORD.findall(source) if word[0].islower())
    return People(frozenset(full), frozenset(mentioned - full), small)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Find outermost quotations of one paragraph as `[start, end)` with their marks.

    A mark that is never closed opens nothing, except a directional one (“ „ «) or one at the very
    start, which runs to the end: long quotations leave the closing mark to their last paragraph. An
    apostrophe is not a mark.

    >>> text = "He’s in “Her,” and ‘I know.’"
    >>> [text[start:end] for start, end in quoted_spans(text)]
    ['“Her,”', '‘I know.’']
    """
    marks = _Marks(text)
    spans: list[tuple[int, int]] = []
    at = 0
    for opening in re.finditer("[“„«»「『‘\"']", text):
        start, mark = opening.start(), opening[0]
        if start < at or (mark in "‘'\"»" and not _opens(text, start)):
            continue
        end = marks.closing(start)
        if end is not None and text[start + 1 : end - 1].strip():
            spans.append((start, end))
            at = end
    return spans


def opens_quoted(text: str) -> bool:
    """Tell whether a text opens with a quotation.

    >>> opens_quoted("“I know,” he says."), opens_quoted("I know “Rain.”")
    (True, False)
    """
    return any(start == 0 for start, _ in quoted_spans(text)[:1])


def inside(text: str) -> tuple[int, int]:
    """Return where the words begin and end, without marks around all of them.

    Those are the passage's own.

    >>> inside("“I saw ‘Rain.’”"), inside("Rain")
    ((1, 14), (0, 4))
    """
    spans = quoted_spans(text)
    if (
        len(spans) != 1
        or has_letters(text, 0, spans[0][0])
        or has_letters(text, spans[0][1], len(text))
    ):
        return 0, len(text)
    start, end = spans[0]
    return start + 1, end - 1 if _is_closed(text, start, end) else end


def has_letters(text: str, start: int, end: int) -> bool:
    """Tell whether a letter or a digit stands in `text[start:end]`."""
    return bool(_LETTER.search(text, start, end))


def left_open(text: str) -> str | None:
    """Return the mark of a quotation that goes on after the end of a paragraph.

    None where there is none.

    >>> left_open("She said: “It is a cage.")
    '“'
    """
    start, end = (quoted_spans(text) or [(0, 0)])[-1]
    return (
        text[start]
        if end == len(text) > 0 and text[start] in '“„«"' and not _is_closed(text, start, end)
        else None
    )


def closes(text: str, mark: str) -> int | None:
    """Return where the quotation ends that `mark` opened in an earlier paragraph.

    None where it does not end here.

    >>> closes("I hate it.” She laughs.", "“")
    11
    """
    first = quoted_spans(text)[:1]
    before = text[: first[0][0]] if first else text
    return next((at + 1 for at, char in enumerate(before) if at and char in _CLOSING[mark]), None)


def is_title(words: str) -> bool:
    """Tell whether quoted words are written as the name of a work: capitals, no sentence.

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
    Quotations in reading order. `Voice.OTHER` with no speaker means: somebody else, and the text
    does not say who.
    """
    spans = quoted_spans(text)
    found: list[Quotation] = []
    for number, (start, end) in enumerate(spans):
        before = text[max(spans[number - 1][1] if number else 0, start - _REACH) : start]
        after = text[
            end : min(spans[number + 1][0] if number + 1 < len(spans) else len(text), end + _REACH)
        ]
        voice, speaker = attribute(before, text[start:end], after, people)
        if voice is Voice.UNSAID and number and _ATTRIBUTION_ONLY.fullmatch(before):
            # “One thing,” says Ann Lee. “And another.”
            voice, speaker = found[-1].voice, found[-1].speaker
        found.append(Quotation(start, end, voice, speaker))
    return found


def attribute(before: str, words: str, after: str, people: People) -> tuple[Voice, str | None]:
    """Decide whose words stand in quotation marks, from the text before and after them.

    A reporting verb with a subject decides. First person: the surrounding speaker himself. Second
    person: the person spoken to. He, she, they: somebody named before. A name: that person. Any
    other subject: somebody the text does not name. A name and a colon are a label: that person.

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
    # “Lee asked, ‘Why?’ I said, …”: what introduces this quotation decides, what follows may
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
    match = _ACCORDING.search(sentence)
    if match and not title:
        return Voice.OTHER, people.complete(match["who"])
    match = _AFTER_BY.match(after)
    if (
        match
        and not title
        and re.search(r"\b(?:called|described|hailed|dubbed|praised)\b", sentence)
    ):
        return Voice.OTHER, people.complete(match["who"])
    if report and (not title or (introduced and report.verb not in _NAMING)):
        verdict = _speaker(
            report.subject, people, opens_sentence=report.opens_sentence, introduced=introduced
        )
        if verdict is not None:
            return verdict
    match = _LABEL.fullmatch(sentence)
    # One capitalised word with a colon may be a topic; two are taken for a person.
    if match and not title and (people.knows(match["who"]) or _is_full_name(match["who"])):
        return Voice.OTHER, people.complete(match["who"])
    return (Voice.TITLE if title else Voice.UNSAID), None


def _is_full_name(words: str) -> bool:
    return len(words.split()) >= 2 and not any(word.lower() in _NOT_NAMES for word in words.split())


def _speaker(
    who: str, people: People, *, opens_sentence: bool = False, introduced: bool = True
) -> tuple[Voice, str | None] | None:
    """Read the subject of a reporting verb; None where it is a thing and so nobody speaks."""
    lowered = re.sub(r"[’'](?:m|s|ve|d|ll|re)$", "", who.lower())
    if lowered in _FIRST_PERSON:
        return Voice.SELF, None
    if lowered in _SECOND_PERSON:
        return Voice.ADDRESSED, None
    if lowered in _THINGS:
        return None
    if lowered in _PRONOUNS:
        return Voice.PRONOUN, None
    if not _NAME_ALONE.fullmatch(_ARTICLE.sub("", who)):
        return Voice.OTHER, None
    tokens = who.split()
    if tokens[-1].lower() in _FIRST_PERSON:
        return Voice.SELF, None
    # The Globe’s Bo Chan: the person comes after the possessive.
    owners = [i for i, token in enumerate(tokens) if _POSSESSIVE.search(token)]
    if owners and owners[-1] + 1 < len(tokens):
        tokens = tokens[owners[-1] + 1 :]
    an_article = tokens[0].lower() in {"the", "a", "an"}
    while tokens and tokens[0].lower() in _NOT_NAMES:
        tokens = tokens[1:]
        opens_sentence = False
    if not tokens:
        return (Voice.PRONOUN if lowered.endswith((" he", " she", " they")) else Voice.OTHER), None
    name = " ".join(tokens)
    # The Courier: a paper, a group, a title. A person's name has no article.
    if an_article and people.complete(name) not in people.named:
        return Voice.OTHER, None
    unknown = not people.knows(name)
    # One capitalised word that opens a sentence may be any word: a plural, or one that the text
    # elsewhere writes small.
    if unknown and opens_sentence and len(tokens) == 1:
        common = name.lower() in people.words or name.endswith(("s", "ly"))
        return Voice.OTHER, None if common or not introduced else name
    return Voice.OTHER, people.complete(name)


@dataclass(frozen=True)
class _Report:
    """A reporting verb and its subject; how many words stand between the verb and the quotation."""

    subject: str
    verb: str
    opens_sentence: bool
    distance: int


def _reported_by(sentence: str) -> _Report | None:
    """Find the last reporting verb before a quotation, and its subject."""
    for verb in reversed(list(_ANY_VERB.finditer(sentence))):
        distance = len(_WORD.findall(sentence[verb.end() :]))
        if distance > _WORDS_BETWEEN:
            return None
        subject = _SUBJECT.search(sentence[: verb.start()])
        if subject and subject["who"].lower() in _JOINING:
            # “I looked at him and said”: the subject stands before the verb that came first.
            earlier = list(_SOMEBODY.finditer(sentence, 0, subject.start("who")))
            subject = earlier[-1] if earlier else None
        if subject:
            opens_sentence = not sentence[: subject.start()].strip()
            apposition = (subject.groupdict().get("which") or "").strip()
            # The host, Bo Chan, said: the name is in the apposition.
            who = apposition if _NAME_ALONE.fullmatch(apposition) else subject["who"]
            return _Report(who, verb[0], opens_sentence, distance)
    return None


def _opens(text: str, at: int) -> bool:
    return (at == 0 or bool(_OPENS_AFTER.match(text[at - 1]))) and not text[
        at + 1 : at + 2
    ].isspace()


def _is_closed(text: str, start: int, end: int) -> bool:
    return end - 1 > start and (
        text[end - 1] in _CLOSING[text[start]] or {text[start], text[end - 1]} <= _MIXED
    )


class _Marks:
    """Where the quotation marks of a text stand.

    So that each closing mark is found without reading on and on.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.closers = {mark: self._all(_CLOSING[mark]) for mark in _CLOSING if mark in text}
        for mark in "‘'":
            if mark in self.closers:
                self.closers[mark] = [
                    i for i in self.closers[mark] if not text[i + 1 : i + 2].isalnum()
                ]
        straight = self._all('"')
        self.straight_opening = [i for i in straight if _opens(text, i)]
        # Not the inches of 6".
        self.straight_closing = [
            i
            for i in straight
            if i
            and not text[i - 1].isspace()
            and not text[i - 1].isdigit()
            and not text[i + 1 : i + 2].isalnum()
        ]
        self.curly_opening, self.curly_closing = self._all("“"), self._all("”")

    def closing(self, start: int) -> int | None:
        """Return where the quotation ends that opens at `start`.

        None where it never does and opens nothing.
        """
        text, mark = self.text, self.text[start]
        closers = self.closers[mark]
        later = bisect_left(closers, start + 1)
        candidates = closers[later : later + 6] if mark in "‘'" else closers[later : later + 1]
        mixed = self._mixed(start)
        if mixed is not None and (not candidates or mixed < candidates[0]):
            return mixed + 1
        if not candidates:
            # Straight marks do not say which way they point; at the start, or after a colon, one
            # opens.
            opens = mark in "“„«" or (
                mark == '"' and text[max(start - 3, 0) : start].rstrip()[-1:] in {"", ":"}
            )
            return len(text) if opens else None
        if mark in "‘'":
            # The actors’ lives: a plural possessive is not the end while a better one follows.
            for end in candidates:
                if not (text[end - 1] == "s" and re.match(r"\s+[^\W_]", text[end + 1 : end + 3])):
                    return end + 1
        return candidates[0] + 1

    def _mixed(self, start: int) -> int | None:
        """Find the straight mark that closes a curly one, or the other way round.

        Where no such pair opens between.
        """
        if self.text[start] == "“":
            opening, closing = self.straight_opening, self.straight_closing
        elif self.text[start] == '"':
            opening, closing = self.curly_opening, self.curly_closing
        else:
            return None
        end, inner = _next(closing, start), _next(opening, start)
        return end if end is not None and (inner is None or end < inner) else None

    def _all(self, chars: str) -> list[int]:
        return [match.start() for match in re.finditer(f"[{chars}]", self.text)]


def _next(places: list[int], after: int) -> int | None:
    at = bisect_left(places, after + 1)
    return places[at] if at < len(places) else None
