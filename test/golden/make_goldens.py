"""Truth for the built-in encoder, from PyTorch with the same weights.

    python make_goldens.py MODEL_FOLDER OUT_FOLDER

The weights are read out of the folder's quantized graph, so that differences left
between Headlight and these files come from the arithmetic alone.
"""

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from golden_files import encoded_case, top_predictions, write_case, write_json
from onnx_weights import state_dict
from transformers import AutoConfig, AutoTokenizer, BertForPreTraining

TIED = {"cls.predictions.decoder.weight", "cls.predictions.decoder.bias"}


@dataclass(frozen=True)
class Case:
    """A text to run, and whether to keep the parts of every head."""

    name: str
    text: str
    pair: str | None = None
    heads: bool = False


CASES = (
    Case("coreference", "The cow ate her treat that Sally gave, and it jumped over the moon."),
    Case("mask", "The cow jumped over the [MASK].", heads=True),
    Case("pair", "The cow jumped over the moon.", "The dish ran away with the spoon."),
    Case("two-masks", "The [MASK] jumped over the [MASK] and laughed."),
    Case("unicode", "Zoë’s café in São Paulo 🐄 serves 牛奶 and naïve crème brûlée."),
    Case("single", "moon"),
)


def load_model(folder: Path) -> BertForPreTraining:
    """The folder's model in PyTorch, float32, eager attention, weights from its graph."""
    config = AutoConfig.from_pretrained(folder, attn_implementation="eager",
                                        output_attentions=True, output_hidden_states=True)
    model = BertForPreTraining(config).float().eval()
    state = {name: tensor for name, tensor in state_dict(folder / "model.onnx").items()
             if name in model.state_dict()}
    missing = set(model.state_dict()) - set(state) - TIED
    if missing:
        raise ValueError(f"the graph has no weights for {sorted(missing)}")
    model.load_state_dict(state, strict=False)
    model.tie_weights()
    return model


def by_head(projected: torch.Tensor, heads: int) -> np.ndarray:
    """[1, token, hidden] to [head, token, headDim]."""
    tokens = projected.shape[1]
    return projected[0].view(tokens, heads, -1).transpose(0, 1).numpy()


class HeadRecorder:
    """Collects every layer's query, key and value while the model runs."""

    PARTS = ("query", "key", "value")

    def __init__(self, model: BertForPreTraining) -> None:
        self.heads = model.config.num_attention_heads
        self.seen: dict[str, list[np.ndarray]] = {part: [] for part in self.PARTS}
        self.handles = []
        for layer in model.bert.encoder.layer:
            for part in self.PARTS:
                linear = getattr(layer.attention.self, part)
                self.handles.append(linear.register_forward_hook(self.record(part)))

    def record(self, part: str):
        """A forward hook that keeps the output for ``part``."""
        def keep(_module: torch.nn.Module, _inputs: tuple, output: torch.Tensor) -> None:
            self.seen[part].append(by_head(output, self.heads))
        return keep

    def tensors(self, attention: np.ndarray) -> dict[str, np.ndarray]:
        """query, key, value and headOutput, each [layer, head, token, headDim]."""
        parts = {part: np.stack(layers) for part, layers in self.seen.items()}
        return {**parts, "headOutput": attention @ parts["value"]}

    def remove(self) -> None:
        """Take the hooks off the model."""
        for handle in self.handles:
            handle.remove()


def rollout(attention: np.ndarray) -> np.ndarray:
    """Attention rollout [layer, query, key] (Abnar & Zuidema, 2020) of [layer, head, query, key]."""
    mixed = 0.5 * attention.mean(axis=1) + 0.5 * np.eye(attention.shape[2])
    reached = [mixed[0]]
    for layer in mixed[1:]:
        reached.append(layer @ reached[-1])
    return np.stack(reached)


def norms(model: BertForPreTraining, attention: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Row shares of the norms of what each key brings over (Kobayashi et al., 2020), for the
    attention [layer, head, query, key] and values [layer, head, key, headDim]."""
    size = value.shape[3]
    shares = []
    for layer, (weights, values) in enumerate(zip(attention, value, strict=True)):
        dense = model.bert.encoder.layer[layer].attention.output.dense.weight.numpy()
        brought = np.stack([values[head] @ dense[:, head * size:(head + 1) * size].T
                            for head in range(len(values))])
        vectors = weights[..., None] * brought[:, None]
        lengths = np.linalg.norm(vectors, axis=-1)
        shares.append(lengths / lengths.sum(axis=-1, keepdims=True))
    return np.stack(shares)


LENS_STRIDE = 8


def logit_lens(model: BertForPreTraining, hidden: np.ndarray, masks: list[int]) -> np.ndarray:
    """What the vocabulary head says of every hidden state [state, token, hidden] at the masks,
    [state, mask, vocabulary]."""
    return model.cls.predictions(torch.from_numpy(hidden[:, masks])).numpy()


def embeddings(model: BertForPreTraining, inputs: dict) -> dict[str, np.ndarray]:
    """What is added up before the first layer, [token, hidden] each."""
    tables = model.bert.embeddings
    positions = torch.arange(inputs["input_ids"].shape[1])
    return {
        "word": tables.word_embeddings(inputs["input_ids"])[0].numpy(),
        "position": tables.position_embeddings(positions).numpy(),
        "segment": tables.token_type_embeddings(inputs["token_type_ids"])[0].numpy(),
    }


@torch.no_grad()
def run_case(model: BertForPreTraining, tokenizer,
             case: Case) -> tuple[dict, dict[str, np.ndarray]]:
    """The JSON part and the tensors of one case."""
    inputs = tokenizer(case.text, case.pair, return_tensors="pt")
    recorder = HeadRecorder(model)
    outputs = model(**inputs)
    recorder.remove()
    attention = torch.cat(outputs.attentions).numpy()
    masks = torch.nonzero(inputs["input_ids"][0] == tokenizer.mask_token_id).flatten().tolist()
    next_logits = outputs.seq_relationship_logits[0]
    tensors = {
        "attention": attention,
        "hidden": torch.cat(outputs.hidden_states).numpy(),
        "logits": outputs.prediction_logits[0, masks].numpy(),
        "nextSentenceLogits": next_logits.numpy(),
    }
    likeliest: list[list[int]] = []
    if case.heads:
        lens = logit_lens(model, tensors["hidden"], masks)
        likeliest = lens.argmax(axis=2).T.tolist()
        tensors |= recorder.tensors(attention)
        tensors |= {"rollout": rollout(attention),
                    "norms": norms(model, attention, tensors["value"]),
                    # Every eighth entry of the vocabulary: all of them take most of a megabyte.
                    "logitLens": np.ascontiguousarray(lens[:, :, ::LENS_STRIDE]),
                    **embeddings(model, inputs)}
    description = {
        **encoded_case(tokenizer, case.text, case.pair),
        "masks": [{"position": position, "top": top_predictions(tokenizer, row)}
                  for position, row in zip(masks, tensors["logits"], strict=True)],
        "nextSentence": float(torch.softmax(next_logits.double(), dim=0)[0]),
    }
    if likeliest:
        description["lens"] = {"stride": LENS_STRIDE, "likeliest": likeliest}
    return description, tensors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = load_model(arguments.model)
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    for case in CASES:
        write_case(arguments.out / case.name, *run_case(model, tokenizer, case))
    digest = hashlib.sha256((arguments.model / "model.onnx").read_bytes()).hexdigest()
    write_json(arguments.out / "index.json",
               {"modelSha256": digest, "cases": [case.name for case in CASES]})


if __name__ == "__main__":
    main()
