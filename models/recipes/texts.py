"""Texts for calibration and measurement: documents, masked words, sentence pairs."""

import lzma
import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from transformers import PreTrainedTokenizerBase

EVERY = 200
HELD_OUT = 0
CALIBRATION = 100
WINDOW = 128
MASKED_SHARE = 0.15
SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z])")


@dataclass(frozen=True)
class MaskedText:
    """Token ids with [MASK] at ``positions`` and the ids that stood there."""

    ids: list[int]
    positions: list[int]
    answers: list[int]


@dataclass(frozen=True)
class Pair:
    """Two pieces of text and whether the second follows the first."""

    first: str
    second: str
    follows: bool


def read_documents(folder: Path, remainder: int) -> list[str]:
    """The lines of each ``*.txt.xz`` file whose number leaves ``remainder`` modulo 200."""
    documents = []
    for path in sorted(folder.glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            documents += [line.strip() for number, line in enumerate(lines)
                          if number % EVERY == remainder]
    return [document for document in documents if document]


def masked_texts(documents: list[str], tokenizer: PreTrainedTokenizerBase,
                 masks: int, seed: int) -> list[MaskedText]:
    """``masks`` masked tokens in all, 15 % of each document, in an order fixed by ``seed``."""
    order = random.Random(seed)
    texts: list[MaskedText] = []
    left = masks
    for document in order.sample(documents, len(documents)):
        ids = tokenizer(document, truncation=True, max_length=WINDOW)["input_ids"]
        wanted = min(left, round(MASKED_SHARE * (len(ids) - 2)))
        if wanted == 0:
            continue
        positions = sorted(order.sample(range(1, len(ids) - 1), wanted))
        answers = [ids[position] for position in positions]
        for position in positions:
            ids[position] = tokenizer.mask_token_id
        texts.append(MaskedText(ids, positions, answers))
        left -= wanted
        if left == 0:
            return texts
    raise ValueError(f"the held-out documents have {masks - left} masks, {masks} were asked for")


def split_document(document: str, order: random.Random) -> tuple[str, str] | None:
    """Up to three sentences and all that follows them, or None for a single sentence."""
    sentences = SENTENCE_END.split(document)
    if len(sentences) < 2:
        return None
    middle = order.randrange(1, len(sentences))
    return " ".join(sentences[max(0, middle - 3):middle]), " ".join(sentences[middle:])


def sentence_pairs(documents: list[str], pairs: int, seed: int) -> list[Pair]:
    """Half of them true; in the others the second part is that of the next document."""
    order = random.Random(seed)
    shuffled = order.sample(documents, len(documents))
    halves = [split for document in shuffled if (split := split_document(document, order))]
    halves = halves[:pairs]
    made = []
    for index, (first, second) in enumerate(halves):
        follows = index % 2 == 0
        other = halves[(index + 1) % len(halves)][1]
        made.append(Pair(first, second if follows else other, follows))
    return made


def pad_batch(rows: list[list[int]], pad: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids and attention mask, int64 [row, longest]."""
    longest = max(map(len, rows))
    ids = np.full((len(rows), longest), pad, dtype=np.int64)
    mask = np.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return ids, mask
