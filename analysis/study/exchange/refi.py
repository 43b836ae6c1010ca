"""REFI-QDA, the format in which programs for qualitative analysis exchange projects and codebooks.

The Rotterdam Exchange Format Initiative's QDA-XML, version 1.0, of 2019.
"""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd

from analysis.agreement.coders import load_coders
from analysis.corpus import Corpus
from analysis.schemas import SENTENCE
from analysis.study.exchange.copies import Copy, add, archive, as_xml, guid

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
    root = ElementTree.Element("CodeBook", {"xmlns": "urn:QDA-XML:codebook:1.0", "origin": ORIGIN})
    _themes(add(root, "Codes"), corpus.codebook)
    return as_xml(root)


def refi_project(corpus: Corpus) -> bytes:
    """Write a folder of interviews as a REFI-QDA project (.qdpx).

    It contains the texts, the themes with their definitions, each coder's codings (the codebook's
    indicators count as a coder), the facts in `interviews.toml` as variables, and a case for each
    interview and each speaker. Speakers and roles are also codes over their utterances, since most
    programs find the passages of a case only that way: a speaker's code has the identifier of the
    case.
    Positions count code points from 0 in the enclosed copies, which have LF and no byte-order mark.

    Returns
    -------
    The same bytes for the same corpus: identifiers are derived from names (UUID version 5), and
    there are no dates.
    """
    root = ElementTree.Element(
        "Project",
        {"xmlns": "urn:QDA-XML:project:1.0", "name": "Interviews", "origin": ORIGIN},
    )
    coded = coded_passages(corpus)
    voices = {kind: corpus.utterances.dropna(subset=kind) for kind in ("speaker", "role")}
    facts = _facts(corpus.interviews)
    if coders := list(coded["coder"].unique()):
        users = add(root, "Users")
        for coder in coders:
            add(users, "User", guid=guid("coder", coder), name=coder)
    _codes(root, corpus, voices)
    if facts:
        variables = add(root, "Variables")
        for fact in facts:
            add(variables, "Variable", guid=guid("fact", fact), name=fact, typeOfVariable="Text")
    _cases(root, corpus, voices["speaker"]["speaker"])
    texts, files = add(root, "Sources"), {}
    for row in corpus.interviews.to_dict("records"):
        interview, copy = row["interview"], Copy(corpus.texts[row["interview"]])
        file = f"{guid('text', interview)}.txt"
        files[f"sources/{file}"] = copy.text.encode()
        source = add(
            texts,
            "TextSource",
            guid=guid("text", interview),
            name=interview,
            plainTextPath=f"internal://{file}",
        )
        for passage in coded[coded["interview"] == interview].itertuples():
            _selection(source, copy, passage, guid("code", passage.theme), passage.coder)
        for kind, rows in voices.items():
            for passage in rows[rows["interview"] == interview].itertuples():
                _selection(source, copy, passage, guid(kind, getattr(passage, kind)))
        for fact in facts:
            if not pd.isna(row[fact]):
                value = add(source, "VariableValue")
                add(value, "VariableRef", targetGUID=guid("fact", fact))
                add(value, "TextValue", row[fact])
    return archive({"project.qde": as_xml(root)} | files)


def _codes(root: ElementTree.Element, corpus: Corpus, voices: dict[str, pd.DataFrame]) -> None:
    """Add the themes, the speakers and the roles as codes."""
    codes = add(add(root, "CodeBook"), "Codes")
    if corpus.has_codebook:
        _themes(codes, corpus.codebook)
    for kind, rows in voices.items():
        group = add(codes, "Code", guid=guid("code", kind), name=f"{kind}s", isCodable="false")
        for name in rows[kind].unique():
            add(group, "Code", guid=guid(kind, name), name=name, isCodable="true")


def _cases(root: ElementTree.Element, corpus: Corpus, speakers: pd.Series) -> None:
    """Add a case for each interview and each speaker."""
    cases = add(root, "Cases")
    for interview, label in corpus.labels.items():
        case = add(cases, "Case", guid=guid("interview", interview), name=label)
        add(case, "SourceRef", targetGUID=guid("text", interview))
    for name in speakers.unique():
        case = add(cases, "Case", guid=guid("speaker", name), name=name)
        add(case, "CodeRef", targetGUID=guid("speaker", name))


def coded_passages(corpus: Corpus) -> pd.DataFrame:
    """List the coded sentences of every coder.

    Returns
    -------
    DataFrame with `coder`, `interview`, `theme`, `matched` (str; NA where a reader coded), `start`,
    `end` (int64: offsets in the source), by coder in reading order.
    """
    tables = []
    if corpus.has_codebook:
        tables.append(corpus.codings.assign(coder=INDICATORS))
    if corpus.has_codebook and corpus.gold is not None:
        places = corpus.sentences[[*SENTENCE, "start", "end"]]
        by_hand = load_coders(corpus.gold, corpus.sentences, list(corpus.codebook["theme"]))
        tables.append(by_hand.dropna(subset="theme").merge(places, on=SENTENCE))
    columns = ["coder", "interview", "theme", "matched", "start", "end"]
    return pd.concat([pd.DataFrame(columns=columns), *tables])[columns]


def described(theme: dict[str, str]) -> str:
    r"""Write everything that a codebook says about a theme, the definition first.

    >>> described({"definition": "Water from above.", "counts": "drizzle; hail"})
    'Water from above.\nCounts: drizzle; hail'
    """
    lines = [f"{key.capitalize()}: {theme[key]}" for key in SAYINGS if not pd.isna(theme.get(key))]
    return "\n".join([theme["definition"], *lines])


def _themes(codes: ElementTree.Element, codebook: pd.DataFrame) -> None:
    for theme in codebook.to_dict("records"):
        code = add(
            codes, "Code", guid=guid("code", theme["theme"]), name=theme["name"], isCodable="true"
        )
        add(code, "Description", described(theme))


def _facts(interviews: pd.DataFrame) -> list[str]:
    """Name the columns of facts that some interview has, the user's own among them."""
    own = list(interviews.columns)[list(interviews.columns).index("characters") + 1 :]
    return [name for name in (*_FACTS, *own) if interviews[name].notna().any()]


def _selection(
    source: ElementTree.Element, copy: Copy, passage: object, code: str, coder: str | None = None
) -> None:
    """Add a coded passage, one for each coding, since programs take the coder from it."""
    start, end = copy.in_copy(passage.start), copy.in_copy(passage.end)  # type: ignore[attr-defined]
    key = guid("passage", source.get("name"), start, end, code, coder)
    user = None if coder is None else guid("coder", coder)
    selection = add(
        source,
        "PlainTextSelection",
        guid=key,
        name=" ".join(copy.text[start:end].split())[:60],
        startPosition=start,
        endPosition=end,
        creatingUser=user,
    )
    matched = getattr(passage, "matched", None)
    if not pd.isna(matched):
        add(selection, "Description", f"Words that matched: {matched}")
    coding = add(selection, "Coding", guid=guid("coding", key), creatingUser=user)
    add(coding, "CodeRef", targetGUID=code)
