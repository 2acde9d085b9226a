"""When do people write, and what? The hours of a real stream where it is there; matters about as common as they are."""

import csv
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

STREAM = Path(__file__).parents[3] / "shared" / "data" / "hot_dev.csv"
"""A city's real letters with the moment each was sent."""

BY_HOUR = (1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 9, 8, 6, 5, 6, 7, 7, 6, 5, 5, 6, 6, 4, 2)
"""Letters an hour of the day where the stream is not there: half of them outside office hours (users.md)."""

MATTERS: Sequence[tuple[int, str]] = (
    (40, "楼道灯不亮，晚上黑得很"),
    (28, "乱停车，堵在单元门口"),
    (24, "垃圾桶满了两天没人清运"),
    (16, "楼上漏水，天花板湿了一大片"),
    (16, "楼上半夜拖桌椅，吵得睡不着"),
    (14, "电梯又停了"),
    (10, "楼道里堆满杂物"),
    (8, "绿化带没人修剪，都长到窗户了"),
    (8, "有人在楼道里飞线充电"),
    (6, "停水了，到现在还没来"),
    (6, "物业费涨了，不知道钱花在哪里"),
    (6, "请问物业费怎么交"),
    (6, "充电桩太少，排队要两小时"),
    (4, "想加装电梯，找谁问"),
    (4, "建议在门口装个路灯"),
    (3, "那个事情到底怎么回事"),
    (1, "楼下着火了，冒浓烟"),
)
"""How many in 200, and how one says it."""


def hours_of_the_day() -> tuple[tuple[int, ...], str]:
    """Letters by hour of the day, and where that is known from."""
    if not STREAM.exists():
        return BY_HOUR, "a built-in profile of the day"
    with STREAM.open(encoding="utf-8", newline="") as stream:
        counted = Counter(datetime.fromisoformat(row["time"]).hour for row in csv.DictReader(stream))
    return tuple(counted[hour] for hour in range(24)), "a city's real stream"


def arrivals(chance: random.Random, begins: datetime, *, days: int, a_week: float) -> Iterator[datetime]:
    """Moments at which somebody writes, in order: every day of the week alike, the hours of a day as they are."""
    by_hour, _ = hours_of_the_day()
    for day in range(days):
        mean = a_week / 7
        many = max(0, round(chance.gauss(mean, mean**0.5)))  # as many as come by themselves vary
        hours = chance.choices(range(24), by_hour, k=many)
        yield from sorted(begins + timedelta(days=day, hours=hour, seconds=chance.uniform(0, 3600)) for hour in hours)


def matter(chance: random.Random) -> str:
    return chance.choices([words for _, words in MATTERS], [many for many, _ in MATTERS])[0]
