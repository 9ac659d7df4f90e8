"""Which examples are held out: by the same random numbers as in Headlight, so that a classifier
that was trained there and one that was fine-tuned here are measured on the same lines.

(``src/math/random.ts`` and ``src/math/stratified.ts`` there.)
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

HELD_OUT_SHARE = 0.2
"""Nothing is learnt from these, nor chosen by them."""
VALIDATION_SHARE = 0.15
"""Of the others: decides when to stop."""
WORD = 0xFFFFFFFF

T = TypeVar("T")


@dataclass(frozen=True)
class Split:
    """Indexes of examples, in order."""

    training: list[int]
    validation: list[int]
    held_out: list[int]


def random_numbers(seed: int) -> Callable[[], float]:
    """Numbers from 0 to 1: mulberry32 (Tommy Ettinger, 2017, public domain)."""
    state = seed & WORD

    def following() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & WORD
        mixed = ((state ^ (state >> 15)) * (1 | state)) & WORD
        mixed = ((mixed + ((mixed ^ (mixed >> 7)) * (61 | mixed))) & WORD) ^ mixed
        return ((mixed ^ (mixed >> 14)) & WORD) / 2**32
    return following


def shuffled(values: Sequence[T], random: Callable[[], float]) -> list[T]:
    """Every order as likely as another (Fisher and Yates)."""
    order = list(values)
    for at in range(len(order) - 1, 0, -1):
        other = math.floor(random() * (at + 1))
        order[at], order[other] = order[other], order[at]
    return order


def stratified_split(targets: Sequence[int], share: float,
                     random: Callable[[], float]) -> tuple[list[int], list[int]]:
    """Each class has its share on the second side, and at least one row on each."""
    first: list[int] = []
    second: list[int] = []
    for target in sorted(set(targets)):
        rows = [row for row, own in enumerate(targets) if own == target]
        order = shuffled(rows, random)
        # As JavaScript rounds: halves go up.
        wanted = min(len(rows) - 1, max(1, math.floor(share * len(rows) + 0.5)))
        second += order[:wanted]
        first += order[wanted:]
    return sorted(first), sorted(second)


def split(targets: Sequence[int], seed: int) -> Split:
    """Held out as in Headlight; what decides when to stop is taken from the others."""
    random = random_numbers(seed)
    rest, held_out = stratified_split(targets, HELD_OUT_SHARE, random)
    training, validation = stratified_split([targets[row] for row in rest], VALIDATION_SHARE,
                                            random)
    return Split([rest[at] for at in training], [rest[at] for at in validation], held_out)
