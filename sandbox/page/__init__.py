"""A page on loopback that shows the pretend workspace, as one of its people sees it, and the pretend OVH."""

from sandbox.page.server import Page

__all__ = ["Page"]
