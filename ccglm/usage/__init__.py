"""From rows of the usage store to totals and what people read of them."""
