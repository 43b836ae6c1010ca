"""JupyterLab as `make lab` opens it, in a real browser: saving leaves a notebook as it was run."""

import copy
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from urllib.request import urlopen

import nbformat
import pytest

from analysis.study.notebooks import before_saving, read_notebook, running, stable, written

NAME = "03-names.ipynb"
WAIT = 120  # seconds at most, for one thing, on a busy machine


@pytest.fixture(scope="module")
def project(pytestconfig, tmp_path_factory):
    """Copy the notebooks and what they read; the one that will be opened is as a run leaves it."""
    folder = tmp_path_factory.mktemp("project")
    for part in ("notebooks", "seeds", "tests/gold"):
        shutil.copytree(pytestconfig.rootpath / part, folder / part)
    path = folder / "notebooks" / NAME
    if sys.platform != "linux":  # where the stored pictures were drawn
        with running({path: read_notebook(path)}) as results:
            path.write_bytes(written(results()[path]))
    return folder


@pytest.fixture(scope="module")
def given(pytestconfig):
    """The arguments that `make lab` gives to JupyterLab."""
    recipe = (pytestconfig.rootpath / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    return shlex.split(re.search("/jupyter lab (.+)", recipe)[1].replace("$(LAB)", ""))


@pytest.fixture(scope="module")
def lab(given, project, pytestconfig, tmp_path_factory):
    """Start the JupyterLab of `make lab` on the copy; give its address, and end it afterwards."""
    home = tmp_path_factory.mktemp("jupyter")
    places = {f"JUPYTER_{one}_DIR": str(home / one) for one in ("CONFIG", "DATA", "RUNTIME")}
    settings = ["--no-browser", "--ip=127.0.0.1", "--IdentityProvider.token=", "--allow-root"]
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *given, *settings, f"--notebook-dir={project}"],
            cwd=pytestconfig.rootpath, env={**os.environ, **places}, stdout=log, stderr=log,
        ) as server,
    ):  # fmt: skip
        try:
            yield address(server, home)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


def address(server, home):
    """Wait until the server says where it listens; it chooses a port that is free."""
    for _ in range(WAIT * 10):
        for path in (home / "RUNTIME").glob("jpserver-*.json"):
            if told := path.read_text(encoding="utf-8"):
                return json.loads(told)["url"]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail((home / "log").read_text(encoding="utf-8"))


@pytest.fixture
def tab(browser, lab):
    """Open the notebook and wait for its kernel; what is asked of other hosts is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT * 1000)
    tab = context.new_page()
    tab.asked = []
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.goto(f"{lab}lab/tree/notebooks/{NAME}")
    until_idle(tab)
    yield tab
    context.close()
    assert not [url for url in tab.asked if not url.startswith((lab, "data:", "blob:"))]


def until_idle(tab):
    tab.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()


def run_all(tab, cells):
    tab.get_by_role("menubar").get_by_text("Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    tab.locator(".jp-InputPrompt", has_text=f"[{cells}]:").wait_for(state="attached")
    until_idle(tab)


def save(tab, path):
    """Save what JupyterLab holds as changed, sooner than it would by itself (after 120 s)."""
    changed = tab.locator(".lm-TabBar-tab.jp-mod-dirty", has_text=path.name)
    changed.wait_for()
    before = path.stat().st_mtime_ns
    tab.keyboard.press("ControlOrMeta+s")
    changed.wait_for(state="detached", timeout=60_000)
    assert path.stat().st_mtime_ns > before


def test_what_was_opened_run_explored_and_saved_has_the_bytes_of_a_run(tab, project):
    path = project / "notebooks" / NAME
    before = path.read_bytes()
    # The kernel's version in the metadata makes it count as changed, so autosave would write it.
    save(tab, path)
    assert path.read_bytes() == before

    run_all(tab, before.count(b'"cell_type": "code"'))
    explorer = tab.locator(".explorer-live")
    told = explorer.locator(".status").inner_text()
    explorer.get_by_role("button", name="Concordance", exact=True).click()
    assert explorer.locator(".status").inner_text() != told
    tab.keyboard.press("b")  # which elsewhere in JupyterLab makes a cell
    save(tab, path)
    assert path.read_bytes() == before
    nbformat.validate(nbformat.reads(before.decode(), as_version=4))

    tab.reload()
    until_idle(tab)
    # What was run here is trusted when it is opened again, so the script runs.
    tab.locator(".explorer-live").wait_for()


def test_it_fetches_no_news_and_looks_for_no_newer_version(lab, given, root):
    with urlopen(f"{lab}lab") as answer:
        assert b'"news": {"disabled": true}' in answer.read()
    path = next(one for one in given if one.startswith("--config=")).removeprefix("--config=")
    settings = json.loads((root / path).read_text(encoding="utf-8"))
    assert settings["LabApp"]["check_for_updates_class"] == "jupyterlab.NeverCheckForUpdate"


def test_a_notebook_for_another_kernel_and_other_files_are_saved_as_they_are():
    kernel = {"display_name": "R", "name": "ir"}
    other = nbformat.v4.new_notebook(metadata={"kernelspec": kernel, "authors": [{"name": "Ann"}]})
    for model in ({"type": "notebook", "content": other}, {"type": "file", "content": "rain"}):
        given = copy.deepcopy(model)
        before_saving(model=given, path="one", contents_manager=None)
        assert given == model


NOTEBOOK = nbformat.v4.new_notebook(
    metadata={
        "kernelspec": {"display_name": "mine", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.11.2"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
    },
    cells=[
        nbformat.v4.new_markdown_cell("# Rain", id="one", metadata={"editable": True}),
        nbformat.v4.new_code_cell(
            "rain",
            id="two",
            metadata={
                "tags": ["figure"],
                "trusted": True,
                "execution": {"iopub.status.busy": "2026-01-01T00:00:00Z"},
                "scrolled": True,
            },
            outputs=[nbformat.v4.new_output("display_data", {"text/plain": "rain"})],
            execution_count=1,
        ),
    ],
)


def test_stable_metadata_is_that_of_the_stored_notebooks(stored):
    given = copy.deepcopy(NOTEBOOK)
    kept = stable(given)
    assert given == NOTEBOOK, "it changes nothing in place"
    assert kept.metadata == stored["03-names"].metadata
    assert [cell.metadata for cell in kept.cells] == [{}, {"tags": ["figure"], "trusted": True}]
    without = {"metadata"}
    for cell, old in zip(kept.cells, NOTEBOOK.cells, strict=True):
        assert {key: cell[key] for key in cell.keys() - without} == {
            key: old[key] for key in old.keys() - without
        }
    assert stable(kept) == kept
    for notebook in stored.values():
        assert written(stable(notebook)) == written(notebook)
