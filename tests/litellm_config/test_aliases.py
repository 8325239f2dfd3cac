import pytest
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.aliases import Resolution, is_glob, resolve
from litellm_config.hook_settings import AliasTable

TABLE = AliasTable(
    exact={"opus": "main", "haiku": "fast", "big": "zai/glm-5.3"},
    globs={"*": "main", "claude-*haiku*": "fast", "claude-*": "main"},
    roles=("main", "fast"),
    members=(
        "cerebras/zai-glm-4.7",
        "zai/glm-4.7",
        "zai/glm-5.3",
        "openrouter/z-ai/glm-4.7",
        "cerebras/glm-4.7",
    ),
    providers=("cerebras", "zai", "openrouter"),
)


@pytest.mark.parametrize(
    ("name", "group", "via"),
    [
        ("opus", "main", "alias"),
        ("Opus", "main", "alias"),
        ("opus[1m]", "main", "alias"),
        (" opus [1M]", "main", "alias"),
        ("big", "zai/glm-5.3", "alias"),
        ("fast", "fast", "role"),
        ("zai/glm-4.7", "zai/glm-4.7", "member"),
        ("zai/glm-5.3[1m]", "zai/glm-5.3", "member"),
        ("ZAI/GLM-4.7", "zai/glm-4.7", "member"),
        ("cerebras,zai-glm-4.7", "cerebras/zai-glm-4.7", "pair"),
        ("cerebras, zai-glm-4.7", "cerebras/zai-glm-4.7", "pair"),
        ("zai-glm-4.7", "cerebras/zai-glm-4.7", "model_id"),
        ("glm-4.7", "zai/glm-4.7", "model_id"),
        ("z-ai/glm-4.7", "openrouter/z-ai/glm-4.7", "model_id"),
        ("claude-haiku-5-5", "fast", "glob"),
        ("claude-3-5-haiku-latest", "fast", "glob"),
        ("claude-opus-5-5[1m]", "main", "glob"),
        ("gpt-5", "main", "glob"),
        ("anthropic/claude-x", "main", "glob"),
        ("", "main", "glob"),
    ],
)
def test_every_spelling_finds_its_group(name: str, group: str, via: str) -> None:
    found = resolve(name, TABLE)
    assert found is not None
    assert (found.group, found.via) == (group, via)


def test_an_alias_wins_over_a_role_of_the_same_name() -> None:
    table = AliasTable(exact={"fast": "main"}, roles=("main", "fast"))
    assert resolve("fast", table) == Resolution("main", "alias", "fast")


def test_an_unknown_model_of_a_known_provider_is_not_served_by_another() -> None:
    assert resolve("zai/glm-99", TABLE) is None
    assert resolve("zai,glm-99", TABLE) is None


def test_without_a_star_an_unknown_name_finds_nothing() -> None:
    table = AliasTable(globs={"claude-*": "main"}, roles=("main",))
    assert resolve("gpt-5", table) is None
    assert resolve("claude-x", table) == Resolution("main", "glob", "claude-*")


def test_the_longest_pattern_is_tried_first_in_whatever_order_it_was_given() -> None:
    table = AliasTable(globs={"a*": "one", "a*c": "two", "*": "three"})
    assert [r.group for n in ("ab", "abc", "b") if (r := resolve(n, table))] == [
        "one",
        "two",
        "three",
    ]


def test_brackets_and_dots_in_a_pattern_are_plain_text() -> None:
    table = AliasTable(globs={"glm-5.3[x]*": "main", "v?": "fast"})
    assert resolve("glm-5.3x", table) is None
    assert resolve("glm-5.3[x]y", table) is not None
    assert resolve("v1", table) is not None
    assert resolve("v12", table) is None


@given(st.text())
def test_a_table_with_a_star_answers_every_name_with_a_known_group(name: str) -> None:
    found = resolve(name, TABLE)
    if found is None:
        assert name.strip().casefold().startswith(("cerebras", "zai", "openrouter"))
    else:
        assert found.group in (*TABLE.roles, *TABLE.members)


names = st.text(alphabet="abAB*?/,[1m]- ", max_size=8)


@given(
    names,
    st.builds(
        AliasTable,
        exact=st.dictionaries(names, names, max_size=3),
        globs=st.dictionaries(names, names, max_size=3),
        roles=st.lists(names, max_size=3).map(tuple),
        members=st.lists(st.builds("{}/{}".format, names, names), max_size=3).map(tuple),
        providers=st.lists(names, max_size=2).map(tuple),
    ),
)
def test_resolving_never_fails_and_answers_from_the_table(name: str, table: AliasTable) -> None:
    found = resolve(name, table)
    groups = {*table.exact.values(), *table.globs.values(), *table.roles, *table.members}
    assert found is None or found.group in groups


def test_a_pattern_is_known_by_its_star_or_question_mark() -> None:
    assert is_glob("claude-*")
    assert is_glob("v?")
    assert not is_glob("glm-5.3[1m]")
