"""Reference codings: a file for each coder, any number of coders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.files import SourceError, labelled_lines, remarks
from analysis.schemas import SENTENCE
from analysis.themes.codebook import CODEBOOK, load_codebook

# The folders, inside the folder of labels, that hold a file for each coder.
CODERS, FRAMING = "coders", "framing"
# The id of the reference coding with which others are compared, if there is one.
_REFERENCE = "first"
_COLUMNS = ["interview", "themes", "text"]
_ABOUT = ["coder", "who", "coded", "from", "rules"]


def load_coders(
    gold: str | Path | None, sentences: pd.DataFrame, themes: Sequence[str], folder: str = CODERS
) -> pd.DataFrame:
    """Read every reference coding, one file for each coder.

    Parameters
    ----------
    gold : the folder of reference labels; None if there is none.
    sentences : a table as returned by `analysis.themes.sentences`, all voices.
    themes : the ids that may be used.
    folder : inside `gold`, with a file `<coder>.tsv` for each coder: optional lines that begin
        with # and say who coded, when, from what and by which rules; then `interview`, `themes`
        (ids separated by spaces, or nothing) and `text`, a line for each sentence that was coded,
        in reading order. Sentences not listed count as not coded.

    Returns
    -------
    DataFrame with a row for each theme of each sentence, coders by name, in reading order: `coder`
    (str: the name of the file), `interview` (str), `utterance`, `sentence` (int64), `theme` (str; a
    sentence without a theme has one row, with NA). Empty if there are no codings.

    Raises
    ------
    SourceError
        If a line is malformed, or codes a sentence that does not occur at that point.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> corpus = load_corpus("seeds")
    >>> coded = load_coders("tests/gold", corpus.sentences, list(corpus.codebook["theme"]))
    >>> coded.groupby("coder")["theme"].count().to_dict()
    {'coder-c': 220, 'first': 223, 'second': 223}
    """
    rows = []
    paths = [] if gold is None else sorted((Path(gold) / folder).glob("*.tsv"))
    for path in paths:
        for line, unit, found in _coded(path, sentences):
            if unknown := sorted(set(found) - set(themes)):
                raise SourceError(
                    f"{path}, line {line}: {unknown[0]!r} is not in the codebook; correct it."
                )
            keys = (path.stem, *unit)
            rows += [(*keys, theme) for theme in themes if theme in found] or [(*keys, None)]
    types = dict.fromkeys(["coder", "interview", "theme"], "str")
    types |= dict.fromkeys(["utterance", "sentence"], "int64")
    return pd.DataFrame(rows, columns=["coder", *SENTENCE, "theme"]).astype(types)


def _coded(path: Path, sentences: pd.DataFrame) -> Iterator[tuple[int, tuple[Any, ...], list[str]]]:
    """Find the sentence that each line codes: the next in its interview with the same words."""
    units = {
        name: iter([(*key, " ".join(text.split())) for *key, text in own.itertuples(index=False)])
        for name, own in sentences[[*SENTENCE, "text"]].groupby("interview", sort=False)
    }
    for line, (interview, themes, text) in labelled_lines(path, _COLUMNS):
        # The file may code interviews that are not among these.
        if interview not in units:
            continue
        unit = next((one for one in units[interview] if one[-1] == text), None)
        if unit is None:
            raise SourceError(
                f"{path}, line {line}: {text[:40]!r} is not among the remaining sentences of"
                f" {interview!r}; correct the line or recode the interview."
            )
        yield line, unit[:-1], themes.split()


def load_framing(gold: str | Path, sentences: pd.DataFrame) -> pd.DataFrame:
    """Read the role of technology in each sentence, as coded by two or more readers.

    Parameters
    ----------
    gold : the folder of reference labels; its folder `framing` holds `codebook.toml`, the codes,
        and a file for each coder.
    sentences : as for `load_coders`.

    Returns
    -------
    DataFrame as returned by `load_coders`, with the codes as `theme`.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> load_framing("tests/gold", load_corpus("seeds").sentences)["coder"].unique().tolist()
    ['coder-d', 'coder-e']
    """
    codes = load_codebook(Path(gold) / FRAMING / CODEBOOK)["theme"]
    return load_coders(gold, sentences, list(codes), FRAMING)


def about_coders(gold: str | Path) -> pd.DataFrame:
    """Say who coded, when, from what and by which rules.

    Parameters
    ----------
    gold : as for `load_coders`.

    Returns
    -------
    DataFrame with a row for each coder, by name: `id` (the name of the file), `coder` (as they call
    themselves), `who`, `coded` (when), `from`, `rules` (str; NA where the file does not say).

    Examples
    --------
    >>> about_coders("tests/gold")[["id", "coded"]].values.tolist()
    [['coder-c', '2026-11'], ['first', '2026-11'], ['second', '2026-11']]
    """
    paths = sorted((Path(gold) / CODERS).glob("*.tsv"))
    rows = [{"id": path.stem} | remarks(path) for path in paths]
    return pd.DataFrame(rows, columns=["id", *_ABOUT]).astype("str")


def coding_sheet(sentences: pd.DataFrame) -> str:
    r"""Write the file for a coder to fill in: every sentence in reading order, without themes.

    Parameters
    ----------
    sentences : a table as returned by `analysis.themes.sentences`.

    Examples
    --------
    >>> sheet = coding_sheet(pd.DataFrame({"interview": ["a"], "text": ["It rained."]}))
    >>> sheet.splitlines()[-2:]
    ['interview\tthemes\ttext', 'a\t\tIt rained.']
    """
    lines = [f"# {key}:" for key in _ABOUT] + ["\t".join(_COLUMNS)]
    told = zip(sentences["interview"], sentences["text"], strict=True)
    lines += [f"{interview}\t\t{' '.join(text.split())}" for interview, text in told]
    return "\n".join(lines) + "\n"


def reference(coders: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame | None:
    """Return the reference coding; None unless one covers every sentence.

    An uncoded sentence is not a sentence without themes, so after an interview is added there is no
    reference until it has been coded too. The reference is the coder "first", or else the first
    by name who has coded every sentence.

    Parameters
    ----------
    coders : a table as returned by `load_coders`.
    sentences : all the sentences there are to code.

    Returns
    -------
    The rows of that coder that have a theme.
    """
    read = coders[["coder", *SENTENCE]].drop_duplicates().merge(sentences[SENTENCE], on=SENTENCE)
    sizes = read["coder"].value_counts()
    whole = sorted(sizes.index[sizes == len(sentences)])
    if not whole:
        return None
    coder = _REFERENCE if _REFERENCE in whole else whole[0]
    return coders[coders["coder"].eq(coder) & coders["theme"].notna()]


def majority(coders: pd.DataFrame) -> pd.DataFrame:
    """Give each sentence the themes that more than half of its coders gave it.

    Parameters
    ----------
    coders : a table as returned by `load_coders`. Two passes of one reader are two votes.

    Returns
    -------
    DataFrame with a row for each theme of each sentence, in reading order: the keys, `theme`
    (str), `votes`, `coders` (int64: who coded the sentence).

    Examples
    --------
    >>> coded = pd.DataFrame({"coder": ["a", "b", "c"], "theme": ["rain", "rain", None]})
    >>> table = majority(coded.assign(interview="x", utterance=0, sentence=0))
    >>> table[["theme", "votes", "coders"]].values.tolist()
    [['rain', 2, 3]]
    """
    voters = coders.groupby(SENTENCE)["coder"].nunique().rename("coders").reset_index()
    votes = coders.groupby([*SENTENCE, "theme"])["coder"].nunique().rename("votes").reset_index()
    table = votes.merge(voters, on=SENTENCE)
    return table[2 * table["votes"] > table["coders"]].reset_index(drop=True)


def as_coder(sentences: pd.DataFrame, codings: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Present a coding as if by a coder who coded every sentence, so that it can be compared.

    Parameters
    ----------
    sentences : what was coded.
    codings : a table with the keys of a sentence and `theme`, for example a codebook's codings.
    coder : a name.

    Returns
    -------
    DataFrame with the columns of `load_coders`.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": [0, 1], "sentence": 0})
    >>> table = as_coder(units, units[:1].assign(theme="rain"), "codebook")
    >>> table[["coder", "theme"]].values.tolist()
    [['codebook', 'rain'], ['codebook', nan]]
    """
    table = sentences[SENTENCE].merge(codings[[*SENTENCE, "theme"]], on=SENTENCE, how="left")
    return table.assign(coder=coder)[["coder", *SENTENCE, "theme"]]
