"""What the codes and bodies of one place are called: its divisions, its districts, who answers."""

from __future__ import annotations

from monitor.model import Text
from monitor.policy.bodies import Body
from monitor.policy.policy import Policy


def member_name(policy: Policy, place: str, code: str) -> Text:
    """The name of a division, or of a district of the city `place`; the code where it has none."""
    city = policy.divisions.divisions.get(place)
    if city is not None and code in city.counties:
        return Text(city.counties[code], city.counties[code])
    return policy.divisions.name(code)


def belongs(policy: Policy, place: str, code: str) -> bool:
    """Whether a code is a place's own, one of its divisions, or a district of the city."""
    table = policy.divisions
    city = table.divisions.get(place)
    districts = city.counties if city is not None else {}
    return code == place or code in table.members(place) or code in districts


def body_of(policy: Policy, place: str, name: str) -> Body | None:
    """The body of a place or of its province, by its name in the document or its present name."""
    found = [policy.bodies.get(code, name) for code in (place, policy.divisions.province_of(place))]
    for body in found:
        if body is not None:
            return body
    codes = {place, policy.divisions.province_of(place)}
    return next(
        (
            body
            for body in policy.bodies.entries.values()
            if body.jurisdiction in codes and name in {body.present, body.full_name.zh}
        ),
        None,
    )


def who_name(policy: Policy, place: str, who: str, *, is_body: bool) -> Text:
    """What somebody on a follow-up list is called, a body with its present name."""
    if not is_body:
        return member_name(policy, place, who)
    body = body_of(policy, place, who)
    if body is None:
        return Text(who, who)
    now = body.now_called
    return Text(f"{who}（现{now}）" if now else who, body.full_name.en)
