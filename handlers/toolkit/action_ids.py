"""The ids by which Slack returns our buttons, forms and inputs."""

from enum import StrEnum


class Act(StrEnum):
    """Buttons and selects. `handlers.toolkit.payloads` has what they carry."""

    ADD = "add"
    CHOOSE = "choose_offer"
    SEARCH_ALL = "search_all"
    SEARCH_STOP = "search_stop"
    SEARCH_NEWEST = "search_newest"
    SEARCH_AGAIN = "search_again"
    SEARCH_REFRESH = "search_refresh"
    SEARCH_ADD_ALL = "search_add_all"
    SEARCH_BACK = "search_back"
    SEARCH_NEXT = "search_next"
    SEARCH_REST = "search_rest"
    SEARCH_WORDS = "search_words"
    SEARCH_IDEAS = "search_ideas"
    OPEN_CART = "open_cart"
    HELP = "help"
    ADD_ANYWAY = "add_anyway"
    BUY = "buy_request"
    BUY_CART = "buy_in_cart"
    SEARCH_TYPED = "search_typed"
    YEARS = "years"
    REMOVE = "remove"
    REQUEST = "request_approval"
    COPY = "copy_lines"
    APPROVE = "approve"
    REJECT = "reject"
    ASK_FOR_CHANGES = "ask_changes"
    EDIT = "edit_request"
    WITHDRAW = "withdraw"
    STOP = "stop"
    OPEN_CARD = "open_card"
    HISTORY_OLDER = "history_older"
    HOME_SEARCH = "home_search"
    METHOD = "payment_method"
    PAY = "pay"
    DETAILS = "details"
    OPEN_ORDER = "open_order"
    OPEN_INVOICE = "open_invoice"
    IT_WAS_PAID = "it_was_paid"
    NOT_PAID = "not_paid"
    TRY_AGAIN = "try_again"
    GIVE_UP = "give_up"
    ADOPT = "adopt_order"
    NOTHING_ORDERED = "nothing_ordered"
    ORDER_ANYWAY = "order_anyway"
    QUESTIONS = "answer_questions"
    NEW_CONTACT = "new_contact"
    SHOW_CONTACTS = "show_contacts"
    MORE_OPTIONS = "more_options"
    FEWER_OPTIONS = "fewer_options"
    SHOW_OWNER = "show_owner"
    LEGAL_FORM = "legal_form"
    OWNER_OF = "owner_of"
    COMPARE = "compare_now"
    COMPARED = "recovered"


# Buttons that decide about a request: each click carries a fingerprint of what the user saw.
DECIDING = frozenset(
    {
        Act.APPROVE, Act.REJECT, Act.ASK_FOR_CHANGES, Act.WITHDRAW, Act.PAY, Act.IT_WAS_PAID, Act.NOT_PAID,
        Act.TRY_AGAIN, Act.GIVE_UP, Act.ADOPT, Act.NOTHING_ORDERED, Act.ORDER_ANYWAY, Act.STOP,
    }
)  # fmt: skip


class Form(StrEnum):
    """Modals, by their callback_id. `handlers.toolkit.payloads` has what they carry."""

    REQUEST = "request_form"
    OFFER = "offer_form"
    YEARS = "years_form"
    REJECT = "reject_form"
    CHANGES = "changes_form"
    EDIT = "edit_form"
    ADOPT = "adopt_form"
    ANSWERS = "answers_form"
    CONTACT = "contact_form"
    SEARCH = "search_form"
    NOTE = "note"


PURPOSE = "purpose"
NAMES = "names"
REASON = "reason"
ORDER = "order"
OFFER = "offer"
