"""Take secrets out of text that is shown or passed on: those that are known, and what looks like one.

`hide_known` is for what a command says here; `hide_all` is for text that leaves this machine, and would rather
hide too much than too little.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ccglm.dotenv_file import secret_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HIDDEN: Final = "<hidden>"
_SHORTEST: Final = 6
"""As in `ccglm.dotenv_file`: shorter values (`x`, `true`) stand in any text."""

# Key shapes: OpenAI's, Anthropic's and Cerebras' prefixes, GitHub's, Slack's; Z.ai's `id.secret` (2026-11).
_KEY_SHAPES: Final = re.compile(
    r"\b(?:sk|csk|rk|pk|key|ghp|gho|github_pat|xox[abprs])[-_][A-Za-z0-9_\-]{8,}"
    r"|\b[0-9a-fA-F]{32}\.[A-Za-z0-9]{8,}"
)
_BEARER: Final = re.compile(r"\b(bearer|basic)\s+[^\s\"',;]{4,}", re.IGNORECASE)
_USER_OF_URL: Final = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s@\"']+@", re.IGNORECASE)

# `name: value`, `name=value`, `"name": "value"` of anything that is called like a secret.
_ASSIGNED: Final = re.compile(
    r"""((?:key|token|secret|passw(?:or)?d|credentials?|authorization|cookie)s?\b["']?[ \t]*[:=][ \t]*)"""
    r"""("[^"\n]*"|'[^'\n]*'|[^\s"',;}\])]+)""",
    re.IGNORECASE,
)
_HARMLESS_VALUE: Final = re.compile(
    r"[\d.,]+|true|false|none|null|os\.environ/\w+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|\[.*|<.*>|\$\{?\w+\}?",
)
# Random text has no separators for long, and both letters and digits.
_RANDOM: Final = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{20,}")


class Redactor:
    """Hides the secrets of one set-up."""

    def __init__(self, known: Mapping[str, str]) -> None:
        """Remember what must not be shown.

        Args:
            known: Secret to the name it is shown as, such as a variable's.
        """
        self._names: dict[str, str] = {}
        for value, name in known.items():
            for form in _forms_of(value):
                self._names.setdefault(form, name)
        # The longest first, so that none is left in part.
        forms = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, forms))) if forms else None

    def hide_known(self, text: str) -> str:
        """Return the text without the known secrets, and without what has the shape of a key."""
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: f"<{self._names[found.group()]}>", text)
        text = _KEY_SHAPES.sub(HIDDEN, text)
        text = _BEARER.sub(rf"\1 {HIDDEN}", text)
        return _USER_OF_URL.sub(rf"\1{HIDDEN}@", text)

    def hide_all(self, text: str) -> str:
        """Return the text also without values that are named like a secret, or look random."""
        return _RANDOM.sub(HIDDEN, _ASSIGNED.sub(_hidden_value, self.hide_known(text)))


def _hidden_value(found: re.Match[str]) -> str:
    value = found[2].strip("\"'")
    return found[0] if not value or _HARMLESS_VALUE.fullmatch(value) else found[1] + HIDDEN


def _forms_of(value: str) -> Iterable[str]:
    """Return how a secret is written: as it is, inside JSON, inside an address."""
    bare = value.strip()
    forms = (value, bare, json.dumps(bare)[1:-1], json.dumps(bare, ensure_ascii=False)[1:-1])
    return {form for form in (*forms, quote(bare, safe="")) if len(form.strip()) >= _SHORTEST}


def known_secrets(*variables: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets among variables, each with its variable's name, judged by the names.

    A secret that stands under several names gets the first. `..._TOKENS` counts tokens and holds none.
    """
    return {
        value: name
        for mapping in reversed(variables)
        for name, value in mapping.items()
        if secret_values({name: value}) and not name.upper().endswith("_TOKENS")
    }
