"""*Help*, wherever a line says that something was not understood."""

from __future__ import annotations

from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import Nothing
from handlers.toolkit.responder import Reply
from handlers.views.help import help_message


def register(router: Router) -> None:
    router.button(Act.HELP, Nothing, _help)


async def _help(_services: Services, _did: Interaction, reply: Reply, _pressed: Nothing) -> None:
    await reply.send(help_message())
