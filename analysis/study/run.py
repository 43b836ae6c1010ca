"""Run the study: notebooks, figures, one page of it all; or tables, figures and findings of any folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.files import SourceError
from analysis.sources.interviews import LIST_OF_INTERVIEWS

if TYPE_CHECKING:
    import pandas as pd

    from analysis.figures.study_figure import StudyFigure
    from analysis.study.page import Picture

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # of a terminal


def run_notebook(path: Path, progress: Any) -> str:
    """Run a notebook from the top and return it with its outputs, with nothing of this machine or this hour in it.

    Parameters
    ----------
    path : of the notebook, which stays as it is; its folder is where its cells run.
    progress : a bar of tqdm, moved on by one for each cell.

    Raises
    ------
    SourceError
        If the file is no notebook, or a cell fails; the sentence names the cell's last line and the
        error.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = read_notebook(path)
    client = NotebookClient(
        notebook,
        # The kernel's warnings about its transport would tear the progress bar; a failing cell is
        # still reported.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=lambda **_: progress.update(),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise SourceError(
            f"{path}: {_failed(notebook, error)}; correct it. The notebook stays as it was."
        ) from None
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.writes(notebook) + "\n"


def run_notebooks(folder: Path) -> Iterator[tuple[Path, str]]:
    """Run all notebooks of a folder, in the order of their names, with a progress bar over their cells.

    Yields
    ------
    The path of each and its content after the run, as soon as it has run whole; nothing is written.

    Raises
    ------
    SourceError
        If there are no notebooks, one is none, or a cell fails.
    """
    from tqdm import tqdm

    paths = _notebooks(folder)
    cells = sum(cell.cell_type == "code" for path in paths for cell in read_notebook(path).cells)
    with tqdm(total=cells, desc="notebooks", unit="cell") as progress:
        for path in paths:
            progress.set_postfix_str(path.name)
            yield path, run_notebook(path, progress)


def read_notebook(path: Path) -> Any:
    """Read a notebook, or say in one sentence why that cannot be done.

    Raises
    ------
    SourceError
        If the file cannot be read or holds no notebook.
    """
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        raise SourceError(
            f"{path}: is no notebook that can be read; restore it, or take it away."
        ) from None


def _notebooks(folder: Path) -> list[Path]:
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise SourceError(
            f"{folder}: there are no notebooks; run this in the folder of the project."
        )
    return paths


def _failed(notebook: Any, error: Any) -> str:
    """Name the cell that failed, by its number and last line, and what was raised, without a terminal's colours."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = next(
        (
            n
            for n, cell in enumerate(code, 1)
            if any(o.output_type == "error" for o in cell.outputs)
        ),
        None,
    )
    source = code[number - 1].source.strip().splitlines() if number else []
    cell = (
        f"cell {number}, {source[-1].strip()!r}, failed" if number and source else "a cell failed"
    )
    raised = " ".join(f"{error.ename}: {error.evalue}".split())
    return f"{cell} ({_COLOURS.sub('', raised).rstrip(' .')})"


def replace_whole(path: Path, content: str) -> None:
    """Write a file beside its place and then put it there: a reader never meets half of it."""
    part = path.with_suffix(".part")
    part.write_text(content, encoding="utf-8", newline="\n")
    part.replace(path)


def export_figures(
    seeds: Path,
    figures: Path,
    gold: Path | None,
    profile: str = "double",
    drawn: Sequence[StudyFigure] | None = None,
) -> Path:
    """Export every figure, for print with the tables and the findings, and return the path of the gallery.

    `profile` is a name of `analysis.figures.style.PROFILES`. Figures for another page than that of
    print go into a folder of their own beside `figures`, which is not kept in git. `drawn` are the
    figures of `seeds`, if they are at hand.
    """
    from analysis.figures.style import PRINT, PROFILES
    from analysis.figures.word_figures import left_out, study_figures
    from analysis.study.export import export, input_hashes
    from analysis.study.findings import study_findings
    from analysis.study.tables import study_tables

    drawn = study_figures(seeds, gold) if drawn is None else drawn
    inputs, missing = input_hashes(seeds, gold), left_out(seeds)
    if PROFILES[profile] is not PRINT:
        return export(
            drawn,
            figures.with_name(f"{figures.name}-{profile}"),
            inputs,
            profile=PROFILES[profile],
            left_out=missing,
        )[-1]
    tables, findings = study_tables(seeds, gold), study_findings(seeds, gold)
    return export(drawn, figures, inputs, tables, findings, left_out=missing)[-1]


def write_page(
    folder: Path, path: Path, readme: Path, on_a_phone: Mapping[str, Picture] | None = None
) -> Path:
    """Write all notebooks of a folder, as they were last run, as one page that needs no other file.

    What the README says that the study found stands first; last, how to cite it, from the
    CITATION.cff beside the README. `on_a_phone` has the figures as `drawn_for_a_phone` returns
    them. The file is replaced whole. Returns its path.
    """
    from analysis.study.page import page

    notebooks = {file.stem: read_notebook(file) for file in _notebooks(folder)}
    citation = citation_in(readme.with_name("CITATION.cff"))
    content = page(notebooks, _heading(readme), found_in(readme), citation, on_a_phone)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, content)
    return path


def drawn_for_a_phone(figures: Sequence[StudyFigure]) -> dict[str, Picture]:
    """Draw the figures that are wider than a column for a page of one column, by their numbers."""
    from analysis.figures.style import PROFILES, SINGLE
    from analysis.figures.study_figure import on_screen
    from analysis.study.page import Picture

    drawn = {}
    for number, figure in enumerate(figures, 1):
        if figure.figure.get_figwidth() * 25.4 > SINGLE + 1:
            content, size = on_screen(figure.draw(PROFILES["single"]))
            drawn[str(number)] = Picture(f"data:image/png;base64,{content}", *size)
    return drawn


def found_in(readme: Path) -> str:
    """Return the first section of a README with a picture or computed findings, as Markdown; nothing if none has."""
    sections = re.split(r"^(?=## )", _text(readme), flags=re.MULTILINE)[1:]
    return next(
        (
            section
            for section in sections
            if re.search(r"^!\[|<!-- findings", section, re.MULTILINE)
        ),
        "",
    )


def citation_in(path: Path) -> dict[str, str]:
    """Return title, authors, version and licence of a CITATION.cff; nothing unless each stands in a line of its own."""
    text = _text(path)
    fields = dict(re.findall(r"^(title|version|license): (.+)$", text, re.MULTILINE))
    authors = re.findall(r"^ *- name: (.+)$", text, re.MULTILINE)
    return {**fields, "authors": ", ".join(authors)} if authors and len(fields) == 3 else {}


def title_of(readme: Path) -> str:
    """Return the first heading of a Markdown file as plain text, or "The study" where there is none."""
    return re.sub(r"[*_`]", "", _heading(readme))


def _heading(readme: Path) -> str:
    heading = re.search(r"^# (.+)$", _text(readme), re.MULTILINE)
    return heading[1].strip() if heading else "The study"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def study_folder(
    folder: Path, out: Path, profile: str = "double", *, run: bool = True
) -> tuple[Path, Path | None]:
    """Write what the study computes of any folder of interviews: tables of data, figures, tables, findings.

    Parameters
    ----------
    folder : holds `interviews.toml`, the files it names and, if wanted, `gazetteer.csv` and
        `codebook.toml`.
    out : where to write: `data/` (utterances, tokens, entities, codings, as Parquet),
        `findings.md`, what `export_figures` writes, and a notebook of all this, unless one that was
        changed lies there. An earlier study there is replaced file by file, each whole.
    profile : a name of `analysis.figures.style.PROFILES`; for another page than that of print only
        figures are written, as `export_figures` does.
    run : run the notebook, which computes everything once more.

    Returns
    -------
    The paths of the gallery and of the notebook, None if no notebook was written.

    Raises
    ------
    SourceError
        If a file of the folder cannot be used, an interviewee says nothing that is counted, or
        `out` cannot be written or holds another page.
    """
    import nbformat

    from analysis.figures.style import PRINT, PROFILES
    from analysis.figures.word_figures import left_out, study_figures
    from analysis.files import write_files
    from analysis.study.data_files import data_files, data_tables
    from analysis.study.export import export, input_hashes
    from analysis.study.findings import as_list, study_findings
    from analysis.study.own_notebook import NOTEBOOK, own_notebook, was_changed
    from analysis.study.tables import study_tables

    if (out / "index.html").exists() and not (out / "index.json").exists():
        raise SourceError(
            f"{out / 'index.html'}: is no page of an earlier study; choose another folder to"
            " write to."
        )
    tables_of_data = data_tables(folder)
    silent = _without_content_words(tables_of_data["utterances"], tables_of_data["tokens"])
    if silent:
        raise SourceError(
            f"{folder / LIST_OF_INTERVIEWS}: the interviewee says no content word in"
            f" {', '.join(silent)}, so there is nothing to count; look at the split, or take it off"
            " the list."
        )
    if PROFILES[profile] is not PRINT:
        return export_figures(folder, out, None, profile), None
    write_files(data_files(tables_of_data, "parquet"), out / "data")
    drawn, tables, findings = (
        study_figures(folder, None),
        study_tables(folder, None),
        study_findings(folder, None),
    )
    gallery = export(drawn, out, input_hashes(folder), tables, findings, left_out=left_out(folder))[
        -1
    ]
    write_files({"findings.md": f"{as_list(findings)}\n".encode()}, out)
    notebook = own_notebook(folder, out, drawn, tables)
    if was_changed(notebook, out / NOTEBOOK):
        return gallery, None
    replace_whole(
        out / NOTEBOOK, _run_beside(notebook, out) if run else nbformat.writes(notebook) + "\n"
    )
    return gallery, out / NOTEBOOK


def _without_content_words(utterances: pd.DataFrame, tokens: pd.DataFrame) -> list[str]:
    from analysis.figures.word_figures import interviewee_terms

    said = interviewee_terms(utterances, tokens)
    counted = set(said.loc[said["term"].notna(), "interview"])
    return [name for name in utterances["interview"].unique() if name not in counted]


def _run_beside(notebook: Any, folder: Path) -> str:
    """Run a notebook in a folder and return it with its outputs; one that lies there stays until this one has run."""
    import nbformat
    from tqdm import tqdm

    path = folder / ".not-run-yet.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    try:
        with tqdm(total=cells, desc="notebook", unit="cell", disable=None) as progress:
            return run_notebook(path, progress)
    finally:
        path.unlink()
