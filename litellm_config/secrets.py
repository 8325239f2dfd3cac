"""What counts as a secret: by the name of a variable or setting, never by guessing at values."""

import re

MASTER_KEY_VARIABLE = "CCGLM_MASTER_KEY"
"""The proxy's own key: LiteLLM's master key and what Claude Code sends."""

REFERENCE = "os.environ/"
"""Prefix with which LiteLLM's config names a variable instead of holding its value."""

_SECRET_NAME = re.compile(
    r"(?:^|[_.-])(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)S?$", re.IGNORECASE
)
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_WEAK_KEYS = frozenset({"sk-1234", "sk-12345", "sk-123456", "sk-12345678", "changeme", "password"})
"""LiteLLM 1.106.2 refuses to start with `sk-1234`; the others are its relatives."""

_SHORTEST_KEY = 16
_FEWEST_DIFFERENT = 6


def is_secret_name(name: str) -> bool:
    """Tell whether a variable or setting of this name holds a secret."""
    return _SECRET_NAME.search(name) is not None


def is_variable_name(name: str) -> bool:
    """Tell whether text can be the name of an environment variable."""
    return _VARIABLE_NAME.fullmatch(name) is not None


def master_key_weakness(key: str) -> str | None:
    """Say what is wrong with a master key.

    Args:
        key: The key as the environment has it.

    Returns:
        A clause such as `is empty` that does not contain the key, or None for a good key.
    """
    bare = key.strip()
    if not bare:
        return "is empty"
    if bare.lower() in _WEAK_KEYS:
        return "is a publicly known example, which LiteLLM refuses"
    if re.search(r"\s", bare):
        return "contains white space"
    if len(bare) < _SHORTEST_KEY:
        return f"is shorter than {_SHORTEST_KEY} characters"
    if len(set(bare.removeprefix("sk-"))) < _FEWEST_DIFFERENT:
        return "repeats the same few characters"
    return None
