from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.build import build, build_hook_settings
from litellm_config.catalog import read_catalog
from litellm_config.load import Loaded, load_settings, load_text, merged_variables
from litellm_config.render import render
from litellm_config.yaml_text import write_yaml

MASTER = "sk-ccglm-" + "0123456789abcdef" * 4
ENVIRONMENT = {"CEREBRAS_API_KEY": "csk-abcdefghij", "CCGLM_MASTER_KEY": MASTER}
DOTENV = {"ZAI_API_KEY": "zai-abcdefghij"}
TEXT = """\
providers:
  cerebras: {keys: [CEREBRAS_API_KEY]}
  zai: {keys: [ZAI_API_KEY]}
models:
  main: [cerebras/gpt-oss-120b, zai/glm-4.7]
"""


def loaded(folder: Path, text: str, **environment: str) -> Loaded:
    path = folder / "ccglm.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, {**ENVIRONMENT, **environment}, DOTENV)


def test_a_good_file_gives_settings(tmp_path: Path) -> None:
    result = loaded(tmp_path, TEXT)
    assert result.problems == []
    assert result.settings is not None
    assert result.settings.models == {"main": ("cerebras/gpt-oss-120b", "zai/glm-4.7")}
    assert result.source_text == TEXT
    assert result.draft == result.settings


def test_a_warning_does_not_stand_in_the_way(tmp_path: Path) -> None:
    result = loaded(tmp_path, TEXT.replace("gpt-oss-120b", "zai-glm-4.7"))
    assert result.settings is not None
    assert [problem.key for problem in result.warnings] == ["models.main[0]"]
    assert result.errors == []


def test_an_error_leaves_a_draft_only(tmp_path: Path) -> None:
    result = loaded(tmp_path, TEXT + "server: {prot: 1}\n")
    assert result.settings is None
    assert result.draft is not None
    assert result.draft.server.port == 4000


def test_mistakes_of_every_kind_are_reported_together_in_the_order_of_the_file(
    tmp_path: Path,
) -> None:
    text = (
        TEXT + "  fast: [fsat]\naliases: {opus: mian}\nserver: {port: $PORT, hots: x}\nsever: 1\n"
    )
    path = tmp_path / "ccglm.yaml"
    path.write_text(text)
    result = load_settings(path, {"CEREBRAS_API_KEY": "csk-abcdefghij"}, {})
    assert [str(problem) for problem in result.problems] == [
        "ccglm.yaml:3  providers.zai.keys[0]  the variable `ZAI_API_KEY` is not set; add it to `.env` or export it",
        "ccglm.yaml:6  models.fast[0]  `fsat` is not written `provider/model`, such as `zai/glm-4.7`",
        "ccglm.yaml:7  aliases.opus  nobody defines the role `mian` under `models`, did you mean `main`?",
        "ccglm.yaml:8  server.port  the variable `PORT` is not set; add it to `.env` or export it",
        "ccglm.yaml:8  server.hots  unknown key, did you mean `host`?",
        "ccglm.yaml:9  sever  unknown key, did you mean `server`?",
        ".env  CCGLM_MASTER_KEY  is not set; `ccglm init` writes a random one",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "ccglm.yaml  there is no such file; `ccglm init` writes one"),
        (b"\xff\xfe", "ccglm.yaml  is not UTF-8 text"),
        (b"", "ccglm.yaml  the file is empty"),
        (b"models: [", "ccglm.yaml:1  not valid YAML: "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "ccglm.yaml"
    if content is not None:
        path.write_bytes(content)
    result = load_settings(path, ENVIRONMENT, DOTENV)
    assert (result.settings, result.draft) == (None, None)
    assert len(result.problems) == 1
    assert str(result.problems[0]).startswith(message)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    result = load_settings(tmp_path, ENVIRONMENT, DOTENV)
    assert result.problems[0].message == "cannot be read: is a directory"


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeff" + TEXT).problems == []


def test_variables_fill_in_and_bases_are_overridden(tmp_path: Path) -> None:
    text = TEXT.replace("cerebras/gpt-oss-120b", "'cerebras/${MODEL}'") + "server: {port: $PORT}\n"
    result = loaded(
        tmp_path,
        text,
        MODEL="qwen-3.8-27b",
        PORT="4321",
        ZAI_API_BASE="http://127.0.0.1:9/api/paas/v4",
        CEREBRAS_API_BASE="http://127.0.0.1:8/v1",
    )
    assert result.settings is not None
    assert result.settings.models["main"][0] == "cerebras/qwen-3.8-27b"
    assert result.settings.server.port == 4321
    assert result.settings.providers["zai"].base_url == "http://127.0.0.1:9"
    assert result.settings.providers["cerebras"].base_url == "http://127.0.0.1:8/v1"


def test_a_secret_that_came_in_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prefix.txt").write_text("key: zai-abcdefghij")
    result = loaded(tmp_path, TEXT + "prompt: {prefix: file:prefix.txt}\n")
    assert [str(problem) for problem in result.errors] == [
        "ccglm.yaml:6  prompt.prefix  holds the value of `ZAI_API_KEY`, which must stay in `.env`"
    ]


def test_the_environment_wins_unless_it_is_empty() -> None:
    merged = merged_variables(
        {"A": "env", "B": "", "C": ""}, {"A": "file", "B": "file", "D": None, "E": ""}
    )
    assert merged == {"A": "env", "B": "file", "C": ""}


CATALOG = read_catalog()
SECRET = "zai-s3cret-0123456789"
places = st.sampled_from(
    [
        ("providers", "zai", "keys"), ("providers", "zai", "base_url"), ("prompt", "prefix"),
        ("models", "main"), ("aliases", "opus"), ("litellm", "general_settings"),
        ("litellm", "x"), ("model_facts", "zai/x"), ("server", "host"), ("routes", "custom"),
        ("reasoning_injection", "text"), ("extra_models",), ("nonsense",), ("logging", "level"),
    ]
)  # fmt: skip
forms = st.sampled_from(
    [
        SECRET, [SECRET], {SECRET: 1}, "${ZAI_API_KEY}", "$ZAI_API_KEY", ["${ZAI_API_KEY}"],
        "$SNEAKY", ["x-${SNEAKY}"], {"api_key": SECRET}, {"a": "${ZAI_API_KEY}"}, f"zai/{SECRET}",
        {"master_key": SECRET}, {"text": f"pre {SECRET} post"}, f"https://{SECRET}@host/",
    ]
)  # fmt: skip


@given(st.dictionaries(places, forms, max_size=3))
def test_no_secret_value_is_ever_in_a_generated_text_or_a_message(
    wrong: dict[tuple[str, ...], Any],
) -> None:
    data: dict[str, Any] = {
        "providers": {"zai": {"keys": ["ZAI_API_KEY"]}},
        "models": {"main": ["zai/glm-4.7"]},
    }
    for path, value in wrong.items():
        holder = data
        for part in path[:-1]:
            holder = holder.setdefault(part, {})
        holder[path[-1]] = value
    variables = {"ZAI_API_KEY": SECRET, "SNEAKY": SECRET, "CCGLM_MASTER_KEY": MASTER}
    result = load_text(
        write_yaml(data), path=Path("ccglm.yaml"), variables=variables, catalog=CATALOG
    )
    assert SECRET not in str(result.problems)
    if result.settings is not None:
        config = render(build(result.settings, CATALOG), source="ccglm.yaml")
        hooks = build_hook_settings(result.settings, CATALOG, usage_db_path="usage.db")
        assert SECRET not in config
        assert SECRET not in hooks.to_json()
        assert MASTER not in config + hooks.to_json()


@given(st.text())
def test_any_text_is_loaded_or_explained(text: str) -> None:
    result = load_text(text, path=Path("ccglm.yaml"), variables={}, catalog=CATALOG)
    assert result.settings is None
    assert result.errors
