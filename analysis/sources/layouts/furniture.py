"""Page furniture, which surrounds an article: menus, headlines, tags, comments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.sources.quotations import MARKS

# Phrases of web pages in general. Each must open the paragraph, because the same words occur inside
# speech.
_CONTROLS = re.compile(
    r"""^\W*(?:
    advertisements?\b|(?:story\s+)?continues?\s+(?:below|after)|
    back\s+to\s+\w+\W*\w*$|skip\s+to\b|jump\s+to\b|go\s+to\s+(?:top|main)|
    (?:main\s+|site\s+|pages?\s+)?(?:menu|navigation)\b|home\s*(?:$|[|>»/])|
    share\s*(?:$|this\b|your\b|on\b|via\b|:|article)|(?:tweet|pin|email|print|like|reblog|whatsapp)\s*(?:$|this\b)|
    follow\s+(?:us\b|@|\w+\s+on\b)|like\s+us\s+on\b|find\s+us\s+on\b|
    sign\s?up\b|subscribe\b|log\s?in\b|register\b|join\s+(?:our|the)\s+(?:newsletter|mailing|community)|
    get\s+(?:the|our)\b.{0,60}\b(?:newsletters?|alerts?|inbox|updates?)\b|newsletters?\b|
    (?:this\s+(?:article|entry|post)\s+(?:is|was)\s+(?:related|tagged|filed|posted|published|originally))|
    (?:filed\s+(?:under|in|to)|tagged|tags?|categor(?:y|ies)|topics?|keywords)\b\s*(?:[:\s]|$)|posted\s+(?:by|on|in|at)\b|
    (?:read|see|watch|view|check\s+out|listen)\s+(?:more|also|next|the\s+(?:trailer|full)|all)\b|
    related\s*(?:$|:|articles?|posts?|stor(?:y|ies)|content|links?|topics?)|
    (?:you\s+(?:may|might)\s+(?:also\s+)?(?:like|enjoy)|more\s+(?:from|stories|on\s+this|like\s+this|in\s+\w+$))|
    (?:most|popular|top|latest|recent|recommended|trending)\s+(?:read|posts?|articles?|stories|news|popular|comments?|videos?)\b|
    (?:previous|next|older|newer)\s+(?:post|article|story|entry|entries|page)s?\b|
    \d*\s*(?:comments?|responses?|replies)\b\s*(?:$|[(:\d]|to\b|on\b|are\b)|
    (?:leave|post|add|write)\s+(?:a|your)\s+(?:reply|comment|response)|cancel\s+reply|your\s+email\s+address|
    (?:copyright\b\W*(?:$|©|\d|by\b|\(c\))|©|\(c\)\s*\d{4}|all\s+rights\s+reserved)|terms\s+(?:of|and|&)\b|
    (?:privacy|cookies?)\b\W*(?:$|polic|notice|settings|statement|terms|preferences)|contact\s+us|about\s+us|
    (?:photo(?:graph)?s?|image|picture|illustration|credit|video|source|getty)\s*(?:$|[:©]|by\b|via\b|credits?\b|courtesy\b)|
    loading\b|search\b\s*(?:$|for:)|download\b\s*(?:$|the\s+app)|buy\s+(?:now|tickets)|
    https?://|www\.
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_COMMENTS = re.compile(
    r"^\W*\d*\s*(?:comments?|responses?|replies)\b\s*(?:$|[(:\d]|to\b|on\b)(?!.*[.!?…;,]\W*$)",
    re.IGNORECASE | re.DOTALL,
)
_COMMENTING = re.compile(
    r"^\W*(?:(?:leave|post|add)\s+(?:a|your)\s+(?:reply|comment)|"
    r"share\s+your\s+thoughts|join\s+the\s+(?:discussion|conversation)|cancel\s+reply)",
    re.IGNORECASE,
)
# The first person. A page uses it only when it asks for something of its own.
_SPEAKS = re.compile(r"\b(?:I|me|my|mine|myself|we|us|our|ours)\b", re.IGNORECASE)
_OF_A_PAGE = re.compile(
    r"\b(?:newsletters?|mailing|lists?|channels?|feeds?|sites?|websites?|pages?|podcasts?|blogs?|twitter|facebook|instagram|"
    r"youtube|social|e-?mails?|updates?|alerts?|community|patreon|app|inbox|posts?|stor(?:y|ies)|team|policy|terms|"
    r"magazine|membership|journalism)\b|@",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^(?:by|words|text|interview|story|written|posted|photos?)(?:\s+by)?:?\s+[A-Z][^\s.?!]*(?:\s+[^\s.?!]+){0,5}$|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}\b|"
    r"^\W*\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}\b|\b\d{1,2}:\d{2}\s*(?:am|pm)\b",
    re.IGNORECASE,
)
_PLEA = re.compile(
    r"\b(?:subscribe\s+to\s+(?:our|the|my)\s+(?:\w+\s+)?(?:newsletter|channel|podcast|feed|magazine|list|blog)|sign\s+up\s+(?:for|to)\s+(?:our|the|my)|follow\s+(?:us|me|him|her|them)\s+(?:on|at|@)|"
    r"(?:our|free|weekly|daily)\s+newsletter|support\s+(?:us|our\s+work)|become\s+a\s+(?:member|patron))\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"[\[(](?:photo|image|picture|source|credit|courtesy|illustration|©)[^\])]*[\])]\W*$",
    re.IGNORECASE,
)
_TERMINATED = re.compile(r"[.!?…:;。？！؟][\s”’\"'»)\]]*$|[—–-]$")
_TAIL = 20  # characters in which the end of a sentence is looked for
_LETTERS = re.compile(r"[^\W\d_]+")
WORD = re.compile(r"[^\W_]+")
# Nothing longer is a control. Limits come before patterns, which would reread long paragraphs.
_LONGEST = 1000  # characters


def is_control(paragraph: str) -> bool:
    """Tell from its words whether a paragraph is a control, a notice, a plea or a picture credit.

    >>> is_control("Share this article"), is_control("Share of the work is mine.")
    (True, False)
    """
    if len(paragraph) > _LONGEST or len(paragraph.split()) > 40:
        return False
    if _PLEA.search(paragraph) or _CREDIT.search(paragraph):
        return True
    return bool(_CONTROLS.match(paragraph)) and _may_be_of_a_page(paragraph)


def opens_comments(paragraph: str) -> bool:
    """Return whether a paragraph is the heading of the readers' comments, or invites them.

    >>> opens_comments("3 comments on “Rain”"), opens_comments("Comments on the film were rude.")
    (True, False)
    """
    if len(paragraph) > _LONGEST or len(paragraph.split()) > 12:
        return False
    return bool(_COMMENTS.match(paragraph) or _COMMENTING.match(paragraph)) and _may_be_of_a_page(
        paragraph
    )


def _may_be_of_a_page(paragraph: str) -> bool:
    a_few_words = len(paragraph.split()) <= 6 and not _TERMINATED.search(paragraph[-_TAIL:])
    return a_few_words or not _SPEAKS.search(paragraph) or bool(_OF_A_PAGE.search(paragraph))


def is_headline(paragraph: str) -> bool:
    """Return whether a paragraph is set in headline capitals.

    >>> is_headline("A Star Talks About the Recording of His New Album.")
    True
    >>> is_headline("He met Ann Lee in New York.")
    False
    """
    return in_capitals(_LETTERS.findall(paragraph))


def in_capitals(words: Sequence[str]) -> bool:
    """Return whether nearly all longer words begin with a capital."""
    initials = [word[0] for word in words if len(word) > 3]
    return len(initials) >= 4 and sum(map(str.isupper, initials)) >= 0.85 * len(initials)


def is_fragment(paragraph: str, *, headline: bool | None = None) -> bool:
    """Return whether a paragraph is not a sentence but a heading, a name, a date or a menu entry.

    Parameters
    ----------
    paragraph : the text.
    headline : whether it is set in headline capitals, if that is known.

    >>> is_fragment("In conversation with Ann Lee"), is_fragment("I agree.")
    (True, False)
    """
    if len(paragraph) > _LONGEST:
        return False
    words = paragraph.split()
    terminated = bool(_TERMINATED.search(paragraph[-_TAIL:]))
    return (
        (len(words) <= 25 and not terminated)
        or (len(words) <= 8 and bool(_BYLINE.search(paragraph)))
        or not any(map(str.isalpha, paragraph))
        or (is_headline(paragraph) if headline is None else headline)
    )


# A pull quote is at least this long, and is found by its opening words.
_PULLED, _SHINGLE, _CANDIDATES = 6, 5, 20


def repeats(paragraphs: list[str], words: list[list[str]] | None = None) -> set[int]:
    """Find the pull quotes: paragraphs that repeat a longer or an earlier one word for word.

    Parameters
    ----------
    paragraphs : the texts.
    words : those of each in lower case, if they are known.

    >>> said = ["It rained, and we filmed it all day long. We did.", "“We filmed it all day long.”"]
    >>> sorted(repeats(said))
    [1]
    """
    words = words or [WORD.findall(text.lower()) for text in paragraphs]
    in_marks = [text[:1] in MARKS and text[-1:] in MARKS for text in paragraphs]
    openings = {tuple(said[:_SHINGLE]) for said in words if _PULLED <= len(said) <= _LONGEST // 5}
    places: dict[tuple[str, ...], list[int]] = {}
    for number, said in enumerate(words):
        shingles = zip(*(said[at:] for at in range(_SHINGLE)), strict=False)
        for shingle in openings.intersection(shingles):
            places.setdefault(shingle, []).append(number)

    def rank(number: int) -> tuple[int, bool, int]:
        # Of two equal ones, the pull quote is the one in quotation marks, or the later one.
        return len(words[number]), not in_marks[number], -number

    return {
        number
        for number, said in enumerate(words)
        if _PULLED <= len(said) <= _LONGEST // 5
        and any(
            rank(other) > rank(number) and f" {' '.join(said)} " in f" {' '.join(words[other])} "
            for other in places[tuple(said[:_SHINGLE])][:_CANDIDATES]
        )
    }
