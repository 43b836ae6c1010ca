"""Run the study of the repository's interviews, or of any folder, and return its files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from analysis.annotation.tokens import iter_tokens
from analysis.corpus import Corpus, load_corpus
from analysis.figures.explorer import explore
from analysis.figures.study_figure import StudyFigure
from analysis.figures.style import PROFILES, SINGLE
from analysis.figures.tables import StudyTable, literally
from analysis.files import SourceError, settle
from analysis.sources.check import check_interviews
from analysis.sources.interviews import LIST_OF_INTERVIEWS, read_interviews
from analysis.study.contents import (
    left_out,
    silent_in,
    study_figures,
    study_findings,
    study_tables,
)
from analysis.study.export import data_files, data_tables, exported, input_hashes, svg
from analysis.study.findings import BRIEF, Finding, as_list
from analysis.study.notebooks import (
    OWN,
    own_notebook,
    read_notebook,
    read_notebooks,
    running,
    was_changed,
    written,
)
from analysis.study.page import Drawing, page
from analysis.wording import listed

PAGE = "build/study.html"
_APPENDIX = "06-how-far-to-trust-it"
# The most interviews that a title names, and the most findings at the top of a page.
_NAMED, _BRIEF = 4, 12


@dataclass(frozen=True)
class Study:
    """Everything made from a corpus, each part once: figures, tables, findings, their files."""

    corpus: Corpus
    profile: str = "double"

    @cached_property
    def figures(self) -> list[StudyFigure]:
        """The figures, as `study_figures` makes them."""
        return study_figures(self.corpus)

    @cached_property
    def tables(self) -> list[StudyTable]:
        """The tables, as `study_tables` makes them."""
        return study_tables(self.corpus)

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings, as `study_findings` makes them."""
        return study_findings(self.corpus)

    @cached_property
    def left_out(self) -> list[str]:
        """What could not be made, and why, as `left_out` says it."""
        return left_out(self.corpus)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files of the whole study; for any profile but print, only those of the figures."""
        inputs = input_hashes(self.corpus.folder, self.corpus.gold)
        whole = self.profile == "double"
        return exported(
            self.figures,
            inputs,
            self.tables if whole else (),
            self.findings if whole else (),
            PROFILES[self.profile],
            self.left_out,
        )

    def placed(self, folder: str) -> dict[str, bytes]:
        """Return the files by path; those that are not for print have a folder of their own."""
        place = folder if self.profile == "double" else f"{folder}-{self.profile}"
        return {f"{place}/{name}": content for name, content in self.files.items()}


def repository(
    root: Path, only: str | None = None, profile: str = "double"
) -> tuple[dict[str, bytes], Study]:
    """Compute everything in the repository's own study; nothing is written.

    Parameters
    ----------
    root : the folder that contains seeds, notebooks, figures and README.md.
    only : "notebooks", "figures" or "page"; None for all three. The page alone shows the notebooks
        as they were last run.
    profile : a key of `analysis.figures.style.PROFILES`.

    Returns
    -------
    Contents by path inside the root, and the study that made the figures.

    Raises
    ------
    SourceError
        If a file cannot be used, or a cell of a notebook fails.
    """
    gold = root / "tests" / "gold"
    study = Study(load_corpus(root / "seeds", gold if gold.is_dir() else None), profile)
    check_inputs(study.corpus)
    notebooks = {} if only == "figures" else read_notebooks(root / "notebooks")
    files: dict[str, bytes] = {}
    with running({} if only == "page" else notebooks) as results:
        if only in (None, "figures"):
            files |= study.placed("figures")
        around = surroundings(study, root / "README.md") if only in (None, "page") else {}
        notebooks |= results()
    if only in (None, "notebooks"):
        files |= {f"notebooks/{path.name}": written(one) for path, one in notebooks.items()}
    if around:
        by_name = {path.stem: one for path, one in notebooks.items()}
        files[PAGE] = page(by_name, **around).encode()
    return files, study


def surroundings(study: Study, readme: Path) -> dict[str, Any]:
    """Return what the page shows besides the notebooks."""
    return {
        "title": heading_of(readme),
        "opening": found_in(readme),
        "citation": citation_in(readme.with_name("CITATION.cff")),
        "drawings": drawings_of(study),
        "explorer": explored(study),
        "appendix": _APPENDIX,
    }


def of_folder(
    corpus: Corpus,
    out: Path,
    profile: str = "double",
    *,
    run: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, bytes]:
    """Compute everything in the study of any folder of interviews; nothing is written.

    Parameters
    ----------
    corpus : of the folder.
    out : where the files will be. The notebook refers to the corpus's folder from there; if a
        notebook there has been changed, it is kept and the page shows it.
    profile : a key of `analysis.figures.style.PROFILES`; for any but print, only figures are
        made, in a folder beside `out`.
    run : run the notebook, which computes everything again.
    tell : called with a sentence before each stage.

    Returns
    -------
    Contents by path from the folder that contains `out`: the files of `exported`, `data/`
    (utterances, tokens, entities and codings as Parquet), `findings.md`, `names-to-check.csv`, the
    notebook, and `study.html`, a page with notebook, figures and explorer.

    Raises
    ------
    SourceError
        If a file of the folder cannot be used, or an interviewee uses no content words.
    """
    study = Study(corpus, profile)
    if silent := silent_in(corpus):
        raise SourceError(
            f"{corpus.folder / LIST_OF_INTERVIEWS}: the interviewee uses no content words in"
            f" {', '.join(silent)}, so there is nothing to count; check how it is split, or remove"
            " it from the list."
        )
    for stage in ("figures", "tables", "findings")[: 3 if profile == "double" else 1]:
        tell(f"Counting: {stage} …")
        getattr(study, stage)
    tell("Drawing …")
    if profile != "double":
        return study.placed(out.name)
    # Made before the drawings, so that the two do not need their memory at the same time.
    explorer = explored(study, corpus.words_ranked["term"].iloc[0])
    files = dict(study.files)
    tell("Writing the data tables …")
    tables = {f"data/{name}": table for name, table in data_tables(corpus).items()}
    files |= data_files(tables, "parquet")
    missing = "".join(f"\n{literally(sentence)}\n" for sentence in study.left_out)
    files["findings.md"] = f"{as_list(study.findings)}\n{missing}".encode()
    files |= data_files({"names-to-check": corpus.names_to_check})
    notebook = own_notebook(corpus, out, study.figures, study.tables)
    if was_changed(notebook, out / OWN):
        notebook = read_notebook(out / OWN)
    else:
        if run:
            tell("Running the notebook …")
            out.mkdir(parents=True, exist_ok=True)  # in which the cells run
            with running({out / OWN: notebook}) as results:
                notebook = results()[out / OWN]
        files[OWN] = written(notebook)
    labels = list(corpus.labels.values())
    told = listed(labels) if len(labels) <= _NAMED else f"{len(labels):,} interviews"
    shown = page(
        {"study": notebook},
        title=f"The study of {told}",
        opening=f"## In short\n\n{as_list(in_short(study))}\n{missing}",
        drawings=drawings_of(study),
        explorer=explorer,
    )
    files["study.html"] = shown.encode()
    return {f"{out.name}/{name}": content for name, content in files.items()}


def in_short(study: Study) -> list[Finding]:
    """Choose a few findings for the top of the page; those on all interviews take precedence."""
    told = (*BRIEF, "names.checked", "themes_told.")
    brief = [one for one in study.findings if one.id.startswith(told)]
    ranked = sorted(brief, key=lambda one: one.id.endswith(tuple(study.corpus.labels)))
    return [one for one in brief if one in ranked[:_BRIEF]]


def prepare(corpus: Corpus, out: Path, processes: int, tell: Callable[[str], None]) -> None:
    """Annotate and store new texts, once it is clear that everything can be read and written.

    Parameters
    ----------
    corpus : of the folder.
    out : where the results will be written.
    processes : how many annotate in parallel.
    tell : called with a sentence before the long work, and about each interview that cannot be
        used.

    Raises
    ------
    SourceError
        As for `check_inputs` and `check_out`; also if an interview cannot be used.
    """
    check_out(out)
    check_inputs(corpus)
    settle(out.absolute().parent)
    try:
        corpus.utterances  # noqa: B018 - every interview is split
    except SourceError:
        splits = [split.fault for split in check_interviews(corpus.folder)]
        faults = list(filter(None, splits))
        for fault in faults:
            tell(fault)
        raise SourceError(
            f"{len(faults)} of {len(splits)} interviews cannot be used. Correct them or remove them"
            f" from the list; python -m analysis check {corpus.folder} shows them all."
        ) from None
    tell("Annotating new texts …")
    for _ in iter_tokens(corpus.folder, processes=processes):
        pass


def check_inputs(corpus: Corpus) -> None:
    """Check every file that a study needs, before the slow work begins.

    Raises
    ------
    SourceError
        If the list of interviews, the gazetteer, the codebook or the pair cannot be used, or the
        folder of labels that was named does not exist.
    """
    if corpus.gold is not None and not corpus.gold.is_dir():
        raise SourceError(f"{corpus.gold}: there is no such folder of labels; give another --gold.")
    read_interviews(corpus.folder)
    for table in ("gazetteer", *(["codebook", "indicators"] * corpus.has_codebook), "pair"):
        getattr(corpus, table)


def check_out(out: Path) -> None:
    """Check that a study can be written to a folder, before the slow work begins.

    Raises
    ------
    SourceError
        If it is a file, cannot be written to, or contains a page that is not a study's.
    """
    there = next((path for path in (out, *out.absolute().parents) if os.path.lexists(path)), out)
    if not there.is_dir() or not os.access(there, os.W_OK):
        fault = "is a file" if there.is_file() else "is not a writable folder"
        raise SourceError(f"{there} {fault}, so nothing can be written there; give another --out.")
    if (out / "index.html").exists() and not (out / "index.json").exists():
        raise SourceError(
            f"{out / 'index.html'} was not written by an earlier study; choose another folder to"
            " write to."
        )


def drawings_of(study: Study) -> list[Drawing]:
    """Draw the figures for the page: as in print and, if they are wide, also for a phone."""
    return [
        Drawing(
            number if figure.numbered else None,
            **{key: getattr(figure, key) for key in ("slug", "title", "caption", "alt")},
            wide=svg(figure),
            narrow=svg(figure, PROFILES["single"]) if width > SINGLE + 1 else None,
        )
        for number, figure in enumerate(study.figures, 1)
        for width in [25.4 * figure.figure.get_figwidth()]
    ]


def explored(study: Study, word: str = "connect") -> str:
    """Return the explorer of a study, opened at a word, with the findings as evidence."""
    evidence = [
        {"id": one.id, "sentence": one.sentence, "rows": one.rows}
        for one in study.findings
        if one.rows
    ]
    return explore(study.corpus, evidence=evidence, word=word).html


def found_in(readme: Path) -> str:
    """Return the first section of a README that has a picture or computed findings."""
    _, *sections = _text(readme).split("\n## ")
    marked = (f"## {one}\n" for one in sections if re.search(r"^!\[|<!-- findings", one, re.M))
    return next(marked, "")


def citation_in(path: Path) -> dict[str, str]:
    """Return the title, authors, version and licence in a CITATION.cff; all of them or none."""
    cited = yaml.safe_load(_text(path))
    wanted = ("title", "authors", "version", "license")
    if not isinstance(cited, Mapping) or not set(wanted) <= set(cited):
        return {}
    parts = ("name", "given-names", "family-names")
    names = (" ".join(filter(None, map(author.get, parts))) for author in cited["authors"])
    return {**{key: str(cited[key]) for key in wanted}, "authors": ", ".join(names)}


def heading_of(readme: Path) -> str:
    """Return the first heading of a Markdown file, or "The study" if there is none."""
    heading = re.search(r"^# (.+)$", _text(readme), re.MULTILINE)
    return heading[1].strip() if heading else "The study"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
