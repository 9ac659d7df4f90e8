"""Tokenizers of tiny models with an encoder and a decoder."""

from make_fixtures import SENTENCES, byte_level_bpe
from tokenizers import (
    Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers,
)
from transformers import PreTrainedTokenizerFast

POSITIONS = 64
PAD, STOP, UNKNOWN, LANGUAGE = "<pad>", "</s>", "<unk>", "__es__"


def metaspace_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-pair encoding with ``▁`` for white space; a source ends with ``</s>``."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=120, special_tokens=[PAD, STOP, UNKNOWN, LANGUAGE],
                                  show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {STOP}", pair=f"$A $B {STOP}", special_tokens=[(STOP, 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, pad_token=PAD, eos_token=STOP,
        unk_token=UNKNOWN)


def bart_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level, ``<s>`` and ``</s>`` around a source."""
    tokenizer = byte_level_bpe(["<s>", PAD, STOP, UNKNOWN], 280)
    tokenizer.post_processor = processors.RobertaProcessing(
        (STOP, 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, bos_token="<s>", eos_token=STOP,
        unk_token=UNKNOWN, pad_token=PAD)
