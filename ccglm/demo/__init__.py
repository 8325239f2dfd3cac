"""The demonstration: a scripted session and a burst that falls back, on simulated providers."""
