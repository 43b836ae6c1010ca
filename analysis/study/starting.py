"""Files to start from for new interviews: a codebook and a gazetteer."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from analysis.files import read_text, write_files
from analysis.names.gazetteer import GAZETTEER, HEADER
from analysis.themes.codebook import CODEBOOK

_HERE = Path(__file__)
_SIX = _HERE.parents[2] / "seeds" / CODEBOOK
_NOTE = """\
# The six themes of a study of interviews with a filmmaker, to start from. They were made for that
# subject: keep what fits yours, rename "films" if it is about other works, remove the rest.
# pair = ["…", "…"] above the first theme names two themes, to test whether they co-occur.
"""


def write_starters(folder: Path, kind: Literal["six", "empty"]) -> list[str]:
    """Write codebook.toml and gazetteer.csv to a folder, and say what was written.

    Parameters
    ----------
    folder : of the interviews.
    kind : "six" for the themes of this repository, "empty" for a commented example.

    Returns
    -------
    A sentence about each file. Existing files stay as they are.

    Raises
    ------
    SourceError
        If the six themes are missing, because the program is being run outside its repository.
    """
    if kind == "six":
        hint = "use this in a clone of the repository, or start with: --codebook empty"
        codebook = _NOTE + re.sub(r"\A(#.*\n)+", "", read_text(_SIX, hint))
    else:
        codebook = (_HERE.parent / "starters" / CODEBOOK).read_text(encoding="utf-8")
    contents = {CODEBOOK: codebook, GAZETTEER: f"{','.join(HEADER)}\n"}
    fresh = {name: text for name, text in contents.items() if not os.path.lexists(folder / name)}
    write_files({name: text.encode() for name, text in fresh.items()}, folder)
    return [
        f"Written for you to fill in: {folder / name}"
        if name in fresh
        else f"{folder / name}: already exists and is left as it is."
        for name in contents
    ]
