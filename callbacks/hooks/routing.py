"""Routing: every name a client may ask for becomes a group the Router knows, before the Router sees it.

That is why fallbacks fire for each spelling: LiteLLM looks them up by the name it is given, and it is only ever
given roles and members. Requests of a special kind go where the settings say. Pure: decides, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.translate.json_values import as_object, as_text, objects_of
from callbacks.translate.tokens import estimate_tokens
from litellm_config.aliases import Resolution, resolve
from litellm_config.hook_settings import HookSettings, RouteSettings

WEB_SEARCH_REFUSAL = (
    "web search is not available through this proxy: the models it serves cannot search. "
    "Answer from what is known, or fetch a known address instead"
)
_EXPLICIT = frozenset(("member", "pair", "model_id"))
_STRONG_EFFORTS = frozenset(("high", "xhigh", "max"))
_SMALL_MODEL_WORD = "haiku"


class UnknownModelError(Exception):
    """Nobody has the requested name.

    Attributes:
        message: Lists what there is.
    """

    def __init__(self, name: str, settings: HookSettings) -> None:
        table = settings.aliases
        names = ", ".join(f"`{known}`" for known in (*table.roles, *table.members))
        self.message = f"there is no model `{name}` here; there are {names or 'none'}"
        super().__init__(self.message)


class WebSearchRefusedError(Exception):
    """The client's web search side request, which nobody here can serve."""

    def __init__(self) -> None:
        self.message = WEB_SEARCH_REFUSAL
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes.

    Attributes:
        group: LiteLLM's model group: a role or a member.
        role: The role, empty when a member was asked for.
        why: Which rule decided: `alias`, `role`, `image`, `long_context` and so on.
    """

    group: str
    role: str
    why: str


class Routing:
    """Decide the group of a request from its model name and its kind."""

    def __init__(self, settings: HookSettings) -> None:
        self._settings = settings
        self._searching = next(
            (m for m, f in settings.models.items() if f.provider == "zai" and f.surface == "anthropic"), None
        )  # fmt: skip

    def route(self, body: Mapping[str, Any], *, agent_id: str = "") -> Route:
        """Return where a request goes.

        Args:
            body: The client's body; `model`, and of a Messages body also `tools`, `messages`, `thinking`.
            agent_id: Set for requests of a subagent.

        Raises:
            UnknownModelError: Nobody has the requested name.
            WebSearchRefusedError: A web search side request that nobody may serve.
        """
        found = self._resolve(as_text(body.get("model")))
        if is_web_search(body):
            return self._search_route()
        if found.via in _EXPLICIT:
            return Route(found.group, "", found.via)
        special = self._special(body, found.matched, agent_id)
        group, why = special or (found.group, found.via)
        return Route(group, group if group in self._settings.chains else "", why)

    def group_of(self, name: str) -> str:
        """Return the group a name stands for, whatever the kind of request.

        Raises:
            UnknownModelError: Nobody has the name.
        """
        return self._resolve(name).group

    def _resolve(self, name: str) -> Resolution:
        found = resolve(name, self._settings.aliases)
        if found is None:
            raise UnknownModelError(name, self._settings)
        return found

    def _search_route(self) -> Route:
        if self._settings.routes.web_search != "zai" or self._searching is None:
            raise WebSearchRefusedError
        return Route(self._searching, "", "web_search")

    def _special(
        self, body: Mapping[str, Any], matched: str, agent_id: str
    ) -> tuple[str, str] | None:
        routes = self._settings.routes
        if routes.image and has_new_image(body):
            return routes.image, "image"
        if routes.long_context and _is_long(body, routes):
            return routes.long_context, "long_context"
        if routes.background and matched == "*" and _SMALL_MODEL_WORD in as_text(body["model"]):
            return routes.background, "background"
        if routes.subagent and agent_id:
            return routes.subagent, "subagent"
        if routes.think and matched != routes.background and wants_thinking(body):
            return routes.think, "think"
        return None


def _is_long(body: Mapping[str, Any], routes: RouteSettings) -> bool:
    above = routes.long_context_above_tokens
    return above is not None and estimate_tokens(body) > above


def is_web_search(body: Mapping[str, Any]) -> bool:
    """Tell whether this is Claude Code's side request that wants nothing but a web search."""
    tools = objects_of(body.get("tools"))
    return bool(tools) and all(as_text(tool.get("type")).startswith("web_search") for tool in tools)


def has_new_image(body: Mapping[str, Any]) -> bool:
    """Tell whether the newest turn, everything since the last answer, holds an image."""
    for message in reversed(objects_of(body.get("messages"))):
        if message.get("role") == "assistant":
            return False
        if any(_holds_image(block) for block in objects_of(message.get("content"))):
            return True
    return False


def _holds_image(block: Mapping[str, Any]) -> bool:
    if block.get("type") in ("image", "image_url"):
        return True
    return any(inner.get("type") == "image" for inner in objects_of(block.get("content")))


def wants_thinking(body: Mapping[str, Any]) -> bool:
    """Tell whether the client asks for thinking, by its budget or by its effort."""
    if as_object(body.get("thinking")).get("type") == "enabled":
        return True
    return as_object(body.get("output_config")).get("effort") in _STRONG_EFFORTS
