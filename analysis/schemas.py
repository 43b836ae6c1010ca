"""The contract of the tables: columns, types and constraints, checked on input and output."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

# The keys of the tables: what identifies a row in each.
UTTERANCE = ["interview", "utterance"]
SENTENCE = [*UTTERANCE, "sentence"]
TOKEN = [*UTTERANCE, "token"]
EXCHANGE = ["interview", "exchange"]
ROLES = ("interviewer", "interviewee", "narration", "quoted", "boilerplate")

# What the columns of the exported tables contain, and the unit of those that count characters.
MEANINGS = {
    "interview": "id of the interview",
    "turn": "number of the turn in the conversation, from 0; empty outside it",
    "utterance": "number of the utterance in the interview, from 0",
    "sentence": "number of the sentence in the utterance, from 0",
    "token": "number of the token in the utterance, from 0",
    "place": "number of the sentence in the interview, from 0",
    "exchange": "number of the exchange, a question with its answer, from 0",
    "role": "whose voice it is",
    "speaker": "name, if the source gives it",
    "prompt": "the question or lead that the words answer",
    "text": "the source's own characters",
    "lemma": "dictionary form",
    "pos": "part of speech (Universal Dependencies)",
    "dep": "relation to the head, as spaCy's English models label it",
    "head": "token that this one depends on",
    "is_stop": "a frequent word with little content of its own",
    "is_punct": "punctuation",
    "is_space": "only whitespace",
    "entity": "label of the named entity that the token is part of",
    "begins_entity": "first token of a named entity",
    "label": "kind of name; for an interview, its short name",
    "canonical": "one form for all spellings of the name",
    "source": "what found the name",
    "theme": "id of the theme",
    "matched": "words that matched an indicator",
    "indicators": "indicators that matched",
    "spans": "for each match, its first character and the one after its last",
    "negated": "every match is negated",
    "start": "first character in the decoded source file, from 0",
    "end": "character after the last one",
    "characters": "length of the decoded source file",
    "sha256": "hash of the source file",
}
UNITS = dict.fromkeys(["start", "end", "spans", "characters"], "Unicode code point")


def _text(**options: object) -> pa.Column:
    return pa.Column("str", **options)  # type: ignore[arg-type]


def _some() -> pa.Column:
    return _text(checks=pa.Check.str_length(min_value=1))


def _counts(*names: str) -> dict[str, pa.Column]:
    return {name: pa.Column("int64", pa.Check.ge(0)) for name in names}


def _marks_inside(table: pd.DataFrame) -> bool:
    rows = zip(table["spans"], table["start"], table["end"], strict=True)
    return all(
        spans and all(first <= start < end <= last for start, end in spans)
        for spans, first, last in rows
    )


def _spans_fit(table: pd.DataFrame) -> bool:
    return bool((table["end"] - table["start"]).eq(table["text"].str.len()).all())


def _in_order(table: pd.DataFrame) -> pd.Series:
    return table["start"].ge(table.groupby("interview")["end"].shift(fill_value=0))


def _counts_up(table: pd.DataFrame) -> pd.Series:
    return table.groupby("interview")["utterance"].diff().fillna(1).gt(0)


def _schema(
    columns: dict[str, pa.Column], checks: list[pa.Check], unique: list[str] | None = None
) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, checks=checks, unique=unique, strict=True, ordered=True)


_FIT = pa.Check(_spans_fit, error="end - start is not the length of text")
_ORDER = pa.Check(_in_order, error="rows overlap or are out of reading order")
_PLACE = _counts("start", "end")
# Boilerplate is never analysed.
_VOICE = {"role": _text(checks=pa.Check.isin(ROLES[:-1])), "speaker": _text(nullable=True)}

UTTERANCES = _schema(
    {
        "interview": _text(),
        "turn": pa.Column("Int64", pa.Check.ge(0), nullable=True),
        **_counts("utterance"),
        "role": _text(checks=pa.Check.isin(ROLES)),
        "speaker": _text(nullable=True),
        "prompt": _text(nullable=True),
        "text": _some(),
        **_PLACE,
    },
    [_FIT, _ORDER, pa.Check(_counts_up, error="utterances are not numbered in reading order")],
    UTTERANCE,
)

TOKENS = _schema(
    {
        "interview": _text(),
        **_counts("utterance", "sentence", "token"),
        **_VOICE,
        "text": _some(),
        **{name: _text() for name in ("lemma", "pos", "dep")},
        **_counts("head"),
        **{name: pa.Column("bool") for name in ("is_stop", "is_punct", "is_space")},
        "entity": _text(nullable=True),
        "begins_entity": pa.Column("bool"),
        **_PLACE,
    },
    [_FIT],
    TOKEN,
)

ENTITIES = _schema(
    {
        "interview": _text(),
        **_counts("utterance", "sentence"),
        "text": _some(),
        "label": _text(),
        "canonical": _some(),
        **_PLACE,
        **_VOICE,
        "source": _text(checks=pa.Check.isin(["gazetteer", "rule", "model"])),
    },
    [_FIT, _ORDER],
)

CODINGS = _schema(
    {
        "interview": _text(),
        **_counts("utterance", "sentence", "place", "exchange"),
        **_VOICE,
        "theme": _text(),
        "matched": _some(),
        "indicators": _some(),
        # Where the indicators are: a list of [start, end] in the source for each row.
        "spans": pa.Column(object),
        "negated": pa.Column("bool"),
        **_PLACE,
    },
    [
        pa.Check(lambda table: table["start"].lt(table["end"]), error="a coding has no characters"),
        pa.Check(_marks_inside, error="a span of a match is not inside its sentence"),
    ],
    [*SENTENCE, "theme"],
)


def types_of(schema: pa.DataFrameSchema) -> dict[str, str]:
    """Return the columns of a table with the names of their types, in order."""
    return {name: str(column.dtype.type) for name, column in schema.columns.items()}


def typed(table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Give a table the columns and types of its contract, missing ones as NA, and validate it."""
    types = types_of(schema)
    table = table.reindex(columns=list(types)).reset_index(drop=True)
    return schema.validate(table.astype(types))
