"""Estimate the weights by which pages are read, and their error on interviews left out.

usage: python benchmarks/layouts_train.py [--more FOLDER] [--folds NUMBER] [--forms]

Learns from the labelled interviews of this repository (seeds and tests), from pages written for it
(layouts_pages.txt), from transcripts made of words at random and, with --more, from a folder with
`texts/` and `gold/` (one json a text: units of role, start, end), which need not be here. Each is
learnt in several forms: as it is, without labels, with labels of one side or of the first turns
only, without marks, cut short, with furniture of other pages before, inside and after it, and with
the beginning of another interview after its end.
--folds leaves out one part of all texts after the other and says how well its texts are split by
weights that never saw them: the share of the characters in the right role, and of the interviewer's
turns that are found. The whole splitting is measured, labels and layouts included. --forms says it
of the written pages in every form (labels, captions, capitals), by the weights there are.
Needs python-crfsuite. Writes analysis/sources/layouts/weights.json.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pycrfsuite

from analysis.agreement.voices import load_gold
from analysis.sources.interviews import Interview, read_interviews, read_source
from analysis.sources.layouts import conversation, q_and_a, recognise
from analysis.sources.layouts.labels import transcript, unlabelled
from analysis.sources.layouts.marks import Block, blocks, joined
from analysis.sources.layouts.paragraphs import Passage
from analysis.sources.utterances import voices_of

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "analysis/sources/layouts/weights.json"
ROLES = {"interviewer": "question", "interviewee": "answer", "narration": "N", "quoted": "N"}
SIDES = {"question", "answer"}
# How often a page of a group is learnt: the sources of this repository must be read right.
WEIGHTS_OF = {"seeds": 3, "gold-layouts": 3, "gold-headings": 3}
KINDS = ("labelled", "headings", "q_and_a")


@dataclass(frozen=True)
class Unit:
    """Characters of a page, their role, and the roles that are as right."""

    start: int
    end: int
    role: str
    accepted: frozenset[str]


@dataclass(frozen=True)
class Page:
    """An interview: where it is from, its text, its units."""

    group: str
    name: str
    source: str
    units: list[Unit]
    layout: str = ""
    pieces: tuple[Piece, ...] = ()


Piece = tuple[str, str, str]  # role, text, and what stands after it
Reshape = Callable[[Sequence[Piece], random.Random], list[Piece]]
BAR = "|"
SPEECH = ("interviewer", "interviewee")


@dataclass
class Example:
    """Paragraphs, the label before each, and what each is: question, answer, N prose, B page."""

    found: list[Block]
    sides: list[str]
    tags: list[str]


def made_of(group: str, name: str, pieces: Sequence[Piece]) -> Page:
    """Make a page of roles and texts; what a text holds before a bar is its label."""
    source, units = "", []
    for role, text, gap in pieces:
        label, _, said = text.rpartition(BAR)
        for part, words in (("boilerplate", label), (role, said)):
            units.append(Unit(len(source), len(source) + len(words), part, frozenset({part})))
            source += words
        source += gap
    units = [unit for unit in units if unit.start < unit.end]
    return Page(group, name, source, units, recognise(source) or "q_and_a", tuple(pieces))


NAMES = (
    ("Ana Ruiz", "Ivo Marek"),
    ("Käthe Blum", "Dr. Ole Brandt"),
    ("Sam O’Neill", "Zoë van der Berg"),
    ("Le Courrier", "Lucie Amar"),
    ("张伟", "李娜"),
    ("Jo", "Kim"),
    ("The Gazette", "Maria-Luz Peña"),
    ("Михаил", "Ольга Иванова"),
)


def turns_of(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, bool]]:
    """Give each piece without its label, and whether somebody else begins to speak with it."""
    speaking = ""
    for role, text, gap in pieces:
        begins = role in SPEECH and role != speaking
        speaking = role if role in SPEECH else speaking
        yield (role, text.rpartition(BAR)[2].strip("*#> "), gap), begins


def labelled_as(form: str, each: bool = False) -> Reshape:
    """Set labels in a form; on every paragraph of a turn, or on its first."""

    def reshape(pieces: Sequence[Piece], rng: random.Random) -> list[Piece]:
        names = dict(zip(SPEECH, rng.choice(NAMES), strict=True))
        return [
            (role, form.format(names[role]) + BAR + text, gap)
            if begins or (each and role in SPEECH)
            else (role, text, gap)
            for (role, text, gap), begins in turns_of(pieces)
        ]

    return reshape


def one_side(side: str, form: str) -> Reshape:
    """Label the turns of one side only."""

    def reshape(pieces: Sequence[Piece], rng: random.Random) -> list[Piece]:
        name = form.format(rng.choice(NAMES)[SPEECH.index(side)])
        return [
            (role, name + BAR + text if begins and role == side else text, gap)
            for (role, text, gap), begins in turns_of(pieces)
        ]

    return reshape


def short_after_full(pieces: Sequence[Piece], rng: random.Random) -> list[Piece]:
    """Label with full names first, with initials after."""
    names = dict(zip(SPEECH, rng.choice(NAMES[:3]), strict=True))
    short = {
        role: "".join(word[0] for word in name.split() if word[0].isupper())
        for role, name in names.items()
    }
    shaped, seen = [], set[str]()
    for (role, text, gap), begins in turns_of(pieces):
        label = f"{short[role] if role in seen else names[role]}: " if begins else ""
        seen |= {role} if begins else set()
        shaped.append((role, label + BAR + text, gap))
    return shaped


def in_marks(form: str) -> Reshape:
    """Set questions in a mark."""
    before, after = form.split("{}")

    def reshape(pieces: Sequence[Piece], rng: random.Random) -> list[Piece]:
        return [
            (role, before + text, after + gap) if role == "interviewer" else (role, text, gap)
            for (role, text, gap), _ in turns_of(pieces)
        ]

    return reshape


def captions(mark: str) -> Reshape:
    """Put what is said into short cues; a mark stands where somebody else begins to speak."""

    def reshape(pieces: Sequence[Piece], rng: random.Random) -> list[Piece]:
        names = dict(zip(SPEECH, rng.choice(NAMES), strict=True))
        shaped, second = list[Piece](), 0
        for (role, text, _), begins in turns_of(pieces):
            if role not in SPEECH:
                continue
            lines = textwrap.wrap(text, 34)
            for at in range(0, len(lines), 2):
                time = f"00:{second // 60:02d}:{second % 60:02d},000"
                until = f"00:{second // 60:02d}:{second % 60:02d},900"
                second += 1
                label = mark.format(names[role].upper()) if begins and not at else ""
                shaped.append(("boilerplate", f"{second}\n{time} --> {until}", "\n"))
                shaped.append((role, label + BAR + "\n".join(lines[at : at + 2]), "\n\n"))
        return shaped

    return reshape


def run_in(form: str) -> Reshape:
    """Put all turns into one paragraph, labels between."""

    def reshape(pieces: Sequence[Piece], rng: random.Random) -> list[Piece]:
        names = dict(zip(SPEECH, rng.choice(NAMES), strict=True))
        return [
            (role, (form.format(names[role].upper()) if begins else "") + BAR + text, " ")
            for (role, text, _), begins in turns_of(pieces)
            if role in SPEECH
        ]

    return reshape


def shouted(reshape: Reshape) -> Reshape:
    """Set everything in capitals."""
    return lambda pieces, rng: [
        (role, text.upper(), gap) for role, text, gap in reshape(pieces, rng)
    ]


def as_is(pieces: Sequence[Piece], rng: random.Random) -> list[Piece]:
    """Take labels off."""
    return [piece for piece, _ in turns_of(pieces)]


FORMS: dict[str, Reshape] = {
    "bare": as_is,
    "names": labelled_as("{}: "),
    "names on all": labelled_as("{}: ", each=True),
    "bold": labelled_as("**{}:** "),
    "bold, no colon": labelled_as("**{}** "),
    "own line": labelled_as("{}\n"),
    "own line, time": labelled_as("{} 0:12\n"),
    "time": labelled_as("[00:12:04] {}: "),
    "dash": labelled_as("{} – "),
    "html": labelled_as("<strong>{}</strong>: "),
    "answers": one_side("interviewee", "{}: "),
    "questions": one_side("interviewer", "{}: "),
    "answers, bold": one_side("interviewee", "**{}:** "),
    "initials": short_after_full,
    "headings": in_marks("### {}"),
    "in bold": in_marks("**{}**"),
    "numbers": in_marks("1. {}"),
    "dashes": in_marks("— {}"),
    "captions >>": captions(">> "),
    "captions >> name": captions(">> {}: "),
    "captions name": captions("{}: "),
    "captions -": captions("- "),
    "run in": run_in("{}: "),
    "run in, dashes": run_in("- "),
    "capitals": shouted(as_is),
    "capitals, names": shouted(labelled_as("{}: ")),
    "capitals, captions >>": shouted(captions(">> ")),
    "capitals, captions >> name": shouted(captions(">> {}: ")),
    "capitals, run in": shouted(run_in("{}: ")),
}


def reshaped(pages: list[Page], number: int = 0) -> Iterator[Page]:
    """Put pages into all forms, or each into some, to be learnt or tried."""
    rng = random.Random(2)
    for page in pages:
        if not page.pieces:
            continue
        for form in rng.sample(sorted(FORMS), number) if number else FORMS:
            yield made_of(form, page.name, FORMS[form](page.pieces, rng))


def own_pages() -> Iterator[Page]:
    """Read the gold of this repository."""
    for folder, gold in (
        ("seeds", "tests/gold"),
        ("tests/gold-layouts", "tests/gold-layouts"),
        ("tests/gold-headings", "tests/gold-headings"),
    ):
        for interview in read_interviews(ROOT / folder):
            source = read_source(ROOT / folder, interview)
            units = [
                Unit(row.start, row.end, row.role, frozenset({row.role}))
                for row in load_gold(ROOT / gold / f"{interview.id}.tsv", source).itertuples()
            ]
            layout = interview.layout or recognise(source) or ""
            name = Path(folder).name
            yield Page(name, interview.id, source, units, layout)


def written_pages() -> Iterator[Page]:
    """Read the pages written to learn from."""
    tags = {"Q": "interviewer", "A": "interviewee", "N": "narration", "B": "boilerplate"}
    text = (ROOT / "benchmarks/layouts_pages.txt").read_text("utf-8")
    for number, page in enumerate(text.split("====\n")[1:]):
        lines = [line.split("|", 1) for line in page.strip().splitlines()]
        pieces = [(tags[tag], said, "\n\n") for tag, said in lines]
        yield made_of("written", f"written {number}", pieces)


def generated_pages(number: int = 40) -> Iterator[Page]:
    """Make transcripts of words at random: whatever is said, labels say who speaks, to the end."""
    rng = random.Random(1)
    words = (
        "rain lamp rope river stone never always perhaps she he it came home late and sang I you"
    ).split()

    def sentence() -> str:
        return " ".join(rng.choices(words, k=rng.randint(2, 8))).capitalize()

    for at in range(number):
        names = rng.choice([("Bo Chan: ", "Ann Lee: "), ("Q: ", "A: "), ("**BO:** ", "**ANN:** ")])
        pieces, told = list[Piece](), list[str]()
        for turn in range(2 * rng.randint(3, 8)):
            role = ("interviewer", "interviewee")[turn % 2]
            said = [sentence() + "."] if turn % 2 else [sentence() + "?"]
            said += [sentence() + "." for _ in range(turn % 2 * rng.randint(0, 3))]
            said = [rng.choice(told) if told and rng.random() < 0.2 else text for text in said]
            told += said[1:]
            said[0] = names[turn % 2] + BAR + said[0]
            pieces += [(role, text, "\n\n") for text in said]
        yield made_of("generated", f"generated {at}", pieces)


def more_pages(folder: Path) -> Iterator[Page]:
    """Read labelled interviews from elsewhere."""
    for path in sorted((folder / "texts").iterdir()):
        gold = json.loads((folder / "gold" / f"{path.stem}.json").read_text("utf-8"))
        source = path.read_bytes().decode(gold.get("encoding", "utf-8")).removeprefix("\ufeff")
        units = []
        for unit in gold["units"]:
            role, also = unit["role"], unit.get("accept") or []
            # What may be prose too (a teaser) is learnt as prose.
            if role in ("interviewer", "interviewee") and also:
                role = next((one for one in ("narration", "boilerplate") if one in also), role)
            if unit.get("kind") in ("pull_quote", "teaser", "lead_quote"):
                role = "boilerplate"
            start, accepted = unit["start"], frozenset({role, unit["role"], *also})
            if "label_span" in unit:
                begin, start = unit["label_span"]
                units.append(Unit(begin, start, "boilerplate", accepted | {"boilerplate"}))
            if unit.get("kind") != "timing" and source[start : unit["end"]].strip():
                units.append(Unit(start, unit["end"], role, accepted))
        yield Page("published", path.stem, source, units, recognise(source) or "")


def example(page: Page) -> Example:
    """Cut a page into paragraphs as the parsers do, with gold for each."""
    found_labels = transcript(page.source) if page.layout == "labelled" else None
    labels = found_labels.labels if found_labels else []
    text = unlabelled(page.source, labels)
    found = joined(blocks(text), text, set()) if labels else q_and_a.paragraphs_of(page.source)
    roles = [""] * len(text)
    for unit in page.units:
        roles[unit.start : unit.end] = [unit.role] * (unit.end - unit.start)
    tags, sides, number = [], [], 0
    for block in found:
        fresh = False
        while number < len(labels) and labels[number].start < block.start:
            number, fresh = number + 1, True
        span = slice(block.start, block.end)
        said = Counter(
            role
            for role, char in zip(roles[span], text[span], strict=True)
            if role and not char.isspace()
        )
        role = said.most_common(1)[0][0] if said else "boilerplate"
        tags.append(ROLES.get(role, "B"))
        sides.append(tags[-1] if fresh and tags[-1] in SIDES else "")
    return Example(found, sides, tags)


def parts(one: Example) -> list[str]:
    """Name the part of each paragraph: before, in, or after the conversation."""
    spoken = [at for at, tag in enumerate(one.tags) if tag in SIDES]
    first, last = (spoken[0], spoken[-1]) if spoken else (len(one.tags), len(one.tags))
    names = {"N": ("preface", "note", "afterword"), "B": ("head", "between", "tail")}
    return [
        tag if tag in SIDES else names[tag][(at > first) + (at > last)]
        for at, tag in enumerate(one.tags)
    ]


@dataclass
class Stock:
    """Pieces of other pages to put around and into a page: furniture, biographies, beginnings."""

    furniture: list[Example]
    afterwords: list[Example]
    teasers: list[Example]


def cut(one: Example, start: int, end: int, tag: str = "") -> Example:
    """Take some paragraphs, without labels and as something else if a tag is given."""
    tags = [tag or each for each in one.tags[start:end]]
    sides = [""] * len(tags) if tag else one.sides[start:end]
    return Example(one.found[start:end], sides, tags)


def strung(pieces: list[Example]) -> Example:
    """Put pieces of pages after one another."""
    return Example(
        [block for piece in pieces for block in piece.found],
        [side for piece in pieces for side in piece.sides],
        [tag for piece in pieces for tag in piece.tags],
    )


def stock_of(examples: list[Example]) -> Stock:
    """Collect what of pages may stand in other pages too."""
    furniture = [
        cut(one, at, at + 1)
        for one in examples
        for at, tag in enumerate(one.tags)
        if tag == "B" and not one.found[at].mark and len(one.found[at].text) < 200
    ]
    afterwords, teasers = [], []
    for one in examples:
        spoken = [at for at, tag in enumerate(one.tags) if tag in SIDES]
        if len(spoken) > 3:
            rest = [at for at in range(spoken[-1] + 1, len(one.tags)) if one.tags[at] == "N"]
            afterwords += [cut(one, at, at + 1) for at in rest]
            if spoken[0]:
                teasers.append(cut(one, max(0, spoken[0] - 2), spoken[2], "B"))
    return Stock(furniture, afterwords, teasers)


def variants(one: Example, stock: Stock, rng: random.Random) -> Iterator[Example]:
    """Make the forms in which one interview is learnt."""
    yield one
    spoken = [at for at, tag in enumerate(one.tags) if tag == "answer"]
    if len(spoken) > 4:
        yield cut(one, 0, rng.choice(spoken[2:]) + 1)
    bare = replace(one, sides=[""] * len(one.sides))
    if any(one.sides):
        yield bare
        for side in SIDES:
            yield replace(one, sides=[each if each == side else "" for each in one.sides])
        begins = [at for at, side in enumerate(one.sides) if side][:2]
        yield replace(
            one, sides=[side if at in begins else "" for at, side in enumerate(one.sides)]
        )
    unmarked = replace(one, found=[replace(block, mark="") for block in one.found])
    if any(block.mark for block in one.found):
        yield unmarked
        yield replace(unmarked, sides=bare.sides)
    mark = rng.choice(("**", "*", "##", "###", ">", "1."))
    marked = [
        replace(block, mark=mark if tag == "question" else "")
        for block, tag in zip(one.found, one.tags, strict=True)
    ]
    yield within(replace(bare, found=marked), stock, rng)
    for plain in (one, bare, unmarked):
        yield within(plain, stock, rng)


def within(one: Example, stock: Stock, rng: random.Random) -> Example:
    """Put pieces of other pages before, inside and after an interview."""

    def run(size: int) -> list[Example]:
        at = rng.randrange(max(1, len(stock.furniture) - size))
        return stock.furniture[at : at + size]

    pieces = run(rng.choice((0, 5, 20)))
    for at, tag in enumerate(one.tags):
        pieces.append(cut(one, at, at + 1))
        # Advertisements stand between answers now and then, captions and bylines often in prose.
        if rng.random() < {"answer": 0.08, "N": 0.3}.get(tag, 0):
            pieces += run(1 if tag == "answer" else rng.randint(1, 3))
        if tag == "answer" and rng.random() < 0.06:
            pieces += pulled(one.found[at].text, rng)
    if stock.afterwords and rng.random() < 0.5 and one.tags and one.tags[-1] in SIDES:
        pieces.append(rng.choice(stock.afterwords))
    pieces += run(rng.choice((0, 3, 15)))
    if stock.teasers and rng.random() < 0.3:
        pieces += [rng.choice(stock.teasers), *run(rng.choice((0, 3)))]
    return strung(pieces)


def pulled(answer: str, rng: random.Random) -> list[Example]:
    """Repeat a sentence of an answer as a pull quote does."""
    long = [one for one in re.findall(r"[^.!?]+[.!?]", answer) if 5 < len(one.split()) < 25]
    if not long:
        return []
    said = rng.choice(long).strip()
    text = rng.choice(("{}", "“{}”", "« {} »")).format(said)
    return [Example([Block(0, 0, rng.choice(("", "", ">", "*")), text)], [""], ["B"])]


Learnt = list[tuple[list[dict[str, float]], list[str]]]


def prepared(pages: list[Page], seed: int = 0) -> list[Learnt]:
    """Describe each page in the forms in which it is learnt.

    The furniture put around a page is from pages of its own part, so no part is learnt from
    through another.
    """
    rng = random.Random(seed)
    examples = [example(page) for page in pages]
    stock = stock_of(examples)
    return [
        [
            (conversation.features_of(form.found, form.sides), parts(form))
            for form in variants(one, stock, rng)
            if form.found
        ]
        for page, one in zip(pages, examples, strict=True)
        for _ in range(WEIGHTS_OF.get(page.group, 1))
    ]


def train(learnt: list[Learnt], regular: float, sparse: float) -> dict[str, Any]:
    """Estimate weights (L-BFGS, L2), rounded to three digits."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for forms in learnt:
        for rows, tags in forms:
            trainer.append(rows, tags)
    trainer.set_params({"c1": sparse, "c2": regular, "max_iterations": 150})
    with tempfile.TemporaryDirectory() as folder:
        trainer.train(f"{folder}/model")
        tagger = pycrfsuite.Tagger()
        tagger.open(f"{folder}/model")
        info = tagger.info()
        tagger.close()
    found: dict[str, dict[str, dict[str, float]]] = {"features": {}, "follows": {}}
    for kind, weights in (("features", info.state_features), ("follows", info.transitions)):
        for (name, part), weight in sorted(weights.items()):
            if abs(weight) >= 0.0005:
                found[kind].setdefault(name, {})[part] = round(weight, 3)
    return found


def store(weights: dict[str, Any]) -> None:
    """Write the weights where the library reads them from its next start on."""
    WEIGHTS.write_text(json.dumps(weights, indent=0, sort_keys=True) + "\n", "utf-8")


@dataclass
class Score:
    """How well one page is split: right, counted and doubted characters, turns found and all."""

    page: Page
    right: int = 0
    counted: int = 0
    doubted: float = 0.0
    found: int = 0
    turns: int = 0
    wrong: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def score(page: Page) -> Score:
    """Split a page as a user's would be, and hold it against its units."""
    layout = recognise(page.source) or "q_and_a"
    rows = voices_of(page.source, Interview(id="x", file="x"), layout)
    said: list[Passage | None] = [None] * len(page.source)
    for row in rows:
        said[row.start : row.end] = [row] * (row.end - row.start)
    found = Score(page)
    for unit in page.units:
        # Who is quoted is decided elsewhere, and words in quotation marks are somebody's.
        chars = [
            row
            for row, char in zip(
                said[unit.start : unit.end], page.source[unit.start : unit.end], strict=True
            )
            if row and char.isalnum() and row.role != "quoted" and unit.role != "quoted"
        ]
        right = sum(row.role in unit.accepted for row in chars)
        found.right += right
        found.counted += len(chars)
        found.doubted += sum(1 - row.certainty for row in chars)
        if right < len(chars):
            got = Counter(row.role for row in chars if row.role not in unit.accepted)
            key = (unit.role, got.most_common(1)[0][0], page.source[unit.start : unit.end])
            found.wrong[key] += len(chars) - right
        if unit.role == "interviewer" and chars:
            found.turns += 1
            found.found += 2 * right > len(chars)
    return found


def cross_validated(
    pages: list[Page], always: list[Page], number: int, regular: float, sparse: float
) -> list[Score]:
    """Split each page by weights learnt without its part of the pages."""
    groups = [pages[part::number] for part in range(number)]
    learnt = [prepared([page for page in group if page.layout in KINDS]) for group in groups]
    fixed = prepared(always)
    scores = []
    for part, group in enumerate(groups):
        others = [one for at, of in enumerate(learnt) if at != part for one in of]
        use(train([*others, *fixed], regular, sparse))
        scores += [score(page) for page in group]
    return scores


def use(weights: dict[str, Any]) -> None:
    """Read pages by these weights from now on."""
    conversation._stored = lambda: weights  # type: ignore[assignment]
    conversation._weights.cache_clear()


def doubt_of(scores: list[Score]) -> float:
    """Say how much more of the published texts is wrong than the model doubts (least squares)."""
    rows = [
        (one.doubted / one.counted, 1 - one.right / one.counted)
        for one in scores
        if one.page.group == "published" and one.counted
    ]
    return sum(x * y for x, y in rows) / (sum(x * x for x, _ in rows) or 1.0) or 1.0


def told(scores: list[Score]) -> Iterator[str]:
    """Say for each group of pages, and each of its pages, how well it was split."""
    for group in dict.fromkeys(one.page.group for one in scores):
        of = [one for one in scores if one.page.group == group]
        right = [one.right / one.counted for one in of if one.counted]
        turns = [one.found / one.turns for one in of if one.turns]
        yield (
            f"{group}: {len(of)} texts, characters {statistics.mean(right):.3f}"
            f" (least {min(right):.3f}), turns {statistics.mean(turns):.3f} of texts,"
            f" {sum(one.found for one in of) / sum(one.turns for one in of):.3f} of all"
        )
        for one in of:
            if one.right < one.counted or one.found < one.turns:
                sure = 1 - one.doubted / one.counted
                yield (
                    f"  {one.page.name:32} {one.right / one.counted:.3f} {one.found}/{one.turns}"
                    f" sure {sure:.3f}"
                )
                for (role, got, text), size in one.wrong.most_common(12):
                    yield f"      {size:5} {role} > {got}: {' '.join(text.split())[:110]}"


def main() -> int:
    """Train, and with --folds tell the error on interviews left out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--more", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--forms", action="store_true")
    parser.add_argument("--regular", type=float, default=1.5)
    parser.add_argument("--sparse", type=float, default=0.0)
    options = parser.parse_args()
    pages = [*own_pages(), *written_pages()]
    if options.more:
        pages += more_pages(options.more)
    generated = list(generated_pages())
    doubt = conversation._stored()["doubt"]
    if options.forms:
        print("\n".join(told([score(page) for page in reshaped(pages)])))
        return 0
    if options.folds:
        scores = cross_validated(pages, generated, options.folds, options.regular, options.sparse)
        print("\n".join(told(scores)))
        doubt = doubt_of(scores)
        print(f"doubt {doubt:.2f}")
    learnt = prepared([page for page in [*pages, *generated] if page.layout in KINDS])
    store(train(learnt, options.regular, options.sparse) | {"doubt": round(doubt, 2)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
