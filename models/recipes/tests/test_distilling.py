"""Learning a teacher's hidden states."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models
from torch.nn.functional import normalize
from transformers import BertConfig, MPNetConfig, MPNetModel

from lib.distilling import Distilling, at_tokens
from lib.encoder_model import EncoderModel
from lib.teacher import STATES, Teacher
from lib.training import plain_groups

WORDS = ["the", "crane", "lifts", "a", "stone", "bird"]
OURS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
TEACHERS = ["<s>", "<pad>", "</s>", "[UNK]", *WORDS[:-1], "<mask>"]


def write_teacher(folder: Path, vocabulary: list[str], layers: int = 12) -> Path:
    """A tiny MPNet that has learnt nothing, in the folder, which is returned."""
    torch.manual_seed(3)
    MPNetModel(MPNetConfig(
        vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=layers,
        num_attention_heads=4, intermediate_size=32, max_position_embeddings=600,
        initializer_range=0.3)).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(vocabulary)}))
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def our_tokenizer() -> Tokenizer:
    return Tokenizer(models.WordPiece({word: i for i, word in enumerate(OURS)}))


def test_the_teacher_reads_as_transformers_does(tmp_path: Path) -> None:
    folder = write_teacher(tmp_path, TEACHERS)
    teacher = Teacher(folder, our_tokenizer(), "cpu")
    ids = torch.tensor([[2, 5, 6, 7, 8, 9, 3], [2, 6, 4, 10, 3, 0, 0]])
    mask = (ids != 0).long()
    theirs = torch.tensor([[0, 4, 5, 6, 7, 8, 2], [0, 5, 9, 3, 2, 1, 1]])
    assert teacher.numbers[ids].tolist() == theirs.tolist()
    model = MPNetModel.from_pretrained(folder).eval()
    with torch.no_grad():
        states = model(theirs, attention_mask=mask, output_hidden_states=True).hidden_states
    expected = torch.stack([normalize(states[state], dim=-1) for state in STATES]).mean(0)
    found = teacher.read(ids, mask)
    assert (found - expected)[mask.bool()].abs().max() < 1e-5


def distilling(hidden: int, width: int) -> Distilling:
    torch.manual_seed(0)
    encoder = EncoderModel(BertConfig(
        vocab_size=len(OURS), hidden_size=hidden, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=32, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0))
    return Distilling(encoder, width, np.arange(1, len(OURS) + 1))


def test_targets_keep_the_teachers_cosines() -> None:
    model = distilling(hidden=32, width=24)
    vectors = torch.randn(200, 24) + 2
    model.fit(vectors, tuple(torch.randn(200, 32) for _ in range(3)))
    targets = model.targets(vectors)
    centred = normalize(vectors - vectors.mean(0), dim=-1)
    assert (targets @ targets.T - centred @ centred.T).abs().max() < 1e-5


def test_directions_are_turned_to_where_the_encoder_is() -> None:
    model = distilling(hidden=24, width=24)
    vectors = torch.randn(400, 24)
    turn = torch.linalg.qr(torch.randn(24, 24)).Q
    states = tuple(vectors @ turn + 3 for _ in range(3))
    model.fit(vectors, states)
    # The encoder already is where the teacher is, but for a turn and a shift.
    whole, _ = model.losses(states, torch.zeros(400, dtype=torch.long), vectors)
    assert whole < 1e-3


def test_what_context_adds_is_learnt(tmp_path: Path) -> None:
    teacher = Teacher(write_teacher(tmp_path, TEACHERS), our_tokenizer(), "cpu")
    model = distilling(hidden=32, width=24)
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, len(OURS), (64, 6), generator=generator)
    mask = torch.ones_like(ids)
    taught = at_tokens((teacher.read(ids, mask),), mask)[0]
    with torch.no_grad():
        model.fit(taught, at_tokens(model.encoder.states(ids, mask, mask * 0)[0], mask))
    optimizer = torch.optim.AdamW(
        [p for group in plain_groups(model) for p in group["params"]], lr=3e-3)
    seen = []
    for _ in range(60):
        states, _ = model.encoder.states(ids, mask, torch.zeros_like(ids))
        whole, context = model.losses(at_tokens(states, mask), ids.flatten(), taught)
        optimizer.zero_grad()
        (whole + context).backward()
        optimizer.step()
        seen.append((whole.item(), context.item()))
    assert seen[-1][0] < 0.5 * seen[0][0]
    assert seen[-1][1] < 0.7 * seen[0][1]


def test_common_tokens_count_less() -> None:
    model = distilling(hidden=32, width=24)
    assert model.weights[0] > model.weights[-1]


@pytest.mark.parametrize("layers", [4, 12])
def test_a_teacher_of_fewer_layers_is_read_at_its_last(tmp_path: Path, layers: int) -> None:
    teacher = Teacher(write_teacher(tmp_path, TEACHERS, layers), our_tokenizer(), "cpu")
    assert teacher.states == ([4, 4, 4] if layers == 4 else list(STATES))
