from hypothesis import given
from hypothesis import strategies as st

from litellm_config.fallbacks import build_fallbacks, has_key_choice, longest_fallback, walk
from litellm_config.settings import Settings
from tests.litellm_config.builders import settings_with


def test_a_role_falls_back_to_its_further_members_in_order() -> None:
    models = {"main": ["cerebras/a", "zai/b", "zai/c"], "fast": ["zai/d"]}
    assert build_fallbacks(settings_with(models=models)) == [{"main": ["zai/b", "zai/c"]}]


def test_steps_count_further_members_and_further_keys() -> None:
    assert longest_fallback(settings_with()) == 5
    providers = {"cerebras": {"keys": list("ABCDEFG")}, "zai": {"keys": ["Y", "Z"]}}
    assert longest_fallback(settings_with(providers=providers)) == 8


def test_a_choice_of_keys_is_seen() -> None:
    assert not has_key_choice(settings_with())
    assert has_key_choice(settings_with(providers={"zai": {"keys": ["A", "B"]}}))


names = st.sampled_from(["main", "fast", "zai/a", "zai/b", "cerebras/c"])


@given(names, st.lists(st.dictionaries(names, st.lists(names, max_size=4), max_size=3)))
def test_a_walk_always_ends_and_visits_a_group_once(
    start: str, fallbacks: list[dict[str, list[str]]]
) -> None:
    visited = list(walk(start, fallbacks))
    assert visited[0] == start
    assert len(visited) == len(set(visited))


members = st.lists(
    st.sampled_from(["zai/a", "zai/b", "cerebras/c", "x/d"]), min_size=1, unique=True
)


@given(st.dictionaries(st.sampled_from(["main", "fast", "big"]), members, min_size=1))
def test_built_fallbacks_walk_exactly_the_chain(models: dict[str, list[str]]) -> None:
    settings = Settings.model_validate({"providers": {"zai": {}}, "models": models})
    fallbacks = build_fallbacks(settings)
    for role, chain in models.items():
        assert list(walk(role, fallbacks)) == [role, *chain[1:]]
        assert list(walk(chain[0], fallbacks)) == [chain[0]]
