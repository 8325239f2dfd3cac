"""What a case works with: the gateway in front, the provider behind, and the judgement between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.conformance.builders import body as small_body
from scripts.conformance.checks import (
    broken_stream_problems,
    error_problems,
    message_problems,
    stream_problems,
)
from scripts.conformance.expect import CaseFailed, equal, expect, no_problems, shown
from scripts.conformance.faults import arm, provider_of
from scripts.conformance.reply import Json, Reply
from scripts.conformance.sent import Sent
from scripts.conformance.upstream import Upstream
from scripts.conformance.wire import MESSAGES, Gateway

if TYPE_CHECKING:
    from scripts.conformance.registry import Surface

RECOVER_S = 75.0
"""How long a gateway may avoid a provider after a fault: a `retry-after` of 58 s, and some."""
COUNT_TOKENS = "/v1/messages/count_tokens?beta=true"


@dataclass(frozen=True)
class Names:
    """Model names to ask for.

    Attributes:
        model: What the client asks for; leads to the whole chain.
        direct: Leads to the chain's first provider only, without fallback; equal to `model` where a gateway
            has no such name.
    """

    model: str
    direct: str


class Bench:
    """One case's view of the world; made anew for each case.

    Args:
        gateway: The gateway under test.
        upstream: The simulator behind it.
        surface: The surface of the gateway's first provider.
        names: Model names to ask for.
        stream: Whether `ask` and `refused` stream when not told.
    """

    def __init__(
        self,
        gateway: Gateway,
        upstream: Upstream,
        surface: Surface,
        names: Names,
        *,
        stream: bool = True,
    ) -> None:
        self.gateway = gateway
        self.upstream = upstream
        self.surface: Surface = surface
        self.names = names
        self.stream = stream
        self.refusals_expected = False
        """Set by a case that makes the simulator refuse on purpose, by other means than a scenario."""

        self.any_surface = False
        """Set by a case whose endpoint may lead to another surface of the same provider."""

    @property
    def chat(self) -> bool:
        """Whether the first provider speaks chat completions."""
        return self.surface != "zai-anthropic"

    def complete(self, request: Json | None, *, direct: bool = False, stream: bool | None) -> Json:
        """Return the request with model and `stream` filled in where the case left them out."""
        asked = small_body() if request is None else request
        made = {"model": self.names.direct if direct else self.names.model, **asked}
        if self.stream if stream is None else stream:
            made.setdefault("stream", True)
        return made

    async def send(
        self,
        request: Json | None = None,
        *,
        stream: bool | None = None,
        headers: Mapping[str, str | None] | None = None,
        direct: bool = False,
    ) -> Reply:
        """Send a request and judge nothing."""
        made = self.complete(request, direct=direct, stream=stream)
        return await self.gateway.send(made, path=MESSAGES, headers=headers)

    async def ask(
        self,
        request: Json | None = None,
        *,
        stream: bool | None = None,
        headers: Mapping[str, str | None] | None = None,
        direct: bool = False,
    ) -> Reply:
        """Send a request and insist on a complete, valid answer.

        Raises:
            CaseFailed: The request was refused, or the answer is not what the client understands.
        """
        made = self.complete(request, direct=direct, stream=stream)
        reply = await self.gateway.send(made, path=MESSAGES, headers=headers)
        await self.demand(reply)
        equal("asked for a stream and got one", reply.streamed, bool(made.get("stream")))
        return reply

    async def refused(
        self,
        request: Json | None = None,
        *,
        status: int | tuple[int, ...] | None = None,
        kind: str | tuple[str, ...] | None = None,
        stream: bool | None = None,
        headers: Mapping[str, str | None] | None = None,
        direct: bool = True,
    ) -> Reply:
        """Send a request and insist on an Anthropic error before anything was said.

        Args:
            request: The body.
            status: Acceptable HTTP statuses.
            kind: Acceptable `error.type` values.
            stream: Whether to ask for a stream.
            headers: Further headers.
            direct: Ask the first provider only.

        Raises:
            CaseFailed: It was answered, or the error is not one.
        """
        reply = await self.send(request, stream=stream, headers=headers, direct=direct)
        expect(reply.status != 200, f"it was answered: {_outcome(reply)}")
        expect(reply.broken is None, f"status {reply.status}, its body broke: {reply.broken}")
        no_problems(f"status {reply.status}", error_problems(reply.document))
        if status is not None:
            allowed = (status,) if isinstance(status, int) else status
            wanted = " or ".join(map(str, allowed))
            told = shown(reply.error_message)
            expect(reply.status in allowed, f"status is {reply.status}, not {wanted}: {told}")
        if kind is not None:
            kinds = (kind,) if isinstance(kind, str) else kind
            expect(reply.error_type in kinds, f"type is {reply.error_type}, not {kinds}")
        return reply

    async def cut_off(
        self, request: Json | None = None, *, direct: bool = True, begun: bool = True
    ) -> Reply:
        """Send a streaming request whose answer breaks, and insist on an honest end.

        Args:
            request: The body.
            direct: Ask the first provider only.
            begun: The answer has begun before it breaks; otherwise a refusal is as good as an error event.

        Raises:
            CaseFailed: The stream ended as if all were well, or ended without a word.
        """
        reply = await self.send(request, stream=True, direct=direct)
        expect(reply.broken is None, f"the connection broke: {reply.broken}")
        if not begun and reply.status != 200:
            no_problems(f"status {reply.status}", error_problems(reply.document))
            return reply
        equal("status", reply.status, 200)
        no_problems("broken stream", broken_stream_problems(reply.events))
        return reply

    async def count(self, request: Json, **headers: str) -> int:
        """Return what `/v1/messages/count_tokens` says of the request.

        Raises:
            CaseFailed: It says nothing of the kind.
        """
        made = {k: v for k, v in request.items() if k not in ("max_tokens", "stream")}
        made.setdefault("model", self.names.model)
        reply = await self.gateway.send(made, path=COUNT_TOKENS, headers=headers)
        equal("status of count_tokens", reply.status, 200)
        tokens = reply.document.get("input_tokens")
        if not isinstance(tokens, int):
            raise CaseFailed(f"count_tokens answers {shown(reply.document)}")
        return tokens

    async def say(self, *replies: Json) -> None:
        """Queue what the model says next."""
        await self.upstream.script(*replies)

    async def turn(self, **knobs: Any) -> None:
        """Turn knobs of the simulator."""
        await self.upstream.turn(**knobs)

    async def fault(self, kind: str, *, times: int = 1, **params: Any) -> None:
        """Make the first provider fail in one of the ways that `faults.py` names, so many times."""
        await arm(self.upstream, self.surface, kind, times=times, params=params)

    async def sent(self) -> list[Sent]:
        """Return what the providers were sent since the case began."""
        return await self.upstream.log()

    async def last(self) -> Sent:
        """Return the latest request a provider was sent.

        Raises:
            CaseFailed: There was none.
        """
        entries = await self.sent()
        if not entries:
            raise CaseFailed("the provider was sent nothing")
        return entries[-1]

    async def recovered(self) -> None:
        """Wait until the gateway trusts its first provider again, after a fault.

        Raises:
            CaseFailed: It still avoids the provider, or still fails, after `RECOVER_S`.
        """
        deadline = time.monotonic() + RECOVER_S
        pause_s = 0.02
        while True:
            await self.upstream.reset()
            reply = await self.send()
            if reply.status == 200 and self.names.direct != self.names.model:
                reply = await self.send(direct=True)
            served = await self.sent()
            provider = provider_of(self.surface)
            well = reply.status == 200 and reply.error is None and bool(served)
            if well and all(sent.provider == provider for sent in served):
                return
            if time.monotonic() > deadline:
                where = served[-1].member if served else "nobody"
                raise CaseFailed(
                    f"{RECOVER_S:.0f} s after the fault, served by {where}: {_outcome(reply)}"
                )
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, 2.0)

    async def close(self, *, healthy: bool) -> None:
        """Judge the provider's side once the case is over: nothing may have been refused.

        Args:
            healthy: No fault was set up, so that nobody but the first provider had a reason to be asked.

        Raises:
            CaseFailed: A request was refused for what was in it, or went elsewhere.
        """
        for sent in await self.sent():
            known = self.refusals_expected or not sent.refused
            expect(known, f"{sent.member} refused it: {sent.refusal}")
            if healthy and not self._is_at_home(sent):
                raise CaseFailed(
                    f"it went to {sent.member} ({sent.surface}), not to {self.surface}"
                )

    def _is_at_home(self, sent: Sent) -> bool:
        if self.any_surface:
            return sent.provider == provider_of(self.surface)
        return sent.surface == self.surface

    async def demand(self, reply: Reply) -> None:
        """Insist that a reply is a complete, valid answer.

        Raises:
            CaseFailed: It is not; a provider's refusal behind it is named.
        """
        if reply.status != 200 or reply.error is not None:
            raise CaseFailed(f"{_outcome(reply)}{await self._blame()}")
        expect(reply.broken is None, f"the connection broke: {reply.broken}")
        if reply.streamed:
            no_problems("stream", stream_problems(reply.events))
        else:
            no_problems("answer", message_problems(reply.document))

    async def _blame(self) -> str:
        """Name the provider's refusal behind an error, when there is one."""
        refusals = [sent for sent in await self.sent() if sent.refused]
        if not refusals:
            return ""
        return f" (the provider refused: {shown(refusals[-1].refusal)})"


def _outcome(reply: Reply) -> str:
    if reply.broken and not reply.status:
        return f"no answer: {reply.broken}"
    if reply.error is not None:
        return f"status {reply.status}, error {shown(reply.error_message or reply.body[:160].decode('utf-8', 'replace'))}"
    return f"status {reply.status}, {shown(reply.text)}"
