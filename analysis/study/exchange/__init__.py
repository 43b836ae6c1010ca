"""Export tables, texts and codings for other programs, and import codings from them."""

from __future__ import annotations

from pathlib import Path

from analysis.corpus import Corpus
from analysis.files import SourceError, write_files
from analysis.study.exchange.coding import codebook_of, coder_files, read_refi, sentences_coded
from analysis.study.exchange.datapackage import data_package
from analysis.study.exchange.refi import refi_codebook, refi_project
from analysis.study.exchange.tei import tei_documents
from analysis.study.export import data_files, data_tables


def exchange_files(corpus: Corpus, kind: str) -> dict[str, bytes]:
    """Write a folder of interviews in the format of other programs.

    Parameters
    ----------
    corpus : of the folder, with the reference labels if they are to be exported.
    kind : "qdpx" (REFI-QDA project), "qdc" (REFI-QDA codebook), "tei" (a document for each
        interview), "datapackage" (csv files with a description), or the tables alone, as
        `analysis.study.export.data_files` writes them.

    Returns
    -------
    File contents by file name.

    Raises
    ------
    SourceError
        If a codebook is asked for and the folder has none.
    """
    if kind == "qdc" and not corpus.has_codebook:
        raise SourceError(f"{corpus.folder} has no codebook.toml; write one with [[theme]] tables.")
    if kind == "qdpx":
        return {"interviews.qdpx": refi_project(corpus)}
    if kind == "qdc":
        return {"codebook.qdc": refi_codebook(corpus)}
    if kind == "tei":
        return tei_documents(corpus)
    return data_package(corpus) if kind == "datapackage" else data_files(data_tables(corpus), kind)


def import_refi(path: Path, corpus: Corpus, out: Path, *, codebook: bool) -> list[str]:
    """Write codings or a codebook from another program to where the study looks for them.

    Parameters
    ----------
    path : a .qdpx or .qdc file.
    corpus : the interviews that were coded.
    out : the folder of coders for a project, or of the interviews for a codebook. Existing files
        are never replaced.
    codebook : write the codes as `codebook.toml` instead of the codings, as for every .qdc.

    Returns
    -------
    A sentence about each file written and about anything left out.
    """
    imported = read_refi(path)
    if codebook or not imported.texts:
        said: list[str] = []
        files = {"codebook.toml": codebook_of(imported).encode()}
    else:
        coded, said = sentences_coded(corpus, imported)
        files = coder_files(coded, corpus, path.name)
    there = [name for name in files if (out / name).exists()]
    said += [f"{out / name} already exists and is left as it is." for name in there]
    new = {name: content for name, content in files.items() if name not in there}
    return [*said, *(f"Wrote {written}" for written in write_files(new, out))]
