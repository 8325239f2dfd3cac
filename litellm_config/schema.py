"""The JSON schema of `ccglm.yaml`, for editors and `ccglm config schema`."""

import json
from pathlib import Path

from pydantic import JsonValue

from litellm_config.settings import Settings

SCHEMA_FILE_NAME = "ccglm.schema.json"
"""File beside `ccglm.yaml` that its first line names."""


def settings_schema() -> dict[str, JsonValue]:
    """Return the JSON schema (2020-12) of the settings file."""
    schema = Settings.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ccglm.yaml",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """Return the schema file's text, deterministic, ending in a newline."""
    return json.dumps(settings_schema(), indent=2, ensure_ascii=False) + "\n"


def schema_path(settings_path: Path) -> Path:
    """Return where the schema file belongs that the settings file's first line names."""
    return settings_path.with_name(SCHEMA_FILE_NAME)
