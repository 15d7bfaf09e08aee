"""The extensions that the sandbox sells, one per row, each with the rules of its registry.

All prices are invented. These rules are established by OVH's guides: the usual questions, the owner's fields (`.com`),
an owner in the EU (`.eu`), owner or admin in Berlin (`.berlin`), a reason for city names (`.fr`), DOMAIN_CONFIG
(`.gov.uk`). The others are invented for variety, and marked `invented=True`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.ovh.countries import EU
from sandbox.ovh.questions import ACCEPT, CLAIMS, DNS, OWNER, PROTECTED, REASON, USUAL, Question


@dataclass(frozen=True)
class Promotion:
    """The reduced price of the first year, valid for `days` after the sandbox started."""

    price: str
    days: int


@dataclass(frozen=True)
class OwnerRule:
    """Who may own a name: in these countries, in this city, with these fields filled in.

    With `or_admin` it is enough that the admin account is there.
    """

    countries: tuple[str, ...] = ()
    city: str = ""
    or_admin: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extension:
    """An extension. `first` is the first year's price and `renewal` each further year's, in euro without tax."""

    name: str
    first: Decimal
    renewal: Decimal
    years: tuple[int, ...]
    promotion: Promotion | None = None
    asks: tuple[Question, ...] = ()  # in addition to the usual ones
    owner: OwnerRule = OwnerRule()
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

_NEXUS = Question("NEXUS_CATEGORY", "string", needed=True, says=True, allowed=("C11", "C12", "C21", "C31", "C32"))
_PURPOSE = Question("NEXUS_PURPOSE", "string", needed=True, says=False, allowed=("P1", "P2", "P3", "P4", "P5"))
_LEGAL_TYPE = Question("LEGAL_TYPE", "string", needed=True, allowed=("CCO", "CCT", "RES", "GOV", "EDU", "ABO", "TDM"))
_REGISTRANT = Question("REGISTRANT_TYPE", "string", needed=True, says=True, allowed=("LTD", "PLC", "IND", "FCORP"))
_COMPANY = Question("COMPANY_NUMBER", "string", needed=True, says=True, pattern=r"[A-Z0-9]{8}")
_OWNER_FIELDS = OWNER.but(says=True, fields=("firstName", "lastName", "legalForm", "address.country"))
_COMPANY_OR_NOT = _COMPANY.but(needed=False)  # although it claims to be required
_ACCEPT_TRUE = ACCEPT.but(allowed=("true",))
_TAX_CODE = Question("TAX_CODE", "number", needed=True, pattern=r"\d{11}")
_BIRTH_DAY = Question("OWNER_BIRTH_DAY", "date_ISO8601", needed=True, says=True)
_SEATS = Question("CLOUD_USERS", "number", says=False)
_PLAN = Question("USE_OF_NAME", "text", needed=True, says=False)
_GOVERNMENT = Question("DOMAIN_CONFIG", "json", needed=True, says=True, keys=("audience", "represent", "reason"))


def _e(name: str, first: str, renewal: str, years: tuple[int, ...], **more: object) -> Extension:
    return Extension(name, Decimal(first), Decimal(renewal), years, **more)  # type: ignore[arg-type] # named fields


_1, _3, _5, _10 = (tuple(range(1, most + 1)) for most in (1, 3, 5, 10))
_IN_EU = OwnerRule(countries=EU)
_WITH_NATIONAL_ID = OwnerRule(fields=("nationalIdentificationNumber",))
_CC, _INVENTED = {"country_code": True}, {"invented": True}

_TABLE = (
    # name        first    renewal  years   specials
    _e("ovh",    "2.99",  "3.59",  _3,    highlighted=1, idn=False),
    _e("com",    "8.99",  "13.49", _10,   highlighted=2),
    _e("fr",     "6.49",  "8.49",  _10,   highlighted=3, **_CC),
    _e("net",    "11.99", "15.99", _10,   highlighted=4),
    _e("org",    "8.49",  "13.99", _10,   highlighted=5),
    _e("io",     "39.99", "54.99", _5,    highlighted=6, **_CC),
    _e("eu",     "5.99",  "8.99",  _10,   highlighted=7, owner=_IN_EU, asks=(_OWNER_FIELDS,), **_CC),
    _e("app",    "13.99", "18.99", _10,   highlighted=8, asks=(_ACCEPT_TRUE,), idn=False, **_INVENTED),
    _e("dev",    "11.99", "15.99", _10,   highlighted=9, asks=(ACCEPT,), idn=False, **_INVENTED),
    _e("shop",   "33.99", "33.99", _10,   highlighted=10, promotion=Promotion("1.99", 45)),
    _e("berlin", "39.99", "44.99", _10,   owner=OwnerRule(("DE",), "Berlin", or_admin=True)),
    _e("corsica", "24.99", "29.99", _10,  asks=(ACCEPT, REASON.but(says=True)), launching=True, **_INVENTED),
    _e("paris",  "29.99", "39.99", (2, 3, 4, 5), asks=(REASON.but(type="text", says=False),), **_INVENTED),
    _e("it",     "6.99",  "9.99",  _1,    asks=(_TAX_CODE,), owner=_IN_EU, **_CC, **_INVENTED),
    _e("us",     "8.99",  "10.99", _10,   asks=(_NEXUS, _PURPOSE), idn=False, **_CC, **_INVENTED),
    _e("ca",     "12.99", "14.99", _10,   asks=(_LEGAL_TYPE,), **_CC, **_INVENTED),
    _e("uk",     "7.49",  "9.49",  _10,   idn=False, **_CC),
    _e("co.uk",  "7.49",  "9.49",  _10,   asks=(_REGISTRANT, _COMPANY_OR_NOT), idn=False, **_CC, **_INVENTED),
    _e("gov.uk", "89.99", "89.99", (2, 4), asks=(_GOVERNMENT,), fee=Decimal(10), idn=False, length=(3, 63), **_CC),
    _e("de",     "4.99",  "7.49",  _1,    **_CC),
    _e("es",     "5.49",  "9.99",  _10,   owner=_WITH_NATIONAL_ID, **_CC, **_INVENTED),
    _e("ch",     "9.49",  "12.49", _1,    asks=(DNS.but(needed=True, says=False),), **_CC, **_INVENTED),
    _e("ai",     "69.99", "79.99", (2, 4, 6, 8, 10), idn=False, **_CC, **_INVENTED),
    _e("me",     "6.99",  "19.99", _10,   asks=(_BIRTH_DAY,), **_CC, **_INVENTED),
    _e("xyz",    "11.99", "14.99", _10,   promotion=Promotion("1.49", 30)),
    _e("tech",   "44.99", "52.99", _10,   promotion=Promotion("4.99", 10), asks=(REASON.but(needed=False, says=True),),
       **_INVENTED),
    _e("be",     "6.49",  "8.99",  _1,    asks=(_COMPANY.but(needed=False, says=None),), **_CC, **_INVENTED),
    _e("store",  "44.99", "49.99", _10,   promotion=Promotion("2.49", 60), asks=(_PLAN,), **_INVENTED),
    _e("cloud",  "7.99",  "21.99", _10,   asks=(_SEATS,), **_INVENTED),
    _e("club",   "5.99",  "15.99", _10),
    _e("info",   "3.99",  "22.99", _10),
    _e("biz",    "13.99", "18.99", _10,   asks=(_COMPANY,), **_INVENTED),
)  # fmt: skip
EXTENSIONS = {extension.name: extension for extension in _TABLE}


def extension_of(name: str) -> Extension | None:
    """Return the extension of a full name; None if the sandbox does not sell it."""
    return EXTENSIONS.get(name.partition(".")[2])


def highlighted() -> list[str]:
    """Return the promoted extensions, best first."""
    promoted = [extension for extension in _TABLE if extension.highlighted]
    return [extension.name for extension in sorted(promoted, key=lambda extension: extension.highlighted)]
