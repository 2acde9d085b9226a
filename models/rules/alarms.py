"""What may a person have to look at? Every kind of alarm; docs/operations.md says what each of them asks for."""

from enum import StrEnum


class AlarmKind(StrEnum):
    UPDATE_PARKED = "update_parked"  # an update that could not be handled waits to be looked at
    NOTICE_DEAD = "notice_dead"  # a notice will never be delivered
    NOTICE_HALF_DONE = "notice-half-done"  # answered, but what follows from the answer could not be written
    CLOCK_FAILED = "clock-failed"  # a clock that was due could not ring; it is tried again
    DESK_UNREACHABLE = "desk-unreachable"
    RAISER_UNREACHABLE = "raiser-unreachable"
    FRESH_EYES = "fresh-eyes"  # the third return: somebody not involved should look
    REVIEW = "review"  # at the top of the ladder
    FILE_LOST = "file-lost"
    PICTURE_UNREADABLE = "picture-unreadable"  # fetched, and shown to nobody: no picture, broken, or too large
    CALENDAR_ENDS = "calendar-ends"  # the holiday table must be continued
    DUTY_GAP = "duty-gap"  # a day of a holiday without anybody on duty
    BUTTON_FORGED = "button-forged"  # a tap on something we never drew for that chat
    LINKS_GUESSED = "links-guessed"  # one chat was wrong about links too often
    DRAINING = "draining"  # the door stayed closed for its whole cap: nobody opened it again
    INVARIANT = "invariant"  # a row of the database is not as it must be, which no fault ought to bring about
    DRILL_FAILED = "drill-failed"  # the newest drill did not bring its backup back
    CLOCK_JUMPED = "clock-jumped"  # the machine's clock leapt; ahead: what time sets off is held until `huiyin release`
