"""What Claude Code is told beside the address: accounts that compete, model names, the context window.

Behaviour of the client: measured with 2.1.329 on 2026-11-20, where nothing else is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ccglm.claude.facts import MAIN_ROLE
from ccglm.doctor.checks_claude_code import (
    BASE_URL,
    TOKEN,
    is_ours,
    is_provider_itself,
    told_where,
)
from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.text import count
from litellm_config.aliases import LONG_CONTEXT_MARK, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccglm.doctor.client_settings import ClientSettings, Told
    from ccglm.doctor.model import Examined
    from ccglm.doctor.subject import Subject

MODEL: Final = "ANTHROPIC_MODEL"
WINDOW: Final = "CLAUDE_CODE_MAX_CONTEXT_TOKENS"
COMPACT_WINDOW: Final = "CLAUDE_CODE_AUTO_COMPACT_WINDOW"
_OPUS: Final = "ANTHROPIC_DEFAULT_OPUS_MODEL"
_MODELS: Final = (
    MODEL,
    _OPUS,
    "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "ANTHROPIC_DEFAULT_FABLE_MODEL",
    "ANTHROPIC_SMALL_FAST_MODEL",
    "CLAUDE_CODE_SUBAGENT_MODEL",
    "CLAUDE_CODE_AUTO_MODE_MODEL",
    "ANTHROPIC_CUSTOM_MODEL_OPTION",
)
_ELSEWHERE: Final = {
    "CLAUDE_CODE_USE_BEDROCK": "Amazon Bedrock",
    "CLAUDE_CODE_USE_VERTEX": "Google Vertex",
    "CLAUDE_CODE_USE_FOUNDRY": "Microsoft Foundry",
}
_OVERRIDES_THAT_MATTER: Final = ("ANTHROPIC_", "CLAUDE_CODE_", "CLAUDE_STREAM_", "API_", "DISABLE_")
_NO_COMPACTING: Final = (
    "DISABLE_COMPACT",
    "DISABLE_AUTO_COMPACT",
    "CLAUDE_CODE_DISABLE_UNKNOWN_MODEL_WINDOW_ENFORCEMENT",
)
_REWRITE: Final = ("ccglm claude-env",)


def _on_a_gateway(subject: Subject) -> ClientSettings:
    """Return what Claude Code is told; not applicable when it is told no address."""
    client = subject.client()
    told_where(client)
    return client


def _on_the_proxy(subject: Subject) -> ClientSettings:
    """Return what Claude Code is told; not applicable when its requests go elsewhere."""
    client = _on_a_gateway(subject)
    url = client.value(BASE_URL).rstrip("/").removesuffix("/v1")
    if not is_ours(url, subject.address()):
        if is_provider_itself(url, subject):
            raise NotApplicable("Claude Code talks to Z.ai itself")
        raise NotApplicable("Claude Code talks to another address")
    return client


def examine_conflicts(subject: Subject) -> Examined:
    """Do variables and settings of Claude Code contradict each other."""
    client = _on_a_gateway(subject)
    yield from _competing_accounts(client)
    for name, where in _ELSEWHERE.items():
        told = client.told(name)
        if told is not None and told.value != "0":
            yield Finding(
                f"`{name}` is set by {told.source.describe()}",
                f"Claude Code sends its requests to {where}, whatever `{BASE_URL}` says",
                _removal(name, told),
                place=_place(told),
            )
    for name, told in client.overridden():
        if name.startswith(_OVERRIDES_THAT_MATTER):
            yield Finding(
                f"the shell sets `{name}`, but {told.source.describe()} replaces it",
                "Claude Code takes the file's value, the shell's has no effect",
                Remedy("take one of the two away", (f"unset {name}",)),
                Severity.WARNING,
                place=_place(told),
            )


def _competing_accounts(client: ClientSettings) -> Iterator[Finding]:
    if client.told(TOKEN) is None:
        return
    key = client.told("ANTHROPIC_API_KEY")
    if key is not None:
        yield Finding(
            f"`ANTHROPIC_API_KEY` is set by {key.source.describe()}, beside `{TOKEN}`",
            "both are sent with every request: your Anthropic key reaches the proxy",
            _removal("ANTHROPIC_API_KEY", key),
            Severity.WARNING,
            place=_place(key),
        )
    login = client.told("CLAUDE_CODE_OAUTH_TOKEN")
    if login is not None:
        yield Finding(
            f"`CLAUDE_CODE_OAUTH_TOKEN` is set by {login.source.describe()}, beside `{TOKEN}`",
            "a saved login competes with the proxy's token",
            _removal("CLAUDE_CODE_OAUTH_TOKEN", login),
            Severity.WARNING,
            place=_place(login),
        )
    helper = client.key("apiKeyHelper")
    if helper is not None:
        yield Finding(
            f"{helper.source.describe()} has an `apiKeyHelper`, beside `{TOKEN}`",
            "what it prints is sent as a key with every request, to the proxy",
            Remedy("take `apiKeyHelper` out of that file"),
            Severity.WARNING,
            place=_place(helper),
        )


def examine_model_names(subject: Subject) -> Examined:
    """Does the proxy know every model Claude Code asks for, and do the names keep the window."""
    client = _on_the_proxy(subject)
    names = {name: told for name in _MODELS if (told := client.told(name))}
    chosen = client.key("model")
    if chosen:
        names["model"] = chosen
    if _OPUS in names and MODEL not in names and "model" not in names:
        yield Finding(
            f"`{_OPUS}` is set by {names[_OPUS].source.describe()}, without `{MODEL}`",
            "Claude Code takes that name with a window of 1,000,000 tokens and never compacts in time",
            Remedy(f"set `{MODEL}` too", _REWRITE),
            place=_place(names[_OPUS]),
        )
    table = subject.hooks().aliases
    for name, told in names.items():
        if told.value.lower().endswith(LONG_CONTEXT_MARK):
            yield Finding(
                f"`{name}` in {told.source.describe()} is `{told.value}`",
                f"with `{LONG_CONTEXT_MARK}` Claude Code assumes a window of 1,000,000 tokens and "
                f"ignores `{WINDOW}`",
                Remedy(f"take `{LONG_CONTEXT_MARK}` off", _REWRITE),
                place=_place(told),
            )
        if resolve(told.value, table) is None:
            yield Finding(
                f"the proxy has no model `{told.value}`, which `{name}` in "
                f"{told.source.describe()} asks for",
                "such requests are answered with 404",
                Remedy("ask for a role or a model there is", ("ccglm models", *_REWRITE)),
                place=_place(told),
            )
    yield Fact(f"asks for {', '.join(sorted({told.value for told in names.values()})) or 'Claude'}")


def examine_window(subject: Subject) -> Examined:
    """Does Claude Code know the real context window."""
    client = _on_the_proxy(subject)
    hooks = subject.hooks()
    known = [hooks.models[member] for member in hooks.chains[MAIN_ROLE] if member in hooks.models]
    if not known:
        raise NotApplicable(f"the window of no model of `{MAIN_ROLE}` is known")
    real = min(model.context_tokens for model in known)
    told = client.told(WINDOW)
    if told is None:
        yield Finding(
            f"`{WINDOW}` is not set",
            f"Claude Code assumes 1,000,000 tokens; the chain takes {count(real)}, so that long "
            "sessions are refused instead of compacted",
            Remedy("set it", _REWRITE),
        )
    elif not told.value.isdecimal() or int(told.value) > real:
        yield _too_large(WINDOW, told, real)
    compact = client.told(COMPACT_WINDOW)
    if compact is not None and compact.value.isdecimal() and int(compact.value) > real:
        yield _too_large(COMPACT_WINDOW, compact, real)
    for name in _NO_COMPACTING:
        off = client.told(name)
        if off is not None and off.value != "0":
            yield Finding(
                f"`{name}` is set by {off.source.describe()}",
                "Claude Code does not compact by itself: a session ends when the window is full",
                _removal(name, off),
                Severity.WARNING,
                place=_place(off),
            )
    yield Fact(f"the chain of `{MAIN_ROLE}` takes {count(real)} tokens")


def _too_large(name: str, told: Told, real: int) -> Finding:
    return Finding(
        f"`{name}` in {told.source.describe()} is {told.value}, the chain takes {count(real)} tokens",
        "Claude Code compacts too late, and long sessions are refused",
        Remedy("write the real one", _REWRITE),
        place=_place(told),
    )


def _removal(name: str, told: Told) -> Remedy:
    if told.source.path is None:
        return Remedy("take it out of the shell", (f"unset {name}",))
    return Remedy(f"take `{name}` out of that file, or let ccglm empty it", _REWRITE)


def _place(told: Told) -> str:
    return str(told.source.path or "")
