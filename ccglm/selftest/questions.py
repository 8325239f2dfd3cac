"""What the self test asks: small requests shaped like Claude Code's, and what they cost about. Pure."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

READ_TOOL: Final[Json] = {
    "name": "Read",
    "description": "Read a file from the user's disk.",
    "input_schema": {
        "type": "object",
        "properties": {"file_path": {"type": "string", "description": "Absolute path"}},
        "required": ["file_path"],
        "additionalProperties": False,
    },
}
WEATHER_TOOL: Final[Json] = {
    "name": "weather",
    "description": "Tell the temperature in a city right now, in degrees Celsius.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
FILE_PATH: Final = "/srv/notes/code.txt"
FILE_WORD: Final = "marzipan-4711"
"""Nobody says this who has not been given the file."""
TEMPERATURES: Final = {"Paris": "23", "Tokyo": "31"}

THINKING: Final[Json] = {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}
"""How Claude Code asks for thinking (client 2.1.329, 2026-11)."""

MAX_TOKENS: Final = 2000
"""Room for models that think before every answer."""
INPUT_TOKENS: Final = 3000
OUTPUT_TOKENS: Final = 3000
"""About what one model reads and writes over all questions; a model that thinks long writes more."""
OVERFLOW_FACTOR: Final = 1.25
"""How far above the window the prompt that must be refused is: no estimate is off by so much."""


def request(model: str, prompt: str, *, stream: bool = True, **extra: Any) -> Json:
    """Return a Messages request with one user message.

    Args:
        model: The name to ask for.
        prompt: The user's words.
        stream: Whether the answer is to be a stream.
        extra: Further properties, such as `tools`.
    """
    return {
        "model": model,
        "max_tokens": MAX_TOKENS,
        "stream": stream,
        "system": [{"type": "text", "text": "You are a careful assistant. Answer briefly."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}],
        **extra,
    }


def with_results(body: Json, said: list[Json], results: dict[str, str]) -> Json:
    """Return the request that follows an answer: the same with the answer and the tools' results added.

    Args:
        body: The request that was answered.
        said: The content blocks of the answer.
        results: Tool call id to the tool's words.
    """
    blocks = [
        {"type": "tool_result", "tool_use_id": call, "content": words}
        for call, words in results.items()
    ]
    turns = [{"role": "assistant", "content": said}, {"role": "user", "content": blocks}]
    return {**body, "messages": [*body["messages"], *turns]}


def countable(body: Json) -> Json:
    """Return the part of a request that `/v1/messages/count_tokens` takes."""
    return {key: body[key] for key in ("model", "system", "messages", "tools") if key in body}


def too_long(context_tokens: int) -> str:
    """Return a prompt that does not fit into a window of so many tokens.

    Made of short English words, each of which is one token to every tokenizer in use.
    """
    words = "the sun is up and all of us go out to see it on the way to work "
    return words * (overflow_tokens(context_tokens) // len(words.split()) + 1)


def overflow_tokens(context_tokens: int) -> int:
    """Return about how many tokens `too_long` has."""
    return round(context_tokens * OVERFLOW_FACTOR)
