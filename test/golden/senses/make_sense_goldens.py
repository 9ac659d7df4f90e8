"""Truth for the senses lens: probabilities, groups and substitutes of the sets below.

    python make_sense_goldens.py MODEL_FOLDER OUT_FOLDER

The weights are those of the folder's quantized graph, run in PyTorch; the model of "same sense" is the folder's
`same-sense.json`, computed by `models/recipes/same_sense.py`. Groups are those that come out, right or wrong.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "models" / "recipes")]

from make_goldens import load_model  # noqa: E402
from same_sense import read_model  # noqa: E402
from senses_lib import Prober, read_sets  # noqa: E402

SUBSTITUTES = 10


def substitutes(prober: Prober, occurrence: tuple[str, int, int]) -> list[dict]:
    """Likeliest tokens at [MASK] in place of the word, over the whole vocabulary, nothing filtered."""
    ids, _, mask = prober.sequence(prober.context(*occurrence), ("M",))
    _, hidden = next(prober.run([ids]))
    probabilities = torch.softmax(prober.logits(hidden[-1, mask][None])[0], -1)
    values, tokens = probabilities.topk(SUBSTITUTES)
    return [{"token": prober.tokenizer.convert_ids_to_tokens(token), "probability": round(value, 4)}
            for value, token in zip(values.tolist(), tokens.tolist())]


def utf16(text: str, offset: int) -> int:
    """An offset in code points as one in UTF-16 units."""
    return len(text[:offset].encode("utf-16-le")) // 2


def relabelled(groups: np.ndarray) -> list[int]:
    """Groups count from 0, the largest first, equal sizes by their first member."""
    found = groups.tolist()
    order = sorted(set(found), key=lambda g: (-found.count(g), found.index(g)))
    return [order.index(g) for g in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    prober = Prober(str(options.model), load_model(options.model))
    same_sense = read_model(options.model / "same-sense.json")
    digest = {name: hashlib.sha256((options.model / name).read_bytes()).hexdigest()
              for name in ("model.onnx", "same-sense.json")}
    seen: dict[str, int] = {}
    names = []
    for word, sentences in read_sets(str(HERE / "sets.txt")):
        occurrences = [(s.text, s.start, s.end) for s in sentences]
        probabilities = same_sense.probabilities(prober.probe(occurrences))
        np.fill_diagonal(probabilities, 1)
        groups = same_sense.groups(probabilities.copy())
        seen[word] = seen.get(word, 0) + 1
        name = word if seen[word] == 1 else f"{word}-{seen[word]}"
        names.append(name)
        content = {
            "word": word,
            "occurrences": [{"sentence": s.text, "start": utf16(s.text, s.start), "end": utf16(s.text, s.end),
                             "meant": s.sense, "substitutes": substitutes(prober, o)}
                            for s, o in zip(sentences, occurrences)],
            "probabilities": np.round(probabilities, 4).tolist(),
            "groups": relabelled(groups),
        }
        (options.out / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(name, content["groups"])
    (options.out / "index.json").write_text(json.dumps({"cases": names, "sha256": digest}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
