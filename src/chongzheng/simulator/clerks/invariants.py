"""Which statements must hold however people and machines interleave, and which situations must a campaign have met?

Ids and words follow the reliability page of the facts (section 3). Each says when it is looked at: A at an action, C
after a commit, Q when everything has come to rest.
"""

from __future__ import annotations

INVARIANTS: dict[str, str] = {
    "M1": "C: what was advanced, held or owed for a payment is drawn on no further than it goes",
    "M5": "C: what people ordered to give back for a payment, less what came back, never exceeds what was charged",
    "M6": "C: while a give-back of people's is out, no reversal that we drive can still take effect",
    "M9": "Q: whoever has money back twice is known to, or has a case where witnesses disagree; it is taken back once",
    "P6": "C: at most one give-back of a payment is live, whoever began it",
    "D4": "A: whoever is refused, or dies before the commit, leaves nothing behind",
    "D5": "A: what was done before its answer was lost is not done again when it is said again",
    "O1": "C: what is open is waited for: it has a queue, a person or a deadline",
    "O3": "Q: money that was advanced, or is held for a refund, belongs to a remedy that is open",
    "K1": "C: what has ended stays as it is, unless a row of its table opens it again",
    "K2": "A: nobody approves what he or she proposed or reported, by any route; in an emergency another reviews it",
    "K3": "A: what was decided on a sight that has changed has no effect",
    "K5": "Q: each fact is one act under one name, and all chains verify",
    "R1": "A: a batch that is handed in again changes nothing",
    "R5": "A: whoever is refused is told why, in one line that says more than no",
}

SITUATIONS: tuple[str, ...] = (
    "a person was refused for their role",
    "a person was refused because they had said it themselves",
    "a person was refused because what they saw had changed",
    "a person was refused because the fact was out of order",
    "a person was refused because somebody else held it",
    "a person was refused for a word that does not fit",
    "two people said the same, and one was done",
    "somebody clicked twice",
    "a batch was handed in",
    "a batch was handed in again",
    "a preview said what would happen",
    "the program died inside a transaction",
    "the program died after a commit, and it was said again",
    "the program was started again",
    "somebody's roles changed in between",
    "a row of a register was proposed and approved",
    "a row of a register was not approved by whoever proposed it",
    "a person booked by hand",
    "a person was refused to book by hand",
    "a deadline of a matter ran out",
    "a matter heard that its payment moved",
    "a case was closed",
    "a case could not be closed yet",
    "a reversal was stopped by a person",
    "a refund asked that the reversal be stopped",
    "a refund was sent",
    "a refund was approved by two beside its proposer",
    "a refund was approved by one person alone",
    "what was approved alone was reviewed by another",
    "a refund lapsed",
    "the money went back by itself before a refund was sent",
    "the bank refused a refund that was sent",
    "the bank reversed after a refund was sent",
    "a double credit was noticed",
    "the issuer charged back a payment that people were giving back",
    "a double credit was recovered",
    "a double credit was written off",
    "the bank reversed after the engine had given up",
    "a clearing file contradicted what was known",
)
