import pytest

from ccglm.simulator.request import ApiRequest


def test_the_key_is_found_in_either_place() -> None:
    assert ApiRequest("POST", "/", headers={"authorization": "Bearer abc"}).key == "abc"
    assert ApiRequest("POST", "/", headers={"authorization": "bearer  abc "}).bearer == "abc"
    assert ApiRequest("POST", "/", headers={"x-api-key": "xyz"}).key == "xyz"
    assert ApiRequest("POST", "/", headers={"authorization": "Basic abc"}).key == ""
    assert ApiRequest("POST", "/").key == ""


def test_a_body_that_is_not_an_object_is_empty() -> None:
    for raw in (b"", b"not json", b"[1]", b"\xff"):
        request = ApiRequest("POST", "/", raw=raw)
        assert request.body == {}
        assert request.model == ""
        assert not request.stream
    assert ApiRequest("POST", "/", raw=b"[1]").parsed == [1]


def test_model_and_stream_are_read_from_the_body() -> None:
    request = ApiRequest("POST", "/", raw=b'{"model":"m","stream":true}')
    assert (request.model, request.stream) == ("m", True)
    assert ApiRequest("POST", "/", raw=b'{"model":7,"stream":"yes"}').model == ""
    assert not ApiRequest("POST", "/", raw=b'{"stream":"yes"}').stream


def test_conversation_and_prompt_are_derived() -> None:
    request = ApiRequest("POST", "/", raw=b'{"messages":[{"role":"user","content":"hello"}]}')
    assert request.conversation.last_user_text == "hello"
    assert request.prompt.tokens > 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"max_tokens":5}', 5),
        (b'{"max_completion_tokens":6,"max_tokens":null}', 6),
        (b'{"max_tokens":true}', None),
        (b'{"max_tokens":0}', None),
        (b"{}", None),
    ],
)
def test_the_output_limit_is_read_under_both_names(body: bytes, expected: int | None) -> None:
    assert ApiRequest("POST", "/", raw=body).max_tokens == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"stop":"a"}', ["a"]),
        (b'{"stop":["a","b",3]}', ["a", "b"]),
        (b'{"stop_sequences":["c"]}', ["c"]),
        (b'{"stop":7}', []),
        (b"{}", []),
    ],
)
def test_stop_sequences_are_read_under_both_names(body: bytes, expected: list[str]) -> None:
    assert ApiRequest("POST", "/", raw=body).stops == expected
