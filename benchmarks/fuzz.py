"""Give every reader 100,000 inputs made to break it, grown by atheris from good ones.

    pip install atheris==3.0.0      (Linux; not among the locked requirements)
    PYTHONPATH=. python benchmarks/fuzz.py

An input must be read, or be refused by a SourceError; of a text, every character that is no blank
must be in exactly one row. Each reader runs in a process of its own and stops at its first fault.
Writes fuzz.md beside this file. About fifteen minutes of processor time. One reader alone:
`python benchmarks/fuzz.py READER`; an input that failed is left in READER-failed; add that name to
read it again.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEED = 1
LONGEST = 3_000  # bytes of an input
# Inputs for each reader, and what the first of them grow from.
READERS = {
    "texts": (30_000, "tests/gold-*/*.txt"),
    "subtitles": (12_000, "tests/gold-layouts/attic.txt"),
    "pages": (4_000, ""),
    "interviews.toml": (18_000, "tests/gold-*/interviews.toml"),
    "codebook.toml": (12_000, "tests/gold/framing/codebook.toml"),
    "gazetteer.csv": (18_000, "seeds/gazetteer.csv"),
    "projects": (6_000, ""),
}
PAGE = b"<!doctype html><html><body><article><h1>Bells</h1><p><b>Why?</b></p><p>It rained.</p>"
PROJECT = (
    b'<Project><CodeBook><Codes><Code guid="1" name="Rain" isCodable="true"/></Codes></CodeBook>'
    b'<Sources><TextSource name="one"><PlainTextContent>It rained.</PlainTextContent>'
    b'<PlainTextSelection startPosition="0" endPosition="4"><Coding><CodeRef targetGUID="1"/>'
    b"</Coding></PlainTextSelection></TextSource></Sources></Project>"
)


def reader(name: str, folder: Path) -> Callable[[bytes], None]:
    """Return what reads an input; only a SourceError may come out of it."""
    from analysis.names.gazetteer import load_gazetteer
    from analysis.sources.interviews import Interview, read_interviews, read_source
    from analysis.sources.layouts import LAYOUTS, candidates
    from analysis.sources.utterances import split_voices, voices_of
    from analysis.study.exchange.coding import codebook_of, read_refi
    from analysis.themes.codebook import load_codebook, load_indicators, load_pair

    interview = Interview(id="a", file="a.txt", interviewee="Ann Lee")

    def text(raw: bytes) -> None:
        (folder / "a.txt").write_bytes(raw)
        source = read_source(folder, interview)
        layout = candidates(source).iat[0, 0]
        if raw:
            layout = [layout, *LAYOUTS][raw[-1] % (1 + len(LAYOUTS))]
        end = 0
        for row in voices_of(source, interview, layout):
            assert end <= row.start < row.end, "rows overlap"
            assert not source[end : row.start].strip(), "characters are lost"
            end = row.end
        assert not source[end:].strip(), "characters are lost"
        split_voices(source, interview)

    def gazetteer(raw: bytes) -> None:
        (folder / "gazetteer.csv").write_bytes(raw)
        load_gazetteer(folder / "gazetteer.csv")

    def listed(raw: bytes) -> None:
        (folder / "interviews.toml").write_bytes(raw)
        read_interviews(folder)

    def codebook(raw: bytes) -> None:
        path = folder / "codebook.toml"
        path.write_bytes(raw)
        load_codebook(path)
        load_pair(path)
        load_indicators(path)

    def project(raw: bytes) -> None:
        if raw[-1:] < b"\x80":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as target:
                target.writestr("project.qde", raw)
            raw = packed.getvalue()
        (folder / "a.qdpx").write_bytes(raw)
        codebook_of(read_refi(folder / "a.qdpx"))

    others = {
        "interviews.toml": listed,
        "codebook.toml": codebook,
        "gazetteer.csv": gazetteer,
        "projects": project,
    }
    return others.get(name, text)


def fuzz(name: str, files: list[str]) -> None:
    """Run one reader; atheris ends the process."""
    import atheris

    rooms = ["analysis.sources", "analysis.names.gazetteer", "analysis.themes.codebook"]
    with atheris.instrument_imports(include=[*rooms, "analysis.study.exchange"]):
        import analysis.sources.proposal
        import analysis.study.exchange.coding  # noqa: F401
    from analysis import SourceError

    runs, grown_from = READERS[name]
    folder = Path(tempfile.mkdtemp())
    (corpus := folder / "corpus").mkdir()
    for number, path in enumerate(sorted(ROOT.glob(grown_from)) if grown_from else []):
        (corpus / str(number)).write_bytes(path.read_bytes()[:LONGEST])
    if not grown_from:
        (corpus / "0").write_bytes(PAGE if name == "pages" else PROJECT)
    read = reader(name, folder)

    def once(raw: bytes) -> None:
        try:
            read(raw)
        except SourceError:
            return
        except Exception:
            Path(f"{name}-failed").write_bytes(raw)
            raise

    options = [f"-runs={runs}", f"-seed={SEED}", f"-max_len={LONGEST}", "-timeout=30"]
    atheris.Setup([sys.argv[0], *(files or [*options, str(corpus)])], once)
    atheris.Fuzz()


def main() -> None:
    """Run every reader and write what became of it."""
    rows = []
    for name in READERS:
        done = subprocess.run(  # noqa: S603 - this script
            [sys.executable, __file__, name], capture_output=True, text=True, check=False
        )
        said = done.stderr + done.stdout
        runs = re.findall(r"Done (\d+) runs", said) or re.findall(r"^#(\d+)", said, re.MULTILINE)
        reached = re.findall(r"cov: (\d+)", said) or ["–"]
        fault = re.findall(r"^\w*(?:Error|Exception)\b.*|ALARM.*", said, re.MULTILINE)
        ended = "nothing" if not done.returncode else f"`{(fault or ['it ended'])[-1][:100]}`"
        rows.append(f"| {name} | {int(runs[-1] if runs else 0):,} | {reached[-1]} | {ended} |")
        print(rows[-1], flush=True)  # noqa: T201
    lines = [
        "# Readers given broken inputs",
        "",
        "Made by `python benchmarks/fuzz.py`: inputs grown by atheris from good ones, each read or",
        f"refused in one sentence, at most {LONGEST:,} bytes and 30 seconds. Coverage is in",
        "edges of the code that is watched.",
        "",
        "| reader | inputs | edges reached | what failed |",
        "|---|---:|---:|---|",
        *rows,
        "",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        fuzz(sys.argv[1], sys.argv[2:])
    else:
        main()
