"""Tokenized text in flat arrays: sentences that know their neighbours."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from lib.files import write_atomically
from lib.texts import Line, split_sentences

CHUNK = 20_000


@dataclass(frozen=True)
class Corpus:
    """``tokens`` (uint16) of all sentences, one after the other.

    Sentence ``i`` is ``tokens[starts[i]:starts[i + 1]]`` and belongs to the passage
    ``passages[i]``: sentences of one passage follow each other in their source.
    """

    tokens: np.ndarray
    starts: np.ndarray
    passages: np.ndarray

    @property
    def sentences(self) -> int:
        """How many there are."""
        return len(self.passages)

    def passage_of(self, sentence: int) -> range:
        """The sentences of the passage that ``sentence`` belongs to."""
        first, last = np.searchsorted(self.passages, self.passages[sentence] + np.array([0, 1]))
        return range(int(first), int(last))

    def text(self, first: int, last: int) -> np.ndarray:
        """The tokens of sentences ``first`` to ``last - 1``."""
        return self.tokens[self.starts[first]:self.starts[last]]

    def fit(self, first: int, end: int, room: int) -> int:
        """One past the last sentence, at most ``end``, such that all from ``first`` on fit.

        At least one past ``first``, even where that sentence alone is too long.
        """
        last = int(np.searchsorted(self.starts, self.starts[first] + room, side="right")) - 1
        return max(first + 1, min(last, end))

    def save(self, path: Path) -> None:
        """As NumPy's ``npz``."""
        write_atomically(path, lambda partial: self._write(partial))

    def _write(self, path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, tokens=self.tokens, starts=self.starts, passages=self.passages)


def load_corpus(path: Path) -> Corpus:
    """What ``Corpus.save`` wrote."""
    with np.load(path) as arrays:
        return Corpus(arrays["tokens"], arrays["starts"], arrays["passages"])


def build_corpus(lines: Iterable[Line], tokenizer: Tokenizer) -> Corpus:
    """Tokenizes the sentences of ``lines`` without special tokens."""
    sentences: list[str] = []
    passages: list[int] = []
    for line in lines:
        parts = split_sentences(line.text)
        sentences += parts
        passages += [line.passage] * len(parts)
    tokens: list[np.ndarray] = []
    for start in tqdm(range(0, len(sentences), CHUNK), desc="tokens", unit="chunk", mininterval=5):
        encodings = tokenizer.encode_batch(sentences[start:start + CHUNK], add_special_tokens=False)
        tokens += [np.array(encoding.ids, dtype=np.uint16) for encoding in encodings]
    kept = [index for index, ids in enumerate(tokens) if len(ids)]
    starts = np.concatenate([[0], np.cumsum([len(tokens[index]) for index in kept])])
    return Corpus(np.concatenate([tokens[index] for index in kept]), starts.astype(np.int64),
                  np.array([passages[index] for index in kept], dtype=np.int64))
