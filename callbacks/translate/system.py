"""The system prompt of a request: a string or blocks, to one string."""

from __future__ import annotations

from callbacks.translate.blocks import blocks_of, text_of_block
from callbacks.translate.json_values import JsonObject, as_text

# First words of the line by which the client tells its maker who pays. It differs between conversations, so it
# would defeat prefix caches, and no other provider reads it.
BILLING_MARK = "x-anthropic-billing-header"


def is_billing(block: JsonObject) -> bool:
    """Tell whether a system block is the client's billing line."""
    return as_text(block.get("text")).startswith(BILLING_MARK)


def system_text(system: object, notes: set[str]) -> str:
    """Return the system prompt as one string, empty when there is none.

    Args:
        system: The request's `system`: a string, blocks, or nothing.
        notes: `billing_header` is added here when such a block was left out.
    """
    if isinstance(system, str) and system.startswith(BILLING_MARK):
        notes.add("billing_header")
        system = system.partition("\n")[2].lstrip("\n")
    texts: list[str] = []
    for block in blocks_of(system):
        if is_billing(block):
            notes.add("billing_header")
        else:
            texts.append(text_of_block(block, notes))
    return "\n\n".join(text for text in texts if text.strip())
