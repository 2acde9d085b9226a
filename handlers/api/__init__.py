"""What do machines ask over HTTP? Health and metrics; nothing here holds a person's words, name or number (I12)."""
