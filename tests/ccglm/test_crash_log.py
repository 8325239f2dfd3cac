"""A crash log is written where it can be and holds no key."""

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccglm.console import Output
from ccglm.context import AppContext
from ccglm.crash_log import write_crash_log
from ccglm.paths import Paths
from tests.helpers.streams import TextStream

KEY = "csk-0123456789abcdef"
MOMENT = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)


def an_app(folder: Path) -> AppContext:
    return AppContext(
        environment={"CEREBRAS_API_KEY": KEY},
        paths=Paths(settings=folder / "ccglm.yaml", state=folder / "state"),
        output=Output(stdout=TextStream(), stderr=TextStream(), environment={}),
        now=lambda: MOMENT,
    )


def raised(text: str) -> ValueError:
    with pytest.raises(ValueError, match=re.escape(text)) as caught:
        int_of(text)
    return caught.value


def int_of(text: str) -> int:
    raise ValueError(text)


def test_it_holds_versions_and_traceback_but_no_key(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OTHER_TOKEN=from-the-file-1\n")
    path = write_crash_log(raised(f"{KEY} from-the-file-1 harmless"), an_app(tmp_path))
    assert path is not None
    assert path == tmp_path / "state" / "logs" / "crash-20261120T120001.log"
    text = path.read_text()
    assert "ccglm 0." in text
    assert "2026-11-20T12:00:01+00:00" in text
    assert "harmless" in text
    assert KEY not in text
    assert "from-the-file-1" not in text


def test_it_goes_to_the_temporary_folder_when_the_state_folder_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "state").write_text("a file where the folder should be")
    app = an_app(tmp_path)
    path = write_crash_log(raised("x"), app)
    assert path == tmp_path / "tmp" / "crash-20261120T120001.log"


def test_an_unreadable_secrets_file_does_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert write_crash_log(raised("x"), an_app(tmp_path))


def test_nowhere_to_write_is_told_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    paths = Paths(settings=tmp_path / "ccglm.yaml", state=tmp_path / "file")
    app = dataclasses.replace(an_app(tmp_path), paths=paths)
    assert write_crash_log(raised("x"), app) is None
