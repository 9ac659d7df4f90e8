"""Truth for activation patching: what hooks copy from one PyTorch run into another.

    pip install -r requirements-families.txt
    python make_patching_goldens.py FIXTURES OUT_FOLDER

FIXTURES is the folder of ``make_family_fixtures.py``; the models are drawn anew from its seed. Every
hidden state at every token, and every head at all tokens, of a clean text stands in for that of a
corrupted one (denoising), or the other way (noising), and an outcome is measured each time. Which
token stands for which is written down here by hand, so that Headlight's alignment is checked too.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from golden_files import write_case
from intervening_hooks import Stack, intervening, stacks_of
from make_family_fixtures import FAMILIES, HEADS, HIDDEN, LAYERS, random_model
from make_intervention_goldens import tensors_of
from transformers import AutoTokenizer

SIZE = HIDDEN // HEADS
ANSWERS = 6
"""Most probable entries of the vocabulary that are kept of a patched run."""


@dataclass(frozen=True)
class Case:
    """Two texts; words by their tokens, as the tokenizer has them."""

    clean: str
    corrupted: str
    lone: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    """Tokens of each text without a counterpart; None for texts of as many tokens, which stand for each other by place."""
    direction: str = "denoising"
    word: str | None = None
    """Of a cosine: the word whose vectors are compared, in both texts."""


CASES = {
    "bert": ("bert--dynamo-sdpa-23-fp32", "encoder", [
        Case("The cat sat on the [MASK] and watched the boat.",
             "The dog sat on the [MASK] and watched the lake."),
        Case("The cat sat on the [MASK] and watched the boat.",
             "The dog sat on the [MASK] and watched the lake.", direction="noising"),
        # [CLS] the cat sat on the [MASK] …; [CLS] the old dog sat on the [MASK] …
        Case("The cat sat on the [MASK] and watched the boat.",
             "The old dog sat on the [MASK] and watched the boat.", ((2,), (2, 3))),
        Case("The cat sat on the wall by the lake.", "A dog was at the gate by the hill.", word="the"),
    ]),
    "gpt2": ("gpt2--dynamo-sdpa-18-fp32", "decoder", [
        Case("The cat sat on the wall and watched the", "The cat sat on the path and watched the"),
        Case("The cat sat on the wall and watched the", "The old cat sat on the wall and watched the",
             ((), (1, 2)), direction="noising"),
    ]),
    "mt5": ("mt5--optimum-eager-18-fp32", "encoder", [
        Case("The cat sat on the wall.", "The boat sat on the wall."),
        Case("The old cat sat on the wall.", "The cat sat on the wall.", ((1, 2), ()), direction="noising"),
    ]),
}


@dataclass(frozen=True)
class Recorded:
    """What was computed of a text."""

    states: list[torch.Tensor]
    """By index [token, hidden], the embedding layer's first."""
    heads: list[torch.Tensor]
    """By layer [token, head · size]."""


@contextmanager
def recording(stack: Stack) -> Iterator[Recorded]:
    """Keeps what goes into each layer, comes out of the last, and goes into each projection of heads."""
    found = Recorded([], [])

    def read(_module: torch.nn.Module, args: tuple, kwargs: dict) -> None:
        found.states.append((args[0] if args else kwargs["hidden_states"])[0].clone())

    def made(_module: torch.nn.Module, _args: tuple, output) -> None:
        found.states.append((output[0] if isinstance(output, tuple) else output)[0].clone())

    with ExitStack() as hooks:
        for layer in stack.layers:
            hooks.callback(layer.register_forward_pre_hook(read, with_kwargs=True).remove)
        hooks.callback(stack.layers[-1].register_forward_hook(made).remove)
        for projection in stack.projections:
            hooks.callback(projection.register_forward_pre_hook(
                lambda _module, inputs: found.heads.append(inputs[0][0].clone())).remove)
        yield found


def alignment(case: Case, base: int, source: int) -> list[int | None]:
    """By token of the text that is patched, the token that is copied."""
    if case.lone is None:
        if base != source:
            raise ValueError(f"{case.corrupted!r} has not as many tokens as {case.clean!r}")
        return list(range(base))
    of_clean, of_corrupted = case.lone
    to, by = (of_corrupted, of_clean) if case.direction == "denoising" else (of_clean, of_corrupted)
    rest = iter([token for token in range(source) if token not in by])
    found = [None if token in to else next(rest) for token in range(base)]
    if next(rest, None) is not None:
        raise ValueError(f"tokens of {case.clean!r} are left over")
    return found


def changes_of(source: Recorded, aligned: list[int | None], last: int) -> tuple[list, list]:
    """Interventions by cell of the map of states, None where nothing is copied, and of that of heads."""
    states = [[None if other is None else
               {"states": [{"state": state, "token": token, "by": source.states[state][other].tolist()}]}
               for token, other in enumerate(aligned)] for state in range(last)]
    heads = [[{"heads": [{"layer": layer, "head": head, "token": token,
                          "by": source.heads[layer][other, head * SIZE:(head + 1) * SIZE].tolist()}
                         for token, other in enumerate(aligned) if other is not None]}
              for head in range(HEADS)] for layer in range(LAYERS)]
    return states, heads


class Asked:
    """A model with a case's outcome of its texts."""

    def __init__(self, name: str, model, tokenizer, case: Case) -> None:
        self.name, self.model, self.tokenizer, self.case = name, model, tokenizer, case
        self.part = CASES[name][1]
        self.token: int | None = None
        self.written = [0, 4, 5] if name == "mt5" else None

    @torch.no_grad()
    def run(self, text: str, changes: dict | None = None) -> torch.Tensor:
        """Logits [token, vocabulary], of what is written for mT5; last states [token, hidden] for a cosine."""
        encoded = {key: self.tokenizer(text, return_tensors="pt")[key] for key in FAMILIES[self.name].inputs}
        count = encoded["input_ids"].shape[1]
        with intervening(self.model, {self.part: changes or {}}, {self.part: (count, count)}):
            if self.written is not None:
                return self.model(**encoded, decoder_input_ids=torch.tensor([self.written]), use_cache=False).logits[0]
            if self.case.word is not None:
                return self.model.bert(**encoded).last_hidden_state[0]
            return self.model(**encoded).logits[0]

    def place(self, text: str) -> int:
        """The token that the outcome is read at."""
        ids = self.tokenizer(text)["input_ids"]
        if self.case.word is not None:
            return ids.index(self.tokenizer.convert_tokens_to_ids(self.case.word), 2)
        return ids.index(self.tokenizer.mask_token_id) if self.name == "bert" else -1

    def probabilities(self, text: str, changes: dict | None = None) -> torch.Tensor:
        """[vocabulary]"""
        return torch.softmax(self.run(text, changes)[self.place(text)].double(), -1)

    def value(self, text: str, changes: dict | None = None) -> float:
        """The outcome."""
        if self.case.word is None:
            return float(self.probabilities(text, changes)[self.token])
        own, other = self.run(text, changes)[self.place(text)], self.run(self.case.clean)[self.place(self.case.clean)]
        return float(torch.cosine_similarity(own.double(), other.double(), 0))

    def record(self, text: str) -> Recorded:
        """What is computed of a text."""
        with recording(stacks_of(self.model)[self.part]) as found:
            self.run(text)
        return found

    def choose_token(self) -> None:
        """The whole word that the two texts differ in most."""
        difference = (self.probabilities(self.case.clean) - self.probabilities(self.case.corrupted)).abs()
        whole = [token.isalpha() if self.name == "bert" else True
                 for token in self.tokenizer.convert_ids_to_tokens(range(len(difference)))]
        special = set(self.tokenizer.all_special_ids)
        self.token = max((at for at, is_whole in enumerate(whole) if is_whole and at not in special),
                         key=lambda at: difference[at])


def mapped(cells: list[list[dict | None]], measure: Callable[[dict], object], nothing: object) -> np.ndarray:
    """[row, column] of what each change comes to."""
    return np.array([[nothing if change is None else measure(change) for change in row] for row in cells])


def measured(asked: Asked) -> tuple[dict, dict[str, np.ndarray]]:
    """A case with its maps."""
    case = asked.case
    if case.word is None:
        asked.choose_token()
    base, source = (case.corrupted, case.clean) if case.direction == "denoising" else (case.clean, case.corrupted)
    aligned = alignment(case, *(len(asked.tokenizer(text)["input_ids"]) for text in (base, source)))
    # What is read off the last state of a pre-norm model has passed its last norm.
    states, heads = changes_of(asked.record(source), aligned, LAYERS + (asked.name == "bert"))
    clean, corrupted = asked.value(case.clean), asked.value(case.corrupted)
    if abs(clean - corrupted) < 0.01 * max(abs(clean), abs(corrupted)):
        raise ValueError(f"{case.clean!r} and {case.corrupted!r} hardly differ")
    before, after = (corrupted, clean) if case.direction == "denoising" else (clean, corrupted)
    maps = {"states": mapped(states, lambda change: asked.value(base, change), np.nan),
            "heads": mapped(heads, lambda change: asked.value(base, change), np.nan)}
    tensors = {}
    for of, patched in maps.items():
        effect = (patched - before) / (after - before)
        if np.nanmax(np.abs(effect)) < 0.01:
            raise ValueError(f"no patch of {of} between {case.clean!r} and {case.corrupted!r} does anything")
        tensors |= {f"{of}-patched": patched, f"{of}-effect": effect}
    said = {"clean": case.clean, "corrupted": case.corrupted, "direction": case.direction, "from": aligned,
            "cleanValue": clean, "corruptedValue": corrupted}
    if case.word is not None:
        ends = len(case.word)
        starts = [text.index(case.word, 1) for text in (case.clean, case.corrupted)]
        return {**said, "kind": "cosine", "places": [[start, start + ends] for start in starts]}, tensors
    likeliest = mapped(states, lambda change: torch.topk(asked.probabilities(base, change), ANSWERS)[1].numpy(),
                       np.full(ANSWERS, -1))
    tensors |= {"answer-ids": likeliest, "answers": mapped(
        states, lambda change: torch.topk(asked.probabilities(base, change), ANSWERS)[0].numpy(),
        np.full(ANSWERS, np.nan))}
    if asked.name == "bert":
        return {**said, "kind": "word", "word": asked.tokenizer.convert_ids_to_tokens(asked.token)}, tensors
    written = {"written": asked.written[1:]} if asked.written else {}
    return {**said, "kind": "nextToken", "token": asked.token, **written}, tensors


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, (fixture, _part, cases) in CASES.items():
        folder = arguments.fixtures / fixture
        golden = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = random_model(FAMILIES[name], len(tokenizer))
        model.set_attn_implementation("eager")
        recorded = tensors_of(folder, golden)
        with torch.no_grad():
            inputs = {"input_ids": torch.tensor([golden["ids"]])}
            if "written" in golden:
                inputs |= {"decoder_input_ids": torch.tensor([golden["written"]])}
            logits = model(**inputs).logits[0].numpy()
        if np.abs(logits - recorded["decoderLogits" if "written" in golden else "logits"]).max() > 1e-4:
            raise ValueError(f"the model drawn for {fixture} is not that of the fixture")
        said, tensors = [], {}
        for at, case in enumerate(cases):
            one, maps = measured(Asked(name, model, tokenizer, case))
            said.append(one)
            tensors |= {f"{at}-{what}": numbers for what, numbers in maps.items()}
            print(name, one["kind"], one["direction"], one.get("word", one.get("token")), one["cleanValue"],
                  one["corruptedValue"], one["from"])
        write_case(arguments.out / name, {"fixture": fixture, "cases": said}, tensors)


if __name__ == "__main__":
    main()
