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


def blocks_of(drawn):
    return [block.to_dict() for block in drawn.blocks]


def words_of(drawn):
    return "\n".join(words(blocks_of(drawn)))


def labels(drawn):
    return {element["text"]["text"] for _, element in elements(blocks_of(drawn))}


def check(drawn):
    assert faults_of(blocks_of(drawn)) == []
    assert drawn.text
    shown = str(blocks_of(drawn)) + drawn.text
    assert "<!channel>" not in shown
    assert "<@U1>" not in shown
