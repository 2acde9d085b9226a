"""The verbs. The only code that changes anything: each takes a `Work`, runs whole inside one transaction, and raises
`Refused` with nothing changed. One file a conversation's worth of verbs; `moving` is the one gate to the lifecycle.
"""
