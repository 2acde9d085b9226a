"""Who may reach the page? Only this machine's own browser, and only from the page itself."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CLAIM = "x-huiyin-demo"
POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint, for this machine only: a foreign name (rebinding) or another site's POST gets 403."""

    async def answer(request: Request) -> Response:
        refusal = _refusal(request)
        response = JSONResponse({"error": refusal}, 403) if refusal else await endpoint(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def _refusal(request: Request) -> str | None:
    host = request.headers.get("host", "")
    if _hostname(f"//{host}") not in LOOPBACK:
        return "this page answers on this machine only"
    if request.method in ("GET", "HEAD"):
        return None
    if request.headers.get(CLAIM) != "1":
        return "this is for the page itself"
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{host}":
        return "this is for the page itself"
    return None


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
