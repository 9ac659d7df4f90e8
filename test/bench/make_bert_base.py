"""A model of BERT-base's size for the bench: ``make_bert_base.py VOCABULARY_FOLDER OUT_FOLDER [words]``.

12 layers, 12 heads, hidden size 768, a window of 512 tokens, fp32, weights drawn with a fixed seed. The time that
attention takes does not depend on what the weights are; they are so wide that heads are neither even nor one-hot, and
compress as those of trained models do. The tokenizer is that of VOCABULARY_FOLDER (30,522 pieces). With ``words`` it
has a masked-language head, and its output is logits in place of hidden states.
"""

import shutil
import sys
import warnings
from pathlib import Path

import torch
from transformers import BertConfig, BertForMaskedLM, BertModel

NAMES = ("input_ids", "attention_mask", "token_type_ids")


class OneOutput(torch.nn.Module):
    """Ids to one output, by position, as the exporter wants it."""

    def __init__(self, model: BertModel | BertForMaskedLM, output: str) -> None:
        super().__init__()
        self.model = model
        self.output = output

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=ids, attention_mask=mask, token_type_ids=segments)[self.output]


def main(vocabulary: Path, out: Path, words: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    config = BertConfig(vocab_size=30522, attn_implementation="eager", initializer_range=0.05)
    config.architectures = ["BertForMaskedLM" if words else "BertModel"]
    model = (BertForMaskedLM(config) if words else BertModel(config, add_pooling_layer=False)).eval()
    output = "logits" if words else "last_hidden_state"
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(vocabulary / name, out / name)
    model.save_pretrained(out)
    example = torch.ones((1, 8), dtype=torch.int64)
    axes = {name: {0: "batch", 1: "token"} for name in (*NAMES, output)}
    with warnings.catch_warnings():
        # Of what a trace may get wrong at other shapes.
        warnings.simplefilter("ignore")
        torch.onnx.export(OneOutput(model, output), (example, example, torch.zeros_like(example)), out / "model.onnx",
                          dynamo=False, opset_version=18, input_names=list(NAMES),
                          output_names=[output], dynamic_axes=axes)


main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] == ["words"])
