"""What the tests of views look at: the words, the buttons, and whether Slack would take it."""

from ordering.model.domain_name import DomainName
from ordering.model.offer import Action, Offer
from sandbox.slack.block_kit import faults_of
from sandbox.slack.messages import elements, words
from tests.builders import euros

LONG = ".".join(["x" * 58] * 4)
EVIL = "<!channel> <@U1> & `*_~ \n\n\u202e\u2066 https://evil.example " + "y" * 400


def offer(name: str, price: str = "2.99", **more) -> Offer:
    return Offer(DomainName.parse(name), Action.CREATE, "create-default", orderable=True, price=euros(price), **more)


def blocks_of(rendered):
    return [block.to_dict() for block in rendered.blocks]


def words_of(rendered):
    return "\n".join(words(blocks_of(rendered)))


def labels(rendered):
    return {element["text"]["text"] for _, element in elements(blocks_of(rendered))}


def check(rendered):
    assert faults_of(blocks_of(rendered)) == []
    assert rendered.text
    shown = str(blocks_of(rendered)) + rendered.text
    assert "<!channel>" not in shown
    assert "<@U1>" not in shown
