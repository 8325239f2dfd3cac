"""Claude's list prices from the catalogue, as the usage store's sums take them."""

from __future__ import annotations

from callbacks.usage_queries import TokenPrices


def claude_list_prices() -> dict[str, TokenPrices]:
    """Return the list prices by tier (`opus`, `sonnet`, `haiku`, ...), in USD per million tokens.

    Uncached input counts at the plain input price, although Claude asks more for what it writes
    into its cache: the comparison is never larger than the bill would have been.
    """
    # Reading the catalogue loads pydantic: 150 ms that a question without prices need not pay.
    from litellm_config.catalog import read_catalog

    return {
        tier: TokenPrices(
            price.input_usd_per_mtok, price.cached_input_usd_per_mtok, price.output_usd_per_mtok
        )
        for tier, price in read_catalog().claude_prices.tiers.items()
    }
