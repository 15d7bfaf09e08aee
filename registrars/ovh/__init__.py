"""OVH behind the port `Registrar`: JSON in, our types out; every quirk of its API ends in this folder."""

from registrars.ovh.adapter import OvhGateway
from registrars.ovh.api.credentials import Access
from registrars.ovh.throttling.shared_rate_limiter import SharedBudget

__all__ = ["Access", "OvhGateway", "SharedBudget"]
