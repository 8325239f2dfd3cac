import pytest
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.providers import (
    KINDS,
    Member,
    api_base,
    cut_base_url,
    split_member,
    surface_of,
    with_base_overrides,
)
from litellm_config.settings import ProviderSettings, Settings


def settings() -> Settings:
    return Settings(
        providers={
            "cerebras": ProviderSettings(keys=("C",)),
            "zai": ProviderSettings(keys=("Z",), base_url="https://z.example"),
            "openrouter": ProviderSettings(keys=("O",)),
        },
        models={"main": ("zai/glm-4.7",)},
    )


@pytest.mark.parametrize(
    ("provider", "url", "base"),
    [
        ("cerebras", "https://api.cerebras.ai/v1", "https://api.cerebras.ai/v1"),
        ("cerebras", "https://api.cerebras.ai/v1/", "https://api.cerebras.ai/v1"),
        ("cerebras", "http://127.0.0.1:9", "http://127.0.0.1:9/v1"),
        ("cerebras", "https://x/v1/chat/completions", "https://x/v1"),
        ("cerebras", "https://gateway/x/cerebras", "https://gateway/x/cerebras"),
        ("zai", "https://api.z.ai", "https://api.z.ai"),
        ("zai", " https://api.z.ai/ ", "https://api.z.ai"),
        ("zai", "https://api.z.ai/api/paas/v4", "https://api.z.ai"),
        ("zai", "https://api.z.ai/api/paas/v4/", "https://api.z.ai"),
        ("zai", "https://api.z.ai/api/coding/paas/v4", "https://api.z.ai"),
        ("zai", "https://api.z.ai/api/anthropic", "https://api.z.ai"),
        ("zai", "https://api.z.ai/api/anthropic/v1/messages", "https://api.z.ai"),
        ("zai", "https://gw/x/api/coding/paas/v4/chat/completions", "https://gw/x"),
        ("openrouter", "https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1"),
    ],
)
def test_any_address_of_a_provider_is_cut_to_one_form(provider: str, url: str, base: str) -> None:
    assert cut_base_url(provider, url) == base


parts = st.sampled_from(["/api", "/paas/v4", "/coding", "/anthropic", "/v1", "/messages", "/", " "])


@given(st.sampled_from(["cerebras", "zai", "x"]), st.lists(parts | st.text(max_size=5)))
def test_cutting_twice_is_cutting_once(provider: str, path: list[str]) -> None:
    once = cut_base_url(provider, "https://host" + "".join(path))
    assert cut_base_url(provider, once) == once


@pytest.mark.parametrize(
    ("surface", "path"),
    [
        (None, "/api/anthropic"),
        ("anthropic", "/api/anthropic"),
        ("openai", "/api/paas/v4"),
        ("coding", "/api/coding/paas/v4"),
    ],
)
def test_the_surface_of_zai_is_in_its_address(surface: str | None, path: str) -> None:
    provider = ProviderSettings.model_validate({"keys": ["Z"], "surface": surface})
    assert api_base("zai", provider) == "https://api.z.ai" + path
    assert surface_of("zai", provider) == (surface or "anthropic")


def test_cerebras_has_one_surface_and_others_are_left_to_litellm() -> None:
    provider = ProviderSettings(keys=("K",))
    assert (api_base("cerebras", provider), surface_of("cerebras", provider)) == (
        "https://api.cerebras.ai/v1",
        "openai",
    )
    assert (api_base("openrouter", provider), surface_of("openrouter", provider)) == (
        None,
        "litellm",
    )
    own = ProviderSettings(keys=("K",), base_url="https://own/v1")
    assert api_base("openrouter", own) == "https://own/v1"


def test_the_environment_wins_over_the_settings() -> None:
    changed = with_base_overrides(
        settings(),
        {
            "CEREBRAS_API_BASE": "http://127.0.0.1:1/v1",
            "ZAI_API_BASE": "http://127.0.0.1:2/api/paas/v4",
        },
    )
    assert changed.providers["cerebras"].base_url == "http://127.0.0.1:1/v1"
    assert changed.providers["zai"].base_url == "http://127.0.0.1:2"
    assert changed.providers["openrouter"] == settings().providers["openrouter"]


def test_without_overrides_nothing_changes() -> None:
    assert with_base_overrides(settings(), {"ZAI_API_BASE": " ", "PATH": "x"}) == settings()


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("zai/glm-4.7", Member("zai", "glm-4.7")),
        ("openrouter/z-ai/glm-4.7", Member("openrouter", "z-ai/glm-4.7")),
        ("fast", None),
        ("/x", None),
        ("zai/", None),
        ("zai,glm", None),
        ("zai/a b", None),
    ],
)
def test_a_member_is_provider_slash_model(text: str, member: Member | None) -> None:
    assert split_member(text) == member


def test_our_dialects_are_for_cerebras_and_zai() -> None:
    assert set(KINDS) == {"cerebras", "zai"}
