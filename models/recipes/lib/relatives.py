"""Sentences for senses that nobody marked: those of a word's relatives, with the word put in.

A sentence about a heron is one about a crane that is a bird, and one about a winch is one about a
crane that lifts. Relatives are the nouns that WordNet has for the same, a kind of it, or another
kind of what it is a kind of, and that mean nothing else, or hardly (Leacock, Chodorow and Miller,
1998, https://aclanthology.org/J98-1006/).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lib.nouns import Nouns
from lib.texts import split_sentences

SENSES = 6
"""First senses of a word that sentences are looked for."""
SENTENCES = 12
"""Most for each of them."""
FOUND = 25
"""Sentences that are kept of a relative."""
LENGTHS = (25, 220)
"""Characters of a sentence."""
SURE = 0.6
"""Least share of a relative's tagged occurrences that are of the sense."""
SAME, KIND, SIBLING, ABOVE, COUSIN, FAR = 3.0, 2.0, 1.5, 1.2, 0.8, 0.5
"""What a relative is worth: a synonym, a kind of the thing, another kind of what it is a kind of,
that itself, kinds of other kinds, and those of one level above."""
MANY = 80
"""Kinds of one thing from which they have too little in common, one level above."""
WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")


@dataclass(frozen=True)
class Example:
    """A lemma in a sentence for one of its synsets."""

    lemma: str
    pos: str
    key: str
    sentence: str
    start: int
    end: int


def sureness(nouns: Nouns, lemma: str, offset: str) -> float:
    """The share of the lemma's occurrences that mean the synset; 0 where it is not ``SURE``."""
    own = next((key for key in nouns.keys(lemma) if nouns.offset(key) == offset), None)
    if own is None:
        return 0.0
    elsewhere = nouns.tagged(lemma, "VERB", "ADJ", "ADV")
    senses = len(nouns.keys(lemma))
    total = nouns.tagged(lemma, "NOUN") + elsewhere + 0.5 * senses
    share = (nouns.wordnet.tagged.get(own, 0) + 0.5) / total
    alone = senses == 1 and elsewhere == 0
    return 1.0 if alone else share if share > SURE else 0.0


def relatives_of(nouns: Nouns, lemma: str, key: str) -> dict[str, float]:
    """Worth by lemma, of relatives of one sense."""
    offset = nouns.offset(key)
    mine = {nouns.offset(own) for own in nouns.keys(lemma)}
    found: dict[str, float] = {}

    def add(other: str, worth: float) -> None:
        for name in nouns.words(other):
            worth_here = worth * sureness(nouns, name, other) if name != lemma else 0
            if worth_here > found.get(name, 0):
                found[name] = worth_here

    def add_below(other: str, levels: int) -> None:
        for kind in nouns.below[other]:
            add(kind, KIND)
            if levels > 1:
                add_below(kind, levels - 1)

    add(offset, SAME)
    add_below(offset, 3)
    for above in nouns.synsets[offset].hypernyms:
        add(above, ABOVE)
        for sibling in nouns.below[above]:
            if sibling not in mine:
                add(sibling, SIBLING)
                for cousin in nouns.below[sibling][:MANY]:
                    add(cousin, COUSIN)
        for high in nouns.synsets[above].hypernyms:
            if len(nouns.below[high]) < MANY:
                for aunt in (high, *nouns.below[high]):
                    add(aunt, FAR)
    return found


def forms_of(lemma: str) -> list[str]:
    """The lemma as text, and its regular plural."""
    name = lemma.replace("_", " ")
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return [name, name[:-1] + "ies"]
    return [name, name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")]


Place = tuple[str, int, int]


def find(lemmas: Iterable[str], lines: Iterable[str]) -> dict[str, list[Place]]:
    """Sentences that lemmas stand in, and where, at most ``FOUND`` of each."""
    forms: dict[str, str] = {}
    for lemma in lemmas:
        for form in forms_of(lemma):
            forms.setdefault(form, lemma)
    by_first: dict[str, list[list[str]]] = defaultdict(list)
    for form in forms:
        by_first[form.split()[0]].append(form.split())
    found: dict[str, list[Place]] = defaultdict(list)
    for line in lines:
        for sentence in split_sentences(line):
            if not LENGTHS[0] < len(sentence) < LENGTHS[1]:
                continue
            words = [(match.group().lower(), match.start(), match.end())
                     for match in WORD.finditer(sentence)]
            for i, (first, start, _) in enumerate(words):
                for form in by_first.get(first, ()):
                    here = words[i:i + len(form)]
                    if [word for word, _, _ in here] == form:
                        places = found[forms[" ".join(form)]]
                        if len(places) < FOUND:
                            places.append((sentence, start, here[-1][2]))
    return found


def put(lemma: str, relative: str, place: Place) -> Place:
    """The place with the lemma instead of its relative, in the plural where that is."""
    sentence, start, end = place
    plural = sentence[start:end].lower() != relative.replace("_", " ")
    word = forms_of(lemma)[plural]
    if start == 0 and sentence[:1].isupper():
        word = word.capitalize()
    return sentence[:start] + word + sentence[end:], start, start + len(word)


def examples_from(nouns: Nouns, lemmas: list[str], lines: list[str], seed: int,
                  ) -> list[Example]:
    """Up to ``SENTENCES`` for each of the first senses of nouns, from lines of text.

    Relatives that are worth more and stand in few sentences come first, by weighted sampling.
    """
    generator = random.Random(seed)
    relatives = {(lemma, key): relatives_of(nouns, lemma, key) for lemma in lemmas
                 for key in nouns.keys(lemma)[:SENSES]}
    lines = generator.sample(lines, len(lines))
    places = find(sorted({name for worth in relatives.values() for name in worth}), lines)
    made = []
    for (lemma, key), worth in relatives.items():
        drawn = []
        for name, value in worth.items():
            own = places.get(name, [])
            drawn += [(generator.random() ** (len(own) ** 0.5 / value), name, place)
                      for place in own]
        drawn.sort(reverse=True)
        made += [Example(lemma, "NOUN", key, *put(lemma, name, place))
                 for _, name, place in drawn[:SENTENCES]]
    return made
