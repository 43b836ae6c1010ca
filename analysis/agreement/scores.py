"""Measures of agreement, for names, themes and anything else that is right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import stdtrit

from analysis.statistics import Floats


def precision_recall_f1(right: Any, found: Any, true: Any) -> tuple[Floats, Floats, Floats]:
    """Score what was found against what is true; NaN where there is nothing to be right about.

    Parameters
    ----------
    right, found, true : numbers, or arrays of them: both found and true, all found, all true.

    Examples
    --------
    >>> [float(score) for score in precision_recall_f1(4, 8, 5)]
    [0.5, 0.8, 0.6153846153846154]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        right, found, true = (np.asarray(one, dtype=np.float64) for one in (right, found, true))
        return right / found, right / true, 2 * right / (found + true)


def kappa_of(counts: Any) -> Floats:
    """Compute Cohen's kappa for two coders who say yes or no.

    Parameters
    ----------
    counts : along the last axis, how often both say yes, only the first, only the second, neither.

    Examples
    --------
    >>> float(kappa_of([20, 5, 10, 15]).round(6))
    0.4
    """
    both, only_one, only_two, neither = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    # (p_o - p_e) / (1 - p_e), multiplied out.
    apart = (both + only_one) * (only_one + neither) + (both + only_two) * (only_two + neither)
    with np.errstate(invalid="ignore"):
        return 2 * (both * neither - only_one * only_two) / apart


def alpha_of(counts: Any) -> Floats:
    """Compute Krippendorff's alpha for coders who say yes or no.

    Parameters
    ----------
    counts : along the last axis, how many codings of units with two or more coders say yes, how
        many say no, and the sum over these units of yes * no / (coders - 1); for two coders, the
        last is the number of units on which they differ.

    Examples
    --------
    >>> float(alpha_of([55, 45, 15]).round(3))
    0.4
    """
    yes, no, differ = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    with np.errstate(invalid="ignore"):
        return 1 - (yes + no - 1) * differ / (yes * no)


def bounded(name: str, measure: Callable[[Any], Floats], counts: Any) -> dict[str, Floats]:
    """Measure agreement, with its 95% interval from leaving out one utterance at a time.

    Parameters
    ----------
    name : of the measure; `_low` and `_high` are added for the ends of the interval (cut at 1).
    measure : `kappa_of` or `alpha_of`.
    counts : what it counts, with a row for each utterance.
    """
    values, without = measure(counts.sum(axis=0)), measure(counts.sum(axis=0) - counts)
    reach = np.full_like(values, np.nan)
    if len(counts) > 1:
        error = np.sqrt((len(counts) - 1) * without.var(axis=0))
        reach = np.where(error > 1e-12, stdtrit(len(counts) - 1, 0.975) * error, np.nan)
    ends = values - reach, np.minimum(values + reach, 1.0)
    return {name: values, f"{name}_low": ends[0], f"{name}_high": ends[1]}
