"""Tiny random models of every family that Headlight reads, by every way of making their graphs.

    pip install -r requirements-families.txt
    python make_family_fixtures.py OUT_FOLDER [--all] [--only NAME,…]

A fixture is a model folder (configuration, tokenizer, graphs) and ``golden.json`` / ``golden.bin``:
attention, query, key, value, hidden states and logits of one text from eager PyTorch. Without
``--all`` those of ``COMMITTED`` are made, whose graphs are kept compressed (``.onnx.gz``).
"""

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from family_graphs import PRECISIONS, apply_precision
from golden_files import encoded_case, write_case
from make_fixtures import (
    CAUSAL_TEXT, TEXT, byte_level_bpe, forget_source, gpt2_tokenizer, roberta_tokenizer,
    wordpiece_tokenizer,
)
from make_writer_fixtures import forget_notes
from optimum.exporters.onnx import onnx_export_from_model
from random_weights import draw_weights
from recorded_attention import RecordedAttention
from tiny_tokenizers import bart_tokenizer, metaspace_tokenizer
from transformers import (
    AlbertConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification, BartConfig, BertConfig, DebertaV2Config, DistilBertConfig, ElectraConfig, GPT2Config, GPTNeoXConfig,
    LlamaConfig, MarianConfig, ModernBertConfig, MPNetConfig, MT5Config, PegasusConfig,
    PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast, Qwen2Config, RobertaConfig,
    T5Config, XLMRobertaConfig,
)

HIDDEN, LAYERS, HEADS, POSITIONS, SEED = 16, 2, 2, 64, 7
WRITTEN = 7
"""Tokens given to a decoder."""

STACK = {"hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
         "intermediate_size": 2 * HIDDEN, "max_position_embeddings": POSITIONS}
SIDES = {"d_model": HIDDEN, "encoder_layers": LAYERS, "decoder_layers": LAYERS,
         "encoder_attention_heads": HEADS, "decoder_attention_heads": HEADS,
         "encoder_ffn_dim": 2 * HIDDEN, "decoder_ffn_dim": 2 * HIDDEN,
         "max_position_embeddings": POSITIONS}
STOPS = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": None, "decoder_start_token_id": 0}
T5_SHAPE = {"d_model": HIDDEN, "d_kv": HIDDEN // HEADS, "d_ff": 2 * HIDDEN, "num_layers": LAYERS,
            "num_decoder_layers": LAYERS, "num_heads": HEADS, "decoder_start_token_id": 0}
ROTARY = {**STACK, "bos_token_id": 0, "eos_token_id": 0}
GROUPED = {**ROTARY, "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2}
"""ONNX Runtime's own grouped attention takes heads of sixteen numbers or more."""
BERT_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
INPUTS = ("input_ids", "attention_mask")
ROBERTA = {**STACK, "max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1,
           "bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}


@dataclass(frozen=True)
class Family:
    """How a model of a family is made."""

    config: Callable[..., PretrainedConfig]
    shape: dict
    tokenizer: Callable[[], PreTrainedTokenizerFast]
    kind: str = "reads"
    inputs: tuple[str, ...] = INPUTS


FAMILIES = {
    "bert": Family(BertConfig, STACK, wordpiece_tokenizer, inputs=BERT_INPUTS),
    "bert-classifier": Family(BertConfig, {**STACK, "num_labels": 3}, wordpiece_tokenizer,
                              "classifies", BERT_INPUTS),
    "distilbert": Family(DistilBertConfig, {
        "dim": HIDDEN, "n_layers": LAYERS, "n_heads": HEADS, "hidden_dim": 2 * HIDDEN,
        "max_position_embeddings": POSITIONS}, wordpiece_tokenizer),
    "roberta": Family(RobertaConfig, ROBERTA, roberta_tokenizer),
    "xlm-roberta": Family(XLMRobertaConfig, ROBERTA, roberta_tokenizer),
    "albert": Family(AlbertConfig, {**STACK, "embedding_size": 8}, wordpiece_tokenizer,
                     inputs=BERT_INPUTS),
    "electra": Family(ElectraConfig, {**STACK, "embedding_size": 8}, wordpiece_tokenizer,
                      inputs=BERT_INPUTS),
    "mpnet": Family(MPNetConfig, {**ROBERTA, "relative_attention_num_buckets": 32},
                    roberta_tokenizer),
    "deberta-v2": Family(DebertaV2Config, {
        **STACK, "relative_attention": True, "pos_att_type": ["c2p", "p2c"],
        "position_biased_input": False, "position_buckets": 8, "norm_rel_ebd": "layer_norm",
        "share_att_key": True, "type_vocab_size": 0}, wordpiece_tokenizer),
    "modernbert": Family(ModernBertConfig, {
        **STACK, "global_attn_every_n_layers": 2, "local_attention": 8, "pad_token_id": 0,
        "cls_token_id": 2, "sep_token_id": 3, "bos_token_id": 2, "eos_token_id": 3,
        "reference_compile": False}, wordpiece_tokenizer),
    "gpt2": Family(GPT2Config, {"n_embd": HIDDEN, "n_layer": LAYERS, "n_head": HEADS,
                                "n_positions": POSITIONS, "bos_token_id": 0, "eos_token_id": 0},
                   gpt2_tokenizer, "continues"),
    "gpt-neox": Family(GPTNeoXConfig, ROTARY, gpt2_tokenizer, "continues"),
    "llama": Family(LlamaConfig, GROUPED, gpt2_tokenizer, "continues"),
    "qwen2": Family(Qwen2Config, GROUPED, gpt2_tokenizer, "continues"),
    "t5": Family(T5Config, T5_SHAPE, metaspace_tokenizer, "translates"),
    "mt5": Family(MT5Config, {**T5_SHAPE, "feed_forward_proj": "gated-gelu"}, metaspace_tokenizer,
                  "translates"),
    "bart": Family(BartConfig, {**SIDES, "forced_bos_token_id": 0, "forced_eos_token_id": 2},
                   bart_tokenizer, "translates"),
    "marian": Family(MarianConfig, {**SIDES, **STOPS, "forced_eos_token_id": 1},
                     metaspace_tokenizer, "translates"),
    "pegasus": Family(PegasusConfig, {**SIDES, **STOPS, "forced_eos_token_id": 1},
                      metaspace_tokenizer, "translates"),
}
AUTOMATIC = {"reads": AutoModelForMaskedLM, "classifies": AutoModelForSequenceClassification,
             "continues": AutoModelForCausalLM,
             "translates": AutoModelForSeq2SeqLM}
TASKS = {"reads": "fill-mask", "classifies": "text-classification",
         "continues": "text-generation-with-past",
         "translates": "text2text-generation-with-past"}


@dataclass(frozen=True)
class Fixture:
    """A family and the way to its graphs."""

    family: str
    exporter: str = "optimum"
    attention: str = "eager"
    opset: int = 18
    precision: str = "fp32"

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.family}--{self.exporter}-{self.attention}-{self.opset}-{self.precision}"


def every() -> Iterator[Fixture]:
    """All fixtures of ``--all``."""
    for family in FAMILIES:
        for attention in ("eager", "sdpa"):
            yield Fixture(family, "optimum", attention)
            for opset in (14, 17):
                yield Fixture(family, "torchscript", attention, opset)
            for opset in (18, 23):
                yield Fixture(family, "dynamo", attention, opset)
        yield Fixture(family, "optimum", "eager", 14)
        if family in ("llama", "qwen2"):
            yield Fixture(family, "genai", "eager", 22)
        for precision in PRECISIONS:
            if precision != "fp32":
                yield Fixture(family, "optimum", "eager", 18, precision)


COMMITTED = (
    *(Fixture("bert", precision=precision) for precision in (
        "fp16", "fp16-io", "int8", "int8-all", "q4", "fused", "fused-fp16", "fused-int8", "runtime",
        "external")),
    Fixture("bert", "dynamo", "sdpa", 23), Fixture("modernbert", "dynamo", "eager", 23),
    *(Fixture(family, precision="fused") for family in ("distilbert", "bart", "gpt2", "t5")),
    Fixture("modernbert", opset=14), Fixture("gpt-neox", precision="runtime"),
    Fixture("gpt2", "dynamo", "sdpa", 18), Fixture("llama", "genai", "eager", 22),
    Fixture("qwen2", "genai", "eager", 22),
    Fixture("deberta-v2", precision="runtime"), Fixture("marian", precision="fp16"),
    *(Fixture(family) for family in (
        "bert-classifier", "albert", "electra", "mpnet", "deberta-v2", "xlm-roberta", "modernbert",
        "mt5", "qwen2")),
)


def random_model(family: Family, vocabulary: int) -> PreTrainedModel:
    """Every parameter drawn wide enough that heads differ and no bias is zero."""
    torch.manual_seed(SEED)
    config = family.config(vocab_size=vocabulary, **family.shape)
    model = AUTOMATIC[family.kind].from_config(config, attn_implementation="eager").eval()
    draw_weights(model)
    return model


class Part(torch.nn.Module):
    """A part of a model that takes its inputs by position and returns one output."""

    def __init__(self, module: torch.nn.Module, names: tuple[str, ...],
                 further: dict | None = None) -> None:
        super().__init__()
        self.module = module
        self.names = names
        self.further = further or {}

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """Its first output."""
        return self.module(**dict(zip(self.names, inputs, strict=True)), **self.further,
                           return_dict=False)[0]


class DecoderPart(torch.nn.Module):
    """The decoder and the vocabulary head of a model with an encoder."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask: torch.Tensor, input_ids: torch.Tensor,
                encoder_hidden_states: torch.Tensor) -> torch.Tensor:
        """Logits [batch, token, vocabulary]."""
        return self.model(attention_mask=encoder_attention_mask, decoder_input_ids=input_ids,
                          encoder_outputs=(encoder_hidden_states,), use_cache=False,
                          return_dict=False)[0]


def export_by_torch(fixture: Fixture, model: PreTrainedModel, folder: Path) -> None:
    """Graphs without a cache by ``torch.onnx.export``, traced or by dynamo."""
    family = FAMILIES[fixture.family]
    ids = torch.full((2, 6), 5)
    values = {"input_ids": ids, "attention_mask": torch.ones_like(ids),
              "token_type_ids": torch.zeros_like(ids)}
    axes = {0: "batch", 1: "sequence"}
    if family.kind != "translates":
        further = {"use_cache": False} if family.kind == "continues" else {}
        export_part(fixture, Part(model, family.inputs, further), family.inputs,
                    tuple(values[name] for name in family.inputs), "logits", folder / "model.onnx",
                    dict.fromkeys(family.inputs, axes))
        return
    export_part(fixture, Part(model.get_encoder(), INPUTS), INPUTS,
                tuple(values[name] for name in INPUTS), "last_hidden_state",
                folder / "encoder_model.onnx", dict.fromkeys(INPUTS, axes))
    names = ("encoder_attention_mask", "input_ids", "encoder_hidden_states")
    written = {0: "batch", 1: "written"}
    export_part(fixture, DecoderPart(model), names,
                (values["attention_mask"], torch.full((2, 4), 5), torch.randn(2, 6, HIDDEN)),
                "logits", folder / "decoder_model.onnx",
                {names[0]: axes, names[1]: written, names[2]: axes})


def export_part(fixture: Fixture, module: torch.nn.Module, names: tuple[str, ...],
                arguments: tuple, output: str, path: Path, axes: dict[str, dict]) -> None:
    """One graph."""
    common = {"input_names": list(names), "output_names": [output], "opset_version": fixture.opset}
    if fixture.exporter == "dynamo":
        shapes = tuple(axes[name] for name in names)
        takes = {"inputs": shapes} if isinstance(module, Part) else shapes
        program = torch.onnx.export(module.eval(), arguments, dynamo=True, verbose=False,
                                    dynamic_shapes=takes, **common)
        graph = program.model_proto
        forget_source(graph)
        onnx.save(graph, path)
        return
    torch.onnx.export(module.eval(), arguments, str(path), dynamo=False, **common,
                      dynamic_axes={**axes, output: {0: "batch", 1: "sequence"}})


def export_by_genai(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path,
                    python: str) -> None:
    """One graph by ONNX Runtime's builder of generative models: GroupQueryAttention."""
    source, made = folder / "source", folder / "made"
    model.save_pretrained(source)
    tokenizer.save_pretrained(source)
    command = [python, "-m", "onnxruntime_genai.models.builder", "-i", str(source), "-o", str(made),
               "-p", "fp32", "-e", "cpu", "-c", str(folder / "cache")]
    subprocess.run(command, check=True, capture_output=True)
    for path in made.glob("model.onnx*"):
        shutil.move(path, folder / path.name)
    model.config.save_pretrained(folder)


def export(fixture: Fixture, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast,
           folder: Path, genai: str | None) -> None:
    """The folder's graphs and its ``config.json``."""
    family = FAMILIES[fixture.family]
    model.set_attn_implementation(fixture.attention)
    with tempfile.TemporaryDirectory() as work:
        made = Path(work)
        if fixture.exporter == "optimum":
            onnx_export_from_model(model, made, task=TASKS[family.kind], do_validation=False,
                                   opset=fixture.opset,
                                   no_post_process=family.kind == "translates")
        elif fixture.exporter == "genai":
            export_by_genai(model, tokenizer, made, genai or sys.executable)
        else:
            export_by_torch(fixture, model, made)
            model.config.save_pretrained(made)
        for path in sorted(made.glob("*.onnx")):
            graph = onnx.load(path, load_external_data=False)
            forget_notes(graph)
            onnx.save(graph, path)
        grouped = family.shape is GROUPED
        apply_precision(fixture.precision, fixture.family, made, 4 if grouped else HEADS,
                        4 * HIDDEN if grouped else HIDDEN)
        for path in made.glob("*.onnx*"):
            shutil.copy(path, folder / path.name)
        shutil.copy(made / "config.json", folder / "config.json")
    model.generation_config and model.generation_config.to_json_file(
        folder / "generation_config.json")


def stacked(layers: tuple[torch.Tensor, ...]) -> np.ndarray:
    """[1, …] of each layer as [layer, …]."""
    return torch.cat(layers).numpy()


@torch.no_grad()
def golden(fixture: Fixture, model: PreTrainedModel,
           tokenizer: PreTrainedTokenizerFast) -> tuple[dict, dict[str, np.ndarray]]:
    """What eager PyTorch computes for one text."""
    family = FAMILIES[fixture.family]
    model.set_attn_implementation("eager")
    mask = tokenizer.mask_token if family.kind == "reads" else None
    text = TEXT.format(mask=mask) if mask else CAUSAL_TEXT
    case = {**encoded_case(tokenizer, text, None), "family": fixture.family,
            "exporter": fixture.exporter, "attention": fixture.attention, "opset": fixture.opset,
            "precision": fixture.precision, "kind": family.kind}
    inputs = tokenizer(text, return_tensors="pt")
    asked = {"output_attentions": True, "output_hidden_states": True}
    with RecordedAttention() as recorded:
        if family.kind != "translates":
            out = model(**{name: inputs[name] for name in family.inputs}, **asked)
        else:
            written = torch.arange(3, 3 + WRITTEN)[None]
            written[0, 0] = model.config.decoder_start_token_id
            case["written"] = written[0].tolist()
            out = model(input_ids=inputs.input_ids, attention_mask=inputs.attention_mask,
                        decoder_input_ids=written, use_cache=False, **asked)
    if family.kind != "translates":
        hidden = out.hidden_states
        if fixture.family == "modernbert":
            # Its last one is taken in front of the last norm, unlike that of all others.
            hidden = (*hidden[:-1], model.model(**inputs).last_hidden_state)
        parts = recorded.parts(out.attentions)
        # As the projections made them: these two scale one side before the product.
        if fixture.family == "distilbert":
            parts["query"] *= np.sqrt(np.float32(HIDDEN / HEADS))
        if fixture.family == "deberta-v2":
            parts["key"] *= np.sqrt(np.float32(HIDDEN / HEADS * 3))
        return case, {"attention": stacked(out.attentions), "hidden": stacked(hidden), **parts,
                      "logits": out.logits[0].numpy()}
    tensors = {"attention": stacked(out.encoder_attentions),
               "hidden": stacked(out.encoder_hidden_states),
               **recorded.parts(out.encoder_attentions),
               "self": stacked(out.decoder_attentions), "cross": stacked(out.cross_attentions),
               "decoderHidden": stacked(out.decoder_hidden_states),
               **recorded.parts(out.decoder_attentions, "self"),
               **recorded.parts(out.cross_attentions, "cross"),
               "decoderLogits": out.logits[0].numpy()}
    return case, tensors


def compress(folder: Path) -> None:
    """Graphs as ``.onnx.gz``: names of nodes are most of a tiny one."""
    for path in folder.glob("*.onnx"):
        with gzip.GzipFile(f"{path}.gz", "wb", compresslevel=9, mtime=0) as packed:
            packed.write(path.read_bytes())
        path.unlink()


def make(fixture: Fixture, out: Path, genai: str | None) -> None:
    """One folder."""
    folder = out / fixture.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    family = FAMILIES[fixture.family]
    tokenizer = family.tokenizer()
    tokenizer.model_input_names = list(family.inputs)
    model = random_model(family, len(tokenizer))
    case, tensors = golden(fixture, model, tokenizer)
    tokenizer.save_pretrained(folder)
    (folder / "special_tokens_map.json").unlink(missing_ok=True)
    export(fixture, model, tokenizer, folder, genai)
    write_case(folder / "golden", case, tensors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--genai", metavar="PYTHON",
                        help="of an environment with onnxruntime-genai and its Transformers")
    parser.add_argument("--only", help="names or their beginnings, with commas between")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    onnxruntime.set_default_logger_severity(4)
    failed = {}
    for fixture in every() if arguments.all else COMMITTED:
        if arguments.only and not fixture.name.startswith(tuple(arguments.only.split(","))):
            continue
        try:
            make(fixture, arguments.out, arguments.genai)
            if not arguments.all:
                compress(arguments.out / fixture.name)
            print(fixture.name, flush=True)
        except Exception as error:  # What an exporter cannot do is part of the table.
            shutil.rmtree(arguments.out / fixture.name, ignore_errors=True)
            failed[fixture.name] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            print(fixture.name, "NOT MADE", failed[fixture.name], flush=True)
            if not arguments.all:
                traceback.print_exc()
    (arguments.out / "not-made.json").write_text(json.dumps(failed, indent=1) + "\n")


if __name__ == "__main__":
    main()
