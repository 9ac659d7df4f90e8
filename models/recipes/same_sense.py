"""Fits "do these two occurrences of a word mean the same?" for an encoder.

    same_sense.py --checkpoint DIR --senses FILE --topics FILE --wordnet DIR --data DIR
                  --cache DIR --out models/encoder/same-sense.json

Trained on sense-marked sentences (SemCor and MASC): sets of occurrences of one word are drawn with the sizes that a
document has, and a logistic regression predicts for each pair whether it has the same sense. Lemmas are split into
training, validation and test. Directions in which senses of a noun lie apart come from sentences of its relatives
(`lib/relatives.py`). What the TypeScript side repeats is in `lib/senses.py`, `pair_features` and `SameSense.groups`
below. `--cache` keeps what was read.
"""

from __future__ import annotations

import argparse
import base64
import collections
import json
import random
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.linalg
from scipy.cluster.hierarchy import ClusterNode, linkage, to_tree
from scipy.spatial.distance import squareform
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.preprocessing import StandardScaler
from transformers import BertTokenizerFast

from lib.nouns import Nouns
from lib.pairs import read_pairs
from lib.relatives import SENSES, Example, examples_from
from lib.senses import (
    MAX_TOKENS,
    PROBES,
    TEMPLATE_TOKENS,
    WORD_TOKENS,
    Prober,
    read_occurrences,
    read_sets,
    read_wordnet_map,
)
from lib.texts import training_lines
from lib.wordnet import WordNet

SEED = 7
# Probes that are laid end to end, as one vector, where the senses of nouns lie apart by their relatives, in how many
# dimensions: those that are compared, and the word alone, which an index of senses holds and which weighs nothing here.
RELATED, INDEXED = ("word", "sentence", "mask-middle"), ("word",)
DIMENSIONS = {RELATED: 96, INDEXED: 48}
SHRINKAGE = 0.2
# Most occurrences of a form's most frequent sense, and of each other one.
FIRST, OTHERS = 24, 12
# Occurrences of each sense in a set with several, and in one with a single sense; each as likely.
SIZES = (2, 3, 3, 4, 5, 6, 8)
SIZES_OF_ONE = (3, 4, 5, 6, 8, 8, 12, 16)
# Occurrences from which on their number says no more.
COUNTED = 8
# Taken from the logit of a cut: rather leave two senses together than part one.
CAUTION = 0.3
# Nouns whose relatives are looked for.
NOUNS = 1500
# Least sentences of a sense that count.
LEAST_SENTENCES = 6
# Share of the comparison by relatives alone in the logit; the rest is that of whole vectors together with it.
RELATED_SHARE = 0.5


# ---------------------------------------------------------------- occurrences
def coarse(sense: tuple) -> str:
    """The homonym that a sense belongs to: the part of its dictionary id before the dot."""
    return sense[2].split(".")[0]


class Distinct:
    """Which two senses of a word people would call different."""

    def __init__(self, topics: dict[str, set[str]]):
        self.topics = topics

    def __call__(self, a: tuple, b: tuple) -> int:
        """2 for different homonyms, 1 for different parts of speech or topics, 0 for senses close to each other."""
        if a == b:
            return 0
        if coarse(a) != coarse(b):
            return 2
        x, y = self.topics.get(a[2], set()), self.topics.get(b[2], set())
        return 1 if a[1] != b[1] or (x and y and not x & y) else 0


def choose_occurrences(by_form: dict, distinct: Distinct, most: int) -> list:
    """Words with clearly different senses, homonyms first, and words with one sense, in random order."""
    rng = random.Random(SEED)
    several, one = [], []
    for form, found in by_form.items():
        counts = collections.Counter(x.sense for x in found)
        senses = [sense for sense, count in counts.items() if count >= 3]
        if any(distinct(a, b) for a in senses for b in senses):
            several.append(form)
        elif len(counts) == 1 and len(found) >= 6:
            one.append(form)
    for forms in (several, one):
        forms.sort()
        rng.shuffle(forms)

    def is_homonym(form: str) -> bool:
        counts = collections.Counter(x.sense for x in by_form[form])
        return len({coarse(sense) for sense, count in counts.items() if count >= 3}) > 1

    homonyms = [form for form in several if is_homonym(form)]
    others = [form for form in several if not is_homonym(form)]

    def take(form: str) -> list:
        senses = collections.defaultdict(list)
        for x in by_form[form]:
            senses[x.sense].append(x)
        taken = []
        for sense in sorted(senses, key=lambda s: -len(senses[s])):
            if len(senses[sense]) >= 3:
                most_here = OTHERS if taken else FIRST
                taken += rng.sample(senses[sense], min(most_here, len(senses[sense])))
        return taken[:FIRST + 2 * OTHERS]

    groups = [take(form) for form in homonyms + others[: 1000 - len(homonyms)] + one[:450]]
    rng.shuffle(groups)
    return [x for group in groups for x in group][:most]


def part_of(form: str, lemmas: set[str], set_words: set[str]) -> str:
    """Training, validation or test by lemma; words of the hand-written sets are in none of them."""
    if form in set_words or lemmas & set_words:
        return "sets"
    share = zlib.crc32(sorted(lemmas)[0].encode()) % 100
    return "train" if share < 66 else "validation" if share < 80 else "test"


@dataclass
class Corpus:
    """Probed occurrences: vectors by probe [N, hidden], and by layer of the word [layers + 1, N, hidden]."""

    items: list
    vectors: dict[str, np.ndarray]
    layers: np.ndarray
    distinct: Distinct
    parts: dict[str, str]
    forms: dict[str, list[int]]


def draw_sets(
    corpus: Corpus, part: str, per: int, one_share: float, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Sets as a document holds them: (indices [n], labels [n]) with one to three senses, n from 3 to 24.

    Those with one sense are about as large as those with several: that there are many occurrences must not say that
    there are many senses.
    """
    rng = random.Random(seed)
    sets = []
    for form, indices in sorted(corpus.forms.items()):
        if corpus.parts[form] != part:
            continue
        by_sense = collections.defaultdict(list)
        for i in indices:
            by_sense[corpus.items[i].sense].append(i)
        senses = [sense for sense in by_sense if len(by_sense[sense]) >= 3]
        pairs = [(a, b) for a in senses for b in senses if a < b and corpus.distinct(a, b)]
        for _ in range(per if pairs else min(per, 2)):
            if not senses:
                break
            if pairs and rng.random() >= one_share:
                weights = [3 if corpus.distinct(*pair) == 2 else 1 for pair in pairs]
                chosen = list(rng.choices(pairs, weights)[0])
                more = [s for s in senses if all(corpus.distinct(s, c) for c in chosen)]
                if more and rng.random() < 0.4:
                    chosen.append(rng.choice(more))
                sizes = [min(len(by_sense[s]), rng.choice(SIZES)) for s in chosen]
            else:
                chosen = [rng.choice(senses)]
                sizes = [min(len(by_sense[chosen[0]]), rng.choice(SIZES_OF_ONE))]
            drawn = [
                rng.sample(by_sense[sense], size) for sense, size in zip(chosen, sizes, strict=True)
            ]
            labels = [label for label, size in enumerate(sizes) for _ in range(size)]
            sets.append((np.array([i for group in drawn for i in group]), np.array(labels)))
    return sets


# ---------------------------------------------------------------- features
def normalised(x: np.ndarray) -> np.ndarray:
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)


def pair_features(views: list[np.ndarray]) -> np.ndarray:
    """Features [n, n, 3 · views + 1] of all pairs of a set, from its vectors in each view, [n, d].

    A view gives the cosine, the cosine of what is left when the set's mean is taken away, and the mean cosine over the
    set's other pairs. The second is -1/(n - 1) for unrelated vectors, as the mean is also theirs; scaled, it is 0.
    Last comes log n, up to `COUNTED`: a mean of few is uncertain, and one of many no surer than one of more.
    """
    n = len(views[0])
    ones = np.ones((n, n))
    features = []
    for view in views:
        unit = normalised(view)
        raw = unit @ unit.T
        centred = normalised(view - view.mean(0))
        scaled = ((n - 1) * (centred @ centred.T) + 1) / n
        features += [raw, scaled, ones * (raw.sum() - n) / (n * (n - 1))]
    return np.stack([*features, ones * np.log(min(n, COUNTED))], -1)


# ---------------------------------------------------------------- relatives
class Relatives:
    """Where the senses of nouns lie apart, by sentences of their relatives, whose vectors [N, hidden] are those of some
    probes.
    """

    def __init__(self, examples: list[Example], vectors: dict[str, np.ndarray]):
        counts = collections.Counter(example.key for example in examples)
        chosen = [i for i, e in enumerate(examples) if counts[e.key] >= LEAST_SENTENCES]
        self.vectors = {probe: own[chosen] for probe, own in vectors.items()}
        self.keys = np.array([examples[i].key for i in chosen])
        self.lemmas = np.array([examples[i].lemma for i in chosen])

    def directions(
        self, probes: tuple[str, ...], means: dict[str, np.ndarray], without: set[str]
    ) -> np.ndarray:
        """
        [width, dimensions] from all lemmas but these: linear discriminants (Fisher 1936), each as
        long as the root of how far senses lie apart along it, for a covariance within them of 1.
        """
        kept = ~np.isin(self.lemmas, sorted(without))
        x = np.hstack([normalised(self.vectors[p][kept] - means[p]) for p in probes])
        _, first, sense, count = np.unique(
            self.keys[kept], return_index=True, return_inverse=True, return_counts=True
        )
        places = np.zeros((len(count), x.shape[1]))
        np.add.at(places, sense, x)
        places /= count[:, None]
        rest = x - places[sense]
        within = rest.T @ rest / (len(x) - len(count))
        shared = np.trace(within) / len(within) * np.eye(len(within))
        within = (1 - SHRINKAGE) * within + SHRINKAGE * shared
        between = np.zeros_like(within)
        lemmas = self.lemmas[kept][first]
        for lemma in np.unique(lemmas):
            apart = places[lemmas == lemma]
            apart = apart - apart.mean(0)
            between += apart.T @ apart
        values, vectors = scipy.linalg.eigh(between, within)
        values, vectors = values[::-1][: DIMENSIONS[probes]], vectors[:, ::-1][:, : DIMENSIONS[probes]]
        return vectors * np.sqrt(np.maximum(values, 0) / values[0])


# ---------------------------------------------------------------- model
@dataclass
class SameSense:
    """logit of "same sense" = pair_features(views) · weights + bias.

    Projections are of the vectors of one probe or of several, laid end to end. `split` weighs the mean logit between
    two sides of a tree, negated, and the logarithms of the smaller and the larger side's size, in the logit of whether
    they are different senses; its bias comes last.
    """

    means: dict[str, np.ndarray]
    projections: dict[tuple[str, ...], np.ndarray]
    weights: np.ndarray
    bias: float
    split: np.ndarray

    def views(self, vectors: dict[str, np.ndarray]) -> list[np.ndarray]:
        """Centred on the corpus mean, as they are and projected: [n, hidden] and [n, dimensions]."""
        centred = {probe: normalised(vectors[probe] - self.means[probe]) for probe in PROBES}
        return [
            *centred.values(),
            *(
                np.hstack([centred[probe] for probe in probes]) @ matrix
                for probes, matrix in self.projections.items()
            ),
        ]

    def logits(self, vectors: dict[str, np.ndarray]) -> np.ndarray:
        """[n, n] of one set's vectors by probe."""
        return pair_features(self.views(vectors)) @ self.weights + self.bias

    def groups(self, logits: np.ndarray) -> np.ndarray:
        """The tree of average linkage, cut from the top as long as its sides are different senses.

        Groups [n] count from 0 by their first items.
        """
        labels = np.zeros(len(logits), int)
        waiting = [tree_of(logits)] if len(logits) > 1 else []
        while waiting:
            node = waiting.pop()
            if not node.is_leaf() and sides(node, logits) @ self.split[:-1] + self.split[-1] > 0:
                labels[node.left.pre_order()] = labels.max() + 1
                waiting += [node.left, node.right]
        seen = list(dict.fromkeys(labels.tolist()))
        return np.array([seen.index(label) for label in labels])


def probabilities(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def tree_of(logits: np.ndarray) -> ClusterNode:
    # SciPy wants distances that are not negative.
    distances = squareform(logits.max() - logits, checks=False)
    return to_tree(linkage(distances, "average"))


def sides(node: ClusterNode, logits: np.ndarray) -> np.ndarray:
    """What `split` weighs of a node of the tree."""
    left, right = node.left.pre_order(), node.right.pre_order()
    sizes = sorted((len(left), len(right)))
    return np.array([-logits[np.ix_(left, right)].mean(), *np.log(sizes)])


def fit_split(logits: list[np.ndarray], labels: list[np.ndarray]) -> np.ndarray:
    """A cut counts as right by the share of pairs between its sides whose senses differ."""
    x, y, weight = [], [], []
    for own, marks in zip(logits, labels, strict=True):
        waiting = [tree_of(own)]
        while waiting:
            node = waiting.pop()
            if node.is_leaf():
                continue
            waiting += [node.left, node.right]
            left, right = node.left.pre_order(), node.right.pre_order()
            different = (marks[left][:, None] != marks[right]).mean()
            x += [sides(node, own)] * 2
            y += [True, False]
            share = np.sqrt(node.count / len(own))
            weight += [share * different, share * (1 - different)]
    x, y, weight = np.array(x), np.array(y), np.array(weight)
    weight *= np.where(y, 0.5 / weight[y].sum(), 0.5 / weight[~y].sum()) * len(y)
    model = LogisticRegression(max_iter=500).fit(x, y, sample_weight=weight)
    return np.append(model.coef_[0], model.intercept_[0])


def fit_logistic(views: list[np.ndarray], sets: list) -> tuple[np.ndarray, float]:
    """Weights and bias for features as they are; same and different pairs count alike, large sets no more than small."""
    features, same, weight = [], [], []
    for indices, labels in sets:
        a, b = np.triu_indices(len(indices), 1)
        features.append(pair_features([view[indices] for view in views])[a, b])
        same.append(labels[a] == labels[b])
        weight.append(np.full(len(a), 1 / np.sqrt(len(a))))
    x, y, w = np.concatenate(features), np.concatenate(same), np.concatenate(weight)
    w *= np.where(y, 0.5 / w[y].sum(), 0.5 / w[~y].sum()) * len(y)
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(max_iter=500).fit(scaler.transform(x), y, sample_weight=w)
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - weights @ scaler.mean_)


def fit(
    corpus: Corpus, examples: list[Example], example_vectors: dict[str, np.ndarray]
) -> SameSense:
    """
    Logistic regressions on the comparison by relatives, and on it together with whole vectors; the
    logit is their weighted mean.
    """
    means = {probe: corpus.vectors[probe].mean(0) for probe in PROBES}
    whole = {probe: normalised(corpus.vectors[probe] - means[probe]) for probe in PROBES}
    sets = draw_sets(corpus, "train", per=8, one_share=0.3, seed=1)
    forms = sorted(form for form, part in corpus.parts.items() if part == "train")
    relatives = Relatives(examples, example_vectors)
    projections = {
        probes: relatives.directions(probes, means, without=set()) for probes in (INDEXED, RELATED)
    }
    stacked = np.hstack([whole[probe] for probe in RELATED])
    # Projections look better on the words they were made from: each third is projected by those of the other two.
    related = np.zeros((len(corpus.items), DIMENSIONS[RELATED]), np.float32)
    for fold in (forms[i::3] for i in range(3)):
        rows = [i for form in fold for i in corpus.forms[form]]
        own = {corpus.items[i].sense[0].lower() for i in rows}
        related[rows] = stacked[rows] @ relatives.directions(RELATED, means, without=own)
    alone_weights, alone_bias = fit_logistic([related], sets)
    views = [*whole.values(), related]
    weights, bias = fit_logistic(views, sets)
    weights, bias = (1 - RELATED_SHARE) * weights, (1 - RELATED_SHARE) * bias
    # Those of the comparison by relatives come last, and log n.
    weights[-4:] += RELATED_SHARE * alone_weights
    bias += RELATED_SHARE * alone_bias
    logits = [
        pair_features([view[indices] for view in views]) @ weights + bias for indices, _ in sets
    ]
    split = fit_split(logits, [labels for _, labels in sets])
    split[-1] -= CAUTION
    return SameSense(means, projections, np.insert(weights, -4, np.zeros(3)), bias, split)


# ---------------------------------------------------------------- evaluation
def of_set(corpus: Corpus, indices: np.ndarray) -> dict[str, np.ndarray]:
    return {probe: corpus.vectors[probe][indices] for probe in PROBES}


def pairs_of(matrix: np.ndarray) -> np.ndarray:
    return matrix[np.triu_indices(len(matrix), 1)]


def measure(model: SameSense, corpus: Corpus, part: str) -> dict[str, float]:
    """On sets of held-out lemmas: AUC over pairs; ARI on homonyms; share of one-sense sets that stay whole."""
    several = [s for s in draw_sets(corpus, part, per=6, one_share=0, seed=5) if s[1].max() > 0]
    one = [s for s in draw_sets(corpus, part, per=3, one_share=1, seed=5)]
    answers = [model.logits(of_set(corpus, indices)) for indices, _ in several]
    same = np.concatenate([pairs_of(labels[:, None] == labels) for _, labels in several])
    homonyms = [len({coarse(corpus.items[i].sense) for i in indices}) > 1 for indices, _ in several]
    rand = [
        adjusted_rand_score(labels, model.groups(logits))
        for (_, labels), logits, homonym in zip(several, answers, homonyms, strict=True)
        if homonym
    ]
    whole = [model.groups(model.logits(of_set(corpus, indices))).max() == 0 for indices, _ in one]
    return {
        "auc": float(roc_auc_score(same, np.concatenate([pairs_of(logits) for logits in answers]))),
        "homonymARI": float(np.mean(rand)),
        "oneSenseKept": float(np.mean(whole)),
    }


def layer_auc(corpus: Corpus, part: str) -> list[float]:
    """AUC of the plain cosine of the word's vectors by layer, the embedding layer first: the control."""
    several = [s for s in draw_sets(corpus, part, per=6, one_share=0, seed=5) if s[1].max() > 0]
    same = np.concatenate([pairs_of(labels[:, None] == labels) for _, labels in several])

    def cosines(layer: np.ndarray) -> np.ndarray:
        unit = normalised(layer.astype(np.float32))
        return np.concatenate([pairs_of(unit[indices] @ unit[indices].T) for indices, _ in several])

    return [float(roc_auc_score(same, cosines(layer))) for layer in corpus.layers]


def measure_sets(model: SameSense, prober: Prober, sets: list) -> dict[str, object]:
    """
    On hand-written sets of ordinary sentences: mean ARI, how many come out exactly right, by word; and of those words
    that have five sets, or more, of all their sentences together.
    """
    several, one, right = [], [], collections.defaultdict(list)
    together = collections.defaultdict(list)
    for word, sentences in sets:
        vectors = prober.probe([(s.text, s.start, s.end) for s in sentences])
        groups = model.groups(model.logits(vectors))
        labels = [s.sense for s in sentences]
        rand = adjusted_rand_score(labels, groups)
        (several if len(set(labels)) > 1 else one).append(rand)
        right[word].append(rand == 1)
        together[word].append((labels, vectors))
    return {
        "ARI": float(np.mean(several)),
        "exact": float(np.mean(np.array(several) == 1)),
        "oneSenseKept": float(np.mean(np.array(one) == 1)),
        "right": {word: f"{sum(found)}/{len(found)}" for word, found in right.items()},
        "together": {
            word: measure_together(model, found) for word, found in together.items() if len(found) >= 5
        },
    }


def measure_together(model: SameSense, sets: list[tuple[list[str], dict]]) -> dict[str, float]:
    """All sentences of a word, as a long document has them."""
    labels = [label for own, _ in sets for label in own]
    vectors = {probe: np.concatenate([own[probe] for _, own in sets]) for probe in PROBES}
    groups = model.groups(model.logits(vectors))
    return {
        "occurrences": len(labels),
        "senses": len(set(labels)),
        "groups": int(groups.max()) + 1,
        "ARI": float(adjusted_rand_score(labels, groups)),
    }


# ---------------------------------------------------------------- files
SPLIT = ("distance", "smaller", "larger", "bias")


def numbers(array: np.ndarray) -> str:
    """Little-endian float32, base64."""
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def write_model(model: SameSense, figures: dict, out: Path) -> None:
    """`same-sense.json` as src/lenses/senses/sameSense.ts reads it."""
    compared = [*((probe,) for probe in PROBES), *model.projections]
    comparisons = []
    for i, probes in enumerate(compared):
        raw, centred, spread = (float(w) for w in model.weights[3 * i : 3 * i + 3])
        projection = numbers(model.projections[probes]) if i >= len(PROBES) else None
        comparisons.append(
            {
                "probes": [list(PROBES).index(probe) for probe in probes],
                "projection": projection,
                "raw": raw,
                "centred": centred,
                "spread": spread,
            }
        )
    content = {
        "description": "Probability that two occurrences of a word mean the same; made by models/recipes/same_sense.py.",
        "limits": {
            "maxTokens": MAX_TOKENS,
            "templateTokens": TEMPLATE_TOKENS,
            "wordTokens": WORD_TOKENS,
        },
        "probes": [
            {
                "name": name,
                "template": probe.template,
                "at": probe.at,
                "states": probe.states,
                "mean": numbers(model.means[name]),
            }
            for name, probe in PROBES.items()
        ],
        "comparisons": comparisons,
        "logCount": float(model.weights[-1]),
        "counted": COUNTED,
        "bias": model.bias,
        "split": dict(zip(SPLIT, map(float, model.split), strict=True)),
        "figures": figures,
    }
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_model(path: Path) -> SameSense:
    """What `write_model` wrote."""
    content = json.loads(path.read_text(encoding="utf-8"))

    def array(text: str) -> np.ndarray:
        return np.frombuffer(base64.b64decode(text), "<f4")

    comparisons = content["comparisons"]
    means = {probe["name"]: array(probe["mean"]) for probe in content["probes"]}
    names = list(means)
    weights = [w for c in comparisons for w in (c["raw"], c["centred"], c["spread"])]
    return SameSense(
        means,
        {
            tuple(names[i] for i in c["probes"]): array(c["projection"]).reshape(
                len(c["probes"]) * len(means[names[0]]), -1
            )
            for c in comparisons
            if c["projection"]
        },
        np.array([*weights, content["logCount"]]),
        content["bias"],
        np.array([content["split"][name] for name in SPLIT]),
    )


def probe_corpus(
    items: list, checkpoint: str, cache: Path
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Vectors by probe and by layer, from the cache if it holds as many occurrences."""
    if cache.exists():
        stored = np.load(cache)
        if len(stored["layers"][0]) == len(items):
            return {probe: stored[probe].astype(np.float32) for probe in PROBES}, stored["layers"]
    prober = Prober(checkpoint)
    vectors, layers = prober.probe_with_layers(
        [(x.sentence, x.start, x.end) for x in items], progress=True
    )
    np.savez(
        cache,
        layers=layers.astype(np.float16),
        **{name: v.astype(np.float16) for name, v in vectors.items()},
    )
    return vectors, layers


def read_examples(
    options: argparse.Namespace, unseen: set[str], set_words: set[str]
) -> tuple[list[Example], dict[str, np.ndarray]]:
    """
    Sentences of the relatives of ambiguous nouns of the training part, and their vectors by probe;
    from the cache if it holds them.
    """
    path = options.cache / "relatives.npz"
    wordnet = WordNet(options.wordnet)
    nouns = Nouns(wordnet)
    vocabulary = BertTokenizerFast.from_pretrained(options.checkpoint).vocab
    lemmas = sorted(
        lemma
        for lemma, pos in wordnet.keys
        if pos == "NOUN" and lemma in vocabulary and lemma.isalpha() and len(lemma) > 2
        and lemma not in unseen and part_of(lemma, {lemma}, set_words) == "train"
        and nouns.is_noun(lemma) and nouns.is_ambiguous(lemma, SENSES)
    )
    lemmas = sorted(random.Random(SEED).sample(lemmas, min(NOUNS, len(lemmas))))
    lines = [line.text for line in training_lines(options.data / "mlm")]
    lines += [pair.english for pair in read_pairs(options.data / "en-es.tsv")]
    examples = examples_from(nouns, lemmas, lines, SEED)
    print(f"{len(examples)} sentences for {len(lemmas)} nouns", flush=True)
    if not path.exists() or len(np.load(path)[RELATED[0]]) != len(examples):
        vectors = Prober(options.checkpoint).probe(
            [(example.sentence, example.start, example.end) for example in examples],
            {name: PROBES[name] for name in RELATED},
            progress=True,
        )
        np.savez(path, **{name: v.astype(np.float16) for name, v in vectors.items()})
    stored = np.load(path)
    return examples, {name: stored[name].astype(np.float32) for name in RELATED}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--checkpoint", required=True, help="BertForPreTraining folder (Transformers)"
    )
    parser.add_argument("--senses", required=True, help="sense-marked sentences, senses.tsv[.xz]")
    parser.add_argument(
        "--topics", required=True, help="senses mapped to WordNet, senses-wordnet.tsv[.xz]"
    )
    parser.add_argument("--sets", default=str(Path(__file__).with_name("sense_sets.txt")))
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--data", type=Path, required=True, help="texts, as for the encoder")
    parser.add_argument("--cache", type=Path, required=True, help="folder to keep vectors in")
    parser.add_argument("--most", type=int, default=22000, help="occurrences probed")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)

    distinct = Distinct(read_wordnet_map(options.topics))
    items = choose_occurrences(read_occurrences(options.senses), distinct, options.most)
    vectors, layers = probe_corpus(items, options.checkpoint, options.cache / "corpus.npz")
    sets = read_sets(options.sets)
    set_words = {word for word, _ in sets}
    forms = collections.defaultdict(list)
    for i, item in enumerate(items):
        forms[item.form].append(i)
    parts = {
        form: part_of(form, {items[i].sense[0] for i in indices}, set_words)
        for form, indices in forms.items()
    }
    corpus = Corpus(items, vectors, layers, distinct, parts, dict(forms))

    unseen = {
        items[i].sense[0].lower()
        for form, indices in forms.items()
        if parts[form] != "train"
        for i in indices
    }
    examples, example_vectors = read_examples(options, unseen, set_words)
    model = fit(corpus, examples, example_vectors)
    figures = {
        "occurrences": len(items),
        "nouns": len({example.lemma for example in examples}),
        "sentencesOfRelatives": len(examples),
        "validation": measure(model, corpus, "validation"),
        "test": measure(model, corpus, "test"),
        "testCosineAUCByLayer": layer_auc(corpus, "test"),
        "sets": measure_sets(model, Prober(options.checkpoint), sets),
    }
    print(json.dumps(figures, indent=1))
    write_model(model, figures, options.out)


if __name__ == "__main__":
    main()
