"""The built-in decoder stack: GPT-2's architecture, small, for English.

    python decoder.py train  --data DIR --work DIR
    python decoder.py export --data DIR --work DIR --out models/decoder
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel

from lib.decoder_export import export_decoder, perplexity, torch_decoder
from lib.pairs import read_pairs
from lib.recipe import CommandLine, data_folder, log
from lib.texts import HELD_OUT, read_documents, training_lines
from lib.training import Plan, Run, Task, Tensors

END = "<|endoftext|>"
WINDOW = 256
NOT_CLEAN = frozenset({"ewt-sources", "wordnet-glosses", "sgd-dialogues"})
"""E-mail headers, dictionary glosses and bookings are not what a reader wants continued."""


def train_tokenizer(texts: list[str], vocabulary: int) -> Tokenizer:
    """Byte-level byte-pair encoding, as GPT-2's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[END], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def prepare(data: Path, work: Path, vocabulary: int) -> tuple[np.ndarray, Tokenizer]:
    """All training text as one row of tokens, passages apart by ``END``; and the tokenizer."""
    passages: dict[int, list[str]] = {}
    for line in training_lines(data / "mlm", without=NOT_CLEAN):
        passages.setdefault(line.passage, []).append(line.text)
    sentences = sorted({pair.english for pair in read_pairs(data / "en-es.tsv")})
    texts = ["\n".join(lines) for lines in passages.values()] + sentences
    path = work / "tokenizer.json"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        train_tokenizer(texts, vocabulary).save(str(path), pretty=False)
    tokenizer = Tokenizer.from_file(str(path))
    order = np.random.default_rng(0).permutation(len(texts))
    stream = [np.array([*encoding.ids, tokenizer.token_to_id(END)], dtype=np.uint16)
              for encoding in tokenizer.encode_batch([texts[index] for index in order])]
    return np.concatenate(stream), tokenizer


def configuration(vocabulary: int, size: int, layers: int, dropout: float) -> GPT2Config:
    """Eight heads, pre-norm, learnt positions, output tied to the embedding."""
    return GPT2Config(
        vocab_size=vocabulary, n_positions=WINDOW, n_embd=size, n_layer=layers, n_head=8,
        resid_pdrop=dropout, embd_pdrop=dropout, attn_pdrop=dropout,
        bos_token_id=0, eos_token_id=0, pad_token_id=0)


def losses(model: GPT2LMHeadModel, batch: Tensors, _done: float) -> Tensors:
    """Cross-entropy of the next token."""
    tokens = batch["tokens"].long()
    logits = model(tokens[:, :-1], use_cache=False).logits
    return {"next": torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(), tokens[:, 1:].flatten())}


def held_out_windows(data: Path, tokenizer: Tokenizer, count: int) -> torch.Tensor:
    """The held-out documents as one row of tokens, cut into windows [window, WINDOW + 1]."""
    documents = read_documents(data / "mlm", HELD_OUT, without=NOT_CLEAN)
    order = np.random.default_rng(0).permutation(len(documents))
    ids = [token for index in order for token in
           (*tokenizer.encode(documents[index]).ids, tokenizer.token_to_id(END))]
    windows = min(count, len(ids) // (WINDOW + 1))
    return torch.tensor(ids[:windows * (WINDOW + 1)]).view(windows, WINDOW + 1)


def training_task(stream: np.ndarray, held_out: torch.Tensor, tokens: int) -> Task:
    """Windows from anywhere in the stream; perplexity on held-out ones."""
    rows = max(1, tokens // WINDOW)

    def batch(_step: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
        starts = generator.integers(len(stream) - WINDOW - 1, size=rows)
        return {"tokens": np.stack([stream[at:at + WINDOW + 1] for at in starts]).astype(np.int32)}

    def evaluate(model: GPT2LMHeadModel) -> dict[str, float]:
        return {"perplexity": perplexity(torch_decoder(model), held_out)}
    return Task(batch, losses, evaluate)


def train(arguments: argparse.Namespace) -> None:
    """learn the tokenizer and the weights; writes WORK/model, a Transformers folder"""
    data = data_folder(arguments)
    stream, tokenizer = prepare(data, arguments.work, arguments.vocabulary)
    torch.manual_seed(arguments.seed)
    model = GPT2LMHeadModel(configuration(tokenizer.get_vocab_size(), arguments.size,
                                          arguments.layers, arguments.dropout))
    log.info("%s parameters, %s tokens", f"{model.num_parameters():,}", f"{len(stream):,}")
    plan = Plan(arguments.steps, arguments.rate, warmup=min(100, arguments.steps // 10),
                average=0.998, minutes=arguments.minutes, tokens=arguments.tokens,
                evaluate_every=arguments.evaluate_every)
    task = training_task(stream, held_out_windows(data, tokenizer, arguments.windows),
                         arguments.tokens)
    Run(model, task, plan, arguments.work, seed=arguments.seed, device=arguments.device).train()
    model.save_pretrained(arguments.work / "model")
    tokenizer.save(str(arguments.work / "model" / "tokenizer.json"), pretty=False)


def export(arguments: argparse.Namespace) -> None:
    """store as int8, compare with PyTorch, measure on held-out text, write the card"""
    folder = arguments.work / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32,
                                            attn_implementation="eager").eval()
    windows = held_out_windows(data_folder(arguments), tokenizer, arguments.windows)
    export_decoder(model, tokenizer, windows, END, arguments)


def main() -> None:
    """Reads the command line."""
    command = CommandLine(__doc__, "decoder")
    stage = command.training_stage(train, steps=20_000, tokens=16_384, rate=3e-3)
    stage.add_argument("--vocabulary", type=int, default=8000)
    stage.add_argument("--size", type=int, default=256)
    stage.add_argument("--layers", type=int, default=6)
    stage.add_argument("--dropout", type=float, default=0.05)
    stage.add_argument("--windows", type=int, default=100, help="held-out windows for the curve")
    command.export_stage(export).add_argument("--windows", type=int, default=200)
    command.run()


if __name__ == "__main__":
    main()
