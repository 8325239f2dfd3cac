"""Hooks on LiteLLM: each file one feature, in the order that `callbacks.entrypoint` lists."""
