"""The user's own routing rule: a function in a Python file, given a summary, never a reason to fail a request."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from callbacks.guard import unexpected

_LOG = logging.getLogger("ccglm")


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """What a rule may look at.

    Attributes:
        model: Model name as the client spelled it.
        tokens: Estimated input tokens.
        messages: Number of messages.
        tools: Names of the tools on offer.
        has_image: The newest turn holds an image.
        thinks: It asks for thinking, or for a high effort.
        agent_id: Id of the subagent that asks, empty for the main agent.
        session_id: The client's session, empty when it names none.
        last_text: The newest text of the user.
    """

    model: str
    tokens: int
    messages: int
    tools: tuple[str, ...]
    has_image: bool
    thinks: bool
    agent_id: str
    session_id: str
    last_text: str


Rule = Callable[[RequestSummary], object]


class CustomRule:
    """A rule, loaded once; one that cannot be loaded is said once and then is none."""

    def __init__(self, place: str | None) -> None:
        """Load the rule.

        Args:
            place: `/path/file.py:function`, or None for no rule.
        """
        self._rule = _load(place) if place else None

    def __bool__(self) -> bool:
        """Tell whether there is a rule."""
        return self._rule is not None

    def ask(self, summary: RequestSummary) -> str | None:
        """Return the name the rule wants, a role or a model; None when it wants nothing or failed."""
        if self._rule is None:
            return None
        try:
            wanted = self._rule(summary)
        except Exception as error:  # noqa: BLE001  the user's own code
            unexpected(error, "asking the rule in `routes.custom`")
            return None
        if wanted is not None and not isinstance(wanted, str):
            unexpected(TypeError(), "reading what the rule in `routes.custom` returned")
            return None
        return wanted


def _load(place: str) -> Rule | None:
    file, _, name = place.rpartition(":")
    try:
        spec = importlib.util.spec_from_file_location("ccglm_custom_rule", Path(file))
        assert spec is not None, "a .py file has a loader"
        assert spec.loader is not None, "a .py file has a loader"
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        rule: Rule = getattr(module, name)
    except Exception as error:  # noqa: BLE001  the user's own code
        _LOG.error(
            "the rule in `routes.custom` cannot be loaded and is left out: %s", type(error).__name__
        )
        return None
    return rule
