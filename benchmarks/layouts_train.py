"""Estimate the weights by which pages are read, and their error on interviews left out.

usage: python benchmarks/layouts_train.py [--more FOLDER] [--folds]

Learns from the labelled interviews of this repository (seeds and tests), from pages written for it
(layouts_pages.txt), from transcripts made of words at random and, with --more, from a folder with
`texts/` and `gold/` (one json a text: units of role, start, end), which need not be here. Each is
learnt in several forms: as it is, without labels, with labels of one side or of the first turns
only, without marks, cut short, and with furniture of other pages before, inside and after it.
--folds says how well each interview of --more is read by weights that never saw it.
Needs python-crfsuite. Writes analysis/sources/layouts/weights.json.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pycrfsuite

from analysis.agreement.voices import load_gold
from analysis.sources.interviews import read_interviews, read_source
from analysis.sources.layouts import conversation, q_and_a, recognise
from analysis.sources.layouts.labels import masked, transcript
from analysis.sources.layouts.marks import Block, blocks, joined

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "analysis/sources/layouts/weights.json"
ROLES = {"interviewer": "question", "interviewee": "answer", "narration": "N", "quoted": "N"}
SIDES = {"question", "answer"}


@dataclass
class Page:
    """An interview: its text, the role of each character ("" none), the interviewee if known."""

    name: str
    source: str
    roles: list[str]
    interviewee: str | None
    layout: str


@dataclass
class Example:
    """Paragraphs, the label before each, and what each is: question, answer, N prose, B page."""

    found: list[Block]
    sides: list[str]
    tags: list[str]
    interviewee: str | None


def own_pages() -> Iterator[Page]:
    """Read the gold of this repository."""
    for folder, gold in (
        ("seeds", "tests/gold"),
        ("tests/gold-layouts", "tests/gold-layouts"),
        ("tests/gold-headings", "tests/gold-headings"),
    ):
        for interview in read_interviews(ROOT / folder):
            source = read_source(ROOT / folder, interview)
            roles = [""] * len(source)
            for row in load_gold(ROOT / gold / f"{interview.id}.tsv", source).itertuples():
                roles[row.start : row.end] = [row.role] * (row.end - row.start)
            layout = interview.layout or recognise(source) or ""
            yield Page(interview.id, source, roles, interview.interviewee, layout)


def written_pages() -> Iterator[Page]:
    """Read the pages written to learn from."""
    tags = {"Q": "interviewer", "A": "interviewee", "N": "narration", "B": "boilerplate"}
    text = (ROOT / "benchmarks/layouts_pages.txt").read_text("utf-8")
    for number, page in enumerate(text.split("====\n")[1:]):
        source, roles = "", []
        for line in page.strip().splitlines():
            tag, _, said = line.partition("|")
            source += said + "\n\n"
            roles += [tags[tag]] * (len(said) + 2)
        yield Page(f"written {number}", source, roles, None, recognise(source) or "q_and_a")


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
        source, roles, told = "", [], list[str]()
        for turn in range(2 * rng.randint(3, 8)):
            role = ("interviewer", "interviewee")[turn % 2]
            said = [sentence() + "."] if turn % 2 else [sentence() + "?"]
            said += [sentence() + "." for _ in range(turn % 2 * rng.randint(0, 3))]
            said = [rng.choice(told) if told and rng.random() < 0.2 else text for text in said]
            told += said[1:]
            for text in [names[turn % 2] + said[0], *said[1:]]:
                source += text + "\n\n"
                roles += [role] * (len(text) + 2)
        yield Page(f"generated {at}", source, roles, None, "labelled")


def more_pages(folder: Path) -> Iterator[Page]:
    """Read labelled interviews from elsewhere; what may be prose too (a teaser) is prose."""
    for path in sorted((folder / "texts").iterdir()):
        gold = json.loads((folder / "gold" / f"{path.stem}.json").read_text("utf-8"))
        source = path.read_bytes().decode(gold.get("encoding", "utf-8")).removeprefix("\ufeff")
        roles = [""] * len(source)
        for unit in gold["units"]:
            role, also = unit["role"], unit.get("accept") or []
            if role in ("interviewer", "interviewee") and also:
                role = next((one for one in ("narration", "boilerplate") if one in also), role)
            if unit.get("kind") in ("pull_quote", "teaser", "lead_quote"):
                role = "boilerplate"
            roles[unit["start"] : unit["end"]] = [role] * (unit["end"] - unit["start"])
        yield Page(path.stem, source, roles, None, recognise(source) or "")


def example(page: Page) -> Example:
    """Cut a page into paragraphs as the parsers do, with gold for each."""
    found_labels = transcript(page.source) if page.layout == "labelled" else None
    labels = found_labels.labels if found_labels else []
    text = masked(page.source, labels)
    found = joined(blocks(text), text, set()) if labels else q_and_a.paragraphs_of(page.source)
    found = [block for block in found if not block.machine]
    tags, sides, number = [], [], 0
    for block in found:
        fresh = False
        while number < len(labels) and labels[number].start < block.start:
            number, fresh = number + 1, True
        said = Counter(
            role
            for role, char in zip(
                page.roles[block.start : block.end], text[block.start : block.end], strict=True
            )
            if role and not char.isspace()
        )
        role = said.most_common(1)[0][0] if said else "boilerplate"
        tags.append(ROLES.get(role, "B"))
        sides.append(tags[-1] if fresh and tags[-1] in SIDES else "")
    return Example(found, sides, tags, page.interviewee)


def parts(one: Example) -> list[str]:
    """Name the part of each paragraph: before, in, or after the conversation."""
    spoken = [at for at, tag in enumerate(one.tags) if tag in SIDES]
    first, last = (spoken[0], spoken[-1]) if spoken else (len(one.tags), len(one.tags))
    names = {"N": ("preface", "note", "afterword"), "B": ("head", "between", "tail")}
    return [
        tag if tag in SIDES else names[tag][(at > first) + (at > last)]
        for at, tag in enumerate(one.tags)
    ]


def variants(one: Example, furniture: list[str], rng: random.Random) -> Iterator[Example]:
    """Make the forms in which one interview is learnt."""
    yield one
    spoken = [at for at, tag in enumerate(one.tags) if tag == "answer"]
    if len(spoken) > 4:
        end = rng.choice(spoken[2:]) + 1
        yield Example(one.found[:end], one.sides[:end], one.tags[:end], one.interviewee)
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
    for plain in (one, bare, unmarked):
        yield within(plain, furniture, rng)


def within(one: Example, furniture: list[str], rng: random.Random) -> Example:
    """Put furniture of other pages before, inside and after an interview."""

    def run(size: int) -> Example:
        at = rng.randrange(max(1, len(furniture) - size))
        texts = furniture[at : at + size]
        found = [Block(0, 0, "", text) for text in texts]
        return Example(found, [""] * len(found), ["B"] * len(found), None)

    pieces = [run(rng.choice((0, 5, 20)))]
    for block, side, tag in zip(one.found, one.sides, one.tags, strict=True):
        pieces.append(Example([block], [side], [tag], None))
        # Advertisements stand between answers now and then, captions and bylines often in prose.
        if rng.random() < {"answer": 0.08, "N": 0.3}.get(tag, 0):
            pieces.append(run(1 if tag == "answer" else rng.randint(1, 3)))
    pieces.append(run(rng.choice((0, 3, 15))))
    return Example(
        [block for piece in pieces for block in piece.found],
        [side for piece in pieces for side in piece.sides],
        [tag for piece in pieces for tag in piece.tags],
        one.interviewee,
    )


def train(pages: list[Page], regular: float, seed: int = 0) -> dict[str, Any]:
    """Estimate weights (L-BFGS, L2), rounded to three digits."""
    rng = random.Random(seed)
    examples = [example(page) for page in pages]
    furniture = [
        block.text
        for one in examples
        for block, tag in zip(one.found, one.tags, strict=True)
        if tag == "B" and not block.mark and len(block.text) < 200
    ]
    trainer = pycrfsuite.Trainer(verbose=False)
    for one in examples:
        if not one.found:
            continue
        for form in variants(one, furniture, rng):
            rows = conversation.features_of(form.found, form.interviewee, form.sides)
            trainer.append(rows, parts(form))
    trainer.set_params({"c1": 0.0, "c2": regular, "max_iterations": 150})
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
    """Write the weights where the library reads them."""
    WEIGHTS.write_text(json.dumps(weights, indent=0, sort_keys=True) + "\n", "utf-8")
    conversation._stored.cache_clear()
    conversation._weights.cache_clear()


def main() -> int:
    """Train, and with --folds tell the error of each interview left out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--more", type=Path)
    parser.add_argument("--folds", action="store_true")
    parser.add_argument("--regular", type=float, default=1.0)
    options = parser.parse_args()
    kinds = ("labelled", "headings", "q_and_a")
    pages = [
        page
        for page in [*3 * list(own_pages()), *written_pages(), *generated_pages()]
        if page.layout in kinds
    ]
    more = (
        [page for page in more_pages(options.more) if page.layout in kinds] if options.more else []
    )
    doubt = json.loads(WEIGHTS.read_text("utf-8")).get("doubt", 1.0)
    if options.folds:
        shares, doubts = [], []
        for left in more:
            learnt = [*pages, *(page for page in more if page is not left)]
            store(train(learnt, options.regular))
            one = example(left)
            reading = conversation.read(one.found, None, one.sides)
            right = total = 0
            for block, part, tag in zip(one.found, reading.parts, one.tags, strict=True):
                found = ROLES.get(conversation.PARTS[part], "B")
                right += len(block.text) * (found == tag)
                total += len(block.text)
            shares.append(right / total)
            certain = zip(one.found, reading.certainty, strict=True)
            doubts.append(1 - sum(len(block.text) * sure for block, sure in certain) / total)
            print(f"{left.name:30} {shares[-1]:.3f} {1 - doubts[-1]:.3f}", flush=True)
        print(f"mean {statistics.mean(shares):.3f}")
        # Least squares through the origin: how much more is wrong than the model doubts.
        wrong = [1 - share for share in shares]
        squares = sum(doubt**2 for doubt in doubts)
        doubt = sum(x * y for x, y in zip(doubts, wrong, strict=True)) / squares
    store(train([*pages, *more], options.regular) | {"doubt": round(doubt, 2)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
