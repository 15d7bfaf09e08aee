"""What stands on buttons, and what a screen reader says about them."""

from __future__ import annotations

ADD = "Add"
ADD_ALL = "Add all available"
ADD_TO_CART = "Add to cart"
ANSWER_QUESTIONS = "Answer questions"
ASK_AGAIN = "Ask again"
BACK = "Back"
CLOSE = "Close"
COPY = "Copy to open cart"
DETAILS = "Details"
NEW_CONTACT = "New contact…"
NEXT_PAGE = "Next page"
NOT_NOW = "Not now"
NOT_YET = "Not yet"
OWNER_AND_ANSWERS = "Owner and answers"
PREVIOUS_PAGE = "Previous page"
REFRESH = "Refresh old answers"
REMOVE = "Remove"
REQUEST = "Request approval"
SAVE = "Save"
SAVE_AND_GO_ON = "Save and go on"
SEARCH_ALL = "Search them all"
SEARCH_NOW = "Search now"
SHOW_CONTACTS = "Show contacts"
SHOW_NEWEST = "Show newest"
SHOW_OWNER = "Show owner"
STOP = "Stop"
YEARS = "Years"

ABOUT_NEW_CONTACT = "New contact… that can own a name"
ABOUT_SHOW_CONTACTS = "Show contacts in full, to you alone"


def about_cart(label: str, cart: int) -> str:
    """Return what a screen reader says about a button of a cart: ``Details: cart 12``."""
    return f"{label}: cart {cart}"


def about_name(label: str, name: str) -> str:
    """Return what a screen reader says about a button of a name: ``Add to cart: name.ovh``."""
    return f"{label}: {name}"


def about_name_in_cart(label: str, name: str, cart: int) -> str:
    """Return what a screen reader says about a button of a name in a cart: ``Remove: name.ovh, cart 12``."""
    return f"{label}: {name}, cart {cart}"
