"""The explorer: the real rules of ordering and paying, searched over schedules of faults.

`plain_store` keeps the store port in memory, `ovh` is an unkind registrar in memory, `wire` puts the real `OvhGateway`
on it, `world` runs workers and people on simulated time, `search` enumerates the schedules.
"""
