"""Whose phones are on the page? Five people of the sample town, in the order they stand side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.rules.policy import Role, Town

BUILDING = "LC01-3"
ROMAN = {"林玉强": "Lin Yuqiang", "蔡永兰": "Cai Yonglan", "苏素芳": "Su Sufang"}
"""How the sample's officials are written for whoever reads no Chinese; the register has no column for it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One phone: `key` names it on the page, `enrols_with` is the deep link that makes it real."""

    key: str
    person_id: int  # fixed, so that a kept data folder knows the same people again
    name: str
    en: str
    where: str
    where_en: str
    enrols_with: str
    stairs: str = ""  # the stairwell in which the link hangs as a QR code; else it is on a card that was handed over
    language: str = "zh-hans"

    @property
    def desk(self) -> str:
        """The desk whose telephone this is; empty for a neighbour."""
        kind, _, place = self.enrols_with.partition(":")
        return place if kind == "desk" else ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing to try: `short` fits a narrow phone, `person` is who says it; `voice`: as a recording, not typed."""

    person: str
    short: str
    text: str
    voice: bool = False


CHIPS = (
    Chip("resident", "电梯停了", "3栋电梯又停了，八十多岁的老人下不了楼"),
    Chip("neighbour", "楼上吵", "楼上半夜拖桌椅"),
    Chip("resident", "楼道灯", "楼道灯不亮"),
    Chip("resident", "有人被困", "3栋电梯里有人被困"),
    Chip("neighbour", "Lift stuck", "The lift in building 3 is stuck again"),
    Chip("neighbour", "一段语音", "一段语音", voice=True),
)


def cast(town: Town) -> tuple[Part, ...]:
    """The five, with the names the town's register gives to its officials."""
    compound = town.compound_of(BUILDING)
    community = town.community_desks[compound.community]
    prop = compound.property_desk or community
    home, home_en = town.place_name(BUILDING), town.place_name(BUILDING, lang="en")
    stairs = town.buildings[BUILDING].label
    head = _incumbent(town, Role.HEAD, BUILDING, "楼长")
    first = 5_200_000_101
    return (
        Part("resident", first, "王阿姨", "Auntie Wang", home, home_en, f"resident:{BUILDING}", stairs),
        Part("neighbour", first + 1, "陈先生", "Mr Chen", home, home_en, f"resident:{BUILDING}", stairs),
        Part("head", first + 2, head, ROMAN.get(head, "Building head"), home, home_en, f"head:{BUILDING}"),
        _desk(town, "property", first + 3, Role.PROPERTY, prop),
        _desk(town, "community", first + 4, Role.COMMUNITY, community),
    )


def deep_link(part: Part, tokens: Mapping[str, str]) -> str:
    """The token this person opens the chat with; empty where none was made."""
    return tokens.get(part.enrols_with, "")


def _desk(town: Town, key: str, person_id: int, role: Role, code: str) -> Part:
    desk = town.desks[code]
    name = _incumbent(town, role, code, desk.name)
    en = desk.en or desk.name
    return Part(key, person_id, name, ROMAN.get(name, en), desk.name, en, f"desk:{code}")


def _incumbent(town: Town, role: Role, place: str, otherwise: str) -> str:
    held = (one.name for one in town.incumbents if one.role is role and one.place == place)
    return next(held, otherwise)
