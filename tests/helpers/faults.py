"""Faults through the running proxy: what the client saw, what the providers were asked, what is left afterwards.

Every case asks a model that no other case asks, so that what the proxy learned of one (cooldowns, quotas) changes
nothing for the next. A module defines `first` and imports the fixtures:

    from tests.helpers.faults import case, cases, live_proxy, proxy_settings, simulator, ...
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from callbacks.usage_schema import read_store
from ccglm.simulator.log import RecordedRequest
from ccglm.simulator.process import SimulatorProcess
from tests.helpers.anthropic_events import MESSAGE, Reply, read_reply
from tests.helpers.live_proxy import KEYS, LiveProxy, live_proxy
from tests.helpers.simulator import simulator, simulator_process

__all__ = [
    "case", "cases", "live_proxy", "proxy_settings", "simulator", "simulator_knobs", "simulator_process", "surface",
]  # fmt: skip

NO_WAIT_S = 1.0
"""Far below any wait a provider asks for, far above what a busy machine adds."""
MAX_CASES = 80
PING_S = 1.0
STALL_S = 4.0
READ_TOOL = {
    "name": "Read",
    "input_schema": {
        "type": "object",
        "properties": {"file_path": {"type": "string"}},
        "required": ["file_path"],
    },
}
HOPS = "SELECT h.* FROM hops h JOIN requests r ON r.id = h.request WHERE r.session_id = ? ORDER BY h.number"


@dataclass(frozen=True)
class Seen:
    """One request from all sides: the client's, the providers', and the record of it.

    Attributes:
        status: HTTP status.
        headers: Response headers.
        reply: The answer; of a refused request an empty one with `error` set.
        asked: What the providers were asked because of it, oldest first.
        hops: (provider, outcome, cause) of each attempt as the usage store has them.
        duration_s: From sending to the last byte.
    """

    status: int
    headers: Mapping[str, str]
    reply: Reply
    asked: list[RecordedRequest]
    hops: list[tuple[str, str, str | None]]
    duration_s: float

    @property
    def error(self) -> dict[str, Any]:
        """The error the client was told."""
        assert self.reply.error is not None, "no error was told"
        return self.reply.error

    @property
    def text(self) -> str:
        """All text of the answer."""
        return "".join(self.reply.texts())

    @property
    def providers(self) -> list[str]:
        """The provider of each request made, in order."""
        return [record.provider for record in self.asked]

    @property
    def waits_s(self) -> list[float]:
        """Seconds from the end of each request to the arrival of the next."""
        return [
            later.arrived_at - (earlier.finished_at or earlier.arrived_at)
            for earlier, later in itertools.pairwise(self.asked)
        ]


@dataclass
class Case:
    """One model that only one test asks: as the head of a chain (`role`), and alone (`member`)."""

    role: str
    member: str
    model: str
    proxy: LiveProxy
    simulator: SimulatorProcess

    def fault(self, name: str, **order: Any) -> None:
        """Switch a scenario on for this case's model."""
        match = {"model": self.model, **order.pop("match", {})}
        self.simulator.scenario(name, match=match, **order)

    def says(self, *replies: dict[str, Any]) -> None:
        """Queue replies of this case's model."""
        match = {"model": self.model}
        self.simulator.script([{"match": match, **reply} for reply in replies])

    async def ask(self, model: str | None = None, *, stream: bool = True, **changes: Any) -> Seen:
        """Send one request to the case's chain (or to another name) and collect everything about it."""
        session = f"{self.role}-{time.monotonic_ns()}"
        body = marked(a_request(model or self.role, stream=stream, **changes), session)
        started = time.monotonic()
        async with self.proxy.client() as client:
            headers = {"x-claude-code-session-id": session}
            response = await client.post("/v1/messages", json=body, headers=headers)
        duration_s = time.monotonic() - started
        streamed = response.headers["content-type"].startswith("text/event-stream")
        reply = read_reply(response.content, must_end=False) if streamed else whole(response.json())
        # By the mark: the proxy may ask a provider for its own reasons too, such as whether it is back.
        asked = [record for record in self.simulator.log() if session in json.dumps(record.body)]
        hops = await self._hops(session)
        return Seen(response.status_code, response.headers, reply, asked, hops, duration_s)

    async def served(
        self, model: str | None = None, *, stream: bool = True, **changes: Any
    ) -> Seen:
        """Send one request that must be answered completely."""
        seen = await self.ask(model, stream=stream, **changes)
        assert seen.status == 200, seen.reply.error
        assert seen.reply.error is None, seen.reply.error
        assert seen.reply.complete, "the answer has no end"
        return seen

    async def carries_on(self) -> None:
        """Insist that nothing of the fault is left: no open exchange, and the chain serves the next request."""
        deadline = time.monotonic() + 5.0
        while any(record.in_flight for record in self.simulator.log(bodies=False)):
            assert time.monotonic() < deadline, "an exchange with a provider was left open"
            await asyncio.sleep(0.02)
        await self.served()

    async def _hops(self, session: str) -> list[tuple[str, str, str | None]]:
        deadline = time.monotonic() + 10.0
        while time.monotonic() < deadline:
            if (connection := read_store(self.proxy.folder / "usage.db")) is not None:
                with closing(connection):
                    rows = connection.execute(HOPS, (session,)).fetchall()
                if rows:
                    return [(row["provider"], row["outcome"], row["cause"]) for row in rows]
            await asyncio.sleep(0.02)
        return []


def a_request(model: str, *, stream: bool = True, **changes: Any) -> dict[str, Any]:
    """Return a small request."""
    return {
        "model": model,
        "max_tokens": 400,
        "stream": stream,
        "messages": [{"role": "user", "content": "say something"}],
        **changes,
    }


def marked(body: dict[str, Any], mark: str) -> dict[str, Any]:
    """Return a request whose last message carries a mark."""
    *earlier, last = body["messages"]
    content = last["content"]
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    last = {**last, "content": [*content, {"type": "text", "text": mark}]}
    return {**body, "messages": [*earlier, last]}


def whole(document: dict[str, Any]) -> Reply:
    """Return a whole answer, or a refusal, in the form of a stream's reply."""
    if document["type"] == "error":
        assert set(document["error"]) == {"type", "message"}
        return Reply(error=document["error"])
    MESSAGE.validate_python(document)
    blocks = [
        {**block, "json": json.dumps(block["input"])} if block["type"] == "tool_use" else block
        for block in document["content"]
    ]
    return Reply(
        message=document,
        blocks=blocks,
        stop_reason=document["stop_reason"],
        stop_sequence=document["stop_sequence"],
        usage=document["usage"],
        complete=True,
    )


def models_of(provider: str) -> list[str]:
    """Return the ids of the cases' models at a provider."""
    return [f"glm-case-{provider}-{number}" for number in range(MAX_CASES)]


@pytest.fixture(scope="module")
def surface() -> str:
    """Z.ai's surface in this module."""
    return "anthropic"


@pytest.fixture(scope="module")
def simulator_knobs() -> dict[str, Any]:
    """Providers that have the cases' models."""
    return {
        "models": "dedicated",
        "dedicated_models": models_of("cerebras"),
        "zai_extra_models": models_of("zai"),
        "zai_concurrency": 0,
    }


@pytest.fixture(scope="module")
def proxy_settings(first: str, surface: str) -> dict[str, Any]:
    """A chain for each case: the case's own model at the provider under test, then the other provider."""
    second = "zai/glm-4.7" if first == "cerebras" else "cerebras/zai-glm-4.7"
    members = [f"{first}/{model}" for model in models_of(first)]
    return {
        "providers": {
            "cerebras": {"keys": ["CEREBRAS_API_KEY"]},
            "zai": {"keys": ["ZAI_API_KEY"], "surface": surface},
        },
        "models": {
            "main": ["cerebras/zai-glm-4.7", "zai/glm-4.7"],
            "thinker": ["zai/glm-5.3"],
            **{f"case-{n}": [member, second] for n, member in enumerate(members)},
        },
        "model_facts": {member: {"like": f"{first}/{_LIKE[first]}"} for member in members},
        "server": {"ping_s": PING_S, "stall_timeout_s": STALL_S},
    }


_LIKE = {"cerebras": "zai-glm-4.7", "zai": "glm-4.7"}


@pytest.fixture(scope="module")
def cases() -> Iterator[int]:
    """The numbers of the module's cases."""
    return iter(range(MAX_CASES))


@pytest.fixture
def case(
    live_proxy: LiveProxy, simulator: SimulatorProcess, cases: Iterator[int], first: str
) -> Case:
    """A model that no other test of the module asks."""
    number = next(cases)
    model = models_of(first)[number]
    assert live_proxy.process.poll() is None, live_proxy.log[-4000:]
    assert KEYS["CEREBRAS_API_KEY"] not in live_proxy.log
    return Case(f"case-{number}", f"{first}/{model}", model, live_proxy, simulator)
