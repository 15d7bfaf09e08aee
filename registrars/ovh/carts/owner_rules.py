"""What a registry's rule needs of an owner with these values: the fields inside `OWNER_CONTACT`, evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ordering.model.contact import LONGEST_FIELD
from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer
from ordering.model.owner_needs import NeededField, OwnerNeeds
from ordering.model.question import OWNER_CONTACT
from registrars.ovh.carts.contact_fields import label_of, our_name
from registrars.ovh.carts.field_words import words_for
from registrars.ovh.carts.rule_language import Evaluation, entries, number, options

_MOST_NODES = 5_000
_MOST_TOLD = 300  # characters of OVH's own explanation
_MOST_OPTIONS = 500
Node = Mapping[str, object]


@dataclass(frozen=True)
class _Demand:
    """What the constraints of one field come to, as far as they apply to this owner."""

    required: bool = False
    allowed: tuple[str, ...] = ()
    longest: int = LONGEST_FIELD
    read_only: bool = False
    wrong: InvalidAnswer | None = None
    decided: bool = True


def needs(rule: object, domain: DomainName, values: Mapping[str, str], *, update: object = None) -> OwnerNeeds:
    """Return the fields that a rule needs of an owner, or whose value it does not take; `values` by our names.

    `update` is the rule for changing a name, which alone tells what is read-only. Nothing of a rule raises: what cannot
    be read makes the name one of `undecided`.
    """
    evaluation = Evaluation({label_of(name): value for name, value in values.items()})
    found, decided = _nodes(rule)
    locked = {str(node.get("label")) for node in _nodes(update)[0] if _is_read_only(node)}
    fields: dict[str, NeededField] = {}
    for node in found:
        label = node.get("label")
        name = our_name(label) if isinstance(label, str) else None
        if name is None:
            decided = decided and not _may_be_needed(node)
            continue
        demand = _demand(node, evaluation, values.get(name, ""))
        decided = decided and demand.decided
        if demand.required or demand.wrong is not None:
            field = _field(name, node, domain, demand, read_only=str(label) in locked)
            fields[name] = fields[name].together(replace(field, domains=())) if name in fields else field
    return OwnerNeeds(tuple(fields.values()), () if decided else (domain,))


def mentioned(rule: object) -> frozenset[str]:
    """Return our names of the owner's fields that a rule has anything to say about."""
    labels = (node.get("label") for node in _nodes(rule)[0])
    return frozenset(name for label in labels if isinstance(label, str) and (name := our_name(label)))


def _nodes(rule: object) -> tuple[list[Node], bool]:
    """Return the owner's fields in a rule, and whether that is all: alternatives between fields are not decided."""
    found: list[Node] = []
    decided = True
    left: list[tuple[object, bool]] = [(rule, False)]  # with whether it is inside the owner
    for _ in range(_MOST_NODES):
        if not left:
            return found, decided
        node, inside = left.pop()
        if not isinstance(node, Mapping):
            decided = decided and node is None
            continue
        parts = entries(node.get("and"))
        decided = decided and parts is not None and not (inside and node.get("or"))
        if inside and node.get("label") is not None:
            found.append(node)
        elif node.get("label") == OWNER_CONTACT:
            left.append((node.get("fields"), True))
        left += [(part, inside) for part in reversed(parts or [])]
        if not inside:
            left += [(part, False) for part in entries(node.get("or")) or []]
    return found, False


def _demand(node: Node, evaluation: Evaluation, value: str) -> _Demand:
    applies = evaluation.applies(node.get("conditions"))
    if not applies:
        return _Demand(decided=applies is False)
    constraints = entries(node.get("constraints"))
    demand = _Demand(decided=constraints is not None)
    for constraint in constraints or ():
        if not isinstance(constraint, Mapping):
            demand = replace(demand, decided=False)
            continue
        holds = evaluation.applies(constraint.get("conditions"))
        if holds is None:
            demand = replace(demand, decided=False)
        elif holds:
            demand = _with(demand, constraint, evaluation, value)
    return demand


def _with(demand: _Demand, constraint: Node, evaluation: Evaluation, value: str) -> _Demand:
    """Return a demand with one more constraint that applies."""
    operator = constraint.get("operator")
    kept = evaluation.keeps(constraint, value)
    if operator in {"required", "notempty"}:
        demand = replace(demand, required=True)
    elif operator == "contains" and (values := options(constraint)):
        allowed = tuple(dict.fromkeys(each for each in values if each.strip()))
        fitting = tuple(each for each in demand.allowed if each in allowed)
        demand = replace(demand, allowed=fitting if demand.allowed else allowed)
    elif operator == "maxlength" and (most := number(constraint.get("value"))):
        demand = replace(demand, longest=min(demand.longest, most))
    if kept is None:
        return replace(demand, decided=False)
    return demand if kept or demand.wrong else replace(demand, wrong=_wrong(operator, value, constraint))


def _wrong(operator: object, value: str, constraint: Node) -> InvalidAnswer:
    if not value:
        return InvalidAnswer(code="field_empty")
    if operator == "contains":
        return InvalidAnswer(code="answer_not_in_list", allowed=options(constraint))
    if operator == "maxlength":
        return InvalidAnswer(code="field_too_long", most=number(constraint.get("value")))
    return InvalidAnswer(code="field_not_taken")


def _field(name: str, node: Node, domain: DomainName, demand: _Demand, *, read_only: bool) -> NeededField:
    words = words_for(label_of(name), domain.extension)
    help_text, example = node.get("description"), node.get("placeholder")
    words = replace(
        words,
        help=help_text[:_MOST_TOLD] if isinstance(help_text, str) and help_text.strip() else words.help,
        example=example[:_MOST_TOLD] if isinstance(example, str) and example.strip() else words.example,
    )
    allowed = demand.allowed if len(demand.allowed) <= _MOST_OPTIONS else ()
    wrong = demand.wrong
    if wrong is not None and wrong.code == "field_not_taken":
        wrong = InvalidAnswer(code="field_not_taken", example=words.example)
    refused_by = () if wrong is None else (domain,)
    return NeededField(name, words, (domain,), allowed, demand.longest, read_only, wrong, refused_by)


def _is_read_only(node: Node) -> bool:
    return any(isinstance(c, Mapping) and c.get("operator") == "readonly" for c in _constraints(node))


def _may_be_needed(node: Node) -> bool:
    return any(isinstance(c, Mapping) and c.get("operator") in {"required", "notempty"} for c in _constraints(node))


def _constraints(node: Node) -> Iterator[object]:
    yield from entries(node.get("constraints")) or ()
