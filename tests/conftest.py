"""What the tests share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]

settings.register_profile(
    "study", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("study")


@pytest.fixture
def root() -> Path:
    return ROOT


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
