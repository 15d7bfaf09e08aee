"""What the worker does with a decision: checkout, payment, delivery, leases."""
