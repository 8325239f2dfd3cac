"""`ccglm test`: the short form of the conformance suite, against the real providers, with the user's keys."""
