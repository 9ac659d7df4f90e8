"""Truth for interventions: PyTorch models with hooks, on the tiny models of the fixtures.

    pip install -r requirements-families.txt
    python make_intervention_goldens.py FIXTURES OUT_FOLDER

FIXTURES is the folder of ``make_family_fixtures.py``; the models are drawn anew from its seed, and
must say what its goldens say before they are changed.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from golden_files import write_case
from intervening_hooks import intervening
from make_family_fixtures import FAMILIES, HEADS, HIDDEN, LAYERS, random_model
from transformers import AutoTokenizer

CASES = {
    "bert": ("bert--dynamo-sdpa-23-fp32", ("encoder",)),
    "gpt2": ("gpt2--dynamo-sdpa-18-fp32", ("decoder",)),
    "mt5": ("mt5--optimum-eager-18-fp32", ("encoder", "decoder", "cross")),
}
SIZE = HIDDEN // HEADS
ROWS = (1, 4, -1)
"""Tokens whose logits are kept."""


def vector(generator: np.random.Generator, size: int) -> list[float]:
    """Numbers that float32 holds exactly, so that JSON does not change them."""
    return [float(np.float32(number)) for number in generator.normal(0, 1, size).round(3)]


def of_part(part: str, family: str, attention: np.ndarray) -> list[dict]:
    """Interventions in one part, whose attention is [layer, head, query, key]: each of one kind,
    and all kinds together."""
    random = np.random.default_rng(len(part))
    heads = [{"layer": 0, "head": 1, "token": None, "by": None},
             {"layer": LAYERS - 1, "head": 0, "token": None, "by": vector(random, SIZE)},
             {"layer": 0, "head": 0, "token": 2, "by": vector(random, SIZE)}]
    # Edges that carry most, as others may be next to nothing.
    most = int(attention[1, :, 4].mean(axis=0).argmax())
    edges = [{"layer": 0, "head": 1, "query": 3, "key": int(attention[0, 1, 3].argmax())},
             {"layer": None, "head": None, "query": None, "key": 2},
             {"layer": 1, "head": None, "query": 4, "key": most}]
    found = [{"heads": [one]} for one in heads] + [{"edges": [one]} for one in edges]
    if part == "cross":
        return [*found, {"heads": heads, "edges": edges}]
    # What is read off the last state of a pre-norm model has passed its last norm.
    states = [{"state": 0, "token": 1, "by": vector(random, HIDDEN)},
              {"state": 1, "token": None, "by": vector(random, HIDDEN)},
              {"state": 1, "token": 3, "by": None}]
    found += [{"states": [one]} for one in states]
    found += [{"skipped": [layer]} for layer in range(LAYERS)]
    if family != "mt5":
        found.append({"withoutPositions": True})
    return [*found, {"heads": heads, "edges": edges, "states": states[:1], "skipped": [1]}]


@torch.no_grad()
def outputs_of(model, golden: dict, by_part: dict[str, dict]) -> np.ndarray:
    """Logits [token, vocabulary], of what is written for a model that writes anew."""
    ids = torch.tensor([golden["ids"]])
    if "written" not in golden:
        count = ids.shape[1]
        extra = {"token_type_ids": torch.tensor([golden["token_type_ids"]])} if "token_type_ids" in golden else {}
        with intervening(model, by_part, dict.fromkeys(("encoder", "decoder"), (count, count))):
            return model(input_ids=ids, attention_mask=torch.ones_like(ids), **extra).logits[0].numpy()
    written = torch.tensor([golden["written"]])
    source, target = ids.shape[1], written.shape[1]
    sizes = {"encoder": (source, source), "decoder": (target, target), "cross": (target, source)}
    with intervening(model, by_part, sizes):
        return model(input_ids=ids, attention_mask=torch.ones_like(ids), decoder_input_ids=written,
                     use_cache=False).logits[0].numpy()


def tensors_of(folder: Path, golden: dict) -> dict[str, np.ndarray]:
    """What a fixture's golden records, by name."""
    numbers = np.fromfile(folder / "golden.bin", "<f4")
    return {name: numbers[at["offset"]:at["offset"] + int(np.prod(at["dims"]))].reshape(at["dims"])
            for name, at in golden["tensors"].items()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, (fixture, parts) in CASES.items():
        folder = arguments.fixtures / fixture
        family = FAMILIES[name]
        golden = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = random_model(family, len(tokenizer))
        model.set_attn_implementation("eager")
        recorded = tensors_of(folder, golden)
        whole = outputs_of(model, golden, {})
        expected = recorded["decoderLogits" if "written" in golden else "logits"]
        if np.abs(whole - expected).max() > 1e-4:
            raise ValueError(f"the model drawn for {fixture} is not that of the fixture")
        names = {"encoder": "attention", "decoder": "self" if "written" in golden else "attention",
                 "cross": "cross"}
        changes = [{part: one} for part in parts
                   for one in of_part(part, name, recorded[names[part]])]
        tensors = {f"changed-{at}": outputs_of(model, golden, one) for at, one in enumerate(changes)}
        idle = [one for at, one in enumerate(changes)
                if np.abs(tensors[f"changed-{at}"] - whole).max() < 1e-3]
        if idle:
            raise ValueError(f"an intervention in {fixture} changes nothing: {idle}")
        kept = {at: logits[list(ROWS)] for at, logits in {"whole": whole, **tensors}.items()}
        count = len(whole)
        write_case(arguments.out / name,
                   {"fixture": fixture, "rows": [row % count for row in ROWS],
                    "interventions": changes}, kept)
        print(name, len(changes), "interventions")


if __name__ == "__main__":
    main()
