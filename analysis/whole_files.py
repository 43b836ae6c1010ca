"""Files written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from analysis.interviews import SourceError


def write_files(files: Mapping[str, bytes], folder: str | Path) -> list[Path]:
    """Write all files beside their places, then put each in its place: a reader never meets half of one.

    Parameters
    ----------
    files : path inside the folder to content.
    folder : where to write; made if it is not there.

    Returns
    -------
    The paths written, in the order of `files`.

    Raises
    ------
    SourceError
        If the folder or a file of it cannot be written; if the disk is full, the earlier files are as they were.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as parts:
            for name, content in files.items():
                (Path(parts) / name).parent.mkdir(exist_ok=True)
                (Path(parts) / name).write_bytes(content)
            for name in files:
                (folder / name).parent.mkdir(exist_ok=True)
                (Path(parts) / name).replace(folder / name)
    except OSError as error:
        raise SourceError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); make room or change its permissions."
        ) from None
    return [folder / name for name in files]
