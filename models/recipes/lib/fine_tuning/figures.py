"""How good a classifier is on examples that it has not seen, and whether another is better."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054
"""The standard normal's 97.5th percentile."""


@dataclass(frozen=True)
class Figures:
    """On held-out examples."""

    accuracy: float
    interval: tuple[float, float]
    """Of the accuracy, with 95 % confidence (Wilson)."""
    macro_f1: float
    loss: float
    confusion: list[list[int]]
    """``[label][said]``"""


def figures_of(said: Sequence[int], targets: Sequence[int], loss: float, labels: int) -> Figures:
    """From what was said of each example."""
    confusion = [[0] * labels for _ in range(labels)]
    for answer, target in zip(said, targets, strict=True):
        confusion[target][answer] += 1
    hits = sum(confusion[label][label] for label in range(labels))
    return Figures(hits / len(targets), wilson(hits, len(targets)), macro_f1(confusion), loss,
                   confusion)


def macro_f1(confusion: list[list[int]]) -> float:
    """Mean over the labels of F1; 0 for a label that was never said rightly."""
    scores = []
    for label, row in enumerate(confusion):
        true = row[label]
        others = sum(row) + sum(line[label] for line in confusion)
        scores.append(2 * true / others if others else 0.0)
    return sum(scores) / len(scores)


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The interval that holds a share with 95 % confidence (Wilson 1927,
    doi:10.1080/01621459.1927.10502953).
    """
    share = hits / trials
    scale = 1 / (1 + Z**2 / trials)
    centre = scale * (share + Z**2 / (2 * trials))
    half = scale * Z * math.sqrt(share * (1 - share) / trials + Z**2 / (4 * trials**2))
    return (0.0 if hits == 0 else centre - half, 1.0 if hits == trials else centre + half)


@dataclass(frozen=True)
class Paired:
    """Two classifiers on the same examples: how many only one of them gets right."""

    only_first: int
    only_second: int
    p: float
    """That so uneven a pair comes by chance, exact McNemar (doi:10.1007/BF02295996), two-sided."""


def paired(first: Sequence[int], second: Sequence[int], targets: Sequence[int]) -> Paired:
    """Compares what two classifiers said."""
    rights = [(a == target, b == target)
              for a, b, target in zip(first, second, targets, strict=True)]
    only_first, only_second = rights.count((True, False)), rights.count((False, True))
    trials = only_first + only_second
    tail = sum(math.comb(trials, k) for k in range(min(only_first, only_second) + 1))
    return Paired(only_first, only_second, min(1.0, 2 * tail / 2**trials))
