"""An ended proxy is explained by its own last words."""

import signal

import pytest

from ccglm.proxy.start_failure import describe_exit, exit_error, hint_for, timeout_error


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0, "exit code 0"),
        (3, "exit code 3"),
        (-9, "killed by SIGKILL"),
        (-250, "killed by signal 250"),
    ],
)
def test_an_end_is_described(code: int, text: str) -> None:
    assert describe_exit(code) == text


def test_the_last_lines_are_shown() -> None:
    error = exit_error(3, ["Traceback", "RuntimeError: no luck"], while_starting=True)
    assert error.message == "the proxy ended while it was starting (exit code 3)"
    assert error.details == ("Traceback", "RuntimeError: no luck")
    assert error.exit_code == 5


def test_a_silent_end_says_so() -> None:
    error = exit_error(-signal.SIGKILL, [], while_starting=False)
    assert error.message == "the proxy ended unexpectedly (killed by SIGKILL) without a word"
    assert "out of memory" in str(error.hint)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("[Errno 98] error while attempting to bind: address already in use", "--port auto"),
        ("ModuleNotFoundError: No module named 'litellm'", "install ccglm again"),
        ("ImportError: cannot import name 'x' from 'pydantic'", "package"),
        ("yaml.scanner.ScannerError: mapping values", "config show"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("MemoryError", "out of memory"),
        ("anything else", "ccglm logs"),
    ],
)
def test_a_known_cause_has_its_hint(line: str, hint: str) -> None:
    assert hint in hint_for(1, ["before", line])


def test_a_time_out_keeps_the_last_lines() -> None:
    error = timeout_error(180, ["still importing"])
    assert error.message == "the proxy did not become ready within 180 s"
    assert error.details == ("still importing",)
