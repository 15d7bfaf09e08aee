"""Parse one value leniently, or raise one sentence with what to write.

Each function takes a source's value (text; from desk.toml also numbers, booleans and arrays) and raises `ValueError`.
The sentence starts in lower case and repeats the value only if it cannot be a secret.
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
from decimal import Decimal
from urllib.parse import urlsplit

from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidName

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "\u2018": "\u2019", "«": "»", "„": "“"}
_SEPARATORS = re.compile(r"[,;\s]+")
_LARGEST_AMOUNT = Decimal(10) ** 9
_TRUE, _FALSE = {"true", "yes", "on", "1", "y", "t"}, {"false", "no", "off", "0", "n", "f"}
_FIND_PERSON = "In Slack: profile, three dots, Copy member ID"
_FIND_CHANNEL = "In Slack: channel details, at the bottom"
_ID = re.compile(r"[A-Z][A-Z0-9]{4,}")
_MENTION = re.compile(r"<(?:@|!subteam\^)([A-Z0-9]+)(?:\|[^>]*)?>")
_TOP_LEVEL = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")


def clean(value: object) -> object:
    """Strip blanks, line breaks, invisible characters and the quotes around a text; other values pass."""
    if not isinstance(value, str):
        return value
    text = value.translate(_INVISIBLE).strip()
    while len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def word(value: object) -> str:
    """Read a text without blanks or control characters."""
    text = clean(value)
    if isinstance(text, int) and not isinstance(text, bool):
        return str(text)  # `owner_contact = 12345678` in desk.toml
    if not isinstance(text, str):
        raise ValueError("write one text in quotes")  # noqa: TRY004 - all faults of values are ValueErrors
    if re.search(r"\s", text):
        raise ValueError("the value contains a space or a line break. Write one value")
    if not text.isprintable() or not text.isascii():
        raise ValueError("the value contains an unexpected character. Copy it again")
    return text


def switch(value: object) -> bool:
    """Read a yes or no."""
    if isinstance(value, bool):
        return value
    text = str(clean(value)).lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise ValueError("write true or false")


def amount(value: object) -> Decimal | None:
    """Read an amount above 0 in the account's currency; None for ``none``, which lifts a limit."""
    found = _amount(value)
    if found is not None and not found:
        raise ValueError("write a number above 0, or none to lift the limit")
    return found


def threshold(value: object) -> Decimal | None:
    """Read an amount of 0 or more; every total exceeds 0. None for ``none``."""
    return _amount(value)


def _amount(value: object) -> Decimal | None:
    text = str(clean(value))  # numbers of desk.toml as well; true and nan match nothing below
    if text.lower() == "none":
        return None
    if not re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", text):
        raise ValueError(f"write a number such as {_closest_amount(text)}")
    if Decimal(text) > _LARGEST_AMOUNT:
        raise ValueError(f"write a number of at most {_LARGEST_AMOUNT:.0f}")
    return Decimal(text)


def _closest_amount(text: str) -> str:
    """Return the examples, with what to leave out of an amount with a currency or a thousands separator."""
    examples = "200 or 199.99"
    if re.search(r"[0-9]\s*([A-Z]{3}|[€$£])|([A-Z]{3}|[€$£])\s*[0-9]", text):
        return f"{examples}, without a currency: amounts are in the currency of the OVH account"
    if re.fullmatch(r"[0-9]{1,3}([,.' ][0-9]{3})+([,.][0-9]+)?", text):
        return f"{examples}, without a thousands separator"
    return examples


def whole(lowest: int, highest: int, value: object) -> int:
    """Read a whole number within bounds."""
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    if number is None:
        text = str(clean(value))
        number = int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else None
    if number is None or not lowest <= number <= highest:
        raise ValueError(f"write a whole number from {lowest} to {highest}")
    return number


def number(lowest: float, highest: float, unit: str, value: object) -> float:
    """Read a finite number within bounds; `unit` is its unit, for the error."""
    found = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    elif re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text := str(clean(value))):
        found = float(text)
    if not lowest <= found <= highest:
        raise ValueError(f"write a number of {unit} from {lowest:g} to {highest:g}")
    return found


def port_or_none(value: object) -> int | None:
    """Read a port; None for ``none``."""
    return None if str(clean(value)).lower() == "none" else whole(0, 65_535, value)


def choice(names: tuple[str, ...], value: object) -> str:
    """Read one of `names` in any case."""
    text = str(clean(value)).lower()
    for name in names:
        if text == name.lower():
            return name
    raise ValueError(f"write one of {', '.join(names)}")


def log_level(value: object) -> str:
    """Read a level by its name; ``warn``, a common spelling, means WARNING."""
    text = "WARNING" if str(clean(value)).lower() == "warn" else value
    return choice(("DEBUG", "INFO", "WARNING", "ERROR"), text)


def listed(value: object) -> list[str]:
    """Read a list: an array, or text with commas, semicolons, blanks or line breaks between."""
    if isinstance(value, list | tuple | set | frozenset):
        if any(isinstance(item, list | tuple | set | frozenset) for item in value):
            raise ValueError("write one list, without lists in it")
        parts = [part for item in value for part in listed(item)]
    elif isinstance(value, str):
        parts = _SEPARATORS.split(str(clean(value)).strip("[]"))
    else:
        raise ValueError("write a list separated by commas")  # noqa: TRY004 - all faults of values are ValueErrors
    return [text for part in parts if (text := str(clean(part)))]


def people(value: object) -> frozenset[str]:
    """Read ids of users and user groups, also as Slack mentions them (``<@U…>``)."""
    found = [_MENTION.sub(r"\1", part) for part in listed(value)]
    if not found:
        raise ValueError(f"write ids of people (U…) or user groups (S…), separated by commas. {_FIND_PERSON}")
    if wrong := [part for part in found if part[:1] not in "UWS" or not _ID.fullmatch(part)]:
        raise ValueError(
            f"{_few(wrong)} {'is' if len(wrong) == 1 else 'are'} not the id of a person (U…) or a user group (S…). "
            f"{_FIND_PERSON}"
        )
    return frozenset(found)


def channel(value: object) -> str:
    """Read a channel's id, also from its link or as Slack mentions it."""
    text = word(value)
    link = re.fullmatch(r"https://[\w.-]+\.slack\.com/archives/([A-Z0-9]+)/?", text)
    mention = re.fullmatch(r"<#([A-Z0-9]+)(?:\|[^>]*)?>", text)
    found = link[1] if link else mention[1] if mention else text
    if found[:1] in "CG" and _ID.fullmatch(found):
        return found
    raise ValueError(f"{brief(text)} is not a channel id (C…). {_FIND_CHANNEL}")


def extensions(value: object) -> tuple[str, ...]:
    """Read extensions such as ``com``, ``.fr``, ``*.co.uk`` or ``рф``; each comes once, as an A-label."""
    parts = listed(value)
    found = [_extension(part) for part in parts]
    if wrong := [part for part, read in zip(parts, found, strict=True) if read is None]:
        what = "is not an extension" if len(wrong) == 1 else "are not extensions"
        raise ValueError(f"{_few(wrong)} {what}. Write them like com,fr,co.uk")
    return tuple(dict.fromkeys(read for read in found if read))


def _extension(text: str) -> str | None:
    bare = text.removeprefix("*").removeprefix(".")
    try:
        found = DomainName.parse(f"name.{bare}").extension
    except InvalidName:
        return None
    return found if _TOP_LEVEL.fullmatch(found.rpartition(".")[2]) else None


def named_lists(value: object) -> dict[str, tuple[str, ...]]:
    """Read named lists of extensions: a table of desk.toml, or JSON."""
    found: dict[str, tuple[str, ...]] = {}
    for name, content in _table(value, 'write JSON such as {"brand": "com,net"}').items():
        if name.lower() in found:
            raise ValueError(f"the list {brief(name)} is defined twice. Keep one")
        if not isinstance(content, str | list) or not (read := extensions(content)):
            raise ValueError(f"the list {brief(name)} needs extensions, such as com,net")
        found[name.lower()] = read
    return found


def naming_rules(value: object) -> dict[str, str]:
    """Read patterns of names that the team refuses, each with its reason: a table of desk.toml, or JSON."""
    found: dict[str, str] = {}
    for pattern, reason in _table(value, 'write JSON such as {"*-acme.*": "the reason"}').items():
        lowered = pattern.strip().lower()
        if not lowered or not set(lowered) - set("*?."):
            raise ValueError(f"the pattern {brief(pattern)} would refuse every name. Write one such as *-acme.*")
        if "." not in lowered and not lowered.endswith("*"):
            raise ValueError(
                f"the pattern {brief(pattern)} fits no full name. Write {brief(lowered)}.* for any extension"
            )
        if not isinstance(reason, str) or not (text := str(clean(reason))):
            raise ValueError(f"the pattern {brief(pattern)} needs a reason, for the person who types such a name")
        if lowered in found:
            raise ValueError(f"the pattern {brief(pattern)} is there twice. Keep one")
        found[lowered] = text
    return found


def named_owners(value: object) -> dict[str, str]:
    """Read the contact that owns the names of an extension: a table of desk.toml, or JSON."""
    found: dict[str, str] = {}
    for name, content in _table(value, 'write JSON such as {"ca": "12345678"}').items():
        extension = _extension(name)
        if extension is None:
            raise ValueError(f"{brief(name)} is not an extension. Write them like ca or co.uk")
        if extension in found:
            raise ValueError(f"the owner of {brief(name)} is defined twice. Keep one")
        number = (
            str(content).rpartition("/")[2] if isinstance(content, int | str) and not isinstance(content, bool) else ""
        )
        if not re.fullmatch("[0-9]{1,18}", number):
            raise ValueError(f"the owner of {brief(name)} needs the number of a contact at OVH, such as 12345678")
        found[extension] = number
    return found


def _table(value: object, example: str) -> dict[str, object]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):  # no JSON, or nested by the thousand
            raise ValueError(example) from None
    if not isinstance(value, dict):
        raise ValueError(example)  # noqa: TRY004 - all faults of values are ValueErrors
    return value


def host(value: object) -> str:
    """Read an address or a host name to listen on, without scheme or port."""
    text = word(value)
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if _is_address(bare) or (_HOST_NAME.fullmatch(bare) and not re.fullmatch(r"[\d.]+", bare)):
        return bare
    raise ValueError("write an address to listen on, such as 127.0.0.1 or 0.0.0.0, without scheme or port")


def url(value: object) -> str:
    """Read the base of an API: https, or plain http to this machine. The host is compared, not a prefix."""
    text = word(value)
    try:
        parts = urlsplit(text)
        name, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("this is not a URL. Write it like https://host/path") from None
    if "\\" in text or "@" in text or parts.query or parts.fragment:
        raise ValueError("write a plain URL such as https://host/path, without @, ?, # or \\")
    # urlsplit drops any text between a bracketed address and the next slash.
    whole_host = re.fullmatch(r"(\[[^\]]*\]|[^\[\]:]*)(:[0-9]*)?", parts.netloc)
    if not whole_host or not (_is_address(name) or _HOST_NAME.fullmatch(name)):
        raise ValueError("this is not a URL. Write it like https://host/path")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(name)):
        return text
    raise ValueError("must begin with https:// (plain http only to this machine)")


def slack_url(value: object) -> str:
    """Read the base of Slack's Web API; methods are appended, so it ends in a slash."""
    return url(value).rstrip("/") + "/"


def brief(text: str) -> str:
    """Shorten a value to fit a line, or return ``***`` if it may be a secret."""
    if looks_secret(text):
        return "***"
    displayed = "".join(c if c.isprintable() else " " for c in text)
    return displayed if len(displayed) <= 40 else f"{displayed[:39]}…"  # noqa: PLR2004 - enough to recognise it


def _few(texts: list[str]) -> str:
    more = f" and {len(texts) - 3} more" if len(texts) > 3 else ""  # noqa: PLR2004 - a line stays readable
    return ", ".join(brief(text) for text in texts[:3]) + more


def looks_secret(text: str) -> bool:
    """Return whether a text has the form of a token, a key or an address with a password, in any setting."""
    if re.search(r"xox[a-z]|xapp-|xoxe|://[^/]*@|[Bb]earer |secret|passw", text):
        return True
    return any(
        re.search(r"[0-9]", run) and re.search(r"[A-Za-z]", run) for run in re.findall(r"[A-Za-z0-9_+/=-]{16,}", text)
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_address(name) and ipaddress.ip_address(name).is_loopback)
