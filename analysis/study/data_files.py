"""The tables of any folder of interviews as files for other programs."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from analysis.annotation.tokens import load_tokens
from analysis.names.gazetteer import gazetteer_of
from analysis.names.recognition import entities
from analysis.sources.utterances import load_utterances
from analysis.themes.codebook import CODEBOOK, load_indicators
from analysis.themes.coding import codings, matches, sentences

FORMATS = ("csv", "parquet", "json")


def data_tables(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Make the tables that everything else is counted in.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml`, the files it names and, if wanted,
        `gazetteer.csv` and `codebook.toml`.

    Returns
    -------
    Name to table: `utterances` (as `load_utterances`), `tokens` (as `load_tokens`), `entities` (as
    `analysis.names.recognition.entities`) and, where there is a codebook, `codings` (as
    `analysis.themes.coding.codings`).

    Raises
    ------
    SourceError
        If a file cannot be used.

    Examples
    --------
    >>> list(data_tables("seeds"))
    ['utterances', 'tokens', 'entities', 'codings']
    """
    folder = Path(folder)
    utterances, tokens = load_utterances(folder), load_tokens(folder)
    named = entities(utterances, tokens, gazetteer_of(folder))
    tables = {"utterances": utterances, "tokens": tokens, "entities": named}
    if (folder / CODEBOOK).exists():
        indicators = load_indicators(folder / CODEBOOK)
        tables["codings"] = codings(
            sentences(utterances, tokens), matches(tokens, named, indicators), indicators
        )
    return tables


def data_files(tables: dict[str, pd.DataFrame], kind: str = "csv") -> dict[str, bytes]:
    r"""Write tables as files; the same table gives the same bytes.

    Parameters
    ----------
    tables : name to table.
    kind : "csv" (UTF-8, commas, nothing where there is no value), "parquet" (with types), or "json"
        (a list of rows, null where there is no value).

    Returns
    -------
    Name of the file to its content.

    Examples
    --------
    >>> data_files({"words": pd.DataFrame({"term": ["movie"], "count": [12]})})
    {'words.csv': b'term,count\nmovie,12\n'}
    """
    return {f"{name}.{kind}": _content(table, kind) for name, table in tables.items()}


def _content(table: pd.DataFrame, kind: str) -> bytes:
    if kind == "parquet":
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        return buffer.getvalue()
    if kind == "json":
        text = table.to_json(orient="records", force_ascii=False)
        return f"{text}\n".encode()
    return str(table.to_csv(index=False, lineterminator="\n")).encode()
