"""What a provider handler gives back, before anything is written to a socket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ccglm.simulator.reply import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.simulator.events import Events

Headers = list[tuple[str, str]]
StreamEnd = Literal["complete", "eof", "reset", "stall"]
"""How a stream ends: properly, by a closed connection, by a TCP reset, or not at all."""


class Refused(Exception):  # noqa: N818 - an outcome the simulator is asked for, not a fault of ours
    """The simulated provider refuses the request."""

    def __init__(
        self,
        status: int,
        body: bytes,
        *,
        code: str = "",
        message: str = "",
        content_type: str = "application/json",
        headers: Headers | None = None,
    ) -> None:
        """Describe the refusal.

        Args:
            status: HTTP status.
            body: The body, ready to be sent.
            code: The provider's error code, for the log.
            message: The provider's message, for the log.
            content_type: Type of the body.
            headers: Further headers, such as retry-after.
        """
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body = body
        self.code = code
        self.message = message
        self.content_type = content_type
        self.headers = headers or []
        self.scenario = ""
        """Name of the scenario that refused; empty when the provider's own checks did."""


@dataclass
class Answer:
    """One HTTP answer: either a whole body or a stream of events."""

    status: int
    headers: Headers
    body: bytes = b""
    events: Events | None = None
    end: StreamEnd = "complete"
    delay_s: float = 0.0
    """Silence before the first byte, on top of the knob."""
    code: str = ""
    message: str = ""
    model: str = ""
    finish_reason: str = ""
    usage: Usage = field(default_factory=Usage)
    source: str = ""
    scenario: str = ""
    on_done: Callable[[], None] | None = None
    """Called once when the answer has been written or the client has gone."""
