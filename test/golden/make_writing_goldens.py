"""Truth for what the built-in translators and the decoder stack write.

    python make_writing_goldens.py MODELS_FOLDER OUT_FOLDER

The transformers run in Transformers with the weights of their own quantized graphs; the LSTMs,
which are no models of its, on ONNX Runtime in Python.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from golden_files import write_case, write_json
from onnx_weights import projections, state_dict
from torch import nn
from transformers import (
    AutoConfig,
    AutoTokenizer,
    GPT2LMHeadModel,
    LogitsProcessorList,
    PegasusForConditionalGeneration,
    PreTrainedModel,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models" / "recipes"))
from lib.onnx_session import open_session, run  # noqa: E402

SENTENCES = (
    "The cow jumped over the moon.",
    "I can't stand the noise.",
    "She put the book on the table.",
    "Where is the bank?",
    "My brother has never eaten fish, but he likes to go to the sea.",
    "¡Hola! 你好 🐄",
    "Tom",
)
TRANSLATIONS = {
    "The cow jumped over the moon.": "La vaca saltó por encima de la luna.",
    "Where is the bank?": "¿Dónde está la orilla?",
}
PROMPT = "The cow jumped over the"
BEAMS, LONGEST = 4, 60
SAMPLING = {"temperature": 0.7, "topK": 40, "topP": 0.9}


def load(kind: type[PreTrainedModel], folder: Path, graphs: tuple[str, ...]) -> PreTrainedModel:
    """The folder's model in PyTorch, float32, eager attention, weights from its graphs."""
    config = AutoConfig.from_pretrained(folder, attn_implementation="eager")
    model = kind(config).float().eval()
    found = {}
    for graph in graphs:
        tensors = {**state_dict(folder / graph), **projections(folder / graph)}
        # The encoder was exported alone, and the others within a module "model".
        found |= {f"model.{name}" if name.startswith("encoder.") else name.removeprefix("model."):
                  tensor for name, tensor in tensors.items()}
    tied = {"model.shared.weight", "model.encoder.embed_tokens.weight",
            "model.decoder.embed_tokens.weight", "lm_head.weight", "transformer.wte.weight"}
    embedding = next(found[name] for name in tied if name in found)
    state = {name: found.get(name, embedding if name in tied else None)
             for name in model.state_dict()}
    missing = [name for name, tensor in state.items()
               if tensor is None and "embed_positions" not in name]
    if missing:
        raise ValueError(f"the graphs have no weights for {missing}")
    model.load_state_dict({name: tensor for name, tensor in state.items() if tensor is not None},
                          strict=False)
    return model


def log_probabilities(logits: torch.Tensor, ids: torch.Tensor) -> list[float]:
    """Of each id [step], from logits [step, vocabulary]."""
    return logits.log_softmax(dim=-1).gather(1, ids[:, None])[:, 0].tolist()


@torch.no_grad()
def translate(model: PreTrainedModel, tokenizer, text: str) -> tuple[dict, dict[str, np.ndarray]]:
    """Greedily and with beams, with what is looked at for the former."""
    ids = tokenizer(text, return_tensors="pt").input_ids
    asked = {"attention_mask": torch.ones_like(ids), "max_new_tokens": LONGEST, "do_sample": False}
    greedy = model.generate(ids, num_beams=1, **asked)[0]
    beams = model.generate(ids, num_beams=BEAMS, return_dict_in_generate=True, output_scores=True,
                           **asked)
    with recorded_values(model) as values:
        passed = model(input_ids=ids, decoder_input_ids=greedy[None, :-1], output_attentions=True,
                       output_hidden_states=True)
    case = {"text": text, "ids": ids[0].tolist(), "greedy": greedy[1:].tolist(),
            "output": tokenizer.decode(greedy[1:], skip_special_tokens=True),
            "logProbabilities": log_probabilities(passed.logits[0], greedy[1:]),
            "beams": {"ids": beams.sequences[0, 1:].tolist(),
                      "output": tokenizer.decode(beams.sequences[0], skip_special_tokens=True),
                      "score": float(beams.sequences_scores[0])}}
    if text in TRANSLATIONS:
        target = tokenizer(TRANSLATIONS[text], return_tensors="pt").input_ids
        scored = model(input_ids=ids, labels=target)
        case["scored"] = {"translation": TRANSLATIONS[text], "ids": target[0].tolist(),
                          "logProbabilities": log_probabilities(scored.logits[0], target[0])}
    tensors = {"self": torch.cat(passed.decoder_attentions).numpy(),
               "cross": torch.cat(passed.cross_attentions).numpy()}
    if text == SENTENCES[0]:
        layers = model.model.decoder.layers
        tensors |= {
            "selfNorms": norms(passed.decoder_attentions, values, [x.self_attn for x in layers]),
            "crossNorms": norms(passed.cross_attentions, values, [x.encoder_attn for x in layers]),
            "decoderHidden": torch.cat(passed.decoder_hidden_states).numpy()}
    return case, tensors


@contextmanager
def recorded_values(model: PreTrainedModel) -> Iterator[dict[nn.Module, torch.Tensor]]:
    """Values [key, head * size] of each attention of the decoder, by the attention."""
    found: dict[nn.Module, torch.Tensor] = {}
    hooks = [attention.v_proj.register_forward_hook(
        lambda _module, _inputs, output, at=attention: found.__setitem__(at, output[0]))
        for layer in model.model.decoder.layers
        for attention in (layer.self_attn, layer.encoder_attn)]
    yield found
    for hook in hooks:
        hook.remove()


def norms(weights: tuple[torch.Tensor, ...], values: dict[nn.Module, torch.Tensor],
          attentions: list[nn.Module]) -> np.ndarray:
    """Lengths of weight * f(x) as shares of each row, [layer, head, query, key]."""
    layers = []
    for own, attention in zip(weights, attentions, strict=True):
        heads = own.shape[1]
        by_head = values[attention].unflatten(1, (heads, -1)).transpose(0, 1)
        out = attention.out_proj.weight.T.unflatten(0, (heads, -1))
        shares = own[0] * torch.bmm(by_head, out).norm(dim=-1)[:, None]
        layers.append(shares / shares.sum(-1, keepdim=True))
    return torch.stack(layers).numpy()


@torch.no_grad()
def write_on(model: PreTrainedModel, tokenizer) -> tuple[dict, dict[str, np.ndarray]]:
    """Greedily, with a repetition penalty, every layer's answer, and what sampling draws from."""
    ids = tokenizer(PROMPT, return_tensors="pt").input_ids
    asked = {"attention_mask": torch.ones_like(ids), "max_new_tokens": 20, "do_sample": False}
    greedy = model.generate(ids, **asked)[0]
    penalized = model.generate(ids, repetition_penalty=1.3, **asked)[0]
    passed = model(greedy[None, :-1], output_attentions=True, output_hidden_states=True)
    rows = slice(ids.shape[1] - 1, None)
    logits = passed.logits[0, rows]
    hidden = passed.hidden_states
    states = torch.stack([*map(model.transformer.ln_f, hidden[:-1]), hidden[-1]])[:, 0, rows]
    warpers = LogitsProcessorList([TemperatureLogitsWarper(SAMPLING["temperature"]),
                                   TopKLogitsWarper(SAMPLING["topK"]),
                                   TopPLogitsWarper(SAMPLING["topP"])])
    drawn = warpers(ids, logits[:1].clone())[0].softmax(dim=-1)
    kept = drawn.argsort(descending=True)[:int((drawn > 0).sum())]
    new = greedy[ids.shape[1]:]
    lens = model.lm_head(states)
    case = {"text": PROMPT, "ids": ids[0].tolist(), "greedy": new.tolist(),
            "output": tokenizer.decode(greedy)[len(PROMPT):],
            "penalized": penalized[ids.shape[1]:].tolist(),
            "logProbabilities": log_probabilities(logits, new),
            "lensBest": lens.argmax(dim=-1).tolist(),
            "lensProbabilities": [[float(p) for p in np.exp(log_probabilities(state, new))]
                                  for state in lens],
            "sampling": {**SAMPLING, "ids": kept.tolist(), "probabilities": drawn[kept].tolist()}}
    return case, {"self": torch.cat(passed.attentions)[:, :, rows].numpy()}


def recurrent(folder: Path, text: str) -> dict:
    """Greedily, token by token, with the alignment where there is one."""
    encoder, decoder = (open_session(folder / f"{part}_model.onnx") for part in
                        ("encoder", "decoder"))
    ids = np.array([AutoTokenizer.from_pretrained(folder)(text)["input_ids"]])
    memory = {**run(encoder, {"input_ids": ids, "attention_mask": np.ones_like(ids)}),
              "encoder_attention_mask": np.ones_like(ids)}
    wanted = {value.name for value in decoder.get_inputs()}
    feeds = {name: value for name, value in memory.items() if name in wanted}
    written, scores, alignment, token = [], [], [], 0
    while token != 1 and len(written) < LONGEST:
        outputs = run(decoder, {**feeds, "input_ids": np.array([[token]])})
        logits = torch.from_numpy(outputs["logits"][0, 0])
        token = int(logits.argmax())
        written.append(token)
        scores += log_probabilities(logits[None], torch.tensor([token]))
        feeds |= {name: outputs[f"present.{name}"] for name in ("hidden_state", "cell_state")}
        if "attention" in outputs:
            alignment.append(outputs["attention"][0, 0].tolist())
    return {"text": text, "ids": ids[0].tolist(), "greedy": written, "logProbabilities": scores,
            "alignment": alignment,
            "thought": memory["thought_vector"][0].tolist() if "thought_vector" in memory else []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    models, out = arguments.models, arguments.out
    out.mkdir(parents=True, exist_ok=True)
    folder = models / "translator"
    translator = load(PegasusForConditionalGeneration, folder,
                      ("encoder_model.onnx", "decoder_model.onnx"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for number, text in enumerate(SENTENCES):
        write_case(out / f"translator-{number}", *translate(translator, tokenizer, text))
    stack = load(GPT2LMHeadModel, models / "decoder", ("model.onnx",))
    write_case(out / "decoder", *write_on(stack, AutoTokenizer.from_pretrained(models / "decoder")))
    for name in ("rnn", "rnn-attention"):
        cases = [recurrent(models / name, text) for text in SENTENCES]
        write_json(out / f"{name}.json", {"cases": cases})


if __name__ == "__main__":
    main()
