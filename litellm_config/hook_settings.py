"""What the hooks inside the proxy need at run time, as one flat, described file (`hooks.json`).

`build_hook_settings` makes it from the user's settings and the catalogue; `callbacks` reads it once
at start. It holds no secret: keys appear only by the names of their environment variables.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Surface = Literal["anthropic", "openai", "coding", "litellm"]
ThinkingSwitch = Literal["switch", "effort", "always", "never"]
ReasoningHistory = Literal["reasoning", "reasoning_content", "thinking_blocks", "none"]
WebSearch = Literal["refuse", "deny", "zai"]
Strategy = Literal["round_robin", "least_used", "weighted"]


class Described(BaseModel):
    """A frozen model that knows every one of its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelFacts(Described):
    """What is known about one chain member, `provider/model`."""

    provider: str = Field(description="Provider name, the part before the first slash.")
    model: str = Field(description="Model id as the provider knows it.")
    surface: Surface = Field(
        description="Which API of the provider is spoken: anthropic, openai, coding (Z.ai's coding "
        "plan), or litellm for a provider that keeps LiteLLM's own adapter."
    )
    context_tokens: int = Field(gt=0, description="Context window in tokens, input and output.")
    max_output_tokens: int = Field(gt=0, description="Longest answer the model gives, in tokens.")
    input_usd_per_mtok: float | None = Field(
        default=None, ge=0, description="Price of a million uncached input tokens; null: unknown."
    )
    cached_input_usd_per_mtok: float | None = Field(
        default=None, ge=0, description="Price of a million cached input tokens; null: unknown."
    )
    output_usd_per_mtok: float | None = Field(
        default=None, ge=0, description="Price of a million output tokens; null: unknown."
    )
    reads_images: bool = Field(default=False, description="Whether the model takes images.")
    efforts: tuple[str, ...] = Field(
        default=(), description="Values `reasoning_effort` may have, weakest first; empty: none."
    )
    thinking: ThinkingSwitch = Field(
        default="never",
        description="How thinking is turned off: switch (`thinking: {type: disabled}`), effort "
        "(`reasoning_effort: none`), always (it cannot be), never (the model does not think).",
    )
    reasoning_history: ReasoningHistory = Field(
        default="none",
        description="Where earlier reasoning goes when the conversation is sent again: in "
        "`reasoning` or `reasoning_content` of assistant messages, as thinking blocks, or nowhere.",
    )
    clear_thinking: bool = Field(
        default=False,
        description="Whether the model takes `clear_thinking`; sent as false, it keeps the "
        "reasoning of earlier turns.",
    )
    tool_stream: bool = Field(
        default=False,
        description="Whether the model takes `tool_stream`, which streams tool arguments.",
    )
    successor: str | None = Field(
        default=None, description="Member to use in place of a retired model; null: none is known."
    )


class QuotaLimits(Described):
    """Limits of one model on one plan, for each key; null: no such limit is known."""

    requests_per_minute: int | None = Field(default=None, gt=0, description="Requests a minute.")
    requests_per_hour: int | None = Field(default=None, gt=0, description="Requests an hour.")
    requests_per_day: int | None = Field(default=None, gt=0, description="Requests a day.")
    uncached_tokens_per_minute: int | None = Field(
        default=None, gt=0, description="Input not in the provider's cache, plus output, a minute."
    )
    total_tokens_per_minute: int | None = Field(
        default=None, gt=0, description="All input plus output a minute."
    )
    tokens_per_hour: int | None = Field(default=None, gt=0, description="Tokens an hour.")
    tokens_per_day: int | None = Field(default=None, gt=0, description="Tokens a day.")


class RateLimits(Described):
    """Limits the user sets; null: no limit."""

    requests_per_minute: int | None = Field(default=None, gt=0, description="Requests a minute.")
    tokens_per_minute: int | None = Field(
        default=None, gt=0, description="Input and output tokens a minute."
    )
    concurrency: int | None = Field(default=None, gt=0, description="Most requests at once.")


class ClaudePrice(Described):
    """List price of one Claude tier, for the comparison in `ccglm usage`."""

    model: str = Field(description="The Claude model whose price this is.")
    input_usd_per_mtok: float = Field(ge=0, description="Price of a million uncached input tokens.")
    cached_input_usd_per_mtok: float = Field(ge=0, description="Price of a million cache reads.")
    output_usd_per_mtok: float = Field(ge=0, description="Price of a million output tokens.")


class AliasTable(Described):
    """Every name a client may ask for; `litellm_config.aliases.resolve` reads it."""

    exact: dict[str, str] = Field(
        default_factory=dict[str, str], description="Exact alias to group (a role or a member)."
    )
    globs: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="Alias with `*` or `?` to group, longest pattern first, `*` last.",
    )
    roles: tuple[str, ...] = Field(default=(), description="Role names; each is a group.")
    members: tuple[str, ...] = Field(
        default=(), description="Every `provider/model` that has a group, in order of preference."
    )
    providers: tuple[str, ...] = Field(default=(), description="Providers that are set up.")

    @field_validator("globs")
    @classmethod
    def _longest_first(cls, globs: dict[str, str]) -> dict[str, str]:
        ordered = sorted(globs.items(), key=lambda item: (-len(item[0]), item[0]))
        return dict(ordered)


class RouteSettings(Described):
    """Which group serves a special kind of request; null leaves the request where it was."""

    background: str | None = Field(default=None, description="Group for background requests.")
    think: str | None = Field(default=None, description="Group for requests that want thinking.")
    long_context: str | None = Field(default=None, description="Group for long requests.")
    long_context_above_tokens: int | None = Field(
        default=None, gt=0, description="Estimated input tokens above which a request is long."
    )
    image: str | None = Field(default=None, description="Group for requests that carry images.")
    subagent: str | None = Field(default=None, description="Group for requests of subagents.")
    web_search: WebSearch = Field(
        default="refuse",
        description="What happens to Claude's web search tool: refuse (a clean tool error), deny "
        "(the client is told not to offer it), zai (a provider that searches serves it).",
    )
    custom: str | None = Field(
        default=None, description="The user's own rule, `/path/file.py:function`."
    )


class LimitSettings(Described):
    """How quotas are kept."""

    safety_margin: float = Field(
        default=0.2, ge=0, lt=1, description="Share of every quota that is kept free, 0 to 1."
    )
    strategy: Strategy = Field(
        default="least_used", description="How one of several keys of a provider is chosen."
    )
    max_wait_s: float = Field(
        default=2.0, ge=0, description="Longest wait for a refilling quota, in seconds."
    )
    plans: dict[str, str] = Field(
        default_factory=dict[str, str], description="Provider to the name of the plan it is on."
    )
    quotas: dict[str, QuotaLimits] = Field(
        default_factory=dict[str, QuotaLimits],
        description="Member to its limits on that plan, for each key, where they are known.",
    )
    concurrency: dict[str, int] = Field(
        default_factory=dict[str, int],
        description="Member to the most requests in flight at once for each key.",
    )
    keys: dict[str, tuple[str, ...]] = Field(
        default_factory=dict[str, tuple[str, ...]],
        description="Provider to the labels of its keys, in order; a deployment is numbered by it.",
    )
    proxy: RateLimits = Field(
        default_factory=RateLimits, description="Limits of all requests together."
    )
    per_token: RateLimits = Field(
        default_factory=RateLimits, description="Limits of each client token."
    )
    providers: dict[str, RateLimits] = Field(
        default_factory=dict[str, RateLimits],
        description="Provider to the limits of all its keys together.",
    )
    weights: dict[str, int] = Field(
        default_factory=dict[str, int], description="Key label to weight, for strategy weighted."
    )


class HookSettings(Described):
    """Everything `callbacks` needs; written beside the LiteLLM config, holds no secret."""

    aliases: AliasTable = Field(description="Names a client may ask for.")
    chains: dict[str, tuple[str, ...]] = Field(
        description="Role to its members, `provider/model`, first that can, serves."
    )
    routes: RouteSettings = Field(
        default_factory=RouteSettings, description="Groups for special kinds of requests."
    )
    models: dict[str, ModelFacts] = Field(
        default_factory=dict[str, ModelFacts], description="Facts of every member."
    )
    reserve_tokens: dict[str, int] = Field(
        default_factory=dict[str, int],
        description="Member to the most output tokens asked for in one request; providers count "
        "them against the quota before the answer exists.",
    )
    prompt_prefix: str = Field(
        default="", description="Text put before the client's system prompt; empty: none."
    )
    prompt_prefix_by_model: dict[str, str] = Field(
        default_factory=dict[str, str], description="Member or role to its own prefix text."
    )
    temperature_cap: float = Field(
        default=1.0, ge=0, le=2, description="Highest temperature that is passed on."
    )
    temperature_code_scale: float = Field(
        default=0.85, gt=0, le=1, description="Factor for requests that carry tools or code."
    )
    reasoning_models: tuple[str, ...] = Field(
        default=(), description="Members that are told in the prompt to think step by step."
    )
    reasoning_text: str = Field(default="", description="What those members are told.")
    limits: LimitSettings = Field(default_factory=LimitSettings, description="Quota settings.")
    claude_prices: dict[str, ClaudePrice] = Field(
        default_factory=dict[str, ClaudePrice],
        description="Claude's list prices by tier (opus, sonnet, haiku, fable), for comparison.",
    )
    usage_db_path: str = Field(description="Path of the usage database.")
    retention_days: int = Field(
        default=90, ge=1, description="Days that rows are kept in the usage database."
    )
    pace_ms: int = Field(
        default=16, ge=0, description="Shortest time between two writes of a stream, in ms."
    )
    ping_s: float = Field(
        default=15.0, gt=0, description="Silence after which a `ping` event is sent, in seconds."
    )
    stall_timeout_s: float = Field(
        default=120.0, gt=0, description="Silence after which an upstream counts as dead, in s."
    )
    logging_content: bool = Field(
        default=False, description="Whether prompts and answers may appear in logs."
    )

    def to_json(self) -> str:
        """Return the file's text, deterministic, ending in a newline."""
        return self.model_dump_json(indent=2) + "\n"


def read_hook_settings(path: Path) -> HookSettings:
    """Read what `HookSettings.to_json` wrote.

    Args:
        path: The `hooks.json` in the state folder, UTF-8.

    Returns:
        The settings, checked.

    Raises:
        OSError: The file cannot be read.
        pydantic.ValidationError: The text is not what this version writes.
    """
    return HookSettings.model_validate_json(path.read_bytes())
