"""Accept what the study computes now, once somebody has read how it differs from what is stored.

`python -m analysis.study.accept [--yes]` runs every notebook and draws every figure without writing
anything, prints what differs (outputs cell by cell, findings and captions by name, rows of tables,
lines of the README), asks, and then replaces all files or none. With --yes, or ACCEPT=yes in the
environment, it prints and does not ask.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from analysis.files import SourceError, settle, write_files
from analysis.study.command_line import interruptible
from analysis.study.findings import BRIEF
from analysis.study.run import PAGE, Study, repository

# What a person reads of an output, the most readable first.
_READABLE = ("text/markdown", "text/plain", "text/html", "application/json")
_WIDTH = 160  # characters of a line that are printed
_FINDINGS = re.compile(r"(<!-- findings:.*?-->\n).*?(\n<!-- end of findings -->)", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\(figures/([\w.-]+)\)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute, show what differs, ask, write; return 0 if all is as computed in the end, else 1."""
    parser = argparse.ArgumentParser(prog="python -m analysis.study.accept", description=__doc__)
    parser.add_argument(
        "--yes", action="store_true", help="accept without a question, after printing what differs"
    )
    agreed = parser.parse_args(arguments).yes or os.environ.get("ACCEPT") == "yes"
    root = Path()
    try:
        with interruptible():
            settle(root)
            computed = changed(compute(root), root)
            if not computed:
                print("Nothing changed: notebooks, figures and README are what the study computes.")
                return 0
            print("\n".join(differences(computed, root)))
            if not (
                agreed or _asked(f"\nReplace {len(computed)} files by what was computed? [y/N] ")
            ):
                print(
                    "Nothing was written. To accept: make accept, and answer y; or: make accept"
                    " ACCEPT=yes"
                )
                return 1
            write_files(computed, root)
    except SourceError as error:
        print(f"Stopped, nothing was written: {error}")
        return 1
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.")
        return 130
    print(f"Replaced {len(computed)} files. Read the difference once more with: git diff --stat")
    return 0


def compute(root: Path) -> dict[str, bytes | None]:
    """Run every notebook and draw every figure, and return what each file should hold.

    Parameters
    ----------
    root : the folder that holds seeds, notebooks, figures and README.md.

    Returns
    -------
    Path inside the root to content; None for a file of the figures folder that is made no longer.
    """
    made, study = repository(root)
    del made[PAGE]  # which is not stored
    files: dict[str, bytes | None] = dict(made)
    there = [path for path in (root / "figures").rglob("*") if path.is_file()]
    for name in sorted(path.relative_to(root).as_posix() for path in there):
        files.setdefault(name, None)
    readme = root / "README.md"
    if readme.exists():
        files["README.md"] = _told(readme.read_text(encoding="utf-8"), study).encode()
    return files


def _told(readme: str, study: Study) -> str:
    sentences = [one.sentence for one in study.findings if one.id.startswith(BRIEF)]
    index = json.loads(study.files["index.json"])
    alts = {name: figure["alt"] for figure in index["figures"] for name in figure["files"]}
    return with_findings(readme, sentences, alts)


def with_findings(text: str, sentences: Sequence[str], alts: Mapping[str, str]) -> str:
    r"""Return a README with its findings and its figures' alternative texts replaced.

    Parameters
    ----------
    text : of the README; without the marks, or a figure, that part stays as it is.
    sentences : the findings.
    alts : file name of a figure to its alternative text.

    Examples
    --------
    >>> with_findings("<!-- findings: x -->\n- Old.\n<!-- end of findings -->", ["New."], {})
    '<!-- findings: x -->\n- New.\n<!-- end of findings -->'
    >>> with_findings("![old](figures/01-a.svg)", [], {"01-a.svg": "Bars."})
    '![Bars.](figures/01-a.svg)'
    """
    listed = "\n".join(f"- {sentence}" for sentence in sentences)
    text = _FINDINGS.sub(lambda found: found[1] + listed + found[2], text)
    return _PICTURE.sub(
        lambda found: f"![{alts[found[1]]}](figures/{found[1]})" if found[1] in alts else found[0],
        text,
    )


def changed(files: Mapping[str, bytes | None], root: Path) -> dict[str, bytes | None]:
    """Return the files that are stored with other contents, or not at all."""
    return {name: content for name, content in files.items() if _stored(root / name) != content}


def differences(files: Mapping[str, bytes | None], root: Path) -> list[str]:
    """Say in lines what differs between files as they are stored and what they should hold.

    Parameters
    ----------
    files : path inside the root to content, as `changed` returns them.
    """
    lines: list[str] = []
    for name, content in files.items():
        before = _stored(root / name)
        if content is None:
            lines.append(f"{name}: made no longer, will be removed")
        elif before is None:
            lines.append(f"{name}: new")
        elif name.endswith(".ipynb"):
            cells = list(outputs_that_differ(json.loads(before), json.loads(content)))
            number = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
            verb = "differs" if len(cells) == 1 else "differ"
            lines.append(
                f"{name}: {number} {verb}" if cells else f"{name}: no output differs, only its form"
            )
            lines += [line for cell in cells for line in cell]
        elif name.endswith(".json"):
            told = list(_values_that_differ(json.loads(before), json.loads(content)))
            lines += [f"{name}:", *(told or ["  only the hashes of the files"])]
        elif name.endswith((".csv", ".md")):
            lines += [f"{name}:", *_lines(before.decode(errors="replace"), content.decode())]
        else:
            lines.append(f"{name}: changed")
    return lines


def outputs_that_differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[list[str]]:
    """Compare the outputs of code cells, in order; yield the lines on each difference."""
    old, new = (
        [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for notebook in (before, after)
    )
    for number, (one, two) in enumerate(zip(old, new, strict=False), 1):
        if one["outputs"] == two["outputs"]:
            continue
        source = "".join(two["source"]).strip().splitlines() or ["empty"]
        lines = [f"  cell {number}, {source[-1].strip()[:_WIDTH]}"]
        sides = [[_kinds(output) for output in cell["outputs"]] for cell in (one, two)]
        if len(sides[0]) != len(sides[1]):
            lines.append(f"    {len(sides[0])} outputs become {len(sides[1])}")
        longest = max(map(len, sides))
        padded = [side + [{}] * (longest - len(side)) for side in sides]
        for left, right in zip(*padded, strict=True):
            lines += [f"  {line}" for line in _output_differs(left, right)]
        yield lines


def _kinds(output: Mapping[str, Any]) -> dict[str, Any]:
    """Return an output's contents by kind, as text."""
    content = output.get("data") or {
        "text/plain": output.get("text") or "\n".join(output.get("traceback", []))
    }
    kinds = {kind: "".join(value) if isinstance(value, list) else value
             for kind, value in content.items()}  # fmt: skip
    if "text/html" in kinds:
        kinds["text/html"] = BeautifulSoup(kinds["text/html"], "html.parser").get_text(
            "\n", strip=True
        )
    return kinds


def _output_differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    kinds = [kind for kind in sorted({*old, *new}) if old.get(kind) != new.get(kind)]
    lines = ["  the picture differs" for kind in kinds if kind.startswith("image/")]
    for kind in _READABLE:
        if kind in kinds:
            return lines + _lines(str(old.get(kind, "")), str(new.get(kind, "")))
    return lines or ["  only how it is stored differs"]


def _values_that_differ(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Walk through two values of JSON, and yield what goes and comes, hashes apart."""
    if isinstance(old, list) and isinstance(new, list):
        old, new = _by_name(old), _by_name(new)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            if key != "files":
                yield from _values_that_differ(old.get(key), new.get(key), f"{place} {key}".strip())
    elif old != new and place != "findings findings.json":
        yield f"  {place}:"
        for sign, value in (("-", old), ("+", new)):
            if value is not None:
                yield _cut(f"  {sign}{value if isinstance(value, str) else json.dumps(value)}")


def _by_name(listed: list[Any]) -> dict[str, Any]:
    """Name the items of a list by what names them, or else by their place."""
    keys = ("id", "number", "title")
    return {
        str(next((one[key] for key in keys if isinstance(one, dict) and key in one), place)): one
        for place, one in enumerate(listed, 1)
    }


def _lines(before: str, after: str) -> list[str]:
    """Return the lines that go (-) and come (+), without those around them."""
    compared = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [_cut(f"  {line}") for line in compared if not line.startswith(("---", "+++", "@@"))]


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[:_WIDTH] + " …"


def _stored(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _asked(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


if __name__ == "__main__":
    raise SystemExit(main())
