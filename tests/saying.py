"""What people read, as the catalogue says it: for tests that do not know all its data, or wait for it often."""

from typing import Any

from handlers.messages import words as catalogue
from handlers.messages.en.question_labels import noun
from ordering.model.domain_name import DomainName
from ordering.model.offer import Verdict

HOLE: Any = "\0"  # stands for what the test does not know


def before_hole(sentence: str) -> str:
    """Return a sentence up to what the test does not know."""
    return sentence.partition(HOLE)[0]


def after_hole(sentence: str) -> str:
    """Return what follows the last thing that the test does not know."""
    return sentence.rpartition(HOLE)[2]


def after_time(sentence: str) -> str:
    """Return what follows the last moment that a sentence names; a reader's own clock words that."""
    return sentence.rpartition(">")[2]


def before_time(sentence: str) -> str:
    """Return a sentence up to the first moment that it names."""
    return sentence.partition("<!date")[0]


def result_of(name: str, verdict: Verdict = Verdict.AVAILABLE, **more: bool) -> str:
    """Return the head of a search for one name."""
    about = {"special": False, "buyable": verdict is Verdict.AVAILABLE, "has_offers": False} | more
    return catalogue.search.one_name(DomainName.parse(name), catalogue.search.verdict_in_words(verdict, **about))


def added(*names: str) -> str:
    """Return how the answer begins when these names were added to a cart."""
    return before_hole(catalogue.cart.added([DomainName.parse(name) for name in names], HOLE, 1))


def removed(*names: str) -> str:
    """Return how the answer begins when these names were removed from a cart."""
    return before_hole(catalogue.cart.removed([DomainName.parse(name) for name in names], HOLE, 1))


def asks_for(*labels: str) -> str:
    """Return that a registry still asks for the answers to these questions."""
    return catalogue.questions.still_open([noun(label) for label in labels])


SENT = before_hole(catalogue.cart.requested(1, HOLE, None, here=False))  # how the answer to the first request begins
ADDED = before_hole(catalogue.cart.added([HOLE], HOLE, 1))  # how the answer to any names begins
ALL_FOUND = after_hole(catalogue.search.some_available(HOLE, HOLE))  # how the head of a complete search ends
STOPPED = before_hole(catalogue.search.stopped_after(HOLE, 2, 1))  # how the head of a stopped search begins
A_REGISTRY_ASKS = before_hole(catalogue.questions.still_open([HOLE]))
