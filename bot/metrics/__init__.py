"""What the bot measures of itself, for Prometheus."""

from bot.metrics.measures import Measures

__all__ = ["Measures"]
