"""Learning a teacher's hidden states, beside the encoder's own tasks.

What distillation usually copies is the teacher's answers (Hinton et al., 2015, arXiv:1503.02531);
here it is where its hidden states lie (TinyBERT, arXiv:1909.10351), without a projection that is
thrown away afterwards: the cosines of our own hidden states are to be the teacher's.
"""

import numpy as np
import torch
from torch.nn.functional import cosine_similarity, normalize

from lib.encoder_model import EncoderModel
from lib.teacher import Teacher

LAYERS = {4: 0.25, 5: 0.5, 6: 0.5}
"""Hidden states that learn, and how much each counts."""
RARE = 3.0
"""Occurrences that the mean of all tokens counts as in the mean of one of them."""
LEAST_SHARE, LEVELLING = 1e-5, 0.3
"""A token weighs its share of the texts, plus the first, to the power of less the second: every
third token is a comma, a full stop or an article."""


class Distilling(torch.nn.Module):
    """The encoder, and what it takes to compare it with the teacher.

    Targets are the teacher's vectors less their mean, in the directions in which they differ most,
    as many as the encoder's hidden size.
    """

    def __init__(self, encoder: EncoderModel, teacher_width: int, counts: np.ndarray) -> None:
        """``counts`` [vocabulary]: how often each token stands in the texts."""
        super().__init__()
        self.encoder = encoder
        hidden, vocabulary = encoder.config.hidden_size, encoder.config.vocab_size
        depth = encoder.config.num_hidden_layers
        self.layers = {min(layer, depth): weight for layer, weight in LAYERS.items()}
        self.centres = torch.nn.ParameterList(torch.zeros(hidden) for _ in self.layers)
        """The mean of each hidden state, which is not compared."""
        self.register_buffer("mean", torch.zeros(teacher_width))
        self.register_buffer("directions", torch.zeros(teacher_width, hidden))
        self.register_buffer("sums", torch.zeros(vocabulary, hidden))
        self.register_buffer("counts", torch.zeros(vocabulary))
        share = torch.from_numpy(counts / counts.sum()).float()
        self.register_buffer("weights", (share + LEAST_SHARE) ** -LEVELLING)

    @torch.no_grad()
    def fit(self, vectors: torch.Tensor, states: tuple[torch.Tensor, ...]) -> None:
        """Mean and principal directions of the teacher's vectors [token, width].

        They are turned to where the encoder's own hidden states [token, hidden] of the same tokens
        lie (orthogonal Procrustes, Schönemann 1966): what it knows can stay in its place.
        """
        self.mean.copy_(vectors.mean(0))
        centred = (vectors - self.mean).double()
        width = self.directions.shape[1]
        axes = torch.linalg.eigh(centred.T @ centred).eigenvectors.flip(1)[:, :width]
        axes = torch.nn.functional.pad(axes, (0, width - axes.shape[1]))
        own = torch.zeros_like(centred[:, :1]).expand(-1, width)
        for centre, (layer, weight) in zip(self.centres, self.layers.items(), strict=True):
            centre.copy_(states[layer].mean(0))
            own = own + weight * normalize(states[layer] - centre, dim=-1).double()
        left, _, right = torch.linalg.svd(normalize(centred @ axes, dim=-1).T @ own)
        self.directions.copy_(axes @ left @ right)

    def targets(self, vectors: torch.Tensor) -> torch.Tensor:
        """Unit vectors [token, hidden] of the teacher's [token, width]."""
        return normalize((vectors - self.mean) @ self.directions, dim=-1)

    def usual(self, ids: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """[token, hidden]: the mean of each token's targets so far, these included."""
        self.sums.index_add_(0, ids, targets)
        self.counts.index_add_(0, ids, torch.ones_like(targets[:, 0]))
        return self.sums[ids] / (self.counts[ids] + RARE)[:, None]

    def losses(self, states: tuple[torch.Tensor, ...], ids: torch.Tensor, teacher: torch.Tensor,
               ) -> tuple[torch.Tensor, torch.Tensor]:
        """1 − cosine with the teacher, of the vectors and of what context adds to them.

        Takes hidden states by layer [token, hidden], the tokens, and the teacher's vectors. What
        context adds is what differs from the token's mean: the senses of one word are told apart
        by nothing else.
        """
        # The differences are small: half precision would lose them.
        with torch.autocast(teacher.device.type, enabled=False):
            targets = self.targets(teacher)
            usual = self.usual(ids, targets)
            weight = self.weights[ids] / self.weights[ids].sum()
            whole, context = targets.new_zeros(()), targets.new_zeros(())
            for centre, (layer, layer_weight) in zip(self.centres, self.layers.items(),
                                                     strict=True):
                own = normalize(states[layer].float() - centre, dim=-1)
                share = layer_weight / sum(self.layers.values()) * weight
                whole = whole + share @ (1 - cosine_similarity(own, targets, dim=-1))
                context = context + share @ (
                    1 - cosine_similarity(own - usual, targets - usual, dim=-1))
        return whole, context


def at_tokens(states: tuple[torch.Tensor, ...], mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """[token, width] of what is no padding, of [row, token, width] each."""
    kept = mask.bool()
    return tuple(state[kept] for state in states)


@torch.no_grad()
def fit_directions(model: Distilling, teacher: Teacher, batches: list[dict[str, np.ndarray]],
                   device: str) -> None:
    """From what the teacher and the encoder make of some batches' unmasked text."""
    vectors, states = [], []
    model.eval()
    for batch in batches:
        ids, mask = (torch.from_numpy(batch[f"unmasked_{name}"]).to(device)
                     for name in ("text", "mask"))
        own, _ = model.encoder.states(ids, mask, torch.zeros_like(ids))
        vectors += at_tokens((teacher.read(ids, mask),), mask)
        states.append(at_tokens(own, mask))
    model.fit(torch.cat(vectors), tuple(map(torch.cat, zip(*states, strict=True))))
