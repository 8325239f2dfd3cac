"""Switches for every behaviour that public material does not settle.

Each field's default is the likelier (or the stricter) reading; a test that matters runs under both.
Grades and sources: provider documentation, SDK types, issue threads and measurements read up to
2026-11-20; what none of them says is a guess, and is here.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["accept", "reject"]


class Guesses(BaseModel):
    """What is not known for sure about the two providers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Cerebras
    unauthorized_body: Literal["flat", "nested", "empty"] = Field(
        default="flat", description="Shape of a Cerebras 401 body."
    )
    check_order: Literal["validation_first", "limits_first"] = Field(
        default="validation_first", description="Whether an invalid request also costs rate quota."
    )
    disable_reasoning: Verdict = Field(
        default="reject", description="The retired property `disable_reasoning` (gone 2026-07-21)."
    )
    system_array: Verdict = Field(
        default="reject", description="System content given as a list of parts."
    )
    empty_content: Verdict = Field(
        default="accept", description="Empty message content on Cerebras."
    )
    orphan_tool_message: Verdict = Field(
        default="reject",
        description="A tool message that answers no call of the assistant before it.",
    )
    mid_system: Verdict = Field(
        default="accept", description="A system message after the first turn."
    )
    cache_control_part: Verdict = Field(
        default="reject", description="`cache_control` inside a content part or a tool."
    )
    tools_plus_format: Verdict = Field(
        default="reject", description="Tools together with a JSON response format."
    )
    image_on_text_model: Verdict = Field(
        default="reject", description="An image for a model that reads text only."
    )
    reset_header: Literal["window", "refill"] = Field(
        default="window",
        description="x-ratelimit-reset: end of the clock minute or day, or time until refilled.",
    )
    context_error: Literal["messages", "validation"] = Field(
        default="messages", description="`param` and `code` of the context length error."
    )
    context_counts_completion: bool = Field(
        default=True,
        description="Whether the requested completion counts against the context window.",
    )
    credit_back: bool = Field(
        default=True,
        description="Whether reserved but unused completion tokens return to the bucket.",
    )
    bucket_named: bool = Field(
        default=False, description="Whether a token 429 names its bucket (uncached or total)."
    )
    server_error_body: Literal["html", "json", "empty"] = Field(
        default="html", description="Body of Cerebras 502, 503 and 504 answers."
    )
    tool_calls_in_one_chunk: bool = Field(
        default=False, description="Whether one stream chunk may carry several tool calls."
    )
    error_chunk_end: Literal["close", "done"] = Field(
        default="close", description="What follows an error inside a stream: nothing, or [DONE]."
    )

    # Z.ai
    zai_x_api_key: Verdict = Field(
        default="accept", description="`x-api-key` on the Anthropic surface."
    )
    zai_count_tokens: Literal["answer", "missing"] = Field(
        default="answer", description="Whether `/v1/messages/count_tokens` exists."
    )
    zai_tool_choice: Literal["ignore", "reject"] = Field(
        default="ignore", description="A `tool_choice` other than auto."
    )
    zai_odd_effort: Literal["accept", "max", "reject"] = Field(
        default="reject", description="A `reasoning_effort` outside low, high, max on glm-5.3."
    )
    zai_coding_disabled_thinking: Literal["ignore", "honour"] = Field(
        default="ignore", description="Thinking disabled on glm-5.3, coding and Anthropic surfaces."
    )
    zai_fragment_keys: Literal["few", "all"] = Field(
        default="few", description="Keys that later fragments of a streamed tool call repeat."
    )
    zai_bad_key_code: Literal["1000", "1003"] = Field(
        default="1000", description="Error code of a wrong key."
    )
    zai_numeric_code: bool = Field(
        default=False, description="Whether error codes are numbers instead of strings of digits."
    )
    zai_prompt_too_long: Literal["new", "old"] = Field(
        default="new",
        description="Wording of 1261: `Prompt too long` or `Prompt exceeds max length`.",
    )
    zai_empty_content: Verdict = Field(
        default="reject", description="Empty message content (1214)."
    )
    zai_consecutive_assistants: Verdict = Field(
        default="reject", description="Two assistant messages in a row (1214)."
    )
    zai_tool_ids: Verdict = Field(
        default="accept", description="Tool call ids not starting with `call_` or `toolu_` (1214)."
    )
    zai_system_array: Verdict = Field(
        default="accept", description="System content given as a list of parts."
    )
    zai_system_role: Verdict = Field(
        default="accept",
        description="A `system` message among the messages of the Anthropic surface.",
    )
    zai_user_id: Verdict = Field(
        default="reject", description="A `user_id` shorter than 6 or longer than 128 characters."
    )
    zai_off_plan: Literal["1113", "1311"] = Field(
        default="1113", description="Code for a plan key asking for a model outside its plan."
    )
    zai_empty_signature: Verdict = Field(
        default="accept", description="Thinking blocks sent back without a signature."
    )
    zai_thinking_start: Literal["signature", "bare"] = Field(
        default="signature",
        description="Whether a thinking block starts with an empty `signature` key.",
    )
    wording: Literal["first", "second"] = Field(
        default="first",
        description="Which of two wordings is used where the exact text is unknown.",
    )
