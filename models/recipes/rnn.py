"""The translator before attention: an LSTM encoder–decoder joined by one vector.

    python rnn.py train  --data DIR --work DIR
    python rnn.py export --data DIR --work DIR --out models/rnn

All that the decoder gets of the source is the thought vector (Sutskever et al., 2014,
arXiv:1409.3215; Cho et al., 2014, arXiv:1406.1078).
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
from lib.translation_graphs import OPSET, SOURCE, TARGET, example_source


class Thought(nn.Module):
    """LSTM encoder and decoder joined by one vector.

    The thought vector [row, size] is made of the encoder's last hidden state after the last
    word; the decoder's layers start from it and get nothing else of the source.
    """

    def __init__(self, vocabulary: int, embedding: int, size: int, layers: int,
                 dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        nn.init.normal_(self.embedding.weight, std=embedding ** -0.5)
        self.encoder = nn.LSTM(embedding, size, layers, batch_first=True, dropout=dropout)
        self.thought = nn.Linear(size, size)
        self.start = nn.Linear(size, 2 * layers * size)
        self.decoder = nn.LSTM(embedding, size, layers, batch_first=True, dropout=dropout)
        self.output = nn.Linear(size, embedding)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.dropout = nn.Dropout(dropout)
        self.layers = layers

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> Tensors:
        """``thought`` [row, size]."""
        states, _ = self.encoder(self.dropout(self.embedding(ids)))
        last = (mask.sum(dim=1) - 1)[:, None, None].expand(-1, 1, states.shape[2])
        end = states.gather(1, last)[:, 0]
        return {"thought": torch.tanh(self.thought(self.dropout(end)))}

    def first_state(self, thought: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Hidden and cell state [layer, row, size] before the first word."""
        both = self.start(thought).view(-1, 2, self.layers, self.decoder.hidden_size)
        hidden, cell = both.permute(1, 2, 0, 3)
        return torch.tanh(hidden).contiguous(), cell.contiguous()

    def write(self, prefix: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor,
              ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The last layer's states [row, token, size] and all layers' after ``prefix``."""
        states, (hidden, cell) = self.decoder(self.dropout(self.embedding(prefix)), (hidden, cell))
        return states, hidden, cell

    def decode(self, prefix: torch.Tensor, memory: Tensors) -> torch.Tensor:
        """The decoder's states after each token of ``prefix``."""
        return self.write(prefix, *self.first_state(memory["thought"]))[0]

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """By the embedding, which input and output share."""
        return nn.functional.linear(self.dropout(self.output(features)), self.embedding.weight,
                                    self.bias)


class EncoderGraph(nn.Module):
    """``thought_vector`` [row, size] and the decoder's first states [layer, row, size]."""

    def __init__(self, model: Thought) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor,
                ) -> tuple[torch.Tensor, ...]:
        thought = self.model.encode(input_ids, attention_mask)["thought"]
        return thought, *self.model.first_state(thought)


class DecoderGraph(nn.Module):
    """Logits [row, target, vocabulary] and the states after the tokens [row, target]."""

    def __init__(self, model: Thought) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, hidden_state: torch.Tensor,
                cell_state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        states, hidden, cell = self.model.write(input_ids, hidden_state, cell_state)
        return self.model.logits(states), hidden, cell


def export_graphs(model: Thought) -> dict[str, ModelProto]:
    """Encoder and decoder by file name."""
    ids, mask = example_source()
    prefix = torch.tensor([[0, 11, 12], [0, 13, 14]])
    with torch.no_grad():
        _, hidden, cell = EncoderGraph(model.eval())(ids, mask)
    states = dict.fromkeys(["hidden_state", "cell_state", "present.hidden_state",
                            "present.cell_state"], {1: "batch"})
    return {
        "encoder_model.onnx": export(
            EncoderGraph(model), {"input_ids": ids, "attention_mask": mask},
            ["thought_vector", "hidden_state", "cell_state"],
            {"input_ids": SOURCE, "attention_mask": SOURCE, "thought_vector": {0: "batch"},
             **states}, OPSET),
        "decoder_model.onnx": export(
            DecoderGraph(model), {"input_ids": prefix, "hidden_state": hidden, "cell_state": cell},
            ["logits", "present.hidden_state", "present.cell_state"],
            {"input_ids": TARGET, "logits": TARGET, **states}, OPSET),
    }


def train(arguments: argparse.Namespace) -> None:
    """learn the tokenizer and the weights; writes WORK/model"""
    data = prepare(arguments)
    torch.manual_seed(arguments.seed)
    shape = {"vocabulary": data.tokenizer.get_vocab_size(), "embedding": arguments.embedding,
             "size": arguments.size, "layers": arguments.layers, "dropout": arguments.dropout}
    model = Thought(**shape)
    train_translation(model, data, arguments, half=False)
    save_weights(model, shape, arguments.work / "model")


def store(arguments: argparse.Namespace) -> None:
    """store as int8, compare with PyTorch, measure on held-out pairs, write the card"""
    data = prepare(arguments)
    folder = arguments.work / "model"
    shape = read_json(folder / "shape.json")
    model = load_weights(Thought(**shape), folder)
    config = {"architectures": ["LstmEncoderDecoder"], "model_type": "lstm-encoder-decoder",
              "attention": None, "vocab_size": shape["vocabulary"],
              "embedding_size": shape["embedding"], "hidden_size": shape["size"],
              **special_ids()}
    export_translation(Exported(model, export_graphs(model), config, recurrent_translator,
                                "rnn"), data, arguments)


def main() -> None:
    """Reads the command line."""
    command = CommandLine(__doc__, "rnn")
    stage = command.training_stage(train, steps=40_000, tokens=8192, rate=2e-3)
    stage.add_argument("--embedding", type=int, default=128)
    stage.add_argument("--size", type=int, default=288)
    stage.add_argument("--layers", type=int, default=2)
    stage.add_argument("--dropout", type=float, default=0.1)
    add_split_arguments(stage)
    add_split_arguments(command.export_stage(store))
    command.run()


if __name__ == "__main__":
    main()
