from __future__ import annotations

from dataclasses import replace

import pytest

from ccglm.claude.profile import BACKGROUND_TOOLS, build_profile
from ccglm.claude.profile_model import Profile, ProfileFacts, TierModel, Tiers

MAIN = TierModel("main", "GLM 4.7", "cerebras/zai-glm-4.7, then zai/glm-4.7")
FAST = TierModel("fast", "GLM 4.5 Air", "zai/glm-4.5-air")
FACTS = ProfileFacts(
    base_url="http://127.0.0.1:4000",
    token="sk-ccglm-1",
    tiers=Tiers(main=MAIN, opus=MAIN, sonnet=MAIN, haiku=FAST, fable=MAIN, background=FAST),
    context_tokens=131_072,
    max_output_tokens=40_960,
)


def _settings(profile: Profile) -> dict[str, object]:
    return {".".join(setting.path): setting.value for setting in profile.settings}


def test_every_line_has_a_reason_and_every_name_stands_once() -> None:
    profile = build_profile(FACTS)
    assert all(variable.why for variable in profile.variables)
    assert all(setting.why for setting in profile.settings)
    assert len(profile.environment()) == len(profile.variables)


def test_every_name_the_client_may_send_is_one_of_ours() -> None:
    environment = build_profile(FACTS).environment()
    assert environment["ANTHROPIC_MODEL"] == "main"
    assert environment["CLAUDE_CODE_SUBAGENT_MODEL"] == "main"
    assert environment["ANTHROPIC_SMALL_FAST_MODEL"] == "fast"
    assert {
        tier: environment[f"ANTHROPIC_DEFAULT_{tier}_MODEL"]
        for tier in ("OPUS", "SONNET", "HAIKU", "FABLE")
    } == {"OPUS": "main", "SONNET": "main", "HAIKU": "fast", "FABLE": "main"}
    assert environment["ANTHROPIC_DEFAULT_HAIKU_MODEL_NAME"] == "GLM 4.5 Air"


def test_only_the_token_is_secret() -> None:
    secrets = [v.name for v in build_profile(FACTS).variables if v.secret]
    assert secrets == ["ANTHROPIC_AUTH_TOKEN"]


@pytest.mark.parametrize(
    ("context", "window", "compact"),
    [
        (131_072, "131072", "131072"),
        (1_048_576, "1048576", "1000000"),
        # Below its lower bound the client does not read the compaction window.
        (65_536, "65536", None),
    ],
)
def test_the_client_compacts_within_the_smallest_context(
    context: int, window: str, compact: str | None
) -> None:
    environment = build_profile(replace(FACTS, context_tokens=context)).environment()
    assert environment["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == window
    assert environment.get("CLAUDE_CODE_AUTO_COMPACT_WINDOW") == compact


@pytest.mark.parametrize(("limit", "asked"), [(40_960, "32000"), (16_000, "16000")])
def test_no_more_output_is_asked_for_than_the_chain_can_give(limit: int, asked: str) -> None:
    environment = build_profile(replace(FACTS, max_output_tokens=limit)).environment()
    assert environment["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] == asked


def test_web_search_is_denied_unless_it_is_served() -> None:
    denied = _settings(build_profile(FACTS))["permissions.deny"]
    assert denied == ("WebSearch", *BACKGROUND_TOOLS)
    served = build_profile(replace(FACTS, serves_web_search=True))
    assert _settings(served)["permissions.deny"] == BACKGROUND_TOOLS


def test_with_all_tools_kept_and_search_served_nothing_is_denied() -> None:
    profile = build_profile(replace(FACTS, serves_web_search=True, keeps_all_tools=True))
    assert _settings(profile) == {
        "permissions.disableAutoMode": "disable",
        "skipWebFetchPreflight": True,
    }


def test_other_accounts_of_the_user_are_emptied() -> None:
    environment = build_profile(FACTS).environment()
    assert environment["ANTHROPIC_API_KEY"] == ""
    assert environment["CLAUDE_CODE_USE_BEDROCK"] == ""
