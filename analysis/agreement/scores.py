"""Measures of agreement, for names, themes and anything else that is right or wrong."""

from __future__ import annotations

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
    """Compute Cohen's kappa of two coders who say yes or no.

    Parameters
    ----------
    counts : along the last axis, how often both say yes, only the first, only the second, neither.

    Examples
    --------
    >>> float(kappa_of([20, 5, 10, 15]).round(6))
    0.4
    """
    both, only_one, only_two, neither = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    units = both + only_one + only_two + neither
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = (
            (both + only_one) * (both + only_two) + (neither + only_one) * (neither + only_two)
        ) / units**2
        kappa = ((both + neither) / units - chance) / (1 - chance)
    varied = (units > both) & (units > neither)
    return np.where(varied, kappa, np.nan)


def alpha_of(yes: Any, no: Any, differ: Any) -> Floats:
    """Compute Krippendorff's alpha of coders who say yes or no.

    Parameters
    ----------
    yes, no : how often each was said, of units with two coders or more.
    differ : sum over these units of yes times no over coders less one; for two coders, the units
        on which they differ.

    Examples
    --------
    >>> float(alpha_of(55, 45, 15).round(3))
    0.4
    """
    yes, no = np.asarray(yes, dtype=np.float64), np.asarray(no, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = 1 - (yes + no - 1) * differ / (yes * no)
    return np.where((yes > 0) & (no > 0), alpha, np.nan)


def jackknife(values: Floats, without: Floats) -> tuple[Floats, Floats]:
    """Bound measures of agreement by leaving out one utterance at a time; 95%, cut at 1.

    Parameters
    ----------
    values : one for each theme.
    without : the same without each utterance (row).
    """
    utterances = len(without)
    if utterances < 2:
        return np.full_like(values, np.nan), np.full_like(values, np.nan)
    error = np.sqrt((utterances - 1) * without.var(axis=0))
    reach = np.where(error > 1e-12, stdtrit(utterances - 1, 0.975) * error, np.nan)
    return values - reach, np.minimum(values + reach, 1.0)
