"""How does a store say no?"""


class StoreClosed(Exception):
    """The store takes no more work: it was closed, or its thread died."""


class DatabaseRefused(Exception):
    """The database cannot be reached, trusted or used; the message says why, and never a password."""
