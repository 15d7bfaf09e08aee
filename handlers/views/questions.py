"""A registry's questions about a name as a form, and the list of a cart's names with their open questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, Option, RadioButtonsElement
from slack_sdk.models.views import View

from handlers.messages.en import question_labels as words
from handlers.toolkit.action_ids import REACH, Act, Form
from handlers.toolkit.blocks import Drawn, button, buttons, context, section
from handlers.toolkit.folding import VIEW, fold, listed
from handlers.toolkit.modals import note
from handlers.toolkit.mrkdwn import counted, cut, escape, escape_markup, person, plain
from handlers.views.question_inputs import answer_input, pages
from ordering.model.cart import Cart
from ordering.model.cart_line import Line
from ordering.model.contact import Contact
from ordering.model.question import OWNER_CONTACT, Question, Reach, mark

_LONGEST_OF_OTHERS = 200  # characters of another user's answer, shown above one's own


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """A page of the questions about a cart's name; it came `from_list`, and there are `more` pages after it.

    `seen` are the fingerprints of the answers that it showed when it was rendered.
    """

    cart_id: int
    domain: str
    page: int = 0
    from_list: bool = False
    more: bool = False
    seen: frozenset[str] = frozenset()

    def __str__(self) -> str:
        told = (self.cart_id, self.domain, self.page, int(self.from_list), int(self.more), *sorted(self.seen))
        return " ".join(map(str, told))

    @classmethod
    def read(cls, text: str) -> AnswersPage:
        cart_id, domain, page, from_list, more, *seen = text.split(" ")
        return cls(int(cart_id), domain, int(page), from_list == "1", more == "1", frozenset(seen))


def still_open(line: Line) -> str:
    """Return a name's open questions in one phrase; empty if there are none."""
    nouns = [escape(words.noun(question.label)) for question in line.open_questions]
    if not nouns:
        return ""
    shown = " and ".join(filter(None, [", ".join(nouns[:-1]), nouns[-1]])) if len(nouns) < 4 else _some_of(nouns)  # noqa: PLR2004 - more do not fit a line
    return cut(f"The registry asks for {shown}.", 300)


def questions_button(cart: Cart, line: Line | None = None, *, label: str | None = None) -> ButtonElement:
    """Return the button that opens the form of one name, or of the cart's names with open questions."""
    lines = [line] if line else cart.lines
    words = label or ("Answer questions" if any(each.open_questions for each in lines) else "Owner and answers")
    value = f"{cart.id} {line.domain.ascii}" if line else str(cart.id)
    about = f"{words}: {line.domain}" if line else f"{words}: cart {cart.id}"
    return button(words, Act.QUESTIONS, value, about=about)


def answers_list(cart: Cart) -> View:
    """Return the list of a cart's names with their open questions, each with the button to its form."""
    todo = sum(bool(line.open_questions) for line in cart.lines)
    head = f"{counted(todo, 'name')} of {len(cart.lines)} with open questions." if todo else "Nothing is open."
    return View(
        type="modal",
        callback_id=Form.ANSWERS_LIST,
        private_metadata=str(cart.id),
        title=f"Cart #{cart.id}",
        close="Close",
        blocks=fold([section(head), listed(_open_first(cart), rank=1, more=_other_names)], VIEW).blocks,
    )


def _open_first(cart: Cart) -> list[Block]:
    """Return a row for each name; names with open questions come first, because the last rows may fold."""
    return [
        section(
            f"*{escape_markup(str(line.domain))}*\n{still_open(line) or _not_open(line)}",
            accessory=questions_button(cart, line),
        )
        for line in sorted(cart.lines, key=lambda line: not line.open_questions)
    ]


def _other_names(number: int) -> Block:
    return context(f"and {counted(number, 'more name')}: they appear here once you've answered those above.")


def _not_open(line: Line) -> str:
    return (
        "Nothing is open." if line.questions is not None else "OVH was not asked about it yet: it is when you open it."
    )


def answers_form(
    cart: Cart,
    line: Line,
    contacts: Sequence[Contact],
    at: AnswersPage,
    *,
    typed: Mapping[str, str] | None = None,
    overtaken: Collection[str] = (),
    reach: Reach = Reach.ONE,
    caution: str | None = None,
) -> View:
    """Return the form with the questions about one name; `typed` is what the form held before, by label.

    `overtaken` are the labels that another user answered in the meantime, `reach` what was chosen before, `caution`
    what this user must know before they answer.
    """
    every = pages(line.questions or (), contacts)
    shown = every[at.page] if at.page < len(every) else ()
    last = at.page + 1 >= len(every)
    seen = at.seen or frozenset(mark(question.label, line.text_for(question)) for question in shown)
    at = replace(at, more=not last, seen=seen)
    blocks: list[Block] = [section(f"*{escape_markup(str(line.domain))}*  {_introduction(line, len(every), at.page)}")]
    if caution:
        blocks.append(section(caution))
    if overtaken:
        blocks.append(_both(line, [question for question in shown if question.label in overtaken]))
    for question in shown:
        blocks.append(answer_input(question, line, contacts, (typed or {}).get(question.label)))
        if question.label == OWNER_CONTACT and question.is_of_contacts:
            blocks += _contact_buttons(at)
    if last and (asked := _reach(cart, line, reach)) is not None:
        blocks.append(asked)
    return View(
        type="modal",
        callback_id=Form.ANSWERS,
        private_metadata=str(at),
        title=f"Cart #{cart.id}",
        submit=("Save" if last else "Save and go on") if shown else None,
        close="Not now",
        blocks=blocks,
    )


def _both(line: Line, questions: Iterable[Question]) -> Block:
    """Return the other user's answers, to show above the form with one's own."""
    theirs = "\n".join(
        f"*{escape_markup(cut(plain(words.title(q.label)), 100))}*  {_given(line, q)}" for q in questions
    )
    return section(
        f"*Not saved yet.* Somebody else answered meanwhile.\n{theirs}\n"
        "Yours stands below. Save to keep it, or put theirs in first."
    )


def _given(line: Line, question: Question) -> str:
    answer = line.answer_to(question)
    if answer is None:
        return "no answer any more"
    return f"“{escape(cut(plain(answer.value), _LONGEST_OF_OTHERS))}” by {person(answer.by)}"


def _contact_buttons(at: AnswersPage) -> list[Block]:
    return buttons(
        button("New contact…", Act.NEW_CONTACT, str(at), about="New contact… that can own a name"),
        button("Show contacts", Act.SHOW_CONTACTS, str(at), about="Show contacts in full, to you alone"),
    )


def _introduction(line: Line, pages_in_all: int, page: int) -> str:
    if not line.questions:
        return "OVH asks nothing about this name."
    said = still_open(line) or "Nothing is open; what stands here can be changed until approval is requested."
    return f"{said} Page {page + 1} of {pages_in_all}." if pages_in_all > 1 else said


def _reach(cart: Cart, line: Line, chosen: Reach) -> Block | None:
    """Return the choice to apply the answers to other names, too; None if no other name has the same questions."""
    alike = [other for other in cart.lines if other is not line and _asked_alike(other, line)]
    related = [other for other in alike if other.domain.extension == line.domain.extension]
    choices = [(Reach.ONE, "For this name only")]
    if related:
        choices.append((Reach.EXTENSION, f"Also for {counted(len(related), 'other name')} under .{_extension(line)}"))
    if len(alike) > len(related):
        choices.append((Reach.EVERY, f"Also for all {len(alike)} other names that are asked the same"))
    if len(choices) == 1:
        return None
    options = [Option(value=reach.value, text=cut(words, 75)) for reach, words in choices]
    initial = next((option for option in options if option.value == chosen.value), options[0])
    return InputBlock(
        block_id=REACH,
        label="What you answer is meant",
        hint=(
            "Names that were answered otherwise keep their answers. A registry's conditions are accepted only for "
            "its own names; a code or a claim concerns one name alone."
        ),
        element=RadioButtonsElement(action_id=REACH, options=options, initial_option=initial),
    )


def _asked_alike(other: Line, line: Line) -> bool:
    return bool(_labels(other.questions) & _labels(line.questions))


def _labels(questions: Iterable[Question] | None) -> set[str]:
    return {question.label for question in questions or ()}


def _extension(line: Line) -> str:
    return line.domain.extension


def _some_of(nouns: list[str]) -> str:
    return f"{nouns[0]}, {nouns[1]} and {len(nouns) - 2} more"


def loading(words: str = "Asking OVH what the registries want to know…") -> View:
    """Return the form to show immediately: the trigger expires in three seconds, and OVH may take longer."""
    return note(Drawn.saying(words))
