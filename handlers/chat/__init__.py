"""Conversations, one file each, in speaking order. A handler translates; what happens is decided in `models`."""
