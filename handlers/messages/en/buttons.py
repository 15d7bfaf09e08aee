"""What stands on buttons, and what a screen reader says about them."""

from __future__ import annotations

from ordering.model.money import Money

ADD = "Add"
ADD_TO_CART = "Add to cart"
ANSWER_QUESTIONS = "Answer questions"
APPROVE = "Approve"
ASK_AGAIN = "Ask again"
ASK_FOR_CHANGES = "Ask for changes"
BACK = "Back"
CLOSE = "Close"
CLOSE_IT = "Close it"
CLOSE_WITHOUT_ORDERING = "Close without ordering"
COMPARE = "Compare now"
COMPARED = "I have compared"
COPY = "Copy to a new cart"
DETAILS = "Details"
EDIT_REQUEST = "Edit request"
FEWER_OPTIONS = "Fewer options"
HELP = "Help"
IT_IS_THIS_ONE = "It is this one"
IT_IS_THIS_ORDER = "It is this order…"
IT_WAS_NOT_PAID = "It was not paid"
IT_WAS_PAID = "It was paid"
NEW_OWNER = "New owner"
MORE_OPTIONS = "More options"
NEXT_PAGE = "Next page"
NOTHING_ORDERED = "Nothing was ordered"
NOTHING_ORDERED_TRY_AGAIN = "Nothing was ordered, try again"
NOT_NOW = "Not now"
NOT_YET = "Not yet"
MORE_IDEAS = "More ideas"
OLDER = "Older"
OPEN_CARD = "Open card"
OPEN_CART = "Open cart"
ADD_ANYWAY = "Add anyway"
CHOOSE_OFFER = "Choose offer"
SEARCH_WORDS = "Search them too"
OPEN_INVOICE = "Open invoice"
OPEN_ORDER = "Open order"
ORDER_ANYWAY = "Order anyway"
OWNER_AND_ANSWERS = "Owner and answers"
PAY = "Pay"
PREVIOUS_PAGE = "Previous page"
REFRESH = "Refresh old answers"
REJECT = "Reject"
RELEASE = "Release"
REMOVE = "Remove"
REQUEST = "Request approval"
SAVE = "Save"
SAVE_AND_GO_ON = "Save and go on"
SEARCH = "Search"
SEARCH_ALL = "Search them all"
SEARCH_NAMES = "Search names"
SEARCH_NOW = "Search now"
SHOW_CONTACTS = "Show contacts"
SHOW_NEWEST = "Show newest"
SHOW_OWNER = "Show owner"
STOP = "Stop"
TRY_AGAIN = "Try again"
WITHDRAW = "Withdraw"
YEARS = "Years"

ABOUT_NEW_OWNER = "New owner contact"
ABOUT_MORE_OPTIONS = "Options: name servers, accounts, legal age"
ABOUT_SHOW_CONTACTS = "Show contacts in full, to you alone"


def add_all(number: int, total: Money | None) -> str:
    """Return the button that adds all available names, with what they cost before tax."""
    return f"Add all {number} · {total}" if total else f"Add all {number}"


def show_others(number: int) -> str:
    """Return the button that shows the names that cannot be added, and why."""
    return f"Show the other {number}"


def search_for(text: str) -> str:
    """Return the button that searches what a person typed as a command."""
    return f"Search {text}"


def about_cart(label: str, cart: int) -> str:
    """Return what a screen reader says about a button of a cart: ``Details: cart 12``."""
    return f"{label}: cart {cart}"


def about_name(label: str, name: str) -> str:
    """Return what a screen reader says about a button of a name: ``Add to cart: name.ovh``."""
    return f"{label}: {name}"


def about_name_in_cart(label: str, name: str, cart: int) -> str:
    """Return what a screen reader says about a button of a name in a cart: ``Remove: name.ovh, cart 12``."""
    return f"{label}: {name}, cart {cart}"


def about_stop(cart: int, *, pays: bool) -> str:
    """Return what a screen reader says about the button that stops a decision, or its payment."""
    return f"{STOP}: {'the payment of ' if pays else ''}cart {cart}"
