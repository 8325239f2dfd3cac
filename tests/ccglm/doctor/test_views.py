"""The report for people and for programs, from the same object."""

from __future__ import annotations

import io
import json

from inline_snapshot import snapshot

from ccglm.console import Output
from ccglm.doctor.model import Check, CheckResult, Finding, Remedy, Report, Severity, State
from ccglm.doctor.views import checks_view, report_view, summary


def check(name: str, **changes: object) -> Check:
    return Check(name, f"is {name} well", lambda _: (), **changes)  # pyright: ignore[reportArgumentType]


ERROR = Finding(
    "other users can read `/e/.env`",
    "it holds your keys",
    Remedy("make it yours", ("chmod 600 /e/.env",), lambda: "done"),
    place="/e/.env",
)
WARNING = Finding(
    "it is old",
    "it may not know",
    Remedy("bring it up to date"),
    Severity.WARNING,
    place="a.yaml:3",
)
REPORT = Report(
    (
        CheckResult(check("files"), State.FAILED, 0.012, (ERROR,)),
        CheckResult(check("claude"), State.WARNING, 1.5, (WARNING,)),
        CheckResult(check("python"), State.OK, 0.0, facts=("Python 3.11",)),
        CheckResult(check("port"), State.SKIPPED, 0.0, reason="the proxy runs"),
        CheckResult(check("seam"), State.TIMED_OUT, 75.0, reason="no answer within 75 s"),
        CheckResult(check("disk"), State.CRASHED, 0.1, reason="KeyError: 'x' (a.py:1)"),
    ),
    fixed=("made `/e` yours alone (700)",),
    not_asked=6,
)


def shown(*, verbose: bool = False, as_json: bool = False) -> str:
    stdout = io.StringIO()
    output = Output(stdout=stdout, stderr=io.StringIO(), environment={})
    output.result(report_view(REPORT, verbose=verbose), as_json=as_json)
    return stdout.getvalue()


def test_people_see_a_line_a_check_and_what_to_do() -> None:
    assert shown() == snapshot("""\
check   result
files   fail
claude  warn
python  ok
port    -         the proxy runs
seam    time out  no answer within 75 s
disk    crashed   KeyError: 'x' (a.py:1)

error: other users can read `/e/.env`  [files]
  why: it holds your keys
  do:  make it yours (`ccglm doctor --fix` does it)
       $ chmod 600 /e/.env

warning: it is old  [claude]
  at:  a.yaml:3
  why: it may not know
  do:  bring it up to date

fixed: made `/e` yours alone (700)
5 checks; 3 errors, 1 warning; 6 more ask the providers: `ccglm doctor --online`
""")


def test_verbose_shows_what_is_well_too() -> None:
    assert "python  ok        Python 3.11 (0 ms)\n" in shown(verbose=True)


def test_programs_see_the_same_in_one_document() -> None:
    document = json.loads(shown(as_json=True))
    assert (document["healthy"], document["errors"], document["warnings"]) == (False, 3, 1)
    assert (document["fixed"], document["not_asked"]) == (["made `/e` yours alone (700)"], 6)
    first = document["checks"][0]
    assert (first["name"], first["state"], first["duration_ms"]) == ("files", "failed", 12)
    assert first["findings"] == [
        {
            "severity": "error",
            "what": "other users can read `/e/.env`",
            "why": "it holds your keys",
            "place": "/e/.env",
            "remedy": {
                "advice": "make it yours",
                "commands": ["chmod 600 /e/.env"],
                "fixable": True,
            },
        }
    ]
    assert document["checks"][4]["reason"] == "no answer within 75 s"


def test_a_few_words_sum_it_up() -> None:
    assert summary(REPORT) == "3 errors, 1 warning"
    assert summary(Report(())) == "nothing wrong"


def test_the_list_of_checks_says_which_ask_a_provider() -> None:
    view = checks_view([check("a"), check("b", online=True)])
    assert view.data["checks"] == [
        {"name": "a", "title": "is a well", "online": False, "timeout_s": 20.0},
        {"name": "b", "title": "is b well", "online": True, "timeout_s": 20.0},
    ]
