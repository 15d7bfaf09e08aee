"""Ways to a run of the explorer that its tests need."""

from prove.explorer.search import Search, Setup, follow
from prove.explorer.world import World

ONE_NAME = Setup()
ONE_PROCESS = Search(processes=1)


def deviating(*wanted: tuple[str, str], setup: Setup = ONE_NAME) -> World:
    """Run the first schedule in which each of these deviations meets a place whose name begins so, in this order."""
    world, left = follow(setup, wanted)
    assert not left, f"{left} met no place of {[label for label, _ in world.places]}"
    return world


def broken_by(*wanted: tuple[str, str]) -> str | None:
    broken = deviating(*wanted).broken
    return broken.law if broken else None


def plain() -> World:
    world = ONE_NAME.world({})
    world.run()
    return world
