"""A larger encoder whose hidden states ours learns to have: MPNet (arXiv:2004.09297).

Sentence encoders such as all-mpnet-base-v2 keep the senses of a word far apart, also of words that
our texts hardly have. MPNet has BERT's vocabulary under other numbers, so that both read the same
tokens.
"""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn.functional import normalize, scaled_dot_product_attention
from transformers import MPNetModel

STATES = (9, 10, 11)
"""Hidden states whose unit vectors are averaged: there senses lie farthest apart."""
SPECIAL = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}


class Teacher:
    """What the teacher makes of tokens, on the device and in the type of its weights."""

    def __init__(self, folder: Path, tokenizer: Tokenizer, device: str) -> None:
        dtype = torch.bfloat16 if device == "cuda" else torch.float32
        model = MPNetModel.from_pretrained(folder, dtype=dtype, add_pooling_layer=False)
        self.model = model.eval().requires_grad_(requires_grad=False).to(device)
        self.heads = model.config.num_attention_heads
        self.width = model.config.hidden_size
        self.states = [min(state, model.config.num_hidden_layers) for state in STATES]
        own = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
        ours = tokenizer.get_vocab()
        numbers = torch.full((max(ours.values()) + 1,), own["[UNK]" if "[UNK]" in own else "<unk>"])
        for token, number in ours.items():
            numbers[number] = own.get(SPECIAL.get(token, token), numbers[number])
        self.numbers = numbers.to(device)

    @torch.no_grad()
    def read(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """[row, token, width], float32: the mean of the unit vectors of ``STATES``, from our token
        ids and attention mask [row, token].
        """
        # Its weights have the type that it computes in.
        with torch.autocast(ids.device.type, enabled=False):
            return self._read(ids, mask)

    def _read(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        encoder = self.model.encoder
        hidden = self.model.embeddings(input_ids=self.numbers[ids])
        rows, length, width = hidden.shape
        bias = encoder.compute_position_bias(hidden[:1]) + \
            torch.where(mask.bool(), 0.0, -torch.inf)[:, None, None].to(hidden.dtype)
        total = torch.zeros(rows, length, width, device=hidden.device)
        for state, layer in enumerate(encoder.layer[:self.states[-1]], start=1):
            attention = layer.attention
            query, key, value = (
                projection(hidden).view(rows, length, self.heads, -1).transpose(1, 2)
                for projection in (attention.attn.q, attention.attn.k, attention.attn.v))
            context = scaled_dot_product_attention(query, key, value, attn_mask=bias)
            context = attention.attn.o(context.transpose(1, 2).reshape(rows, length, width))
            hidden = attention.LayerNorm(context + hidden)
            hidden = layer.output(layer.intermediate(hidden), hidden)
            total += self.states.count(state) * normalize(hidden.float(), dim=-1)
        return total / len(self.states)
