"""Whom does a secure connection of ours trust? Read once a process: it takes as long as all the rest of opening one."""

import ssl
from functools import cache

import httpx


@cache
def trust() -> ssl.SSLContext:
    """The authorities everybody trusts, and those of the environment (SSL_CERT_FILE)."""
    return httpx.create_ssl_context()
