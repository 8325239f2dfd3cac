from ccglm.simulator.effects import Effect
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.reply import Reply
from ccglm.simulator.script import ScriptedReply
from ccglm.simulator.world import World
from tests.helpers.provider_calls import a_request, arm

REQUEST = a_request()


def test_a_reset_comes_back_to_the_first_knobs_and_forgets() -> None:
    world = World(Knobs(cerebras_rpm=7))
    world.turn(world.knobs.patched({"cerebras_rpm": 1, "log_limit": 5}))
    world.script.add([ScriptedReply(text="x")])
    arm(world, "CB-07")
    world.clock.advance(1_000)
    world.remember_prompt(REQUEST, world.knobs)
    world.reset()
    assert world.knobs.cerebras_rpm == 7
    assert len(world.script) == 0
    assert world.scenarios.names() == []
    assert world.clock.monotonic_s() < World(Knobs()).clock.monotonic_s() + 1


def test_the_script_comes_before_the_actor_and_a_scenario_changes_either() -> None:
    world = World(Knobs())
    world.script.add([ScriptedReply(text="scripted")])

    def shout(reply: Reply, _request: object) -> Reply:
        return Reply(text=reply.text.upper(), source=reply.source)

    def say(effect: Effect) -> tuple[str, str]:
        reply = world.reply_to(REQUEST, world.knobs, effect, asked_to_think=False)
        return reply.text, reply.source

    assert say(Effect(change=shout)) == ("SCRIPTED", "script")
    assert say(Effect()) == ("You said: hello", "actor")


def test_keys_of_one_organisation_share_a_prompt_cache() -> None:
    world = World(Knobs(key_orgs={"key": "org", "other": "org"}))
    long = a_request(body={"model": "m", "messages": [{"role": "user", "content": "x" * 4_000}]})
    world.remember_prompt(long, world.knobs)
    other = a_request(body=long.body, authorization="Bearer other")
    stranger = a_request(body=long.body, authorization="Bearer stranger")
    assert world.cached_tokens(other, world.knobs) > 0
    assert world.cached_tokens(stranger, world.knobs) == 0
