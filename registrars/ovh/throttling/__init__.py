"""Sharing OVH's rate limit among calls: the scheduler and the rate limiters."""
