"""OVH: the key, its rights, and the account."""

from datetime import UTC, datetime, timedelta

from sandbox.ovh.faults import Kind
from sandbox.ovh.signing import EVERYTHING
from tests.doctor.setup import Case, Change, SetUp

_ORDER = "POST /order/cart/*"
_PREPARE = (
    "POST /order/cart/*/assign", "POST /order/cart/*/domain", "POST /order/cart/*/item/*",
)  # fmt: skip


def _set(**settings: str) -> Change:
    return lambda set_up: set_up.use(**settings)


def _without(*rules: str, but: tuple[str, ...] = ()) -> Change:
    def change(set_up: SetUp) -> None:
        set_up.without_rights(*rules)
        set_up.with_rights(*but)

    return change


def _ends_in(days: float) -> Change:
    def change(set_up: SetUp) -> None:
        set_up.ovh.credentials.expiration = datetime.now(UTC) + timedelta(days=days)
        set_up.ovh.credentials.tells_itself = True

    return change


def _refuses(set_up: SetUp) -> None:
    set_up.ovh.credentials.status = "refused"


def _pending(set_up: SetUp) -> None:
    set_up.ovh.credentials.status, set_up.ovh.credentials.tells_itself = "pendingValidation", True


def _fault(path: str, kind: Kind, **options: object) -> Change:
    return lambda set_up: set_up.ovh.faults.add("GET", path, kind, times=99, **options)


def _wide(set_up: SetUp) -> None:
    set_up.ovh.credentials.rules = EVERYTHING


def _wrong_service(set_up: SetUp) -> None:
    set_up.patch.setitem(
        __import__("ovh").client.OAUTH2_TOKEN_URLS, "ovh-eu", f"{set_up.ovh.address}/auth/oauth2/token"
    )
    set_up.use(
        OVH_APPLICATION_KEY="", OVH_APPLICATION_SECRET="", OVH_CONSUMER_KEY="",
        OVH_CLIENT_ID="sandbox-client-id", OVH_CLIENT_SECRET="obviously-fake",
    )  # fmt: skip


def _clock(seconds: float) -> Change:
    def change(set_up: SetUp) -> None:
        set_up.ovh.clock_offset = seconds

    return change


def _incomplete(set_up: SetUp) -> None:
    set_up.ovh.state = "incomplete"


def _no_method(set_up: SetUp) -> None:
    for method in set_up.ovh.payments.methods:
        method.status = "EXPIRED"


def _default_expired(set_up: SetUp) -> None:
    set_up.ovh.payments.methods[0].status = "EXPIRED"


def _method_ends(set_up: SetUp) -> None:
    ends = datetime.now(UTC) + timedelta(days=9)
    set_up.ovh.payments.methods[0].expires = ends.isoformat(timespec="seconds")


def _no_transactions(set_up: SetUp) -> None:
    set_up.ovh.payments.unreadable = {"list"}


def _no_transaction(set_up: SetUp) -> None:
    set_up.ovh.outsider.transaction("3.59", 8_120_045)
    set_up.ovh.payments.unreadable = {"one"}


def _deprecated(set_up: SetUp) -> None:
    set_up.ovh.description.deprecated = {"POST /me/order/{orderId}/payWithRegisteredPaymentMean"}


def _another_bot(set_up: SetUp) -> None:
    set_up.ovh.outsider.cart("Domain Desk")


OVH = (
    Case("OVH does not answer", "ovh_away", lambda s: s.use(OVH_API_URL="http://127.0.0.1:1/1.0")),
    Case("OVH is out of order", "ovh_away", _fault("/auth/time", "html502")),
    Case("OVH_API_URL names another server", "ovh_away", lambda s: s.use(OVH_API_URL=s.stage.slack_url)),
    Case("the application key is wrong", "application_key_refused", _set(OVH_APPLICATION_KEY="obviously-fake")),
    Case("the application secret is wrong", "application_secret_wrong", _set(OVH_APPLICATION_SECRET="obviously-fake")),
    Case("the consumer key is wrong", "consumer_key_refused", _set(OVH_CONSUMER_KEY="obviously-fake")),
    Case("the consumer key was refused by its owner", "consumer_key_refused", _refuses),
    Case("the consumer key was never validated", "key_not_validated", _pending),
    Case("the key has expired", "key_expired", _ends_in(-1)),
    Case("the key ends in three days", "key_ends_soon", _ends_in(3)),
    Case("the secret of the service account is wrong", "service_account_refused", _wrong_service),
    Case("the machine's clock is two minutes behind", "clock_apart", _clock(120)),
    Case("the machine's clock is ten minutes ahead", "clock_apart", _clock(-600)),
    Case("the key may not read the account", "right_to_account", _without("GET /me")),
    Case("the key may not list carts", "right_to_search", _without("GET /order/cart")),
    Case("the key may not fill carts", "right_to_search", _without(_ORDER, but=("POST /order/cart/*/checkout",))),
    Case("the key may not order", "right_to_order", _without(_ORDER, but=_PREPARE)),
    Case(
        "the key may not pay",
        "people_pay",
        _without("POST /me/order/*/pay", "POST /me/order/*/payWithRegisteredPaymentMean"),
    ),
    Case("the key may not read orders", "right_to_follow", _without("GET /me/order/*")),
    Case("the key may not read transactions", "right_to_payments", _without("GET /me/payment/transaction")),
    Case("the key may not read names", "right_to_names", _without("GET /domain")),
    Case("the key may not read invoices", "right_to_invoices", _without("GET /me/bill")),
    Case("the key may not check owners", "right_to_check_rules", _without("POST /domain/configurationRule/check")),
    Case("the key may not create owners", "right_to_contacts", _without("POST /domain/contact")),
    Case("the key may do anything", "key_too_wide", _wide),
    Case("the account is incomplete", "account_incomplete", _incomplete),
    Case("the subsidiary is not the account's", "subsidiary_differs", _set(OVH_SUBSIDIARY="DE")),
    Case("no payment method is valid", "no_method", _no_method),
    Case("the default payment method has expired", "default_method_unusable", _default_expired),
    Case("a payment method ends soon", "method_ends_soon", _method_ends),
    Case("OVH refuses to list transactions", "transactions_refused", _no_transactions),
    Case("OVH refuses to show a transaction", "transactions_refused", _no_transaction),
    Case("OVH has deprecated a route", "route_deprecated", _deprecated),
    Case("another bot uses the account", "another_bot", _another_bot),
    Case("OVH answers in an unknown form", "ovh_unreadable", _fault("/me", "null")),
)
