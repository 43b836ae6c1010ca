"""The container file and the configuration for Binder are what their own tools accept."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def beside_python(program):
    """A program installed in the same environment as this Python."""
    return str(Path(sys.executable).with_name(program))


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def engine():
    """The first container engine that answers."""
    found = [shutil.which(name) for name in ("docker", "podman")]
    return next((path for path in found if path and run(path, "info").returncode == 0), None)


def test_the_container_file_passes_its_linter(root, tmp_path):
    checked = run(beside_python("hadolint"), str(root / "Containerfile"))
    assert checked.returncode == 0, checked.stdout
    worse = tmp_path / "Containerfile"
    text = (root / "Containerfile").read_text(encoding="utf-8")
    worse.write_text(text.replace("python:3.11-slim-bookworm", "python"), encoding="utf-8")
    assert "DL3006" in run(beside_python("hadolint"), str(worse)).stdout, "the linter sees faults"


@pytest.mark.skipif(engine() is None, reason="no container engine answers on this machine")
def test_the_container_runs_the_study(root):
    built = run(engine(), "build", "--file", "Containerfile", "--quiet", ".", cwd=root)
    assert built.returncode == 0, built.stderr
    studied = run(engine(), "run", "--rm", built.stdout.strip(), "make", "study")
    assert studied.returncode == 0, studied.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="repo2docker does not run on Windows")
def test_binder_installs_the_locked_packages_and_the_library(root):
    read = run(
        beside_python("repo2docker"), "--no-build", "--debug", "--user-id=1000",
        "--user-name=reader", ".", cwd=root,
    )  # fmt: skip
    assert read.returncode == 0, read.stderr
    dockerfile = read.stdout + read.stderr
    assert '/bin/pip install --no-cache-dir -r ".binder/requirements.txt"' in dockerfile
    assert "RUN ./.binder/postBuild" in dockerfile
    named = (root / ".binder" / "requirements.txt").read_text(encoding="utf-8").split()[-1]
    assert (root / ".binder" / named).resolve() == (root / "requirements.txt").resolve()
