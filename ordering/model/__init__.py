"""The domain model: names, offers, carts, money, policy."""
