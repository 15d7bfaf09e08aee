"""The words that the glossary has replaced, with those to use; `tools/words.py` looks for them.

A word with `apart` may stand in these folders, where it has another meaning or is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_TEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Word:
    """A word, what to use for it, and where it may stand."""

    text: str
    use: str
    apart: tuple[str, ...] = ()


_STORED = ("handlers/messages/", "store/", "tests/")  # parameters and columns have the names of stored data
_RANDOM = ("prove/", "tests/prove/")  # faults are drawn at random


def _table(*words: Word) -> dict[str, Word]:
    return {word.text: word for word in words}


# Whole names: as parts of other names these words are ordinary.
NAMES = _table(
    Word("Desk", "Services, Bot or a name of the database"),
    Word("Driver", "Worker"),
    Word("Steps", "WorkerPool"),
    Word("Lane", "CallScheduler"),
    Word("Turn", "Permit"),
    Word("Allowance", "RateLimiter"),
    Word("Budget", "AdaptiveTokenBucket"),
    Word("Pace", "PollSchedule"),
    Word("Floor", "GilThrottle; for money, Floors"),
    Word("Silent", "OvhTimeout"),
    Word("TurnedAway", "Throttled"),
    Word("NotAsked", "RateLimitTimeout"),
    Word("Complained", "CartRejected"),
    Word("Claims", "Leases"),
    Word("Alone", "LocalLeases"),
    Word("Shared", "SharedLeases"),
    Word("give_back", "release"),
    Word("Trouble", "BlockedReason"),
    Word("trouble", "blocked, problem or faults", ("store/",)),
    Word("Drawn", "RenderedMessage"),
    Word("Story", "Scenario, Timeline or Handler"),
    Word("story", "scenario, timeline or handler"),
    Word("Deed", "MoneyCall or Action"),
    Word("Errand", "TaskType"),
    Word("Shelf", "SearchSessionStore"),
    Word("Wish", "RunnerSignal or PaymentCall"),
    Word("Draft", "OvhCart or Probe"),
    Word("Drafts", "OvhCarts"),
    Word("Access", "OvhConfig"),
    Word("Memory", "Stores"),
    Word("told", "the exact noun or verb: reported, notified, details", _STORED),
    Word("said", "the exact noun: text, sentence, answers", _STORED),
    Word("shown", "the exact noun: rendered, visible, mark", _STORED),
    Word("witness", "oracle or probe", ("ordering/record/",)),
)
# Parts of names, without the names of tests: these have no honest use.
PARTS = _table(
    Word("anew", "again or refresh"),
    Word("lately", "recently"),
    Word("whoever", "user or caller"),
    Word("deed", "money call or action"),
    Word("deeds", "money calls or actions"),
    Word("errand", "task type"),
    Word("lane", "scheduler"),
    Word("lanes", "schedulers"),
    Word("untold", "undelivered"),
    Word("hush", "circuit open"),
    Word("hushed", "circuit open"),
    Word("mend", "fix"),
    Word("befall", "inject"),
    Word("doomed", "crashing"),
    Word("autopsy", "state dump"),
    Word("mortality", "crash points"),
    Word("glance", "poll suppression"),
    Word("glances", "recent reads"),
    Word("shelf", "session store"),
    Word("wish", "signal or request"),
    Word("wishes", "requests"),
    Word("sighting", "reconciliation"),
    Word("settling", "manual recovery"),
    Word("drawn", "rendered", _RANDOM),
    Word("drawing", "rendering"),
)
PROSE = (
    Word("anew", "again"),
    Word("lately", "recently"),
    Word("whoever", "user, caller or approver"),
    Word("meanwhile", "in the meantime"),
    Word("for ever", "indefinitely"),
    Word("beside", "next to or in addition to"),
    Word("somebody", "user, caller or approver"),
    Word("whence", "from where"),
    Word("deeds?", "money call, write or action"),
    Word("errands?", "task type"),
    Word("mends?|mended", "fix"),
    Word("befalls?", "inject"),
    Word("hush(?:ed)?", "circuit open"),
    Word("(?:is|are|was|were|be) told(?! apart)", "reported, notified or learns"),
    Word("of which", "a sentence of its own"),
    Word("orders? over €", "order for €"),
    Word("look-ups?", "lookup"),
    Word("look-alikes?", "homograph"),
    Word("gives? back|given back|gave back", "release or return"),
    Word("(?:the|a|this|another|second) desks?", "bot"),
    Word("untold", "undelivered"),
    Word("autopsy|autopsies", "state dump"),
    Word("mortality", "crash points"),
    Word("doomed", "crashing"),
    Word("shelf", "session store"),
    Word("kept search(?:es)?", "search session"),
    Word("(?<!at a )glances?", "poll suppression"),
    Word("sightings?", "reconciliation result", ("docs/glossary.md",)),
    Word("turn(?:s|ed)? away", "reject or throttle"),
    Word("at the most", "at most"),
    Word("(?<!could )(?<!may )be it", "such as"),
    Word("the memory", "the database or the store"),
    Word("(?:draw|draws|drawing) (?:the|a|it|them)", "render", _RANDOM),
    Word("the driver", "the worker", ("store/", "tests/store/")),
    Word("lanes?", "scheduler"),
    Word("prove the proof", "mutation tests"),
    Word("wishe?d? to|wishes", "request or signal"),
    Word("fell silent|falls? silent", "timed out"),
    Word("as may be|it may well be", "the condition"),
    Word("hither|thither|wherein|thereof|thereby", "say it in plain words"),
)
