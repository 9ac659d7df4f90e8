"""Rows for the encoder: masked words, sentence pairs, sentiment.

A row is [CLS] A [SEP] or [CLS] A [SEP] B [SEP]; segment 1 from the first token of B.
"""

from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from lib.corpus import Corpus
from lib.substitutes import SHORTEST, Substitutes

PAIRED = 0.7
"""Share of the rows that have a second segment."""
FOLLOWS, STRANGER = 0, 1
UNPAIRED = -1
NEAR = (6, 40)
"""How far away, in sentences, a stranger of the same passage may stand: one or the other."""
FIRST_WORD = 1000
"""Ids below are unused, special, or single characters."""
UNMASKED_LENGTHS = (16, 24, 32, 48, 64)
"""Tokens that a row has room for: one sentence, or as many as fit."""
CHANGED_ROWS, CHANGED_TOKENS = 0.1, 0.15
"""Share of the unmasked rows, and of the tokens in them, that become any word."""
PUT_ROWS, PUT_TOKENS = 0.8, 0.5
"""Share of the other rows, and of the nouns in them, for which a substitute is put."""


@dataclass(frozen=True)
class Special:
    """Ids of the special tokens."""

    cls: int
    sep: int
    mask: int
    pad: int
    vocabulary: int


def special_tokens(tokenizer: Tokenizer) -> Special:
    """By their names in BERT's vocabulary."""
    ids = [tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]", "[MASK]", "[PAD]")]
    return Special(*ids, vocabulary=tokenizer.get_vocab_size())


@dataclass(frozen=True)
class Shape:
    """Rows of one length; ``single`` rows hold one sentence a segment."""

    rows: int
    length: int
    single: bool


def shapes(tokens: int) -> list[Shape]:
    """The shapes that steps go through in turn, each of about ``tokens`` tokens.

    Mostly windows of 128; single sentences, which is what people select; and a few longer.
    """
    middle = Shape(max(2, tokens // 128), 128, single=False)
    short = Shape(max(2, tokens // 48), 48, single=True)
    long = Shape(max(1, tokens // 512), 512, single=False)
    return [middle, short, middle, middle, short, middle, middle, short,
            middle, middle, short, middle, middle, short, middle, long]


def random_row(corpus: Corpus, shape: Shape, generator: np.random.Generator,
               ) -> tuple[np.ndarray, np.ndarray, int]:
    """Segments A and B (perhaps empty) and ``FOLLOWS``, ``STRANGER`` or ``UNPAIRED``."""
    nothing = corpus.tokens[:0]
    first = int(generator.integers(corpus.sentences))
    passage = corpus.passage_of(first)
    room = shape.length - 3
    if generator.random() >= PAIRED or len(passage) < 2:
        end = first + 1 if shape.single else corpus.fit(first, passage.stop, room)
        return corpus.text(first, end)[:room], nothing, UNPAIRED
    first = min(first, passage.stop - 2)
    share = generator.uniform(0.15, 0.6)
    middle = first + 1 if shape.single else min(
        corpus.fit(first, passage.stop, int(room * share)), passage.stop - 1)
    follows = generator.random() < 0.5
    second, second_passage = middle, passage
    if not follows:
        second, second_passage = stranger(corpus, range(first, middle + 1), passage, generator)
    a = corpus.text(first, middle)[-room // 2:]
    left = room - len(a)
    end = second + 1 if shape.single else corpus.fit(second, second_passage.stop, left)
    return a, corpus.text(second, end)[:left], FOLLOWS if follows else STRANGER


def stranger(corpus: Corpus, without: range, passage: range,
             generator: np.random.Generator) -> tuple[int, range]:
    """A sentence that is not in ``without``: of the same passage or of any other."""
    reach = NEAR[generator.integers(len(NEAR))]
    before = range(max(passage.start, without.start - reach), without.start)
    after = range(without.stop, min(passage.stop, without.stop + reach))
    if (near := len(before) + len(after)) and generator.random() < 0.5:
        at = int(generator.integers(near))
        return (before[at] if at < len(before) else after[at - len(before)]), passage
    while True:
        other = int(generator.integers(corpus.sentences))
        if other not in passage:
            return other, corpus.passage_of(other)


def pad_rows(rows: list[tuple[np.ndarray, np.ndarray]], length: int, special: Special,
             ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ids, attention mask and segments, int64 [row, length]."""
    ids = np.full((len(rows), length), special.pad, dtype=np.int64)
    mask = np.zeros_like(ids)
    types = np.zeros_like(ids)
    for index, (a, b) in enumerate(rows):
        row = [np.array([special.cls]), a, np.array([special.sep])]
        if len(b):
            row += [b, np.array([special.sep])]
        joined = np.concatenate(row)
        ids[index, :len(joined)] = joined
        mask[index, :len(joined)] = 1
        if len(b):
            types[index, len(a) + 2:len(joined)] = 1
    return ids, mask, types


def mask_tokens(ids: np.ndarray, share: float, special: Special, generator: np.random.Generator,
                ) -> tuple[np.ndarray, np.ndarray]:
    """Masks in place: 80 % [MASK], 10 % a random token, 10 % kept (BERT, arXiv:1810.04805).

    Returns the places in the flattened ``ids`` and the tokens that stood there.
    """
    flat = ids.reshape(-1)
    text = np.flatnonzero((flat != special.cls) & (flat != special.sep) & (flat != special.pad))
    places = np.sort(generator.choice(text, max(1, round(share * len(text))), replace=False))
    answers = flat[places].copy()
    fate = generator.random(len(places))
    random = generator.integers(FIRST_WORD, special.vocabulary, len(places))
    flat[places] = np.where(fate < 0.8, special.mask, np.where(fate < 0.9, random, answers))
    return places, answers


def encoder_batch(corpus: Corpus, shape: Shape, share: float, special: Special,
                  generator: np.random.Generator) -> dict[str, np.ndarray]:
    """``ids``, ``mask``, ``types`` [row, token]; ``places``, ``answers`` [mask]; ``pair`` [row]."""
    drawn = [random_row(corpus, shape, generator) for _ in range(shape.rows)]
    longest = max(len(a) + len(b) for a, b, _ in drawn) + 3
    ids, mask, types = pad_rows([(a, b) for a, b, _ in drawn], longest, special)
    places, answers = mask_tokens(ids, share, special, generator)
    pair = np.array([label for _, _, label in drawn], dtype=np.int64)
    return {"ids": ids, "mask": mask, "types": types, "places": places, "answers": answers,
            "pair": pair}


def whole_words(tokenizer: Tokenizer) -> np.ndarray:
    """Ids of the vocabulary's words of some length that are no piece of another."""
    return np.array(sorted(number for token, number in tokenizer.get_vocab().items()
                           if len(token) >= SHORTEST and token.isascii() and token.isalpha()))


@dataclass(frozen=True)
class Changes:
    """Words that come into the place of others."""

    words: np.ndarray
    """For any token."""
    substitutes: Substitutes

    def put(self, row: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Of some rows, a copy with some tokens changed."""
        if generator.random() < CHANGED_ROWS:
            changed = generator.random(len(row)) < CHANGED_TOKENS
            row[changed] = generator.choice(self.words, int(changed.sum()))
        elif generator.random() < PUT_ROWS:
            row = self.substitutes.put(row, PUT_TOKENS, generator)
        return row


def unmasked_batch(corpus: Corpus, tokens: int, changes: Changes, special: Special,
                   generator: np.random.Generator) -> dict[str, np.ndarray]:
    """``text``, ``mask`` [row, token] of single sentences, as long as those that people select.

    In most of them other words stand in the place of some: rare words come into many contexts.
    """
    length = int(generator.choice(UNMASKED_LENGTHS))
    rows = []
    for _ in range(max(2, tokens // length)):
        first = int(generator.integers(corpus.sentences))
        end = corpus.fit(first, corpus.passage_of(first).stop, length - 2)
        row = changes.put(corpus.text(first, end)[:length - 2].astype(np.int64), generator)
        rows.append((row, row[:0]))
    text, mask, _ = pad_rows(rows, max(len(row) for row, _ in rows) + 2, special)
    return {"text": text, "mask": mask}
