"""Tiny random transformers for the engine's tests, with their truth from PyTorch.

    python make_fixtures.py OUT_FOLDER

Each fixture is an ordinary model folder (configuration, tokenizer, model.onnx) and
``golden.json`` / ``golden.bin``. They differ in architecture and in the exporter,
the opset and the attention implementation that made the graph.
"""

import argparse
import io
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from golden_files import encoded_case, top_predictions, write_case
from tokenizers import (
    AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers,
)
from transformers import (
    BertConfig, BertForMaskedLM, BertModel, DistilBertConfig, DistilBertForMaskedLM, GPT2Config,
    GPT2LMHeadModel, PreTrainedModel, PreTrainedTokenizerFast, RobertaConfig, RobertaForMaskedLM,
)

SENTENCES = (
    "The lamp by the window was lit before the rain began.",
    "A small boat crossed the lake while the children watched from the shore.",
    "She keeps her old letters in a tin box under the stairs.",
    "Nobody could open the gate, so they climbed over the wall.",
    "The baker's dog sleeps near the oven and wakes when the bread is done.",
    "He said that the train would be late, and it was.",
    "We planted beans along the fence and peas beside the path.",
    "The cat sat on the mat and looked at the bird.",
    "Over the hills the evening sky turned red, then grey.",
    "Two of the keys fit the door; the third one does not.",
)
TEXT = "The cat sat on the {mask} and watched the boat."
CAUSAL_TEXT = "The cat sat on the wall and watched the boat."
VOCABULARY = 400
HIDDEN, LAYERS, HEADS, POSITIONS = 32, 2, 4, 64
SPREAD = 0.2
SEED = 7


def word_pieces(normalizer: normalizers.Normalizer,
                splitter: pre_tokenizers.PreTokenizer) -> list[str]:
    """A WordPiece vocabulary of the sentences: long words are cut after four letters."""
    pieces = set(string.ascii_lowercase) | {f"##{letter}" for letter in string.ascii_lowercase}
    for sentence in SENTENCES:
        for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(sentence)):
            pieces.add(word[:4])
            if len(word) > 4:
                pieces.add(f"##{word[4:]}")
    return sorted(pieces)


def wordpiece_tokenizer() -> PreTrainedTokenizerFast:
    """Lower-casing WordPiece with BERT's special tokens."""
    normalizer = normalizers.BertNormalizer(lowercase=True)
    splitter = pre_tokenizers.BertPreTokenizer()
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *word_pieces(normalizer, splitter)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, pad_token="[PAD]",
        unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")


def byte_level_bpe(special: list[str], vocabulary: int) -> Tokenizer:
    """Byte-level BPE trained on the sentences above."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return tokenizer


def roberta_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE with RoBERTa's special tokens; ``<mask>`` takes the space before it."""
    tokenizer = byte_level_bpe(["<s>", "<pad>", "</s>", "<unk>"], VOCABULARY)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")),
        add_prefix_space=False)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, bos_token="<s>", eos_token="</s>",
        unk_token="<unk>", pad_token="<pad>", cls_token="<s>", sep_token="</s>")
    fast.add_special_tokens({"mask_token": AddedToken("<mask>", lstrip=True, special=True)})
    return fast


def gpt2_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE with one special token and no template."""
    tokenizer = byte_level_bpe(["<|endoftext|>"], VOCABULARY)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, bos_token="<|endoftext|>",
        eos_token="<|endoftext|>", unk_token="<|endoftext|>")


def bert_config(vocabulary: int) -> BertConfig:
    """Two layers of four heads."""
    return BertConfig(vocab_size=vocabulary, hidden_size=HIDDEN, num_hidden_layers=LAYERS,
                      num_attention_heads=HEADS, intermediate_size=2 * HIDDEN,
                      max_position_embeddings=POSITIONS)


def bert(vocabulary: int) -> PreTrainedModel:
    """Masked language model."""
    return BertForMaskedLM(bert_config(vocabulary))


def headless_bert(vocabulary: int) -> PreTrainedModel:
    """Encoder without pooler or head."""
    return BertModel(bert_config(vocabulary), add_pooling_layer=False)


def distilbert(vocabulary: int) -> PreTrainedModel:
    """Masked language model without segments."""
    return DistilBertForMaskedLM(DistilBertConfig(
        vocab_size=vocabulary, dim=HIDDEN, n_layers=LAYERS, n_heads=HEADS, hidden_dim=2 * HIDDEN,
        max_position_embeddings=POSITIONS))


def roberta(vocabulary: int) -> PreTrainedModel:
    """Masked language model; positions count from ``pad_token_id`` + 1."""
    return RobertaForMaskedLM(RobertaConfig(
        vocab_size=vocabulary, hidden_size=HIDDEN, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, intermediate_size=2 * HIDDEN,
        max_position_embeddings=POSITIONS + 2, type_vocab_size=1,
        bos_token_id=0, pad_token_id=1, eos_token_id=2))


def gpt2(vocabulary: int) -> PreTrainedModel:
    """Causal language model without a cache."""
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=vocabulary, n_embd=HIDDEN, n_layer=LAYERS, n_head=HEADS, n_positions=POSITIONS,
        bos_token_id=0, eos_token_id=0, use_cache=False))


@dataclass(frozen=True)
class Fixture:
    """One model folder: what is in it and how its graph is exported."""

    name: str
    model: Callable[[int], PreTrainedModel]
    tokenizer: Callable[[], PreTrainedTokenizerFast]
    inputs: tuple[str, ...]
    output: str = "logits"
    opset: int = 18
    dynamo: bool = False
    attention: str = "eager"


BERT_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
INPUTS = ("input_ids", "attention_mask")
FIXTURES = (
    Fixture("bert-tiny", bert, wordpiece_tokenizer, BERT_INPUTS),
    Fixture("bert-tiny-dynamo", bert, wordpiece_tokenizer, BERT_INPUTS, dynamo=True),
    Fixture("bert-tiny-opset14", bert, wordpiece_tokenizer, BERT_INPUTS, opset=14),
    Fixture("bert-tiny-sdpa", bert, wordpiece_tokenizer, BERT_INPUTS, attention="sdpa"),
    Fixture("bert-tiny-nomask-head", headless_bert, wordpiece_tokenizer, BERT_INPUTS,
            output="last_hidden_state"),
    Fixture("distilbert-tiny", distilbert, wordpiece_tokenizer, INPUTS),
    Fixture("roberta-tiny", roberta, roberta_tokenizer, INPUTS),
    Fixture("gpt2-tiny", gpt2, gpt2_tokenizer, INPUTS),
)


def random_model(fixture: Fixture, vocabulary: int) -> PreTrainedModel:
    """Every parameter drawn wide enough that heads differ and no bias is zero."""
    torch.manual_seed(SEED)
    model = fixture.model(vocabulary).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(0, SPREAD)
            if parameter.ndim == 1 and name.endswith("weight"):
                parameter.add_(1)
    return model


class Positional(torch.nn.Module):
    """A model called with its inputs by position, returning its first output."""

    def __init__(self, model: PreTrainedModel, names: tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """The output [batch, token, vocabulary or hidden]."""
        return self.model(**dict(zip(self.names, inputs, strict=True)), return_dict=False)[0]


def export(fixture: Fixture, model: PreTrainedModel, path: Path) -> None:
    """Write the graph with batch and sequence dynamic, traced on two rows of six tokens."""
    model.set_attn_implementation(fixture.attention)
    ids = torch.full((2, 6), 5)
    values = {"input_ids": ids, "attention_mask": torch.ones_like(ids),
              "token_type_ids": torch.zeros_like(ids)}
    arguments = tuple(values[name] for name in fixture.inputs)
    axes = {0: "batch", 1: "sequence"}
    module = Positional(model, fixture.inputs).eval()
    names = {"input_names": list(fixture.inputs), "output_names": [fixture.output],
             "opset_version": fixture.opset}
    if fixture.dynamo:
        program = torch.onnx.export(module, arguments, dynamo=True, verbose=False, **names,
                                    dynamic_shapes={"inputs": tuple(axes for _ in arguments)})
        graph = program.model_proto
    else:
        buffer = io.BytesIO()
        torch.onnx.export(module, arguments, buffer, dynamo=False, **names,
                          dynamic_axes={name: axes for name in (*fixture.inputs, fixture.output)})
        graph = onnx.load_from_string(buffer.getvalue())
    forget_source(graph)
    onnx.save(graph, path)


def forget_source(model: onnx.ModelProto) -> None:
    """Drop the exporter's notes about the Python code (names, stack traces, paths)."""
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info,
                 *model.graph.input, *model.graph.output, *model.graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""


def write_golden(fixture: Fixture, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast,
                 folder: Path) -> None:
    """Attention, hidden states and logits of one text from eager PyTorch."""
    model.set_attn_implementation("eager")
    mask = tokenizer.mask_token
    text = TEXT.format(mask=mask) if mask else CAUSAL_TEXT
    case = encoded_case(tokenizer, text, None)
    inputs = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        outputs = model(**{name: inputs[name] for name in fixture.inputs},
                        output_attentions=True, output_hidden_states=True)
    tensors = {"attention": torch.cat(outputs.attentions).numpy(),
               "hidden": torch.cat(outputs.hidden_states).numpy()}
    if "logits" in outputs:
        logits = outputs.logits[0].numpy()
        tensors["logits"] = logits
        asked = np.flatnonzero(np.array(case["ids"]) == tokenizer.mask_token_id) if mask else [-1]
        case["masks"] = [{"position": int(position) % len(case["ids"]),
                          "top": top_predictions(tokenizer, logits[position])}
                         for position in asked]
    write_case(folder / "golden", case, tensors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    for fixture in FIXTURES:
        folder = out / fixture.name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = fixture.tokenizer()
        tokenizer.model_input_names = list(fixture.inputs)
        model = random_model(fixture, len(tokenizer))
        model.config.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        export(fixture, model, folder / "model.onnx")
        write_golden(fixture, model, tokenizer, folder)


if __name__ == "__main__":
    main()
