"""The codebook: what each theme means to a reader, and which words indicate it."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.files import SourceError, is_shown, parsed, read_text

# The codebook of a folder of interviews.
CODEBOOK = "codebook.toml"
_LISTS = ("counts", "excludes")
_HINT = "write a TOML file with a [[theme]] table for each theme"
_INDICATORS = ("lemmas", "phrases", "mentions", "patterns")
_REQUIRED = ("id", "name", "definition")
# Keys that ask for particular words. Patterns without them match any word, including names.
_WORDS = frozenset(["LEMMA", "LOWER", "TEXT", "ORTH", "NORM", "REGEX"])
# Known to spaCy, but not among the columns of the tokens.
_UNKNOWN = frozenset(["TAG", "MORPH", "ENT_ID", "ENT_KB_ID", "ENT_IOB", "_", "SPACY"])


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and is_shown(value)


def _is_id(value: Any) -> bool:
    return _is_text(value) and value.isprintable()


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


# What the value of each key must be: a test, its name, and an example.
_VALUES: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    **dict.fromkeys(
        (*_REQUIRED, "example", "counterexample"),
        (_is_text, "text without control characters", "some text in quotation marks"),
    ),
    "id": (_is_id, "text on one line", "some text in quotation marks"),
    **dict.fromkeys(
        (*_LISTS, "lemmas", "phrases", "mentions"), (_is_list, "a list of strings", '["…", "…"]')
    ),
    "patterns": (lambda value: isinstance(value, list), "a list", '[[{LEMMA = "…"}]]'),
    "negated": (lambda value: isinstance(value, bool), "a boolean", "true or false"),
}


def load_codebook(path: str | Path = "seeds/codebook.toml") -> pd.DataFrame:
    """Read the themes with their definitions.

    Parameters
    ----------
    path : a TOML file with a table `[[theme]]` for each theme: `id`, `name`, `definition`, and
        optionally `counts`, `excludes` (lists of strings), `example`, `counterexample`, and the
        indicators that `load_indicators` reads.

    Returns
    -------
    DataFrame with a row for each theme, in the file's order: `theme` (str: its id), `name`,
    `definition`, `counts`, `excludes`, `example`, `counterexample` (str; NA if left out; lists
    joined by semicolons).

    Raises
    ------
    SourceError
        If the file is missing or malformed; the message names the theme and the key.

    Examples
    --------
    >>> load_codebook()["theme"].to_list()
    ['intimacy', 'technology', 'process', 'collaboration', 'emotion', 'films']
    """
    columns = [*_REQUIRED, *_LISTS, "example", "counterexample"]
    table = pd.DataFrame(_content(Path(path))["theme"], columns=columns, dtype=object)
    for key in _LISTS:
        table[key] = table[key].str.join("; ")
    return table.rename(columns={"id": "theme"}).astype("str")


def has_themes(path: str | Path) -> bool:
    """Return whether a codebook exists and contains more than comments.

    >>> has_themes("seeds/codebook.toml"), has_themes("seeds/no.toml")
    (True, False)
    """
    if not os.path.lexists(path):
        return False
    lines = read_text(Path(path), _HINT).splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def indicators_of(folder: str | Path) -> pd.DataFrame | None:
    """Read the indicators of a folder of interviews; None if it has no codebook."""
    path = Path(folder) / CODEBOOK
    return load_indicators(path) if has_themes(path) else None


def load_pair(path: str | Path) -> tuple[str, str] | None:
    """Read the two themes to be tested for co-occurrence; None if the codebook does not name them.

    The key `pair`, above the first theme, lists their ids: `pair = ["clay", "fire"]`.

    Raises
    ------
    SourceError
        As for `load_codebook`.

    Examples
    --------
    >>> load_pair("seeds/codebook.toml") is None
    True
    """
    content = _content(Path(path))
    return (content["pair"][0], content["pair"][1]) if "pair" in content else None


def load_indicators(path: str | Path = "seeds/codebook.toml") -> pd.DataFrame:
    """Read the words that indicate each theme.

    A theme may have four kinds of indicators:

    - `lemmas`: dictionary forms; `"computer"` finds *computers*, and a part of speech after a slash
      distinguishes verbs from nouns: `"play/VERB"`.
    - `phrases`: several lemmas in a row; `"fall in love"` finds *fell in love*.
    - `mentions`: labels of named entities; `"WORK_OF_ART"` finds any sentence that names one.
    - `patterns`: lists of tokens in spaCy's notation, `[{LEMMA = "make"}, {OP = "?"}, {LEMMA =
      "film"}]`, with LEMMA, LOWER, TEXT, POS, DEP, ENT_TYPE and the flags (IS_TITLE …).

    Names and titles do not count as words: only `mentions`, and patterns that ask for ENT_TYPE,
    match them. A negated indicator counts, because what is denied is still talked about, unless
    the theme says `negated = false`.

    Parameters
    ----------
    path : as for `load_codebook`.

    Returns
    -------
    DataFrame with a row for each indicator, in the file's order: `theme`, `kind` (str: one of the
    four), `indicator` (str: as it is written), `pattern` (object: list of token descriptions for
    spaCy's Matcher), `negated` (bool: counts when negated). Leave a row out to see what the theme
    would be without it.

    Raises
    ------
    SourceError
        As for `load_codebook`; also if a theme has no indicator or lists one twice, or if a pattern
        cannot be read.

    Examples
    --------
    >>> found = load_indicators()
    >>> found.loc[found["indicator"] == "operating system", ["theme", "kind"]].values.tolist()
    [['technology', 'phrase']]
    """
    path = Path(path)
    rows = []
    for theme in _content(path)["theme"]:
        seen: set[str] = set()
        if not any(theme.get(kind) for kind in _INDICATORS):
            raise SourceError(
                f"{path}: theme {theme['id']!r} has no indicators; add lemmas, phrases, mentions or"
                " patterns."
            )
        for kind in _INDICATORS:
            for written in theme.get(kind, []):
                place = f"{path}: theme {theme['id']!r}, {kind}"
                indicator = _written(written)
                if indicator in seen:
                    raise SourceError(f"{place}: {indicator} is listed twice; remove one.")
                seen.add(indicator)
                counts = theme.get("negated", True), _pattern(kind, written, place)
                rows.append((theme["id"], kind.removesuffix("s"), indicator, *counts))
    table = pd.DataFrame(rows, columns=["theme", "kind", "indicator", "negated", "pattern"])
    table = table[["theme", "kind", "indicator", "pattern", "negated"]]
    return table.astype({"theme": "str", "kind": "str", "indicator": "str", "negated": "bool"})


def _content(path: Path) -> dict[str, Any]:
    content = parsed(read_text(path, _HINT), path)
    themes = content.get("theme")
    if set(content) - {"theme", "pair"} or not isinstance(themes, list) or not themes:
        raise SourceError(
            f"{path}: may contain only [[theme]] tables and a pair; write a table for each theme."
        )
    seen: set[str] = set()
    for number, theme in enumerate(themes, 1):
        _check(theme, f"{path}: theme {number}")
        if theme["id"] in seen:
            raise SourceError(f"{path}: two themes have the id {theme['id']!r}; rename one.")
        seen.add(theme["id"])
    pair = content.get("pair", ["one", "other"])
    if not _is_list(pair) or len(pair) != 2:
        raise SourceError(f'{path}: pair must be two theme ids; write pair = ["…", "…"].')
    return content


def _check(theme: Any, place: str) -> None:
    if not isinstance(theme, dict):
        raise SourceError(f"{place} is not a table; write [[theme]] above its keys.")
    for key in theme:
        if key not in _VALUES:
            raise SourceError(
                f"{place} has an unknown key {key!r}; use one of {', '.join(_VALUES)}."
            )
    for key in _REQUIRED:
        if key not in theme:
            raise SourceError(f"{place} has no {key!r}; add it.")
    for key, value in theme.items():
        fits, what, hint = _VALUES[key]
        if not fits(value):
            raise SourceError(f"{place}: {key} is not {what}; write {hint}.")


def _written(indicator: Any) -> str:
    """Write an indicator for readers: a pattern as its tokens, [make|take VERB] [film]."""
    if isinstance(indicator, str):
        return " ".join(indicator.split())
    if not isinstance(indicator, list):
        return str(indicator)
    return " ".join(_described(token) if isinstance(token, dict) else "[?]" for token in indicator)


def _described(token: dict[str, Any]) -> str:
    parts = [_wanted(value) for key, value in token.items() if key != "OP"]
    return f"[{' '.join(parts) or 'any word'}]{token.get('OP', '')}"


def _wanted(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return " ".join(
        ("not " if key.startswith("NOT") else "")
        + ("|".join(map(str, one)) if isinstance(one, list) else str(one))
        for key, one in value.items()
    )


def _pattern(kind: str, written: Any, place: str) -> list[dict[str, Any]]:
    """Translate an indicator for the Matcher; words match in names only if it asks for names."""
    from spacy.matcher import Matcher
    from spacy.vocab import Vocab

    if kind == "mentions":
        return [{"ENT_TYPE": written, "OP": "+"}]
    if kind != "patterns":
        tokens = [_token(word, place) for word in written.split()]
    elif (
        isinstance(written, list) and written and all(isinstance(token, dict) for token in written)
    ):
        tokens = [{key.upper(): value for key, value in token.items()} for token in written]
    else:
        raise SourceError(
            f'{place}: {written!r} is not a list of tokens; write [{{LEMMA = "…"}}, {{POS = "…"}}].'
        )
    if unknown := sorted(_UNKNOWN & set(chain.from_iterable(tokens))):
        raise SourceError(
            f"{place}: {unknown[0]} cannot be used here; use LEMMA, LOWER, TEXT, POS, DEP or"
            " ENT_TYPE."
        )
    try:
        Matcher(Vocab(), validate=True).add("pattern", [tokens])
    except Exception as error:
        reason = " ".join(str(error).split())
        raise SourceError(
            f"{place}: the pattern {_written(written)} cannot be read: {reason}"
        ) from None
    return [
        {**token, "ENT_TYPE": ""} if _WORDS & set(token) and "ENT_TYPE" not in token else token
        for token in tokens
    ]


def _token(word: str, place: str) -> dict[str, Any]:
    lemma, slash, pos = word.rpartition("/")
    if not slash:
        return {"LEMMA": word}
    if not lemma or not pos.isupper():
        raise SourceError(
            f'{place}: {word!r} is not a lemma with a part of speech; write it like "play/VERB".'
        )
    return {"LEMMA": lemma, "POS": pos}
