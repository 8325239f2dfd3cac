"""The exit codes are a promise to scripts."""

from ccglm.exit_codes import ExitCode


def test_the_codes_are_what_scripts_rely_on() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "SUCCESS": 0,
        "FAILURE": 1,
        "USAGE": 2,
        "SETTINGS": 3,
        "PREREQUISITE": 4,
        "PROXY": 5,
        "PROVIDER": 6,
        "BUG": 70,
        "INTERRUPTED": 130,
    }
