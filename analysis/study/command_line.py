"""The commands of `python -m analysis`. Each calls functions that can be called without it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from analysis.corpus import Corpus

# What takes long to load is imported where it is used, so that --help answers at once.
_EXIT = (
    "Exit code: 0 done, 1 a file cannot be used (one sentence says which and why), 2 wrong usage,"
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
Processes = Annotated[
    int,
    typer.Option(
        "--processes", min=1, help="How many annotate at once; pays from some 100,000 new words on."
    ),
]
Gold = Annotated[
    Path | None, typer.Option("--gold", metavar="DIR", help="The labels set by hand, if any.")
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Where to write; made if it is not there.")
]


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

It names the layout of each file where one is recognised. What is not sure, and what only you can
say (the interviewee above all), stands there as a comment. Texts are .txt, .text, .md, .markdown,
.vtt and .srt; what cannot be used is left out with the reason. A list that is there is never
replaced.

\b
Examples:
  python -m analysis new interviews
  python -m analysis new interviews --add    after more files were put there
  python -m analysis new interviews --codebook empty

--codebook also writes codebook.toml, without which there are no themes, and gazetteer.csv, the
names you know, both to be filled in: "empty" has an example behind #, "six" the themes of this
repository. Where the list is there, only these are written.""",
)
def new(
    folder: Folder,
    add: Annotated[
        bool, typer.Option("--add", help="Add files not yet listed below the list that is there.")
    ] = False,
    codebook: Annotated[
        Literal["empty", "six"] | None,
        typer.Option("--codebook", help="Write a codebook and a gazetteer to start from."),
    ] = None,
) -> None:
    """Write a list of interviews, or what to start from, and say what was put there."""
    with _faults_in_one_sentence():
        from analysis.files import visible
        from analysis.sources.interviews import LIST_OF_INTERVIEWS
        from analysis.sources.proposal import write_list
        from analysis.study.starting import write_starters

        if codebook:
            for sentence in write_starters(_there(folder), codebook):
                typer.echo(visible(sentence))
            if (folder / LIST_OF_INTERVIEWS).exists() and not add:
                return
        proposals = write_list(_there(folder), add=add)
        for one in proposals:
            if one.fault is not None:
                typer.echo(f"left out: {visible(one.fault)}")
                continue
            typer.echo(
                f"listed: {visible(one.interview.file)} as {one.interview.id}, layout"
                f" {one.interview.layout}"
            )
            for doubt in one.doubts:
                typer.echo(f"  not sure: {visible(doubt)}")
        listed = sum(one.fault is None for one in proposals)
        place = visible(str(folder / LIST_OF_INTERVIEWS))
        typer.echo(
            f"Listed in {place}: {listed} of {len(proposals)} files. Read its comments, then: "
            f"python -m analysis check {visible(str(folder))}"
            if listed
            else f"Nothing to add: {place} is as it was."
        )


@app.command(
    epilog=_EXIT,
    help="""Show how each interview in FOLDER would be split; nothing is written.

One row is one utterance: its role, who speaks, how it begins. "boilerplate" is page furniture,
which is set aside and not counted. Lines that begin with "look:" say what may be wrong. Without
interviews.toml the one that "new" would write is taken. Colours follow NO_COLOR, and are left out
where the output is no terminal.

\b
Examples:
  python -m analysis check interviews
  python -m analysis check interviews --rows 0 | less""",
)
def check(
    folder: Folder,
    rows: Annotated[
        int, typer.Option("--rows", min=0, help="Utterances shown of each interview; 0: all.")
    ] = 30,
) -> None:
    """Print the preview of each interview, also after one that cannot be used."""
    with _faults_in_one_sentence():
        from rich.console import Console

        from analysis.files import SourceError, visible
        from analysis.names.gazetteer import gazetteer_of
        from analysis.sources.check import check_interviews
        from analysis.sources.interviews import LIST_OF_INTERVIEWS, read_interviews
        from analysis.sources.proposal import unlisted
        from analysis.study.preview import preview
        from analysis.themes.codebook import indicators_of

        # Piped into a file or a pager there is no width to keep to.
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
        number = faulty = doubtful = 0
        for split in check_interviews(_there(folder)):
            console.print(preview(split, rows))
            number += 1
            faulty += split.fault is not None
            doubtful += bool(split.warnings)
        for read in (gazetteer_of, indicators_of):
            try:
                read(folder)
            except SourceError as error:
                typer.echo(f"cannot be used: {visible(str(error))}")
                faulty += 1
        typer.echo(
            f"Interviews: {number}; cannot be used: {faulty}; with something to look at:"
            f" {doubtful}."
        )
        if (folder / LIST_OF_INTERVIEWS).exists() and (
            more := unlisted(folder, read_interviews(folder))
        ):
            names = ", ".join(visible(path.name) for path in more[:5]) + (
                ", …" if len(more) > 5 else ""
            )
            typer.echo(f"Files that are not in the list: {len(more)} ({names}).")
    if faulty:
        raise typer.Exit(1)


@app.command(
    epilog=_EXIT,
    help="""Run the whole study of the interviews in FOLDER, and write it to DIR.

DIR gets study.html (all of it as one page, with an explorer of the passages), index.html (all
figures with captions and alternative texts), each figure as svg, pdf, png and csv, tables/ (csv,
Markdown, LaTeX), findings.md and findings.json (sentences with computed numbers),
names-to-check.csv (names that the gazetteer lacks), and data/ (utterances, tokens, entities,
codings, as Parquet). FOLDER/gazetteer.csv and FOLDER/codebook.toml are used if they are there;
without a codebook there are no themes. study.ipynb is a
notebook that shows all this and can be changed; one that was changed is not replaced. The
notebooks of this repository are about its two interviews and are not run for another folder.

Annotated texts are kept in FOLDER/.annotations: the same command continues after an
interruption, and only what is new is annotated.

Without FOLDER, in a clone of the repository: its own study, that is notebooks/, figures/ and
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
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write; goes with FOLDER.")
    ] = None,
    only: Annotated[
        Step | None,
        typer.Option("--only", help="Only this part of the study of the repository."),
    ] = None,
    profile: Annotated[
        Profile,
        typer.Option(
            "--profile",
            help="The page the figures are for; those not for print go to DIR-single, DIR-slide.",
        ),
    ] = "double",
    notebook: Annotated[
        bool, typer.Option(help="Run study.ipynb, which computes everything once more.")
    ] = True,
    gold: Gold = None,
    pair: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--pair",
            metavar="THEME THEME",
            help="Two themes whose meeting is asked about, instead of the codebook's pair.",
        ),
    ] = None,
    processes: Processes = 1,
) -> None:
    """Run the study of a folder, or that of the repository."""
    if (folder is None) != (out is None):
        raise typer.BadParameter("FOLDER and --out DIR go together, or neither is given.")
    if folder is not None and only:
        raise typer.BadParameter("--only is for the study of the repository, without FOLDER.")
    if folder is None and (gold or pair):
        raise typer.BadParameter("--gold and --pair are for the study of a FOLDER.")
    with _faults_in_one_sentence():
        if folder is None or out is None:
            _study_of_the_repository(only, profile)
        else:
            from analysis.corpus import load_corpus

            corpus = load_corpus(_there(folder), gold, pair)
            _study_of_a_folder(corpus, out, profile, processes, notebook=notebook)


@app.command(
    epilog=_EXIT,
    help="""Write the tables of the interviews in FOLDER to DIR, for other programs.

They are utterances (who said what), tokens (every word with its grammar), entities (who and what
is named) and, if there is FOLDER/codebook.toml, codings (sentences with their themes). Places
count characters of the decoded file.

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
    kind: Annotated[Format, typer.Option("--format", help="Of the files.")] = "csv",
    gold: Gold = None,
    processes: Processes = 1,
) -> None:
    """Write the tables of a folder."""
    with _faults_in_one_sentence():
        from analysis.corpus import load_corpus
        from analysis.files import visible, write_files
        from analysis.study.contents import say_left_out
        from analysis.study.exchange import FORMATS, exchange_files
        from analysis.study.export import data_files, data_tables

        corpus = load_corpus(_there(folder), gold)
        _annotated(corpus, out, processes)
        tables = data_tables(corpus)
        own = exchange_files(corpus, kind) if kind in FORMATS else data_files(tables, kind)
        for path in write_files(own, out):
            typer.echo(visible(str(path)))
        if not corpus.has_codebook:
            _tell(say_left_out("themes"))


@app.command(
    "import",
    epilog=_EXIT,
    help="""Take over what was coded in another program, which saved it as REFI-QDA (.qdpx, .qdc).

Of a project (.qdpx), each coder becomes a file DIR/<coder>.tsv; put into the folder "coders" of
the labels set by hand, it is one coder more. The texts must be those of an export from here; a
code is a theme if it has its name. Of a codebook (.qdc), or with --codebook, the codes become
DIR/codebook.toml. Nothing that is there is replaced.

\b
Examples:
  python -m analysis import coded.qdpx --folder interviews --out labels/coders
  python -m analysis import codes.qdc --folder interviews --out interviews""",
)
def take_over(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .qdpx or .qdc file.")],
    out: Out,
    folder: Annotated[
        Path, typer.Option("--folder", metavar="FOLDER", help="The folder with the texts.")
    ] = Path("seeds"),
    codebook: Annotated[bool, typer.Option("--codebook", help="Only the codes.")] = False,
) -> None:
    """Write codings, or a codebook, that come from another program."""
    with _faults_in_one_sentence():
        from analysis.corpus import load_corpus
        from analysis.files import visible
        from analysis.study.exchange import import_refi

        for sentence in import_refi(file, load_corpus(folder), out, codebook=codebook):
            typer.echo(visible(sentence))


@app.command(
    epilog=_EXIT,
    help="""Write a folder for a paper: figures, tables, numbers, references, LaTeX and Word files.

Figures are named by number or short name, tables by short name. DIR/paper.tex compiles and shows
how each is used: a figure or table is \\input, a number of the findings is \\finding{name}, with
the names in numbers.tex.

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
    tables: Annotated[
        list[str] | None, typer.Option("--tables", help="A table; may be given more than once.")
    ] = None,
    folder: Annotated[
        Path, typer.Option("--folder", metavar="FOLDER", help="The folder with the texts.")
    ] = Path("seeds"),
    gold: Gold = None,
    profile: Annotated[
        Literal["double", "single"],
        typer.Option("--profile", help="The width of the page, or one column of two."),
    ] = "double",
) -> None:
    """Write a folder for a paper."""
    with _faults_in_one_sentence():
        from analysis.corpus import load_corpus
        from analysis.files import visible, write_files
        from analysis.study.writeup import writeup_of

        corpus = load_corpus(_there(folder), gold)
        written = write_files(writeup_of(corpus, [*(figures or ()), *(tables or ())], profile), out)
        typer.echo(f"The paper: {visible(str(out / 'paper.tex'))}, with {len(written)} files")


def _study_of_a_folder(
    corpus: Corpus, out: Path, profile: Profile, processes: int, *, notebook: bool
) -> None:
    from analysis.files import visible, write_files
    from analysis.study.contents import left_out
    from analysis.study.run import of_folder

    _annotated(corpus, out, processes)
    files = of_folder(corpus, out, profile, run=notebook, tell=_tell)
    paths = write_files(files, out.absolute().parent)
    place = Path(os.path.relpath(paths[0].parent, out.absolute().parent))
    for sentence in left_out(corpus):
        _tell(visible(sentence))
    if profile == "double":
        typer.echo(f"The study as one page: {visible(str(out / 'study.html'))}")
    typer.echo(f"Figures: {visible(str(out.with_name(place.name) / 'index.html'))}")
    if any(path.suffix == ".ipynb" for path in paths):
        typer.echo(f"Notebook: {visible(str(out / 'study.ipynb'))}")
    elif profile == "double":
        typer.echo("Notebook: the one that is there was changed, so it is left as it is.")


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
        typer.echo("Notebooks: notebooks/ (open them with: make lab)")
    for name in files:
        if name.endswith("index.html"):
            typer.echo(f"Figures: {name}")
        elif name.endswith("study.html"):
            typer.echo(f"The whole study as one page: {name}")


def _annotated(corpus: Corpus, out: Path, processes: int) -> None:
    """Annotate and store what is new, once it is known that everything can be read and written."""
    from analysis.annotation.tokens import iter_tokens
    from analysis.files import SourceError, settle
    from analysis.study.run import check_inputs, check_out

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


def _say_all_faults(folder: Path) -> NoReturn:
    """Say of each interview that cannot be used why, and stop."""
    from analysis.files import visible
    from analysis.sources.check import check_interviews

    splits = list(check_interviews(folder))
    faults = [split.fault for split in splits if split.fault is not None]
    for fault in faults:
        _tell(visible(fault))
    _tell(
        f"Stopped: of {len(splits)} interviews {len(faults)} cannot be used. Correct them or take"
        f" them off the list; python -m analysis check {visible(str(folder))} shows all."
    )
    raise typer.Exit(1)


def _there(folder: Path) -> Path:
    from analysis.files import SourceError

    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder; name the one with the texts.")
    return folder


def _tell(sentence: str) -> None:
    """Say what is not a result beside the results."""
    typer.echo(sentence, err=True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM be what Ctrl-C is, so that kernels stop and nothing is torn."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _faults_in_one_sentence() -> Iterator[None]:
    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        _tell("Interrupted. What is finished is kept; the same command again continues from there.")
        raise typer.Exit(130) from None
    except Exception as error:
        from analysis.files import SourceError, visible

        if not isinstance(error, SourceError):
            raise
        _tell(f"Stopped: {visible(str(error))}")
        raise typer.Exit(1) from None
