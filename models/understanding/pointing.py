"""Do these words point at a flat, so that whoever lives there would know who spoke?

What is handed in is shown to its raiser as others will read it; what is added later is not, so a word that a table of
matters takes for a neighbour's (「楼梯口那盏」 for things left on the stairs) must not turn it into nonsense. Only
words that really name neighbours or what they do count here.
"""

import re

from models.understanding.reading import clean, matching

_NEIGHBOURS = re.compile(
    r"楼上|楼下|隔壁|对门|邻居|[那他她人]家|那户|这户|住户|租客|租户|房东|半夜|吵|噪|麻将|养狗|狗叫"
    r"|\b(?:upstairs|downstairs|next door|neighbou?rs?|landlord|tenants?|nois[ey]|barking)\b"
)


def points_at_a_flat(text: str) -> bool:
    """Whether somebody who lives nearby is meant."""
    return _NEIGHBOURS.search(matching(clean(text))) is not None
