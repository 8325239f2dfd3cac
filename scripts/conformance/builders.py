"""Request bodies in Claude Code's shape, built from small pieces; every field can be overridden."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

from scripts.conformance.reply import Json

SESSION_ID = "5f0e9a0a-6f5c-4a9e-9b1e-0c8d3f2a7b61"
BILLING_LINE = (
    "x-anthropic-billing-header: cc_version=2.1.329.4e1; cc_entrypoint=sdk-cli; cch=9c0f1;"
)
IDENTITY = "You are Claude Code, Anthropic's official CLI for Claude."
CACHE: Json = {"type": "ephemeral"}
# A signature of the shape Anthropic issues; no other provider can check it.
FOREIGN_SIGNATURE = base64.b64encode(bytes(range(96))).decode()


def text(value: str, **extra: Any) -> Json:
    """Return a text block."""
    return {"type": "text", "text": value, **extra}


def thinking(value: str, signature: str = "") -> Json:
    """Return a thinking block as the client replays it."""
    return {"type": "thinking", "thinking": value, "signature": signature}


def tool_use(call_id: str, name: str, **arguments: Any) -> Json:
    """Return a tool call as it stands in the history."""
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def tool_result(call_id: str, content: str | list[Json] | None = None, **extra: Any) -> Json:
    """Return a tool result; None leaves the content out."""
    block: Json = {"type": "tool_result", "tool_use_id": call_id, **extra}
    if content is not None:
        block["content"] = content
    return block


def user(*content: str | Json) -> Json:
    """Return a user message: one string stays a string, anything else becomes blocks."""
    return _message("user", content)


def assistant(*content: str | Json) -> Json:
    """Return an assistant message."""
    return _message("assistant", content)


def system_turn(*content: str | Json) -> Json:
    """Return a `role: system` entry, as the client puts between messages."""
    return _message("system", content)


def _message(role: str, content: tuple[str | Json, ...]) -> Json:
    if len(content) == 1 and isinstance(content[0], str):
        return {"role": role, "content": content[0]}
    return {"role": role, "content": [text(c) if isinstance(c, str) else c for c in content]}


def tool(
    name: str, required: tuple[str, ...] = (), *, about: str | None = None, **properties: Any
) -> Json:
    """Return a tool definition with a closed object schema, as the client's own tools have."""
    schema: Json = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    return {
        "name": name,
        "description": about or f"The {name} tool of the client.",
        "input_schema": schema,
    }


STRING: Json = {"type": "string"}
READ = tool(
    "Read",
    ("file_path",),
    about="Reads a file from the local filesystem.",
    file_path={"type": "string", "description": "The absolute path to the file to read"},
    offset={"type": "integer", "minimum": 0, "maximum": 9007199254740991},
    limit={"type": "integer", "exclusiveMinimum": 0},
)
BASH = tool(
    "Bash",
    ("command",),
    about="Executes a given bash command.",
    command=STRING,
    timeout={"type": "number"},
    run_in_background={"type": "boolean"},
)
WRITE = tool("Write", ("file_path", "content"), file_path=STRING, content=STRING)
TODO = tool(
    "TodoWrite",
    ("todos",),
    todos={
        "type": "array",
        "maxItems": 40,
        "items": {
            "type": "object",
            "properties": {
                "content": {"type": "string", "minLength": 1},
                "status": {"type": "string", "enum": ["pending", "in_progress", "completed"]},
            },
            "required": ["content", "status"],
            "additionalProperties": False,
        },
    },
)
OPTIONS = tool(
    "Configure",
    ("options",),
    options={
        "type": "object",
        "properties": {"depth": {"type": "integer"}, "tags": {"type": "array", "items": STRING}},
        "required": ["depth"],
        "additionalProperties": False,
    },
)
STOP_TOOL = tool("ExitPlanMode", about="Takes no arguments.")
TOOLS = [READ, BASH, WRITE, TODO, OPTIONS, STOP_TOOL]


def body(*messages: Json | str, **fields: Any) -> Json:
    """Return a small request: the messages (a string is a user turn), `max_tokens`, whatever is given."""
    turns = [user(m) if isinstance(m, str) else m for m in messages] or [user("Say hi.")]
    return {"messages": turns, "max_tokens": 32000, **fields}


def claude_system(prompt: str = "You are an interactive agent. Be concise.") -> list[Json]:
    """Return the client's system blocks: attribution line, identity, prompt."""
    return [
        text(BILLING_LINE),
        text(IDENTITY, cache_control=CACHE),
        text(prompt, cache_control=CACHE),
    ]


def claude_body(*messages: Json | str, **fields: Any) -> Json:
    """Return a request with everything the client sends to an unknown model name (2.1.329)."""
    request = body(*messages)
    last = request["messages"][-1]
    if isinstance(last["content"], str):
        last["content"] = [text(last["content"])]
    last["content"][-1] = {**last["content"][-1], "cache_control": CACHE}
    user_id = {"device_id": "d" * 64, "account_uuid": "", "session_id": SESSION_ID}
    return {
        **request,
        "system": claude_system(),
        "tools": TOOLS,
        "metadata": {"user_id": json.dumps(user_id)},
        "thinking": {"type": "adaptive", "display": "omitted"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "output_config": {"effort": "high"},
        **fields,
    }


def png(width: int = 64, height: int = 48) -> bytes:
    """Return a valid picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\0" + b"\x20\x80\xc0" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def image(width: int = 64, height: int = 48) -> Json:
    """Return an image block with a picture of that size."""
    data = base64.b64encode(png(width, height)).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def pdf(words: str) -> bytes:
    """Return a one-page PDF that shows the words."""
    stream = f"BT /F1 24 Tf 72 720 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    xref = len(out)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 7\n0000000000 65535 f \n" + rows
    return out + b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % xref


def document(words: str = "Quarterly figures") -> Json:
    """Return a PDF document block."""
    data = base64.b64encode(pdf(words)).decode()
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    return {"type": "document", "source": source}
