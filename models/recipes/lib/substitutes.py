"""Ambiguous words that may stand in the place of others: kinds of the same thing, by WordNet.

A text about a heron becomes one about a crane, and a text about an elevator one about another
crane: homonyms come into the contexts of all their senses, which a few texts never do.
"""

from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from lib.nouns import Nouns
from lib.wordnet import WordNet

MEANT = 3
"""First senses of the word that stands in the text; it hardly means another."""
POSSIBLE = 5
"""First senses of the word that comes into its place."""
LEVELS = 2
"""How far up the thing may be that both are kinds of."""
MOST, DRAWN = 400, 64
"""Kinds of one thing that are thought of, and draws among them that are kept for a word."""
SHORTEST = 3
"""Letters of a word."""


@dataclass(frozen=True)
class Substitutes:
    """Those of token ``i`` are ``words[starts[i]:starts[i + 1]]``; ``continues`` marks pieces."""

    starts: np.ndarray
    words: np.ndarray
    continues: np.ndarray

    def put(self, row: np.ndarray, share: float, generator: np.random.Generator) -> np.ndarray:
        """A copy of token ids with a share of those that have substitutes replaced."""
        sizes = self.starts[row + 1] - self.starts[row]
        whole = ~self.continues[np.append(row, 0)[1:]]
        chosen = np.flatnonzero((sizes > 0) & whole & (generator.random(len(row)) < share))
        changed = row.copy()
        at = self.starts[row[chosen]] + (generator.random(len(chosen)) * sizes[chosen]).astype(int)
        changed[chosen] = self.words[at]
        return changed


def under(nouns: Nouns, offset: str, levels: int = LEVELS) -> set[str]:
    """Lemmas of a synset and of those below it."""
    found = set(nouns.words(offset))
    for other in nouns.below[offset] if levels else ():
        found |= under(nouns, other, levels - 1)
    return found


def others_of(nouns: Nouns, lemma: str) -> set[str]:
    """Lemmas that are kinds of what the lemma means, or of what that is a kind of."""
    level = [nouns.offset(key) for key in nouns.keys(lemma)[:MEANT]]
    found = set().union(*(under(nouns, offset) for offset in level))
    for _ in range(LEVELS):
        level = [above for offset in level for above in nouns.synsets[offset].hypernyms]
        found |= set().union(*(under(nouns, offset) for offset in level
                               if len(nouns.below[offset]) <= MOST))
    return found - {lemma}


def find_substitutes(wordnet: WordNet, tokenizer: Tokenizer, counts: np.ndarray, seed: int,
                     ) -> Substitutes:
    """Of nouns that are one token, in the singular and the plural.

    By ``counts`` [vocabulary], how often each token stands in the texts, those are drawn more
    often that few others would be replaced by.
    """
    vocabulary = tokenizer.get_vocab()
    nouns = Nouns(wordnet)
    lemmas = [lemma for lemma, pos in list(wordnet.keys)
              if pos == "NOUN" and len(lemma) >= SHORTEST and lemma in vocabulary
              and lemma.isalpha() and nouns.is_noun(lemma)]
    found: dict[int, np.ndarray] = {}
    for lemma in lemmas:
        others = [other for other in others_of(nouns, lemma)
                  if len(other) >= SHORTEST and nouns.is_ambiguous(other, POSSIBLE)]
        for ending in ("", "s"):
            ids = sorted({vocabulary[other + ending] for other in others
                          if other + ending in vocabulary})
            if lemma + ending in vocabulary and ids:
                found[vocabulary[lemma + ending]] = np.array(ids)
    offered = np.zeros(len(vocabulary))
    for own, ids in found.items():
        offered[ids] += counts[own] / len(ids)
    generator = np.random.default_rng(seed)
    sizes = np.zeros(len(vocabulary) + 1, dtype=np.int64)
    for own, ids in found.items():
        wanted = 1 / (offered[ids] + 1)
        found[own] = generator.choice(ids, DRAWN, p=wanted / wanted.sum())
        sizes[own + 1] = DRAWN
    continues = np.zeros(len(vocabulary), dtype=bool)
    for token, number in vocabulary.items():
        continues[number] = token.startswith("##")
    words = np.array([word for own in sorted(found) for word in found[own]], dtype=np.int64)
    return Substitutes(np.cumsum(sizes), words, continues)
