"""REFI-QDA, the format in which programs for qualitative analysis exchange projects and codebooks.

The Rotterdam Exchange Format Initiative's QDA-XML, version 1.0, of 2019.
"""

from __future__ import annotations

import pandas as pd

from analysis.corpus import Corpus
from analysis.schemas import SENTENCE
from analysis.study.exchange.copies import Copy, archive, as_xml, filled, guid

ORIGIN = "analysis"
INDICATORS = "codebook indicators"
# The prefixes of the codes that stand for speakers and roles.
VOICES = ("speakers/", "roles/")
# What a codebook says about a theme besides its definition, one line of the description each.
SAYINGS = ("counts", "excludes", "example", "counterexample")
_FACTS = ("title", "publication", "date", "interviewee", "interviewer", "layout")


def refi_codebook(corpus: Corpus) -> bytes:
    """Write the codebook as a REFI-QDA codebook (.qdc): themes with their definitions.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> refi_codebook(load_corpus("seeds")).count(b"<Code ")
    6
    """
    root = filled("refi.xml.j2", codebook=themes_described(corpus), origin=ORIGIN)
    return as_xml(root, "urn:QDA-XML:codebook:1.0")


def refi_project(corpus: Corpus) -> bytes:
    """Write a folder of interviews as a REFI-QDA project (.qdpx).

    It contains the texts, the themes with their definitions, each coder's codings (the codebook's
    indicators count as a coder), the facts in `interviews.toml` as variables, and a case for each
    interview and each speaker. Speakers and roles are also codes applied to their utterances, since
    most programs find the passages of a case only that way: a speaker's code has the identifier of
    the case.
    Positions count code points from 0 in the enclosed copies, which have LF and no byte-order mark.

    Returns
    -------
    The same bytes for the same corpus: identifiers are derived from names (UUID version 5), and
    there are no dates.
    """
    coded, interviews = coded_passages(corpus), corpus.interviews
    voices = {kind: corpus.utterances.dropna(subset=kind) for kind in ("speaker", "role")}
    tables = [coded.assign(kind="code", named=coded["theme"])]
    tables += [rows.assign(kind=kind, named=rows[kind]) for kind, rows in voices.items()]
    # One passage for each coding, since programs take the coder from the passage.
    columns = ["interview", "start", "end", "kind", "named", "coder", "matched"]
    passages = pd.concat(tables)[columns].astype(object).fillna("")
    sources, files = [], {}
    for facts in interviews.astype(object).fillna("").to_dict("records"):
        interview, copy = facts["interview"], Copy(corpus.texts[facts["interview"]])
        files[f"sources/{guid('text', interview)}.txt"] = copy.text.encode()
        own = copy.placed(passages[passages["interview"] == interview])
        sources.append((facts, copy.text, own.to_dict("records")))
    root = filled(
        "refi.xml.j2",
        origin=ORIGIN,
        coders=list(coded["coder"].unique()),
        codebook=themes_described(corpus),
        voices={kind: list(rows[kind].unique()) for kind, rows in voices.items()},
        facts=_facts(interviews),
        labels=corpus.labels,
        sources=sources,
    )
    return archive({"project.qde": as_xml(root, "urn:QDA-XML:project:1.0")} | files)


def coded_passages(corpus: Corpus) -> pd.DataFrame:
    """List the coded sentences of every coder.

    Returns
    -------
    DataFrame with `coder`, `interview`, `theme`, `matched` (str; NA for a reader's codings),
    `start`, `end` (int64: offsets in the source), by coder in reading order.
    """
    tables = []
    if corpus.has_codebook:
        places = corpus.sentences[[*SENTENCE, "start", "end"]]
        by_hand = corpus.hand_codings.dropna(subset="theme").merge(places, on=SENTENCE)
        tables = [corpus.codings.assign(coder=INDICATORS), by_hand]
    columns = ["coder", "interview", "theme", "matched", "start", "end"]
    return pd.concat([pd.DataFrame(columns=columns), *tables])[columns]


def themes_described(corpus: Corpus) -> list[dict[str, str]]:
    """List the themes of a folder, if any, each with its `description` (`described`)."""
    themes = corpus.codebook.to_dict("records") if corpus.has_codebook else []
    return [theme | {"description": described(theme)} for theme in themes]


def described(theme: dict[str, str]) -> str:
    r"""Write everything that a codebook says about a theme, the definition first.

    >>> described({"definition": "Water from above.", "counts": "drizzle; hail"})
    'Water from above.\nCounts: drizzle; hail'
    """
    lines = [f"{key.capitalize()}: {theme[key]}" for key in SAYINGS if not pd.isna(theme.get(key))]
    return "\n".join([theme["definition"], *lines])


def _facts(interviews: pd.DataFrame) -> list[str]:
    """Name the columns of facts that some interview has, the user's own among them."""
    own = list(interviews.loc[:, "characters":])[1:]
    return [name for name in (*_FACTS, *own) if interviews[name].notna().any()]
