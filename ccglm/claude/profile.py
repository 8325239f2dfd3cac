"""The client profile: what Claude Code must be told so that it works well on a GLM gateway.

Pure data in, data out; who writes it where is decided by `settings_file`, `launch` and the commands.
Everything stated here about the client was measured with Claude Code 2.1.329 on 2026-11-20 against
a recording server, unless a line says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ccglm.claude.profile_model import Profile, ProfileSetting, ProfileVariable

if TYPE_CHECKING:
    from ccglm.claude.profile_model import ProfileFacts, Tiers

# The client's own bounds for the compaction window; below the lower one the variable does nothing.
COMPACT_WINDOW_BOUNDS: Final = (100_000, 1_000_000)
# What the client asks for when it is told nothing; more only raises what a provider reserves.
CLIENT_OUTPUT_TOKENS: Final = 32_000

# Tools no terminal session on a small context needs; with their long descriptions they are about
# 40 KB of the first request (87 KB with them, 36 KB with the short system prompt and without).
BACKGROUND_TOOLS: Final = (
    "CronCreate",
    "CronDelete",
    "CronList",
    "DesignSync",
    "EnterWorktree",
    "ExitWorktree",
    "ListAgents",
    "Monitor",
    "ReportFindings",
    "ScheduleWakeup",
    "SendMessage",
    "Workflow",
)


def build_profile(facts: ProfileFacts) -> Profile:
    """Return the profile of a client that talks to `facts.base_url`."""
    return Profile(
        variables=(
            *_endpoint(facts),
            *_models(facts.tiers),
            *_limits(facts),
            *_prompt(),
            *_time_outs(facts),
            *_traffic(),
        ),
        settings=_settings(facts),
    )


def _endpoint(facts: ProfileFacts) -> tuple[ProfileVariable, ...]:
    other_accounts = {
        "ANTHROPIC_API_KEY": "a key in the environment would be sent beside the token",
        "CLAUDE_CODE_OAUTH_TOKEN": "a saved login would compete with the token",
        "CLAUDE_CODE_USE_BEDROCK": "would send the session to Bedrock instead",
        "CLAUDE_CODE_USE_VERTEX": "would send the session to Vertex instead",
        "CLAUDE_CODE_USE_FOUNDRY": "would send the session to Foundry instead",
    }
    return (
        ProfileVariable("ANTHROPIC_BASE_URL", facts.base_url, "where the requests go"),
        ProfileVariable(
            "ANTHROPIC_AUTH_TOKEN",
            facts.token,
            "the gateway's token; with it the client asks for no login",
            secret=True,
        ),
        *(ProfileVariable(name, "", f"emptied: {why}") for name, why in other_accounts.items()),
    )


def _models(tiers: Tiers) -> tuple[ProfileVariable, ...]:
    variables = [
        ProfileVariable(
            "ANTHROPIC_MODEL",
            tiers.main.name,
            "the session's model; unset, it would be the Opus name with a window of 1,000,000",
        )
    ]
    named = {
        "OPUS": tiers.opus,
        "SONNET": tiers.sonnet,
        "HAIKU": tiers.haiku,
        "FABLE": tiers.fable,
    }
    for tier, model in named.items():
        prefix = f"ANTHROPIC_DEFAULT_{tier}_MODEL"
        variables += [
            ProfileVariable(prefix, model.name, f"what `{tier.lower()}` means; unset, a Claude id"),
            ProfileVariable(f"{prefix}_NAME", model.title, "its name in the `/model` list"),
            ProfileVariable(f"{prefix}_DESCRIPTION", model.description, "its line in that list"),
        ]
    return (
        *variables,
        ProfileVariable(
            "ANTHROPIC_SMALL_FAST_MODEL",
            tiers.background.name,
            "side work: WebFetch summaries and titles",
        ),
        ProfileVariable(
            "CLAUDE_CODE_SUBAGENT_MODEL", tiers.main.name, "subagents without a model of their own"
        ),
    )


def _limits(facts: ProfileFacts) -> tuple[ProfileVariable, ...]:
    low, high = COMPACT_WINDOW_BOUNDS
    compact = (
        ProfileVariable(
            "CLAUDE_CODE_AUTO_COMPACT_WINDOW",
            str(min(facts.context_tokens, high)),
            "compact within that window whatever the model is called",
        ),
    )
    return (
        ProfileVariable(
            "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
            str(facts.context_tokens),
            "the smallest context of the chain; the client assumes 1,000,000 for a name it does "
            "not know and would never compact in time",
        ),
        *(compact if facts.context_tokens >= low else ()),
        ProfileVariable(
            "CLAUDE_CODE_DISABLE_1M_CONTEXT",
            "1",
            "no `[1m]` names: those ignore the window above",
        ),
        ProfileVariable(
            "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
            str(min(facts.max_output_tokens, CLIENT_OUTPUT_TOKENS)),
            "what every model of the chain can answer",
        ),
    )


def _prompt() -> tuple[ProfileVariable, ...]:
    return (
        ProfileVariable(
            "CLAUDE_CODE_SIMPLE_SYSTEM_PROMPT",
            "0",
            "the full system prompt; a name the client does not know gets a short one",
        ),
        ProfileVariable(
            "CLAUDE_CODE_ATTRIBUTION_HEADER",
            "0",
            "no first line that changes with each conversation and defeats prefix caches",
        ),
        ProfileVariable(
            "CLAUDE_CODE_MODEL_CAPABILITIES",
            "-mid_conv_system,-mid_conv_tool_change",
            "instructions inside the conversation as user text, which every provider takes",
        ),
        ProfileVariable(
            "ENABLE_TOOL_SEARCH", "false", "all tools up front; GLM has no tool search"
        ),
        ProfileVariable(
            "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS",
            "1",
            "no request fields that only Anthropic's own servers know",
        ),
    )


def _time_outs(facts: ProfileFacts) -> tuple[ProfileVariable, ...]:
    return (
        ProfileVariable("API_TIMEOUT_MS", str(facts.api_timeout_ms), "wait for a slow first token"),
        ProfileVariable(
            "API_FORCE_IDLE_TIMEOUT",
            "0",
            "without it the client gives up after 360 s whatever the line above says",
        ),
        ProfileVariable(
            "CLAUDE_STREAM_IDLE_TIMEOUT_MS", "600000", "a silent stream is given 10 minutes, not 5"
        ),
    )


def _traffic() -> tuple[ProfileVariable, ...]:
    return (
        ProfileVariable(
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
            "1",
            "no titles, telemetry, update checks: they cost requests of the quota or leave the machine",
        ),
        ProfileVariable(
            "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL",
            "1",
            "no download at start; not covered by the line above (official documentation)",
        ),
    )


def _settings(facts: ProfileFacts) -> tuple[ProfileSetting, ...]:
    search = () if facts.serves_web_search else ("WebSearch",)
    background = () if facts.keeps_all_tools else BACKGROUND_TOOLS
    reasons = [
        *(["a model that cannot search would invent results"] if search else []),
        *(["background tools are about 40 KB of every request"] if background else []),
    ]
    denied = (ProfileSetting(("permissions", "deny"), (*search, *background), "; ".join(reasons)),)
    return (
        ProfileSetting(
            ("permissions", "disableAutoMode"),
            "disable",
            "auto mode sends a second request with a 141,000-character prompt per tool call",
        ),
        *(denied if reasons else ()),
        ProfileSetting(
            ("skipWebFetchPreflight",),
            True,
            "WebFetch would ask api.anthropic.com before every page",
        ),
    )
