"""How well vectors tell senses apart, on WordNet's example sentences, through the command line.

    wordnet_senses.py make WORDNET           (folder with data.noun …, for example /usr/share/wordnet)
    wordnet_senses.py measure [--groups N]

``make`` writes ``wordnet-examples.tsv``: lemma, part of speech, synset, index of the word, words; of each lemma the
synsets with at least two examples, at least two synsets. ``measure`` prints a table by hidden state; build first
(``npm run build``). See README.md beside this file.
"""

import argparse
import json
import random
import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXAMPLES = HERE / "wordnet-examples.tsv"
FEWEST_WORDS = 4
SEED = 1

Row = tuple[str, str, str, int, str]
Groups = dict[tuple[str, str], list[int]]


def examples(folder: Path) -> list[Row]:
    """All examples of all synsets that hold one of their lemmas, by lemma and part of speech."""
    found: dict[tuple[str, str], dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for pos in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{pos}").read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            head, _, gloss = line.partition("|")
            fields = head.split()
            lemmas = {fields[4 + 2 * at].lower().split("(")[0] for at in range(int(fields[3], 16))}
            for sentence in re.findall(r'"([^"]+)"', gloss):
                words = re.findall(r"\w+(?:'\w+)?|[^\w\s]", sentence)
                lower = [word.lower() for word in words]
                if len(words) < FEWEST_WORDS:
                    continue
                for lemma in sorted(lemmas & set(lower)):
                    found[lemma, pos][fields[0]].append((lower.index(lemma), " ".join(words)))
    rows: list[Row] = []
    for (lemma, pos), synsets in sorted(found.items()):
        enough = {synset: said for synset, said in sorted(synsets.items()) if len(said) >= 2}
        if re.fullmatch("[a-z]+", lemma) and len(enough) >= 2:
            rows += [(lemma, pos, synset, *one) for synset, said in enough.items() for one in said]
    return rows


def read_rows() -> list[Row]:
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines]
    return [(lemma, pos, synset, int(at), words) for lemma, pos, synset, at, words in parts]


def headlight(*arguments: str, text: str = "") -> str:
    command = ["node", str(ROOT / "dist" / "cli.js"), *arguments, "--device", "cpu"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def vectors(rows: list[Row], model: str, layer: int) -> np.ndarray:
    """Unit vectors [row, hidden]; rows that the model cannot read are zero."""
    text = "".join(f"{at}\t{words}\n" for _, _, _, at, words in rows)
    answers = [json.loads(line)["vector"] for line in
               headlight("vectors", "--at", "--layer", str(layer), "--model", model, text=text).splitlines()]
    width = next(len(vector) for vector in answers if vector)
    found = np.array([vector or [0.0] * width for vector in answers], dtype=np.float32)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def nearest(vectors: np.ndarray, labels: list[str]) -> float:
    """Share of occurrences whose nearest other one is of the same synset; of several as near, their share."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    same = np.array([[one == other for other in labels] for one in labels])
    tied = cosines > cosines.max(axis=1, keepdims=True) - 1e-6
    return float(np.mean((same & tied).sum(axis=1) / tied.sum(axis=1)))


def clustered(vectors: np.ndarray, labels: list[str]) -> float:
    """ARI of average linkage by cosine distance, told how many groups there are."""
    distances = np.clip(1 - vectors @ vectors.T, 0, None)
    found = AgglomerativeClustering(len(set(labels)), metric="precomputed", linkage="average").fit(distances)
    return float(adjusted_rand_score(labels, found.labels_))


def grouped(rows: list[Row]) -> float:
    """ARI of the groups of ``senses``, which is not told how many there are."""
    lemma = rows[0][0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "examples.txt"
        # A sentence a paragraph, and of each only the marked occurrence.
        path.write_text("\n\n".join(f"{words} ." for *_, words in rows), encoding="utf-8")
        answer = json.loads(headlight("senses", lemma, str(path), "--json"))
    senses = {one["line"]: one["sense"] for one in reversed(answer["occurrences"])}
    found = [senses.get(1 + 2 * at) for at in range(len(rows))]
    return float(adjusted_rand_score([row[2] for row in rows], [-1 if sense is None else sense for sense in found]))


def chance(groups: Groups, rows: list[Row]) -> float:
    """Expected share of right nearest ones, were they drawn."""
    shares = []
    for indexes in groups.values():
        labels = [rows[index][2] for index in indexes]
        shares += [(labels.count(label) - 1) / (len(labels) - 1) for label in labels]
    return float(np.mean(shares))


def measure(arguments: argparse.Namespace) -> None:
    rows = read_rows()
    groups: Groups = defaultdict(list)
    for index, (lemma, pos, *_) in enumerate(rows):
        groups[lemma, pos].append(index)
    print(f"{len(groups)} lemmas, {len(rows)} examples, {len({row[2] for row in rows})} synsets\n")
    print("| vectors | nearest is of the same synset | ARI, number of groups given |\n|---|---|---|")
    layers = json.loads((ROOT / "models" / "encoder" / "config.json").read_text())["num_hidden_layers"]
    sources = [("`static`", "static", 0), *((f"`encoder`, hidden state {at}", "encoder", at) for at in range(layers + 1))]
    for name, model, layer in sources:
        found = vectors(rows, model, layer)
        scores = [(len(indexes), nearest(found[indexes], labels), clustered(found[indexes], labels))
                  for indexes in groups.values() for labels in [[rows[index][2] for index in indexes]]]
        weights = [count for count, *_ in scores]
        print(f"| {name} | {np.average([one for _, one, _ in scores], weights=weights):.3f} | {np.mean([ari for *_, ari in scores]):.3f} |",
              flush=True)
    print(f"| chance | {chance(groups, rows):.3f} | 0 |")
    if arguments.groups:
        some = random.Random(SEED).sample(sorted(groups), min(arguments.groups, len(groups)))
        scores = [grouped([rows[index] for index in groups[key]]) for key in some]
        print(f"\nGroups of `senses` for {len(some)} lemmas, their number not given: mean ARI {np.mean(scores):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    stages = parser.add_subparsers(required=True)
    make = stages.add_parser("make")
    make.add_argument("wordnet", type=Path)
    make.set_defaults(run=lambda given: EXAMPLES.write_text(
        "".join("\t".join(map(str, row)) + "\n" for row in examples(given.wordnet)), encoding="utf-8"))
    stage = stages.add_parser("measure")
    stage.add_argument("--groups", type=int, default=0, help="lemmas whose groups are measured too")
    stage.set_defaults(run=measure)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
