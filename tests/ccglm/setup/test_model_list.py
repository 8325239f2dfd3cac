"""The list of models joins the catalogue, the settings and what providers say."""

from ccglm.result import Table
from ccglm.setup.model_list import ListedModel, list_models, models_view
from ccglm.setup.probe import ProbeAnswer
from litellm_config.catalog import read_catalog
from litellm_config.settings import Settings
from tests.helpers.homes import settings_with

CATALOG = read_catalog()


def by_name(models: list[ListedModel]) -> dict[str, ListedModel]:
    return {model.member: model for model in models}


def test_the_catalogue_is_listed_without_settings() -> None:
    models = by_name(list_models(CATALOG, None))
    assert set(models) == set(CATALOG.models)
    known = models["cerebras/zai-glm-4.7"]
    assert (known.status, known.context_tokens, known.output_usd_per_mtok) == (
        "dedicated",
        131072,
        2.75,
    )
    assert (known.used_by, known.listed) == ((), None)


def test_chains_are_shown_with_the_place_in_them() -> None:
    models = {"main": ["cerebras/gpt-oss-120b", "zai/glm-4.7"], "fast": ["zai/glm-4.7"]}
    settings = Settings.model_validate(settings_with(models=models))
    listed = by_name(list_models(CATALOG, settings))
    assert listed["zai/glm-4.7"].used_by == ("main[1]", "fast[0]")
    assert listed["cerebras/gpt-oss-120b"].used_by == ("main[0]",)


def test_facts_of_the_settings_win() -> None:
    facts = {"cerebras/my-glm": {"like": "cerebras/zai-glm-4.7", "context_tokens": 200_000}}
    settings = Settings.model_validate(
        settings_with(models={"main": ["cerebras/my-glm"]}, model_facts=facts)
    )
    mine = by_name(list_models(CATALOG, settings))["cerebras/my-glm"]
    assert (mine.status, mine.context_tokens, mine.max_output_tokens) == ("unknown", 200_000, 40960)


def test_what_a_provider_lists_is_told() -> None:
    answers = [
        ProbeAnswer("cerebras", "A", frozenset({"gpt-oss-120b"})),
        ProbeAnswer("cerebras", "B", frozenset({"brand-new"})),
        ProbeAnswer("zai", "C", None, "did not answer"),
    ]
    models = by_name(list_models(CATALOG, None, answers))
    assert models["cerebras/gpt-oss-120b"].listed is True
    assert models["cerebras/zai-glm-4.7"].listed is False
    assert models["zai/glm-4.7"].listed is None
    assert (models["cerebras/brand-new"].status, models["cerebras/brand-new"].context_tokens) == (
        "unknown",
        None,
    )


def table_of(blocks: object) -> Table:
    assert isinstance(blocks, list)
    assert isinstance(blocks[0], Table)
    return blocks[0]


def test_people_do_not_see_retired_models_unless_asked() -> None:
    models = list_models(CATALOG, None)
    short, full = (models_view(models, every=every, asked=False) for every in (False, True))
    retired = sum(model.status == "retired" for model in models)
    assert len(table_of(full.blocks).rows) - len(table_of(short.blocks).rows) == retired > 0
    assert short.data == full.data
    assert f"{retired} retired models are not shown" in str(short.blocks[-1])
    assert "listed" not in table_of(short.blocks).columns
    assert "listed" in table_of(models_view(models, every=True, asked=True).blocks).columns


def test_unknown_numbers_are_question_marks() -> None:
    answers = [ProbeAnswer("cerebras", "A", frozenset({"brand-new"}))]
    view = models_view(list_models(CATALOG, None, answers), every=False, asked=True)
    rows = {row[0]: list(row[1:]) for row in table_of(view.blocks).rows}
    assert rows["cerebras/brand-new"] == ["unknown", "", "?", "?", "?", "?", "?", "", "yes"]
    assert rows["cerebras/gpt-oss-120b"] == [
        "current", "", "131,072", "40,960", "0.35", "0.35", "0.75", "", "no",
    ]  # fmt: skip
