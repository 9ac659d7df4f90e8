"""Reading WordNet's database files (wndb(5WN)), as in Debian's `wordnet-base`."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PARTS_OF_SPEECH = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ", "adv": "ADV"}
TYPE_NUMBERS = {"n": 1, "v": 2, "a": 3, "r": 4, "s": 5}


@dataclass
class Synset:
    type: str
    file: str
    words: list[tuple[str, int]]
    """Words with their lexical ids."""
    cluster: str | None
    """Of a satellite adjective, the offset of the synset at its head."""
    hypernyms: list[str]
    """Offsets, in the same part of speech; of an instance, such as a person, none."""
    definition: str
    examples: list[str]

    def synonyms(self, lemma: str) -> list[str]:
        return [w.replace("_", " ") for w, _ in self.words if w.lower() != lemma]


def read_synset(line: str) -> tuple[str, Synset]:
    """Offset and synset of one line of a data file."""
    head, _, gloss = line.partition("|")
    fields = head.split()
    count = int(fields[3], 16)
    words = [
        (re.sub(r"\((a|p|ip)\)$", "", fields[4 + 2 * i]), int(fields[5 + 2 * i], 16))
        for i in range(count)
    ]
    at = 4 + 2 * count
    pointers = [fields[at + 1 + 4 * i : at + 5 + 4 * i] for i in range(int(fields[at]))]
    cluster = next((p[1] for p in pointers if p[0] == "&"), None) if fields[2] == "s" else None
    hypernyms = [p[1] for p in pointers if p[0] == "@"]
    examples = re.findall(r'"([^"]+)"', gloss)
    definition = re.sub(r"\s*;\s*(?=;|$)", "", re.sub(r'"[^"]*"', "", gloss)).strip(" ;")
    return fields[0], Synset(
        fields[2], fields[1], words, cluster, hypernyms, definition, examples
    )


class WordNet:
    """Synsets by sense key; sense keys by lemma and part of speech; how often each was tagged."""

    def __init__(self, folder: Path):
        self.synsets: dict[str, Synset] = {}
        self.keys: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.by_offset: dict[str, dict[str, Synset]] = {}
        for name, pos in PARTS_OF_SPEECH.items():
            lines = (folder / f"data.{name}").read_text(encoding="latin-1").splitlines()
            by_offset = dict(read_synset(line) for line in lines if not line.startswith("  "))
            self.by_offset[pos] = by_offset
            for synset in by_offset.values():
                head = ":"
                if synset.cluster:
                    word, number = by_offset[synset.cluster].words[0]
                    head = f"{word.lower()}:{number:02d}"
                known = set()
                for word, number in synset.words:
                    lemma = word.lower()
                    # "moon" and "Moon" stand in one synset.
                    if lemma in known:
                        continue
                    known.add(lemma)
                    place = f"{TYPE_NUMBERS[synset.type]}:{synset.file}:{number:02d}:{head}"
                    self.synsets[f"{lemma}%{place}"] = synset
                    self.keys[lemma, pos].append(f"{lemma}%{place}")
        counts = (folder / "cntlist.rev").read_text(encoding="latin-1").splitlines()
        self.tagged = {key: int(count) for key, _, count in map(str.split, counts)}

    @staticmethod
    def irregular(folder: Path) -> dict[str, list[str]]:
        """Base forms of irregular forms, of all parts of speech."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in PARTS_OF_SPEECH:
            for line in (folder / f"{name}.exc").read_text(encoding="latin-1").splitlines():
                form, *bases = line.split()
                found[form] += [base for base in bases if base not in found[form]]
        return dict(found)
