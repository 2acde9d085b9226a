"""Which tables should there be? Those of `models.records`, all of them imported."""

from models import records

METADATA = records.Alarm.metadata
"""What every table is written down in."""
