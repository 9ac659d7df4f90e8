"""Truth for the senses lens: probabilities and groups as Python computes them, for the weights in the model folder.

    make_sense_goldens.py MODEL OUT

Sentences are those of models/recipes/sense_sets.txt; see README.md beside this file.
"""

import json
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "models" / "recipes"))

from make_goldens import load_model  # noqa: E402
from same_sense import probabilities, read_model  # noqa: E402
from sense_dictionary import read_file as read_dictionary, unit  # noqa: E402
from lib.senses import Prober, read_sets  # noqa: E402

WORDS = ("stand", "apple", "bank", "moon", "bass", "light", "kitchen")


def main(folder: Path, out: Path) -> None:
    prober = Prober(str(folder), load_model(folder))
    model = read_model(folder / "same-sense.json")
    index = read_dictionary(folder / "sense-dictionary.json.gz")
    sets = read_sets(str(root / "models" / "recipes" / "sense_sets.txt"))
    out.mkdir(parents=True, exist_ok=True)
    for word in WORDS:
        sentences = next(found for name, found in sets if name == word)
        vectors = prober.probe([(s.text, s.start, s.end) for s in sentences])
        logits = model.logits(vectors)
        places = index.space(unit(vectors["word"]))
        golden = {
            "word": word,
            "occurrences": [{"sentence": s.text, "start": s.start, "end": s.end} for s in sentences],
            "marked": [s.sense for s in sentences],
            "probabilities": probabilities(logits).round(5).tolist(),
            "groups": model.groups(logits).tolist(),
            "glosses": [index.entries[i].key for i in index.by_lemma[word]],
            "names": [index.read(place, word).round(5).tolist() for place in places],
        }
        (out / f"{word}.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
