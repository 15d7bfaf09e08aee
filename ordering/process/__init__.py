"""How the worker carries a decision out: checkout, payment, delivery, leases."""
