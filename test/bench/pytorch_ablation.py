"""PyTorch beside us: every head ablated in turn by a hook, a forward pass each.

``pytorch_ablation.py MODEL_FOLDER`` answers each line ``{"ids": […], "at": place, "word": id}`` with the milliseconds
that it took to read the probability of a word at a place without each head.
"""

import json
import sys
import time

import torch
from transformers import AutoModelForMaskedLM


class Ablation:
    """Puts zeros in the place of one head's output, before heads are mixed."""

    def __init__(self, model: torch.nn.Module, layer: int, head: int) -> None:
        size = model.config.hidden_size // model.config.num_attention_heads
        self.columns = slice(head * size, (head + 1) * size)
        mixing = model.bert.encoder.layer[layer].attention.output.dense
        self.hook = mixing.register_forward_pre_hook(self.ablate)

    def ablate(self, _module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
        heads = inputs[0].clone()
        heads[..., self.columns] = 0
        return (heads,)


def probability(model: torch.nn.Module, ids: torch.Tensor, at: int, word: int) -> float:
    return model(input_ids=ids).logits[0, at].softmax(0)[word].item()


def main(folder: str) -> None:
    model = AutoModelForMaskedLM.from_pretrained(folder, attn_implementation="sdpa").eval()
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        ids = torch.tensor([question["ids"]])
        start = time.perf_counter()
        with torch.inference_mode():
            for layer in range(model.config.num_hidden_layers):
                for head in range(model.config.num_attention_heads):
                    ablation = Ablation(model, layer, head)
                    probability(model, ids, question["at"], question["word"])
                    ablation.hook.remove()
        print((time.perf_counter() - start) * 1000, flush=True)


main(sys.argv[1])
