"""Which kinds of matter are there? One line a kind; its table stands in its own file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chongzheng.cases.apology import APOLOGY
from chongzheng.cases.article import ARTICLE, SUBSCRIPTION
from chongzheng.cases.capa import CAPA
from chongzheng.cases.case import CASE
from chongzheng.cases.change import CHANGE
from chongzheng.cases.claim import CLAIM
from chongzheng.cases.clawback import CLAWBACK
from chongzheng.cases.compensation import COMPENSATION
from chongzheng.cases.complaint import COMPLAINT
from chongzheng.cases.contact import CONTACT
from chongzheng.cases.credit_watch import WATCH
from chongzheng.cases.dispute import DISPUTE
from chongzheng.cases.feedback import FEEDBACK
from chongzheng.cases.incident import INCIDENT
from chongzheng.cases.inquiry import INQUIRY
from chongzheng.cases.lesson import LESSON
from chongzheng.cases.matter import Kind
from chongzheng.cases.part import PART
from chongzheng.cases.playbook import ACTIVATION, DRILL
from chongzheng.cases.problem import PROBLEM
from chongzheng.cases.procedure import PROCEDURE
from chongzheng.cases.refund import REFUND
from chongzheng.cases.release import RELEASE
from chongzheng.cases.retry import RETRY
from chongzheng.cases.review import REVIEW
from chongzheng.cases.slip import SLIP
from chongzheng.cases.survey import SURVEY
from chongzheng.cases.swap import SWAP
from chongzheng.cases.task import TASK
from chongzheng.cases.ticket import TICKET
from chongzheng.cases.training import SHIFT, TRAINING

KINDS: Mapping[str, Kind] = MappingProxyType({
    kind.name: kind
    for kind in (
        ACTIVATION,
        APOLOGY,
        ARTICLE,
        CAPA,
        CASE,
        CHANGE,
        CLAIM,
        CLAWBACK,
        COMPENSATION,
        COMPLAINT,
        CONTACT,
        INCIDENT,
        INQUIRY,
        DISPUTE,
        DRILL,
        FEEDBACK,
        LESSON,
        PART,
        PROBLEM,
        PROCEDURE,
        REFUND,
        RETRY,
        REVIEW,
        SLIP,
        SURVEY,
        RELEASE,
        SHIFT,
        SUBSCRIPTION,
        SWAP,
        TASK,
        TICKET,
        TRAINING,
        WATCH,
    )
})  # fmt: skip
