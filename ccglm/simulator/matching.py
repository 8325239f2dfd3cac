"""Which request a scripted reply or a scenario is meant for."""

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from ccglm.simulator.request import ApiRequest

Provider = Literal["cerebras", "zai"]
Surface = Literal["cerebras", "zai_openai", "zai_coding", "zai_anthropic"]


class Match(BaseModel):
    """Conditions; all that are given must hold, none given fits every request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contains: str | None = Field(default=None, description="Text in the last user message.")
    anywhere: str | None = Field(
        default=None, description="Text in any message or the system prompt."
    )
    tool_result: str | None = Field(
        default=None, description="Text in the tool results that end the conversation."
    )
    header: dict[str, str] = Field(default={}, description="Header values, names in lower case.")
    provider: Provider | None = Field(default=None, description="Provider asked.")
    surface: Surface | None = Field(default=None, description="Surface asked.")
    model: str | None = Field(default=None, description="Model asked for.")
    key: str | None = Field(default=None, description="Key the request carries.")
    stream: bool | None = Field(default=None, description="Whether a stream was asked for.")

    def fits(self, request: "ApiRequest") -> bool:
        """Return whether the request meets every given condition."""
        conversation = request.conversation
        wanted_texts = (
            (self.contains, conversation.last_user_text),
            (self.anywhere, conversation.all_text),
            (self.tool_result, "\n".join(conversation.tool_results)),
        )
        if any(wanted is not None and wanted not in text for wanted, text in wanted_texts):
            return False
        wanted_values = (
            (self.provider, request.provider),
            (self.surface, request.surface),
            (self.model, request.model),
            (self.key, request.key),
            (self.stream, request.stream),
        )
        if any(wanted is not None and wanted != value for wanted, value in wanted_values):
            return False
        return all(request.headers.get(name) == value for name, value in self.header.items())
