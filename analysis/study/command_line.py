"""The commands of `python -m analysis`, each a thin layer over functions of the library."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, BadParameter, Exit, Option, Typer, echo

import analysis
from analysis import annotation, names, sources

# Whatever is slow to load is imported where it is used, so that --help answers at once. The rooms
# load what is in them when it is named.
_EXIT = (
    "Exit code: 0 done, 1 a file cannot be used (one sentence says which and why), 2 usage error,"
    " 130 interrupted."
)

app = Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=_EXIT,
    help="""Compare interviews: who said what, in which words.

\b
Interviews of your own, in a folder of text files:
  python -m analysis new FOLDER                lists them in FOLDER/interviews.toml
  python -m analysis check FOLDER              shows how each would be split
  python -m analysis study FOLDER --out DIR    tables, figures and findings
  python -m analysis export FOLDER --out DIR   only the tables, for other programs""",
)
_command = partial(app.command, epilog=_EXIT)

Format = Literal["csv", "parquet", "json", "qdpx", "qdc", "tei", "datapackage"]
Step = Literal["notebooks", "figures", "page"]
Profile = Literal[
    "double", "single", "slide"
]  # those of analysis.figures.style, which loads slowly
Folder = Annotated[Path, Argument(metavar="FOLDER", help="The folder with the texts.")]
OfTexts = Annotated[Path, Option(metavar="FOLDER", help="The folder with the texts.")]
Processes = Annotated[
    int,
    Option(
        min=1, help="How many processes annotate in parallel; worthwhile for 100,000+ new words."
    ),
]
Gold = Annotated[Path | None, Option(metavar="DIR", help="The folder of reference labels, if any.")]
Out = Annotated[Path, Option(metavar="DIR", help="Where to write; created if missing.")]


def main() -> None:
    """Run the command that is named on the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # for terminals that cannot show every script
    app(prog_name="python -m analysis")


@_command(
    help="""Write FOLDER/interviews.toml for the texts in FOLDER.

The list gives the layout of each file in which one is recognised. What is uncertain, and what only
you can tell (above all who the interviewee is), is commented out. Texts are .txt, .text, .md,
.markdown, .html, .htm, .vtt and .srt files; a file that cannot be used is left out and the reason
given. An existing list is never replaced.

\b
Examples:
  python -m analysis new interviews
  python -m analysis new interviews --add    after adding more files
  python -m analysis new interviews --codebook empty

--codebook also writes codebook.toml (without it there are no themes) and gazetteer.csv (the names
you know), both for you to fill in: "empty" contains a commented example, "six" the themes of this
repository. If the list already exists, only these two are written.""",
)
def new(
    folder: Folder,
    add: Annotated[
        bool, Option("--add", help="Append files not yet listed to the existing list.")
    ] = False,
    codebook: Annotated[
        Literal["empty", "six"] | None,
        Option(help="Write a codebook and a gazetteer to start from."),
    ] = None,
) -> None:
    """Write a list of interviews, or files to start from, and say what they contain."""
    with _faults_in_one_sentence():
        from analysis.sources.interviews import LIST_OF_INTERVIEWS
        from analysis.sources.proposal import write_list

        place, listed = _there(folder) / LIST_OF_INTERVIEWS, 0
        if codebook:
            _say(*analysis.study.write_starters(folder, codebook))
            if place.exists() and not add:
                return
        proposals = write_list(folder, add=add)
        for one in proposals:
            if one.fault is not None:
                _say(f"left out: {one.fault}")
                continue
            listed += 1
            interview = one.interview
            _say(f"listed: {interview.file} as {interview.id}, layout {interview.layout}")
            _say(*(f"not sure: {doubt}" for doubt in one.doubts), indent="  ")
        _say(
            f"Listed in {place}: {listed} of {len(proposals)} files. Read its comments, then: "
            f"python -m analysis check {folder}"
            if listed
            else f"Nothing to add: {place} is unchanged."
        )


@_command(
    help="""Show how each interview in FOLDER would be split; nothing is written.

Each row is one utterance: its role, who speaks, and how it begins. "boilerplate" is page furniture,
which is set aside and not counted. Lines beginning with "warning:" point out what may be wrong.
If there is no interviews.toml, the list that "new" would write is used. NO_COLOR turns colours off;
they are also off if the output is not a terminal.

\b
Examples:
  python -m analysis check interviews
  python -m analysis check interviews --rows 0 | less""",
)
def check(
    folder: Folder,
    rows: Annotated[
        int,
        Option(min=0, help="How many utterances of each interview to show; 0 shows all."),
    ] = 30,
) -> None:
    """Print a preview of each interview, and continue after one that cannot be used."""
    with _faults_in_one_sentence():
        from rich.console import Console

        from analysis.sources.interviews import LIST_OF_INTERVIEWS
        from analysis.sources.proposal import unlisted
        from analysis.study.preview import preview
        from analysis.themes.codebook import indicators_of

        # In a file or a pager there is no width to keep to.
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
        number = faulty = doubtful = 0
        for split in sources.check_interviews(_there(folder)):
            console.print(preview(split, rows))
            number += 1
            faulty += split.fault is not None
            doubtful += bool(split.warnings)
        for read in (names.gazetteer_of, indicators_of):
            try:
                read(folder)
            except analysis.SourceError as error:
                _say(f"cannot be used: {error}")
                faulty += 1
        _say(f"Interviews: {number}; cannot be used: {faulty}; with points to check: {doubtful}.")
        listed = (folder / LIST_OF_INTERVIEWS).exists()
        if listed and (more := unlisted(folder, sources.read_interviews(folder))):
            some = [path.name for path in more[:5]] + ["…"] * (len(more) > 5)
            _say(f"Files not in the list: {len(more)} ({', '.join(some)}).")
    if faulty:
        raise Exit(1)


@_command(
    help="""Run the whole study of the interviews in FOLDER, and write it to DIR.

DIR will contain study.html (the whole study as one page, with an explorer of the passages),
index.html (all figures with captions and alternative text), each figure as svg, pdf, png and csv,
tables/ (csv, Markdown, LaTeX), findings.md and findings.json (sentences with computed numbers),
names-to-check.csv (names missing from the gazetteer), data/ (utterances, tokens, entities and
codings as Parquet) and study.ipynb, a notebook that shows all this and is yours to change; once
changed, it is not replaced. FOLDER/gazetteer.csv and FOLDER/codebook.toml are used if they exist;
without a codebook there are no themes. The notebooks of this repository are about its own two
interviews and are not run for another folder.

Annotations are kept in FOLDER/.annotations, so only new texts are annotated, and after an
interruption the same command continues where it stopped.

Without FOLDER, in a clone of the repository, its own study is run: notebooks/, figures/ and
build/study.html.

\b
Examples:
  python -m analysis study interviews --out results
  python -m analysis study interviews --out results --pair clay fire --gold labels
  python -m analysis study
  python -m analysis study --only figures --profile slide""",
)
def study(
    folder: Annotated[
        Path | None, Argument(metavar="[FOLDER]", help="The folder with the texts.")
    ] = None,
    out: Annotated[
        Path | None,
        Option(metavar="DIR", help="Where to write; required with FOLDER."),
    ] = None,
    only: Annotated[
        Step | None,
        Option(help="Run only this part of the repository's study."),
    ] = None,
    profile: Annotated[
        Profile,
        Option(
            help="What the figures are for; single and slide are written to DIR-single, DIR-slide.",
        ),
    ] = "double",
    notebook: Annotated[
        bool, Option(help="Run study.ipynb, which computes everything again.")
    ] = True,
    gold: Gold = None,
    pair: Annotated[
        tuple[str, str] | None,
        Option(
            metavar="THEME THEME",
            help="Test whether these two themes co-occur, instead of the codebook's pair.",
        ),
    ] = None,
    processes: Processes = 1,
) -> None:
    """Run the study of a folder, or of the repository."""
    if (folder is None) != (out is None):
        raise BadParameter("Give FOLDER and --out DIR together, or neither.")
    if folder is not None and only:
        raise BadParameter("--only is for the study of the repository, without FOLDER.")
    if folder is None and (gold or pair):
        raise BadParameter("--gold and --pair are for the study of a FOLDER.")
    with _faults_in_one_sentence():
        corpus = None if folder is None else analysis.load_corpus(_there(folder), gold, pair)
        from analysis.study import run

        # What is loaded stays: searching it for garbage takes a tenth of a study's time.
        gc.freeze()
        if corpus is None or out is None:
            _study_of_the_repository(only, profile)
        else:
            run.prepare(corpus, out, processes, _tell)
            _study_of_a_folder(corpus, out, profile, notebook=notebook)


@_command(
    help="""Write the tables of the interviews in FOLDER to DIR, for other programs.

They are utterances (who said what), tokens (every word with its grammar), entities (who and what
is named) and, if FOLDER/codebook.toml exists, codings (sentences with their themes). Offsets count
the characters of the decoded file.

\b
Examples:
  python -m analysis export interviews --out tables
  python -m analysis export interviews --out tables --format parquet
  python -m analysis export interviews --out project --format qdpx

Besides tables: qdpx is a REFI-QDA project for programs such as QualCoder, MAXQDA or ATLAS.ti
(texts, themes, codings, speakers), qdc its codebook alone, tei a TEI document for each interview,
datapackage the tables as csv with types, units and keys.""",
)
def export(
    folder: Folder,
    out: Out,
    kind: Annotated[Format, Option("--format", help="The format of the files.")] = "csv",
    gold: Gold = None,
    processes: Processes = 1,
) -> None:
    """Write the tables of a folder."""
    with _faults_in_one_sentence():
        from analysis.files import write_files

        corpus = analysis.load_corpus(_there(folder), gold)
        analysis.study.prepare(corpus, out, processes, _tell)
        _say(*write_files(analysis.study.exchange_files(corpus, kind), out))
        if not corpus.has_codebook:
            _tell(analysis.study.say_left_out("themes"))


@_command(
    "import",
    help="""Import what was coded in another program and saved as REFI-QDA (.qdpx, .qdc).

Each coder in a project (.qdpx) becomes a file DIR/<coder>.tsv, which adds a coder if placed in the
folder "coders" of the reference labels. The texts must be those exported by this program; a
code is treated as the theme of the same name. The codes in a codebook (.qdc), or in a project with
--codebook, become DIR/codebook.toml. Existing files are never replaced.

\b
Examples:
  python -m analysis import coded.qdpx --folder interviews --out labels/coders
  python -m analysis import codes.qdc --folder interviews --out interviews""",
)
def take_over(
    file: Annotated[Path, Argument(metavar="FILE", help="A .qdpx or .qdc file.")],
    out: Out,
    folder: OfTexts = Path("seeds"),
    codebook: Annotated[bool, Option("--codebook", help="Import only the codes.")] = False,
) -> None:
    """Write the codings, or the codebook, made in another program."""
    with _faults_in_one_sentence():
        corpus = analysis.load_corpus(folder)
        _say(*analysis.study.import_refi(file, corpus, out, codebook=codebook))


@_command(
    help="""Write a folder for a paper: figures, tables, numbers, references, LaTeX and Word files.

Name figures by number or short name, tables by short name. DIR/paper.tex compiles and shows how
each is used: \\input for a figure or table, \\finding{name} for a number from the findings. The
names are in numbers.tex.

\b
Examples:
  python -m analysis writeup 3 themes-together --tables keyness --out paper
  python -m analysis writeup 3 --profile single --folder interviews --out paper""",
)
def writeup(
    out: Out,
    figures: Annotated[
        list[str] | None, Argument(metavar="FIGURES", help="Figures, such as 3 or keywords.")
    ] = None,
    tables: Annotated[list[str] | None, Option(help="A table; may be repeated.")] = None,
    folder: OfTexts = Path("seeds"),
    gold: Gold = None,
    profile: Annotated[
        Literal["double", "single"],
        Option(help="The width of the page, or of one of two columns."),
    ] = "double",
) -> None:
    """Write a folder for a paper."""
    with _faults_in_one_sentence():
        from analysis.files import write_files

        corpus = analysis.load_corpus(_there(folder), gold)
        wanted = [*(figures or ()), *(tables or ())]
        written = write_files(analysis.study.writeup_of(corpus, wanted, profile), out)
        _say(f"The paper: {out / 'paper.tex'}, with {len(written)} files")


def _study_of_a_folder(
    corpus: analysis.Corpus, out: Path, profile: Profile, *, notebook: bool
) -> None:
    from analysis.files import write_files

    files = analysis.study.of_folder(corpus, out, profile, run=notebook, tell=_tell)
    paths = write_files(files, out.absolute().parent)
    _tell(*analysis.study.left_out(corpus))
    if profile == "double":
        _say(f"The study as one page: {out / 'study.html'}")
    _say(f"Figures: {out.with_name(paths[0].parent.name) / 'index.html'}")
    if profile == "double":
        made = any(path.suffix == ".ipynb" for path in paths)
        kept = "the existing one has been changed, so it is kept."
        _say(f"Notebook: {out / 'study.ipynb' if made else kept}")


def _study_of_the_repository(only: Step | None, profile: Profile) -> None:
    from analysis.files import settle, write_files

    settle(Path())
    _tell("Annotating new texts …")
    annotation.load_tokens("seeds")
    annotation.load_page_tokens("seeds")
    files, _ = analysis.study.repository(Path(), only, profile)
    write_files(files, Path())
    if only in (None, "notebooks"):
        _say("Notebooks: notebooks/ (open them with: make lab)")
    pages = {"index.html": "Figures", "study.html": "The whole study as one page"}
    _say(*(f"{pages[last]}: {name}" for name in files if (last := Path(name).name) in pages))


def _there(folder: Path) -> Path:
    if not folder.is_dir():
        raise analysis.SourceError(
            f"{folder}: there is no such folder; give the folder that contains the texts."
        )
    return folder


def _say(*sentences: object, indent: str = "", err: bool = False) -> None:
    """Print each sentence on its own line, without the control characters of terminals."""
    from analysis.files import visible

    for sentence in sentences:
        echo(indent + visible(str(sentence)), err=err)


# What is not a result goes to standard error.
_tell = partial(_say, err=True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, so that kernels stop and no file is left half written."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        # An interrupt inside exec of a string, which dataclasses use, sets a flag that makes
        # `python -m` end with a signal, not with the exit code; the next exec resets it.
        exec("")  # noqa: S102


@contextmanager
def _faults_in_one_sentence() -> Iterator[None]:
    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        _tell("Interrupted. Finished work has been kept; run the command again to continue.")
        raise Exit(130) from None
    except analysis.SourceError as error:
        _tell(f"Stopped: {error}")
        raise Exit(1) from None
