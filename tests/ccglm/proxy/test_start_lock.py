"""Two starts do not meet."""

import subprocess
import sys
from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError, ProxyUnavailable
from ccglm.proxy.start_lock import start_lock

HOLDER = (
    "import sys; from pathlib import Path; from ccglm.proxy.start_lock import start_lock\n"
    "with start_lock(Path(sys.argv[1])): print('held', flush=True); input()"
)


def test_a_second_start_is_refused_while_the_first_is_at_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "up.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(ProxyUnavailable, match="another `ccglm up`"), start_lock(path):
        pass
    holder.kill()
    holder.communicate()
    with start_lock(path):
        pass


def test_a_folder_that_takes_nothing_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(PrerequisiteError, match="cannot write"),
        start_lock(tmp_path / "file" / "x"),
    ):
        pass
    (tmp_path / "folder").mkdir()
    with pytest.raises(PrerequisiteError, match="is a directory"), start_lock(tmp_path / "folder"):
        pass
