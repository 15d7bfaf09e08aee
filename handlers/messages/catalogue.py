"""A catalogue: one function per code, which makes its sentence from the code's parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import TypeAlias

import structlog

from ordering.model.facts import Data

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hint:
    """A command to suggest: the `words` after its name, and its `effect`, such as “shows what is in it”."""

    words: str
    effect: str = "shows it"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person reads: plain text that views escape, and a command that the person can type next.

    `advice` is for people who can try again themselves. A card leaves it out while the bot tries again.
    """

    text: str
    hint: Hint | None = None
    advice: str = ""

    @property
    def in_full(self) -> str:
        return f"{self.text} {self.advice}".rstrip()


Sentence: TypeAlias = Callable[..., str | Wording]


class Catalogue:
    """The sentences of one language, by code.

    A sentence is a function. Its parameters are the names of the data that it uses; data that it does not name is left
    out, unless it takes all by ``**data``. A parameter that an earlier version did not record needs a default.
    """

    def __init__(self) -> None:
        self._sentences: dict[str, Sentence] = {}

    def says(self, *codes: str) -> Callable[[Sentence], Sentence]:
        """Register a function as the sentence of these codes."""

        def register(sentence: Sentence) -> Sentence:
            for code in codes:
                if code in self._sentences:
                    raise ValueError(f"two sentences for {code}")
                self._sentences[code] = sentence
            return sentence

        return register

    def sentence(self, code: str, params: Data) -> Wording | None:
        """Return the sentence, and never raise; None if the code has none, or if its data lack something (logged)."""
        sentence = self._sentences.get(code)
        if sentence is None:
            return None
        if missing := needed(sentence) - params.keys():
            _log.error("sentence_not_made", code=code, missing=sorted(missing))
            return None
        try:
            made = sentence(**_of_interest(sentence, params))
        except Exception as error:  # noqa: BLE001 - a card must be shown whatever the record holds
            _log.error("sentence_not_made", code=code, error=type(error).__name__)
            return None
        return made if isinstance(made, Wording) else Wording(made)

    @property
    def sentences(self) -> Mapping[str, Sentence]:
        return self._sentences


def needed(sentence: Sentence) -> frozenset[str]:
    """Return the names of the data without which a sentence cannot be made."""
    parameters = signature(sentence).parameters.values()
    return frozenset(p.name for p in parameters if p.default is Parameter.empty and p.kind is not Parameter.VAR_KEYWORD)


def _of_interest(sentence: Sentence, params: Data) -> Data:
    parameters = signature(sentence).parameters
    if any(p.kind is Parameter.VAR_KEYWORD for p in parameters.values()):
        return params
    return {name: value for name, value in params.items() if name in parameters}
