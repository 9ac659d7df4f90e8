"""PyTorch beside us: answers each line ``[tokens, …]`` (input ids) with the milliseconds of one forward pass.

The pass is the one that attention viewers on Transformers make: eager attention with ``output_attentions=True``, the
weights turned into NumPy arrays. Weights are those of the model folder.
"""

import json
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "golden"))
from make_goldens import load_model  # noqa: E402


def main(folder: str) -> None:
    model = load_model(Path(folder))
    print("ready", flush=True)
    for line in sys.stdin:
        ids = torch.tensor([json.loads(line)])
        start = time.perf_counter()
        with torch.inference_mode():
            attentions = model(input_ids=ids, output_attentions=True).attentions
        _ = [layer.numpy() for layer in attentions]
        print((time.perf_counter() - start) * 1000, flush=True)


main(sys.argv[1])
