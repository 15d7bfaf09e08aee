"""Shows that nothing is ordered or paid twice: many bots are killed and misled on the true wire, and laws are checked.

crash_points  a bot that dies at a chosen boundary: before or after a call to OVH, a commit, a call to Slack
life          one bot from its start to its death, with everything that it had in memory
team          people who do what the cards ask of them, until the cart is where it should be
witness       somebody who looks at OVH, and tells what became of an order or a payment
trouble       what goes wrong in a run, drawn from its seed
turns         what only one run in some fifteen has: a frozen process, a restore, an order made elsewhere, other clocks
met           what of it was really met
copies        a database that is put back to an older copy; recovering: what people and operators do then
laws          what must hold after every run
campaign      runs side by side until the time is over, and the table of what was seen
"""
