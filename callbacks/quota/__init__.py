"""Quotas known in advance: pure buckets, reservations and cooldowns; no LiteLLM, no clock of its own."""
