"""All mutations; those about money come first."""

from prove.mutants.answers import OF_ANSWERS
from prove.mutants.audit_log import OF_AUDIT_LOG
from prove.mutants.database_loss import OF_DATABASE_LOSS
from prove.mutants.decisions import OF_DECISIONS
from prove.mutants.money_calls import OF_MONEY_CALLS
from prove.mutants.orders import OF_ORDERS
from prove.mutants.payments import OF_PAYMENTS
from prove.mutants.personal import OF_PERSONAL_DATA
from prove.mutants.quotes import OF_QUOTES
from prove.mutants.rights import OF_RIGHTS
from prove.mutants.standstill import OF_STANDSTILL
from prove.mutants.terms import OF_TERMS

MUTATIONS = (
    *OF_PAYMENTS,
    *OF_DECISIONS,
    *OF_ORDERS,
    *OF_DATABASE_LOSS,
    *OF_MONEY_CALLS,
    *OF_RIGHTS,
    *OF_QUOTES,
    *OF_TERMS,
    *OF_ANSWERS,
    *OF_AUDIT_LOG,
    *OF_PERSONAL_DATA,
    *OF_STANDSTILL,
)
