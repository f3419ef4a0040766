"""How many of a part lie there, are promised, are on their way; must more be ordered? One stock card a part (S-47)."""

from __future__ import annotations

from collections.abc import Mapping

from chongzheng.cases import desk
from chongzheng.cases.effects import Effect, Free, Open, Take
from chongzheng.cases.fields import Field
from chongzheng.cases.matter import NEW, Fact, Given, Kind, Matter, Outcome, Refused, Row, in_all
from chongzheng.cases.stock import reorder_point

STOCKED, ORDERED, OUT, RETIRED = "STOCKED", "ORDERED", "OUT", "RETIRED"
OPEN = (STOCKED, ORDERED, OUT)
COUNT_MAX = 1_000_000

COUNT = Field("count", "whole", "数量", "how many")
FOR = Field("for", "word", "用途", "the id of what it is for")
KEEPERS = frozenset({desk.TECHNICIAN, desk.SUPERVISOR})


def _opened(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    code, there = fact.said["part"], fact.said["on_hand"]
    if not 0 <= there <= COUNT_MAX:
        return Refused("field", f"on_hand: is 0 to {COUNT_MAX}")
    return _standing({"part": code, "on_hand": there, "reserved": 0, "on_order": 0}, matter, given, (_only(code),))


def _only(code: str) -> Effect:
    return Take(f"stock card {code}", f"{code} has its stock card already")


def _moved(matter: Matter, fact: Fact, given: Given, **by: int) -> Outcome | Refused:
    """The counts after this many more or fewer; none may fall below nought, nor may more be promised than lie there."""
    count = fact.said["count"]
    if not 0 < count <= COUNT_MAX:
        return Refused("field", f"count: is 1 to {COUNT_MAX}")
    body = dict(matter.body)
    for name, sign in by.items():
        body[name] = max(0, body[name] + sign * count) if name == "on_order" else body[name] + sign * count
    if body["reserved"] < 0:
        return Refused("rule", f"only {matter.body['reserved']} of {body['part']} are reserved, not {count}")
    if body["reserved"] > body["on_hand"]:
        free = matter.body["on_hand"] - matter.body["reserved"]
        return Refused("rule", f"no {count} of {body['part']} in stock: {free} free, {body['on_order']} on order")
    return _standing(body, matter, given)


def _reserved(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _moved(matter, fact, given, reserved=1)


def _put_back(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _moved(matter, fact, given, reserved=-1)


def _issued(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _moved(matter, fact, given, reserved=-1, on_hand=-1)


def _received(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _moved(matter, fact, given, on_hand=1, on_order=-1)


def _order_lost(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    return _moved(matter, fact, given, on_order=-1)


def _counted(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    there = fact.said["on_hand"]
    if not matter.body["reserved"] <= there <= COUNT_MAX:
        return Refused("rule", f"{matter.body['reserved']} are reserved; give those back first if fewer lie there")
    found = {"was": matter.body["on_hand"], "is": there, "reason": fact.said["reason"], "at": fact.at, "by": fact.actor}
    counts = [*matter.body.get("counts", ()), found][-desk.NOTES_MAX :]
    return _standing({**matter.body, "on_hand": there, "counts": counts}, matter, given)


def _retired(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    if matter.body["reserved"]:
        return Refused("rule", f"{matter.body['reserved']} of it are still reserved")
    free = Free(f"stock card {matter.body['part']}")
    return Outcome(changes={"retired": fact.said["reason"]}, effects=(free,))


def _standing(
    body: Mapping[str, object], matter: Matter, given: Given, effects: tuple[Effect, ...] = ()
) -> Outcome | Refused:
    """Where these counts leave it: what is available falls to the reorder point, so a batch is asked for."""
    counts = {name: body[name] for name in body if name != "by"}
    row = given.rule("parts").get(counts["part"])
    if row is None:
        return Refused("rule", f"the register parts has no row {counts['part']}")
    there, promised, coming = (_whole(counts[name]) for name in ("on_hand", "reserved", "on_order"))
    point = reorder_point(row)
    short = point - (there - promised + coming)
    if short >= 0 and matter.id:
        more = max(row["batch"], short + 1)
        coming += more
        words = {"what": f"order {more} x {row['en']} from {row['supplier']}", "team": "purchasing"}
        effects = (*effects, Open("task", f"{matter.id} order {matter.version}", words, parent=matter.id))
    state = OUT if there == promised else ORDERED if coming else STOCKED
    return Outcome(state, {**counts, "on_order": coming, "reorder_at": point}, effects, {"queue": "stock"})


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _tags(matter: Matter) -> Mapping[str, str]:
    return {"part": str(matter.body.get("part", ""))}


PART = Kind(
    name="part",
    titles=("备件库存卡", "stock card of a part"),
    states=(STOCKED, ORDERED, OUT, RETIRED),
    ended=frozenset({RETIRED}),
    rows=(
        Row(NEW, "Opened", None, _opened, may=KEEPERS,
            takes=(Field("part", "word", "备件", "row of the register parts"),
                   Field("on_hand", "whole", "现有数量", "how many lie there"))),
        *in_all(OPEN, Row(OUT, "Reserved", None, _reserved, may=KEEPERS, program=True, takes=(COUNT, FOR))),
        *in_all(OPEN, Row(OUT, "PutBack", None, _put_back, may=KEEPERS, program=True, takes=(COUNT, FOR))),
        *in_all(OPEN, Row(OUT, "Issued", None, _issued, may=KEEPERS, program=True, takes=(COUNT, FOR))),
        *in_all(OPEN, Row(OUT, "Received", None, _received, may=KEEPERS, takes=(COUNT,))),
        *in_all(OPEN, Row(OUT, "OrderLost", None, _order_lost, may=desk.HEADS, takes=(COUNT, desk.REASON))),
        *in_all(OPEN, Row(OUT, "Counted", None, _counted, may=KEEPERS,
            takes=(Field("on_hand", "whole", "现有数量", "how many lie there"), desk.REASON))),
        *in_all(OPEN, Row(OUT, "Retired", RETIRED, _retired, may=desk.HEADS, takes=(desk.REASON,))),
        *desk.rows(OPEN),
    ),
    tags=_tags,
)  # fmt: skip
