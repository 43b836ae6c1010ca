"""Files are written all or none, by one after the other, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

from analysis.files import SourceError, read_table, settle, write_files, write_tables


def contents(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def folder(tmp_path):
    write_files({"a": b"1", "b/c": b"2", "old": b"3"}, tmp_path)
    return tmp_path


NEW = {"a": b"10", "b/c": b"20", "old": None, "b/d/e": b"40"}


def test_files_are_made_replaced_and_removed(folder):
    paths = write_files(NEW, folder)
    assert contents(folder) == {"a": b"10", "b/c": b"20", "b/d/e": b"40"}
    assert paths == [folder / "a", folder / "b/c", folder / "b/d/e"]


def test_what_is_the_same_is_not_written_again(folder):
    before = (folder / "a").stat().st_mtime_ns
    write_files({"a": b"1", "b/c": b"20"}, folder)
    assert (folder / "a").stat().st_mtime_ns == before


@pytest.mark.parametrize("stop", [1, 2, 3, 4])
def test_an_interruption_takes_everything_back(folder, monkeypatch, stop):
    before, replace, calls = contents(folder), Path.replace, []

    def interrupted(path, target):
        calls.append(path)
        if len(calls) == stop:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_files(NEW, folder)
    assert contents(folder) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("stop", [1, 2, 3, 4])
@pytest.mark.parametrize("clean", [settle, lambda folder: write_files({}, folder)])
def test_after_a_kill_the_next_run_restores_what_was_there(folder, stop, clean):
    before = contents(folder)
    killed = (
        "import os, signal, sys; from pathlib import Path; from analysis.files import write_files\n"
        "replace, calls = Path.replace, []\n"
        "def killing(path, target):\n"
        "    calls.append(path)\n"
        f"    if len(calls) == {stop}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return replace(path, target)\n"
        f"Path.replace = killing; write_files({NEW!r}, sys.argv[1])"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert any(path.name.startswith(".part-") for path in folder.iterdir())
    clean(folder)
    assert contents(folder) == before


def test_two_that_write_into_one_folder_at_once_wait_for_each_other(tmp_path):
    sets = [{f"file-{n}": bytes([who]) * 1000 for n in range(40)} for who in range(4)]
    faults = []

    def write(files):
        try:
            for _ in range(5):
                write_files(files, tmp_path)
        except SourceError as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=[files]) for files in sets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert contents(tmp_path) in sets


def test_what_cannot_be_written_is_one_sentence_and_nothing_is_replaced(folder):
    before = contents(folder)
    for files in ({"a": b"9", "a/file": b"4"}, {"a": b"9", "b": b"a folder is there"}):
        with pytest.raises(SourceError, match="Nothing was replaced"):
            write_files(files, folder)
        assert contents(folder) == before
    with pytest.raises(SourceError, match="cannot be written"):
        write_files({"x": b"1"}, folder / "a")


def test_a_full_disk_replaces_nothing(folder, monkeypatch):
    before, write = contents(folder), Path.write_bytes

    def full(path, content):
        if content == b"40":
            raise OSError(28, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SourceError, match="No space left"):
        write_files(NEW, folder)
    assert contents(folder) == before


def test_a_stored_table_in_the_place_of_another_is_noticed(tmp_path):
    types = {"n": "int64"}
    tables = {f"{number}.parquet": pd.DataFrame({"n": [number]}) for number in (1, 2)}
    write_tables(tables, tmp_path)
    assert read_table(tmp_path / "2.parquet", types).attrs == {}
    (tmp_path / "1.parquet").replace(tmp_path / "2.parquet")
    assert read_table(tmp_path / "2.parquet", types) is None


def test_a_stored_table_with_a_damaged_byte_is_noticed(tmp_path):
    path, table = tmp_path / "one.parquet", pd.DataFrame({"text": ["It rained.", "It stopped."]})
    write_tables({path.name: table}, tmp_path)
    assert read_table(path, {"text": "str"}).equals(table.astype("str"))
    path.write_bytes(path.read_bytes().replace(b"It rained.", b"It reined.", 1))
    assert read_table(path, {"text": "str"}) is None
