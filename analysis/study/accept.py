"""Accept what the study computes now in place of what is stored, once somebody has read the difference.

`python -m analysis.study.accept [--yes]` runs every notebook and draws every figure without writing
anything, prints what differs (outputs cell by cell, figures by name with their tables, the
sentences of the README), asks, and then replaces all files or none. With --yes, or ACCEPT=yes in
the environment, it prints and does not ask.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.files import SourceError
from analysis.sources.interviews import read_interviews
from analysis.study.findings import BRIEF
from analysis.study.run import export_figures, run_notebooks

# What a person reads of an output, the most readable first; the next is looked at where the one
# before is equal.
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
    try:
        computed = compute(Path())
        shown = changes(computed)
        if not shown:
            print("Nothing changed: notebooks, figures and README are what the study computes.")
            return 0
        print("\n".join(shown))
        number = len([path for path, content in computed.items() if stored(path) != content])
        if not (agreed or _asked(f"\nReplace {number} files by what was computed? [y/N] ")):
            print(
                "Nothing was written. To accept: make accept, and answer y; or: make accept"
                " ACCEPT=yes"
            )
            return 1
        replace_all(computed)
    except SourceError as error:
        print(f"Stopped, nothing was written: {error}")
        return 1
    print(f"Replaced {number} files. Read the difference once more with: git diff --stat")
    return 0


def compute(root: Path) -> dict[Path, bytes | None]:
    """Run every notebook and draw every figure, and return what each file should hold; nothing is written.

    Parameters
    ----------
    root : the folder that holds seeds, notebooks, figures and README.md.

    Returns
    -------
    Path to content; None for a file of the figures folder that is made no longer.
    """
    read_interviews(root / "seeds")  # before notebooks that cannot run without them
    files: dict[Path, bytes | None] = {
        path: content.encode() for path, content in run_notebooks(root / "notebooks")
    }
    with tempfile.TemporaryDirectory() as folder:
        export_figures(root / "seeds", Path(folder), root / "tests" / "gold")
        fresh = _files(Path(folder))
    there = list(_files(root / "figures"))
    files |= {root / "figures" / name: None for name in there if name not in fresh}
    files |= {root / "figures" / name: content for name, content in fresh.items()}
    readme = root / "README.md"
    if readme.exists():
        told = [
            one["sentence"]
            for one in json.loads(fresh["findings.json"])
            if one["id"].startswith(BRIEF)
        ]
        alts = {
            name: entry["alt"]
            for entry in json.loads(fresh["index.json"])["figures"]
            for name in entry["files"]
        }
        files[readme] = with_findings(readme.read_text(encoding="utf-8"), told, alts).encode()
    return files


def _files(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder and the folders in it, by their place in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def with_findings(text: str, sentences: Sequence[str], alts: Mapping[str, str]) -> str:
    r"""Return a README with the findings between its marks and the alternative texts of its figures replaced.

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


def changes(files: Mapping[Path, bytes | None]) -> list[str]:
    """Say in lines what differs between the files and what they should hold; empty if nothing does.

    Parameters
    ----------
    files : path to content, as `compute` returns it.
    """
    lines: list[str] = []
    for path, content in files.items():
        before = stored(path)
        if before == content:
            continue
        name = path.as_posix()
        if content is None:
            lines += [f"{name}: made no longer, will be removed"]
        elif before is None:
            lines += [f"{name}: new"]
        elif path.suffix == ".ipynb":
            cells = list(_cells_that_differ(json.loads(before), json.loads(content)))
            lines += [
                (
                    f"{name}: {len(cells)} cells differ"
                    if cells
                    else f"{name}: no output differs, only its form"
                )
            ]
            lines += [line for cell in cells for line in cell]
        elif path.suffix in (".csv", ".md"):
            lines += [f"{name}:", *_difference(before.decode(errors="replace"), content.decode())]
        elif path.name == "index.json":
            lines += [f"{name}:", *_texts_that_differ(before, content)]
        else:
            lines += [f"{name}: changed"]
    return lines


def stored(path: Path) -> bytes | None:
    """Return what a file holds now; None where there is none."""
    return path.read_bytes() if path.exists() else None


def replace_all(files: Mapping[Path, bytes | None]) -> None:
    """Put every file in its place, or none: what is interrupted on the way is taken back.

    Parameters
    ----------
    files : path to content; None removes the file.

    Raises
    ------
    SourceError
        If a file cannot be written; all are as they were.
    """
    before = {path: stored(path) for path in files}
    changed = {path: content for path, content in files.items() if before[path] != content}
    parts = {
        path: path.with_name(path.name + ".part")
        for path, content in changed.items()
        if content is not None
    }
    try:
        # A full disk is met here, before the first file is replaced.
        for path, part in parts.items():
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(changed[path] or b"")
        for path in changed:
            if path in parts:
                parts[path].replace(path)
            else:
                path.unlink()
    except BaseException as error:
        for path in changed:
            content = before[path]
            if stored(path) == content:
                continue
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
        if isinstance(error, OSError):
            raise SourceError(
                f"{error.filename}: cannot be written ({error.strerror}); make room or change its"
                " permissions. Nothing was replaced."
            ) from None
        raise
    finally:
        for part in parts.values():
            # Below a path that is a file there is nothing, and no unlinking either.
            if part.exists():
                part.unlink()


def _asked(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def _cells_that_differ(before: dict[str, Any], after: dict[str, Any]) -> Iterator[list[str]]:
    """Compare the outputs of the code cells in their order, and yield the lines that tell of each difference."""
    cells = [
        [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for notebook in (before, after)
    ]
    for number, (old, new) in enumerate(zip(*cells, strict=True), 1):
        if old["outputs"] == new["outputs"]:
            continue
        source = "".join(new["source"]).strip().splitlines()
        lines = [f"  cell {number}, {source[-1].strip()[:_WIDTH] if source else 'empty'}"]
        one, two = ([_kinds(output) for output in cell["outputs"]] for cell in (old, new))
        if len(one) != len(two):
            lines.append(f"    {len(one)} outputs become {len(two)}")
        blank: dict[str, str] = {}
        for place in range(max(len(one), len(two))):
            lines += _outputs_that_differ(
                one[place] if place < len(one) else blank, two[place] if place < len(two) else blank
            )
        yield lines


def _kinds(output: dict[str, Any]) -> dict[str, str]:
    """Return an output's contents by kind, as text."""
    content = output.get("data") or {
        "text/plain": output.get("text") or "\n".join(output.get("traceback", []))
    }
    return {
        kind: (
            "".join(value)
            if isinstance(value, list)
            else value
            if isinstance(value, str)
            else json.dumps(value)
        )
        for kind, value in content.items()
    }


def _outputs_that_differ(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    lines = []
    for kind in sorted(set(old) | set(new)):
        if kind.startswith("image/") and old.get(kind) != new.get(kind):
            lines.append("    the picture differs")
    for kind in _READABLE:
        if old.get(kind, "") != new.get(kind, ""):
            texts = (_without_tags(side.get(kind, "")) if kind == "text/html" else side.get(kind, "")
                     for side in (old, new))  # fmt: skip
            lines += ["  " + line for line in _difference(*texts)]
            break
    return lines or ["    only how it is stored differs"]


def _without_tags(text: str) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(text, "html.parser").get_text("\n", strip=True)


def _texts_that_differ(before: bytes, after: bytes) -> list[str]:
    """Compare two indexes of figures: titles, captions, alternative texts, sizes and inputs, and no hashes of files."""
    texts = []
    for content in (before, after):
        index = json.loads(content)
        for entry in index["figures"]:
            del entry["files"]
        texts.append(json.dumps(index, indent=1, ensure_ascii=False))
    return _difference(*texts) or ["  only the hashes of the files"]


def _difference(before: str, after: str) -> list[str]:
    """Return the lines that go (-) and come (+), without those around them."""
    compared = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [
        "  " + (line if len(line) <= _WIDTH else line[:_WIDTH] + " …")
        for line in compared
        if not line.startswith(("---", "+++", "@@"))
    ]


if __name__ == "__main__":
    raise SystemExit(main())
