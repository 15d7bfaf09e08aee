"""What people can do with a cart, told as use cases, one file for each story that a person lives through.

Each one reads, asks the rules, and writes the new state with its event in one transaction. A call to OVH
never falls inside a transaction. What people decide here, `ordering.process.fulfilment` carries out.
"""

from __future__ import annotations

from ordering.workflow.answering import Answering
from ordering.workflow.asking import Asking
from ordering.workflow.deciding import Deciding
from ordering.workflow.filling import Filling
from ordering.workflow.looking import Looking
from ordering.workflow.owners import Owners
from ordering.workflow.paying import Paying
from ordering.workflow.searching import MOST_LOOK_UPS, Query, Searching
from ordering.workflow.settling import Settling

__all__ = ["MOST_LOOK_UPS", "Query", "Workflow"]


class Workflow(Searching, Filling, Answering, Asking, Deciding, Owners, Paying, Settling, Looking):
    """The use cases, in the order in which a cart lives through them. Safe to call from several threads."""
