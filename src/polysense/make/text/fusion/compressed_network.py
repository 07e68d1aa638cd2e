"""A frozen language model with a few trained vectors before its input that say what was retrieved,
whatever its length.

    racc    "RACC" of "Learning to compress contexts for efficient knowledge-based visual question
            answering": the model itself reads each context with learned summary tokens behind it;
            their states, of all contexts, are drawn into one short prompt
    reveal  Hu et al., "REVEAL: retrieval-augmented visual-language pre-training with multi-source
            multimodal knowledge memory", CVPR 2023, arXiv:2212.05221: summaries are the values of a
            memory with a key each, and a learned query's share of each key weighs what is drawn
"""

from __future__ import annotations

from typing import Any

from polysense.chat_models.likelihood import IGNORED, answer_log_likelihoods

RECIPES = ("racc", "reveal")

KEY_TEMPERATURE = 0.1
"""Of the softmax over a memory's keys; learned from there on by their lengths. Judged."""

_NOTHING = -1e9


def compressed_network(model: Any, tokens: int, recipe: str) -> Any:
    """A torch module over a model that goes on with its input, in which alone what is new is to be
    trained; tokens is how many vectors stand before the input, recipe one of RECIPES.
    """
    import torch
    from torch import nn

    embed = model.get_input_embeddings()
    width, scale = embed.weight.shape[1], float(embed.weight.std())

    class CompressedNetwork(nn.Module):  # type: ignore[misc]
        """The mean loss of a batch, and the replies' log-likelihoods."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.summary = nn.Parameter(scale * torch.randn(tokens, width))
            self.queries = nn.Parameter(torch.randn(tokens, width) / width**0.5)
            self.to_key, self.to_value = nn.Linear(width, width), nn.Linear(width, width)
            self.out = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
            if recipe == "reveal":
                self.memory_key = nn.Linear(width, width)
                self.memory_query = nn.Linear(width, width)

        def summaries(self, ids: Any, mask: Any) -> Any:
            """(examples, contexts, tokens, width): states of the summary tokens behind each."""
            flat, own = ids.flatten(0, 1), mask.flatten(0, 1)
            words = embed(flat)
            behind = self.summary.to(words.dtype).expand(len(flat), -1, -1)
            own = torch.cat([own, own.new_ones(len(flat), tokens)], 1)
            states = self.model.get_decoder()(
                inputs_embeds=torch.cat([words, behind], 1),
                attention_mask=own,
                position_ids=(own.cumsum(1) - 1).clamp(min=0),
            ).last_hidden_state[:, -tokens:]
            return states.float().reshape(*ids.shape[:2], tokens, width)

        def log_shares(self, question: Any, mask: Any, memory: Any, is_context: Any) -> Any:
            """(examples, contexts): the logarithm of what a question gives each context."""
            scores = torch.zeros(is_context.shape, device=memory.device)
            if recipe == "reveal":
                weights = mask.unsqueeze(-1).float()
                mean = (question.float() * weights).sum(1) / weights.sum(1).clamp(min=1)
                keys = nn.functional.normalize(self.memory_key(memory.mean(2)), dim=-1)
                request = nn.functional.normalize(self.memory_query(mean), dim=-1)
                scores = torch.einsum("nd,nkd->nk", request, keys) / KEY_TEMPERATURE
            return scores.masked_fill(~is_context, _NOTHING).log_softmax(1)

        def prepend(
            self,
            input_ids: Any,
            attention_mask: Any,
            is_asked: Any,
            context_ids: Any,
            context_mask: Any,
            is_context: Any,
        ) -> tuple[Any, Any]:
            """What the model reads, (examples, tokens + its input, width), and its mask; is_asked
            are the places of the input that are the question.
            """
            question = embed(input_ids)
            memory = self.summaries(context_ids, context_mask)
            shares = self.log_shares(question, is_asked, memory, is_context)
            values = memory.flatten(1, 2)
            logits = self.queries @ self.to_key(values).transpose(1, 2) / width**0.5
            weights = (logits + shares.repeat_interleave(tokens, 1).unsqueeze(1)).softmax(-1)
            prompt = self.out(weights @ self.to_value(values)) * scale
            has_any = is_context.any(1)[:, None]
            before = has_any.expand(-1, tokens).to(attention_mask.dtype)
            embedded = torch.cat([prompt.to(question.dtype), question], 1)
            return embedded, torch.cat([before, attention_mask], 1)

        def forward(
            self,
            input_ids: Any,
            attention_mask: Any,
            labels: Any,
            context_ids: Any,
            context_mask: Any,
            is_context: Any,
            **pictures: Any,
        ) -> dict[str, Any]:
            is_asked = attention_mask * (labels == IGNORED)
            contexts = context_ids, context_mask, is_context
            embedded, mask = self.prepend(input_ids, attention_mask, is_asked, *contexts)
            out = self.model(
                inputs_embeds=embedded,
                attention_mask=mask,
                position_ids=(mask.cumsum(1) - 1).clamp(min=0),
                **pictures,
            )
            scores = answer_log_likelihoods(out.logits, labels, is_shifted=True)
            loss = -scores.sum() / (labels != IGNORED).sum()
            return {"loss": loss, "log_likelihoods": scores}

    return CompressedNetwork()
