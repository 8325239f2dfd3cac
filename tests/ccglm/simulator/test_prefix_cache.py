from ccglm.simulator.prefix_cache import BLOCK_TOKENS, PrefixCache
from ccglm.simulator.prompt import Prompt
from ccglm.simulator.tokens import count_bytes


def prompt(text: str) -> Prompt:
    return Prompt(text.encode(), count_bytes(len(text)))


LONG = prompt("a quick brown fox " * 200)


def test_a_prompt_seen_before_is_cached_up_to_its_last_complete_block() -> None:
    cache = PrefixCache()
    assert cache.cached_tokens("org", LONG, now_s=0) == 0
    cache.remember("org", LONG, now_s=0, keep_s=300)
    cached = cache.cached_tokens("org", LONG, now_s=1)
    assert cached % BLOCK_TOKENS == 0
    assert LONG.tokens - BLOCK_TOKENS <= cached <= LONG.tokens


def test_a_change_at_the_start_loses_everything() -> None:
    cache = PrefixCache()
    cache.remember("org", LONG, now_s=0, keep_s=300)
    changed = Prompt(b"x" + LONG.text, LONG.tokens)
    assert cache.cached_tokens("org", changed, now_s=1) == 0


def test_a_longer_prompt_finds_the_shorter_one() -> None:
    cache = PrefixCache()
    cache.remember("org", LONG, now_s=0, keep_s=300)
    longer = prompt(LONG.text.decode() + "and more " * 100)
    assert cache.cached_tokens("org", longer, now_s=1) == cache.cached_tokens("org", LONG, now_s=1)


def test_another_owner_and_a_later_time_find_nothing() -> None:
    cache = PrefixCache()
    cache.remember("org", LONG, now_s=0, keep_s=300)
    assert cache.cached_tokens("other", LONG, now_s=1) == 0
    assert cache.cached_tokens("org", LONG, now_s=300) == 0


def test_clearing_forgets() -> None:
    cache = PrefixCache()
    cache.remember("org", LONG, now_s=0, keep_s=300)
    cache.clear()
    assert cache.cached_tokens("org", LONG, now_s=1) == 0


def test_short_prompts_are_never_cached() -> None:
    cache = PrefixCache()
    cache.remember("org", prompt("hello"), now_s=0, keep_s=300)
    assert cache.cached_tokens("org", prompt("hello"), now_s=1) == 0
