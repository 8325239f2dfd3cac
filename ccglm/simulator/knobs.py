"""Everything about the simulator that a test can turn, with its default.

A pydantic model because values arrive over the control port: an unknown knob or a value out of
range is refused there with a message, never ignored.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ccglm.simulator.guesses import Guesses

Split = Literal["whole", "byte", "mid_utf8", "coalesce"]
KeyState = Literal[
    "ok", "revoked", "forbidden", "unpaid", "payg", "plan", "plan_expired", "no_balance"
]


class Knobs(BaseModel):
    """The simulator's settings; frozen, replaced as a whole by `patched`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Timing and framing of replies
    first_byte_delay_ms: float = Field(default=0, ge=0, description="Wait before every reply.")
    chunk_delay_ms: float = Field(default=0, ge=0, description="Wait between stream events.")
    tokens_per_s: float = Field(
        default=0, ge=0, description="Stream speed; 0 is as fast as possible."
    )
    tick_ms: float = Field(default=10, gt=0, description="How often paced streams are written to.")
    split: Split = Field(default="whole", description="How stream bytes are cut into writes.")
    tool_args: Literal["whole", "fragments"] = Field(
        default="whole", description="Tool arguments in one stream event or in several."
    )
    changeover: Literal["joined", "separate"] = Field(
        default="joined", description="Whether a Cerebras chunk may end thinking and start text."
    )

    # What the model says
    reply_tokens: int = Field(
        default=0, ge=0, description="Length of unscripted answers; 0 is short."
    )
    think: Literal["asked", "always", "never"] = Field(
        default="asked", description="When unscripted answers start with thinking."
    )
    thinking_tokens: int = Field(
        default=0, ge=0, description="Length of unscripted thinking; 0 is one sentence."
    )

    # Cerebras
    strict: bool = Field(default=True, description="Cerebras refuses unknown properties.")
    model_set: Literal["public_2026_11", "legacy_glm", "dedicated"] = Field(
        default="public_2026_11",
        description="Which models Cerebras has; each set adds to the one before.",
    )
    dedicated_models: tuple[str, ...] = Field(
        default=("zai-glm-5.3", "kimi-k3", "acme-glm-5-1"),
        description="Ids of dedicated Cerebras endpoints, served with model_set `dedicated`.",
    )
    ratelimit_headers: Literal["documented", "measured", "none"] = Field(
        default="documented", description="Which x-ratelimit headers Cerebras sends."
    )
    cerebras_plan: Literal["developer", "free_trial"] = Field(
        default="developer", description="Plan whose limits apply where no cerebras_* limit is set."
    )
    cerebras_rpm: int | None = Field(
        default=None, ge=0, description="Requests a minute; 0 is no limit."
    )
    cerebras_rph: int | None = Field(
        default=None, ge=0, description="Requests an hour; 0 is no limit."
    )
    cerebras_rpd: int | None = Field(
        default=None, ge=0, description="Requests a day; 0 is no limit."
    )
    cerebras_tpm: int | None = Field(
        default=None, ge=0, description="Uncached tokens a minute; 0 is no limit."
    )
    cerebras_total_tpm: int | None = Field(
        default=None, ge=0, description="Tokens a minute, cached ones included; 0 is no limit."
    )
    cerebras_tph: int | None = Field(
        default=None, ge=0, description="Tokens an hour; 0 is no limit."
    )
    cerebras_tpd: int | None = Field(default=None, ge=0, description="Tokens a day; 0 is no limit.")
    retry_after_requests: int | Literal["computed"] | None = Field(
        default=58, description="retry-after of a request 429 in seconds; null leaves it out."
    )
    retry_after_tokens: int | Literal["computed"] | None = Field(
        default=None, description="retry-after of a token 429 in seconds; null leaves it out."
    )
    token_error_type: Literal["too_many_tokens_error", "too_many_requests_error"] = Field(
        default="too_many_tokens_error", description="`type` of a token 429."
    )
    validation_status: Literal[400, 422] = Field(
        default=400, description="Status of a refused property (422 before 2026-04-24)."
    )

    # Z.ai
    zai_concurrency: int = Field(
        default=3, ge=0, description="Requests in flight per key and model; 0 is no limit."
    )
    zai_extra_models: tuple[str, ...] = Field(
        default=(), description="Further model ids of Z.ai, each like glm-4.7."
    )
    zai_concurrency_by_model: dict[str, int] = Field(
        default={"glm-4.7-flash": 1},
        description="Concurrency of single models, before zai_concurrency.",
    )

    # Both
    keys: dict[str, KeyState] = Field(
        default={}, description="State of single keys; any other non-empty key is fine everywhere."
    )
    known_keys_only: bool = Field(
        default=False, description="Refuse keys that `keys` does not list."
    )
    key_orgs: dict[str, str] = Field(
        default={},
        description="Organisation of a key; keys of one organisation share limits and caches.",
    )
    prompt_cache: bool = Field(
        default=True, description="Whether repeated prefixes count as cached."
    )
    prompt_cache_s: float = Field(default=300, ge=0, description="How long a prefix stays cached.")
    log_bodies: bool = Field(
        default=True, description="Whether the request log keeps request bodies."
    )
    log_limit: int = Field(default=10_000, gt=0, description="How many requests the log keeps.")

    guess: Guesses = Field(
        default=Guesses(), description="Behaviour that public material leaves open."
    )

    def patched(self, changes: Mapping[str, Any]) -> "Knobs":
        """Return these knobs with some turned.

        Args:
            changes: New values by name; guesses as `{"guess": {"name": value}}` or
                `{"guess.name": value}`. Guesses that are not named stay as they are.

        Raises:
            pydantic.ValidationError: A knob or value is not known.
        """
        plain: dict[str, Any] = self.model_dump()
        guesses: dict[str, Any] = plain.pop("guess")
        for name, value in changes.items():
            if name == "guess":
                guesses |= Guesses.model_validate(value).model_dump(exclude_unset=True)
            elif name.startswith("guess."):
                guesses[name.removeprefix("guess.")] = value
            else:
                plain[name] = value
        return Knobs.model_validate({**plain, "guess": guesses})

    def org_of(self, key: str) -> str:
        """Return the organisation a key belongs to; a key not listed is its own."""
        return self.key_orgs.get(key, key)
