"""Does a case live on when the town's folder changes under it?"""

from datetime import timedelta

from models.store import Statement
from tests.house import House
from tests.stories.living import files

_RENAMED = Statement("UPDATE clock SET rung = 'P2-3wh' WHERE rung = 'P2-4wh'")


async def test_a_clock_of_an_earlier_ladder_brings_the_case_back_for_review_and_no_second_time(house: House) -> None:
    await house.staff("WY-01")
    await files(await house.resident(), "3栋楼道的灯坏了三天了")
    await house.parts.house.store.run(_RENAMED.run)
    await house.turn(timedelta(days=2))
    assert len(await house.rows("SELECT 1 AS one FROM alarm WHERE kind = 'review'")) == 1
    rang = await house.rows("SELECT rung FROM clock WHERE rang_at IS NOT NULL")
    assert "P2-3wh" in [row.rung for row in rang]
    runs = await house.rows("SELECT rung FROM clock WHERE due_at IS NOT NULL AND rung = 'review-7d'")
    assert len(runs) == 1
