"""The extensions that the sandbox sells, one per row, each with what its registry asks about a name.

All prices are invented. Labels are only those of OVH's closed list. OVH's guides establish: the usual labels, owner or
admin in Berlin (`.berlin`), a reason for city names (`.fr`), DOMAIN_CONFIG (`.gov.uk`, `.ac.uk`). Which other extension
asks for which label is invented for variety, and marked `invented=True`. What a registry wants to know of the owner is
in `registries.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.ovh.questions import ACCEPT, CLAIMS, DNS, OWNER, PROTECTED, REASON, USUAL, Question


@dataclass(frozen=True)
class Promotion:
    """The reduced price of the first year, valid for `days` after the sandbox started."""

    price: str
    days: int


@dataclass(frozen=True)
class Extension:
    """An extension. `first` is the first year's price and `renewal` each further year's, in euro without tax.

    With an `area`, a country and a city, the owner or the admin account must be there.
    """

    name: str
    first: Decimal
    renewal: Decimal
    years: tuple[int, ...]
    promotion: Promotion | None = None
    asks: tuple[Question, ...] = ()  # in addition to the usual ones
    area: tuple[str, str] | None = None
    idn: bool = True
    fee: Decimal = Decimal(0)  # once, for the installation
    launching: bool = False  # still sold in phases, side by side
    length: tuple[int, int] = (1, 63)
    country_code: bool = False
    highlighted: int = 0  # its rank among the promoted ones; 0 is none
    invented: bool = False

    def questions(self, label: str) -> tuple[Question, ...]:
        """Return the questions for one name; some depend on it."""
        own = {question.label for question in self.asks}
        usual = tuple(question for question in USUAL if question.label not in own)
        extra = [question for beginning, question in _BY_BEGINNING.items() if label.startswith(beginning)]
        if self.name == "fr" and label in FRENCH_CITIES:
            extra.append(REASON)
        return usual + self.asks + tuple(question for question in extra if question.label not in own)


_BY_BEGINNING = {"reason-": REASON, "claims-": CLAIMS, "protected-": PROTECTED}
FRENCH_CITIES = {"paris", "lyon", "marseille", "toulouse", "nice", "nantes", "lille", "bordeaux", "rennes", "ajaccio"}

_OWNER_FIELDS = OWNER.but(says=True, fields=("firstName", "lastName", "legalForm", "address.country"))
_ACCEPT_TRUE = ACCEPT.but(allowed=("true",))
_PLAN = REASON.but(type="text", says=False)
_GOVERNMENT = Question("DOMAIN_CONFIG", "json", needed=True, says=True, keys=("audience", "represent", "reason"))


def _e(name: str, first: str, renewal: str, years: tuple[int, ...], **more: object) -> Extension:
    return Extension(name, Decimal(first), Decimal(renewal), years, **more)  # type: ignore[arg-type] # named fields


_1, _3, _5, _10 = (tuple(range(1, most + 1)) for most in (1, 3, 5, 10))
_CC, _INVENTED = {"country_code": True}, {"invented": True}

_TABLE = (
    # name        first    renewal  years   specials
    _e("ovh",    "2.99",  "3.59",  _3,    highlighted=1, idn=False),
    _e("com",    "8.99",  "13.49", _10,   highlighted=2),
    _e("fr",     "6.49",  "8.49",  _10,   highlighted=3, **_CC),
    _e("net",    "11.99", "15.99", _10,   highlighted=4),
    _e("org",    "8.49",  "13.99", _10,   highlighted=5),
    _e("io",     "39.99", "54.99", _5,    highlighted=6, **_CC),
    _e("eu",     "5.99",  "8.99",  _10,   highlighted=7, asks=(_OWNER_FIELDS,), **_CC),
    _e("app",    "13.99", "18.99", _10,   highlighted=8, asks=(_ACCEPT_TRUE,), idn=False, **_INVENTED),
    _e("dev",    "11.99", "15.99", _10,   highlighted=9, asks=(ACCEPT,), idn=False, **_INVENTED),
    _e("shop",   "33.99", "33.99", _10,   highlighted=10, promotion=Promotion("1.99", 45)),
    _e("berlin", "39.99", "44.99", _10,   area=("DE", "Berlin")),
    _e("corsica", "24.99", "29.99", _10,  asks=(ACCEPT, REASON.but(says=True)), launching=True, **_INVENTED),
    _e("paris",  "29.99", "39.99", (2, 3, 4, 5), asks=(_PLAN,), **_INVENTED),
    _e("it",     "6.99",  "9.99",  _1,    **_CC),
    _e("us",     "8.99",  "10.99", _10,   idn=False, **_CC),
    _e("ca",     "12.99", "14.99", _10,   **_CC),
    _e("uk",     "7.49",  "9.49",  _10,   idn=False, **_CC),
    _e("co.uk",  "7.49",  "9.49",  _10,   idn=False, **_CC),
    _e("gov.uk", "89.99", "89.99", (2, 4), asks=(_GOVERNMENT,), fee=Decimal(10), idn=False, length=(3, 63), **_CC),
    _e("de",     "4.99",  "7.49",  _1,    **_CC),
    _e("es",     "5.49",  "9.99",  _10,   **_CC),
    _e("ch",     "9.49",  "12.49", _1,    asks=(DNS.but(needed=True, says=False),), **_CC, **_INVENTED),
    _e("ai",     "69.99", "79.99", (2, 4, 6, 8, 10), idn=False, **_CC, **_INVENTED),
    _e("me",     "6.99",  "19.99", _10,   **_CC),
    _e("xyz",    "11.99", "14.99", _10,   promotion=Promotion("1.49", 30)),
    _e("tech",   "44.99", "52.99", _10,   promotion=Promotion("4.99", 10), asks=(REASON.but(needed=False, says=True),),
       **_INVENTED),
    _e("be",     "6.49",  "8.99",  _1,    **_CC),
    _e("store",  "44.99", "49.99", _10,   promotion=Promotion("2.49", 60), asks=(_PLAN,), **_INVENTED),
    _e("cloud",  "7.99",  "21.99", _10),
    _e("club",   "5.99",  "15.99", _10),
    _e("info",   "3.99",  "22.99", _10),
    _e("biz",    "13.99", "18.99", _10),
    _e("ac.uk",  "79.99", "79.99", (2, 4), asks=(_GOVERNMENT,), idn=False, length=(3, 63), **_CC),
    _e("org.uk", "7.49",  "9.49",  _10,   idn=False, **_CC),
    _e("me.uk",  "7.49",  "9.49",  _10,   idn=False, **_CC),
    _e("hk",     "29.99", "34.99", _5,    **_CC),
    _e("com.au", "14.99", "19.99", _5,    idn=False, **_CC),
    _e("net.au", "14.99", "19.99", _5,    idn=False, **_CC),
    _e("swiss",  "89.99", "99.99", _1,    asks=(REASON.but(says=True),), **_INVENTED),
    _e("re",     "6.49",  "8.49",  _1,    **_CC),
    _e("pm",     "6.49",  "8.49",  _1,    **_CC),
    _e("tf",     "6.49",  "8.49",  _1,    **_CC),
    _e("wf",     "6.49",  "8.49",  _1,    **_CC),
    _e("yt",     "6.49",  "8.49",  _1,    **_CC),
    _e("pt",     "14.99", "16.99", _5,    **_CC),
    _e("se",     "9.99",  "14.99", _10,   **_CC),
    _e("nu",     "14.99", "19.99", _10,   **_CC),
    _e("no",     "12.99", "14.99", _1,    **_CC),
    _e("fi",     "13.99", "16.99", _5,    **_CC),
    _e("dk",     "11.99", "14.99", _5,    **_CC),
    _e("ro",     "12.99", "14.99", _10,   idn=False, **_CC),
    _e("hu",     "14.99", "19.99", _1,    **_CC),
    _e("lt",     "9.99",  "14.99", _1,    **_CC),
    _e("sg",     "39.99", "44.99", (1, 2), **_CC),
    _e("law",    "89.99", "99.99", _10,   asks=(ACCEPT,), **_INVENTED),
    _e("abogado", "29.99", "34.99", _10,  asks=(ACCEPT,), **_INVENTED),
    _e("jobs",   "129.99", "129.99", _10, idn=False),
)  # fmt: skip
EXTENSIONS = {extension.name: extension for extension in _TABLE}


def extension_of(name: str) -> Extension | None:
    """Return the extension of a full name; None if the sandbox does not sell it."""
    return EXTENSIONS.get(name.partition(".")[2])


def highlighted() -> list[str]:
    """Return the promoted extensions, best first."""
    promoted = [extension for extension in _TABLE if extension.highlighted]
    return [extension.name for extension in sorted(promoted, key=lambda extension: extension.highlighted)]
