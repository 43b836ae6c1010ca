"""Who interviews and who is interviewed in a labelled transcript, and by what full name.

A name given by hand decides; else words such as "Q" or "Interviewer", unless the turns clearly
contradict them; else who asks, who answers, who says more and who begins, by weights set by hand.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from statistics import median

from analysis.sources.layouts.labels import (
    ANSWERING,
    ASKING,
    LETTERS,
    MOST_NAMES,
    Transcript,
    asks_or_is_bold,
    fold,
    mentioned,
    several,
    stands_for,
)
from analysis.sources.layouts.paragraphs import asks_within


def roles_of(
    found: Transcript,
    said: list[list[str]],
    interviewees: Iterable[str],
    interviewers: Iterable[str],
) -> dict[str, str]:
    """Decide whether each speaker interviews or is interviewed."""
    keys = [
        key for key in dict.fromkeys(found.speakers[label.key] for label in found.labels) if key
    ]
    if found.side is not None:
        return dict.fromkeys(keys, found.side)
    variants = _variants(found)

    def is_one_of(key: str, names: Iterable[str]) -> bool:
        return any(stands_for(written, name) for written in variants[key] for name in names)

    fixed = {key: "interviewee" for key in keys if is_one_of(key, interviewees)}
    fixed |= {
        key: "interviewer" for key in keys if key not in fixed and is_one_of(key, interviewers)
    }
    named = "interviewee" in fixed.values()
    scores = _scores(found, said)
    fixed = _by_words(found, scores) | fixed
    for role, choose in (("interviewee", min), ("interviewer", max)):
        free = [key for key in keys if key not in fixed]
        if (
            role not in fixed.values()
            and free
            and (len(free) > 1 or len(fixed) > 0 or len(keys) == 1)
        ):
            fixed[choose(free, key=lambda key: scores[key])] = role
    asks_like = [scores[key] for key in keys if fixed.get(key) == "interviewer"]
    answers_like = [scores[key] for key in keys if fixed.get(key) == "interviewee"]
    middle = (median(asks_like) + median(answers_like)) / 2 if asks_like and answers_like else 0.0
    if named:
        middle -= 0.4  # a speaker not named by hand is more likely to ask
    return {
        key: fixed.get(key) or ("interviewer" if scores[key] >= middle else "interviewee")
        for key in keys
    }


def _by_words(found: Transcript, scores: dict[str, float]) -> dict[str, str]:
    """Take the roles that words such as “Q” name, unless the turns clearly contradict them."""
    letters = {label.key for label in found.labels}
    pair = next((pair for pair in LETTERS if letters.issuperset(pair)), None)
    roles: dict[str, str] = {}
    for label in {label.key: label for label in found.labels}.values():
        words = set(fold(label.name))
        if len(label.key) == 1:
            asks_or_answers = dict(zip(pair, ("question", "answer"), strict=True)) if pair else {}
            words = {asks_or_answers.get(label.key, "")}
        role = "interviewer" if words & ASKING else "interviewee" if words & ANSWERING else None
        if role:
            roles[found.speakers[label.key]] = role
    asking = [scores[key] for key, role in roles.items() if role == "interviewer"]
    answering = [scores[key] for key, role in roles.items() if role == "interviewee"]
    return {} if asking and answering and median(asking) + 2 < median(answering) else roles


def _scores(found: Transcript, said: list[list[str]]) -> dict[str, float]:
    """Weigh how much each speaker does what interviewers do: ask, say little, begin, not answer."""
    turns: list[tuple[str, list[str]]] = []
    for label, texts in zip(found.labels, said, strict=True):
        key = found.speakers[label.key]
        # The last turn may run into the page's furniture.
        spoken = texts[:1] if label is found.labels[-1] else texts
        if turns and turns[-1][0] == key:
            turns[-1][1].extend(spoken)
        elif spoken:
            turns.append((key, list(spoken)))
    asking = [
        bool(texts)
        and (asks_or_is_bold(texts[-1]) or asks_within(texts[-1][len(texts[-1]) // 2 :]))
        for _, texts in turns
    ]
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


def names_of(
    source: str,
    found: Transcript,
    roles: dict[str, str],
    interviewee: str | None,
    interviewer: str | None,
) -> dict[str, str | None]:
    """Name the speaker of each label, and of the side without labels (under its role)."""
    named = {"interviewee": several(interviewee), "interviewer": several(interviewer)}
    before = mentioned(source[: found.labels[0].start])
    everywhere: list[str] | None = None
    names: dict[str, str | None] = {
        role: people[0] if len(people) == 1 else None for role, people in named.items()
    }
    written = _variants(found)
    many = len(written) > MOST_NAMES
    times = Counter(roles.values())
    for key, role in roles.items():
        variants = written[key]
        fullest = max(variants, key=lambda name: len(fold(name)))
        by_hand = [
            name for name in named[role] if any(stands_for(variant, name) for variant in variants)
        ]
        alone = times[role] == 1
        generic = all(_is_generic(variant) for variant in variants)
        if by_hand:
            names[key] = by_hand[0]
        elif (
            alone
            and len(named[role]) == 1
            and (generic or len(fold(fullest)) < 2 or role == "interviewer")
        ):
            names[key] = named[role][0]
        elif generic:
            names[key] = None
        elif many or (len(fold(fullest)) > 1 and not fullest.isupper()):
            names[key] = fullest
        else:
            full = _only_one(fullest, before)
            if full is None and (len(fold(fullest)) > 1 or len(fullest) > 3):
                everywhere = mentioned(source) if everywhere is None else everywhere
                full = _only_one(fullest, everywhere, surname=True)
            names[key] = full or fullest
    return names


def _variants(found: Transcript) -> dict[str, list[str]]:
    """List the spellings of each speaker's name in the labels."""
    written: dict[str, dict[str, None]] = {}
    for label in found.labels:
        written.setdefault(found.speakers[label.key], {})[label.name] = None
    return {key: list(names) for key, names in written.items()}


def _is_generic(name: str) -> bool:
    """Return whether a label names a part in the conversation but no person."""
    words = fold(name)
    return len(words) == 1 and (len(words[0]) == 1 or words[0] in ASKING | ANSWERING)


def _only_one(name: str, mentioned: list[str], *, surname: bool = False) -> str | None:
    """Return the only mentioned name that a label may shorten (to a surname, if `surname`)."""
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
