"""The built-in translator in Transformers beside us: answers each line of JSON, ``{"text": …,
"beams": n}``, with the milliseconds of ``generate`` with attention, turned into NumPy arrays.
"""

import json
import sys
import time
from pathlib import Path

import torch
from transformers import AutoTokenizer, PegasusForConditionalGeneration

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "golden"))
from make_writing_goldens import load  # noqa: E402

LONGEST = 120


def main(folder: Path) -> None:
    model = load(PegasusForConditionalGeneration, folder,
                 ("encoder_model.onnx", "decoder_model.onnx"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        start = time.perf_counter()
        with torch.inference_mode():
            ids = tokenizer(question["text"], return_tensors="pt").input_ids
            written = model.generate(
                ids, attention_mask=torch.ones_like(ids), num_beams=question["beams"],
                do_sample=False, max_new_tokens=LONGEST, return_dict_in_generate=True,
                output_attentions=True, output_scores=True)
            for step in (*written.cross_attentions, *written.decoder_attentions):
                _ = [layer.numpy() for layer in step]
        print((time.perf_counter() - start) * 1000, flush=True)


main(Path(sys.argv[1]))
