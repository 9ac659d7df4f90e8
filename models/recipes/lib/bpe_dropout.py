"""Byte-pair encoding that leaves out merges at random (Provilkov et al., 2020, arXiv:1910.13267).

The library's own cannot be seeded; this one follows from its generator, and without dropout
gives what the library gives.
"""

import json
from random import Random

from tokenizers import Tokenizer


class BpeDropout:
    """The pieces of texts, another choice each time."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        model = json.loads(tokenizer.to_str())["model"]
        self.tokenizer = tokenizer
        self.vocabulary: dict[str, int] = model["vocab"]
        self.unknown = self.vocabulary[model["unk_token"]]
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(model["merges"])}

    def encode(self, text: str, dropout: float, generator: Random) -> list[int]:
        """Without special tokens; each merge is left out with probability ``dropout``."""
        text = self.tokenizer.normalizer.normalize_str(text)
        words = self.tokenizer.pre_tokenizer.pre_tokenize_str(text)
        return [self.vocabulary.get(piece, self.unknown)
                for word, _ in words for piece in self._pieces(word, dropout, generator)]

    def _pieces(self, word: str, dropout: float, generator: Random) -> list[str]:
        pieces = list(word)
        while True:
            found = [(rank, at) for at in range(len(pieces) - 1)
                     if (rank := self.ranks.get((pieces[at], pieces[at + 1]))) is not None
                     and (dropout == 0 or generator.random() >= dropout)]
            if not found:
                return pieces
            _, at = min(found)
            pieces[at:at + 2] = [pieces[at] + pieces[at + 1]]
