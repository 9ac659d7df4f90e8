"""Tiny random models as exporters of 2023 left them, with heads folded into the batch.

    pip install -r requirements-folded.txt
    python make_folded_fixtures.py OUT_FOLDER

Most graphs on the Hugging Face hub are of that time. Same files and goldens as
``make_family_fixtures.py``, which needs newer packages.
"""

import argparse
import functools
import gzip
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from golden_files import encoded_case, write_case
from make_fixtures import CAUSAL_TEXT, forget_source, gpt2_tokenizer
from optimum.exporters.onnx import main_export
from random_weights import draw_weights
from recorded_attention import RecordedAttention
from tiny_tokenizers import bart_tokenizer, metaspace_tokenizer
from transformers import (
    AutoModelForCausalLM, AutoModelForSeq2SeqLM, BartConfig, MarianConfig, OPTConfig,
)

HIDDEN, LAYERS, HEADS, POSITIONS, SEED, WRITTEN = 16, 2, 2, 64, 7, 7
SIDES = {"d_model": HIDDEN, "encoder_layers": LAYERS, "decoder_layers": LAYERS,
         "encoder_attention_heads": HEADS, "decoder_attention_heads": HEADS,
         "encoder_ffn_dim": 2 * HIDDEN, "decoder_ffn_dim": 2 * HIDDEN,
         "max_position_embeddings": POSITIONS}
FAMILIES = {
    "marian": (MarianConfig, {**SIDES, "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": None,
                              "decoder_start_token_id": 0, "forced_eos_token_id": 1},
               metaspace_tokenizer),
    "bart": (BartConfig, {**SIDES, "forced_bos_token_id": 0, "forced_eos_token_id": 2},
             bart_tokenizer),
    "opt": (OPTConfig, {"hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "ffn_dim": 2 * HIDDEN,
                        "num_attention_heads": HEADS, "max_position_embeddings": POSITIONS,
                        "word_embed_proj_dim": HIDDEN, "pad_token_id": 1, "bos_token_id": 0,
                        "eos_token_id": 0}, gpt2_tokenizer),
}


def random_model(family: str, vocabulary: int) -> torch.nn.Module:
    """Every parameter drawn wide enough that heads differ and no bias is zero."""
    torch.manual_seed(SEED)
    kind, shape, _ = FAMILIES[family]
    automatic = AutoModelForCausalLM if family == "opt" else AutoModelForSeq2SeqLM
    model = automatic.from_config(kind(vocab_size=vocabulary, **shape)).eval()
    draw_weights(model)
    return model


def stacked(layers: tuple[torch.Tensor, ...]) -> np.ndarray:
    """[1, …] of each layer as [layer, …]."""
    return torch.cat(layers).numpy()


@torch.no_grad()
def golden(family: str, model: torch.nn.Module, tokenizer) -> tuple[dict, dict[str, np.ndarray]]:
    """What PyTorch computes; queries as the projection made them, before they are scaled."""
    translates = family != "opt"
    case = {**encoded_case(tokenizer, CAUSAL_TEXT, None), "family": family,
            "exporter": "optimum-1.16", "attention": "eager", "opset": 14, "precision": "fp32",
            "kind": "translates" if translates else "continues"}
    ids = tokenizer(CAUSAL_TEXT, return_tensors="pt").input_ids
    asked = {"attention_mask": torch.ones_like(ids), "output_attentions": True,
             "output_hidden_states": True}
    with RecordedAttention() as recorded:
        if translates:
            written = torch.arange(3, 3 + WRITTEN)[None]
            written[0, 0] = model.config.decoder_start_token_id
            case["written"] = written[0].tolist()
            out = model(input_ids=ids, decoder_input_ids=written, use_cache=False, **asked)
        else:
            out = model(input_ids=ids, **asked)
    root = np.sqrt(np.float32(HIDDEN / HEADS))
    if not translates:
        parts = recorded.parts(out.attentions)
        parts["query"] *= root
        return case, {"attention": stacked(out.attentions), "hidden": stacked(out.hidden_states),
                      **parts, "logits": out.logits[0].numpy()}
    tensors = {"attention": stacked(out.encoder_attentions),
               "hidden": stacked(out.encoder_hidden_states),
               **recorded.parts(out.encoder_attentions),
               "self": stacked(out.decoder_attentions), "cross": stacked(out.cross_attentions),
               "decoderHidden": stacked(out.decoder_hidden_states),
               **recorded.parts(out.decoder_attentions, "self"),
               **recorded.parts(out.cross_attentions, "cross"),
               "decoderLogits": out.logits[0].numpy()}
    for name in ("query", "selfQuery", "crossQuery"):
        tensors[name] *= root
    return case, tensors


def make(family: str, out: Path) -> None:
    """One folder."""
    folder = out / f"{family}--optimum-1.16-eager-14-fp32"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = FAMILIES[family][2]()
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    model = random_model(family, len(tokenizer))
    case, tensors = golden(family, model, tokenizer)
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work) / "source", Path(work) / "made"
        model.save_pretrained(source)
        tokenizer.save_pretrained(source)
        task = "text-generation-with-past" if family == "opt" else "text2text-generation-with-past"
        main_export(str(source), made, task=task, opset=14, do_validation=False,
                    no_post_process=family != "opt")
        for path in made.glob("*.onnx"):
            graph = onnx.load(path)
            forget_source(graph)
            with gzip.GzipFile(folder / f"{path.name}.gz", "wb", mtime=0) as packed:
                packed.write(graph.SerializeToString())
        shutil.copy(made / "config.json", folder / "config.json")
        shutil.copy(made / "generation_config.json", folder / "generation_config.json")
    tokenizer.save_pretrained(folder)
    (folder / "special_tokens_map.json").unlink(missing_ok=True)
    write_case(folder / "golden", case, tensors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    # Optimum of that time traces; PyTorch's default has changed since.
    torch.onnx.export = functools.partial(torch.onnx.export, dynamo=False)
    for family in FAMILIES:
        make(family, out)
        print(family)


if __name__ == "__main__":
    main()
