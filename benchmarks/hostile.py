"""Run every command on folders made to hurt, and measure the processor time and memory of each.

    PYTHONPATH=. python benchmarks/hostile.py [WORDS]

The folders are those of tests/sources/hostile.py, their texts twenty times as long as in the tests;
with WORDS only the cases whose names hold them, and nothing is written. Each case runs in a process
of its own, forked from one that has loaded the program and the model, so this is not for Windows.
Writes hostile.md beside this file. About ten minutes of an idle machine.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "sources"))

import hostile  # noqa: E402 - stands with the tests

SIZE = 100_000  # characters of a text
# Bytes that a file may have where the disk is said to be full.
ROOM = 100
KINDS: Mapping[str, Mapping[str, Any]] = {
    "texts, listed with `new`": hostile.texts(SIZE),
    "saved pages": hostile.PAGES,
    "lists and encodings": hostile.LISTS,
    "files beside and names, listed with `new`": hostile.NEW,
    "codebook, gazetteer, store, output; `check` and `export`": hostile.BESIDE,
    "projects to import": hostile.IMPORTS,
    "`study` and `writeup`": hostile.STUDIES,
    "a full disk": hostile.FULL,
}


def main() -> None:
    """Run the cases; write the table if all were run."""
    import trafilatura  # noqa: F401 - loaded before the time is taken

    import analysis.study.run
    import analysis.study.writeup  # noqa: F401
    from analysis import load_corpus

    load_corpus(HERE.parent / "seeds").mentions  # noqa: B018 - loads the model
    wanted = " ".join(sys.argv[1:])
    faults: list[str] = []
    lines = []
    for kind, cases in KINDS.items():
        found = [(name, *measured(case, kind)) for name, case in cases.items() if wanted in name]
        for name, seconds, megabytes, fault in found:
            limits = cases[name].seconds, cases[name].megabytes
            if fault or seconds > limits[0] or megabytes > limits[1]:
                faults.append(f"{name}: {seconds:.1f} s, {megabytes:.0f} MB; {fault}")
                print(faults[-1], flush=True)  # noqa: T201
        if found:
            slow, large = max(found, key=lambda one: one[1]), max(found, key=lambda one: one[2])
            lines.append(
                f"| {kind} | {len(found)} | {sum(one[1] for one in found):.0f} | {slow[1]:.1f} "
                f"({slow[0]}) | {large[2]:.0f} ({large[0]}) |"
            )
    if not wanted:
        (HERE / "hostile.md").write_text(report(lines, faults), encoding="utf-8")


def measured(case: Any, kind: str) -> tuple[float, float, str]:
    """Run a case in a forked process; return seconds, megabytes and what is wrong, if anything."""
    with tempfile.TemporaryDirectory() as place:
        told = Path(place) / "told"
        told.touch()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        child = os.fork()
        if not child:
            target = told.open("w", encoding="utf-8", errors="backslashreplace")
            resource.setrlimit(resource.RLIMIT_CPU, (3 * case.seconds, 3 * case.seconds))
            if "full disk" in kind:
                made = hostile.made(case, Path(place))
                hostile.made = lambda *_: made
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                limits = resource.getrlimit(resource.RLIMIT_FSIZE)
                resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
            ended = hostile.run(case, Path(place))
            if "full disk" in kind:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            target.write(f"ended\n{hostile.fault_of(case, *ended)}")
            target.close()
            os._exit(0)
        _, _, usage = os.wait4(child, 0)
        ended, _, fault = told.read_text(encoding="utf-8").partition("\n")
        seconds = usage.ru_utime + usage.ru_stime
        fault = fault if ended else f"was stopped after {seconds:.0f} s"
        return seconds, max(0, usage.ru_maxrss - before) / 1024, " ".join(fault.split())


def report(lines: list[str], faults: list[str]) -> str:
    """Write the table."""
    return "\n".join(
        [
            "# Folders made to hurt: how each command ends, in what time and memory",
            "",
            "Made by `python benchmarks/hostile.py` from tests/sources/hostile.py, which",
            "names for each case the command, the exit code, the words that must be said, and the",
            f"time and memory it may take. Texts have about {SIZE:,} characters; seconds are the",
            "processor's; megabytes are those beyond the program with its model.",
            "",
            "| kind | cases | seconds together | the slowest | the largest, MB |",
            "|---|---:|---:|---|---|",
            *lines,
            "",
            "Ended otherwise than the table says, or over its limits: "
            + ("none." if not faults else ""),
            *(f"- {fault}" for fault in faults),
            "",
            "Limits: a paragraph in one voice has at most 1,000,000 characters (the model),",
            "a saved page 20,000,000, the texts of a project to import 200 MB, an id 100",
            "characters.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
