"""What must hold, as pure functions and tables: standard library only, and `now` is always an argument."""
