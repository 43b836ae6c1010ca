"""Tables on disk as Parquet: written whole or not at all, read only where undamaged."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd


def read_table(path: Path, types: Mapping[str, str]) -> pd.DataFrame | None:
    """Read a stored table; None where there is none, or one that is damaged or of another make.

    Parameters
    ----------
    path : of the file.
    types : the columns that the table must have, in their order, and the names of their types.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "table.parquet"
    ...     write_table(pd.DataFrame({"n": [1, 2]}), path)
    ...     read_table(path, {"n": "int64"})["n"].to_list(), read_table(path, {"n": "str"})
    ([1, 2], None)
    """
    try:
        table = pd.read_parquet(path, page_checksum_verification=True)
    except (OSError, ValueError):
        return None
    found = [(name, str(dtype)) for name, dtype in table.dtypes.items()]
    return table if found == list(types.items()) else None


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that nobody ever meets half of it: beside its place first, then moved there in one step.

    Nothing happens where the folder cannot be written.

    Parameters
    ----------
    table : any.
    path : of the file; its folder is made where it is missing, not the folders above.
    """
    if not is_writable(path.parent):
        return
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        table.to_parquet(name, index=False, write_page_checksum=True)
        # Windows refuses while somebody reads the table that is to be replaced; he has the same one then.
        with contextlib.suppress(PermissionError):
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder; make it where it is missing, not the folders above."""
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
