"""What the code writes today, by checksum: one file of tests/stored for each test that asks.

    STORE=yes python -m pytest TESTS        stores it anew, for the tests that are run

What is stored is what the code does, not what is right; that is labelled by people, computed by
hand or told by another program. If a test fails that you did not mean to touch, the change has an
effect that you did not know of. If you meant it, look at what differs and store it anew.
"""

import hashlib
import io
import os
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).with_name("stored")
# Other compilers round the last digits of coordinates differently (pictures.py).
_DRAWN = (".svg", ".png", ".pdf", ".html", ".docx", ".ipynb")


def as_stored(test: str, contents: Mapping[str, object]) -> None:
    """Require that contents, by their names, are those that were stored for a test.

    Bytes are taken apart if they are an archive, and read if they are a Parquet file, for other
    versions of a library pack the same contents differently. Off Linux drawings need only be there.
    """
    rows_as_stored(
        test, dict(part for name, content in contents.items() for part in parts(name, content))
    )


def rows_as_stored(test: str, found: Mapping[str, str]) -> None:
    """Require that texts, by their names, are those that were stored for a test."""
    path = FOLDER / f"{test}.tsv"
    if os.environ.get("STORE") == "yes":
        FOLDER.mkdir(exist_ok=True)
        text = "".join(f"{name}\t{row}\n" for name, row in found.items())
        path.write_text(text, encoding="utf-8", newline="\n")
    lines = path.read_text(encoding="utf-8").splitlines()
    stored = dict(line.split("\t", 1) for line in lines)
    elsewhere = () if sys.platform == "linux" else _DRAWN
    differ = [
        (name, stored.get(name), found.get(name))
        for name in dict.fromkeys([*stored, *found])
        if stored.get(name) != found.get(name)
        and not (name in stored.keys() & found.keys() and any(one in name for one in elsewhere))
    ]
    assert not differ, f"not as in stored/{path.name}; if meant, see stored.py: {differ[:9]}"


def parts(name: str, content: object) -> list[tuple[str, str]]:
    """Return what a content consists of, each part by its name with a checksum."""
    if isinstance(content, bytes) and content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return [
                part
                for one in packed.namelist()
                for part in parts(f"{name}/{one}", packed.read(one))
            ]
    if name.endswith(".parquet"):
        content = pd.read_parquet(io.BytesIO(content))
    if isinstance(content, pd.DataFrame):
        content = content.to_csv(float_format="%.9g")
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        content = repr(content).encode()
    if name.endswith(".html"):  # from heading to heading
        pieces = re.split(rb"(?=<h[1-4]\b)", content)
        return [(f"{name} {number}", _checksum(piece)) for number, piece in enumerate(pieces)]
    return [(name, _checksum(content))]


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
