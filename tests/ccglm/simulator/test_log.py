from ccglm.simulator.log import RecordedRequest, RequestLog, read_log


def a_log(*bodies: bytes, limit: int = 10) -> RequestLog:
    log = RequestLog(limit)
    for raw in bodies:
        log.add(RecordedRequest(provider="zai", status=200), raw)
    return log


def test_records_survive_the_way_through_json() -> None:
    log = a_log(b'{"a":1}')
    (record,) = read_log(log.to_json())
    assert (record.number, record.provider, record.body) == (1, "zai", {"a": 1})


def test_bodies_that_are_no_json_stay_text_and_empty_ones_are_none() -> None:
    assert [record.body for record in read_log(a_log(b"{x", b"\xff", b"").to_json())] == [
        "{x",
        "\ufffd",
        None,
    ]


def test_only_newer_records_are_returned_and_without_bodies_if_wanted() -> None:
    log = a_log(b"1", b"2", b"3")
    assert [record.number for record in read_log(log.to_json(since=1))] == [2, 3]
    assert all(record.body is None for record in read_log(log.to_json(bodies=False)))


def test_the_oldest_are_dropped_at_the_limit() -> None:
    log = a_log(b"1", b"2", b"3", limit=2)
    assert [record.number for record in read_log(log.to_json())] == [2, 3]
    log.resize(1)
    assert [record.number for record in read_log(log.to_json())] == [3]


def test_bodies_of_old_requests_are_let_go_when_they_get_too_large() -> None:
    log = RequestLog(10, bodies_bytes=5)
    for raw in (b"123", b"45", b"678", b'"longer"'):
        log.add(RecordedRequest(), raw)
    assert [record.body for record in read_log(log.to_json())] == [None, None, None, None]
    log.add(RecordedRequest(), b"90")
    assert [record.body for record in read_log(log.to_json())] == [None] * 4 + [90]


def test_numbers_go_on_after_clearing() -> None:
    log = a_log(b"1")
    log.clear()
    log.add(RecordedRequest(), b"")
    assert [record.number for record in read_log(log.to_json())] == [2]


def test_a_record_in_flight_shows_as_such() -> None:
    record = RecordedRequest(status=429)
    assert record.in_flight
    assert record.refused
    record.finished_at = 1.0
    assert not record.in_flight
