"""Run by the doctor in a Python of its own, as the proxy's is: `python -P -m ccglm.doctor.probe`.

    packages        where our packages and LiteLLM come from: `{"folders": {name: folder or null}, "litellm": version}`
    seam [CONFIG]   whether LiteLLM still has what our dialects hold on to, and takes the generated config:
                    `{"seam": [problem], "config": [problem]}`

A process, because importing LiteLLM takes seconds, may fail in any way, and would stay in memory. Modules are
named as text: this package does not depend on them.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = ("ccglm", "litellm_config", "callbacks", "litellm")
_SEAM = "callbacks.litellm_seam"
_VERIFIER = "litellm_config.verify_litellm"


def main(arguments: Sequence[str]) -> int:
    """Look, and print one JSON document; returns the exit code."""
    if arguments[0] == "packages":
        document: dict[str, Any] = {"folders": folders(), "litellm": litellm_version()}
    else:
        problems = seam_problems()
        # A LiteLLM that cannot be imported would only be said to refuse the config too.
        config = config_problems(Path(arguments[1])) if arguments[1:] and not problems else []
        document = {"seam": problems, "config": config}
    # LiteLLM may write to the same stream; the document is the last line.
    sys.stdout.write("\n" + json.dumps(document) + "\n")
    return 0


def folders() -> dict[str, str | None]:
    """Return the folder each package would be imported from; None when there is none."""
    found = {name: importlib.util.find_spec(name) for name in PACKAGES}
    return {
        name: str(Path(spec.origin).resolve().parent) if spec and spec.origin else None
        for name, spec in found.items()
    }


def litellm_version() -> str | None:
    """Return the version LiteLLM was installed as, without importing it; None when it is not there."""
    try:
        return importlib.metadata.version("litellm")
    except importlib.metadata.PackageNotFoundError:
        return None


def seam_problems() -> list[str]:
    """Return what is missing in LiteLLM of what our seam holds on to."""
    try:
        seam: Any = importlib.import_module(_SEAM)
    except Exception as error:  # noqa: BLE001 - an import runs code that may fail in any way
        return [f"`{_SEAM}` cannot be imported: {_one_line(error)}"]
    problems = [
        *_missing(seam.DialectConfig, seam.AnthropicMessagesConfig),
        *_missing(seam.DialectClient, seam.AsyncHTTPHandler),
    ]
    try:
        ask = seam.ProviderConfigManager.get_provider_anthropic_messages_config
        taken = set(inspect.signature(ask).parameters)
        seam.install()
        installed = seam.ProviderConfigManager.get_provider_anthropic_messages_config
    except Exception as error:  # noqa: BLE001 - as above
        return [*problems, f"our dialects cannot be registered: {_one_line(error)}"]
    if not {"model", "provider"} <= taken:
        problems.append("LiteLLM asks for a provider's dialect in another way than it did")
    if not getattr(installed, "asks_ccglm", False):
        problems.append("LiteLLM does not ask our dialects")
    return problems


def config_problems(path: Path) -> list[str]:
    """Return what the installed LiteLLM refuses of a generated config, or would ignore."""
    verifier: Any = importlib.import_module(_VERIFIER)
    try:
        return [str(problem) for problem in verifier.verify(path)]
    except Exception as error:  # noqa: BLE001 - LiteLLM raises whatever its parts raise
        return [f"LiteLLM cannot read it: {_one_line(error)}"]


def _missing(ours: type, base: type) -> list[str]:
    return [
        f"LiteLLM's `{base.__name__}` has no `{name}` any more"
        for name, member in vars(ours).items()
        if _overrides(member) and not hasattr(base, name)
    ]


def _overrides(member: object) -> bool:
    """Return whether a member of a class is marked as replacing one of its base."""
    function = member.fget if isinstance(member, property) else member
    return getattr(function, "__override__", False) is True


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
