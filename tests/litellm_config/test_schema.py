import json
from pathlib import Path
from typing import Any

from litellm_config.schema import schema_path, schema_text, settings_schema
from litellm_config.settings import Settings


def test_the_schema_names_and_describes_every_key() -> None:
    schema: Any = settings_schema()
    assert set(schema["properties"]) == set(Settings.model_fields)
    parts = {"Settings": schema, **schema["$defs"]}
    objects = {title: part for title, part in parts.items() if "properties" in part}
    undescribed = [
        f"{title}.{name}"
        for title, part in objects.items()
        for name, field in part["properties"].items()
        if "description" not in field
    ]
    assert undescribed == []
    assert len(objects) > 10
    assert all(part["additionalProperties"] is False for part in objects.values())


def test_the_text_is_the_schema_and_deterministic() -> None:
    assert json.loads(schema_text()) == settings_schema()
    assert schema_text() == schema_text()


def test_the_schema_lies_beside_the_settings() -> None:
    assert schema_path(Path("/home/me/ccglm.yaml")) == Path("/home/me/ccglm.schema.json")
