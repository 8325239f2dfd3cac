"""The log is rotated without losing a byte, by several processes at once, and old files go."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from callbacks.log_rotation import remove_old, start_rotation

WRITER = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from callbacks.log_rotation import rotate_if_due
    path, name, lines = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    for number in range(lines):
        stream = sys.stderr if number % 2 else sys.stdout
        stream.write(f"{name} {number}\\n"); stream.flush()
        rotate_if_due(path, 500)
""")


LINES = 400


def start_writer(path: Path, name: str, lines: int) -> subprocess.Popen[bytes]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        return subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name, str(lines)],
            stdout=descriptor, stderr=descriptor,
        )  # fmt: skip
    finally:
        os.close(descriptor)


def written(folder: Path) -> list[str]:
    return [line for path in folder.iterdir() for line in path.read_text().splitlines()]


@pytest.mark.parametrize("writers", [1, 3])
def test_nothing_is_lost_when_files_are_exchanged(writers: int, tmp_path: Path) -> None:
    path = tmp_path / "proxy.log"
    children = [start_writer(path, f"w{number}", LINES) for number in range(writers)]
    assert [child.wait(60) for child in children] == [0] * writers
    expected = [f"w{writer} {number}" for writer in range(writers) for number in range(LINES)]
    assert sorted(written(tmp_path)) == sorted(expected)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) > 3
    # Each may write one more line between the moment the file is full and the moment it is exchanged.
    assert max(sizes) < 500 + 20 * writers


def test_a_log_that_was_removed_is_begun_anew(tmp_path: Path) -> None:
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from callbacks.log_rotation import rotate_if_due
        path = Path(sys.argv[1])
        path.unlink()
        assert rotate_if_due(path, 500)
        assert not rotate_if_due(path, 500)
        print("after")
    """)
    path = tmp_path / "proxy.log"
    with path.open("ab") as log:
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], stdout=log, stderr=log, check=False
        )
    assert (done.returncode, path.read_text()) == (0, "after\n")


def test_it_looks_after_the_log_in_the_background(tmp_path: Path) -> None:
    code = textwrap.dedent("""
        import os, sys, time
        from pathlib import Path
        from callbacks import log_rotation
        log_rotation._CHECK_EVERY_S = 0.01
        print("x" * 600, flush=True)
        thread = log_rotation.start_rotation(os.environ)
        assert thread.daemon
        assert log_rotation.start_rotation(os.environ) is thread
        deadline = time.monotonic() + 30
        folder = Path(sys.argv[1]).parent
        while len(list(folder.glob("*Z"))) != 1 or (folder / "proxy.log.20200101T000000Z").exists():
            assert time.monotonic() < deadline
            time.sleep(0.005)
        print("after", flush=True)
    """)
    path = tmp_path / "proxy.log"
    env = {
        **os.environ, "CCGLM_LOG_PATH": str(path), "CCGLM_LOG_MAX_BYTES": "500", "CCGLM_LOG_RETENTION_DAYS": "3",
    }  # fmt: skip
    old = tmp_path / "proxy.log.20200101T000000Z"
    old.write_text("old")
    os.utime(old, (0, 0))
    with path.open("ab") as log:
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], stdout=log, stderr=log, check=False, env=env
        )
    assert done.returncode == 0, written(tmp_path)
    assert written(tmp_path).count("after") == 1
    assert not old.exists()


def test_a_process_with_another_stdout_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "proxy.log").write_text("")
    environment = {
        "CCGLM_LOG_PATH": str(tmp_path / "proxy.log"), "CCGLM_LOG_MAX_BYTES": "1", "CCGLM_LOG_RETENTION_DAYS": "1",
    }  # fmt: skip
    assert start_rotation(environment) is None
    assert start_rotation({}) is None


def test_only_old_rotated_files_are_removed(tmp_path: Path) -> None:
    names = [
        "proxy.log",
        "proxy.log.20261101T000000Z",
        "proxy.log.20261119T000000Z-2",
        "crash-1.log",
    ]
    for name in names:
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (1000, 1000))
    os.utime(tmp_path / names[2], (2_000_000, 2_000_000))
    removed = remove_old(tmp_path / "proxy.log", 7, now_s=2_000_000)
    assert [path.name for path in removed] == [names[1]]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [names[0], names[2], names[3]]
    )
