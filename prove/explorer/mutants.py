"""Which broken guards the explorer finds by itself."""


def try_mutants(seconds: float, processes: int) -> int:
    raise NotImplementedError
