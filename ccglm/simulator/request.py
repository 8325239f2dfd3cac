"""A request as the simulated provider sees it, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import orjson

from ccglm.simulator.conversation import Conversation, read_conversation
from ccglm.simulator.prompt import Prompt, read_prompt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccglm.simulator.matching import Provider, Surface


@dataclass(frozen=True)
class ApiRequest:
    """Method, path, headers and raw body, plus what is derived from them on demand."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Header values, names in lower case."""
    raw: bytes = b""
    provider: Provider = "cerebras"
    surface: Surface = "cerebras"

    @cached_property
    def parsed(self) -> object:
        """The JSON value of the body, or None when it is not JSON."""
        try:
            return orjson.loads(self.raw)
        except orjson.JSONDecodeError:
            return None

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object of the body; empty when it is anything else."""
        parsed = self.parsed
        return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}

    @property
    def model(self) -> str:
        """The model asked for, or the empty string."""
        model = self.body.get("model")
        return model if isinstance(model, str) else ""

    @property
    def stream(self) -> bool:
        """Whether a stream was asked for."""
        return self.body.get("stream") is True

    @property
    def max_tokens(self) -> int | None:
        """The output limit under either of its names; None when there is none."""
        for name in ("max_completion_tokens", "max_tokens"):
            value = self.body.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
        return None

    @property
    def stops(self) -> list[str]:
        """The stop sequences under either of their names."""
        stop: object = self.body.get("stop_sequences") or self.body.get("stop")
        if isinstance(stop, str):
            return [stop]
        listed = cast("list[object]", stop) if isinstance(stop, list) else []
        return [each for each in listed if isinstance(each, str)]

    @property
    def bearer(self) -> str:
        """The bearer token, or the empty string."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @property
    def key(self) -> str:
        """The key in either place a client may put it."""
        return self.bearer or self.headers.get("x-api-key", "")

    @cached_property
    def conversation(self) -> Conversation:
        """The conversation in the body."""
        return read_conversation(self.body)

    @cached_property
    def prompt(self) -> Prompt:
        """The prompt in the body and its length."""
        return read_prompt(self.body)
