"""A classifier of texts: an encoder with one linear layer on the vector of [CLS] or on the mean.

It has the shape that Headlight's *Train a Classifier* makes, so that frozen and unfrozen differ in
nothing but their weights.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, AutoTokenizer

from lib.fine_tuning.failures import ModelError, first_line
from lib.fine_tuning.onnx_weights import OnnxEncoder
from lib.model_folder import read_json

TOLERANCE = 1e-4
"""Between the ONNX file and what was rebuilt of it."""
CHECKPOINTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
               "pytorch_model.bin.index.json")
GRAPHS = ("model.onnx", "onnx/model.onnx")
OFFSET_POSITIONS = ("roberta", "xlm-roberta", "camembert", "mpnet", "xlm-roberta-xl")
"""Families whose positions begin behind that of the padding token."""
LAYER = re.compile(r"(?:^|\.)(?:layer|layers|h|block|blocks)\.(\d+)\.")


class Classifier(torch.nn.Module):
    """``forward`` gives logits [batch, label]."""

    def __init__(self, encoder: torch.nn.Module, labels: int, pooling: str,
                 inputs: list[str]) -> None:
        super().__init__()
        config = encoder.config
        self.pooling = pooling
        self.inputs = inputs
        self.prefix = encoder.base_model_prefix or "encoder"
        # Under the name that it has in Transformers' own classifiers, which the graph's nodes get.
        self.add_module(self.prefix, encoder)
        self.dropout = torch.nn.Dropout(getattr(config, "hidden_dropout_prob", 0.1))
        self.classifier = torch.nn.Linear(config.hidden_size, labels)

    @property
    def encoder(self) -> torch.nn.Module:
        """The part that is frozen first."""
        return getattr(self, self.prefix)

    def features(self, *inputs: torch.Tensor) -> torch.Tensor:
        """One vector a text, [batch, hidden]."""
        named = dict(zip(self.inputs, inputs, strict=True))
        hidden = self.encoder(**named)[0]
        if self.pooling == "cls":
            return hidden[:, 0]
        mask = named["attention_mask"].unsqueeze(2).to(hidden.dtype)
        return (hidden * mask).sum(dim=1) / mask.sum(dim=1)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """Of ``inputs``, in their order, each [batch, token]."""
        return self.classifier(self.dropout(self.features(*inputs)))

    def depth(self, parameter: str) -> int | None:
        """How far a parameter lies below the head: 0 the last layer, more for those before it,
        one more than all layers for the embeddings; none for the head itself.
        """
        if not parameter.startswith(f"{self.prefix}."):
            return None
        layers = self.encoder.config.num_hidden_layers
        layer = LAYER.search(parameter)
        if layer:
            return layers - 1 - int(layer[1])
        return layers if re.search(r"embed|wte|wpe", parameter) else 0


@dataclass(frozen=True)
class Source:
    """What a run starts from."""

    classifier: Classifier
    tokenizer: Tokenizer
    folder: Path
    name: str
    longest: int
    """Tokens of a text, special ones included; what is longer is read from its beginning."""
    has_head: bool
    """Whether the head was trained before, on these labels."""
    difference: float | None
    """Of the rebuilt encoder from the ONNX file; none for a Transformers folder."""


def load_source(path: Path, labels: list[str], pooling: str | None, texts: list[str]) -> Source:
    """Reads a Transformers folder or an ONNX one, which is compared with itself on ``texts``."""
    folder = path.parent if path.suffix == ".onnx" else path
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} has no config.json. Give a model folder, as Transformers "
                         "writes it or as Headlight reads it.")
    graph = path if path.suffix == ".onnx" else \
        next((folder / name for name in GRAPHS if (folder / name).is_file()), None)
    has_checkpoint = any((folder / name).is_file() for name in CHECKPOINTS)
    if path.suffix != ".onnx" and has_checkpoint:
        graph = None
    elif graph is None:
        raise ModelError(f"{folder} has neither model.safetensors nor model.onnx. Give a folder "
                         "with either.")
    tokenizer = read_tokenizer(folder)
    config = read_config(folder)
    encoder = from_checkpoint(folder, config) if graph is None else empty_encoder(config)
    causal = not starts_with_special(tokenizer) or getattr(config, "is_decoder", False)
    if pooling == "cls" and causal:
        raise ModelError("The model puts no token such as [CLS] in front of a text that would "
                         "stand for all of it. Take --pooling mean.")
    inputs = encoder_inputs(encoder)
    classifier = Classifier(encoder, len(labels), pooling or ("mean" if causal else "cls"), inputs)
    longest = window(folder, config)
    difference, has_head = None, False
    if graph is not None:
        exported = OnnxEncoder(graph)
        exported.fill(encoder)
        feeds = dict(zip(inputs, encode(tokenizer, texts, longest, inputs), strict=True))
        difference = exported.difference(encoder, feeds)
        if not difference <= TOLERANCE:
            raise ModelError(f"What was rebuilt of {graph.name} differs from it by {difference:.1e}"
                             ": its shape is not quite that of config.json, or it computes in "
                             "sixteen bits. Give the plain fp32 export or the Transformers folder.")
        has_head = take_head(classifier, exported, config, labels, feeds, pooling)
    return Source(classifier, tokenizer, folder, folder.resolve().name, longest, has_head,
                  difference)


def read_config(folder: Path) -> object:
    """``config.json``; no code of the folder is run."""
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
    except Exception as error:
        raise ModelError(f"{folder / 'config.json'} is not understood by this version of "
                         f"Transformers: {first_line(error)}") from error
    if getattr(config, "is_encoder_decoder", False):
        raise ModelError("A model of encoder and decoder is no text encoder. Take one like BERT.")
    config.use_cache = False
    return config


def from_checkpoint(folder: Path, config: object) -> torch.nn.Module:
    """The encoder of a Transformers folder, whichever head it has."""
    try:
        encoder, info = AutoModel.from_pretrained(
            folder, config=config, local_files_only=True,
            attn_implementation="eager", output_loading_info=True)
    except Exception as error:
        raise ModelError(f"{folder} cannot be loaded by Transformers: {first_line(error)}") \
            from error
    missing = sorted(name for name in info["missing_keys"] if not name.startswith("pooler"))
    if missing:
        raise ModelError(f"{folder} lacks {len(missing)} weights of its encoder, such as "
                         f"{missing[0]}. Give the whole checkpoint.")
    return without_pooler(encoder.float())


def empty_encoder(config: object) -> torch.nn.Module:
    """An encoder whose weights are still to come."""
    try:
        return without_pooler(AutoModel.from_config(config, attn_implementation="eager").float())
    except Exception as error:
        raise ModelError("Transformers makes no encoder of this config.json: "
                         f"{first_line(error)}") from error


def without_pooler(encoder: torch.nn.Module) -> torch.nn.Module:
    """The head stands on the last hidden state."""
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None
    return encoder


def take_head(classifier: Classifier, exported: OnnxEncoder, config: object, labels: list[str],
              feeds: dict[str, np.ndarray], pooling: str | None) -> bool:
    """Takes on the graph's own linear head if it is one on these labels, whose logits the rebuilt
    classifier then gives as well.
    """
    known = [config.id2label[index] for index in sorted(config.id2label)]
    found = exported.head()
    if sorted(known) != sorted(labels) or found is None:
        return False
    weight, bias = found
    if weight.shape != tuple(classifier.classifier.weight.shape):
        return False
    order = [known.index(label) for label in labels]
    expected = exported.logits(feeds)[:, order]
    fresh = {name: value.clone() for name, value in classifier.classifier.state_dict().items()}
    usual = classifier.pooling
    head = {"weight": torch.from_numpy(weight[order]), "bias": torch.from_numpy(bias[order])}
    classifier.classifier.load_state_dict(head)
    tensors = [torch.from_numpy(feeds[name]) for name in classifier.inputs]
    for classifier.pooling in (pooling,) if pooling else ("cls", "mean"):
        with torch.no_grad():
            said = classifier.eval()(*tensors).numpy()
        if np.abs(said - expected).max() <= TOLERANCE:
            return True
    classifier.classifier.load_state_dict(fresh)
    classifier.pooling = usual
    return False


def read_tokenizer(folder: Path) -> Tokenizer:
    """Without the padding and cutting that its file may ask for."""
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json")) \
            if (folder / "tokenizer.json").is_file() else \
            AutoTokenizer.from_pretrained(folder, local_files_only=True).backend_tokenizer
    except Exception as error:
        raise ModelError(f"The tokenizer of {folder} cannot be read: {first_line(error)}. Put its "
                         "tokenizer.json into the folder.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def starts_with_special(tokenizer: Tokenizer) -> bool:
    """Whether a token such as [CLS] stands in front of every text."""
    return bool(tokenizer.encode("a").special_tokens_mask[:1] == [1])


def encoder_inputs(encoder: torch.nn.Module) -> list[str]:
    """Names of the inputs, in the order of the graph's."""
    segments = getattr(encoder.config, "type_vocab_size", 0) > 1
    return ["input_ids", "attention_mask", *(["token_type_ids"] if segments else [])]


def window(folder: Path, config: object) -> int:
    """How many tokens the model reads."""
    positions = getattr(config, "max_position_embeddings", None) or 512
    if config.model_type in OFFSET_POSITIONS:
        positions -= config.pad_token_id + 1
    settings = folder / "tokenizer_config.json"
    stated = read_json(settings).get("model_max_length", positions) if settings.is_file() \
        else positions
    return int(min(positions, stated))


def encode(tokenizer: Tokenizer, texts: list[str], longest: int,
           inputs: list[str]) -> list[np.ndarray]:
    """int64 arrays [text, token], padded at the end, in the order of ``inputs``."""
    tokenizer.enable_truncation(longest)
    rows = tokenizer.encode_batch(texts)
    width = max(1, *(len(row.ids) for row in rows))
    arrays = {name: np.zeros((len(rows), width), dtype=np.int64) for name in
              ("input_ids", "attention_mask", "token_type_ids")}
    arrays["input_ids"][:] = padding_id(tokenizer)
    for at, row in enumerate(rows):
        arrays["input_ids"][at, :len(row.ids)] = row.ids
        arrays["attention_mask"][at, :len(row.ids)] = 1
        arrays["token_type_ids"][at, :len(row.ids)] = row.type_ids
    return [arrays[name] for name in inputs]


def padding_id(tokenizer: Tokenizer) -> int:
    """Of the padding token; 0 where there is none, as the mask hides it."""
    known = (tokenizer.token_to_id(name) for name in ("[PAD]", "<pad>"))
    return next((index for index in known if index is not None), 0)
