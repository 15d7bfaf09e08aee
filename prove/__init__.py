"""Shows that nothing is ordered or paid twice: many bots are killed and misled on the true wire, and laws are checked.

crash_points  injects a crash at a chosen boundary: before or after a call to OVH, a commit, a call to Slack
life          runs one bot from its start to its death, with everything that it has in memory
team          simulated users who follow the cards until the cart has reached its end
witness       an oracle that looks at OVH, and reports the outcome of an order or a payment
trouble       the faults of a run, drawn from its seed
turns         faults that only one run in some fifteen has: a frozen process, a restore, a foreign order, other clocks
met           the faults that really occurred
copies        a database that is restored from an older copy; recovering: what users and operators do then
laws          what must hold after every run
campaign      parallel runs until the time is over, and the table of results
"""
