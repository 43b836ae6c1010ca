"""Accept what the study computes now, after reading how it differs from what is stored.

`python -m analysis.study.accept [--yes]` runs every notebook and draws every figure without writing
anything, prints what differs (outputs by cell, findings and captions by name, rows of tables, lines
of the README), asks, and then replaces all of the files or none. With --yes, or with ACCEPT=yes in
the environment, it prints the differences and does not ask.
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
from zlib import crc32

from bs4 import BeautifulSoup

from analysis.files import SourceError, settle, stored, write_files
from analysis.study.command_line import interruptible
from analysis.study.findings import BRIEF
from analysis.study.run import PAGE, Study, repository

_HASHES = ("files", "findings.json")  # values of index.json that are not readable
_WIDTH = 160  # characters of a line that are printed
_FINDINGS = re.compile(r"(<!-- findings:.*?-->\n).*?(\n<!-- end of findings -->)", re.DOTALL)
_PICTURE = re.compile(r"!\[([^\]]*)\]\(figures/([\w.-]+)\)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute, show what differs, ask, and write; return 0 if everything stored is up to date."""
    parser = argparse.ArgumentParser(prog="python -m analysis.study.accept", description=__doc__)
    parser.add_argument(
        "--yes", action="store_true", help="accept without asking, after printing what differs"
    )
    agreed = parser.parse_args(arguments).yes or os.environ.get("ACCEPT") == "yes"
    root = Path()
    try:
        with interruptible():
            settle(root)
            computed = {
                name: content
                for name, content in compute(root).items()
                if stored(root / name) != content
            }
            if not computed:
                print("Nothing changed: notebooks, figures and README are up to date.")
                return 0
            print("\n".join(differences(computed, root)))
            if not (
                agreed or _asked(f"\nReplace {len(computed)} files with what was computed? [y/N] ")
            ):
                print(
                    "Nothing was written. To accept, run make accept and answer y, or run"
                    " make accept ACCEPT=yes"
                )
                return 1
            write_files(computed, root)
    except SourceError as error:
        print(f"Stopped; nothing was written: {error}")
        return 1
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.")
        return 130
    print(f"Replaced {len(computed)} files. Review the changes once more with: git diff --stat")
    return 0


def compute(root: Path) -> dict[str, bytes | None]:
    """Run every notebook, draw every figure, and return what each file should contain.

    Parameters
    ----------
    root : the folder that contains seeds, notebooks, figures and README.md.

    Returns
    -------
    Contents by path inside the root; None for a file in figures/ that is no longer made.
    """
    made, study = repository(root)
    there = [path for path in (root / "figures").rglob("*") if path.is_file()]
    names = sorted(path.relative_to(root).as_posix() for path in there)
    files: dict[str, bytes | None] = {**dict.fromkeys(names), **made}
    del files[PAGE]  # which is not stored
    readme = root / "README.md"
    if readme.exists():
        files["README.md"] = _told(readme.read_text(encoding="utf-8"), study).encode()
    return files


def _told(readme: str, study: Study) -> str:
    """Return a README with its findings and its figures' alternative texts replaced."""
    listed = "\n".join(f"- {one.sentence}" for one in study.findings if one.id.startswith(BRIEF))
    index = json.loads(study.files["index.json"])
    alts = {name: figure["alt"] for figure in index["figures"] for name in figure["files"]}
    text = _FINDINGS.sub(lambda found: found[1] + listed + found[2], readme)
    return _PICTURE.sub(
        lambda found: f"![{alts.get(found[2], found[1])}](figures/{found[2]})", text
    )


def differences(files: Mapping[str, bytes | None], root: Path) -> list[str]:
    """Say line by line how the stored files differ from what they should contain.

    Parameters
    ----------
    files : path inside the root to content, those that `compute` returns and that differ.
    """
    lines = []
    for name, content in files.items():
        before = stored(root / name)
        if content is None:
            lines.append(f"{name}: no longer made; will be removed")
        elif before is None:
            lines.append(f"{name}: new")
        elif (suffix := Path(name).suffix) not in _PARTS:
            lines.append(f"{name}: changed")
        else:
            told = list(_differing(*(_PARTS[suffix](side.decode()) for side in (before, content))))
            lines += [f"{name}:", *(told or ["  only the way it is stored"])]
    return lines


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Name each part that differs; yield the lines removed (-) and added (+) in it."""
    for place in dict.fromkeys([*before, *after]):
        old, new = (side.get(place, "").splitlines() for side in (before, after))
        told = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
        if told and place:
            yield f"  {place}:"
        yield from (_cut(f"  {line}") for line in told if not line.startswith("@@"))


def _outputs(notebook: str) -> dict[str, str]:
    """Return the readable outputs of each code cell, by the cell's number and last line."""
    cells = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    outputs = {}
    for number, cell in enumerate(cells, 1):
        last = "".join(cell["source"]).strip().rpartition("\n")[2].strip()
        outputs[f"cell {number}, {_cut(last)}"] = "\n".join(map(_readable, cell["outputs"]))
    return outputs


def _readable(output: Mapping[str, Any]) -> str:
    """Return an output as lines: a table row by row, a picture as its checksum."""
    content = output.get("data") or {"text/plain": output.get("text", output.get("traceback", ""))}
    kinds = {kind: "".join(text) for kind, text in content.items()}
    lines = [f"picture {crc32(kinds[kind].encode()):08x}" for kind in kinds if "image/" in kind]
    if "text/html" in kinds:
        page = BeautifulSoup(kinds["text/html"], "html.parser")
        rows = page.find_all("tr") or [page]
        lines += [row.get_text(" ", strip=True) for row in rows]
    else:
        lines.append(kinds.get("text/markdown", kinds.get("text/plain", "")))
    return "\n".join(lines)


def _values(value: Any, place: str = "") -> dict[str, str]:
    """Return each value of a JSON file by its place; the hashes of files are left out."""
    if isinstance(value, list):
        value = {str(_key(one) or number): one for number, one in enumerate(value, 1)}
    if not isinstance(value, dict):
        return {place: value if isinstance(value, str) else json.dumps(value)}
    parts: dict[str, str] = {}
    for key, one in value.items():
        if key not in _HASHES:
            parts |= _values(one, f"{place} {key}".strip())
    return parts


def _key(listed: Any) -> object:
    """Return the name of a member of a list in a JSON file, if it has one."""
    keys = ("id", "number", "title") if isinstance(listed, dict) else ()
    return next((listed[key] for key in keys if key in listed), None)


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[:_WIDTH] + " …"


# How each kind of file is taken apart, so that the parts that differ can be named.
_PARTS = {
    ".ipynb": _outputs,
    ".json": lambda text: _values(json.loads(text)),
    **dict.fromkeys((".csv", ".md"), lambda text: {"": text}),
}


def _asked(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


if __name__ == "__main__":
    raise SystemExit(main())
