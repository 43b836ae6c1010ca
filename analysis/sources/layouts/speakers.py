"""Who interviews and who is interviewed in a labelled transcript, and by what full name.

A name given by hand settles it; else words such as "Q" or "Interviewer", unless the turns clearly
contradict them; else who asks, who answers, who says more and who begins, by weights set by hand.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from statistics import median

from analysis.sources.interviews import Interview
from analysis.sources.layouts.labels import (
    ANSWERING,
    ASKING,
    LETTERS,
    MOST_NAMES,
    SIDES,
    Transcript,
    asks_or_is_bold,
    fold,
    mentioned,
    stands_for,
)
from analysis.sources.layouts.paragraphs import asks_within


def roles_of(found: Transcript, interview: Interview) -> dict[str, str]:
    """Decide whether each speaker interviews or is interviewed."""
    written = _variants(found)
    keys = [key for key in written if key]
    if found.side is not None:
        return dict.fromkeys(keys, found.side)
    by_hand = {key: "interviewer" for key in keys if _known(written[key], interview.interviewers)}
    by_hand |= {key: "interviewee" for key in keys if _known(written[key], interview.interviewees)}
    scores = _scores(found)
    roles = _by_words(found, scores) | by_hand
    for role, choose in (("interviewee", min), ("interviewer", max)):
        free = [key for key in keys if key not in roles]
        if free and role not in roles.values():
            roles[choose(free, key=scores.__getitem__)] = role
    if len(roles) < len(keys):
        middle = (
            sum(
                median(scores[key] for key in roles if roles[key] == role)
                for role in ("interviewer", "interviewee")
            )
            / 2
        )
        # A speaker not named by hand is more likely to ask.
        middle -= 0.4 * ("interviewee" in by_hand.values())
        others = {key: scores[key] >= middle for key in keys if key not in roles}
        roles |= {key: "interviewer" if asks else "interviewee" for key, asks in others.items()}
    return roles


def _by_words(found: Transcript, scores: dict[str, float]) -> dict[str, str]:
    """Assign the roles that words such as “Q” name, unless the turns clearly contradict them."""
    keys = dict.fromkeys(label.key for label in found.labels)
    pair = next((pair for pair in LETTERS if keys.keys() >= set(pair)), "")
    letters = dict(zip(pair, "qa", strict=False))
    roles: dict[str, str] = {}
    for key in keys:
        words = set(key.split()) if len(key) > 1 else {letters.get(key, "")}
        role = "interviewer" if words & ASKING else "interviewee" if words & ANSWERING else None
        if role:
            roles[found.speakers[key]] = role
    asking = [scores[key] for key, role in roles.items() if role == "interviewer"]
    answering = [scores[key] for key, role in roles.items() if role == "interviewee"]
    return {} if asking and answering and median(asking) + 2 < median(answering) else roles


def _scores(found: Transcript) -> dict[str, float]:
    """Weigh how much each speaker does what interviewers do: ask, say little, begin, not answer."""
    said = [
        *found.said[:-1],
        *(texts[:1] for texts in found.said[-1:]),
    ]  # the last turn may run into the page's furniture
    spoken = [
        (found.speakers[label.key], texts)
        for label, texts in zip(found.labels, said, strict=True)
        if texts
    ]
    turns = [
        (key, [text for _, texts in turn for text in texts])
        for key, turn in groupby(spoken, lambda turn: turn[0])
    ]
    asking = [
        asks_or_is_bold(texts[-1]) or asks_within(texts[-1][len(texts[-1]) // 2 :])
        for _, texts in turns
    ]
    sizes = [sum(map(len, texts)) for _, texts in turns]
    scores = dict.fromkeys(found.speakers.values(), 0.0)
    usual = median(sizes) if sizes else 0.0
    turns_of: dict[str, list[int]] = {}
    for number, (key, _) in enumerate(turns):
        turns_of.setdefault(key, []).append(number)
    for key, own in turns_of.items():
        asks_often = sum(asking[number] for number in own) / len(own)
        answers = sum(number > 0 and asking[number - 1] for number in own) / len(own)
        size = math.log2((median(sizes[number] for number in own) + 20) / (usual + 20))
        scores[key] = 2 * asks_often - 2 * answers - 0.4 * size + 0.3 * (own[0] == 0)
    return scores


def names_of(
    source: str, found: Transcript, roles: dict[str, str], interview: Interview
) -> dict[str, str | None]:
    """Name the speaker of each label, and of the side without labels (under its role)."""
    named = {"interviewee": interview.interviewees, "interviewer": interview.interviewers}
    only = {role: people[0] for role, people in named.items() if len(people) == 1}
    names: dict[str, str | None] = dict(only)
    written, times = _variants(found), Counter(roles.values())
    for key, role in roles.items():
        variants = written[key]
        fullest = max(variants, key=lambda name: len(fold(name)))
        generic = all(_is_generic(variant) for variant in variants)
        short = len(fold(fullest)) < 2
        by_hand = _known(variants, named[role])
        if by_hand:
            names[key] = by_hand[0]
        elif times[role] == 1 and role in only and (generic or short or role == "interviewer"):
            names[key] = only[role]
        elif generic:
            names[key] = None
        elif len(written) > MOST_NAMES or not (short or fullest.isupper()):
            names[key] = fullest
        else:
            full = _only_one(fullest, mentioned(source[: found.labels[0].start]))
            if full is None and not (short and len(fullest) <= 3):
                full = _only_one(fullest, mentioned(source), surname=True)
            names[key] = full or fullest
    return names


def _known(variants: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the names that at least one spelling of a speaker's label may stand for."""
    return [name for name in names if any(stands_for(variant, name) for variant in variants)]


def _variants(found: Transcript) -> dict[str, list[str]]:
    """List the spellings of each speaker's name in the labels."""
    written: dict[str, dict[str, None]] = {}
    for label in found.labels:
        written.setdefault(found.speakers[label.key], {})[label.name] = None
    return {key: list(names) for key, names in written.items()}


def _is_generic(name: str) -> bool:
    """Return whether a label names a part in the conversation, not a person."""
    words = fold(name)
    return len(words) == 1 and (len(words[0]) == 1 or words[0] in SIDES)


def _only_one(name: str, mentioned: list[str], *, surname: bool = False) -> str | None:
    """Return the only name in the text that a label may shorten (to a surname, if `surname`)."""
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
