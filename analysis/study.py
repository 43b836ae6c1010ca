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


def run_notebook(path: Path, progress: Any) -> str:
    """Run a notebook from the top and return it with its outputs, with nothing of this machine or this hour in it.

    Parameters
    ----------
    path : of the notebook, which stays as it is; its folder is where its cells run.
    progress : a bar of tqdm, moved on by one for each cell.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        # The kernel's warnings about its transport would tear the progress bar; a failing cell is still reported.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=lambda **_: progress.update(),
    )
    client.execute()
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
    """
    import nbformat
    from tqdm import tqdm

    paths = sorted(folder.glob("*.ipynb"))
    cells = sum(cell.cell_type == "code" for path in paths for cell in nbformat.read(path, as_version=4).cells)
    with tqdm(total=cells, desc="notebooks", unit="cell") as progress:
        for path in paths:
            progress.set_postfix_str(path.name)
            yield path, run_notebook(path, progress)


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
    import nbformat

    from analysis.page import page

    notebooks = {file.stem: nbformat.read(file, as_version=4) for file in sorted(folder.glob("*.ipynb"))}
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
    """Run the named steps, or all, in the current folder; return 0, or 1 with one sentence on a fault of a source."""
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
