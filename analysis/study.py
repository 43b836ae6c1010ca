"""Run the study: notebooks, figures, one page of it all: `python -m analysis.study [notebooks] [figures] [page]`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from analysis.interviews import SourceError
from analysis.tokens import load_page_tokens, load_tokens

_STEPS = ("notebooks", "figures", "page")
_PROFILES = ("double", "single", "slide")  # those of analysis.plots, which loads slowly
_PAGE = Path("build") / "study.html"
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
        If the file is no notebook, or a cell fails; the sentence names the cell's last line and the error.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = read_notebook(path)
    client = NotebookClient(
        notebook,
        # The kernel's warnings about its transport would tear the progress bar; a failing cell is still reported.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=lambda **_: progress.update(),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise SourceError(f"{path}: {_failed(notebook, error)}; correct it. The notebook stays as it was.") from None
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
        raise SourceError(f"{path}: is no notebook that can be read; restore it, or take it away.") from None


def _notebooks(folder: Path) -> list[Path]:
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise SourceError(f"{folder}: there are no notebooks; run this in the folder of the project.")
    return paths


def _failed(notebook: Any, error: Any) -> str:
    """Name the cell that failed, by its number and last line, and what was raised, without a terminal's colours."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = next((n for n, cell in enumerate(code, 1) if any(o.output_type == "error" for o in cell.outputs)), None)
    source = code[number - 1].source.strip().splitlines() if number else []
    cell = f"cell {number}, {source[-1].strip()!r}, failed" if number and source else "a cell failed"
    raised = " ".join(f"{error.ename}: {error.evalue}".split())
    return f"{cell} ({_COLOURS.sub('', raised).rstrip(' .')})"


def replace_whole(path: Path, content: str) -> None:
    """Write a file beside its place and then put it there: a reader never meets half of it."""
    part = path.with_suffix(".part")
    part.write_text(content, encoding="utf-8", newline="\n")
    part.replace(path)


def export_figures(seeds: Path, figures: Path, gold: Path, profile: str = "double") -> Path:
    """Export every figure, for print with the tables and the findings, and return the path of the gallery.

    `profile` is a name of `analysis.plots.PROFILES`. Figures for another page than that of print go into a folder of
    their own beside `figures`, which is not kept in git.
    """
    from analysis.export import export, input_hashes
    from analysis.figures import left_out, study_figures
    from analysis.findings import study_findings
    from analysis.plots import PRINT, PROFILES
    from analysis.study_tables import study_tables

    drawn, inputs, missing = study_figures(seeds, gold), input_hashes(seeds, gold), left_out(seeds)
    if PROFILES[profile] is not PRINT:
        return export(
            drawn, figures.with_name(f"{figures.name}-{profile}"), inputs, profile=PROFILES[profile], left_out=missing
        )[-1]
    tables, findings = study_tables(seeds, gold), study_findings(seeds, gold)
    return export(drawn, figures, inputs, tables, findings, left_out=missing)[-1]


def write_page(folder: Path, path: Path, title: str) -> Path:
    """Write all notebooks of a folder, as they were last run, as one page that needs no other file.

    The file is replaced whole. Returns its path.
    """
    from analysis.page import page

    notebooks = {file.stem: read_notebook(file) for file in _notebooks(folder)}
    content = page(notebooks, title)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, content)
    return path


def title_of(readme: Path) -> str:
    """Return the first heading of a Markdown file as plain text, or "The study" where there is none."""
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    return re.sub(r"[*_`]", "", heading[1]).strip() if heading else "The study"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named steps, or all, in the current folder; return 0, or 1 with one sentence on what is at fault."""
    parser = argparse.ArgumentParser(prog="python -m analysis.study", description=__doc__)
    parser.add_argument(
        "steps", nargs="*", choices=[*_STEPS, []], metavar="step", help="notebooks, figures, page; default: all"
    )
    parser.add_argument(
        "--profile", choices=_PROFILES, default="double", help="the page the figures are for; default: double"
    )
    chosen = parser.parse_args(arguments)
    steps = chosen.steps or _STEPS
    try:
        print("Annotating what is new …", flush=True)
        load_tokens("seeds")
        load_page_tokens("seeds")
        if "notebooks" in steps:
            for path, content in run_notebooks(Path("notebooks")):
                replace_whole(path, content)
            print("Notebooks: notebooks/ (open them with: make lab)")
        if "figures" in steps:
            gallery = export_figures(Path("seeds"), Path("figures"), Path("tests/gold"), chosen.profile)
            print(f"Figures: {gallery}")
        if "page" in steps:
            print(f"The whole study as one page: {write_page(Path('notebooks'), _PAGE, title_of(Path('README.md')))}")
    except SourceError as error:
        print(f"Stopped: {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
