"""PyTorch beside us: answers each line of JSON with the milliseconds that it took.

``{"ids": […]}``: one forward pass, as attention viewers on Transformers make it: eager attention with
``output_attentions=True``, the weights turned into NumPy arrays. ``{"ids": […], "mask": id}``: the log-probability of
every token but the first and last, each masked in turn, in batches. Weights are those of the model folder.
"""

import json
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "golden"))
from make_goldens import load_model  # noqa: E402


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


def main(folder: str) -> None:
    model = load_model(Path(folder))
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        ids = torch.tensor([question["ids"]])
        start = time.perf_counter()
        with torch.inference_mode():
            if "mask" in question:
                surprise(model, ids, question["mask"])
            else:
                attend(model, ids)
        print((time.perf_counter() - start) * 1000, flush=True)


main(sys.argv[1])
