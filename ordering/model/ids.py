"""Numbers that are easily swapped, with a type each: `adopt(cart_id, order_id)` decides which order is paid."""

from __future__ import annotations

from typing import NewType

CartId = NewType("CartId", int)  # counted by our database, and shown to people as the request's number
OrderId = NewType("OrderId", int)  # OVH's number of a sales order
