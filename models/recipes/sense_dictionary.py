"""Makes the sense dictionary: where WordNet's senses of words lie among an encoder's vectors.

    sense_dictionary.py --checkpoint DIR --senses FILE --map FILE --wordnet DIR --cache DIR
                   --out models/encoder

Places come from words marked by sense (SemCor and MASC) and, for senses that no text was marked
with, from WordNet's own example sentences. The model is probabilistic linear discriminant
analysis (Ioffe 2006): within a sense, vectors have one covariance for all words; senses of a word
are drawn around its mean. What the TypeScript side repeats is `Reader`. Stretches of text are
held out to fit the weights of its dimensions and of the prior, and to measure; the file is then
made of everything. Reading the vectors takes half an hour; `--cache` keeps them.
"""

from __future__ import annotations

import argparse
import base64
import collections
import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scipy.linalg
import torch
from scipy.optimize import linear_sum_assignment

from lib.relatives import Example
from lib.senses import PROBES, Occurrence, Prober, read_occurrences, read_senses_map
from lib.wordnet import WordNet

PROBE = PROBES["word"]
DIMENSIONS = 48
SHRINKAGE = 0.3
STRETCH = 150
# Most occurrences of one sense that count in the covariance within senses: "be" must not decide
# it alone.
MOST_COUNTED = 20
# What an example sentence is worth beside a marked occurrence.
EXAMPLE_WORTH = 0.5
NAMES = {"NOUN": "noun", "VERB": "verb", "ADJ": "adjective", "ADV": "adverb"}
# Count of what is not listed for a word, and for each of its synsets that is left out.
UNLISTED, OMITTED = 0.5, 0.25
# A sense is clear from this probability on where none is omitted, and with this much to the next.
CLEAR, MARGIN = 0.5, 0.2


# ---------------------------------------------------------------- data
def part(line: int) -> str:
    """Stretches of 150 sentences: of twenty, two are for the test and one is for validation."""
    stretch = line // STRETCH % 20
    return "test" if stretch in (7, 17) else "validation" if stretch == 3 else "training"


def word_in(sentence: str, word: str) -> tuple[int, int] | None:
    """Where a regular form of a word stands."""
    stem = word.lower().replace("_", " ")
    ends = [stem, stem + "s", stem + "es", stem.rstrip("e") + "ed", stem.rstrip("e") + "ing"]
    ends += [stem + stem[-1] + "ed", stem + stem[-1] + "ing"]
    if stem.endswith("y"):
        ends += [stem[:-1] + "ies", stem[:-1] + "ied"]
    for form in ends:
        found = re.search(rf"\b{re.escape(form)}\b", sentence, re.I)
        if found:
            return found.start(), found.end()
    return None


def examples_of(wordnet: WordNet, lemmas: list[tuple[str, str]]) -> list[Example]:
    """Examples of the lemmas' synsets; the lemma takes the place of another word of one."""
    found = []
    for lemma, pos in lemmas:
        for key in wordnet.keys[lemma, pos]:
            synset = wordnet.synsets[key]
            for sentence in synset.examples[:4]:
                own = word_in(sentence, lemma)
                if own:
                    found.append(Example(lemma, pos, key, sentence, *own))
                    continue
                others = (word_in(sentence, word) for word, _ in synset.words)
                other = next((place for place in others if place), None)
                if other:
                    start, end = other
                    text = sentence[:start] + lemma + sentence[end:]
                    found.append(Example(lemma, pos, key, text, start, start + len(lemma)))
    return found


def cached(path: Path, make) -> np.ndarray:
    if not path.exists():
        np.save(path, make().astype(np.float16))
    return unit(np.load(path).astype(np.float32))


def unit(x: np.ndarray) -> np.ndarray:
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)


# ---------------------------------------------------------------- the space
@dataclass
class Space:
    mean: np.ndarray
    projection: np.ndarray
    spread: np.ndarray

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        return (vectors - self.mean) @ self.projection


def fit_space(vectors: np.ndarray, labels: np.ndarray, lemma_of: np.ndarray) -> Space:
    """Directions in which senses of a word lie apart; the covariance within one is 1."""
    mean = vectors.mean(0)
    x = vectors - mean
    count = np.bincount(labels)
    means = np.zeros((len(count), x.shape[1]), np.float32)
    np.add.at(means, labels, x)
    means /= np.maximum(count, 1)[:, None]
    n = count[labels]
    weight = np.where(n >= 2, np.minimum(1, MOST_COUNTED / n) * n / np.maximum(n - 1, 1), 0)
    rest = x - means[labels]
    within = (
        (rest * weight[:, None]).T
        @ rest
        / np.where(n >= 2, np.minimum(1, MOST_COUNTED / n), 0).sum()
    )
    between, senses, noise = np.zeros_like(within), 0, 0.0
    for lemma in np.unique(lemma_of):
        own = np.flatnonzero((lemma_of == lemma) & (count >= 3))
        if len(own) >= 2:
            apart = means[own] - means[own].mean(0)
            between += apart.T @ apart * (len(own) / (len(own) - 1))
            senses += len(own)
            noise += (1 / count[own]).sum()
    between = (between - within * noise) / senses
    shrunk = (1 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / len(within) * np.eye(
        len(within)
    )
    values, directions = scipy.linalg.eigh(between, shrunk)
    best = np.argsort(-values)[:DIMENSIONS]
    return Space(
        mean,
        directions[:, best].astype(np.float32),
        np.maximum(values[best], 1e-3).astype(np.float32),
    )


# ---------------------------------------------------------------- the dictionary
@dataclass
class Entry:
    """A sense of a lemma: its synset's key, the senses whose marks it took, and where it lies."""

    lemma: str
    pos: str
    key: str
    marked: list[tuple]
    count: float
    evidence: float
    place: np.ndarray = field(repr=False)


def assign(
    senses: list[tuple],
    keys: list[str],
    places: dict,
    example_places: dict,
    hints: dict,
    wordnet: WordNet,
) -> dict:
    """
    Which synset each marked sense is. The marks are of another dictionary, whose mapping names
    several synsets or the wrong one; examples of the synset that lie near the marked words, and
    how often WordNet tagged it, decide.
    """
    score = np.zeros((len(senses), len(keys)))
    for i, sense in enumerate(senses):
        for j, key in enumerate(keys):
            near = (
                -0.04 * ((places[sense] - example_places[key]) ** 2).sum()
                if key in example_places
                else -3.0
            )
            hint = 2.0 if key in hints.get(sense[2], ()) else 0.0
            score[i, j] = near + hint + 0.5 * np.log1p(wordnet.tagged.get(key, 0))
    return {senses[i]: keys[j] for i, j in zip(*linear_sum_assignment(-score), strict=True)}


def build(
    occurrences: list[Occurrence],
    at: np.ndarray,
    examples: list[Example],
    example_at: np.ndarray,
    space: Space,
    hints: dict,
    wordnet: WordNet,
) -> list[Entry]:
    """Entries of all lemmas of `occurrences`; `at` and `example_at` are places in the space."""
    rows = collections.defaultdict(lambda: collections.defaultdict(list))
    for i, occurrence in enumerate(occurrences):
        rows[occurrence.sense[0].lower(), occurrence.sense[1]][occurrence.sense].append(i)
    example_rows = collections.defaultdict(list)
    for i, example in enumerate(examples):
        example_rows[example.lemma, example.pos, example.key].append(i)
    entries = []
    for lemma, pos in sorted(rows.keys() | {(lemma, pos) for lemma, pos, _ in example_rows}):
        by_sense = rows.get((lemma, pos), {})
        senses = sorted(by_sense)
        means = {sense: at[own].mean(0) for sense, own in by_sense.items()}
        keys = wordnet.keys[lemma, pos]
        example_means = {
            k: example_at[example_rows[lemma, pos, k]].mean(0)
            for k in keys
            if example_rows[lemma, pos, k]
        }
        chosen = assign(senses, keys, means, example_means, hints, wordnet) if keys else {}
        # A sense that is left over, as there are more of them than synsets, joins the nearest.
        for sense in senses:
            if sense not in chosen and keys:
                chosen[sense] = min(
                    set(chosen.values()),
                    key=lambda k: (
                        (means[sense] - np.mean([means[s] for s in chosen if chosen[s] == k], 0))
                        ** 2
                    ).sum(),
                )
        by_key = collections.defaultdict(list)
        for sense, key in chosen.items():
            by_key[key].append(sense)
        centre = np.mean(list(means.values() if means else example_means.values()), 0)
        for key in keys:
            marked = by_key.get(key, [])
            own = [i for sense in marked for i in by_sense[sense]]
            shown = example_rows[lemma, pos, key]
            if not own and not shown:
                continue
            evidence = len(own) + EXAMPLE_WORTH * len(shown)
            place = (at[own].sum(0) + EXAMPLE_WORTH * example_at[shown].sum(0)) / evidence
            gain = evidence * space.spread / (evidence * space.spread + 1)
            count = len(own) + 0.1 * wordnet.tagged.get(key, 0) + 0.1
            entries.append(
                Entry(lemma, pos, key, marked, count, evidence, centre + gain * (place - centre))
            )
    return entries


class Reader:
    """Probabilities of a word's senses; the same as src/lenses/senses/senseDictionary.ts."""

    def __init__(self, entries: list[Entry], space: Space, wordnet: WordNet):
        self.entries, self.space = entries, space
        self.weights, self.prior = np.ones(DIMENSIONS, np.float32), 1.0
        self.step = max(np.abs(entry.place).max() for entry in entries) / 127
        self.places = np.stack([np.round(entry.place / self.step) for entry in entries]).astype(
            np.int8
        )
        self.counts = np.array([entry.count for entry in entries])
        self.evidence = np.array([entry.evidence for entry in entries])
        self.by_lemma = collections.defaultdict(list)
        for i, entry in enumerate(entries):
            self.by_lemma[entry.lemma].append(i)
        self.omitted = {
            lemma: sum(len(wordnet.keys[lemma, pos]) for pos in NAMES) - len(own)
            for lemma, own in self.by_lemma.items()
        }

    def fit(self, at: np.ndarray, candidates: list[int], omitted: int) -> tuple:
        """[candidates + 1, dimensions] log-likelihoods, [candidates + 1] log-counts; last: none."""
        own = self.places[candidates] * self.step
        variance = 1 + self.space.spread / (
            self.evidence[candidates][:, None] * self.space.spread + 1
        )
        wide = 1 + self.space.spread
        none = -0.5 * ((at - own.mean(0)) ** 2 / wide + np.log(wide))
        known = -0.5 * ((at - own) ** 2 / variance + np.log(variance))
        unlisted = UNLISTED + OMITTED * omitted
        return np.vstack([known, none]), np.log(np.append(self.counts[candidates], unlisted))

    def read(self, at: np.ndarray, lemma: str, forgotten: int | None = None) -> np.ndarray:
        """
        [candidates + 1] probabilities, the last that it is none of them; without the entry
        `forgotten`, as if nothing had been learnt of that sense.
        """
        candidates = [c for c in self.by_lemma[lemma] if c != forgotten]
        omitted = self.omitted[lemma] + (forgotten is not None)
        fit, counts = self.fit(at, candidates, omitted)
        logits = fit @ self.weights + self.prior * counts
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()

    def fit_weights(
        self, occurrences: list[Occurrence], at: np.ndarray, trained: collections.Counter
    ) -> None:
        """
        Weights of dimensions and prior by cross-entropy; a sense counts by the inverse root of its
        frequency, as readers ask about rare senses more often than texts hold them.
        """
        rows = []
        for i, occurrence in enumerate(occurrences):
            lemma = occurrence.sense[0].lower()
            truth = [occurrence.sense in self.entries[c].marked for c in self.by_lemma[lemma]]
            if len(truth) > 1 and any(truth):
                fit = self.fit(at[i], self.by_lemma[lemma], self.omitted[lemma])
                rows.append((*fit, truth.index(True), trained[occurrence.sense] ** -0.5))
        width = max(len(counts) for _, counts, _, _ in rows)
        fits, counts = (
            torch.zeros(len(rows), width, DIMENSIONS),
            torch.full((len(rows), width), -torch.inf),
        )
        for k, (fit, count, _, _) in enumerate(rows):
            fits[k, : len(count)], counts[k, : len(count)] = torch.tensor(fit), torch.tensor(count)
        truth, share = (
            torch.tensor([row[2] for row in rows]),
            torch.tensor([row[3] for row in rows]),
        )
        there = counts > -torch.inf
        weights, prior = (
            torch.full((DIMENSIONS,), -2.0, requires_grad=True),
            torch.zeros((), requires_grad=True),
        )
        optimizer = torch.optim.LBFGS([weights, prior], max_iter=60, line_search_fn="strong_wolfe")

        def loss() -> torch.Tensor:
            optimizer.zero_grad()
            logits = (fits * weights.exp()).sum(-1) + prior.exp() * torch.where(there, counts, 0.0)
            each = torch.nn.functional.cross_entropy(
                logits.masked_fill(~there, -1e9), truth, reduction="none"
            )
            value = (each * share).sum() / share.sum() + 1e-3 * (
                weights - weights.mean()
            ).square().mean()
            value.backward()
            return value

        optimizer.step(loss)
        self.weights, self.prior = weights.exp().detach().numpy(), float(prior.exp().detach())


def read_file(path: Path) -> Reader:
    """The reader of a written index."""

    def array(name: str, kind: str) -> np.ndarray:
        return np.frombuffer(base64.b64decode(file[name]), kind)

    file = json.loads(gzip.decompress(path.read_bytes()))
    spread = array("spread", "<f4")
    space = Space(array("mean", "<f4"), array("projection", "<f4").reshape(-1, len(spread)), spread)
    reader = Reader.__new__(Reader)
    reader.space, reader.weights, reader.prior, reader.step = (
        space,
        array("weights", "<f4"),
        file["prior"],
        file["step"],
    )
    reader.places = array("places", "i1").reshape(-1, len(spread))
    reader.entries, reader.omitted, reader.by_lemma = [], {}, collections.defaultdict(list)
    for lemma, listed in file["lemmas"].items():
        reader.omitted[lemma] = listed["omitted"]
        for pos, name in NAMES.items():
            for gloss, _, count, evidence in listed.get(name, []):
                reader.by_lemma[lemma].append(len(reader.entries))
                place = reader.places[len(reader.entries)] * reader.step
                reader.entries.append(Entry(lemma, pos, gloss, [], count, evidence, place))
    reader.counts = np.array([entry.count for entry in reader.entries])
    reader.evidence = np.array([entry.evidence for entry in reader.entries])
    return reader


# ---------------------------------------------------------------- measuring
def is_clear(p: np.ndarray, omitted: int) -> bool:
    """
    Whether the first of `read`'s senses is named as the likely one where that many senses of the
    lemma are omitted; the same as src/lenses/senses/names.ts.
    """
    listed = len(p) - 1
    if listed == 1 and omitted:
        return False
    best = int(p[:-1].argmax())
    least = 1 - (1 - CLEAR) * (listed / (listed + omitted)) ** 2
    return bool(p[best] >= least and p[best] - np.delete(p, best).max() >= MARGIN)


def measure(
    reader: Reader, occurrences: list[Occurrence], at: np.ndarray, trained: collections.Counter
) -> dict:
    """
    Of marked words of several senses: how often the first, or the most frequent, is right. Words
    with a sense that training did not have count as wrong where their name is clear. And how often
    a name is clear, and wrong, when all that was learnt of the word's own sense is forgotten.
    """
    by_lemma = collections.defaultdict(list)
    for sense, count in trained.items():
        by_lemma[sense[0].lower()].append((count, sense))
    right = frequent = rare = rare_right = clear = clear_right = 0
    seen = unseen = unseen_unlisted = forgotten = forgotten_clear = 0
    loss, bins = 0.0, np.zeros((10, 3))
    for i, occurrence in enumerate(occurrences):
        lemma = occurrence.sense[0].lower()
        senses = by_lemma[lemma]
        candidates = reader.by_lemma[lemma]
        if len(senses) < 2 or not candidates:
            continue
        p = reader.read(at[i], lemma)
        clear_here = is_clear(p, reader.omitted[lemma])
        clear += clear_here
        if occurrence.sense not in trained:
            unseen += 1
            unseen_unlisted += p[-1]
            continue
        truth = [occurrence.sense in reader.entries[c].marked for c in candidates]
        best = int(p[:-1].argmax())
        is_right = truth[best]
        seen += 1
        right += is_right
        is_frequent = max(senses)[1] == occurrence.sense
        frequent += is_frequent
        rare += not is_frequent
        rare_right += is_right and not is_frequent
        loss -= np.log(max(p[:-1][truth].sum(), 1e-9))
        clear_right += is_right and clear_here
        if any(truth) and not is_frequent and len(candidates) > 1:
            without = reader.read(at[i], lemma, forgotten=candidates[truth.index(True)])
            forgotten += 1
            forgotten_clear += is_clear(without, reader.omitted[lemma] + 1)
        row = bins[min(9, int(p[best] * 10))]
        row += [1, p[best], is_right]
    filled = bins[bins[:, 0] > 0]
    return {
        "words": seen,
        "accuracy": right / seen,
        "mostFrequent": frequent / seen,
        "accuracyOnRarerSenses": rare_right / rare,
        "loss": loss / seen,
        "clear": clear / (seen + unseen),
        "accuracyWhereClear": clear_right / clear,
        "calibrationError": float((np.abs(filled[:, 1] - filled[:, 2])).sum() / seen),
        "unseenSenses": unseen,
        "unseenUnlisted": unseen_unlisted / max(unseen, 1),
        "forgotten": forgotten,
        "clearWhereForgotten": forgotten_clear / max(forgotten, 1),
    }


def write(path: Path, reader: Reader, wordnet: WordNet, irregular: dict[str, list[str]]) -> None:
    def packed(array: np.ndarray) -> str:
        return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()

    lemmas: dict[str, dict] = {}
    order: list[int] = []
    by_lemma = {lemma: own for lemma, own in reader.by_lemma.items() if own}
    for lemma, own in sorted(by_lemma.items()):
        for pos, name in NAMES.items():
            of_pos = [i for i in own if reader.entries[i].pos == pos]
            for i in of_pos:
                entry, synset = reader.entries[i], wordnet.synsets[reader.entries[i].key]
                listed = [
                    synset.definition,
                    synset.synonyms(lemma)[:4],
                    round(entry.count, 1),
                    entry.evidence,
                ]
                lemmas.setdefault(lemma, {"omitted": reader.omitted[lemma]}).setdefault(
                    name, []
                ).append(listed)
                order.append(i)
    space = reader.space
    file = {
        "probes": [
            {"template": list(PROBE.template), "at": PROBE.at, "states": list(PROBE.states)}
        ],
        "mean": packed(space.mean.astype("<f4")),
        "projection": packed(space.projection.astype("<f4")),
        "spread": packed(space.spread.astype("<f4")),
        "places": packed(reader.places[order]),
        "step": float(reader.step),
        "weights": packed(reader.weights.astype("<f4")),
        "prior": reader.prior,
        "unlisted": UNLISTED,
        "omitted": OMITTED,
        "lemmas": lemmas,
        "irregular": {
            form: known
            for form, bases in irregular.items()
            if (known := [b for b in bases if b in by_lemma])
        },
    }
    text = json.dumps(file, ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(text, 9, mtime=0))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("checkpoint", "senses", "map", "wordnet", "cache", "out"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    cache, out = Path(options.cache), Path(options.out)
    cache.mkdir(parents=True, exist_ok=True)

    wordnet = WordNet(Path(options.wordnet))
    hints = read_senses_map(options.map)
    by_form = read_occurrences(options.senses)
    occurrences = sorted(
        (o for found in by_form.values() for o in found), key=lambda o: (o.line, o.start)
    )
    occurrences = [o for o in occurrences if o.sense[1] in NAMES]
    marked = {(o.sense[0].lower(), o.sense[1]) for o in occurrences}
    # Words without marks, as far as the encoder has a piece of its own for them.
    pieces = json.loads((Path(options.checkpoint) / "tokenizer.json").read_text(encoding="utf-8"))[
        "model"
    ]["vocab"]
    lemmas = sorted(marked | {key for key in wordnet.keys if key[0] in pieces and key[0].isalpha()})
    examples = examples_of(wordnet, lemmas)
    print(
        f"{len(occurrences)} marked words of {len(lemmas)} lemmas, {len(examples)} examples",
        flush=True,
    )

    prober: list[Prober] = []

    def read(places: list[tuple[str, int, int]]) -> np.ndarray:
        prober.extend([] if prober else [Prober(options.checkpoint)])
        return prober[0].probe_marks(places, {"word": PROBE}, progress=True)["word"]

    vectors = cached(
        cache / "words.npy",
        lambda: read([(o.sentence, o.start, o.end) for o in occurrences]),
    )
    example_vectors = cached(
        cache / "examples.npy",
        lambda: read([(e.sentence, e.start, e.end) for e in examples]),
    )

    ids = {sense: i for i, sense in enumerate(sorted({o.sense for o in occurrences}))}
    labels = np.array([ids[o.sense] for o in occurrences])
    lemma_ids = {lemma: i for i, lemma in enumerate(sorted({lemma for lemma, _ in marked}))}
    lemma_of = np.array([lemma_ids[sense[0].lower()] for sense in ids])
    parts = np.array([part(o.line) for o in occurrences])

    def fitted(chosen: np.ndarray) -> tuple[list[Entry], Space]:
        space = fit_space(vectors[chosen], labels[chosen], lemma_of)
        own = [o for o, take in zip(occurrences, chosen, strict=True) if take]
        return build(
            own, space(vectors[chosen]), examples, space(example_vectors), space, hints, wordnet
        ), space

    def measured(reader: Reader, name: str, trained: collections.Counter) -> dict:
        chosen = parts == name
        own = [o for o, take in zip(occurrences, chosen, strict=True) if take]
        return measure(reader, own, reader.space(vectors[chosen]), trained)

    training = parts == "training"
    trained = collections.Counter(
        o.sense for o, take in zip(occurrences, training, strict=True) if take
    )
    entries, space = fitted(training)
    reader = Reader(entries, space, wordnet)
    validation = parts == "validation"
    reader.fit_weights(
        [o for o, take in zip(occurrences, validation, strict=True) if take],
        space(vectors[validation]),
        trained,
    )
    figures = measured(reader, "test", trained)
    print(json.dumps({"prior": reader.prior, **figures}, indent=1), flush=True)
    weights, prior = reader.weights, reader.prior

    entries, space = fitted(np.ones(len(occurrences), bool))
    entries = [entry for entry in entries if re.fullmatch("[a-z]+", entry.lemma)]
    reader = Reader(entries, space, wordnet)
    reader.weights, reader.prior = weights, prior
    path = out / "sense-dictionary.json.gz"
    write(path, reader, wordnet, WordNet.irregular(Path(options.wordnet)))
    print(f"{len(entries)} senses of {len(reader.by_lemma)} words, {path.stat().st_size} bytes")
    report = {
        "senses": len(entries),
        "words": len(reader.by_lemma),
        "bytes": path.stat().st_size,
        "heldOut": figures,
    }
    (out / "sense-dictionary.figures.json").write_text(
        json.dumps(report, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
