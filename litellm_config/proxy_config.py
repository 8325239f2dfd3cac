"""The part of LiteLLM's configuration that we write, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, JsonValue

from litellm_config.hook_settings import Described, ReasoningHistory, Surface, ThinkingSwitch


class CcglmInfo(Described):
    """What our dialects and hooks read from a deployment (`model_info.ccglm`)."""

    provider: str = Field(description="Provider name.")
    model: str = Field(description="Model id as the provider knows it.")
    key_label: str | None = Field(description="Name of the variable that holds the key.")
    surface: Surface = Field(description="API that is spoken.")
    context_tokens: int = Field(description="Context window.")
    max_output_tokens: int = Field(description="Longest answer.")
    reads_images: bool = Field(description="Whether it takes images.")
    efforts: list[str] = Field(description="Values of `reasoning_effort`.")
    thinking: ThinkingSwitch = Field(description="How thinking is turned off.")
    reasoning_history: ReasoningHistory = Field(description="Where earlier reasoning goes.")
    clear_thinking: bool = Field(description="Whether it takes `clear_thinking`.")
    tool_stream: bool = Field(description="Whether it takes `tool_stream`.")


class ModelInfo(Described):
    """LiteLLM's `model_info`."""

    id: str = Field(description="Member and key number; the same in every group it is in.")
    mode: str = Field(default="chat", description="What the model is for.")
    max_input_tokens: int = Field(description="Context window.")
    max_output_tokens: int = Field(description="Longest answer.")
    input_cost_per_token: float | None = Field(description="In USD; None: LiteLLM's own map.")
    cache_read_input_token_cost: float | None = Field(description="In USD.")
    output_cost_per_token: float | None = Field(description="In USD.")
    supports_vision: bool = Field(description="Whether it takes images.")
    supports_reasoning: bool = Field(description="Whether it thinks.")
    ccglm: CcglmInfo = Field(description="For our own code.")


class LitellmParams(Described):
    """LiteLLM's `litellm_params`."""

    model: str = Field(description="LiteLLM's provider prefix and the model id.")
    api_key: str | None = Field(default=None, description="`os.environ/NAME`, never a key.")
    api_base: str | None = Field(default=None, description="Full address, surface included.")
    max_retries: int = Field(default=0, description="A hidden client must not wait retry-after.")
    allowed_openai_params: list[str] | None = Field(default=None, description="Passed on as is.")
    weight: int | None = Field(default=None, description="Share of the key among its group.")


class Deployment(Described):
    """One entry of `model_list`: a model through one key."""

    model_name: str = Field(description="The group it is in: a role or a member.")
    litellm_params: LitellmParams = Field(description="How it is called.")
    model_info: ModelInfo = Field(description="What is known about it.")

    def to_data(self) -> dict[str, JsonValue]:
        """Return the entry as plain data, without what is not set."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """A complete LiteLLM configuration.

    Attributes:
        data: Sections in order: model_list, litellm_settings, router_settings, general_settings,
            then whatever the user added.
    """

    data: Mapping[str, Any]
