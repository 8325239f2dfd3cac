"""One answer of a gateway as it came over the wire, and as the client would put it together.

Its own small reader of server-sent events, on purpose: the judge shares no code with the judged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

Json = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One server-sent event: its `event:` name, its data text, its parsed data, when it was complete.

    `data` is None when the text is not a JSON object. `at_ms` counts from the sending of the request.
    """

    name: str | None
    text: str
    data: Json | None
    at_ms: float

    @property
    def type(self) -> str:
        """The `type` in the data, or the empty string."""
        return str(self.data.get("type", "")) if self.data else ""


@dataclass
class EventReader:
    """Collects events from bytes that may be cut anywhere."""

    events: list[Event] = field(default_factory=list[Event])
    _rest: bytes = b""

    def feed(self, chunk: bytes, at_ms: float) -> None:
        """Take the bytes that arrived."""
        blocks = (self._rest + chunk).replace(b"\r\n", b"\n").split(b"\n\n")
        self._rest = blocks.pop()
        for block in blocks:
            self._take(block, at_ms)

    def finish(self, at_ms: float) -> None:
        """Take an event that was never closed by a blank line."""
        if self._rest.strip():
            self._take(self._rest, at_ms)
        self._rest = b""

    def _take(self, block: bytes, at_ms: float) -> None:
        name: str | None = None
        lines: list[str] = []
        for line in block.decode("utf-8", "surrogateescape").split("\n"):
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                lines.append(line[5:].removeprefix(" "))
        if not lines and name is None:
            return  # a comment
        text = "\n".join(lines)
        self.events.append(Event(name, text, parsed(text), at_ms))


def obj(value: object) -> Json:
    """Return the value when it is a JSON object, else an empty one."""
    return cast("Json", value) if isinstance(value, dict) else {}


def objs(value: object) -> list[Json]:
    """Return the objects of a JSON list; none for anything else."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Json", item) for item in items if isinstance(item, dict)]


def parsed(text: str | bytes) -> Json | None:
    """Return the text as a JSON object, or None when it is none."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return cast("Json", value) if isinstance(value, dict) else None


@dataclass
class Reply:
    """What came back for one request.

    Attributes:
        status: HTTP status; 0 when the connection failed before there was one.
        headers: Response headers, names in lower case.
        body: All bytes of the body.
        events: The body as server-sent events, empty when it is not a stream.
        broken: Why the connection ended before the body did; None for a clean end.
        first_byte_ms: When the first body byte came; None when none did.
        duration_ms: When the body ended.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    events: list[Event] = field(default_factory=list[Event])
    broken: str | None = None
    first_byte_ms: float | None = None
    duration_ms: float = 0.0
    streamed: bool = False

    @property
    def document(self) -> Json:
        """The body as a JSON object; empty when it is none."""
        return parsed(self.body) or {}

    @property
    def error(self) -> Json | None:
        """The error envelope: the body of a refused request, or the stream's `error` event."""
        if self.status != 200:
            return self.document
        for event in self.events:
            if event.type == "error" or event.name == "error":
                return event.data or {}
        return None

    @property
    def error_message(self) -> str:
        """The error's message wherever gateways put it, or the empty string."""
        envelope = self.error or {}
        error: object = envelope.get("error", envelope)
        return error if isinstance(error, str) else str(obj(error).get("message", ""))

    @property
    def error_type(self) -> str:
        """The `error.type` of the envelope, or the empty string."""
        return str(obj((self.error or {}).get("error")).get("type", ""))

    @property
    def message(self) -> Json:
        """The assembled Anthropic message of a stream, or the body of a whole answer."""
        return assemble(self.events) if self.streamed else self.document

    @property
    def content(self) -> list[Json]:
        """The content blocks."""
        return objs(self.message.get("content"))

    @property
    def text(self) -> str:
        """All text blocks joined."""
        return "".join(str(b.get("text", "")) for b in self.content if b.get("type") == "text")

    @property
    def thinking(self) -> str:
        """All thinking blocks joined."""
        return "".join(
            str(b.get("thinking", "")) for b in self.content if b.get("type") == "thinking"
        )

    @property
    def calls(self) -> list[Json]:
        """The `tool_use` blocks."""
        return [b for b in self.content if b.get("type") == "tool_use"]

    @property
    def kinds(self) -> list[str]:
        """The types of the content blocks in order."""
        return [str(b.get("type")) for b in self.content]

    @property
    def stop_reason(self) -> str | None:
        """Why the model stopped."""
        return self.message.get("stop_reason")

    @property
    def usage(self) -> Json:
        """Token counts as the client adds them up: later values win."""
        return obj(self.message.get("usage"))

    @property
    def start_usage(self) -> Json:
        """Token counts of `message_start`."""
        for event in self.events:
            if event.type == "message_start" and event.data:
                return obj(obj(event.data.get("message")).get("usage"))
        return {}


def assemble(events: list[Event]) -> Json:
    """Return the message a stream amounts to; tolerant, because the checks have their own say."""
    message: Json = {}
    blocks: dict[int, Json] = {}
    inputs: dict[int, str] = {}
    for event in events:
        data = event.data or {}
        index = int(data.get("index") or 0)
        match event.type:
            case "message_start":
                message = dict(obj(data.get("message")))
            case "content_block_start":
                blocks[index] = dict(obj(data.get("content_block")))
            case "content_block_delta":
                _add_delta(blocks.setdefault(index, {}), inputs, index, obj(data.get("delta")))
            case "message_delta":
                message.update(obj(data.get("delta")))
                usage = {k: v for k, v in obj(data.get("usage")).items() if v is not None}
                message["usage"] = {**obj(message.get("usage")), **usage}
            case _:
                pass
    for index, text in inputs.items():
        blocks[index]["input"] = parsed(text or "{}")
    message["content"] = [blocks[index] for index in sorted(blocks)]
    return message


def _add_delta(block: Json, inputs: dict[int, str], index: int, delta: Json) -> None:
    for kind in ("text", "thinking", "signature"):
        if kind in delta:
            block[kind] = str(block.get(kind) or "") + str(delta[kind])
    if "partial_json" in delta:
        inputs[index] = inputs.get(index, "") + str(delta["partial_json"])
