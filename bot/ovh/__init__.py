"""OVH behind the port `Registrar`: JSON in, our types out; every quirk of its API ends in this folder."""

from bot.ovh.access import Access
from bot.ovh.gateway import OvhGateway
from bot.ovh.shared_budget import SharedBudget

__all__ = ["Access", "OvhGateway", "SharedBudget"]
