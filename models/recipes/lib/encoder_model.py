"""The encoder with its three heads, and how it is asked, in PyTorch and on ONNX Runtime alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import BertForPreTraining

from lib.onnx_session import open_session, run

OUTPUTS = ("logits", "seq_relationship_logits", "sentiment_logits")


@dataclass(frozen=True)
class Answers:
    """What the encoder says of a batch: logits as float32 arrays."""

    masked: np.ndarray
    """At the places that were asked for, [place, vocabulary]."""
    pair: np.ndarray
    """[row, 2]: 0 the second text follows, 1 it does not."""
    sentiment: np.ndarray
    """[row, 2]: 0 negative, 1 positive."""


Encoder = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], Answers]
"""Ids, attention mask and segments [row, token] and places in the flattened ids."""


class EncoderModel(BertForPreTraining):
    """BERT with the heads for masked words and next sentence, and one for sentiment."""

    def __init__(self, config: object) -> None:
        super().__init__(config)
        self.sentiment = torch.nn.Linear(config.hidden_size, 2)
        self.post_init()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor,
                token_type_ids: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """``OUTPUTS``: of every token, of the pair, of the text."""
        hidden, pooled = self.read(input_ids, attention_mask, token_type_ids)
        return *self.cls(hidden, pooled), self.sentiment(pooled)

    def read(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor,
             ) -> tuple[torch.Tensor, torch.Tensor]:
        """Last hidden state [row, token, hidden] and pooled [CLS] [row, hidden]."""
        output = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types,
                           return_dict=True)
        return output.last_hidden_state, output.pooler_output

    def states(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor,
               ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """All hidden states, embeddings first, [row, token, hidden] each, and pooled [CLS]."""
        output = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types,
                           output_hidden_states=True, return_dict=True)
        return output.hidden_states, output.pooler_output

    def masked_logits(self, hidden: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Logits [place, vocabulary]: the vocabulary is scored only where it is asked for."""
        return self.cls.predictions(hidden.flatten(0, 1)[places])


def torch_encoder(model: EncoderModel) -> Encoder:
    """The model on the device where it is."""
    def answer(ids: np.ndarray, mask: np.ndarray, types: np.ndarray, places: np.ndarray) -> Answers:
        tensors = [torch.from_numpy(array).to(model.device) for array in (ids, mask, types, places)]
        with torch.no_grad():
            hidden, pooled = model.read(*tensors[:3])
            logits = (model.masked_logits(hidden, tensors[3]),
                      model.cls.seq_relationship(pooled), model.sentiment(pooled))
        return Answers(*(part.float().cpu().numpy() for part in logits))
    return answer


def onnx_encoder(path: Path) -> Encoder:
    """A graph of ``EncoderModel``."""
    session = open_session(path)

    def answer(ids: np.ndarray, mask: np.ndarray, types: np.ndarray, places: np.ndarray) -> Answers:
        logits, pair, sentiment = map(run(session, {
            "input_ids": ids, "attention_mask": mask, "token_type_ids": types}).get, OUTPUTS)
        return Answers(logits.reshape(-1, logits.shape[2])[places], pair, sentiment)
    return answer
