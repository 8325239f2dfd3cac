"""The user's settings file, `ccglm.yaml`, as a typed model.

Only shapes and ranges are checked here. Whatever needs the catalogue, the environment or a second
field is checked in `check.py`, so that all problems are reported together. Names of chain members
are `provider/model`; aliases and routes name a role or a member.
"""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from litellm_config.hook_settings import (
    Described,
    RateLimits,
    ReasoningHistory,
    Strategy,
    ThinkingSwitch,
    WebSearch,
)

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ZaiSurface = Literal["anthropic", "openai", "coding"]
LogLevel = Literal["debug", "info", "warning", "error"]


class ProviderSettings(Described):
    """How one provider is reached."""

    keys: tuple[Name, ...] = Field(
        default=(),
        description="Names of the environment variables that hold the API keys, one per key. "
        "The keys themselves belong in `.env`.",
    )
    base_url: str | None = Field(
        default=None,
        description="Address of the API; unset: the provider's own. Cerebras: ends in /v1. "
        "Z.ai: the root, https://api.z.ai. The environment variables CEREBRAS_API_BASE and "
        "ZAI_API_BASE win over it.",
    )
    surface: ZaiSurface | None = Field(
        default=None,
        description="Z.ai only: anthropic (default; nothing is translated), openai, or coding "
        "(the coding plan's own address).",
    )
    plan: Name | None = Field(
        default=None,
        description="Name of the plan the keys are on (such as developer, free-trial, coding-max); "
        "its limits are kept when the provider does not announce any.",
    )
    concurrency: int | None = Field(
        default=None, ge=1, description="Most requests in flight at once for each key."
    )
    limits: RateLimits = Field(
        default_factory=RateLimits, description="Limits of your own, for all its keys together."
    )
    key_limits: RateLimits = Field(
        default_factory=RateLimits, description="Limits of your own, for each key and model."
    )
    reserve_tokens: int | None = Field(
        default=None,
        ge=256,
        description="Most output tokens asked for in one request. Cerebras counts them against "
        "the quota before the answer exists; its staff recommend 16384, the default there.",
    )
    weights: dict[Name, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict[str, int],
        description="Key variable to its weight, for `limits.strategy: weighted`; default 1.",
    )


class ModelFactsSettings(Described):
    """Facts about a model the catalogue does not know, or knows wrongly."""

    like: Name | None = Field(
        default=None,
        description="A `provider/model` of the catalogue whose facts are taken where none is set.",
    )
    context_tokens: int | None = Field(
        default=None, gt=0, description="Context window in tokens, input and output together."
    )
    max_output_tokens: int | None = Field(
        default=None, gt=0, description="Longest answer the model gives, in tokens."
    )
    input_usd_per_mtok: float | None = Field(
        default=None, ge=0, description="Price of a million uncached input tokens, in USD."
    )
    cached_input_usd_per_mtok: float | None = Field(
        default=None, ge=0, description="Price of a million cached input tokens, in USD."
    )
    output_usd_per_mtok: float | None = Field(
        default=None, ge=0, description="Price of a million output tokens, in USD."
    )
    reads_images: bool | None = Field(default=None, description="Whether it takes images.")
    efforts: tuple[Name, ...] | None = Field(
        default=None, description="Values `reasoning_effort` may have, weakest first."
    )
    thinking: ThinkingSwitch | None = Field(
        default=None,
        description="How thinking is turned off: switch, effort, always (it cannot be), never "
        "(the model does not think).",
    )
    reasoning_history: ReasoningHistory | None = Field(
        default=None, description="Where earlier reasoning is put when a conversation goes on."
    )
    clear_thinking: bool | None = Field(
        default=None, description="Whether the model takes `clear_thinking`."
    )
    tool_stream: bool | None = Field(
        default=None, description="Whether the model takes `tool_stream`."
    )


class LongContextRoute(Described):
    """Where requests with a long conversation go."""

    above_tokens: int = Field(gt=0, description="Estimated input tokens above which it counts.")
    to: Name = Field(description="Role or `provider/model` that serves it.")


class RoutesSettings(Described):
    """Where special kinds of requests go; null leaves them where they were."""

    background: Name | None = Field(
        default=None, description="Role or member for requests under the small-model name."
    )
    think: Name | None = Field(
        default=None, description="Role or member for requests that ask for thinking."
    )
    long_context: LongContextRoute | None = Field(
        default=None, description="Role or member for long conversations."
    )
    image: Name | None = Field(
        default=None, description="Role or member for requests that carry images."
    )
    subagent: Name | None = Field(
        default=None, description="Role or member for requests of subagents."
    )
    web_search: WebSearch = Field(
        default="refuse",
        description="Claude's web search tool: refuse (a clean tool error), deny (the client is "
        "told not to offer it), zai (Z.ai serves it).",
    )
    custom: Name | None = Field(
        default=None,
        description="Your own rule, `file.py:function`; the path is relative to this file.",
    )


class PromptSettings(Described):
    """What is put before Claude Code's own system prompt."""

    prefix: str = Field(
        default="default",
        description="default (advice for GLM), none, a text, or `file:path` relative to this file.",
    )
    per_model: dict[Name, str] = Field(
        default_factory=dict[str, str],
        description="Role or member to its own prefix, in the same forms.",
    )


class TemperatureSettings(Described):
    """The temperature is only ever lowered."""

    cap: float = Field(default=1.0, ge=0, le=2, description="Highest temperature passed on.")
    code_scale: float = Field(
        default=0.85, gt=0, le=1, description="Factor for requests that carry tools or code."
    )


class LimitsSettings(RateLimits):
    """How quotas are kept, and limits of your own for all requests together."""

    per_token: RateLimits = Field(
        default_factory=RateLimits, description="Limits of each client token."
    )
    safety_margin: float = Field(
        default=0.2, ge=0, lt=1, description="Share of every quota that is kept free, 0 to 1."
    )
    strategy: Strategy = Field(
        default="least_used",
        description="How one of several keys is chosen: round_robin, least_used or weighted.",
    )
    max_wait_s: float = Field(
        default=2.0,
        ge=0,
        le=60,
        description="Longest wait for a refilling quota before the next provider, in seconds.",
    )


class ServerSettings(Described):
    """Where the proxy listens, and its time limits."""

    host: Name = Field(default="127.0.0.1", description="Address the proxy listens on.")
    port: int = Field(default=4000, ge=1, le=65535, description="Port the proxy listens on.")
    pace_ms: int = Field(
        default=16,
        ge=0,
        le=1000,
        description="Shortest time between two writes of a stream, in milliseconds.",
    )
    ping_s: float = Field(
        default=15.0, gt=0, description="Silence after which the client is pinged, in seconds."
    )
    stall_timeout_s: float = Field(
        default=120.0,
        gt=0,
        description="Silence of a provider after which its stream counts as broken, in seconds.",
    )
    request_timeout_s: float = Field(
        default=600.0, gt=0, description="Longest time for one request to a provider, in seconds."
    )


class UsageSettings(Described):
    """The usage database."""

    retention_days: int = Field(default=90, ge=1, description="Days that requests are kept.")


class LoggingSettings(Described):
    """The proxy's log files."""

    level: LogLevel = Field(default="info", description="debug, info, warning or error.")
    content: bool = Field(
        default=False, description="Whether prompts and answers may appear in the logs."
    )
    retention_days: int = Field(default=14, ge=1, description="Days that old logs are kept.")
    max_bytes: int = Field(
        default=10_000_000, ge=10_000, description="Size at which a log file is rotated, in bytes."
    )


class ReasoningInjectionSettings(Described):
    """Asks models without thinking of their own to think step by step."""

    models: tuple[Name, ...] = Field(
        default=(), description="Members (`provider/model`) that are asked; empty: off."
    )
    text: str = Field(default="default", description="What they are told; default: our text.")


class Settings(Described):
    """Settings of ccglm: which models serve Claude Code, and how."""

    providers: dict[Name, ProviderSettings] = Field(
        min_length=1,
        description="Providers by LiteLLM's name for them: cerebras, zai, or any other it knows.",
    )
    models: dict[Name, tuple[Name, ...]] = Field(
        min_length=1,
        description="Roles. Each is a chain of `provider/model`: the first that can, serves. "
        "`main` must be there.",
    )
    aliases: dict[Name, Name] | None = Field(
        default=None,
        description="Names that Claude Code asks for, to a role or member; `*` and `?` match any "
        "text. Unset: opus and sonnet to main, haiku to fast, everything else to main.",
    )
    extra_models: tuple[Name, ...] = Field(
        default=(),
        description="Further `provider/model` that can be asked for by name, such as with /model.",
    )
    model_facts: dict[Name, ModelFactsSettings] = Field(
        default_factory=dict[str, ModelFactsSettings],
        description="Facts of models the catalogue does not know, by `provider/model`; needed for "
        "a dedicated endpoint's own model id.",
    )
    routes: RoutesSettings = Field(
        default_factory=RoutesSettings, description="Where special kinds of requests go."
    )
    prompt: PromptSettings = Field(
        default_factory=PromptSettings, description="Text before the system prompt."
    )
    temperature: TemperatureSettings = Field(
        default_factory=TemperatureSettings, description="Limits of the temperature."
    )
    limits: LimitsSettings = Field(default_factory=LimitsSettings, description="Quotas and keys.")
    server: ServerSettings = Field(
        default_factory=ServerSettings, description="Address and time limits of the proxy."
    )
    usage: UsageSettings = Field(
        default_factory=UsageSettings, description="What is kept in the usage database."
    )
    logging: LoggingSettings = Field(
        default_factory=LoggingSettings, description="What goes into the log files."
    )
    reasoning_injection: ReasoningInjectionSettings = Field(
        default_factory=ReasoningInjectionSettings,
        description="An instruction to think, for models that do not by themselves.",
    )
    litellm: dict[str, JsonValue] = Field(
        default_factory=dict[str, JsonValue],
        description="Raw LiteLLM settings, merged last over what is generated: mappings are "
        "merged, lists replaced, except that `model_list` and `litellm_settings.callbacks` are "
        "added to. A variable, `${NAME}`, must be a whole value here.",
    )
