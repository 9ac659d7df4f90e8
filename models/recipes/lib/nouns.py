"""WordNet's nouns as a tree: what is a kind of what."""

from __future__ import annotations

from collections import defaultdict

from lib.wordnet import WordNet


class Nouns:
    """The tree, by offsets of synsets."""

    def __init__(self, wordnet: WordNet) -> None:
        self.wordnet = wordnet
        self.synsets = wordnet.by_offset["NOUN"]
        self.below: dict[str, list[str]] = defaultdict(list)
        for offset, synset in self.synsets.items():
            for above in synset.hypernyms:
                self.below[above].append(offset)
        self._offsets = {id(synset): offset for offset, synset in self.synsets.items()}

    def keys(self, lemma: str) -> list[str]:
        """Of a noun's senses, the most frequent one first."""
        return self.wordnet.keys.get((lemma, "NOUN"), [])

    def offset(self, key: str) -> str:
        """Of the synset that a sense key names."""
        return self._offsets[id(self.wordnet.synsets[key])]

    def words(self, offset: str) -> list[str]:
        """Lemmas that mean it."""
        return [word.lower() for word, _ in self.synsets[offset].words]

    def tagged(self, lemma: str, *parts: str) -> int:
        """How often the lemma was tagged as one of the parts of speech."""
        return sum(self.wordnet.tagged.get(key, 0)
                   for pos in parts for key in self.wordnet.keys.get((lemma, pos), ()))

    def is_noun(self, lemma: str) -> bool:
        """Whether it was tagged as a noun at least as often as anything else."""
        return self.tagged(lemma, "NOUN") >= self.tagged(lemma, "VERB", "ADJ", "ADV")

    def is_ambiguous(self, lemma: str, senses: int) -> bool:
        """Whether its first senses are of several of WordNet's topics (animal, artifact …)."""
        return len({self.wordnet.synsets[key].file for key in self.keys(lemma)[:senses]}) > 1
