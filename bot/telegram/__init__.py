"""How do words come in from a messenger and leave for it? Nothing here knows what they are about."""
