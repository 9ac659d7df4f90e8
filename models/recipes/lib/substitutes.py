"""Ambiguous words that may stand in the place of others: kinds of the same thing, by WordNet.

A text about a heron becomes one about a crane, and a text about an elevator one about another
crane: homonyms come into the contexts of all their senses, which a few texts never do.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from lib.wordnet import WordNet

SENSES = 3
"""How many senses of the word that stands in the text are thought of; the rest are rare."""
MOST_SENSES = 5
LEVELS = 2
"""How far up the thing may be that both are kinds of."""
MOST, DRAWN = 400, 64
"""Kinds of one thing that are thought of, and draws among them that are kept for a word."""
SHORTEST = 3


@dataclass(frozen=True)
class Substitutes:
    """Those of token ``i`` are ``words[starts[i]:starts[i + 1]]``; ``continues`` marks pieces."""

    starts: np.ndarray
    words: np.ndarray
    continues: np.ndarray

    def put(self, row: np.ndarray, share: float, generator: np.random.Generator) -> np.ndarray:
        """A copy of token ids with a share of those that have substitutes replaced."""
        sizes = self.starts[row + 1] - self.starts[row]
        whole = ~self.continues[np.append(row[1:], 0)] if len(row) else np.zeros(0, dtype=bool)
        chosen = np.flatnonzero((sizes > 0) & whole & (generator.random(len(row)) < share))
        changed = row.copy()
        at = self.starts[row[chosen]] + (generator.random(len(chosen)) * sizes[chosen]).astype(int)
        changed[chosen] = self.words[at]
        return changed


def is_noun(wordnet: WordNet, lemma: str) -> bool:
    """Whether it was tagged as a noun more often than as anything else."""
    counts = {pos: sum(wordnet.tagged.get(key, 0) for key in wordnet.keys.get((lemma, pos), ()))
              for pos in ("NOUN", "VERB", "ADJ", "ADV")}
    return counts["NOUN"] >= sum(counts.values()) / 2


def is_ambiguous(wordnet: WordNet, lemma: str) -> bool:
    """Whether its first senses are of several of WordNet's topics (animal, artifact, time …)."""
    keys = wordnet.keys.get((lemma, "NOUN"), ())[:MOST_SENSES]
    return len({wordnet.synsets[key].file for key in keys}) > 1


def find_substitutes(wordnet: WordNet, tokenizer: Tokenizer, counts: np.ndarray, seed: int,
                     ) -> Substitutes:
    """Of nouns that are one token, in the singular and the plural.

    By ``counts`` [vocabulary], how often each token stands in the texts, those are drawn more
    often that few others would be replaced by.
    """
    vocabulary = tokenizer.get_vocab()
    synsets = wordnet.by_offset["NOUN"]
    below: dict[str, list[str]] = defaultdict(list)
    for offset, synset in synsets.items():
        for above in synset.hypernyms:
            below[above].append(offset)
    generator = np.random.default_rng(seed)
    offsets = {id(synset): offset for offset, synset in synsets.items()}

    def kinds(offset: str, levels: int) -> set[str]:
        """Lemmas of a synset and of those below it."""
        found = {word.lower() for word, _ in synsets[offset].words}
        for other in below[offset] if levels else ():
            found |= kinds(other, levels - 1)
        return found

    found: dict[int, np.ndarray] = {}
    for lemma, pos in list(wordnet.keys):
        if pos != "NOUN" or len(lemma) < SHORTEST or lemma not in vocabulary \
                or not lemma.isalpha() or not is_noun(wordnet, lemma):
            continue
        others: set[str] = set()
        for key in wordnet.keys[lemma, pos][:SENSES]:
            level = [offsets[id(wordnet.synsets[key])]]
            for _ in range(LEVELS):
                level = [above for offset in level for above in synsets[offset].hypernyms]
                for offset in level:
                    if len(below[offset]) <= MOST:
                        others |= kinds(offset, LEVELS)
            others |= kinds(offsets[id(wordnet.synsets[key])], LEVELS)
        for ending in ("", "s"):
            own = vocabulary.get(lemma + ending)
            ids = sorted({vocabulary[other + ending] for other in others - {lemma}
                          if len(other) >= SHORTEST and other + ending in vocabulary
                          and is_ambiguous(wordnet, other)})
            if own is not None and ids:
                found[own] = np.array(ids)
    offered = np.zeros(len(vocabulary))
    for own, ids in found.items():
        offered[ids] += counts[own] / len(ids)
    for own, ids in found.items():
        wanted = 1 / (offered[ids] + 1)
        found[own] = generator.choice(ids, DRAWN, p=wanted / wanted.sum())
    sizes = np.zeros(len(vocabulary) + 1, dtype=np.int64)
    for own, ids in found.items():
        sizes[own + 1] = len(ids)
    continues = np.zeros(len(vocabulary), dtype=bool)
    for token, number in vocabulary.items():
        continues[number] = token.startswith("##")
    return Substitutes(np.cumsum(sizes), np.array([i for own in sorted(found) for i in found[own]],
                                                  dtype=np.int64), continues)
