"""How calls share OVH's rate limit: the scheduler and the rate limiters."""
