"""Tiny random models that write, in Optimum's layouts, with their truth from Transformers.

    pip install -r requirements-writers.txt
    python make_writer_fixtures.py OUT_FOLDER

Optimum's exporter needs an older Transformers than the recipes, hence an environment of its own.
Each fixture is what ``optimum-cli export onnx`` leaves (configuration, tokenizer, graphs) and
``golden.json`` / ``golden.bin``: what ``generate`` writes, greedily and with four beams, and the
logits and attention of a pass over what was written greedily.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import torch
from golden_files import write_case
from make_fixtures import SEED, byte_level_bpe, forget_source
from optimum.exporters.onnx import onnx_export_from_model
from optimum.onnx import merge_decoders
from random_weights import draw_weights
from tiny_tokenizers import bart_tokenizer, metaspace_tokenizer
from tokenizers import processors
from transformers import (
    AutoModelForCausalLM, AutoModelForSeq2SeqLM, BartConfig, BlenderbotSmallConfig, GPT2Config,
    GPTNeoXConfig, LlamaConfig, M2M100Config, MarianConfig, MBartConfig, OPTConfig, PegasusConfig,
    PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast, T5Config,
)

TEXT = "The cat sat on the wall and watched the boat."
HIDDEN, LAYERS, HEADS, POSITIONS = 16, 2, 2, 64
WRITTEN = 12
"""Most tokens to write."""
BEAMS = 4


def gpt2_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level, with one special token and no template."""
    tokenizer = byte_level_bpe(["<|endoftext|>"], 280)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, bos_token="<|endoftext|>",
        eos_token="<|endoftext|>", unk_token="<|endoftext|>")


SIDES = {"d_model": HIDDEN, "encoder_layers": LAYERS, "decoder_layers": LAYERS,
         "encoder_attention_heads": HEADS, "decoder_attention_heads": HEADS,
         "encoder_ffn_dim": 2 * HIDDEN, "decoder_ffn_dim": 2 * HIDDEN,
         "max_position_embeddings": POSITIONS}
T5 = {"d_model": HIDDEN, "d_kv": HIDDEN // HEADS, "d_ff": 2 * HIDDEN, "num_layers": LAYERS,
      "num_decoder_layers": LAYERS, "num_heads": HEADS, "decoder_start_token_id": 0}
STOPS = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": None, "decoder_start_token_id": 0}
STACK = {"hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
         "max_position_embeddings": POSITIONS, "bos_token_id": 0, "eos_token_id": 0}


@dataclass(frozen=True)
class Fixture:
    """One model folder: its configuration and which files of Optimum's it holds."""

    name: str
    config: Callable[..., PretrainedConfig]
    shape: dict
    tokenizer: Callable[[], PreTrainedTokenizerFast] = metaspace_tokenizer
    files: tuple[str, ...] = ("encoder_model", "decoder_model", "decoder_with_past_model")
    generation: dict = field(default_factory=dict)
    seed: int = SEED

    @property
    def translates(self) -> bool:
        """An encoder and a decoder, and not a decoder stack."""
        return self.files[0] == "encoder_model"


MERGED = ("encoder_model", "decoder_model_merged")
FIXTURES = (
    Fixture("t5", T5Config, T5, generation={"no_repeat_ngram_size": 3}, seed=11),
    Fixture("t5-gated", T5Config, {**T5, "feed_forward_proj": "gated-gelu",
                                   "tie_word_embeddings": False}, files=MERGED),
    Fixture("marian", MarianConfig, {**SIDES, **STOPS, "forced_eos_token_id": 1},
            files=("encoder_model", "decoder_model"),
            generation={"bad_words_ids": [[0]], "no_repeat_ngram_size": 2}, seed=12),
    Fixture("bart", BartConfig, {**SIDES, "forced_bos_token_id": 0, "forced_eos_token_id": 2},
            bart_tokenizer, MERGED, {"no_repeat_ngram_size": 2, "length_penalty": 2.0}),
    Fixture("pegasus", PegasusConfig, {**SIDES, **STOPS, "forced_eos_token_id": 1},
            generation={"length_penalty": 0.6}),
    Fixture("mbart", MBartConfig, {**SIDES, **STOPS, "decoder_start_token_id": 1,
                                   "forced_bos_token_id": 3, "forced_eos_token_id": 1}),
    Fixture("m2m100", M2M100Config, {**SIDES, **STOPS, "decoder_start_token_id": 1},
            files=MERGED, generation={"forced_bos_token_id": 3, "early_stopping": True}, seed=8),
    Fixture("blenderbot-small", BlenderbotSmallConfig, {**SIDES, **STOPS}, files=MERGED,
            generation={"min_length": 8, "no_repeat_ngram_size": 2}, seed=9),
    Fixture("gpt2", GPT2Config, {"n_embd": HIDDEN, "n_layer": LAYERS, "n_head": HEADS,
                                 "n_positions": POSITIONS, "bos_token_id": 0, "eos_token_id": 0},
            gpt2_tokenizer, ("model",)),
    Fixture("gpt2-legacy", GPT2Config, {
        "n_embd": HIDDEN, "n_layer": LAYERS, "n_head": HEADS, "n_positions": POSITIONS,
        "bos_token_id": 0, "eos_token_id": 0}, gpt2_tokenizer,
            ("decoder_model", "decoder_with_past_model"), {"repetition_penalty": 1.3}),
    Fixture("gpt-neox-merged", GPTNeoXConfig, {**STACK, "intermediate_size": 2 * HIDDEN},
            gpt2_tokenizer, ("decoder_model_merged",)),
    Fixture("opt", OPTConfig, {**STACK, "ffn_dim": 2 * HIDDEN, "word_embed_proj_dim": HIDDEN,
                               "pad_token_id": 1}, gpt2_tokenizer, ("model",)),
    Fixture("llama", LlamaConfig, {**STACK, "num_attention_heads": 4, "num_key_value_heads": 2,
                                   "intermediate_size": 2 * HIDDEN, "eos_token_id": [0, 9]},
            gpt2_tokenizer, ("model",)),
)


def random_model(fixture: Fixture, vocabulary: int) -> PreTrainedModel:
    """Every parameter drawn wide enough that heads differ and no bias is zero."""
    torch.manual_seed(fixture.seed)
    automatic = AutoModelForSeq2SeqLM if fixture.translates else AutoModelForCausalLM
    config = fixture.config(vocab_size=vocabulary, **fixture.shape)
    model = automatic.from_config(config, attn_implementation="eager").eval()
    draw_weights(model)
    for name, value in fixture.generation.items():
        setattr(model.generation_config, name, value)
    return model


def export(fixture: Fixture, model: PreTrainedModel, folder: Path) -> None:
    """Optimum's files of the layout, without the exporter's notes."""
    task = "text2text-generation" if fixture.translates else "text-generation"
    with tempfile.TemporaryDirectory() as work:
        made = Path(work)
        merged = fixture.files[-1].endswith("_merged")
        onnx_export_from_model(model, made, task=f"{task}-with-past", do_validation=False,
                               no_post_process=not (merged and fixture.translates))
        if fixture.files[0].startswith("decoder"):
            old_layout(made)
        for name in fixture.files:
            graph = onnx.load(made / f"{name}.onnx")
            forget_notes(graph)
            onnx.save(graph, folder / f"{name}.onnx")
        shutil.copy(made / "config.json", folder / "config.json")
    # Transformers refuses to save what only beam search minds; folders on the hub have it.
    model.generation_config.to_json_file(folder / "generation_config.json")


def old_layout(folder: Path) -> None:
    """Decoder stacks as Optimum laid them out before one graph served with a past and without."""
    (folder / "model.onnx").rename(folder / "decoder_with_past_model.onnx")
    graph = onnx.load(folder / "decoder_with_past_model.onnx")
    onnx.save(without_past(graph), folder / "decoder_model.onnx")
    merge_decoders(folder / "decoder_model.onnx", folder / "decoder_with_past_model.onnx",
                   save_path=folder / "decoder_model_merged.onnx", strict=False)


def without_past(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with nothing before its tokens: empty keys and values in place of inputs."""
    graph = model.graph
    pasts = [value for value in graph.input if value.name.startswith("past_key_values")]
    heads, size = (pasts[0].type.tensor_type.shape.dim[axis].dim_value for axis in (1, 3))
    for name, values in (("rows", [0]), ("rows_end", [1]), ("none", [heads, 0, size])):
        graph.initializer.append(onnx.numpy_helper.from_array(np.array(values), f"empty.{name}"))
    make = onnx.helper.make_node
    nodes = [make("Shape", ["input_ids"], ["empty.ids"]),
             make("Slice", ["empty.ids", "empty.rows", "empty.rows_end"], ["empty.batch"]),
             make("Concat", ["empty.batch", "empty.none"], ["empty.shape"], axis=0),
             *(make("ConstantOfShape", ["empty.shape"], [f"empty.{past.name}"])
               for past in pasts)]
    names = {past.name for past in pasts}
    for node in graph.node:
        node.input[:] = [f"empty.{name}" if name in names else name for name in node.input]
    kept = [value for value in graph.input if value not in pasts]
    every = [*nodes, *graph.node]
    del graph.input[:], graph.node[:]
    graph.input.extend(kept)
    graph.node.extend(every)
    return model


def forget_notes(graph: onnx.ModelProto) -> None:
    """In the branches of a merged decoder too."""
    forget_source(graph)
    for node in graph.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                for part in (*attribute.g.node, *attribute.g.value_info, *attribute.g.initializer):
                    del part.metadata_props[:]
                    part.doc_string = ""


@torch.no_grad()
def golden(fixture: Fixture, model: PreTrainedModel,
           tokenizer: PreTrainedTokenizerFast) -> tuple[dict, dict[str, np.ndarray]]:
    """What ``generate`` writes, and a pass over it."""
    ids = tokenizer(TEXT, return_tensors="pt").input_ids
    asked = {"attention_mask": torch.ones_like(ids), "do_sample": False,
             "max_new_tokens": WRITTEN}
    greedy = model.generate(ids, num_beams=1, **asked)[0]
    if fixture.translates:
        passed = model(input_ids=ids, decoder_input_ids=greedy[None, :-1], output_attentions=True)
        first = 1
        parts = {"self": passed.decoder_attentions, "cross": passed.cross_attentions}
    else:
        passed = model(greedy[None, :-1], output_attentions=True, output_hidden_states=True)
        first = ids.shape[1]
        parts = {"self": passed.attentions}
    rows = slice(first - 1, None)
    tensors = {"logits": passed.logits[0, rows].numpy(),
               **{name: torch.stack(layers)[:, 0, :, rows].numpy()
                  for name, layers in parts.items()}}
    if not fixture.translates:
        tensors["lens"] = logit_lens(model, passed.hidden_states)[:, rows]
    case = {"text": TEXT, "ids": ids[0].tolist(), "greedy": greedy[first:].tolist(),
            "output": tokenizer.decode(greedy[first:], skip_special_tokens=True)}
    if fixture.translates:
        beams = model.generate(ids, num_beams=BEAMS, return_dict_in_generate=True,
                               num_return_sequences=BEAMS, output_scores=True, **asked)
        stops = np.atleast_1d(model.generation_config.eos_token_id).tolist()
        case["beams"] = [{"ids": up_to_stop(row, stops), "score": score} for row, score in
                         zip(beams.sequences[:, 1:].tolist(), beams.sequences_scores.tolist(),
                             strict=True)]
    return case, tensors


def up_to_stop(ids: list[int], stops: list[int]) -> list[int]:
    """Without what fills the row behind the stop token."""
    end = next((place for place, token in enumerate(ids) if token in stops), len(ids) - 1)
    return ids[:end + 1]


def logit_lens(model: PreTrainedModel, hidden: tuple[torch.Tensor, ...]) -> np.ndarray:
    """The last norm and the head on every hidden state, [state, token, vocabulary]; the last
    hidden state of Transformers is normalized already."""
    body = model.base_model
    norm = next(getattr(part, name) for part in (body, getattr(body, "decoder", None))
                for name in ("ln_f", "final_layer_norm", "norm")
                if isinstance(getattr(part, name, None), torch.nn.Module))
    states = torch.stack([*(norm(state) for state in hidden[:-1]), hidden[-1]])
    return model.get_output_embeddings()(states)[:, 0].numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", help="names, with commas between")
    arguments = parser.parse_args()
    for fixture in FIXTURES:
        if arguments.only and fixture.name not in arguments.only.split(","):
            continue
        folder = arguments.out / fixture.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tokenizer = fixture.tokenizer()
        model = random_model(fixture, len(tokenizer))
        case, tensors = golden(fixture, model, tokenizer)
        tokenizer.save_pretrained(folder)
        (folder / "special_tokens_map.json").unlink(missing_ok=True)
        export(fixture, model, folder)
        write_case(folder / "golden", case, tensors)
        print(fixture.name, json.dumps(case["greedy"]), json.dumps(case.get("beams", "")))


if __name__ == "__main__":
    main()
