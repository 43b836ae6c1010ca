"""What is drawn is what the table says, at the size that is promised, in bytes that do not change."""

import hashlib
import html
import itertools
import json
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis import SourceError, load_interviews, load_tokens, load_utterances, plots
from analysis.entities import entities
from analysis.export import export, input_hashes, render
from analysis.figures import StudyFigure, films, names, names_together, study_figures


@pytest.fixture(scope="module")
def figures():
    return study_figures("seeds")


@pytest.fixture(scope="module")
def exported(figures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    export(figures, folder, input_hashes("seeds"))
    return folder


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_a_second_export_is_the_figures_folder_byte_for_byte(exported, root):
    assert hashes(exported) == hashes(root / "figures"), "run: make figures"


def test_figures_made_anew_have_the_same_bytes(figures):
    again = study_figures("seeds")
    for number, (one, two) in enumerate(zip(figures, again, strict=True), 1):
        assert render(one, number) == render(two, number), one.slug


def test_each_figure_has_its_four_files_and_its_entry(figures, exported):
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    assert index["inputs"] == input_hashes("seeds")
    assert len(index["figures"]) == len(figures)
    for number, (figure, entry) in enumerate(zip(figures, index["figures"], strict=True), 1):
        stem = f"{number:02d}-{figure.slug}"
        assert list(entry["files"]) == [f"{stem}.{suffix}" for suffix in ("svg", "pdf", "png", "csv")]
        for name, digest in entry["files"].items():
            assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == digest
        assert entry["caption"] == figure.caption
        assert entry["alt"] == figure.alt


def test_sizes_are_those_of_the_column_in_mm(figures, exported):
    for number, figure in enumerate(figures, 1):
        width = figure.figure.get_size_inches()[0] * 25.4
        assert any(abs(width - column) < 0.01 for column in (plots.SINGLE, plots.DOUBLE))
        stem = exported / f"{number:02d}-{figure.slug}"
        svg = stem.with_suffix(".svg").read_text(encoding="utf-8")
        points = float(re.search(r'<svg[^>]*\bwidth="([\d.]+)pt"', svg)[1])
        assert abs(points * 25.4 / 72 - width) < 0.1
        box = re.search(rb"/MediaBox \[ ?([\d. ]+)\]", stem.with_suffix(".pdf").read_bytes())[1].split()
        assert abs(float(box[2]) * 25.4 / 72 - width) < 0.1
        assert plt.imread(stem.with_suffix(".png")).shape[1] == pytest.approx(width / 25.4 * 300, abs=1)


def test_the_csv_is_the_table(figures, exported):
    for number, figure in enumerate(figures, 1):
        written = pd.read_csv(exported / f"{number:02d}-{figure.slug}.csv")
        assert list(written.columns) == list(figure.table.columns)
        assert len(written) == len(figure.table)
        for column in figure.table.select_dtypes("number"):
            expected = figure.table[column].astype("float64").to_list()
            assert written[column].to_list() == pytest.approx(expected, rel=1e-8, nan_ok=True)


def drawn_at(figure: Figure, dpi: int):
    """Draw a figure as an export would, and return the renderer that knows where everything lies."""
    figure.set_dpi(dpi)
    with mpl.rc_context(plots.STYLE):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    return canvas.get_renderer()


def texts(figure: Figure):
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_major_ticks()
            hidden |= {tick.label1 for tick in ticks if not (ax.axison and low <= tick.get_loc() <= high)}
    return [
        text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible() and text not in hidden
    ]


def test_text_lies_inside_the_canvas_and_is_no_smaller_than_7_points(figures):
    for figure, dpi in itertools.product(figures, (72, 100, 300)):
        renderer = drawn_at(figure.figure, dpi)
        for text in texts(figure.figure):
            assert text.get_fontsize() >= 7, (figure.slug, text.get_text())
            box = text.get_window_extent(renderer)
            width, height = figure.figure.bbox.max
            assert box.x0 >= -0.5, (figure.slug, text.get_text())
            assert box.y0 >= -0.5, (figure.slug, text.get_text())
            assert box.x1 <= width + 0.5, (figure.slug, text.get_text())
            assert box.y1 <= height + 0.5, (figure.slug, text.get_text())


def test_nothing_is_cut_at_the_edge_of_the_exported_picture(exported):
    for path in exported.glob("*.png"):
        pixels = plt.imread(path)[:, :, :3]
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert (edge == 1).all(), path.name


def test_labels_do_not_overlap(figures):
    for figure in figures:
        renderer = drawn_at(figure.figure, 100)
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts(figure.figure)]
        for i, (one, box) in enumerate(boxes):
            for other, another in boxes[i + 1 :]:
                assert not box.overlaps(another), (figure.slug, one, other)


def test_words_of_a_cloud_do_not_overlap_and_have_their_colour(figures):
    clouds = named(figures, "word-clouds")
    drawn_at(clouds.figure, 100)
    assert clouds.table["size"].min() >= 6.9, "in pt"
    assert (clouds.table["size"] ** 2 / clouds.table["rate"]).pipe(lambda area: area.max() / area.min()) < 1.1
    palette = plots.colours(list(load_interviews("seeds")["interview"]))
    assert sum(len(ax.patches) for ax in clouds.figure.axes) == len(clouds.table)
    for ax, (interview, colour) in zip(clouds.figure.axes, palette.items(), strict=True):
        assert len(ax.patches) == (clouds.table["interview"] == interview).sum()
        boxes = [patch.get_window_extent() for patch in ax.patches]
        inks = [patch.get_transform().transform_path(patch.get_path()) for patch in ax.patches]
        frame = ax.get_window_extent().padded(1)
        for i, box in enumerate(boxes):
            assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
            for ink, other in zip(inks[i + 1 :], boxes[i + 1 :], strict=True):
                assert not (box.overlaps(other) and inks[i].intersects_path(ink))
        assert {plots.mpl.colors.to_hex(patch.get_facecolor()).upper() for patch in ax.patches} == {colour}


def test_bars_of_the_ribbons_are_the_table(figures):
    ribbons = next(figure for figure in figures if figure.slug == "voices")
    for ax, (_, rows) in zip(ribbons.figure.axes, ribbons.table.groupby("interview", sort=False), strict=True):
        drawn = sorted(
            (round(path.vertices[:, 0].min()), round(path.vertices[:, 0].max()))
            for collection in ax.collections
            for path in collection.get_paths()
        )
        assert drawn == sorted(zip(rows["start"], rows["end"], strict=True))


def named(figures, slug):
    return next(figure for figure in figures if figure.slug == slug)


def marks(ax):
    return sorted(
        (round(float(x), 6), round(float(y), 6))
        for line in ax.lines
        if line.get_marker() not in ("None", "")
        for x, y in zip(*line.get_data(), strict=True)
    )


def test_markers_and_intervals_of_the_rates_are_the_table(figures):
    pair = named(figures, "frequent-words")
    ax = pair.figure.axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == pair.table["term"].to_list()
    assert sorted((x, round(y)) for x, y in marks(ax)) == sorted(
        (round(rate, 6), row) for name in ("indiewire", "tiff") for row, rate in enumerate(pair.table[f"rate_{name}"])
    )
    drawn = sorted(tuple(path.vertices[:, 0].round(6)) for lines in ax.collections for path in lines.get_paths())
    expected = pd.concat(
        [pair.table[[f"rate_low_{name}", f"rate_high_{name}"]].dropna().set_axis(["low", "high"], axis=1)
         for name in ("indiewire", "tiff")]
    )  # fmt: skip
    assert drawn == sorted(map(tuple, expected.round(6).to_numpy()))


def test_markers_of_the_keywords_are_the_table(figures):
    apart = named(figures, "keywords")
    drawn = [y for x, y in marks(apart.figure.axes[0]) if abs(y) < 8]
    assert sorted(drawn) == sorted(apart.table["log_ratio"].round(6))
    written = {text.get_text() for text in apart.figure.axes[0].texts}
    assert set(apart.table["terms"]) <= written
    filled = [
        line
        for line in apart.figure.axes[0].lines
        if line.get_marker() in "os" and line.get_markerfacecolor() != "white"
    ]
    assert len(filled) == apart.table["found"].sum()


def test_bars_of_the_vocabularies_are_the_table(figures):
    parts = named(figures, "vocabularies")
    for ax, kind in zip(parts.figure.axes, ["only indiewire", "shared", "only tiff"], strict=True):
        rows = parts.table[parts.table["vocabulary"] == kind]
        assert [label.get_text() for label in ax.get_yticklabels()] == rows["term"].to_list()
        expected = [rate for name in ("indiewire", "tiff") for rate in rows[f"rate_{name}"] if rate]
        assert sorted(round(bar.get_width(), 6) for bar in ax.patches) == sorted(round(rate, 6) for rate in expected)


def test_strokes_of_the_dispersion_are_the_table(figures):
    check_strokes(named(figures, "dispersion"))
    check_strokes(named(figures, "films"))


def check_strokes(falls):
    for ax, (_, rows) in zip(falls.figure.axes, sorted(falls.table.groupby("interview")), strict=True):
        strokes = [path.vertices[0, 0] for path in ax.collections[-1].get_paths()]
        assert sorted(round(x, 6) for x in strokes) == sorted(rows["position"].dropna().round(6))


def test_markers_of_the_names_are_the_table(figures):
    dots = named(figures, "names")
    order = [label.get_text() for label in dots.figure.axes[0].get_yticklabels()]
    assert order == list(dict.fromkeys(dots.table["canonical"]))
    for ax, column in zip(dots.figure.axes, ("count", "rate"), strict=True):
        assert sorted((x, round(y)) for x, y in marks(ax)) == sorted(
            (round(float(value), 6), order.index(name))
            for value, name in zip(dots.table[column], dots.table["canonical"], strict=True)
        )


def test_rates_of_the_names_are_per_thousand_words_of_the_voice(figures):
    table = named(figures, "names").table
    assert table.groupby(["interview", "voice"])["words"].first().to_dict() == {
        ("indiewire", "interviewee"): 907,
        ("indiewire", "others"): 1340 - 907,
        ("tiff", "interviewee"): 197,
        ("tiff", "others"): 566 - 197,
    }
    assert table["rate"].to_list() == pytest.approx((1000 * table["count"] / table["words"]).to_list())
    assert (table["rate_low"] <= table["rate"]).all() and (table["rate"] <= table["rate_high"]).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kept", [[], ["tiff"]])
def test_an_interview_that_names_nobody_has_its_figures(kept):
    interviews, tokens = load_interviews("seeds"), load_tokens("seeds")
    found = entities(load_utterances("seeds"), tokens)
    some = found[found["interview"].isin(kept)]
    for figure in (names(interviews, tokens, some), names_together(interviews, some), films(interviews, tokens, some)):
        assert set(figure.table["interview"]) <= {*kept}
        assert all(render(figure, 1).values())
        assert not figure.alt.endswith(": .") and "  " not in figure.alt


def test_cells_of_the_matrix_are_the_table(figures):
    matrix = named(figures, "names-together")
    ax = matrix.figure.axes[0]
    order = [label.get_text() for label in ax.get_yticklabels()]
    assert order == [label.get_text() for label in ax.get_xticklabels()]
    drawn = sorted((round(text.get_position()[0]), round(text.get_position()[1]), text.get_text()) for text in ax.texts)
    expected = []
    for row in matrix.table.itertuples(index=False):
        low, high = sorted((order.index(row.first), order.index(row.second)))
        expected.append(
            (low, high, str(row.together)) if row.interview == "indiewire" else (high, low, str(row.together))
        )
    assert drawn == sorted(expected)


def example(slug: str = "x", alt: str = "Alt.") -> StudyFigure:
    figure = plots.figure(plots.SINGLE, 40)
    figure.subplots().plot([0, 1])
    return StudyFigure(slug, "<b>Title</b>", figure, pd.DataFrame({"a": [1]}), "A & B <script>", alt)


def test_what_comes_out_of_a_source_is_escaped(tmp_path):
    export([example("../../<Évil> name", alt='"><script>alert(1)</script>')], tmp_path / "out", {"<in>": "&"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"], "nothing is written outside"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {*(f"01-vil-name.{suffix}" for suffix in ("svg", "pdf", "png", "csv")), "index.json", "index.html"}
    for name in ("index.html", "01-vil-name.svg"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "<script>" not in text
        assert html.escape('"><script>alert(1)</script>') in text


def test_a_fault_leaves_the_earlier_export_as_it_was(tmp_path):
    export([example()], tmp_path, {})
    before = hashes(tmp_path)
    broken = example()
    broken.figure.savefig = None
    with pytest.raises(TypeError):
        export([example("y"), broken], tmp_path, {})
    assert hashes(tmp_path) == before


def test_a_disk_that_fills_up_leaves_the_earlier_export_as_it_was(tmp_path, monkeypatch):
    export([example()], tmp_path, {})
    before = hashes(tmp_path)
    write = Path.write_bytes

    def full(path, content):
        if path.suffix == ".csv":
            raise OSError(28, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SourceError, match="No space left"):
        export([example("y")], tmp_path, {})
    monkeypatch.undo()
    assert hashes(tmp_path) == before


def test_dollar_signs_are_text(tmp_path):
    interviews = pd.DataFrame({"interview": ["a"], "label": [r"$\\frac$ & <b>"]})
    assert plots.colours([str(n) for n in range(9)])["8"]
    figure = plots.dispersion_rows(
        pd.DataFrame({"interview": ["a"], "term": ["$5"], "position": [0.5]}), {"a": interviews["label"][0]}
    )
    figure.savefig(tmp_path / "x.svg")


def test_captions_say_of_how_many_words_and_alts_say_what_kind_of_chart(figures):
    kinds = {
        "voices": "Timelines",
        "frequent-words": "Dot plot",
        "keywords": "Scatter plot",
        "vocabularies": "bar charts",
        "dispersion": "Dispersion plot",
        "word-clouds": "word cloud",
        "names": "Dot plot",
        "names-together": "Matrix",
        "films": "Dispersion plot",
    }
    for figure in figures:
        assert kinds[figure.slug] in figure.alt
        assert re.search(r"\d", figure.alt), "the main contrast in numbers"
    for figure in figures[:4]:
        assert "907" in figure.caption and "197" in figure.caption, figure.slug
