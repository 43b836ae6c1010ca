"""Time the validation of all notebooks, beside as many that only import the libraries and read one table.

    python benchmarks/notebooks.py [--rounds 5]

The floor is what no notebook can do without: pytest, nbval, a kernel each, the libraries of the study (pandas,
matplotlib, spaCy, wordcloud, analysis), one Parquet table. Both sets are validated with the command of `make test`, on
two processes, in turn, so that other work on the machine hits both alike; processor time, of all processes together,
is hit least. Writes notebooks.md beside this file. About three minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
VALIDATE = "-q -p no:cacheprovider -n 2 --dist loadscope --nbval --nbval-current-env notebooks".split()
# Two cells, so that a kernel that cannot import fails by itself.
FLOOR = (
    "import matplotlib.pyplot as plt\nimport pandas as pd\nimport spacy\nimport wordcloud\n\nimport analysis",
    "pd.read_parquet({path!r}).shape",
)


def main() -> None:
    """Validate both sets in turn and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each set is validated")
    rounds = parser.parse_args().rounds

    from analysis.tokens import load_page_tokens, load_tokens

    # Annotated beforehand, as `make test` does.
    load_tokens(ROOT / "seeds")
    load_page_tokens(ROOT / "seeds")
    names = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    with tempfile.TemporaryDirectory() as folder:
        make_floor(Path(folder), names)
        sets = {"floor": Path(folder), "notebooks": ROOT}
        for where in sets.values():  # not counted: what was never read before is slow to read
            validate(where)
        seconds = [{name: validate(where) for name, where in sets.items()} for _ in range(rounds)]
    text = report(len(names), seconds, _load())
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(text)


def make_floor(folder: Path, names: list[str]) -> None:
    """Write as many notebooks as the study has, each of which imports the libraries and reads one stored table."""
    import pandas as pd

    table = max((ROOT / "seeds" / ".annotations").glob("*.parquet"), key=lambda path: path.stat().st_size)
    shape = str(pd.read_parquet(table).shape)
    (folder / "notebooks").mkdir()
    for name in names:
        cells = [nbformat.v4.new_code_cell(source.format(path=str(table)), execution_count=number)
                 for number, source in enumerate(FLOOR, 1)]  # fmt: skip
        cells[-1].outputs = [
            nbformat.v4.new_output("execute_result", {"text/plain": shape}, execution_count=len(cells))
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks" / f"{name}.ipynb")


def validate(folder: Path) -> tuple[float, float]:
    """Validate the notebooks of a folder; return the seconds it took and those of the processors.

    Stops if a notebook does not pass. Processor seconds are 0 on Windows, which does not count those of children.
    """
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(  # noqa: S603 the command is written above
        [sys.executable, "-m", "pytest", *VALIDATE],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.perf_counter() - start, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode:
        raise SystemExit(done.stdout)
    return seconds, processor


def _load() -> str:
    """Say how busy the machine was in the last minute, where the system tells (not on Windows)."""
    return f" (load {os.getloadavg()[0]:.1f}, this work included)" if hasattr(os, "getloadavg") else ""


def report(count: int, seconds: list[dict[str, tuple[float, float]]], load: str) -> str:
    """Write the times of every round, and the ratios."""
    rows = [(*(one[name][kind] for name in ("floor", "notebooks")),) for one in seconds for kind in (0, 1)]
    ratios = [ours / floor if floor else float("nan") for floor, ours in rows]
    lines = [
        f"""# What validating the notebooks costs

Made by `python benchmarks/notebooks.py`; Python {platform.python_version()}, {os.cpu_count()} processors
shared with other work{load}.
Seconds of
`pytest {" ".join(VALIDATE)}`:
the study's {count} notebooks, and {count} that only import pandas, matplotlib, spaCy, wordcloud, analysis and read one
Parquet table (the floor). Wall: until it is done; processor: of all processes together, which other work on the machine
changes less. The aim is a ratio of 1.25.
""",
        "| round | floor, wall | notebooks, wall | ratio | floor, processor | notebooks, processor | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for number in range(len(seconds)):
        lines.append(f"| {number + 1} | " + " | ".join(_cells(rows[2 * number : 2 * number + 2])) + " |")
    middle = [tuple(statistics.median(column) for column in zip(*rows[kind::2], strict=True)) for kind in (0, 1)]
    cells = _cells(middle)
    cells[2], cells[5] = (f"{statistics.median(ratios[kind::2]):.2f}" for kind in (0, 1))
    lines.append("| median | " + " | ".join(cells) + " |\n")
    return "\n".join(lines)


def _cells(rows: Sequence[Sequence[float]]) -> list[str]:
    return [text for floor, ours in rows for text in (f"{floor:.1f}", f"{ours:.1f}", f"{ours / max(floor, 1e-9):.2f}")]


if __name__ == "__main__":
    main()
