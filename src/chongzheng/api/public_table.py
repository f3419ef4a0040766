"""Which calls are there for the page that cardholders see, and for the people who answer them? A part of the table."""

from __future__ import annotations

from chongzheng.api import public
from chongzheng.api import public_shapes as shapes
from chongzheng.api.endpoint import Endpoint
from chongzheng.journal.actors import May

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/public/standing",
        "public",
        "Where the money of a payment is, for whoever shows that it is theirs; the same answer for unknown and wrong.",
        public.public_standing,
        shapes.PublicAnswer,
        takes=shapes.Proofs,
    ),
    Endpoint(
        "POST",
        "/public/complaints",
        "public",
        "A complaint from outside: it joins the case of its payment, or waits for a person who finds it.",
        public.complain,
        shapes.TakenIn,
        takes=shapes.NewComplaint,
        keyed=True,
        status=201,
    ),
    Endpoint(
        "GET",
        "/payments/{payment}/link",
        "people",
        "The code of the signed link that a slip or a letter carries.",
        public.link,
        shapes.Link,
        refusals=("not_found",),
        person=May.CHECK,
    ),
    Endpoint(
        "GET",
        "/matters/{matter}/contact",
        "people",
        "Where a complaint is answered to, unsealed for a person who answers it; noted with that person's name.",
        public.contact,
        shapes.Contact,
        refusals=("not_found",),
        person=May.RESOLVE,
    ),
)
