"""What an exported encoder gets right, measured on ONNX Runtime (cpu)."""

from pathlib import Path

import numpy as np
import onnxruntime
from texts import MaskedText, Pair, pad_batch
from transformers import PreTrainedTokenizerBase

BATCH = 8
SEED_SENTENCES = (
    "The cow jumped over the [MASK].",
    "She put the sheet [MASK] on the stand.",
    "I can't [MASK] the noise.",
    "Please [MASK] up when the judge enters.",
    "Paris is the capital of [MASK].",
)
SEED_PAIRS = (
    ("The cow jumped over the moon.", "The dish ran away with the spoon."),
    ("The cow jumped over the moon.",
     "Shares in the company fell by four percent after the quarterly report."),
)


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """A cpu session that folds the dequantized weights at load and computes in float32.

    Without the entry, ONNX Runtime may fuse DequantizeLinear and MatMul into a
    kernel that also rounds the activations to int8.
    """
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def run(session: onnxruntime.InferenceSession, output: str, ids: np.ndarray, mask: np.ndarray,
        types: np.ndarray) -> np.ndarray:
    """One output for int64 inputs of [row, token]."""
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
    return session.run([output], feeds)[0]


def mask_logits(session: onnxruntime.InferenceSession, texts: list[MaskedText]) -> np.ndarray:
    """Logits [mask, vocabulary] at every masked position, text after text."""
    rows = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start:start + BATCH]
        ids, mask = pad_batch([text.ids for text in batch], pad=0)
        logits = run(session, "logits", ids, mask, np.zeros_like(ids))
        rows += [logits[row, text.positions] for row, text in enumerate(batch)]
    return np.concatenate(rows)


def next_probability(session: onnxruntime.InferenceSession, tokenizer: PreTrainedTokenizerBase,
                     first: str, second: str) -> float:
    """Probability that ``second`` follows ``first``."""
    encoded = tokenizer([first], [second], truncation=True, max_length=128, return_tensors="np")
    logits = run(session, "seq_relationship_logits", encoded["input_ids"],
                 encoded["attention_mask"], encoded["token_type_ids"])
    return float(softmax(logits)[0, 0])


def pair_accuracy(session: onnxruntime.InferenceSession, tokenizer: PreTrainedTokenizerBase,
                  pairs: list[Pair]) -> float:
    """Share of pairs judged rightly at a probability of one half."""
    right = [
        (next_probability(session, tokenizer, pair.first, pair.second) > 0.5) == pair.follows
        for pair in pairs
    ]
    return float(np.mean(right))


def mask_accuracy(logits: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    """Top-1 and top-5 accuracy and perplexity of [mask, vocabulary] logits."""
    top = np.argpartition(-logits, 5, axis=1)[:, :5]
    answer_probability = softmax(logits)[np.arange(len(answers)), answers]
    return {
        "top1": float((logits.argmax(axis=1) == answers).mean()),
        "top5": float((top == answers[:, None]).any(axis=1).mean()),
        "perplexity": float(np.exp(-np.log(answer_probability).mean())),
    }


def top_words(session: onnxruntime.InferenceSession, tokenizer: PreTrainedTokenizerBase,
              sentence: str, count: int = 5) -> list[dict]:
    """The likeliest words at the only [MASK] of ``sentence``."""
    encoded = tokenizer([sentence], return_tensors="np")
    logits = run(session, "logits", encoded["input_ids"], encoded["attention_mask"],
                 encoded["token_type_ids"])[0]
    position = int(np.flatnonzero(encoded["input_ids"][0] == tokenizer.mask_token_id)[0])
    probabilities = softmax(logits[position])
    best = np.argsort(-probabilities)[:count]
    return [{"token": tokenizer.convert_ids_to_tokens(int(i)),
             "probability": round(float(probabilities[i]), 4)} for i in best]


def seed_examples(session: onnxruntime.InferenceSession,
                  tokenizer: PreTrainedTokenizerBase) -> dict:
    """What the model says about the sentences of the lesson."""
    return {
        "masked": {text: top_words(session, tokenizer, text) for text in SEED_SENTENCES},
        "next": [
            {"first": first, "second": second,
             "probability": round(next_probability(session, tokenizer, first, second), 4)}
            for first, second in SEED_PAIRS
        ],
    }
