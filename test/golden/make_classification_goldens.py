"""Truth for classification: the built-in encoder's sentiment, from PyTorch, weights of its graph.

    python make_classification_goldens.py MODEL_FOLDER OUT_FOLDER

``logits`` [sentence, class] of all sentences; of the first few also ``masked`` and ``deleted``
[word, class], logits with [MASK] in the place of each word, and without it.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from golden_files import write_case, write_json
from make_goldens import load_model
from onnx_weights import state_dict
from transformers import AutoTokenizer

SENTENCES = (
    "A warm, funny and beautifully acted film that I would gladly watch again.",
    "The plot is not good, although the unforgettable music almost saves it.",
    "Nobody could stand the noise.",
    "A dull, badly written mess that wastes its cast and two hours of your life.",
    "I loved every minute of it.",
    "It is neither funny nor sad, only long.",
    "The cow jumped over the moon.",
    "Terrible.",
    "Wonderful!",
    "The acting is superb, but the story makes no sense at all.",
    "An honest and touching portrait of a family that falls apart.",
    "I have seen better films on the back of a cereal box.",
    "You will not regret seeing it.",
    "He left the theatre before the end.",
    "Zoë’s café in São Paulo 🐄 serves naïve crème brûlée.",
    "What a waste of talent, time and money.",
    "The best comedy of the year, and by far the cleverest.",
    "Not bad.",
    "It could have been great.",
    "The director keeps the tension high from the first scene to the last.",
)
WITH_WORDS = 3


class Sentiment:
    """The encoder with the head that reads [CLS]."""

    def __init__(self, folder: Path) -> None:
        self.encoder = load_model(folder).bert
        weights = state_dict(folder / "model.onnx")
        self.weight, self.bias = weights["sentiment.weight"], weights["sentiment.bias"]
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    @torch.no_grad()
    def logits(self, ids: list[int]) -> np.ndarray:
        """[class] for the ids of one text."""
        inputs = torch.tensor([ids])
        outputs = self.encoder(input_ids=inputs, attention_mask=torch.ones_like(inputs))
        return torch.nn.functional.linear(outputs.pooler_output, self.weight, self.bias)[0].numpy()

    def words(self, sentence: str) -> list[list[int]]:
        """Places of the tokens of each word; marks of punctuation stand for themselves."""
        encoding = self.tokenizer(sentence)
        words: dict[int, list[int]] = {}
        for place, word in enumerate(encoding.word_ids()):
            if word is not None:
                words.setdefault(word, []).append(place)
        return list(words.values())

    def without(self, sentence: str, mask: int | None) -> np.ndarray:
        """[word, class] with each word left out in turn: masked, or deleted without a mask."""
        ids = self.tokenizer(sentence)["input_ids"]
        rows = []
        for places in self.words(sentence):
            masked = [mask if place in places else one for place, one in enumerate(ids)]
            kept = [one for place, one in enumerate(ids) if place not in places]
            rows.append(self.logits(kept if mask is None else masked))
        return np.stack(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = Sentiment(arguments.model)
    ids = [model.tokenizer(sentence)["input_ids"] for sentence in SENTENCES]
    write_case(arguments.out / "sentiment", {"sentences": SENTENCES, "ids": ids},
               {"logits": np.stack([model.logits(one) for one in ids])})
    for number, sentence in enumerate(SENTENCES[:WITH_WORDS]):
        tensors = {"masked": model.without(sentence, model.tokenizer.mask_token_id),
                   "deleted": model.without(sentence, None)}
        write_case(arguments.out / f"words-{number}",
                   {"text": sentence, "words": model.words(sentence)}, tensors)
    digest = hashlib.sha256((arguments.model / "model.onnx").read_bytes()).hexdigest()
    write_json(arguments.out / "index.json", {"modelSha256": digest, "withWords": WITH_WORDS})


if __name__ == "__main__":
    main()
