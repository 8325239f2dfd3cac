"""The environment of the proxy process: what it needs and nothing else of the user's.

LiteLLM reads dozens of variables (`DATABASE_URL`, `LITELLM_*`, `OTEL_*`, keys of other providers); one that
is left over from something else must not change the proxy, and no key goes where it is not needed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_KEPT: Final = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "TEMP", "TMP",
    "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA",  # Windows starts no Python without them
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "COVERAGE_PROCESS_CONFIG",  # a measured run measures the proxy too
})  # fmt: skip
_KEPT_PREFIX: Final = "LC_"

_FIXED: Final = {
    # LiteLLM's price list comes from its package; without this it asks the network at import.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    # In LiteLLM's default mode its import loads the nearest `.env` above its own files (litellm/__init__.py
    # of 1.106.2): in a checkout that is the checkout's.
    "LITELLM_MODE": "PRODUCTION",
    # The last lines before a crash must be in the log, not in a buffer.
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
}

_REFERENCE: Final = re.compile(r"os\.environ/([A-Za-z_][A-Za-z0-9_]*)")


def child_environment(
    environment: Mapping[str, str],
    secrets: Mapping[str, str],
    *,
    config_text: str,
    names: Iterable[str] = (),
) -> dict[str, str]:
    """Return the environment for the proxy process.

    Args:
        environment: The user's.
        secrets: The variables of `.env`; the user's environment wins over them.
        config_text: The generated LiteLLM config; every `os.environ/NAME` in it is passed on.
        names: Further variables the proxy reads.

    Returns:
        Name to value; a named variable that is set nowhere, or empty, is left out.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() in _KEPT or name.startswith(_KEPT_PREFIX)
    }
    known = {**secrets, **{name: value for name, value in environment.items() if value}}
    wanted = {*_REFERENCE.findall(config_text), *names}
    named = {name: known[name] for name in sorted(wanted) if known.get(name)}
    return {**kept, **named, **_FIXED}
