"""Are the settings right, and is what was generated from them still what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.doctor.fixes import write_generated_again
from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.errors import CcglmError
from litellm_config.secrets import MASTER_KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ccglm.doctor.model import Examined
    from ccglm.doctor.subject import Subject
    from ccglm.files import PlannedWrite
    from ccglm.proxy.active import ActiveProxy
    from litellm_config.problems import Problem


def examine_settings(subject: Subject) -> Examined:
    """Are the settings valid, and every key there."""
    path = subject.paths.settings
    if not path.exists():
        # A demo has settings of its own, and `up --demo` needs none of the user's.
        if (active := subject.active()) and active.record.simulator_pid is not None:
            raise NotApplicable("there are no settings; the demo that runs needs none")
        yield Finding(
            "there are no settings",
            "nothing says which models serve you, and with which keys",
            Remedy("let ccglm ask and write them", ("ccglm init",)),
            place=str(path),
        )
        return
    for problem in subject.loaded().problems:
        yield _finding(problem, subject)
    yield Fact(f"settings {path}")


def _finding(problem: Problem, subject: Subject) -> Finding:
    folder = subject.paths.settings.parent
    place = f"{folder / problem.file}" + (f":{problem.line}" if problem.line else "")
    is_error = problem.severity == "error"
    return Finding(
        f"`{problem.key}`: {problem.message}" if problem.key else problem.message,
        "the proxy does not start with it" if is_error else "the proxy starts, but heed this",
        _remedy(problem),
        Severity.ERROR if is_error else Severity.WARNING,
        place=place,
    )


def _remedy(problem: Problem) -> Remedy:
    if problem.key == MASTER_KEY_VARIABLE:
        return Remedy("let ccglm write a random one", ("ccglm init",))
    if "is not set" in problem.message and ".keys[" in problem.key:
        return Remedy("let ccglm ask for the key and keep it", ("ccglm init",))
    return Remedy("edit that line, then check again", ("ccglm validate",))


def examine_generated(subject: Subject) -> Examined:
    """Is the generated config what the settings say now, and untouched."""
    from litellm_config.render import is_hand_edited

    active = subject.active()
    paths = subject.paths if active is None else active.record.paths
    text = _text_of(subject, active)
    if text is None:
        raise NotApplicable("nothing was generated yet")
    place = str(paths.proxy_config)
    if is_hand_edited(text):
        yield Finding(
            "the generated config was edited by hand",
            "the next start writes it anew (and keeps a copy); the edit has no lasting effect",
            Remedy(
                "put your own LiteLLM settings under `litellm` in `ccglm.yaml`",
                ("ccglm config show",),
                None if active else _rewriting(subject),
            ),
            Severity.WARNING,
            place=place,
        )
    elif active is not None and _differing(subject, active):
        yield Finding(
            "the settings were changed after the proxy was started",
            "the proxy still works by the old ones",
            Remedy("start it again; this ends open streams", ("ccglm down", "ccglm up --detach")),
            Severity.WARNING,
            place=place,
        )
    else:
        yield Fact(f"generated config {place}")


def _rewriting(subject: Subject) -> Callable[[], str] | None:
    """Return the repair of a generated config, or None when there are no settings to make it from."""
    try:
        prepared = subject.prepared()
    except NotApplicable:
        return None
    return lambda: write_generated_again(prepared, subject.paths)


def _text_of(subject: Subject, active: ActiveProxy | None) -> str | None:
    from ccglm.files import read_text

    paths = subject.paths if active is None else active.record.paths
    return read_text(paths.proxy_config)


def _differing(subject: Subject, active: ActiveProxy) -> Sequence[PlannedWrite]:
    """Return the generated files that would be others if the proxy were started now."""
    from ccglm.proxy.generated import plan_generated
    from ccglm.proxy.prepare import prepare

    if active.record.simulator_pid is not None:
        return ()  # the demo's settings are made by ccglm and not for editing
    paths = active.record.paths
    try:
        prepared = prepare(paths, subject.environment)
    except CcglmError as error:
        raise NotApplicable("there are no settings that can be used") from error
    return [write for write in plan_generated(prepared, paths) if write.old_text != write.new_text]
