from ccglm.simulator.answer import Answer, Refused


def test_a_refusal_says_what_it_is() -> None:
    refused = Refused(429, b"{}", code="1302", message="Rate limit")
    assert str(refused) == "429 1302: Rate limit"
    assert (refused.headers, refused.scenario, refused.content_type) == ([], "", "application/json")


def test_an_answer_is_whole_and_complete_unless_told_otherwise() -> None:
    answer = Answer(200, [])
    assert (answer.events, answer.end, answer.delay_s) == (None, "complete", 0)
