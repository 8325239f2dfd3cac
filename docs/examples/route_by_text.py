# ruff: noqa: INP001  a file of the user's, in no package
"""An own routing rule: `routes: {custom: route_by_text.py:route}` in `ccglm.yaml`, beside this file.

It is called for each request that does not name a model of its own, with a summary of it. Return a role, a model or
None for "as usual". An error in it is logged once and ignored.
"""


def route(request):
    """Send reviews to the large model and everything short without tools to the fast one."""
    if "code review" in request.last_text.lower():
        return "main"
    if request.tokens < 500 and not request.tools:
        return "fast"
    return None
