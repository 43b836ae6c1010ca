"""Time the validation of all notebooks, beside as many that only import and read one table.

    python benchmarks/notebooks.py [--rounds 5]

Two floors, for two meanings of what no notebook can do without. The bare floor: pytest, nbval, a
kernel each, the libraries that the study is made of (pandas, matplotlib, spaCy, wordcloud), one
Parquet table read by pandas. The floor by the library: the import cell of each notebook, spaCy and
wordcloud, and the stored table read by `load_tokens`, which checks it. All three sets are validated
with the command of `make test`, on two processes, in turn, so that other work on the machine hits
them alike; processor time, of all processes together, is hit least. Writes notebooks.md beside this
file. About five minutes.
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
VALIDATE = (
    "-q -p no:cacheprovider -n 2 --dist loadscope --nbval --nbval-current-env notebooks".split()
)
# Two cells, so that a kernel that cannot import fails by itself.
BARE = (
    "import matplotlib.pyplot as plt\nimport pandas as pd\nimport spacy\nimport wordcloud\n\n"
    "import analysis",
        "pd.read_parquet({table!r}).shape")  # fmt: skip
BY_THE_LIBRARY = (
    "import spacy\nimport wordcloud\n{imports}",
    "analysis.load_tokens({seeds!r}).shape",
)


def main() -> None:
    """Validate both sets in turn and write what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each set is validated")
    rounds = parser.parse_args().rounds

    from analysis.annotation.tokens import load_page_tokens, load_tokens

    # Annotated beforehand, as `make test` does.
    load_tokens(ROOT / "seeds")
    load_page_tokens(ROOT / "seeds")
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as folder:
        sets = {
            "bare floor": Path(folder) / "bare",
            "floor by the library": Path(folder) / "library",
            "notebooks": ROOT,
        }
        make_floor(sets["bare floor"], notebooks, BARE)
        make_floor(sets["floor by the library"], notebooks, BY_THE_LIBRARY)
        for where in sets.values():  # not counted: what was never read before is slow to read
            validate(where)
        seconds = [{name: validate(where) for name, where in sets.items()} for _ in range(rounds)]
    text = report(len(notebooks), seconds, _load())
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(text)


def make_floor(folder: Path, notebooks: Sequence[Path], cells: Sequence[str]) -> None:
    """Write as many notebooks as the study has; each imports the libraries and reads one table."""
    import pandas as pd

    from analysis.annotation.tokens import load_tokens

    seeds = ROOT / "seeds"
    table = max((seeds / ".annotations").glob("*.parquet"), key=lambda path: path.stat().st_size)
    shape = load_tokens(seeds).shape if "load_tokens" in cells[-1] else pd.read_parquet(table).shape
    (folder / "notebooks").mkdir(parents=True)
    for path in notebooks:
        imports = next(
            cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"
        )
        sources = [
            source.format(table=str(table), seeds=str(seeds), imports=imports) for source in cells
        ]
        made = [
            nbformat.v4.new_code_cell(source, execution_count=at)
            for at, source in enumerate(sources, 1)
        ]
        made[-1].outputs = [
            nbformat.v4.new_output("execute_result", {"text/plain": str(shape)}, execution_count=2)
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=made), folder / "notebooks" / path.name)


def validate(folder: Path) -> tuple[float, float]:
    """Validate the notebooks of a folder; return the seconds it took and those of the processors.

    Stops if a notebook does not pass. Processor seconds are 0 on Windows, which does not count
    those of children.
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
    processor = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    if done.returncode:
        raise SystemExit(done.stdout)
    return seconds, processor


def _load() -> str:
    """Say how busy the machine was in the last minute, where the system tells (not on Windows)."""
    return (
        f" (load {os.getloadavg()[0]:.1f}, this work included)" if hasattr(os, "getloadavg") else ""
    )


def report(count: int, seconds: list[dict[str, tuple[float, float]]], load: str) -> str:
    """Write the times of every round, and how many times each floor the notebooks take."""
    lines = [
        f"""# What validating the notebooks costs

Made by `python benchmarks/notebooks.py`;
Python {platform.python_version()}, {os.cpu_count()} processors
shared with other work{load}.
Seconds of
`pytest {" ".join(VALIDATE)}`:
the study's {count} notebooks, and {count} that only import and read one Parquet table.
Bare floor: imports pandas, matplotlib, spaCy and wordcloud; pandas reads the table.
Library floor: has the imports of
the study's notebooks, plus spaCy and wordcloud; `load_tokens` reads and checks the table.
Wall: elapsed time; processor: time of all processes together, which depends less on other work.
""",
        "| round | | bare floor | library floor | notebooks | times bare | times library |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    rounds = [*((str(number), [one]) for number, one in enumerate(seconds, 1)), ("median", seconds)]
    for name, some in rounds:
        for kind, label in enumerate(("wall", "processor")):
            times = [statistics.median(one[key][kind] for one in some) for key in some[0]]
            # The ratios are taken round by round: the machine is not equally fast in all.
            ratios = [
                statistics.median(
                    list(one.values())[-1][kind] / max(one[key][kind], 1e-9) for one in some
                )
                for key in list(some[0])[:2]
            ]
            cells = [*(f"{value:.1f}" for value in times), *(f"{value:.2f}" for value in ratios)]
            lines.append(f"| {name} | {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
