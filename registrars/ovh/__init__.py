"""The OVH adapter behind the `Registrar` port: JSON in, our types out. OVH's quirks stay in this folder."""

from registrars.ovh.adapter import OvhGateway
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.throttling.shared_rate_limiter import SharedRateLimiter

__all__ = ["OvhConfig", "OvhGateway", "SharedRateLimiter"]
