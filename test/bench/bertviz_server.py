"""BertViz beside us: answers each line ``{"ids": […], "tokens": […], "view": "model" | "head", "out": PATH}``.

Runs PyTorch with eager attention, lets BertViz make its page, writes that to PATH and answers
``{"milliseconds": …, "bytes": …}``, from ids to file. The scripts that the page loads from a CDN are replaced by the
copies in SCRIPTS, so that no network is measured.
"""

import json
import sys
import time
from pathlib import Path

import torch
from bertviz import head_view, model_view
from transformers import BertModel

CDN = "https://cdnjs.cloudflare.com/ajax/libs"


def local(html: str, scripts: Path) -> str:
    """The page with its scripts from this machine; require.js adds ``.js`` itself."""
    for remote, copy in (
        (f"{CDN}/require.js/2.3.6/require.min.js", scripts / "requirejs/require.js"),
        (f"{CDN}/d3/5.7.0/d3.min", scripts / "d3/dist/d3.min"),
        (f"{CDN}/jquery/2.0.0/jquery.min", scripts / "jquery/dist/jquery.min"),
    ):
        if remote not in html:
            raise ValueError(f"this BertViz does not load {remote}")
        html = html.replace(remote, copy.as_uri())
    return html


def main(folder: str, scripts: Path) -> None:
    model = BertModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False).eval()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        start = time.perf_counter()
        with torch.inference_mode():
            attention = model(input_ids=torch.tensor([asked["ids"]]), output_attentions=True).attentions
        view = {"model": model_view, "head": head_view}[asked["view"]]
        html = view(attention, asked["tokens"], html_action="return").data
        page = "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>" + local(html, scripts) + "</body></html>"
        size = Path(asked["out"]).write_text(page, encoding="utf-8")
        print(json.dumps({"milliseconds": (time.perf_counter() - start) * 1000, "bytes": size}), flush=True)


main(sys.argv[1], Path(sys.argv[2]).resolve())
