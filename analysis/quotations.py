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

# Opening marks and what closes them. German „…“ closes with the English opening mark.
_CLOSING = {"“": "”", "„": "“”", "«": "»", "‘": "’", '"': '"', "'": "'"}
MARKS = "“”„«»‘’\"'"
_OPENS_AFTER = re.compile(r"[\s(\[{—–\-/…]")
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\bSt)[.!?…]+[”’\"')\]]*\s+")
_WORD = re.compile(r"[^\W_]+(?:[’'\-.&][^\W_]+)*")
_MINOR_WORDS = frozenset("a an and as at but by de for from in is la le nor of on or the to vs with".split())

_REPORTING = (
    "say says said saying tell tells told telling ask asks asked asking write writes wrote writing "
    "call calls called calling add adds added reply replies replied answer answers answered note notes noted "
    "explain explains explained declare declares declared proclaim proclaims proclaimed state states stated "
    "announce announces announced claim claims claimed argue argues argued admit admits admitted joke jokes joked "
    "recall recalls recalled remember remembers remembered describe describes described observe observes observed "
    "insist insists insisted suggest suggests suggested warn warns warned quip quips quipped laugh laughs laughed "
    "sigh sighs sighed shout shouts shouted yell yells yelled scream screams screamed whisper whispers whispered "
    "mutter mutters muttered exclaim exclaims exclaimed respond responds responded conclude concludes concluded "
    "confess confesses confessed reveal reveals revealed reckon reckons reckoned offer offers offered "
    "think thinks thought wonder wonders wondered realize realizes realized realise realises realised "
    "decide decides decided feel feels felt dub dubs dubbed label labels labelled labeled praise praises praised "
    "hail hails hailed go goes went put puts tweet tweets tweeted remark remarks remarked continue continues continued"
).split()
_VERB = (
    rf"(?:{'|'.join(_REPORTING)}|points?\s+out|pointed\s+out|"
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
        "he she they one who someone somebody everyone everybody nobody people some many others another and but so "
        "then when as if because while after before my your his her our their its the a an these those no yes "
        "well like at in on for from to of not or oh okay now here".split()
    )
)
_NAME_PART = r"(?:(?:[A-Z]|Mr|Mrs|Ms|Dr|St)\.|[^\W\d_a-zß-ÿ](?:[^\W\d_]|[’'\-.](?=[^\W\d_]))*)"
_NAME = rf"{_NAME_PART}(?:\s+(?:(?:van|von|de|der|den|del|di|da|la|le|bin|al|el|ten)\s+)*{_NAME_PART})*"
_PRONOUN = r"(?:I|we|you|he|she|they|it|this|that|which|who|everyone|everybody|someone|somebody|people)"
_WHO = rf"(?P<who>{_NAME}|\b(?i:{_PRONOUN})\b|\b[^\W\d_]+)"

# What stands directly before a reporting verb: its subject, perhaps a relative clause, adverbs, auxiliaries.
_SUBJECT = re.compile(rf"{_WHO}(?:,[^,]{{1,80}},)?(?:\s+{_ADVERB})*\s*$")
_SOMEBODY = re.compile(
    rf"(?<![^\W_])(?P<who>{_NAME}|(?i:I|me|we|he|she|they|you|people|somebody|someone|everybody|everyone)\b)"
)
_JOINING = frozenset("and or but to then just not only".split())
# How many words may come between a reporting verb and the quotation: “said a thing I never forgot:”.
_WORDS_BETWEEN = 12
_ACCORDING = re.compile(
    rf"(?i:according\s+to|in\s+the\s+words\s+of|as)\s+(?P<who>{_NAME})(?:\s+(?:puts?|says?|said)\s+it)?\W*$"
)
_YOUR_WORDS = re.compile(
    r"\b(?:in\s+your\s+(?:own\s+)?words|as\s+you\s+(?:put|say|said|wrote)(?:\s+it)?)\W*$", re.IGNORECASE
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
_NAMING = frozenset("call calls called calling dub dubs dubbed label labels labelled labeled".split())
_POSSESSIVE = re.compile(r"[’']s?$")

# How far the sentence around a quotation is read; keeps the work linear in the length of the text.
_REACH = 240


class Voice(Enum):
    """What the text says about words in quotation marks."""

    SELF = "the surrounding speaker quotes himself"
    ADDRESSED = "the person spoken to is quoted"
    OTHER = "somebody else is quoted"
    TITLE = "the name of a work or an event"
    UNSAID = "the text does not say whether anybody is quoted"


@dataclass(frozen=True)
class Quotation:
    """Characters `[start, end)`, marks included, and the speaker as the text names him (None: it does not)."""

    start: int
    end: int
    voice: Voice
    speaker: str | None = None


@dataclass(frozen=True)
class People:
    """Full names that complete a first name or a surname.

    `named` are those one can rely on: given by hand, or completed in brackets by the text. `mentioned` are runs of
    capitalised words of the text and complete a surname only.
    """

    named: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()

    def complete(self, name: str) -> str:
        """Return the one known full name that `name` is a part of, or `name` itself.

        >>> People(named=frozenset({"Ann Lee", "Bo Chan"})).complete("Chan")
        'Bo Chan'
        """
        return self._known(name) or name

    def knows(self, name: str) -> bool:
        """Tell whether `name` is, ends in, or belongs to exactly one known full name."""
        return self._known(name) is not None

    def _known(self, name: str) -> str | None:
        for candidates in (
            [full for full in self.named if name == full or name.endswith(" " + full)],
            [full for full in self.named if name in (full.split()[0], full.split()[-1])],
            [full for full in self.mentioned if name == full.split()[-1]],
        ):
            if len(candidates) == 1:
                return candidates[0]
        return None


def people_in(source: str, named: Iterable[str | None]) -> People:
    """Collect the full names of a source: those given, those in brackets (Dave [Eggers]), those mentioned.

    >>> people = people_in("We met Ann Lee. Dave [Eggers] came.", ["Spike Jonze", None])
    >>> sorted(people.named), sorted(people.mentioned)
    (['Dave Eggers', 'Spike Jonze'], ['Ann Lee'])
    """
    completed = re.finditer(rf"(?<![^\W_])({_NAME_PART})\s+\[({_NAME_PART})\]", source)
    full = {name for name in named if name} | {f"{match[1]} {match[2]}" for match in completed}
    runs = (match[0].split() for match in re.finditer(rf"(?<![^\W_“‘\"']){_NAME}", source))
    mentioned = {
        " ".join([*run[:-1], _POSSESSIVE.sub("", run[-1])])
        for run in runs
        if 2 <= len(run) <= 3 and run[0].lower() not in _NOT_NAMES and not any(_POSSESSIVE.search(w) for w in run[:-1])
    }
    return People(frozenset(full), frozenset(mentioned - full))


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Find outermost quotations of one paragraph as `[start, end)` with their marks.

    A mark that is never closed opens nothing, except a directional one (“ „ «) or one at the very start, which runs
    to the end: long quotations leave the closing mark to their last paragraph. An apostrophe is not a mark.

    >>> text = "He’s in “Her,” and ‘I know.’"
    >>> [text[start:end] for start, end in quoted_spans(text)]
    ['“Her,”', '‘I know.’']
    """
    closers = {mark: [i for i, char in enumerate(text) if char in _CLOSING[mark]] for mark in _CLOSING if mark in text}
    closers |= {
        mark: [i for i in closers[mark] if not text[i + 1 : i + 2].isalnum()] for mark in "‘'" if mark in closers
    }
    spans: list[tuple[int, int]] = []
    at = 0
    for opening in re.finditer("[“„«‘\"']", text):
        start, mark = opening.start(), opening[0]
        if start < at or (mark in "‘'\"" and not _opens(text, start)):
            continue
        end = _closing(text, start, mark, closers[mark])
        if end is not None and text[start + 1 : end - 1].strip():
            spans.append((start, end))
            at = end
    return spans


def inside(text: str) -> tuple[int, int]:
    """Return where the words begin and end, without marks around all of them: those are the passage's own.

    >>> inside("“I saw ‘Rain.’”"), inside("Rain")
    ((1, 14), (0, 4))
    """
    wrapped = quoted_spans(text) == [(0, len(text))] and text[-1] in MARKS
    return (1, len(text) - 1) if wrapped else (0, len(text))


def is_title(words: str) -> bool:
    """Tell whether quoted words are written as the name of a work: capitals, no sentence.

    >>> is_title("“Being John Malkovich,”"), is_title("“a few small wonders”"), is_title("“It is all play.”")
    (True, False, False)
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
    Quotations in reading order. `Voice.OTHER` with no speaker means: somebody else, and the text does not say who.
    """
    spans = quoted_spans(text)
    found: list[Quotation] = []
    for number, (start, end) in enumerate(spans):
        before = text[max(spans[number - 1][1] if number else 0, start - _REACH) : start]
        after = text[end : min(spans[number + 1][0] if number + 1 < len(spans) else len(text), end + _REACH)]
        voice, speaker = attribute(before, text[start:end], after, people)
        if voice is Voice.UNSAID and number and _ATTRIBUTION_ONLY.fullmatch(before):
            # “One thing,” says Ann Lee. “And another.”
            voice, speaker = found[-1].voice, found[-1].speaker
        found.append(Quotation(start, end, voice, speaker))
    return found


def attribute(before: str, words: str, after: str, people: People) -> tuple[Voice, str | None]:
    """Decide whose words stand in quotation marks, from the text before and after them.

    A reporting verb with a subject decides. First person: the surrounding speaker himself. Second person: the person
    spoken to. A name: that person. Any other subject: somebody the text does not name.

    >>> people = People(named=frozenset({"Ann Lee"}))
    >>> voice, speaker = attribute("As critics go, Lee called it ", "“a small wonder,”", " and left.", people)
    >>> voice.name, speaker
    ('OTHER', 'Ann Lee')
    >>> attribute("I thought, ", "“This is it.”", "", people)[0].name
    'SELF'
    """
    title = is_title(words)
    ends_inside = words.rstrip("”“»’\"'")[-1:] in {",", "?", "!", "…", "—"}
    sentence = re.split(_SENTENCE_END, before)[-1]
    introduced = sentence.rstrip().endswith((",", ":"))
    if ends_inside or re.match(r"\s*,", after):
        for pattern in (_AFTER_VERB_FIRST, _AFTER_WHO_FIRST):
            match = pattern.match(after)
            if match and not (title and not introduced and match["verb"] in _NAMING):
                verdict = _speaker(match["who"], people, at_sentence_start=False)
                if verdict is not None:
                    return verdict
    if _YOUR_WORDS.search(sentence):
        return Voice.ADDRESSED, None
    match = _ACCORDING.search(sentence)
    if match and not title:
        return Voice.OTHER, people.complete(match["who"])
    match = _AFTER_BY.match(after)
    if match and not title and re.search(r"\b(?:called|described|hailed|dubbed|praised)\b", sentence):
        return Voice.OTHER, people.complete(match["who"])
    report = _reported_by(sentence)
    if report and (not title or (introduced and report[1] not in _NAMING)):
        verdict = _speaker(report[0], people, at_sentence_start=report[2])
        if verdict is not None:
            return verdict
    return (Voice.TITLE if title else Voice.UNSAID), None


def _speaker(who: str, people: People, *, at_sentence_start: bool) -> tuple[Voice, str | None] | None:
    """Read the subject of a reporting verb; None where it is a thing and so nobody speaks."""
    lowered = re.sub(r"[’'](?:m|s|ve|d|ll|re)$", "", who.lower())
    if lowered in _FIRST_PERSON:
        return Voice.SELF, None
    if lowered in _SECOND_PERSON:
        return Voice.ADDRESSED, None
    if lowered in _THINGS:
        return None
    if not who[0].isupper():
        return Voice.OTHER, None
    tokens = who.split()
    if tokens[-1].lower() in _FIRST_PERSON:
        return Voice.SELF, None
    # The Globe’s Bo Chan: the person comes after the possessive.
    owners = [i for i, token in enumerate(tokens) if _POSSESSIVE.search(token)]
    if owners and owners[-1] + 1 < len(tokens):
        tokens = tokens[owners[-1] + 1 :]
    while tokens and tokens[0].lower() in _NOT_NAMES:
        tokens = tokens[1:]
        at_sentence_start = False
    if not tokens:
        return Voice.OTHER, None
    name = " ".join(tokens)
    # One capitalised word at the start of a sentence may be any word.
    if len(tokens) == 1 and at_sentence_start and not people.knows(name):
        return Voice.OTHER, None
    return Voice.OTHER, people.complete(name)


def _reported_by(sentence: str) -> tuple[str, str, bool] | None:
    """Find the reporting verb nearest to the end: its subject, itself, and whether the subject opens the sentence."""
    for verb in reversed(list(re.finditer(rf"(?<![^\W_]){_VERB}\b", sentence))):
        if len(_WORD.findall(sentence[verb.end() :])) > _WORDS_BETWEEN:
            return None
        subject = _SUBJECT.search(sentence[: verb.start()])
        if subject and subject["who"].lower() in _JOINING:
            # “I looked at him and said”: the subject stands before the verb that came first.
            earlier = list(_SOMEBODY.finditer(sentence, 0, subject.start("who")))
            subject = earlier[-1] if earlier else None
        if subject:
            return subject["who"], verb[0], not sentence[: subject.start()].strip()
    return None


def _opens(text: str, at: int) -> bool:
    return (at == 0 or bool(_OPENS_AFTER.match(text[at - 1]))) and not text[at + 1 : at + 2].isspace()


def _closing(text: str, start: int, mark: str, closers: list[int]) -> int | None:
    later = bisect_left(closers, start + 1)
    candidates = closers[later : later + 6] if mark in "‘'" else closers[later : later + 1]
    if not candidates:
        return len(text) if mark in "“„«" or (mark == '"' and start == 0) else None
    if mark in "‘'":
        # The actors’ lives: a plural possessive is not the end while a better one follows.
        for end in candidates:
            if not (text[end - 1] == "s" and re.match(r"\s+[^\W_]", text[end + 1 : end + 3])):
                return end + 1
    return candidates[0] + 1
