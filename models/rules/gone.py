"""What stands for a code that an open case names and the town's edition in force does not? Its code, as its name.

A folder that forgets such codes is refused when it is loaded; one that came past that door, by force or by a setting,
must still let every case be read and handled.
"""

from models.rules.policy import Building, Category, Compound, Desk, DeskKind, Sla, Tier, Town


def category_of(town: Town, code: str) -> Category:
    """The category; one forgotten is taken to be sealed and an authority's: nobody can say it was not."""
    return town.categories.get(code) or Category(
        code, code, code, Tier.COMMUNITY, Sla.P2, (), sealed=True, enforcement=True, short=(code,), short_en=code
    )


def desk_of(town: Town, code: str) -> Desk:
    """The desk; one forgotten has no telephone and the town's hours."""
    return town.desks.get(code) or Desk(code, DeskKind.DEPARTMENT, code, code, phone="")


def building_of(town: Town, code: str) -> Building:
    return town.buildings.get(code) or Building(code, compound="", label=code, households=0)


def compound_of(town: Town, building: str) -> Compound:
    """The compound a building stands in; one without a name or desks for a building forgotten."""
    return town.compounds.get(building_of(town, building).compound) or Compound(
        "", "", "", community="", commercial=False
    )
