"""A page on loopback that shows the simulated workspace, as one of its users sees it, and the simulated OVH."""

from sandbox.page.server import Page

__all__ = ["Page"]
