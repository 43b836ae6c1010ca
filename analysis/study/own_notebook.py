"""A notebook for interviews of one's own: it reads their folder, shows every figure and table, and may be changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.figures.tables import StudyTable, literally
from analysis.figures.study_figure import StudyFigure

NOTEBOOK = "study.ipynb"
_ROWS = 20  # of a table that are shown
_IMPORTS = """\
from IPython.display import Markdown

import analysis
from analysis.figures import word_figures as figures
from analysis.study import findings
from analysis.study import tables as study_tables
from analysis.figures.tables import show"""
_MADE = """\
interviews, utterances = analysis.load_interviews(folder), analysis.load_utterances(folder)
tokens = analysis.load_tokens(folder)
drawn = {figure.slug: figure for figure in figures.study_figures(folder, gold=None)}
tables = {table.slug: table.table for table in study_tables.study_tables(folder, gold=None)}"""


def own_notebook(
    folder: str | Path,
    out: str | Path,
    figures: Sequence[StudyFigure],
    tables: Sequence[StudyTable],
) -> Any:
    """Write a notebook that reads a folder of interviews and shows what the study makes of it; it is not run yet.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml`.
    out : path of the folder in which the notebook will lie; the notebook names `folder` as seen
        from there.
    figures, tables : those the notebook will show; their titles become its headings.

    Returns
    -------
    A notebook of nbformat. The same arguments give the same notebook.

    Examples
    --------
    >>> notebook = own_notebook("seeds", "results", [], [])
    >>> print(notebook.cells[2].source.splitlines()[0])
    folder = '../seeds'
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    told = (
        "# The interviews and what the study makes of them\n\nMade by `python -m analysis study`."
        " Change what you like and run it again; a notebook that was changed is not replaced. Rates"
        " are per 1,000 words, intervals cover 95%; each caption says what is shown."
    )
    cells = [
        new_markdown_cell(told),
        new_code_cell(_IMPORTS),
        new_code_cell(f"folder = {_seen_from(Path(folder), Path(out))!r}\n{_MADE}"),
        new_code_cell(
            'show(interviews[["interview", "label", "interviewee", "layout", "characters"]])'
        ),
        new_markdown_cell("## What was found"),
        new_code_cell("Markdown(findings.as_list(findings.study_findings(folder, gold=None)))"),
    ]
    for number, figure in enumerate(figures, 1):
        cells += [
            new_markdown_cell(f"## Figure {number}. {literally(figure.title)}"),
            new_code_cell(f"drawn[{figure.slug!r}]"),
            new_code_cell(f"Markdown(drawn[{figure.slug!r}].caption)"),
        ]
    for table in tables:
        cells += [
            new_markdown_cell(
                f"## {literally(table.title)}\n\nThe first {_ROWS} rows. {literally(table.caption)}"
            ),
            new_code_cell(f"show(tables[{table.slug!r}].head({_ROWS}))"),
        ]
    for number, cell in enumerate(cells, 1):
        cell.id = f"cell-{number}"  # nbformat's own are random
    return new_notebook(cells=cells)


def was_changed(notebook: Any, path: Path) -> bool:
    """Tell whether the notebook that lies at a path has other cells than the one given, whatever their outputs."""
    import nbformat
    from nbformat.reader import NotJSONError

    if not path.exists():
        return False
    try:
        there = nbformat.read(path, as_version=4)
    except (NotJSONError, nbformat.ValidationError, OSError, ValueError):
        return True
    return [cell.source for cell in there.cells] != [cell.source for cell in notebook.cells]


def _seen_from(folder: Path, out: Path) -> str:
    """Name a folder as seen from another; by its whole path where they lie on two drives."""
    try:
        return Path(os.path.relpath(folder.resolve(), out.resolve())).as_posix()
    except ValueError:
        return folder.resolve().as_posix()
