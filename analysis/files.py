"""Read files or reject them in one sentence; write all or none; make text safe to show."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import pandas as pd

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

# The prefix of staging folders, the folder of a replacement under way, and its list of files.
_STAGE, _UNDO, _NAMES = ".part-", ".part-undo", "names.json"
_NAME = "file"  # a stored table records its file's name, so that none can pass for another
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# Persian, Hindi and other languages join or separate letters with these, so words contain them.
_JOINERS = "\u200c\u200d"


class SourceError(ValueError):
    """A source or its description cannot be used; the message says where, why and what to do."""


def read_bytes(path: Path, remedy: str) -> bytes:
    """Read a file, or say in one sentence why that cannot be done.

    Parameters
    ----------
    path : of the file.
    remedy : what to do if it cannot be read; it ends the sentence.

    Raises
    ------
    SourceError
        If the file is missing, a folder, a pipe, or unreadable.
    """
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder, not a file; {remedy}.")
        if path.exists() and not path.is_file():  # reading a pipe might never end
            raise SourceError(f"{path} is not a readable file; {remedy}.")
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; {remedy}.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); {remedy}.") from None


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether a path, once its links are followed, lies in a folder."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def read_text(path: Path, remedy: str) -> str:
    """Read a text file in UTF-8, with or without a byte order mark, or say why that cannot be done.

    Parameters
    ----------
    path, remedy : as for `read_bytes`.

    Raises
    ------
    SourceError
        As for `read_bytes`; also if the file is not UTF-8.
    """
    try:
        return read_bytes(path, remedy).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path} is not UTF-8; save it as a text file in UTF-8.") from None


def parsed(text: str, path: Path) -> dict[str, Any]:
    """Parse TOML, or say in one sentence why that cannot be done.

    Parameters
    ----------
    text : the content of the file.
    path : of the file, for the sentence.

    Raises
    ------
    SourceError
        If the text is not TOML, or is nested too deeply to be read.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise SourceError(f"{path}: not valid TOML: it is nested too deeply.") from None
    except ValueError as error:  # a number with thousands of digits raises no TOMLDecodeError
        raise SourceError(f"{path}: not valid TOML: {error}.") from None


def labelled_lines(path: str | Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Read a tab-separated file of labels: the number and the cells of each line below its header.

    Parameters
    ----------
    path : of the file. Lines before the header that begin with # are skipped (`remarks`).
    columns : those that the header must name, in order.

    Raises
    ------
    SourceError
        As for `read_text`; also if the columns differ, or a line has too many or too few cells.
    """
    lines = read_text(Path(path), "give a tab-separated file of labels").splitlines()
    first = len(_remarks(lines))
    if lines[first : first + 1] != ["\t".join(columns)]:
        raise SourceError(
            f"{path}, line {first + 1}: the columns are not {', '.join(columns)}, separated by"
            " tabs; correct them."
        )
    for number, line in enumerate(lines[first + 1 :], first + 2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise SourceError(
                f"{path}, line {number}: has {len(cells)} cell{'s' * (len(cells) > 1)}, not"
                f" {len(columns)}; correct it."
            )
        yield number, cells


def remarks(path: str | Path) -> dict[str, str]:
    """Read what a file of labels says about itself: its first lines, each # with a key and a value.

    Parameters
    ----------
    path : as for `labelled_lines`.

    Raises
    ------
    SourceError
        As for `read_text`.
    """
    lines = _remarks(read_text(Path(path), "give a tab-separated file of labels").splitlines())
    pairs = (line.lstrip("# ").partition(":") for line in lines)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _remarks(lines: list[str]) -> list[str]:
    return list(takewhile(lambda line: line.startswith("#"), lines))


def write_files(files: Mapping[str, bytes | None], folder: str | Path) -> list[Path]:
    """Write all files or none: all are staged first, then moved into place one by one.

    What an interrupted run has replaced is restored, at once or, after a power cut, by the next
    run. Two runs that write to the same folder take turns (except on Windows).

    Parameters
    ----------
    files : maps each path inside the folder to its content; None removes the file.
    folder : where to write; created if missing.

    Returns
    -------
    The paths of all files that were not removed, in the order of `files`.

    Raises
    ------
    SourceError
        If the folder or a file in it cannot be written to, or the disk is full.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder):
            changed = {
                name: content for name, content in files.items() if stored(folder / name) != content
            }
            if changed:
                _switch(changed, folder)
    except OSError as error:
        raise SourceError(
            f"{error.filename or folder} cannot be written ({error.strerror}); free some space or"
            " change the permissions. Nothing was replaced."
        ) from None
    return [folder / name for name, content in files.items() if content is not None]


def settle(folder: Path) -> None:
    """Undo what an interrupted run left half-written in a folder, and remove what it had staged."""
    if folder.is_dir() and any(folder.glob(f"{_STAGE}*")):
        with _alone_in(folder):
            pass


def _switch(files: Mapping[str, bytes | None], folder: Path) -> None:
    """Stage the new contents and copies of the old ones; then replace the files one by one."""
    stage, undo = Path(tempfile.mkdtemp(dir=folder, prefix=_STAGE)), folder / _UNDO
    try:
        for name, content in files.items():
            if content is not None:
                _made(stage / "new" / name).write_bytes(content)
            if (folder / name).exists():
                shutil.copy2(folder / name, _made(stage / "old" / name))
        (stage / _NAMES).write_text(json.dumps(list(files)), encoding="utf-8")
        stage.replace(undo)
        for name, content in files.items():
            if content is None:
                (folder / name).unlink()
            else:
                (undo / "new" / name).replace(_made(folder / name))
        (undo / _NAMES).unlink()  # from here on there is nothing to undo
    finally:
        _undo(folder)
        shutil.rmtree(stage, ignore_errors=True)


def _undo(folder: Path) -> None:
    """Put the old files back, if their replacement was begun but not finished."""
    undo = folder / _UNDO
    if (undo / _NAMES).exists():
        for name in json.loads((undo / _NAMES).read_text(encoding="utf-8")):
            if (undo / "old" / name).exists():
                (undo / "old" / name).replace(folder / name)
            elif not (undo / "new" / name).exists():
                (folder / name).unlink(missing_ok=True)
        (undo / _NAMES).unlink()
    shutil.rmtree(undo, ignore_errors=True)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is writing to a folder; anything still staged is a leftover."""
    if fcntl is None:  # on Windows a folder cannot be locked
        _undo(folder)
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _undo(folder)
        for stage in folder.glob(f"{_STAGE}*"):
            shutil.rmtree(stage)
        yield
    finally:
        os.close(handle)


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def stored(path: Path) -> bytes | None:
    """Return the content of a file; None if there is no such file."""
    return path.read_bytes() if path.exists() else None


def read_table(path: Path, types: Mapping[str, str]) -> pd.DataFrame | None:
    """Read a stored table; None if it is missing, damaged or not the one expected.

    Parameters
    ----------
    path : of the file, which must have the name under which the table was written.
    types : the columns that the table must have, in their order, and the names of their types.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "table.parquet"
    ...     write_tables({path.name: pd.DataFrame({"n": [1, 2]})}, path.parent)
    ...     read_table(path, {"n": "int64"})["n"].to_list(), read_table(path, {"n": "str"})
    ([1, 2], None)
    """
    try:
        table = pd.read_parquet(path, page_checksum_verification=True)
    except (OSError, ValueError):
        return None
    name, table.attrs = table.attrs.get(_NAME), {}
    found = [(column, str(dtype)) for column, dtype in table.dtypes.items()]
    return table if name == path.name and found == list(types.items()) else None


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write all tables, or none if the folder cannot be written to or the disk is full.

    Parameters
    ----------
    tables : file name to table.
    folder : where to write; created if missing, but not the folders above.
    """
    if is_writable(folder):
        # Windows refuses while an existing table, which is the same, is being read.
        with contextlib.suppress(SourceError):
            write_files({name: _packed(table, name) for name, table in tables.items()}, folder)


def _packed(table: pd.DataFrame, name: str) -> bytes:
    content = io.BytesIO()
    named = table.copy(deep=False)
    named.attrs = {_NAME: name}
    named.to_parquet(content, index=False, write_page_checksum=True)
    return content.getvalue()


def is_writable(folder: Path) -> bool:
    """Return whether files can be created in a folder; create it if missing."""
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def visible(text: str) -> str:
    r"""Write a text as one line that contains no terminal control sequences.

    No character of the result moves the cursor, sets a colour or reverses the direction.

    Whitespace and line endings become single spaces; control and format characters, lone
    surrogates and unassigned characters are written as their escapes. The result can also be put
    into a comment.

    >>> visible("red \x1b[31m,\n bell \x07 and \u202eturned")
    'red \\x1b[31m, bell \\x07 and \\u202eturned'
    """
    line = " ".join(text.split())
    return "".join(
        char if char.isprintable() or char in _JOINERS else repr(char)[1:-1] for char in line
    )


def without_controls(text: str) -> str:
    r"""Write control characters, which neither XML nor LaTeX allows, as their escapes.

    Tabs and line endings are kept.

    >>> without_controls("red \x1b[31m")
    'red \\x1b[31m'
    """
    return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], text)


def is_shown(text: str) -> bool:
    """Return whether a text is more than whitespace and contains no control character."""
    return bool(text.strip()) and not _CONTROLS.search(text)


def first_words(text: str, characters: int) -> str:
    """Return the beginning of a text as `visible` writes it, with an ellipsis where it is cut.

    >>> first_words("It rained on the day of the launch.", 9)
    'It rained …'
    """
    # The beginning of a huge source is enough: escapes only make a text longer.
    shown = visible(text[: 8 * characters + 100])
    return shown if len(shown) <= characters else shown[:characters].rstrip() + " …"
