"""PyTorch beside us: answers each line of JSON with the milliseconds that it took.

``{"ids": […]}``: one forward pass, as attention viewers on Transformers make it: eager attention with
``output_attentions=True``, the weights turned into NumPy arrays. ``{"ids": […], "mask": id}``: the log-probability of
every token but the first and last, each masked in turn, in batches. ``{"embed": [[…], …]}``: the hidden states of
every token of each text as NumPy arrays, in batches of texts of like length, with PyTorch's fused attention and
without the weights of attention. Weights are those of the model folder.
"""

import json
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "golden"))
from make_goldens import load_model  # noqa: E402


BATCH = 32
"""Texts in a batch that is embedded."""

ROWS = 16
"""Masked copies of the text in a batch."""


def attend(model, ids: torch.Tensor) -> None:
    attentions = model(input_ids=ids, output_attentions=True).attentions
    _ = [layer.numpy() for layer in attentions]


def surprise(model, ids: torch.Tensor, mask: int) -> list[float]:
    places = torch.arange(1, ids.shape[1] - 1)
    bits = []
    for chosen in places.split(ROWS):
        rows = ids.repeat(len(chosen), 1)
        every = torch.arange(len(chosen))
        rows[every, chosen] = mask
        hidden = model.bert(input_ids=rows).last_hidden_state[every, chosen]
        logs = model.cls.predictions(hidden).log_softmax(dim=1)
        bits += logs[every, ids[0, chosen]].tolist()
    return bits


def embed(model, texts: list[list[int]]) -> list:
    """The states that the index is made of, ``[text, token, hidden]`` for each batch and state."""
    arrays = []
    by_length = sorted(texts, key=len)
    for at in range(0, len(by_length), BATCH):
        batch = by_length[at:at + BATCH]
        width = len(batch[-1])
        ids = torch.tensor([text + [0] * (width - len(text)) for text in batch])
        mask = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in batch])
        outputs = model.bert(input_ids=ids, attention_mask=mask,
                             output_attentions=False, output_hidden_states=True)
        arrays += [state.numpy() for state in outputs.hidden_states[-3:]]
    return arrays


def main(folder: str) -> None:
    model = load_model(Path(folder))
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        ids = torch.tensor([question.get("ids", [])])
        model.set_attn_implementation("sdpa" if "embed" in question else "eager")
        start = time.perf_counter()
        with torch.inference_mode():
            if "embed" in question:
                embed(model, question["embed"])
            elif "mask" in question:
                surprise(model, ids, question["mask"])
            else:
                attend(model, ids)
        print((time.perf_counter() - start) * 1000, flush=True)


main(sys.argv[1])
