"""Folders made to hurt: each gets its split, or one sentence, from every command it is given to."""

import os
import signal

import hostile
import pytest

from analysis import SourceError, load_interviews
from analysis.files import read_bytes

SIZE = 5_000  # characters of a text; benchmarks/hostile.py measures longer ones
CASES = hostile.texts(SIZE) | hostile.PAGES | hostile.LISTS | hostile.NEW
CASES |= hostile.BESIDE | hostile.IMPORTS
CASES |= {name: case for name, case in hostile.STUDIES.items() if name.startswith("study of a p")}
SECONDS = 300  # no measure of speed: what hangs shall fail


@pytest.fixture(autouse=True)
def no_hang():
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", CASES)
def test_each_folder_gets_its_sentence(tmp_path, name):
    case = CASES[name]
    if case.posix and os.name == "nt":
        pytest.skip("Windows has no such files")
    assert hostile.fault_of(case, *hostile.run(case, tmp_path)) == ""


def test_what_may_not_be_read_is_one_sentence(folder_with, monkeypatch):
    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    folder = folder_with("Why?\n\nI know.\n")
    monkeypatch.setattr("pathlib.Path.read_bytes", denied)
    with pytest.raises(SourceError, match=r"interviews.toml cannot be read \(Permission denied\)"):
        load_interviews(folder)
    with pytest.raises(SourceError, match="cannot be read"):
        read_bytes(folder / "one.txt", "change its permissions")
