"""The explorer: runs the real rules of ordering and paying against schedules of faults.

`plain_store` keeps the store port in memory, `ledger` and `routes` are an unkind registrar in memory, `wire` puts the
real `OvhGateway` on it, `world` runs workers and users on simulated time, `search` enumerates the schedules.
"""
