"""Checks that ask the providers, with every key: run only with `--online`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ccglm.doctor.account_trouble import Trouble, trouble_of
from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.doctor.network_variables import proxy_for
from ccglm.doctor.reach import find_obstacle
from ccglm.text import duration
from litellm_config.providers import KINDS, api_base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ccglm.doctor.model import Examined
    from ccglm.doctor.provider_calls import CallAnswer
    from ccglm.doctor.subject import Subject

CLOCK_SKEW_S: Final = 60.0
"""More than any answer takes; certificates and logs go wrong first, quotas are kept wrongly too."""
_STEPS: Final = {
    "name": "is the machine online, and its DNS right?",
    "connection": "is a firewall in between, or is the address wrong?",
    "encryption": "is a proxy in between, or the address wrong? "
    "`SSL_CERT_FILE` names the certificates to trust",
}


def examine_reach(subject: Subject) -> Examined:
    """Can every provider be reached: name, connection, encryption."""
    for name, provider in subject.prepared().settings.providers.items():
        url = api_base(name, provider)
        if name not in KINDS or url is None:
            continue
        proxy = proxy_for(url, subject.environment)
        obstacle = find_obstacle(proxy or url)
        if obstacle is None:
            yield Fact(f"{name} is reached at {url}{' through a proxy' if proxy else ''}")
            continue
        through = "the proxy in your environment, on the way to " if proxy else ""
        yield Finding(
            f"{through}{name} cannot be reached: {obstacle.reason}",
            "no request reaches this provider; the chain goes on with the next one",
            Remedy(_STEPS[obstacle.step], (f"curl -sSI {url}",)),
        )


def examine_keys(subject: Subject) -> Examined:
    """Does every provider accept every key."""
    refused = {answer.key_name for answer in subject.lists() if answer.key_refused}
    refused |= {a.call.key_name for a in subject.calls() if trouble_of(a) is Trouble.KEY}
    told: set[str] = set()
    for answer in subject.calls():
        name = answer.call.key_name
        if name in refused and name not in told:
            told.add(name)
            yield Finding(
                f"{answer.call.provider} refuses the key in `{name}`",
                "requests with this key fail; was it revoked, or copied in part?",
                Remedy(
                    f"put a working key into `.env` as `{name}`",
                    ("ccglm init --force", "ccglm down", "ccglm up --detach"),
                ),
                place=str(subject.paths.secrets),
            )
    yield from _facts(subject.calls(), Trouble.NONE, "is accepted")


def _facts(answers: Iterable[CallAnswer], trouble: Trouble, says: str) -> Iterator[Fact]:
    for answer in answers:
        if trouble_of(answer) is trouble:
            yield Fact(f"`{answer.call.key_name}` {says} by {answer.call.provider}")


def examine_models(subject: Subject) -> Examined:
    """Does every provider list the models of the chains for these keys."""
    # Brings the HTTP library in, which only these checks need.
    from ccglm.setup.online import judge

    answers = [answer for answer in subject.lists() if answer.models is not None]
    if not answers:
        raise NotApplicable("no provider gave a list of models")
    unlisted = judge(subject.prepared().settings, answers).problems
    for problem in unlisted:
        yield Finding(
            problem.message,
            "requests for it are refused; the chain goes on with the next one",
            Remedy(
                f"choose another model in `{problem.key}`",
                ("ccglm models --online", "ccglm validate --online"),
            ),
            Severity.WARNING,
            place=str(subject.paths.settings),
        )
    for answer in subject.calls():
        member = f"`{answer.call.provider}/{answer.call.model}`"
        told = any(member in problem.message for problem in unlisted)
        if trouble_of(answer) is Trouble.MODEL and not told:
            yield Finding(
                f"{answer.call.provider} does not serve `{answer.call.model}` with the key in "
                f"`{answer.call.key_name}`: {answer.said}",
                "requests for it are refused; the chain goes on with the next one",
                Remedy("choose another model", ("ccglm models --online",)),
                place=str(subject.paths.settings),
            )
    yield Fact(f"{sum(len(answer.models or ()) for answer in answers)} models are listed")


def examine_balance(subject: Subject) -> Examined:
    """Has every account credit, or a package that covers the surface in use."""
    for answer in _reached(subject):
        if trouble_of(answer) is Trouble.BALANCE:
            yield Finding(
                f"{_who(answer)} has no balance or package: {answer.said or answer.status}",
                "every request with it is refused, however long one waits",
                Remedy(
                    "add credit at the provider; for Z.ai, check too that `surface` in "
                    "`ccglm.yaml` is the one the key belongs to: `coding` for a coding plan",
                    ("ccglm validate --online",),
                ),
            )


def examine_quota(subject: Subject) -> Examined:
    """Has every plan quota left, and does it serve the models in use."""
    for answer in _reached(subject):
        match trouble_of(answer):
            case Trouble.QUOTA:
                yield Finding(
                    f"the quota of {_who(answer)} is used up: {answer.said or answer.status}",
                    "requests go to the next provider of the chain until it is renewed",
                    Remedy(
                        "wait, add a second key, or put another provider first",
                        ("ccglm usage --by provider --since 1d",),
                    ),
                    Severity.WARNING,
                )
            case Trouble.PLAN:
                yield Finding(
                    f"the plan of {_who(answer)} does not serve this: {answer.said}",
                    f"`{answer.call.model}` is refused with it, however long one waits",
                    Remedy("renew the plan, or choose a model it has", ("ccglm models --online",)),
                )
            case Trouble.BUSY:
                yield Finding(
                    f"{_who(answer)} is refused just now: {answer.said or answer.status}",
                    "requests go to the next provider of the chain meanwhile",
                    Remedy("look again in a minute", ("ccglm doctor --online --only quota",)),
                    Severity.WARNING,
                )
            case Trouble.OTHER:
                yield Finding(
                    f"{_who(answer)} got the answer {answer.status}: {answer.said}",
                    "requests may get the same; the chain goes on with the next provider",
                    Remedy("look again in a minute", ("ccglm doctor --online --only quota",)),
                    Severity.WARNING,
                )
            case _:
                pass
    yield from _facts(subject.calls(), Trouble.NONE, "is answered")


def examine_clock(subject: Subject) -> Examined:
    """Does this machine's clock agree with the providers'."""
    now = subject.app.now()
    answers = [answer for answer in subject.calls() if answer.date is not None]
    if not answers:
        raise NotApplicable("no provider said what time it is")
    # The least difference: a provider's own clock may be wrong too.
    skews = [(now - answer.date).total_seconds() for answer in answers if answer.date]
    skew_s = min(skews, key=abs)
    if abs(skew_s) <= CLOCK_SKEW_S:
        yield Fact(f"the clock agrees with {answers[0].call.provider}'s")
        return
    direction = "ahead" if skew_s > 0 else "behind"
    yield Finding(
        f"this machine's clock is {duration(abs(skew_s))} {direction}",
        "certificates may be refused, and quotas are counted for the wrong hours and days",
        Remedy("set the clock by the network", ("sudo timedatectl set-ntp true",)),
    )


def _reached(subject: Subject) -> list[CallAnswer]:
    answers = [a for a in subject.calls() if trouble_of(a) is not Trouble.UNREACHABLE]
    if not answers:
        raise NotApplicable("no provider could be asked")
    return answers


def _who(answer: CallAnswer) -> str:
    return f"the key in `{answer.call.key_name}` at {answer.call.provider}"
