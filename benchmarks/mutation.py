"""How many faults put into the code the tests catch, room by room.

    pip install --requirement benchmarks/mutation-requirements.txt    (beside requirements-test.txt)
    python benchmarks/mutation.py --round 1             draws and tries a sample
    python benchmarks/mutation.py --round 1 --again     tries those that survived once more
    python benchmarks/mutation.py --report              writes mutation.md from what is stored

cosmic-ray makes the mutants. A round draws places in the code of each room from a fixed seed, and
one fault for each place; another round draws others. The committed tree is copied, and mutants are
tried in that copy, one at a time, each with the tests nearest to it (`nearest`). Stores the results
in mutation.json, with verdicts on survivors from mutation_verdicts.toml, and writes mutation.md.
About 3 seconds of processor time for each mutant, up to 100 more if the nearest tests miss it, and
once for each commit a run of the tests that notes which test executes which line (about ten
minutes). Linux.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import importlib
import json
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import tomllib
import traceback
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.util import cache_from_source
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from scipy.stats import binomtest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "mutation"
TREE, PRISTINE = BUILD / "tree", BUILD / "pristine"
STORES, TEMPORARY = BUILD / "stores", BUILD / "temporary"
RESULTS, VERDICTS = HERE / "mutation.json", HERE / "mutation_verdicts.toml"
SEED = 17
EACH = 22  # mutants of a room in a round
# Processor seconds: of the tests nearest to a mutant, by what they take without it; and how many a
# mutant may take, besides so many times that.
BUDGET, LEAST, TIMES = 20.0, 6, 1
ROOMS = {
    **{
        room: f"{room}/"
        for room in ("sources annotation words themes names agreement figures study".split())
    },
    "ground": ("files.py", "schemas.py", "statistics.py", "wording.py", "corpus.py"),
}
SEEN, UNSEEN = ("killed", "timeout"), ("survived", "no test")
# Tests that check something other than the library, or need a browser, a server or minutes.
LEFT_OUT = """
tests/test_containers.py tests/test_gates.py tests/test_pictures.py tests/test_themes_benchmark.py
tests/figures/test_marks.py tests/study/test_accept.py tests/study/test_lab.py
tests/study/test_many_interviews.py tests/study/test_notebooks.py tests/study/test_page.py
tests/sources/test_short_interviews.py tests/study/test_own_interviews.py
tests/study/test_study.py
""".split()
# Tests of what comes out in the end, for faults that the nearest do not see: splits, figures,
# page, paper and exchange as they are stored, and what findings and README say. Most share one
# study, which takes more than the budget.
WHOLE = """
tests/sources/test_splits.py
tests/sources/test_whole_folders.py
tests/study/test_exchange.py::test_what_is_exported_is_as_stored
tests/study/test_own_interviews.py::test_every_file_of_the_study_is_as_stored
tests/figures/test_figures.py::test_a_second_export_is_the_figures_folder_byte_for_byte
tests/figures/test_figures.py::test_each_mark_of_each_page_is_where_it_was
tests/study/test_findings.py
tests/study/test_page.py::test_it_is_as_stored_from_heading_to_heading
tests/study/test_page.py::test_tables_of_every_width_and_height_are_as_stored
tests/study/test_writeup.py::test_every_file_of_the_paper_is_as_stored
tests/study/test_writeup.py::test_figures_and_tables_are_chosen_by_number_or_name
tests/study/test_writeup.py::test_a_name_that_is_not_there_stops_the_paper
tests/study/test_accept.py
tests/study/test_notebooks.py::test_the_readme_says_what_the_study_computes
tests/study/test_many_interviews.py
""".split()
WHOLE_SECONDS = 240.0  # far more than they take, for a timeout counts as caught
# What holds tests of several rooms.
FAULTS = "test_known_faults.py"
# Faults that somebody could make. Of the other exchanges of operators most end in a TypeError,
# which any test sees.
BINARY = "Add-Sub Mul-Div FloorDiv-Div Mod-FloorDiv Pow-Mul BitAnd-BitOr BitXor-BitOr".split()
COMPARED = "Eq-NotEq Lt-LtE Lt-GtE Gt-GtE Gt-LtE Is-IsNot".split()
OTHERS = """
NumberReplacer AddNot ReplaceAndWithOr ReplaceOrWithAnd ReplaceTrueWithFalse ReplaceFalseWithTrue
ReplaceBreakWithContinue ReplaceContinueWithBreak ZeroIterationForLoop ExceptionReplacer
ReplaceUnaryOperator_Delete_Not ReplaceUnaryOperator_Delete_Invert
ReplaceUnaryOperator_Delete_USub RemoveDecorator
""".split()
# Removing these changes how long something takes, or where it may be called from, and no result.
NO_RESULT = {"cache", "lru_cache", "overload", "wraps", "override"}


@dataclass(frozen=True)
class Mutant:
    """One fault: `occurrence` counts what `operator` could change in the module."""

    room: str
    module: str
    line: int
    column: int
    operator: str
    occurrence: int


def operators() -> list[str]:
    """Name the operators of cosmic-ray that are used."""
    pairs = [("ReplaceBinaryOperator", BINARY), ("ReplaceComparisonOperator", COMPARED)]
    wanted = {f"core/{name}" for name in OTHERS}
    for kind, exchanged in pairs:
        for pair in exchanged:
            one, other = pair.split("-")
            wanted |= {f"core/{kind}_{one}_{other}", f"core/{kind}_{other}_{one}"}
    return sorted(wanted & set(plugins.operator_names()))


@cache
def lines_of(module: str) -> list[str]:
    """Return the lines of a module as it is without mutants."""
    return (PRISTINE / module).read_text(encoding="utf-8").split("\n")


@cache
def parsed(module: str) -> ast.Module:
    """Parse a module as it is without mutants."""
    return ast.parse((PRISTINE / module).read_bytes())


def span(module: str, node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where a node begins and ends, in characters instead of bytes."""
    lines = lines_of(module)
    return tuple(  # type: ignore[return-value]
        (line, len(lines[line - 1].encode()[:offset].decode()))
        for line, offset in (
            (node.lineno, node.col_offset),
            (node.end_lineno, node.end_col_offset),
        )
    )


def without_effect(module: str) -> Iterator[Any]:
    """Yield nodes in which no mutant is made: annotations, messages, what only speeds up."""
    for node in ast.walk(parsed(module)):
        match node:
            case ast.AnnAssign():
                yield node.annotation
            case ast.arg(annotation=ast.expr() as annotation):
                yield annotation
            case ast.FunctionDef() | ast.ClassDef():
                if getattr(node, "returns", None):
                    yield node.returns
                for decorator in node.decorator_list:
                    called = decorator.func if isinstance(decorator, ast.Call) else decorator
                    name = getattr(called, "attr", getattr(called, "id", ""))
                    if name in NO_RESULT:
                        yield decorator
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Raise():
                yield node
            case ast.Call(func=ast.Attribute(attr="warn") | ast.Name(id="print" | "TypeVar")):
                yield node
            case ast.Assign(targets=[ast.Name(id="__version__" | "__all__")]):
                yield node


@cache
def mutants_of(room: str) -> list[list[Mutant]]:
    """List the places in the code of a room, each with the mutants that can be made there."""
    places = defaultdict(list)
    for path in sorted((PRISTINE / "analysis").rglob("*.py")):
        module = path.relative_to(PRISTINE).as_posix()
        if not module.removeprefix("analysis/").startswith(ROOMS[room]):
            continue
        nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
        skipped = [span(module, node) for node in without_effect(module)]
        for name in operators():
            operator = plugins.get_operator(name)()
            positions = (place for node in nodes for place in operator.mutation_positions(node))
            for occurrence, (start, _) in enumerate(positions):
                if not any(first <= start < last for first, last in skipped):
                    kind = name.partition("_")[0]
                    mutant = Mutant(room, module, *start, name, occurrence)
                    places[module, start, kind].append(mutant)
    return list(places.values())


def drawn(room: str, round_: int, each: int) -> list[Mutant]:
    """Draw the mutants of a round."""
    chance = random.Random(f"{SEED} {room} {round_}")  # noqa: S311 - a sample, no secret
    places = mutants_of(room)
    chosen = [chance.choice(place) for place in chance.sample(places, min(each, len(places)))]
    return list(filter(is_a_fault, chosen))


def is_a_fault(mutant: Mutant) -> bool:
    """Return whether a mutant is Python, and changes more than how arguments may be passed."""
    before, after = change(mutant)
    try:
        compile(mutated(mutant), mutant.module, "exec", flags=ast.PyCF_ONLY_AST)
    except SyntaxError:
        return False
    return before.replace("*,", "/,") != after


@cache
def mutated(mutant: Mutant) -> str:
    """Return the module with its fault."""
    code = "\n".join(lines_of(mutant.module))
    made = mutate_code(code, plugins.get_operator(mutant.operator)(), mutant.occurrence)
    assert made is not None, mutant
    return made


def change(mutant: Mutant) -> tuple[str, str]:
    """Return the changed lines, before and after."""
    texts = lines_of(mutant.module), mutated(mutant).split("\n")
    first = _alike(*texts)
    last = _alike(*(text[first:][::-1] for text in texts))
    before, after = (
        "\n".join(line.strip() for line in text[first : len(text) - last]) for text in texts
    )
    return before, after


def _alike(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def name_of(mutant: Mutant) -> str:
    """Name a mutant by what it changes, so that its name holds while lines move."""
    text = "\0".join((mutant.module, *change(mutant)))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


# Which tests are nearest.


class Recorder:
    """A pytest plugin: which test executes which lines, and what it takes without its fixtures."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = defaultdict(float)
        self.fixtures: dict[str, list[str]] = {}
        self.failed: set[str] = set()
        self.stack: list[str] = []
        self.since = 0.0

    def enter(self, name: str) -> None:
        """Count time and lines for a test or fixture from here on."""
        self._count()
        self.stack.append(name)
        self.coverage.switch_context(name)

    def leave(self) -> None:
        """Go back to counting for what asked."""
        self._count()
        self.stack.pop()
        if self.stack:
            self.coverage.switch_context(self.stack[-1])

    def _count(self) -> None:
        now = sum(os.times()[:4])
        if self.stack:
            self.seconds[self.stack[-1]] += now - self.since
        self.since = now

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note what fails without a mutant."""
        if report.outcome != "passed":
            self.failed.add(report.nodeid)


def recording(recorder: Recorder) -> Any:
    """Add the hooks that wrap, which pytest must be imported for."""
    import pytest

    class Hooks:
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_protocol(self, item: Any) -> Any:
            recorder.fixtures[item.nodeid] = [
                f"fixture {name}" for name in getattr(item, "fixturenames", ())
            ]
            recorder.enter(item.nodeid)
            try:
                return (yield)
            finally:
                recorder.leave()

        @pytest.hookimpl(wrapper=True)
        def pytest_fixture_setup(self, fixturedef: Any) -> Any:
            if fixturedef.scope == "function":
                return (yield)
            recorder.enter(f"fixture {fixturedef.argname}")
            try:
                return (yield)
            finally:
                recorder.leave()

    return Hooks()


def digest(path: Path) -> str:
    """Return what tells a file from an earlier one."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def beside(room: str) -> list[str]:
    """Name the tests beside the code of a room: its doctests, and its folder of tests."""
    if room != "ground":
        return [f"analysis/{room}", f"tests/{room}"]
    tests = sorted(path.relative_to(TREE).as_posix() for path in (TREE / "tests").glob("test_*.py"))
    return [*(f"analysis/{name}" for name in ROOMS[room]), *tests]


def record(room: str) -> None:
    """Run the tests beside a room without a mutant; store what each executes and takes."""
    import pytest
    from coverage import Coverage

    coverage = Coverage(
        data_file=str(BUILD / "coverage"), source=[str(TREE / "analysis")], messages=False
    )
    recorder = Recorder(coverage)
    coverage.start()
    options = [*OPTIONS, "--no-header", "-q", *(f"--ignore={path}" for path in LEFT_OUT)]
    if room == "figures":  # one size of page of three
        options += ["-k", "not [single] and not [slide]"]
    pytest.main([*options, *beside(room)], plugins=[recorder, recording(recorder)])
    coverage.stop()
    coverage.save()
    data = coverage.get_data()
    names: dict[str, int] = {}
    executed: dict[str, dict[int, list[int]]] = {}
    for path in data.measured_files():
        module = Path(path).relative_to(TREE).as_posix()
        executed[module] = {
            line: [names.setdefault(name, len(names)) for name in contexts if name]
            for line, contexts in data.contexts_by_lineno(path).items()
        }
    stored = {
        "names": list(names),
        "lines": executed,
        "seconds": dict(recorder.seconds),
        "fixtures": recorder.fixtures,
        "failed": sorted(recorder.failed),
        "files": {
            path.relative_to(TREE).as_posix(): digest(path)
            for path in (TREE / "tests").rglob("test_*.py")
        },
    }
    (BUILD / f"map-{room}.json").write_text(json.dumps(stored), encoding="utf-8")


class Map:
    """What `record` stored, of all rooms together."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.fixtures: dict[str, set[str]] = {}
        self.files: dict[str, str] = {}
        self.lines: dict[str, dict[int, set[str]]] = {}
        for path in sorted(BUILD.glob("map-*.json")):
            self._add(path.stem, json.loads(path.read_text(encoding="utf-8")))

    def _add(self, origin: str, stored: dict[str, Any]) -> None:
        def full(name: str) -> str:
            return f"{origin} {name}" if name.startswith("fixture ") else name

        seconds = {full(name): value for name, value in stored["seconds"].items()}
        failed = set(stored["failed"])
        users = defaultdict(set)
        for test, names in stored["fixtures"].items():
            if test not in failed:
                self.fixtures[test] = {full(name) for name in names if full(name) in seconds}
                for fixture in self.fixtures[test]:
                    users[fixture].add(test)
        self.seconds |= seconds
        tested = {name.partition("::")[0] for name in stored["fixtures"]}
        self.files |= {path: value for path, value in stored["files"].items() if path in tested}
        for module, lines in stored["lines"].items():
            mine = self.lines.setdefault(module, {})
            for line, numbers in lines.items():
                for number in numbers:
                    name = full(stored["names"][number])
                    tests = users.get(name, {name}) & self.fixtures.keys()
                    mine.setdefault(int(line), set()).update(tests)

    def cheapest(self, tests: set[str], budget: float) -> tuple[list[str], float]:
        """Choose the quickest tests that fit into the budget, fixtures counted once."""
        alone = {
            test: self.seconds[test] + sum(map(self.seconds.get, self.fixtures[test]))
            for test in tests
        }
        chosen: list[str] = []
        ready: set[str] = set()
        total = 0.0
        for test in sorted(tests, key=lambda one: (alone[one], one)):
            more = self.seconds[test] + sum(
                self.seconds[name] for name in self.fixtures[test] - ready
            )
            if total + more <= budget:
                total += more
                chosen.append(test)
                ready |= self.fixtures[test]
        return chosen, total


def statement(module: str, line: int, column: int) -> tuple[range, bool]:
    """Return the lines of the innermost statement at a place; and whether it is in a function."""
    lines, inside = range(line, line + 1), False
    for node in ast.walk(parsed(module)):  # breadth first: the innermost comes last
        if not isinstance(node, ast.stmt):
            continue
        first, last = span(module, node)
        if first <= (line, column) < last:
            body = getattr(node, "body", None)
            is_function = isinstance(node, ast.FunctionDef)
            in_header = body and line < body[0].lineno
            if not body or in_header:
                end = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or line
                lines = range(node.lineno, end + 1)
            if is_function and not in_header:
                inside = True
    return lines, inside


def nearest(mutant: Mutant, known: Map) -> tuple[list[str], float]:
    """Choose the tests for a mutant.

    Those that execute its statement (outside functions: any line of the module), the quickest
    first, up to `BUDGET`; then, with what is left of the budget, those that execute the module.
    First of all come files of the room's tests that have changed since the map was made.
    Tests of one file stay together, so that their fixtures are set up once.
    """
    lines = known.lines.get(mutant.module, {})
    rows, inside = statement(mutant.module, mutant.line, mutant.column)
    anywhere = set().union(*lines.values()) if lines else set()
    at_place = set().union(*(lines.get(row, set()) for row in rows)) if inside else anywhere
    chosen, seconds = known.cheapest(at_place, BUDGET)
    more, further = known.cheapest(anywhere - set(chosen), (BUDGET - seconds) / 2)
    folder = TREE / "tests" if mutant.room == "ground" else TREE / "tests" / mutant.room
    files = {*folder.glob("test_*.py"), TREE / "tests" / FAULTS}
    changed = [
        name
        for path in sorted(files)
        for name in [path.relative_to(TREE).as_posix()]
        if name not in LEFT_OUT and known.files.get(name) != digest(path)
    ]
    by_file: dict[str, list[str]] = {path: [path] for path in changed}
    for test in (*chosen, *more):
        path = test.partition("::")[0]
        if path not in changed:
            by_file.setdefault(path, []).append(test)
    return [test for tests in by_file.values() for test in tests], seconds + further


# Trying.

OPTIONS = [
    *("-p", "no:cacheprovider", "-p", "no:xdist", f"--basetemp={TEMPORARY / 'pytest'}"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
]


def git(*arguments: str) -> bytes:
    """Return what git says."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603


def lay_out(commit: str) -> None:
    """Copy the tree of a commit twice: one to put faults into, one to mend it from.

    Annotations that the map's tests stored lie in both, so that they are not made for each mutant.
    """
    packed = git("archive", commit)
    for folder in (PRISTINE, TREE):
        shutil.rmtree(folder, ignore_errors=True)
        with tarfile.open(fileobj=BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        if STORES.exists():
            shutil.copytree(STORES, folder, dirs_exist_ok=True)
    TEMPORARY.mkdir(exist_ok=True)


def keep_stores() -> None:
    """Keep the annotations that the map's tests stored."""
    shutil.rmtree(STORES, ignore_errors=True)
    for store in TREE.rglob(".annotations"):
        shutil.copytree(store, STORES / store.relative_to(TREE))


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file that a test could have written."""
    return {
        path.relative_to(folder).as_posix(): (found.st_size, found.st_mtime_ns)
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts and path.is_file()
        for found in [path.stat()]
    }


def mend(clean: dict[str, tuple[int, int]]) -> None:
    """Make the tree what it was before a mutant."""
    now = state(TREE)
    for name in now.keys() - clean.keys():
        (TREE / name).unlink()
    for name, found in clean.items():
        if now.get(name) != found:
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PRISTINE / name, TREE / name)
    shutil.rmtree(TEMPORARY, ignore_errors=True)
    TEMPORARY.mkdir()


def import_packages() -> None:
    """Import, once for all mutants, the packages that library and tests import."""
    sys.path.remove(str(HERE))
    names = set()
    for path in [*(TREE / "analysis").rglob("*.py"), *(TREE / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    for name in sorted(names):
        if name.partition(".")[0] not in {"analysis", "tests", "dask", "distributed", "IPython"}:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    importlib.import_module(name)
                except ImportError:  # of another platform, or of the tests' own
                    continue
    gc.collect()
    gc.freeze()


def in_a_child(limit: float, log: Path, run: Any) -> tuple[str, float]:
    """Run pytest in a process that begins with all packages imported; return how it ended.

    `limit` is in processor seconds; of the clock it may take thirty times as long.
    """
    child = os.fork()
    if not child:
        status = 70
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 5))
            written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(written, 1)
            os.dup2(written, 2)
            os.chdir(TREE)
            sys.path[:0] = [str(TREE)]
            os.environ["PYTHONPATH"] = str(TREE)
            status = int(run() or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    end = time.monotonic() + 30 * limit
    while True:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            end = float("inf")
        time.sleep(0.02)
    seconds = used.ru_utime + used.ru_stime
    if os.WIFSIGNALED(status):
        is_late = os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}
        return ("timeout" if is_late else "killed"), seconds
    return {0: "survived", 5: "no test"}.get(os.WEXITSTATUS(status), "killed"), seconds


class Killer:
    """A pytest plugin: which test failed first."""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write the name down."""
        if report.failed:
            (BUILD / "killer").write_text(report.nodeid, encoding="utf-8")


def run_tests(tests: list[str], expected: float) -> tuple[str, float]:
    """Run tests up to the first that fails; return how they ended, and their processor seconds."""
    import pytest

    options = [*OPTIONS, "-x", "-q", "--no-header", "--tb=short"]
    return in_a_child(
        LEAST + TIMES * expected,
        BUILD / "log",
        lambda: pytest.main([*options, *tests], plugins=[Killer()]),
    )


def try_mutant(mutant: Mutant, known: Map) -> dict[str, Any]:
    """Put a fault into the copy; run the nearest tests, then WHOLE, up to the first that fails."""
    tests, expected = nearest(mutant, known)
    before, after = change(mutant)
    (BUILD / "killer").unlink(missing_ok=True)
    if mutant.room == "annotation":  # what is stored would hide what is wrong
        for store in TREE.rglob(".annotations"):
            shutil.rmtree(store)
    path = TREE / mutant.module
    path.write_text(mutated(mutant), encoding="utf-8")
    # Compiled modules are known by seconds and size, in which two mutants may be equal.
    compiled = Path(cache_from_source(str(path)))
    compiled.unlink(missing_ok=True)
    outcome, seconds = run_tests(tests, expected) if tests else ("no test", 0.0)
    if outcome in UNSEEN:
        outcome, more = run_tests(WHOLE, WHOLE_SECONDS)
        seconds += more
    compiled.unlink(missing_ok=True)
    killer = BUILD / "killer"
    by = killer.read_text(encoding="utf-8") if killer.exists() else ""
    return {
        "id": name_of(mutant),
        **asdict(mutant),
        "before": before,
        "after": after,
        "outcome": outcome,
        "by": by,
        "tests": len(tests),
        "seconds": round(seconds, 1),
    }


def main() -> None:
    """Draw, try, store and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--round", type=int)
    parser.add_argument("--each", type=int, default=EACH, help="mutants of a room")
    parser.add_argument("--rooms", nargs="+", default=list(ROOMS), choices=list(ROOMS))
    parser.add_argument("--again", action="store_true", help="try survivors once more")
    parser.add_argument("--map", action="store_true", help="note anew which test executes what")
    parser.add_argument("--report", action="store_true")
    arguments = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        fixed = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **fixed})  # noqa: S606
    if not arguments.report:
        run(arguments)
    if RESULTS.exists():
        write_report()


def run(arguments: argparse.Namespace) -> None:
    """Try a round."""
    commit = git("rev-parse", "--short=10", "HEAD").decode().strip()
    lay_out(commit)
    import_packages()
    passed = BUILD / f"whole-{commit}"
    if arguments.round is not None and not passed.exists():
        ended = run_tests(WHOLE, WHOLE_SECONDS)
        print("without a fault", *ended, flush=True)  # noqa: T201
        if ended[0] != "survived":
            raise SystemExit(f"tests fail without a fault; see {BUILD / 'log'}")
        passed.touch()
        keep_stores()
        lay_out(commit)
    stored = {"places": {}, "mutants": []}
    if RESULTS.exists():
        stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    for room in arguments.rooms:
        if arguments.map or not (BUILD / f"map-{room}.json").exists():
            ended = in_a_child(1_500, BUILD / f"map-{room}.log", partial(record, room))
            print("map", room, *ended, flush=True)  # noqa: T201
            keep_stores()
            lay_out(commit)
        if arguments.round is not None:
            try_room(room, arguments, commit, stored)


def try_room(room: str, arguments: argparse.Namespace, commit: str, stored: dict[str, Any]) -> None:
    """Try what is drawn of a room, or what survived of it, and store what comes out."""
    clean, known, rows = state(TREE), Map(), stored["mutants"]
    done = {row["id"]: row for row in rows if row["round"] == arguments.round}
    if arguments.again:
        wanted = survivors(done, room)
    else:
        wanted = drawn(room, arguments.round, arguments.each)
        stored["places"].setdefault(str(arguments.round), {})[room] = len(mutants_of(room))
    for mutant in wanted:
        old = done.get(name_of(mutant))
        if old and not arguments.again:
            continue
        found = try_mutant(mutant, known)
        mend(clean)
        row = {"round": arguments.round, "commit": commit, **found}
        if old:
            row |= {key: old[key] for key in ("commit", "line", "column")}
            row["at_first"] = old.get("at_first", old["outcome"])
            rows[rows.index(old)] = row
        else:
            rows.append(row)
        text = json.dumps(stored, indent=0, ensure_ascii=False)
        RESULTS.write_text(text + "\n", encoding="utf-8")
        print(*(row[key] for key in ("outcome", "seconds", "id", "module", "line")), flush=True)  # noqa: T201


def survivors(rows: dict[str, dict[str, Any]], room: str) -> list[Mutant]:
    """Find again, where the code is now, what no test had seen and a test was then added for."""
    said = verdicts()
    missed = [
        row
        for row in rows.values()
        if row["room"] == room
        and row["outcome"] in UNSEEN
        and said.get(row["id"], {}).get("kind", "gap") == "gap"
    ]
    if not missed:
        return []
    found = {}
    for mutant in (mutant for place in mutants_of(room) for mutant in place):
        line = lines_of(mutant.module)[mutant.line - 1].strip()
        for row in missed:
            if mutant.operator == row["operator"] and line in row["before"].split("\n"):
                found[name_of(mutant)] = mutant
    return [found[row["id"]] for row in missed if row["id"] in found]


# Reporting.


def verdicts() -> dict[str, dict[str, str]]:
    """Read what was found when the survivors were read."""
    if not VERDICTS.exists():
        return {}
    return tomllib.loads(VERDICTS.read_text(encoding="utf-8"))


def write_report() -> None:
    """Write mutation.md."""
    stored, said = json.loads(RESULTS.read_text(encoding="utf-8")), verdicts()
    parts = [INTRODUCTION.format(python=platform.python_version(), seed=SEED, budget=f"{BUDGET:g}")]
    for number in sorted({row["round"] for row in stored["mutants"]}):
        rows = [row for row in stored["mutants"] if row["round"] == number]
        commits = ", ".join(sorted({row["commit"] for row in rows}))
        parts += [f"## Round {number}\n", f"Drawn from commits {commits}.\n"]
        if note := said.get(f"round-{number}"):
            parts.append(note["why"] + "\n")
        parts += scores(rows, said, stored["places"][str(number)])
        parts += read_one_by_one(rows, said)
    (HERE / "mutation.md").write_text("\n".join(parts), encoding="utf-8")


def scores(
    rows: list[dict[str, Any]], said: dict[str, dict[str, str]], places: dict[str, int]
) -> list[str]:
    """Write the table of a round, as drawn and after tests were added."""
    head = "| room | places | mutants | caught | of which too slow | missed | equivalent"
    lines = [
        f"{head} | caught, % | 95% interval | caught since, % |",
        "| --- |" + " ---: |" * 9,
    ]
    shares = {}
    for room in [*(room for room in ROOMS if room in places), "all"]:
        mine = [row for row in rows if room in (row["room"], "all")]
        same = sum(said.get(row["id"], {}).get("kind") == "equivalent" for row in mine)
        first = [row.get("at_first", row["outcome"]) for row in mine]
        caught, slow = (sum(map(first.count, names)) for names in (SEEN, ["timeout"]))
        since = sum(row["outcome"] in SEEN for row in mine)
        counted = max(len(mine) - same, 1)
        low, high = binomtest(caught, counted).proportion_ci(method="wilson")
        shares[room] = caught / counted
        size = sum(places.values()) if room == "all" else places[room]
        lines.append(
            f"| {room} | {size:,} | {len(mine)} | {caught} | {slow} | {counted - caught} | {same} |"
            f" {100 * caught / counted:.0f} | {100 * low:.0f} to {100 * high:.0f} |"
            f" {100 * since / counted:.0f} |"
        )
    total = sum(places.values())
    weighted = sum(shares[room] * size for room, size in places.items()) / total
    return [*lines, f"\nWeighted by the places of each room: {100 * weighted:.1f}%.\n"]


def read_one_by_one(rows: list[dict[str, Any]], said: dict[str, dict[str, str]]) -> list[str]:
    """List what no test saw, each with what reading it found."""
    lines = ["| where | before | after | verdict |", "| --- | --- | --- | --- |"]
    for row in sorted(rows, key=lambda row: (row["module"], row["line"])):
        if row.get("at_first", row["outcome"]) in SEEN:
            continue
        verdict = said.get(row["id"], {"kind": "not read yet", "why": ""})
        kind = verdict["kind"] + (", caught now" if row["outcome"] in SEEN else "")
        where = f"{row['module'].removeprefix('analysis/')}, line {row['line']}"
        before, after = (
            f"`` {row[side].replace(chr(10), ' ').replace('|', chr(92) + '|')} ``"
            for side in ("before", "after")
        )
        lines.append(f"| {where} | {before} | {after} | {kind}: {verdict['why']} |")
    return [*lines, ""]


INTRODUCTION = """# Faults put into the code

Made by `python benchmarks/mutation.py`; Python {python}, seed {seed}.

cosmic-ray puts one fault at a time into a copy of the code: a number one larger or smaller, `<` for
`<=`, `and` for `or`, a condition turned round, a loop that does not run, `break` for `continue`, a
decorator left out, + for -. Places are drawn from the code of each package (called a room here),
then one fault for each place.
No fault is made in annotations, in the calls that raise or warn (their words are not behaviour), or
in decorators that only cache. Each is tried with the tests nearest to it: those that execute the
statement, the quickest first, up to {budget} processor seconds, then others that execute the
module; and what these do not see, with the tests of what comes out in the end: splits, figures,
page, paper, exports and findings, as they are stored. Tests that need a browser, a server or
minutes are left out, so the whole of `make test` catches at least as many. A fault is *equivalent*
if no input can show it, or if it changes only how long something takes; those are not counted.
Survivors are read one by one, and tests added for the kind of fault that they are: *caught since*
is the share after that, of the same mutants, and no estimate for others; the estimate is the share
of a round when it was drawn. Intervals are Wilson's.
"""


if __name__ == "__main__":
    main()
