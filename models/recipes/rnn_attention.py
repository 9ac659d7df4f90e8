"""The translator with the first attention: an LSTM decoder that looks back at every word.

    python rnn_attention.py train  --data DIR --work DIR
    python rnn_attention.py export --data DIR --work DIR --out models/rnn-attention

At each word it writes it weighs the states of all words of the source (Bahdanau et al., 2015,
arXiv:1409.0473).
"""

import argparse

import torch
from onnx import ModelProto
from torch import nn

from lib.model_folder import read_json
from lib.onnx_export import export
from lib.onnx_translation import recurrent_translator
from lib.recipe import CommandLine
from lib.training import Tensors
from lib.translation import (
    add_split_arguments,
    load_weights,
    prepare,
    save_weights,
    train_translation,
)
from lib.translation_export import Exported, export_translation, special_ids
from lib.translation_graphs import OPSET, SOURCE, example_source


class Attending(nn.Module):
    """Bidirectional LSTM encoder, and a decoder that attends to its states at each token."""

    def __init__(self, vocabulary: int, embedding: int, size: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        nn.init.normal_(self.embedding.weight, std=embedding ** -0.5)
        half = size // 2
        self.forward_encoder = nn.LSTM(embedding, half, batch_first=True)
        self.backward_encoder = nn.LSTM(embedding, half, batch_first=True)
        self.start = nn.Linear(half, 2 * size)
        self.decoder = nn.LSTM(embedding + size, size, batch_first=True)
        self.key = nn.Linear(size, half)
        self.query = nn.Linear(size, half, bias=False)
        self.score = nn.Linear(half, 1, bias=False)
        self.output = nn.Linear(2 * size + embedding, embedding)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.dropout = nn.Dropout(dropout)

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> Tensors:
        """``states``, their ``keys`` [row, source, …], ``mask``, first ``hidden`` and ``cell``."""
        embedded = self.dropout(self.embedding(ids))
        there = self.forward_encoder(embedded)[0]
        order = backwards(mask)
        back = take(self.backward_encoder(take(embedded, order))[0], order)
        states = self.dropout(torch.cat([there, back], dim=2))
        hidden, cell = self.start(back[:, 0]).chunk(2, dim=1)
        return {"states": states, "keys": self.key(states), "mask": mask,
                "hidden": torch.tanh(hidden), "cell": cell.contiguous()}

    def attend(self, hidden: torch.Tensor, keys: torch.Tensor, states: torch.Tensor,
               mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Context [row, size] and weights [row, source] for the decoder's state [row, size].

        vᵀ tanh(W s + U h), then softmax over the source (Bahdanau et al., 2015, A.1.2).
        """
        scores = self.score(torch.tanh(self.query(hidden)[:, None] + keys)).squeeze(2)
        scores = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=1)
        return (weights[:, None] @ states).squeeze(1), weights

    def step(self, token: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor, memory: Tensors,
             ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """One embedded token [row, embedding]; features, new states [row, size], weights."""
        context, weights = self.attend(hidden, memory["keys"], memory["states"], memory["mask"])
        together = torch.cat([token, context], dim=1)[:, None]
        state, (hidden, cell) = self.decoder(together, (hidden[None], cell[None]))
        features = torch.cat([state[:, 0], context, token], dim=1)
        return features, hidden[0], cell[0], weights

    def decode(self, prefix: torch.Tensor, memory: Tensors) -> torch.Tensor:
        """Features after each token of ``prefix``."""
        embedded = self.dropout(self.embedding(prefix))
        hidden, cell = memory["hidden"], memory["cell"]
        features = []
        for token in embedded.unbind(dim=1):
            feature, hidden, cell, _ = self.step(token, hidden, cell, memory)
            features.append(feature)
        return torch.stack(features, dim=1)

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """By the embedding, which input and output share."""
        return nn.functional.linear(
            self.dropout(torch.tanh(self.output(self.dropout(features)))),
            self.embedding.weight, self.bias)


def backwards(mask: torch.Tensor) -> torch.Tensor:
    """For each row the places of its tokens in reverse; padding stays where it is."""
    places = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape)
    reverse = mask.sum(dim=1, keepdim=True) - 1 - places
    return torch.where(mask == 1, reverse, places)


def take(values: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """``values`` [row, token, size] in another order [row, token]."""
    return values.gather(1, order[:, :, None].expand(-1, -1, values.shape[2]))


class EncoderGraph(nn.Module):
    """States and keys of the source [row, source, …] and the first states [1, row, size]."""

    def __init__(self, model: Attending) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor,
                ) -> tuple[torch.Tensor, ...]:
        memory = self.model.encode(input_ids, attention_mask)
        return memory["states"], memory["keys"], memory["hidden"][None], memory["cell"][None]


class DecoderGraph(nn.Module):
    """One token [row, 1]: logits, attention weights [row, 1, source], and the new states."""

    def __init__(self, model: Attending) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, encoder_attention_mask: torch.Tensor,
                encoder_hidden_states: torch.Tensor, encoder_keys: torch.Tensor,
                hidden_state: torch.Tensor, cell_state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        memory = {"states": encoder_hidden_states, "keys": encoder_keys,
                  "mask": encoder_attention_mask}
        token = self.model.embedding(input_ids[:, 0])
        features, hidden, cell, weights = self.model.step(
            token, hidden_state[0], cell_state[0], memory)
        return (self.model.logits(features)[:, None], weights[:, None], hidden[None], cell[None])


def export_graphs(model: Attending) -> dict[str, ModelProto]:
    """Encoder and decoder by file name."""
    ids, mask = example_source()
    with torch.no_grad():
        states, keys, hidden, cell = EncoderGraph(model.eval())(ids, mask)
    recurrent = dict.fromkeys(["hidden_state", "cell_state", "present.hidden_state",
                               "present.cell_state"], {1: "batch"})
    source = dict.fromkeys(["input_ids", "attention_mask", "encoder_attention_mask",
                            "encoder_hidden_states", "encoder_keys"], SOURCE)
    rows = {0: "batch"}
    return {
        "encoder_model.onnx": export(
            EncoderGraph(model), {"input_ids": ids, "attention_mask": mask},
            ["encoder_hidden_states", "encoder_keys", "hidden_state", "cell_state"],
            {**source, **recurrent}, OPSET),
        "decoder_model.onnx": export(
            DecoderGraph(model),
            {"input_ids": ids[:, :1], "encoder_attention_mask": mask,
             "encoder_hidden_states": states, "encoder_keys": keys,
             "hidden_state": hidden, "cell_state": cell},
            ["logits", "attention", "present.hidden_state", "present.cell_state"],
            {**source, **recurrent, "input_ids": rows, "logits": rows,
             "attention": {0: "batch", 2: "source"}}, OPSET),
    }


def train(arguments: argparse.Namespace) -> None:
    """learn the tokenizer and the weights; writes WORK/model"""
    data = prepare(arguments)
    torch.manual_seed(arguments.seed)
    shape = {"vocabulary": data.tokenizer.get_vocab_size(), "embedding": arguments.embedding,
             "size": arguments.size, "dropout": arguments.dropout}
    model = Attending(**shape)
    train_translation(model, data, arguments, half=False)
    save_weights(model, shape, arguments.work / "model")


def store(arguments: argparse.Namespace) -> None:
    """store as int8, compare with PyTorch, measure on held-out pairs, write the card"""
    data = prepare(arguments)
    folder = arguments.work / "model"
    shape = read_json(folder / "shape.json")
    model = load_weights(Attending(**shape), folder)
    config = {"architectures": ["LstmEncoderDecoder"], "model_type": "lstm-encoder-decoder",
              "attention": "additive", "vocab_size": shape["vocabulary"],
              "embedding_size": shape["embedding"], "hidden_size": shape["size"],
              **special_ids()}
    export_translation(Exported(model, export_graphs(model), config, recurrent_translator,
                                "rnn-attention"), data, arguments)


def main() -> None:
    """Reads the command line."""
    command = CommandLine(__doc__, "rnn-attention")
    stage = command.training_stage(train, steps=40_000, tokens=8192, rate=2e-3)
    stage.add_argument("--embedding", type=int, default=128)
    stage.add_argument("--size", type=int, default=384)
    stage.add_argument("--dropout", type=float, default=0.1)
    add_split_arguments(stage)
    add_split_arguments(command.export_stage(store))
    command.run()


if __name__ == "__main__":
    main()
