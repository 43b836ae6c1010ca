"""What benchmarks/themes.csv says of the codebook is what the code computes now."""

import importlib.util
import sys

import numpy as np
import pandas as pd
import pytest

from analysis.agreement.themes import coding_agreement

NUMBERS = ["precision", "recall", "f1", "kappa", "kappa_low", "kappa_high", "kappa_second"]


@pytest.fixture(scope="module")
def benchmark(request):
    path = request.config.rootpath / "benchmarks" / "themes.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_themes", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def stored(request):
    return pd.read_csv(request.config.rootpath / "benchmarks" / "themes.csv")


@pytest.fixture(scope="module")
def study(benchmark):
    return benchmark.load_study()


def test_the_codebooks_rows_are_what_the_code_computes(benchmark, stored, study):
    fresh = pd.concat(
        [benchmark.agreement(study, *one) for one in benchmark.with_a_codebook(study)],
        ignore_index=True,
    )
    rows = stored[stored["needs"] == "list"].reset_index(drop=True)
    hint = "the codebook or the coding has changed: run benchmarks/themes.py again"
    assert rows[["method", "theme"]].equals(fresh[["method", "theme"]]), hint
    np.testing.assert_allclose(rows[NUMBERS], fresh[NUMBERS], atol=1e-4, err_msg=hint)
    assert rows["method"].nunique() == 3


def test_every_method_has_a_row_for_each_theme_and_one_over_all(stored, study):
    themes = [*study.book["theme"], "all"]
    assert (
        stored.groupby("method", sort=False)["theme"].agg(list).map(lambda one: one == themes).all()
    )
    assert set(stored["needs"]) == {"list", "labels", "nothing"}
    assert (stored.groupby("method")["needs"].nunique() == 1).all()


def test_its_numbers_can_be_so(stored):
    shares = stored[["precision", "recall", "f1", "average_precision"]]
    assert (shares.isna() | shares.ge(0) & shares.le(1)).all(axis=None)
    kappas = stored[["kappa_low", "kappa", "kappa_high"]].dropna()
    assert len(kappas) > len(stored) / 2
    assert kappas.apply(lambda row: row.is_monotonic_increasing, axis=1).all()
    assert kappas.le(1).all(axis=None)
    f1 = 2 / (1 / stored["precision"] + 1 / stored["recall"])
    np.testing.assert_allclose(stored["f1"], f1.where(stored["f1"] > 0, stored["f1"]), atol=5e-4)


def test_the_page_says_what_the_table_says(request, stored):
    page = (request.config.rootpath / "benchmarks" / "themes.md").read_text(encoding="utf-8")
    for row in stored[stored["theme"] == "all"].itertuples():
        line = next(line for line in page.splitlines() if line.startswith(f"| {row.method} | "))
        cells = [cell.strip() for cell in line.split("|")]
        assert [float(cell) for cell in cells[3:7]] == pytest.approx(
            [row.precision, row.recall, row.f1, row.kappa], abs=0.0051
        )


def test_its_kappa_is_that_of_the_library(benchmark):
    units = pd.DataFrame({"interview": "a", "utterance": range(8), "sentence": 0})
    one, two = units.iloc[:5].assign(theme="rain"), units.iloc[3:6].assign(theme="rain")
    matrices = [benchmark.flags(units, coded, ["rain"]) for coded in (one, two)]
    wanted = coding_agreement(units, one, two, ["rain"])["kappa"].iloc[-1]
    assert benchmark.kappa(*matrices) == pytest.approx(wanted)


def test_what_is_chosen_elsewhere_does_not_see_the_labels_it_is_scored_on(benchmark, study):
    """Turn the labels of one interview round: what is given to that interview stays as it was."""
    scores = np.random.default_rng(1).random(study.truth.shape).round(1)
    here = study.units["interview"].eq("tiff").to_numpy()
    turned = study._replace(truth=np.where(here[:, None], ~study.truth, study.truth))
    for given in (
        lambda one: benchmark.cut(one, scores),
        lambda one: benchmark.chosen_elsewhere(one, [scores > 0.2, scores > 0.5, scores > 0.8]),
    ):
        before, after = given(study), given(turned)
        assert (before[here] == after[here]).all()
        assert (before[~here] != after[~here]).any()
