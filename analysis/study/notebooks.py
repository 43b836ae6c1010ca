"""Read notebooks, run them in parallel, and make one for any folder of interviews."""

from __future__ import annotations

import os
import re
import threading
from asyncio import Runner, Semaphore, new_event_loop, run_coroutine_threadsafe
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tqdm import tqdm

from analysis.corpus import Corpus
from analysis.figures.study_figure import StudyFigure
from analysis.figures.tables import StudyTable, literally
from analysis.files import SourceError

OWN = "study.ipynb"
# Tags that say what a cell is for; a cell that shows a figure also has the figure's slug.
FIGURE, CAPTION, CHECK, EXPLORE, IMPORTS = "figure", "caption", "check", "explorer", "imports"
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_KEPT = {"tags", "trusted"}  # of a cell's metadata
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # of a terminal
_OWN_OPENING = """\
# The interviews and what the study makes of them

Made by `python -m analysis study`. Change what you like and run it again; a notebook that
you have changed is not replaced. Rates are per 1,000 words and intervals are 95% intervals; each
caption says what is shown. Tables show their first rows; the folder `tables` has all of them."""
_OWN_IMPORTS = """\
from IPython.display import Markdown

import analysis
from analysis import figures, study
from analysis.figures.tables import literally"""
_OWN_CONTENTS = """\
drawn = {figure.slug: figure for figure in study.study_figures(corpus)}
tables = {table.slug: table for table in study.study_tables(corpus)}
found = study.study_findings(corpus)"""
_OWN_INTERVIEWS = """\
columns = ["interview", "interviewee", "publication", "date", "characters"]
listed = corpus.interviews[columns].dropna(axis="columns", how="all")
figures.show(figures.as_read(listed, labels=corpus.labels, most=20))"""
_OWN_FINDINGS = """\
missing = [f"- *{literally(sentence)}*" for sentence in study.left_out(corpus)]
Markdown("\\n".join([study.as_list(found), *missing]))"""
_OWN_EXPLORER = """\
Select a word, a name or a theme to read the passage. The matrix shows the quotations on each theme
in each interview, if there is a codebook; the evidence shows which passages a finding rests on."""
_OWN_EXPLORE = """\
evidence = [{"id": one.id, "sentence": one.sentence, "rows": one.rows} for one in found if one.rows]
figures.explore(corpus, evidence=evidence, word=corpus.words_ranked["term"].iloc[0])"""
_OWN_NAMES = """\
The gazetteer does not list these names, so their labels are automatic and often wrong. Correct the
last cell of a row and add it to `gazetteer.csv`; `names-to-check.csv` has all the names."""
_OWN_CHECK = """\
figures.show(
    figures.as_read(
        corpus.names_to_check, ["canonical", "label", "mentions", "lines", "entry"], corpus.labels
    )
)"""


def read_notebook(path: Path) -> Any:
    """Read a notebook, or say in one sentence why that cannot be done.

    Raises
    ------
    SourceError
        If the file cannot be read or is not a notebook.
    """
    fault = SourceError(f"{path} is not a readable notebook; restore it or remove it.")
    if not path.is_file():  # reading a pipe might never end
        raise fault
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        raise fault from None


def read_notebooks(folder: Path) -> dict[Path, Any]:
    """Read all notebooks of a folder, in the order of their names.

    Raises
    ------
    SourceError
        If there are none, or one cannot be read.
    """
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise SourceError(f"{folder}: there are no notebooks; run this in the project folder.")
    return {path: read_notebook(path) for path in paths}


def stable(notebook: Any) -> Any:
    """Remove from a Python notebook the metadata that an editor, a machine or a run left there.

    Cells keep their tags and `trusted`, which Jupyter uses to sign a notebook and never stores.
    """
    cells = [
        {**cell, "metadata": {key: cell["metadata"][key] for key in _KEPT & set(cell["metadata"])}}
        for cell in notebook["cells"]
    ]
    return nbformat.from_dict({**notebook, "metadata": _METADATA, "cells": cells})


def before_saving(model: dict[str, Any], **_: object) -> None:
    """When Jupyter saves a Python notebook, give it the metadata of the stored ones (a hook)."""
    if model["type"] == "notebook":
        kernel = model["content"]["metadata"].get("kernelspec", {})
        if kernel.get("name") == "python3":
            model["content"] = stable(model["content"])


def written(notebook: Any) -> bytes:
    """Return a notebook as the content of its file."""
    return f"{nbformat.writes(notebook)}\n".encode()


@contextmanager
def running(notebooks: Mapping[Path, Any]) -> Iterator[Callable[[], dict[Path, Any]]]:
    """Run notebooks, two at a time, each in its own kernel, while other work continues.

    If that work fails or is interrupted, the kernels are stopped.

    Parameters
    ----------
    notebooks : path to notebook; cells run in the folder of the path, and nothing is written.

    Yields
    ------
    A function that waits for all of them and returns them with their outputs, without any trace of
    the machine or the time. If a cell fails, it raises a SourceError with the cell's last line.
    """
    loop, gate = new_event_loop(), Semaphore(2)

    def serve() -> None:
        # On leaving, whatever still runs is cancelled; this waits until the kernels have stopped.
        with Runner(loop_factory=lambda: loop):
            loop.run_forever()
            # If a kernel is stopped, nbclient reports that it died.
            loop.set_exception_handler(lambda *_: None)

    def results() -> dict[Path, Any]:
        for run in as_completed(runs.values()):
            run.result()
        return {path: run.result() for path, run in runs.items()}

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    cells = sum(cell.cell_type == "code" for one in notebooks.values() for cell in one.cells)
    try:
        with tqdm(
            total=cells, desc="notebooks", unit="cell", disable=not cells or None
        ) as progress:
            runs = {
                path: run_coroutine_threadsafe(_run(path, one, gate, progress), loop)
                for path, one in notebooks.items()
            }
            yield results
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _run(path: Path, notebook: Any, gate: Semaphore, progress: Any) -> Any:
    notebook = nbformat.from_dict(notebook)
    client = NotebookClient(
        notebook,
        # The kernel's warnings about its transport would break up the progress bar.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        kernel_name="python3",
        record_timing=False,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=lambda **_: progress.update(),
    )
    async with gate:
        try:
            await client.async_execute()
        except CellExecutionError as error:
            fault = _failed(notebook, error)
            raise SourceError(
                f"{path}: {fault}; correct it. The notebook was not changed."
            ) from None
        except DeadKernelError:
            raise SourceError(
                f"{path}: its kernel died, perhaps for lack of memory. The notebook was"
                " not changed."
            ) from None
    return stable(notebook)


def _failed(notebook: Any, error: CellExecutionError) -> str:
    """Name the cell that failed, by its number and last line, and the error."""
    raised = _COLOURS.sub("", " ".join(f"{error.ename}: {error.evalue}".split())).rstrip(" .")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        if any(output.output_type == "error" for output in cell.outputs):
            last = cell.source.strip().splitlines()[-1].strip()
            return f"cell {number}, {last!r}, failed ({raised})"
    return f"a cell failed ({raised})"


def own_notebook(
    corpus: Corpus,
    out: str | Path,
    figures: Sequence[StudyFigure],
    tables: Sequence[StudyTable],
) -> Any:
    """Make a notebook, not yet run, that shows what the study makes of a folder of interviews.

    Parameters
    ----------
    corpus : of the folder that contains `interviews.toml`.
    out : path of the folder in which the notebook will be; it refers to other folders from there.
    figures, tables : those that the notebook will show; their titles become its headings.

    Returns
    -------
    An nbformat notebook. The same arguments give the same notebook.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> notebook = own_notebook(load_corpus("seeds"), "results", [], [])
    >>> print(notebook.cells[2].source.splitlines()[0])
    corpus = analysis.load_corpus('../seeds')
    """
    named = [repr(_seen_from(corpus.folder, Path(out)))]
    if corpus.gold is not None:
        named.append(f"gold={_seen_from(corpus.gold, Path(out))!r}")
    if corpus.asked is not None:
        named.append(f"pair={corpus.asked!r}")
    cells = [
        new_markdown_cell(_OWN_OPENING),
        _code(_OWN_IMPORTS, IMPORTS),
        _code(f"corpus = analysis.load_corpus({', '.join(named)})\n{_OWN_CONTENTS}"),
        _code(_OWN_INTERVIEWS),
        new_markdown_cell("## What was found"),
        _code(_OWN_FINDINGS),
        new_markdown_cell(f"## Explore\n\n{_OWN_EXPLORER}", metadata={"tags": [EXPLORE]}),
        _code(_OWN_EXPLORE, EXPLORE),
    ]
    for number, figure in enumerate(figures, 1):
        called = f"Figure {number}. " if figure.numbered else ""
        cells += [
            new_markdown_cell(f"## {called}{literally(figure.title)}"),
            _code(f"drawn[{figure.slug!r}]", FIGURE, figure.slug),
            _code(f"Markdown(literally(drawn[{figure.slug!r}].caption))", CAPTION),
        ]
    for table in tables:
        cells += [
            new_markdown_cell(f"## {literally(table.title)}\n\n{literally(table.caption)}"),
            _code(f"tables[{table.slug!r}]"),
        ]
    cells += [new_markdown_cell(f"## Names to check\n\n{_OWN_NAMES}"), _code(_OWN_CHECK)]
    for number, cell in enumerate(cells, 1):
        cell.id = f"cell-{number}"  # nbformat's own are random
    return new_notebook(cells=cells, metadata=_METADATA)


def was_changed(notebook: Any, path: Path) -> bool:
    """Return whether the notebook at a path has different cells from the one given."""
    if not path.exists():
        return False
    try:
        there = read_notebook(path)
    except SourceError:
        return True
    return [cell.source for cell in there.cells] != [cell.source for cell in notebook.cells]


def _code(source: str, *tags: str) -> Any:
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def _seen_from(folder: Path, out: Path) -> str:
    """Return the path from one folder to another; the full path if they are on different drives."""
    try:
        return Path(os.path.relpath(folder.resolve(), out.resolve())).as_posix()
    except ValueError:
        return folder.resolve().as_posix()
