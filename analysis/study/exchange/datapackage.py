"""The tables as a data package: csv files and a description of their contents.

Frictionless Data's Data Package and Table Schema, version 1.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from analysis import schemas
from analysis.corpus import Corpus
from analysis.study.export import data_files, data_tables

# What each table contains, what identifies a row, and the table that its keys refer to.
_TABLES = {
    "interviews": ("The interviews, one row each.", ["interview"], None),
    "utterances": ("Who said what: each row is one voice.", schemas.UTTERANCE, "interviews"),
    "tokens": ("Every word and punctuation mark with its grammar.", schemas.TOKEN, "utterances"),
    "entities": ("Every mention of a name.", ["interview", "start"], "utterances"),
    "themes": ("The codebook: what each theme means.", ["theme"], None),
    "codings": ("Sentences with their themes.", [*schemas.SENTENCE, "theme"], "utterances"),
}
_LICENCE = {
    "name": "notspecified",
    "title": "The words belong to their speakers and publishers; ask them before you publish"
    " more than quotations.",
}
_TYPES = {"bool": "boolean", "int64": "integer", "Int64": "integer", "float64": "number"}


def data_package(corpus: Corpus) -> dict[str, bytes]:
    """Write the tables as csv files with `datapackage.json`: columns, types, units, keys, licence.

    The meaning and constraints of the columns are those of `analysis.schemas`.

    Returns
    -------
    File contents by file name, the description first.
    """
    tables = {"interviews": corpus.interviews} | data_tables(corpus)
    tables |= {"themes": corpus.codebook} if corpus.has_codebook else {}
    files = data_files(tables, "csv")
    sources = [
        {"title": f"{label}: {title}" if isinstance(title, str) else label, "path": file}
        for label, title, file in corpus.interviews[["label", "title", "file"]].values
    ]
    package = {
        "profile": "tabular-data-package",
        "name": "interviews",
        "title": f"Interviews: {', '.join(corpus.labels.values())}",
        "licenses": [_LICENCE],
        "sources": sources,
        "resources": [
            _resource(name, table, len(files[f"{name}.csv"])) for name, table in tables.items()
        ],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    return {"datapackage.json": text.encode()} | files


def _resource(name: str, table: pd.DataFrame, size: int) -> dict[str, Any]:
    description, keys, parent = _TABLES[name]
    schema: dict[str, Any] = {
        "fields": [_field(name, column, table[column]) for column in table],
        "primaryKey": keys,
        "missingValues": [""],
    }
    if parent is not None:
        shared = _TABLES[parent][1]
        schema["foreignKeys"] = [
            {"fields": shared, "reference": {"resource": parent, "fields": shared}}
        ]
    return {
        "name": name,
        "description": description,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "licenses": [_LICENCE],
        "schema": schema,
    }


def _field(table: str, name: str, values: pd.Series) -> dict[str, Any]:
    kind = "array" if name == "spans" else _TYPES.get(str(values.dtype), "string")
    described: dict[str, Any] = {"name": name, "type": kind}
    if meaning := schemas.MEANINGS.get(name):
        described["description"] = meaning
    if name in schemas.UNITS:
        described["unit"] = schemas.UNITS[name]
    contract = getattr(schemas, table.upper(), None)
    if contract is not None:
        column = contract.columns[name]
        limits: dict[str, Any] = {"required": True} if not column.nullable else {}
        for check in column.checks:
            given = check.statistics
            limits |= {"enum": list(given["allowed_values"])} if "allowed_values" in given else {}
            limits |= {"minimum": given["min_value"]} if check.name.startswith("greater") else {}
        described["constraints"] = limits
    return described
