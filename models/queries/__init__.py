"""What is so? Read-only questions; each takes a `Work` and returns frozen values, never rows of other rooms' tables."""
