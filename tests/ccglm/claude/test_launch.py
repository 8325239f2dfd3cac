from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ccglm.claude.launch import (
    client_environment,
    find_client,
    run_client,
    session_settings,
    session_settings_file,
    split_arguments,
)
from ccglm.claude.profile_model import Profile, ProfileSetting, ProfileVariable
from ccglm.errors import CcglmError, PrerequisiteError, SettingsError

PROFILE = Profile(
    variables=(
        ProfileVariable("ANTHROPIC_BASE_URL", "http://127.0.0.1:4000", "why"),
        ProfileVariable("ANTHROPIC_API_KEY", "", "why"),
    ),
    settings=(ProfileSetting(("permissions", "deny"), ("WebSearch",), "why"),),
)


def _program(path: Path, body: str = "") -> Path:
    path.write_text(f"#!{sys.executable}\n{body}")
    path.chmod(0o755)
    return path


def test_the_client_is_found_on_the_path(tmp_path: Path) -> None:
    program = _program(tmp_path / "claude")
    assert find_client({"PATH": f"/nowhere{os.pathsep}{tmp_path}"}) == program


def test_a_missing_client_is_answered_with_the_command_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError) as caught:
        find_client({"PATH": str(tmp_path)})
    assert "npm install -g @anthropic-ai/claude-code" in (caught.value.hint or "")


def test_a_client_named_by_the_user_wins(tmp_path: Path) -> None:
    other = _program(tmp_path / "other")
    _program(tmp_path / "claude")
    assert find_client({"PATH": str(tmp_path)}, other) == other
    (tmp_path / "plain.txt").write_text("")
    for wrong in ("plain.txt", "missing"):
        with pytest.raises(PrerequisiteError, match="not a program"):
            find_client({"PATH": str(tmp_path)}, tmp_path / wrong)


def test_the_profile_wins_over_the_environment_and_empties_other_accounts() -> None:
    environment = {"HOME": "/h", "ANTHROPIC_BASE_URL": "x", "ANTHROPIC_API_KEY": "sk-ant"}
    assert client_environment(environment, PROFILE) == {
        "HOME": "/h",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:4000",
    }


@pytest.mark.parametrize(
    ("arguments", "others", "settings"),
    [
        (["-p", "hi"], ("-p", "hi"), None),
        (["--settings", "a.json", "-c"], ("-c",), "a.json"),
        (["--settings={}", "--settings", "b"], (), "b"),
        (["--settings"], (), None),
        (["-p", "--", "--settings", "x"], ("-p", "--", "--settings", "x"), None),
    ],
)
def test_the_clients_own_settings_option_is_taken_out(
    arguments: list[str], others: tuple[str, ...], settings: str | None
) -> None:
    split = split_arguments(arguments)
    assert (split.others, split.settings) == (others, settings)


def test_session_settings_are_the_users_with_the_profile_over_them(tmp_path: Path) -> None:
    given = '{"model": "opus", "env": {"A": "1"}, "permissions": {"deny": ["Bash"]}}'
    (tmp_path / "mine.json").write_text(given)
    expected = {
        "model": "opus",
        "env": {"A": "1", "ANTHROPIC_BASE_URL": "http://127.0.0.1:4000", "ANTHROPIC_API_KEY": ""},
        "permissions": {"deny": ["Bash", "WebSearch"]},
    }
    assert json.loads(session_settings(PROFILE, given)) == expected
    assert json.loads(session_settings(PROFILE, str(tmp_path / "mine.json"))) == expected


def test_unusable_session_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match="no settings file"):
        session_settings(PROFILE, str(tmp_path / "missing.json"))
    with pytest.raises(SettingsError):
        session_settings(PROFILE, "{oops")
    with pytest.raises(CcglmError, match="env is not an object"):
        session_settings(PROFILE, '{"env": 1}')


def test_session_settings_lie_in_a_file_of_the_owner_alone_and_are_gone_afterwards(
    tmp_path: Path,
) -> None:
    with session_settings_file(tmp_path / "state", "{}") as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text() == "{}"
    assert not path.exists()


@pytest.mark.parametrize("code", [0, 7])
def test_the_clients_exit_code_is_ours(tmp_path: Path, code: int) -> None:
    program = _program(tmp_path / "claude", f"raise SystemExit({code})")
    assert run_client([str(program)], {"PATH": os.defpath}) == code


def test_the_client_sees_exactly_the_given_environment(tmp_path: Path) -> None:
    body = f"import os, json; json.dump(dict(os.environ), open({str(tmp_path / 'env')!r}, 'w'))"
    program = _program(tmp_path / "claude", body)
    assert run_client([str(program)], {"ONLY": "this"}) == 0
    seen = json.loads((tmp_path / "env").read_text())
    assert seen.pop("ONLY") == "this"
    assert set(seen) <= {"LC_CTYPE"}, "Python's own addition"


def test_a_client_ended_by_a_signal_is_told_as_shells_do(tmp_path: Path) -> None:
    program = _program(tmp_path / "claude", "import os; os.kill(os.getpid(), 9)")
    assert run_client([str(program)], {}) == 128 + signal.SIGKILL


def test_a_program_that_does_not_start_is_named(tmp_path: Path) -> None:
    program = tmp_path / "claude"
    program.write_text("#!/nowhere/interpreter\n")
    program.chmod(0o755)
    with pytest.raises(PrerequisiteError, match="cannot start"):
        run_client([str(program)], {})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_sent_to_us_reaches_the_client(tmp_path: Path, number: signal.Signals) -> None:
    client = _program(
        tmp_path / "claude",
        textwrap.dedent(f"""
            import signal, sys
            def stop(number, frame):
                sys.exit(40 + number)
            for name in ("SIGTERM", "SIGHUP", "SIGINT"):
                signal.signal(getattr(signal, name), stop)
            open({str(tmp_path / "ready")!r}, "w").close()
            signal.pause()
        """),
    )
    os.mkfifo(tmp_path / "ready")
    code = f"from ccglm.claude.launch import run_client; raise SystemExit(run_client([{str(client)!r}], {{}}))"
    # A session of its own has no terminal, so Ctrl-C would reach nobody but us.
    launcher = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    (tmp_path / "ready").read_bytes()
    launcher.send_signal(number)
    assert launcher.wait(timeout=20) == 40 + number


def test_ctrl_c_in_a_terminal_reaches_the_client_once(tmp_path: Path) -> None:
    client = _program(
        tmp_path / "claude",
        textwrap.dedent(f"""
            import os, signal, sys
            said, seen = os.open({str(tmp_path / "said")!r}, os.O_WRONLY), []
            def interrupted(number, frame):
                seen.append(number)
                os.write(said, b"interrupted\\n")
            signal.signal(signal.SIGINT, interrupted)
            signal.signal(signal.SIGUSR1, lambda *_: sys.exit(40 + len(seen)))
            os.write(said, b"ready\\n")
            while True:
                signal.pause()
        """),
    )
    code = (
        "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        f"from ccglm.claude.launch import run_client; raise SystemExit(run_client([{str(client)!r}], {{}}))"
    )
    os.mkfifo(tmp_path / "said")
    terminal, inner = os.openpty()
    launcher = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    try:
        with (tmp_path / "said").open() as said:
            assert said.readline() == "ready\n"
            os.write(terminal, b"\x03")
            assert said.readline() == "interrupted\n"
            launcher.send_signal(signal.SIGUSR1)
            assert launcher.wait(timeout=20) == 41
    finally:
        launcher.kill()
        launcher.wait()
        os.close(terminal)
        os.close(inner)


def test_our_own_signal_handlers_come_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    run_client([str(_program(tmp_path / "claude"))], {})
    assert signal.getsignal(signal.SIGTERM) is before
