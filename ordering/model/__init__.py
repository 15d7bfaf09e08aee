"""The things the rules speak about: names, offers, carts, money, policy."""
