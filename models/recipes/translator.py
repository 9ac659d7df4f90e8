"""The built-in translator: a transformer that writes Spanish for English.

    python translator.py train  --data DIR --work DIR
    python translator.py export --data DIR --work DIR --out models/translator

Six layers and eight heads on both sides (Vaswani et al., 2017, arXiv:1706.03762), with the norm
before each sub-layer (Xiong et al., 2020, arXiv:2002.04745), as Transformers' Pegasus.
"""

import argparse

import torch
from transformers import PegasusConfig, PegasusForConditionalGeneration

from lib.model_folder import read_json
from lib.onnx_translation import transformer_translator
from lib.recipe import CommandLine
from lib.training import Tensors
from lib.translation import (
    LONGEST,
    PAD_ID,
    STOP_ID,
    add_split_arguments,
    prepare,
    train_translation,
)
from lib.translation_export import Exported, export_translation
from lib.translator_graphs import export_graphs


class Transformer(PegasusForConditionalGeneration):
    """Pegasus, with sinusoidal positions, as the recipes' ``Seq2Seq``."""

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> Tensors:
        """The last hidden state of the source and its mask."""
        return {"hidden": self.model.encoder(ids, attention_mask=mask).last_hidden_state,
                "mask": mask}

    def decode(self, prefix: torch.Tensor, memory: Tensors) -> torch.Tensor:
        """The decoder's last hidden state after each token of ``prefix``."""
        return self.model.decoder(
            prefix, encoder_hidden_states=memory["hidden"], encoder_attention_mask=memory["mask"],
            use_cache=False).last_hidden_state

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """By the embedding, which input and output share."""
        return self.lm_head(features)


def configuration(vocabulary: int, size: int, layers: int, dropout: float) -> PegasusConfig:
    """Encoder and decoder alike; one embedding for source, target and output."""
    return PegasusConfig(
        vocab_size=vocabulary, d_model=size, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=8, decoder_attention_heads=8, encoder_ffn_dim=4 * size,
        decoder_ffn_dim=4 * size, activation_function="relu", dropout=dropout,
        attention_dropout=0.0, activation_dropout=0.0, scale_embedding=True,
        max_position_embeddings=LONGEST * 2, pad_token_id=PAD_ID, eos_token_id=STOP_ID,
        forced_eos_token_id=STOP_ID, decoder_start_token_id=PAD_ID, bos_token_id=None,
        tie_word_embeddings=True, init_std=size ** -0.5)


def train(arguments: argparse.Namespace) -> None:
    """learn the tokenizer and the weights; writes WORK/model, a Transformers folder"""
    data = prepare(arguments)
    torch.manual_seed(arguments.seed)
    model = Transformer(configuration(data.tokenizer.get_vocab_size(), arguments.size,
                                      arguments.layers, arguments.dropout))
    train_translation(model, data, arguments)
    model.save_pretrained(arguments.work / "model")


def export(arguments: argparse.Namespace) -> None:
    """store as int8, compare with PyTorch, measure on held-out pairs, write the card"""
    data = prepare(arguments)
    folder = arguments.work / "model"
    model = Transformer.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    config = read_json(folder / "config.json") | {
        "architectures": ["PegasusForConditionalGeneration"]}
    export_translation(Exported(model, export_graphs(model), config, transformer_translator,
                                "translator"), data, arguments)


def main() -> None:
    """Reads the command line."""
    command = CommandLine(__doc__, "translator")
    stage = command.training_stage(train, steps=40_000, tokens=4096, rate=2e-3)
    stage.add_argument("--size", type=int, default=128)
    stage.add_argument("--layers", type=int, default=6)
    stage.add_argument("--dropout", type=float, default=0.0)
    add_split_arguments(stage)
    add_split_arguments(command.export_stage(export))
    command.run()


if __name__ == "__main__":
    main()
