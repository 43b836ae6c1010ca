"""The commands of `python -m analysis`, each a thin layer over functions of the library."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from analysis.corpus import Corpus

# Whatever is slow to load is imported where it is used, so that --help answers at once.
_EXIT = (
    "Exit code: 0 done, 1 a file cannot be used (one sentence says which and why), 2 usage error,"
    " 130 interrupted."
)

app = typer.Typer(
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

Format = Literal["csv", "parquet", "json", "qdpx", "qdc", "tei", "datapackage"]
Step = Literal["notebooks", "figures", "page"]
Profile = Literal[
    "double", "single", "slide"
]  # those of analysis.figures.style, which loads slowly
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with the texts.")]
OfTexts = Annotated[Path, typer.Option(metavar="FOLDER", help="The folder with the texts.")]
Processes = Annotated[
    int,
    typer.Option(
        min=1, help="How many processes annotate in parallel; worthwhile for 100,000+ new words."
    ),
]
Gold = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="The folder of reference labels, if any."),
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where to write; created if missing.")]


def main() -> None:
    """Run the command that is named on the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # for terminals that cannot show every script
    app(prog_name="python -m analysis")


@app.command(
    epilog=_EXIT,
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
        bool, typer.Option("--add", help="Append files not yet listed to the existing list.")
    ] = False,
    codebook: Annotated[
        Literal["empty", "six"] | None,
        typer.Option(help="Write a codebook and a gazetteer to start from."),
    ] = None,
) -> None:
    """Write a list of interviews, or files to start from, and say what they contain."""
    with _faults_in_one_sentence():
        from analysis.sources.interviews import LIST_OF_INTERVIEWS
        from analysis.sources.proposal import write_list
        from analysis.study.starting import write_starters

        place = _there(folder) / LIST_OF_INTERVIEWS
        if codebook:
            _say(*write_starters(folder, codebook))
            if place.exists() and not add:
                return
        proposals = write_list(folder, add=add)
        for one in proposals:
            if one.fault is not None:
                _say(f"left out: {one.fault}")
                continue
            interview = one.interview
            _say(f"listed: {interview.file} as {interview.id}, layout {interview.layout}")
            _say(*(f"not sure: {doubt}" for doubt in one.doubts), indent="  ")
        listed = sum(one.fault is None for one in proposals)
        _say(
            f"Listed in {place}: {listed} of {len(proposals)} files. Read its comments, then: "
            f"python -m analysis check {folder}"
            if listed
            else f"Nothing to add: {place} is unchanged."
        )


@app.command(
    epilog=_EXIT,
    help="""Show how each interview in FOLDER would be split; nothing is written.

Each row is one utterance: its role, who speaks, and how it begins. "boilerplate" is page furniture,
which is set aside and not counted. Lines beginning with "look:" point out what may be wrong. If
there is no interviews.toml, the list that "new" would write is used. NO_COLOR turns colours off;
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
        typer.Option(min=0, help="How many utterances of each interview to show; 0 shows all."),
    ] = 30,
) -> None:
    """Print a preview of each interview, and continue after one that cannot be used."""
    with _faults_in_one_sentence():
        from rich.console import Console

        from analysis.files import SourceError
        from analysis.names.gazetteer import gazetteer_of
        from analysis.sources.check import check_interviews
        from analysis.sources.interviews import LIST_OF_INTERVIEWS, read_interviews
        from analysis.sources.proposal import unlisted
        from analysis.study.preview import preview
        from analysis.themes.codebook import indicators_of

        # In a file or a pager there is no width to keep to.
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
        splits = []
        for split in check_interviews(_there(folder)):
            console.print(preview(split, rows))
            splits.append(split)
        faulty = sum(split.fault is not None for split in splits)
        for read in (gazetteer_of, indicators_of):
            try:
                read(folder)
            except SourceError as error:
                _say(f"cannot be used: {error}")
                faulty += 1
        doubtful = sum(bool(split.warnings) for split in splits)
        _say(
            f"Interviews: {len(splits)}; cannot be used: {faulty}; with points to check:"
            f" {doubtful}."
        )
        if (folder / LIST_OF_INTERVIEWS).exists() and (
            more := unlisted(folder, read_interviews(folder))
        ):
            names = [path.name for path in more[:5]] + ["…"] * (len(more) > 5)
            _say(f"Files not in the list: {len(more)} ({', '.join(names)}).")
    if faulty:
        raise typer.Exit(1)


@app.command(
    epilog=_EXIT,
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
        Path | None, typer.Argument(metavar="[FOLDER]", help="The folder with the texts.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write; required with FOLDER."),
    ] = None,
    only: Annotated[
        Step | None,
        typer.Option(help="Run only this part of the repository's study."),
    ] = None,
    profile: Annotated[
        Profile,
        typer.Option(
            help="What the figures are for; single and slide are written to DIR-single, DIR-slide.",
        ),
    ] = "double",
    notebook: Annotated[
        bool, typer.Option(help="Run study.ipynb, which computes everything again.")
    ] = True,
    gold: Gold = None,
    pair: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="THEME THEME",
            help="Test whether these two themes co-occur, instead of the codebook's pair.",
        ),
    ] = None,
    processes: Processes = 1,
) -> None:
    """Run the study of a folder, or of the repository."""
    if (folder is None) != (out is None):
        raise typer.BadParameter("Give FOLDER and --out DIR together, or neither.")
    if folder is not None and only:
        raise typer.BadParameter("--only is for the study of the repository, without FOLDER.")
    if folder is None and (gold or pair):
        raise typer.BadParameter("--gold and --pair are for the study of a FOLDER.")
    with _faults_in_one_sentence():
        if folder is None or out is None:
            _study_of_the_repository(only, profile)
        else:
            corpus = _opened(folder, out, gold, pair, processes=processes)
            _study_of_a_folder(corpus, out, profile, notebook=notebook)


@app.command(
    epilog=_EXIT,
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
    kind: Annotated[Format, typer.Option("--format", help="The format of the files.")] = "csv",
    gold: Gold = None,
    processes: Processes = 1,
) -> None:
    """Write the tables of a folder."""
    with _faults_in_one_sentence():
        from analysis.files import write_files
        from analysis.study.contents import say_left_out
        from analysis.study.exchange import exchange_files

        corpus = _opened(folder, out, gold, processes=processes)
        _say(*write_files(exchange_files(corpus, kind), out))
        if not corpus.has_codebook:
            _tell(say_left_out("themes"))


@app.command(
    "import",
    epilog=_EXIT,
    help="""Import what was coded in another program and saved as REFI-QDA (.qdpx, .qdc).

From a project (.qdpx), each coder becomes a file DIR/<coder>.tsv; placed in the folder "coders" of
the reference labels, it adds a coder. The texts must be those exported by this program; a
code is treated as the theme of the same name. From a codebook (.qdc), or with --codebook, the codes
become DIR/codebook.toml. Existing files are never replaced.

\b
Examples:
  python -m analysis import coded.qdpx --folder interviews --out labels/coders
  python -m analysis import codes.qdc --folder interviews --out interviews""",
)
def take_over(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .qdpx or .qdc file.")],
    out: Out,
    folder: OfTexts = Path("seeds"),
    codebook: Annotated[bool, typer.Option("--codebook", help="Import only the codes.")] = False,
) -> None:
    """Write the codings, or the codebook, made in another program."""
    with _faults_in_one_sentence():
        from analysis.corpus import load_corpus
        from analysis.study.exchange import import_refi

        _say(*import_refi(file, load_corpus(folder), out, codebook=codebook))


@app.command(
    epilog=_EXIT,
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
        list[str] | None, typer.Argument(metavar="FIGURES", help="Figures, such as 11 or keywords.")
    ] = None,
    tables: Annotated[list[str] | None, typer.Option(help="A table; may be repeated.")] = None,
    folder: OfTexts = Path("seeds"),
    gold: Gold = None,
    profile: Annotated[
        Literal["double", "single"],
        typer.Option(help="The width of the page, or of one of two columns."),
    ] = "double",
) -> None:
    """Write a folder for a paper."""
    with _faults_in_one_sentence():
        from analysis.corpus import load_corpus
        from analysis.files import write_files
        from analysis.study.writeup import writeup_of

        corpus = load_corpus(_there(folder), gold)
        written = write_files(writeup_of(corpus, [*(figures or ()), *(tables or ())], profile), out)
        _say(f"The paper: {out / 'paper.tex'}, with {len(written)} files")


def _study_of_a_folder(corpus: Corpus, out: Path, profile: Profile, *, notebook: bool) -> None:
    from analysis.files import write_files
    from analysis.study.contents import left_out
    from analysis.study.run import of_folder

    files = of_folder(corpus, out, profile, run=notebook, tell=_tell)
    paths = write_files(files, out.absolute().parent)
    _tell(*left_out(corpus))
    if profile == "double":
        _say(f"The study as one page: {out / 'study.html'}")
    _say(f"Figures: {out.with_name(paths[0].parent.name) / 'index.html'}")
    if profile == "double":
        made = any(path.suffix == ".ipynb" for path in paths)
        kept = "the existing one has been changed, so it is kept."
        _say(f"Notebook: {out / 'study.ipynb' if made else kept}")


def _study_of_the_repository(only: Step | None, profile: Profile) -> None:
    from analysis.annotation.tokens import load_page_tokens, load_tokens
    from analysis.files import settle, write_files
    from analysis.study.run import repository

    settle(Path())
    _tell("Annotating what is new …")
    load_tokens("seeds")
    load_page_tokens("seeds")
    files, _ = repository(Path(), only, profile)
    write_files(files, Path())
    if only in (None, "notebooks"):
        _say("Notebooks: notebooks/ (open them with: make lab)")
    pages = {"index.html": "Figures", "study.html": "The whole study as one page"}
    _say(*(f"{pages[last]}: {name}" for name in files if (last := Path(name).name) in pages))


def _opened(
    folder: Path,
    out: Path,
    gold: Path | None,
    pair: tuple[str, str] | None = None,
    *,
    processes: int,
) -> Corpus:
    """Annotate and store new texts, once it is clear that everything can be read and written."""
    from analysis.annotation.tokens import iter_tokens
    from analysis.corpus import load_corpus
    from analysis.files import SourceError, settle
    from analysis.study.run import check_inputs, check_out

    corpus = load_corpus(_there(folder), gold, pair)
    check_out(out)
    check_inputs(corpus)
    settle(out.absolute().parent)
    try:
        corpus.utterances  # noqa: B018 - every interview is split
    except SourceError:
        _say_all_faults(corpus.folder)
    _tell("Annotating what is new …")
    for _ in iter_tokens(corpus.folder, processes=processes):
        pass
    return corpus


def _say_all_faults(folder: Path) -> NoReturn:
    """Say why each unusable interview cannot be used, and stop."""
    from analysis.sources.check import check_interviews

    splits = list(check_interviews(folder))
    faults = [split.fault for split in splits if split.fault is not None]
    _tell(
        *faults,
        f"Stopped: {len(faults)} of {len(splits)} interviews cannot be used. Correct them or remove"
        f" them from the list; python -m analysis check {folder} shows them all.",
    )
    raise typer.Exit(1)


def _there(folder: Path) -> Path:
    from analysis.files import SourceError

    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder; name the one with the texts.")
    return folder


def _say(*sentences: object, indent: str = "", err: bool = False) -> None:
    """Print each sentence on its own line, without the control characters of terminals."""
    from analysis.files import visible

    for sentence in sentences:
        typer.echo(indent + visible(str(sentence)), err=err)


def _tell(*sentences: str) -> None:
    """Print something that is not a result, on standard error."""
    _say(*sentences, err=True)


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
        _tell("Interrupted. What is finished is kept; run the command again to continue.")
        raise typer.Exit(130) from None
    except Exception as error:
        from analysis.files import SourceError

        if not isinstance(error, SourceError):
            raise
        _tell(f"Stopped: {error}")
        raise typer.Exit(1) from None
