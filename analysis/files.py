"""Files read, or refused in one sentence; files written whole, or not at all.

Source text made safe to show.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

# Persian, Hindi and other scripts join and part letters with these, so they belong to the words.
_JOINERS = "\u200c\u200d"


class SourceError(ValueError):
    """A source or its description cannot be used.

    The message names file, place, fault and remedy.
    """


def read_bytes(path: Path, remedy: str) -> bytes:
    """Read a file, or say in one sentence why that cannot be done.

    Parameters
    ----------
    path : of the file.
    remedy : what to do where it cannot be read; it ends the sentence.

    Raises
    ------
    SourceError
        If the file is missing, a folder, a pipe, or unreadable.
    """
    try:
        if path.is_dir():
            raise SourceError(f"{path}: is a folder, not a file; {remedy}.")
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise SourceError(f"{path}: is no file that can be read; {remedy}.")
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; {remedy}.") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}); {remedy}.") from None


def is_inside(path: Path, folder: Path) -> bool:
    """Tell whether a path, links followed, lies in a folder; a loop of links lies nowhere."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def write_files(files: Mapping[str, bytes], folder: str | Path) -> list[Path]:
    """Write all files beside their places, then put each in its place.

    A reader never meets half of one.

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
        If the folder or a file of it cannot be written; if the disk is full, the earlier files are
        as they were.
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
            f"{error.filename or folder}: cannot be written ({error.strerror}); make room or change"
            " its permissions."
        ) from None
    return [folder / name for name in files]


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
    """Write a table so that nobody ever meets half of it.

    Beside its place first, then moved there in one step.

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
        # Windows refuses while somebody reads the table that is to be replaced; he has the same one
        # then.
        with contextlib.suppress(PermissionError):
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder.

    Make it where it is missing, not the folders above.
    """
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def visible(text: str) -> str:
    r"""Write a text in one line, in which no character commands a terminal.

    Blanks of any kind and ends of lines become single blanks; control and format characters, lone
    surrogates and what is not assigned are written as their escapes. What comes out can stand in a
    comment, too.

    >>> visible("red \x1b[31m,\n bell \x07 and \u202eturned")
    'red \\x1b[31m, bell \\x07 and \\u202eturned'
    """
    line = " ".join(text.split())
    return "".join(
        char if char.isprintable() or char in _JOINERS else repr(char)[1:-1] for char in line
    )


def first_words(text: str, characters: int) -> str:
    """Return the beginning of a text as `visible` writes it, with an ellipsis where it is cut.

    >>> first_words("It rained on the day of the launch.", 9)
    'It rained …'
    """
    # Enough of a source of many megabytes: an escape is never shorter than its character.
    shown = visible(text[: 8 * characters + 100])
    return shown if len(shown) <= characters else shown[:characters].rstrip() + " …"
