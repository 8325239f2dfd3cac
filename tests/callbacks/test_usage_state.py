"""Calibration and small values survive from one process to the next."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callbacks.usage_schema import StoreDamagedError, open_store
from callbacks.usage_state import (
    DROPPED_KEY,
    Calibration,
    add_dropped,
    delete_state,
    load_calibration,
    load_state,
    read_state,
    store_calibration,
    store_state,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_store_nothing_is_known(tmp_path: Path) -> None:
    assert load_calibration(tmp_path / "usage.db") == {}
    assert load_state(tmp_path / "usage.db") == {}
    assert not (tmp_path / "usage.db").exists()


def test_the_last_calibration_of_each_model_counts(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with closing(open_store(path)) as connection:
        store_calibration(connection, Calibration("zai/glm-4.7", 1.1, 3), 1)
        store_calibration(connection, Calibration("zai/glm-4.7", 1.2, 4), 2)
        store_calibration(connection, Calibration("cerebras/zai-glm-4.7", 0.9, 1), 2)

    assert load_calibration(path) == {
        "zai/glm-4.7": Calibration("zai/glm-4.7", 1.2, 4),
        "cerebras/zai-glm-4.7": Calibration("cerebras/zai-glm-4.7", 0.9, 1),
    }


def test_values_come_back_by_the_beginning_of_their_key(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with closing(open_store(path)) as connection:
        store_state(connection, "cooling.CEREBRAS_API_KEY", '{"until": 5}', 1)
        store_state(connection, "cooling.CEREBRAS_API_KEY", '{"until": 6}', 2)
        store_state(connection, "cooling.gone", "1", 2)
        store_state(connection, "cool%", "[]", 2)
        delete_state(connection, "cooling.gone")

    assert load_state(path, "cooling.") == {"cooling.CEREBRAS_API_KEY": {"until": 6}}
    assert load_state(path, "cool%") == {"cool%": []}
    assert len(load_state(path)) == 2


def test_one_value_is_read_from_an_open_store(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "usage.db")) as connection:
        store_state(connection, "key", '{"a": [1]}', 1)

        assert read_state(connection, "key") == {"a": [1]}
        assert read_state(connection, "other", 5) == 5


def test_lost_rows_add_up_over_all_who_lose_some(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with closing(open_store(path)) as one, closing(open_store(path)) as another:
        add_dropped(one, 3, 1)
        add_dropped(another, 4, 2)

    assert load_state(path) == {DROPPED_KEY: 7}


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    path.write_bytes(b"x" * 4096)

    with pytest.raises(StoreDamagedError):
        load_calibration(path)
