"""The small request that finds out whether a key serves again: a few tokens in, a few out, no thinking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any, Final

from callbacks.dialects.base import Target, read_refusal
from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.choice import dialect_for
from callbacks.exchange import Send, SendFailed, read_beginning
from callbacks.quota.key_quota import Need
from callbacks.quota.key_state import KeyState
from callbacks.quota.quota_book import QuotaBook
from callbacks.request_context import Hop
from callbacks.translate.json_values import write_json
from litellm_config.hook_settings import ModelFacts

PROBE_TIMEOUT_S: Final = 15.0
PROBE_TOKENS: Final = 16
_BODY: Final[Mapping[str, Any]] = {
    "max_tokens": PROBE_TOKENS,
    "stream": False,
    "thinking": {"type": "disabled"},
    "messages": [{"role": "user", "content": "Say ok."}],
}
_NEED: Final = Need(prompt_tokens=32, output_tokens=PROBE_TOKENS)


class ProbeRequest:
    """Sends the request."""

    def __init__(
        self,
        book: QuotaBook,
        models: Mapping[str, ModelFacts],
        sender: Callable[[str], Send],
    ) -> None:
        """Remember how requests are sent.

        Args:
            book: The probe counts against the key's quota like any request.
            models: Facts of each member.
            sender: Returns what sends to a provider, by its name.
        """
        self._book = book
        self._models = models
        self._sender = sender

    async def ask(self, state: KeyState) -> Fault | None:
        """Return why the key does not serve, None when it does or when nobody can tell.

        A key whose address is not known, or whose provider LiteLLM's own adapter speaks to, cannot be asked: its
        pause ends with time alone.
        """
        facts = self._models[state.member]
        dialect = dialect_for(state.provider, state.api_base)
        if dialect is None or not state.api_base:
            return None
        target = Target(
            member=state.member,
            deployment_id=state.deployment_id,
            key_label=state.key_label,
            api_key=state.api_key,
            api_base=state.api_base,
            facts=facts,
            reserve_tokens=PROBE_TOKENS,
        )
        request = dialect.request({**_BODY, "model": facts.model}, target)
        hop = Hop(state.member, state.deployment_id, state.key_label)
        hold = self._book.hold(state, _NEED)
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_S):
                upstream = await self._sender(state.provider)(
                    dialect.url(target), dialect.headers(target), write_json(request.body).encode()
                )
                async with aclosing(upstream):
                    headers = {name.lower(): value for name, value in upstream.headers.items()}
                    hop.status = upstream.status_code
                    hold.answered(dialect.quota(headers))
                    body = await read_beginning(upstream)
        except (SendFailed, TimeoutError) as error:
            cause = error.cause if isinstance(error, SendFailed) else Cause.TIMEOUT
            hop.end(
                "failed", Fault(cause, facts.provider, facts.model, state.key_label, "no answer")
            )
        else:
            if upstream.status_code < 400:
                hop.end("served")
            else:
                refusal = read_refusal(
                    upstream.status_code, headers, body, request.context, PROBE_TOKENS
                )
                hop.end("failed", dialect.fault(refusal, target))
        hold.settle(hop)
        return hop.fault
