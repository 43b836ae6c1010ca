"""Which worker runs which tests; and a count of the cells of the notebooks that ran.

A run that collects nothing passes, so the cells are counted. Both are here rather than in tests/,
because pytest asks a folder's conftest only about that folder.
"""

import gc
import json
from collections import Counter
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

# One worker runs all of these: it makes the study and its page, and opens a browser, once.
_TOGETHER = (
    "tests/figures/",
    *(
        f"tests/study/test_{name}.py"
        for name in ("findings", "lab", "notebooks", "page", "study", "writeup")
    ),
)

_cells = Counter()


class _Together(LoadScopeScheduling):
    """Give one worker the tests that share the study; the others go file by file."""

    def _split_scope(self, nodeid: str) -> str:
        return "the study" if nodeid.startswith(_TOGETHER) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling | None:
    """Schedule as above where whole files go to workers, as in `make test`."""
    return _Together(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of every later search for garbage."""
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count how the cells of the notebooks ended."""
    if ".ipynb::" in report.nodeid and (report.when == "call" or report.outcome != "passed"):
        expected_failure = hasattr(report, "wasxfail")
        _cells["xfailed" if expected_failure else report.outcome] += 1


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With --nbval on the whole notebooks folder, require that each code cell ran and passed."""
    if hasattr(session.config, "workerinput") or not session.config.getoption("nbval"):
        return
    folder = Path(session.config.rootpath) / "notebooks"
    if not any(Path(str(argument)).resolve() == folder for argument in session.config.args):
        return
    notebooks = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.ipynb"))
    ]
    cells = sum(cell["cell_type"] == "code" for notebook in notebooks for cell in notebook["cells"])
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reporter.write_line(
        f"\nnotebooks: {len(notebooks)}, code cells: {cells}, of which passed: {_cells['passed']}"
    )
    if not cells or _cells["passed"] != cells:
        reporter.write_line(f"not every cell of every notebook passed: {dict(_cells)}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
