"""Routing: every name a client may ask for becomes a group the Router knows, before the Router sees it.

That is why fallbacks fire for each spelling: LiteLLM looks them up by the name it is given, and it is only ever
given roles and members. Requests of a special kind go where the settings say. Pure: decides, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callbacks.guard import unexpected
from callbacks.hooks.custom_rule import CustomRule, RequestSummary
from callbacks.translate.json_values import as_object, as_text, objects_of
from callbacks.translate.tokens import estimate_tokens
from litellm_config.aliases import Resolution, resolve
from litellm_config.hook_settings import HookSettings
from litellm_config.route_choice import EXPLICIT, Traits, special_route

WEB_SEARCH_REFUSAL = (
    "web search is not available through this proxy: the models it serves cannot search. "
    "Answer from what is known, or fetch a known address instead"
)
_STRONG_EFFORTS = frozenset(("high", "xhigh", "max"))


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
        self._custom = CustomRule(settings.routes.custom)
        self._searching = next(
            (m for m, f in settings.models.items() if f.provider == "zai" and f.surface == "anthropic"), None
        )  # fmt: skip

    def route(self, body: Mapping[str, Any], *, agent_id: str = "", session_id: str = "") -> Route:
        """Return where a request goes.

        Args:
            body: The client's body; `model`, and of a Messages body also `tools`, `messages`, `thinking`.
            agent_id: Set for requests of a subagent.
            session_id: The client's session, for the user's own rule.

        Raises:
            UnknownModelError: Nobody has the requested name.
            WebSearchRefusedError: A web search side request that nobody may serve.
        """
        found = self._resolve(as_text(body.get("model")))
        if is_web_search(body):
            return self._search_route()
        traits = self._traits(body, agent_id)
        own = None if found.via in EXPLICIT else self._own_rule(body, traits, agent_id, session_id)
        special = own or special_route(found, traits, self._settings.routes)
        group, why = special or (found.group, found.via)
        return Route(group, group if group in self._settings.chains else "", why)

    def _traits(self, body: Mapping[str, Any], agent_id: str) -> Traits:
        """Return what is special about a request; what no setting asks for is not looked at."""
        routes = self._settings.routes
        counted = self._custom or routes.long_context
        return Traits(
            name=as_text(body.get("model")),
            image=bool(self._custom or routes.image) and has_new_image(body),
            tokens=estimate_tokens(body) if counted else 0,
            agent=bool(agent_id),
            thinks=bool(self._custom or routes.think) and wants_thinking(body),
        )

    def _own_rule(
        self, body: Mapping[str, Any], traits: Traits, agent_id: str, session_id: str
    ) -> tuple[str, str] | None:
        """Ask the user's rule; a name that nobody has is said once and ignored."""
        if not self._custom:
            return None
        messages = objects_of(body.get("messages"))
        wanted = self._custom.ask(
            RequestSummary(
                model=traits.name,
                tokens=traits.tokens,
                messages=len(messages),
                tools=tuple(as_text(tool.get("name")) for tool in objects_of(body.get("tools"))),
                has_image=traits.image,
                thinks=traits.thinks,
                agent_id=agent_id,
                session_id=session_id,
                last_text=_last_text(messages),
            )
        )
        if wanted is None:
            return None
        found = resolve(wanted, self._settings.aliases)
        if found is None:
            unexpected(ValueError(), f"routing to `{wanted}`, which `routes.custom` asked for")
            return None
        return found.group, "custom"

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


def _last_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """Return the newest text of the user."""
    for message in reversed(messages):
        content = message.get("content")
        if message.get("role") != "user":
            continue
        if isinstance(content, str):
            return content
        texts = [as_text(block.get("text")) for block in objects_of(content)]
        if any(texts):
            return "\n".join(text for text in texts if text)
    return ""
