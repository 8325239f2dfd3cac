"""What people, agents and programs see of the same call."""

import json
from dataclasses import dataclass

import pytest

from ccglm.console import Output
from ccglm.errors import CcglmError, PrerequisiteError, ProxyUnavailable, SettingsError
from ccglm.result import Result, Table, error_document
from tests.helpers.streams import TextStream


@dataclass
class Console:
    output: Output
    stdout: TextStream
    stderr: TextStream


def console(
    *, terminal: bool = False, encoding: str = "utf-8", environment: dict[str, str] | None = None,
    quiet: bool = False, verbose: bool = False, no_color: bool = False,
) -> Console:  # fmt: skip
    stdout = TextStream(terminal=terminal, encoding=encoding)
    stderr = TextStream(terminal=terminal, encoding=encoding)
    output = Output(
        stdout=stdout, stderr=stderr, environment=environment or {"TERM": "xterm"},
        quiet=quiet, verbose=verbose, no_color=no_color,
    )  # fmt: skip
    return Console(output, stdout, stderr)


@dataclass(frozen=True)
class AProblem:
    file: str = "ccglm.yaml"
    line: int | None = 12
    key: str = "models.main[1]"
    message: str = "unknown provider `zia`, did you mean `zai`?"
    severity: str = "error"


def test_an_error_says_what_is_and_what_to_do() -> None:
    seen = console()
    seen.output.error(ProxyUnavailable("port 4000 is already in use", hint="run `ccglm down`"))
    assert (
        seen.stderr.getvalue() == "error: port 4000 is already in use\n\nhint: run `ccglm down`\n"
    )
    assert seen.stdout.getvalue() == ""


def test_problems_are_aligned_under_the_message() -> None:
    seen = console()
    problems = [
        AProblem(),
        AProblem(line=None, key="fallbacks", message="chain returns to itself", severity="warning"),
    ]
    seen.output.error(SettingsError("2 problems in `ccglm.yaml`", problems=problems))
    assert seen.stderr.getvalue().splitlines() == [
        "error: 2 problems in `ccglm.yaml`",
        "  ccglm.yaml:12  models.main[1]  unknown provider `zia`, did you mean `zai`?",
        "  ccglm.yaml     fallbacks       warning: chain returns to itself",
    ]


def test_with_json_an_error_is_one_document_on_stdout() -> None:
    seen = console()
    seen.output.as_json = True
    seen.output.error(
        SettingsError("bad", hint="do", problems=[AProblem()], details=["a log line"])
    )
    assert seen.stderr.getvalue() == ""
    assert json.loads(seen.stdout.getvalue()) == {
        "ok": False,
        "error": {
            "code": "settings_invalid",
            "message": "bad",
            "hint": "do",
            "problems": [
                {
                    "file": "ccglm.yaml",
                    "line": 12,
                    "key": "models.main[1]",
                    "message": "unknown provider `zia`, did you mean `zai`?",
                    "severity": "error",
                }
            ],
            "details": ["a log line"],
        },
        "exit_code": 3,
    }


def test_an_error_can_carry_data_for_programs() -> None:
    document = error_document(CcglmError("no", data={"running": False}))
    assert document["running"] is False
    assert document["exit_code"] == 1


def test_a_result_has_two_forms_of_the_same_values() -> None:
    result = Result({"port": 4000, "models": ["a"]}, ["on port 4,000", Table(["m"], [["a"]])])
    people, program = console(), console()
    people.output.result(result)
    program.output.result(result, as_json=True)
    assert people.stdout.getvalue() == "on port 4,000\nm\na\n"
    assert json.loads(program.stdout.getvalue()) == {"ok": True, "port": 4000, "models": ["a"]}


def test_a_table_lines_up_and_cuts_nothing() -> None:
    seen = console()
    rows = [["zai/glm-4.7", "1,234"], ["模型", "5"]]
    seen.output.table(Table(["model", "requests"], rows, right=frozenset({"requests"})))
    assert seen.stdout.getvalue() == (
        "model        requests\nzai/glm-4.7     1,234\n模型                5\n"
    )


def test_remote_text_cannot_steer_the_terminal() -> None:
    seen = console(terminal=True)
    seen.output.error(
        CcglmError("provider said \x1b[2J", hint="\x07", details=["\x1b]0;title\x07"])
    )
    seen.output.table(Table(["m"], [["\x1b[31m"]]))
    seen.output.warn("\x1b[2J")
    assert "\x1b[2J" not in seen.stderr.getvalue()
    assert "\x1b]0" not in seen.stderr.getvalue()
    assert "\x07" not in seen.stderr.getvalue()
    assert "\x1b[31m" not in seen.stdout.getvalue()


@pytest.mark.parametrize(
    ("terminal", "environment", "no_color", "colored"),
    [
        (True, {"TERM": "xterm"}, False, True),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, False, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False, False),
        (True, {"TERM": "xterm", "CCGLM_NO_COLOR": "1"}, False, False),
        (True, {"TERM": "dumb"}, False, False),
        (True, {"TERM": "xterm"}, True, False),
        (True, {"TERM": "xterm", "CLAUDECODE": "1"}, False, False),
        (False, {"TERM": "xterm"}, False, False),
    ],
)
def test_colour_is_decided_once(
    terminal: bool, environment: dict[str, str], no_color: bool, colored: bool
) -> None:
    seen = console(terminal=terminal, environment=environment, no_color=no_color)
    seen.output.warn("x")
    assert ("\x1b[" in seen.stderr.getvalue()) is colored
    assert seen.stderr.getvalue().endswith("x\n")


def test_quiet_keeps_the_answer_warnings_and_errors() -> None:
    seen = console(quiet=True, verbose=True)
    seen.output.note("note")
    seen.output.detail("detail")
    with seen.output.status("working") as status:
        status.update("still working")
    seen.output.warn("warning")
    seen.output.answer("answer")
    assert seen.stderr.getvalue() == "warning: warning\n"
    assert seen.stdout.getvalue() == "answer\n"


def test_details_are_for_verbose() -> None:
    plain, verbose = console(), console(verbose=True)
    plain.output.detail("detail")
    verbose.output.detail("detail")
    assert (plain.stderr.getvalue(), verbose.stderr.getvalue()) == ("", "detail\n")


def test_progress_is_lines_where_nothing_can_spin() -> None:
    seen = console()
    with seen.output.status("starting") as status:
        status.update("starting")
        status.update("warming")
    assert seen.stderr.getvalue() == "starting\nwarming\n"


def test_progress_spins_on_a_terminal() -> None:
    seen = console(terminal=True)
    with seen.output.status("starting [bold]") as status:
        status.update("warming [bold]")
    assert "warming [bold]" in seen.stderr.getvalue()
    assert "\x1b[?25l" in seen.stderr.getvalue()


def test_progress_does_not_spin_inside_an_agent() -> None:
    seen = console(terminal=True, environment={"TERM": "xterm", "CLAUDECODE": "1"})
    with seen.output.status("starting"):
        pass
    assert seen.stderr.getvalue() == "starting\n"


def test_a_stream_that_cannot_encode_gets_an_escape() -> None:
    seen = console(encoding="ascii")
    seen.output.answer("模型 ok")
    assert seen.stdout.getvalue() == "\\u6a21\\u578b ok\n"


def test_nobody_there_means_the_flag_is_named() -> None:
    seen = console()
    with pytest.raises(PrerequisiteError) as caught:
        seen.output.confirm("replace it?", assume_yes=False, flag="--force")
    assert "`--force`" in str(caught.value.hint)
    with pytest.raises(PrerequisiteError, match="Cerebras API key"):
        seen.output.ask_secret("Cerebras API key", otherwise="set `CEREBRAS_API_KEY`")
    assert seen.output.confirm("replace it?", assume_yes=True)


def test_a_redrawn_result_replaces_the_last_one_on_a_terminal_only() -> None:
    screen, pipe = console(terminal=True), console()
    for seen in (screen, pipe):
        with seen.output.redrawn() as show:
            show(Result({}, ["first"]))
            show(Result({}, ["second", Table(["a"], [["\x1b[1m"]])]))

    assert pipe.stdout.getvalue() == "first\nsecond\na\n\\x1b[1m\n"
    assert screen.stdout.getvalue().count("first") == 1
    assert "\x1b[1A" in screen.stdout.getvalue(), "the cursor goes up to draw over it"
    assert "\\x1b[1m" in screen.stdout.getvalue()


def test_a_redrawn_result_is_one_document_after_the_other_in_json() -> None:
    seen = console(terminal=True)
    seen.output.as_json = True
    with seen.output.redrawn() as show:
        show(Result({"a": 1}))
    assert json.loads(seen.stdout.getvalue()) == {"ok": True, "a": 1}


def test_a_closed_stdin_means_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert not console(terminal=True).output.interactive
