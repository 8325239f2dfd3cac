"""Claude's list prices come from the catalogue."""

from callbacks.usage_queries import DEFAULT_TIER
from ccglm.usage.prices import claude_list_prices
from litellm_config.catalog import read_catalog


def test_every_tier_of_the_catalogue_has_its_price() -> None:
    prices = claude_list_prices()

    assert set(prices) == set(read_catalog().claude_prices.tiers)
    assert {"opus", "sonnet", "haiku", DEFAULT_TIER} <= set(prices)
    for price in prices.values():
        assert 0 < price.cached_input < price.input < price.output
