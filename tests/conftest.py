"""What the tests share."""

import os
import shutil
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Error, sync_playwright
from tabs import watched

ROOT = Path(__file__).parents[1]

settings.register_profile(
    "study",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("study")


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def corpus_of_seeds():
    """Open the study's corpus once: its tables are made when they are first asked for."""
    from analysis import load_corpus

    return load_corpus(ROOT / "seeds", ROOT / "tests" / "gold")


@pytest.fixture(scope="session")
def study(corpus_of_seeds):
    """The study's corpus; in tests/figures and tests/study the whole study."""
    return corpus_of_seeds


@pytest.fixture(scope="session")
def counted_study():
    """Compute the study of the repository's interviews; count how often each table is made."""
    from counting import tables_made

    from analysis import load_corpus
    from analysis.study import left_out
    from analysis.study.export import data_tables
    from analysis.study.run import Study, explored

    with tables_made() as made:
        study = Study(load_corpus(ROOT / "seeds", ROOT / "tests" / "gold"))
        assert study.figures and study.tables and study.findings and explored(study)
        assert data_tables(study.corpus)
        left_out(study.corpus)
    return study, made


@pytest.fixture(scope="session")
def whole_study(counted_study):
    """The study of the repository's interviews; its files are made when they are first used."""
    return counted_study[0]


@pytest.fixture(scope="session")
def around(whole_study):
    """What the study's page has beside the notebooks."""
    from analysis.study.run import surroundings

    return surroundings(whole_study, ROOT / "README.md")


@pytest.fixture
def folder_with(tmp_path):
    """Make a folder with one text file and its interviews.toml."""

    def make(content: bytes | str, toml: str = "", *, name: str = "one.txt") -> Path:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(raw)
        entry = f'[[interview]]\nid = "one"\nfile = "{name}"\ninterviewee = "Ann Lee"\n'
        (tmp_path / "interviews.toml").write_text(entry + toml, encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture(scope="session")
def many_interviews(tmp_path_factory):
    """Make a folder with any number of interviews, each of whole exchanges of the longer seed."""

    def make(number: int, exchanges: int = 5, short: int | None = None) -> Path:
        from analysis import load_utterances
        from analysis.sources import exchanges as numbered

        utterances = load_utterances(ROOT / "seeds")
        rows = utterances.merge(numbered(utterances), on=["interview", "utterance"])
        rows = rows[(rows["interview"] == "indiewire") & rows["turn"].notna()]
        texts = ["\n\n".join(part["text"]) for _, part in rows.groupby("exchange")]
        folder = tmp_path_factory.mktemp(f"interviews-{number}")
        entries, generator = [], np.random.default_rng(number)
        for interview in range(number):
            size = short if short is not None and interview == 0 else exchanges
            dealt = generator.choice(len(texts), min(size, len(texts)), replace=False)
            name = f"talk-{interview + 1:02}"
            (folder / f"{name}.txt").write_text(
                "\n\n".join(texts[one] for one in dealt) + "\n", encoding="utf-8"
            )
            entries.append(
                f'[[interview]]\nid = "{name}"\nlabel = "Talk {interview + 1}"\nfile ='
                f' "{name}.txt"\ninterviewee = "Spike Jonze"\nlayout = "q_and_a"\npublication ='
                f' "Paper {interview % 3 + 1}"\ndate ='
                f' "{2011 + interview % 4}-05-01"\n[interview.about]\nmedium ='
                f' "{("print", "radio")[interview % 2]}"\n'
            )
        (folder / "interviews.toml").write_text("\n".join(entries), encoding="utf-8")
        for shared in ("gazetteer.csv", "codebook.toml"):
            shutil.copy(ROOT / "seeds" / shared, folder)
        return folder

    return make


@pytest.fixture(scope="session")
def browser():
    """Open a headless Chromium or Chrome: playwright's own, or the one of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    ways = [
        {},
        *({"executable_path": path} for path in map(shutil.which, names) if path),
        {"channel": "chrome"},
    ]
    with sync_playwright() as playwright:
        for way in ways:
            try:
                opened = playwright.chromium.launch(**way)
            except Error:
                continue
            yield opened
            opened.close()
            return
        without_a_browser()


@pytest.fixture(scope="session")
def shared_tab(browser):
    """Give tests that open files the same tab: a new one takes longer than a page does.

    Each set of options that a context takes has a tab of its own.
    """
    contexts = {}

    def tab(**options):
        key = tuple(options.items())
        if key not in contexts:
            contexts[key] = browser.new_context(offline=True, **options)
            watched(contexts[key].new_page())
        return contexts[key].pages[0]

    yield tab
    for context in contexts.values():
        context.close()


@pytest.fixture
def open_file(shared_tab):
    """Open a file, the network off, as on a screen with nothing under the pointer."""
    tabs, number = [], count()

    def opened(path, at="", width=1280, height=900, scheme="light", **options):
        tab = shared_tab(**options)
        if tab not in tabs:
            tab.asked.clear()
            tab.faults.clear()
            tabs.append(tab)
        tab.set_viewport_size({"width": width, "height": height})
        tab.emulate_media(media="null", color_scheme=scheme)
        tab.mouse.move(0, 0)
        # Else another place in the file that is open would be another place in the same document.
        tab.goto(f"{path.as_uri()}?{next(number)}{at}")
        return tab

    return opened


def without_a_browser():
    """Skip; but CI requires a browser, or nobody would notice that axe never runs."""
    say = pytest.fail if os.environ.get("BROWSER_REQUIRED") else pytest.skip
    say("no Chromium or Chrome was found; install one, or run: make browser")


@pytest.fixture(scope="session")
def no_browser():
    """What is said where there is no browser."""
    return without_a_browser
