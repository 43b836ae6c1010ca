"""Annotation on Dask, with real worker processes, one of them killed in the middle."""

import time
from threading import Thread

import psutil
import pytest
from distributed import Client, LocalCluster
from pandas.testing import assert_frame_equal

from analysis import SourceError, annotate, load_tokens, load_utterances
from analysis.annotation import tokens as tokens_module
from analysis.annotation.distributed import annotate_on

INTERVIEWS = 5


@pytest.fixture
def folder(tmp_path, root, monkeypatch):
    """Five interviews, each a part of its own, a second or two of work for two workers."""
    text = (root / "seeds" / "tiff-in-conversation.txt").read_text(encoding="utf-8")
    text = text[: text.index("\n\n", len(text) // 2)]
    entries = []
    for number in range(INTERVIEWS):
        (tmp_path / f"{number}.txt").write_text(
            text.replace("film", f"film {number}"), encoding="utf-8"
        )
        entries.append(
            f'[[interview]]\nid = "i{number}"\nfile = "{number}.txt"\ninterviewee = "Spike'
            ' Jonze"\nlayout = "digest"\n'
        )
    (tmp_path / "interviews.toml").write_text("\n".join(entries), encoding="utf-8")
    monkeypatch.setattr(tokens_module, "_PART", 1)
    return tmp_path


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    where = tmp_path_factory.mktemp("workers")
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(where)
        ) as cluster,
        Client(cluster) as connected,
    ):
        yield connected


def stored(folder):
    return {
        path.name: path.stat().st_mtime_ns
        for path in (folder / ".annotations").glob("?" * 32 + ".parquet")
    }


def test_a_worker_killed_in_the_middle_loses_nothing(folder, client):
    victim = min(client.run(lambda: psutil.Process().pid).values())
    kept = {}

    def kill_once_something_is_stored():
        until = time.monotonic() + 120
        while not stored(folder) and time.monotonic() < until:
            time.sleep(0.01)
        psutil.Process(victim).kill()
        kept.update(stored(folder))

    killer = Thread(target=kill_once_something_is_stored)
    killer.start()
    done = annotate_on(client, folder)
    killer.join()
    assert not psutil.pid_exists(victim)
    assert 1 <= len(kept) < INTERVIEWS, "the kill came too late to show anything"
    assert sorted(done) == sorted(f"i{number}" for number in range(INTERVIEWS))
    after = stored(folder)
    assert len(after) == INTERVIEWS
    assert {name: after[name] for name in kept} == kept, "what was stored has been made again"
    assert_frame_equal(load_tokens(folder), annotate(load_utterances(folder)))


def test_where_all_is_stored_nothing_is_asked_of_the_workers(folder):
    load_tokens(folder)
    assert annotate_on(None, folder) == []


def test_a_source_fault_comes_before_any_work(folder):
    (folder / "3.txt").unlink()
    with pytest.raises(SourceError, match=r"3\.txt"):
        annotate_on(None, folder)
    assert not (folder / ".annotations").exists()


def test_a_store_that_the_workers_cannot_write_is_said(folder, client, monkeypatch):
    monkeypatch.setattr(tokens_module, "_PART", 10**9)
    for path in folder.glob("*.txt"):
        lead, answer = "On the rain:", "“It was cold, and I felt it.”"
        path.write_text(f"{lead} {answer}\n\n{lead} {answer}\n", encoding="utf-8")
    (folder / ".annotations").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(
        OSError, match="tables missing: 5; make sure that the workers can write to this folder"
    ):
        annotate_on(client, folder)
