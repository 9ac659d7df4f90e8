"""Sentence pairs and which of them are held out."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NOT_WORDS = re.compile(r"[^\w\s]")


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation."""

    english: str
    spanish: str


@dataclass(frozen=True)
class Split:
    """Pairs to learn from, to choose by and to measure on."""

    train: list[Pair]
    validation: list[Pair]
    test: list[Pair]


def read_pairs(path: Path) -> list[Pair]:
    """Rows of ``English<TAB>Spanish``; columns after these are ignored."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [Pair(row[0].strip(), row[1].strip()) for row in rows]


def words(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return NOT_WORDS.sub(" ", text.lower()).split()


def related(pairs: list[Pair]) -> np.ndarray:
    """A number for each pair, the same for pairs that are linked by a shared side.

    Sides that differ in case and punctuation alone count as shared.
    """
    parents: dict[tuple[str, ...], tuple[str, ...]] = {}

    def root(side: tuple[str, ...]) -> tuple[str, ...]:
        while parents.setdefault(side, side) != side:
            parents[side] = parents[parents[side]]
            side = parents[side]
        return side

    sides = [(("en", *words(pair.english)), ("es", *words(pair.spanish))) for pair in pairs]
    for english, spanish in sides:
        parents[root(english)] = root(spanish)
    numbers: dict[tuple[str, ...], int] = {}
    return np.array([numbers.setdefault(root(english), len(numbers)) for english, _ in sides])


def split_pairs(pairs: list[Pair], validation: int, test: int, seed: int) -> Split:
    """Chosen by chance, one pair of each group of related ones.

    Nothing related to a held-out pair is learnt from.
    """
    groups = related(pairs)
    order = np.random.default_rng(seed).permutation(len(pairs))
    first_of_group: dict[int, int] = {}
    for index in order:
        first_of_group.setdefault(int(groups[index]), int(index))
        if len(first_of_group) == validation + test:
            break
    held_out = list(first_of_group.values())
    return Split(
        [pair for pair, group in zip(pairs, groups, strict=True)
         if int(group) not in first_of_group],
        [pairs[index] for index in held_out[:validation]],
        [pairs[index] for index in held_out[validation:]],
    )
