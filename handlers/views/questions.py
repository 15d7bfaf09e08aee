"""A registry's questions about a name as a form, and the list of a cart's names with their open questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, Option, RadioButtonsElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.messages.en import question_labels
from handlers.toolkit.action_ids import REACH, Act, Form
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, section
from handlers.toolkit.folding import VIEW, fold, listed
from handlers.toolkit.modals import note
from handlers.toolkit.mrkdwn import cut, escape, escape_markup, plain
from handlers.toolkit.payloads import AnswersPage, CartNumber, Nothing, QuestionsAbout
from handlers.views.question_inputs import answer_input, pages
from ordering.model.cart import Cart
from ordering.model.cart_line import Line
from ordering.model.contact import Contact
from ordering.model.question import OWNER_CONTACT, Question, Reach, mark

_LONGEST_OF_OTHERS = 200  # characters of another user's answer, shown above one's own


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the form: what they must know before they answer, and whether they may see contacts in full."""

    caution: str | None = None
    sees_owners: bool = False


ANYBODY = Reader()


def still_open(line: Line) -> str:
    """Return a name's open questions in one phrase; empty if there are none."""
    nouns = [escape(question_labels.noun(question.label)) for question in line.open_questions]
    return cut(words.questions.still_open(nouns), 300) if nouns else ""


def questions_button(cart: Cart, line: Line | None = None, *, label: str | None = None) -> ButtonElement:
    """Return the button that opens the form of one name, or of the cart's names with open questions."""
    lines = [line] if line else cart.lines
    are_open = any(each.open_questions for each in lines)
    label = label or (words.buttons.ANSWER_QUESTIONS if are_open else words.buttons.OWNER_AND_ANSWERS)
    payload = QuestionsAbout(cart.id, line.domain if line else None)
    about = words.buttons.about_name(label, str(line.domain)) if line else words.buttons.about_cart(label, cart.id)
    return button(label, Act.QUESTIONS, payload, about=about)


def answers_list(cart: Cart) -> View:
    """Return the list of a cart's names with their open questions, each with the button to its form."""
    todo = sum(bool(line.open_questions) for line in cart.lines)
    head = words.questions.names_left(todo, len(cart.lines)) if todo else words.questions.NOTHING_TO_ANSWER
    return View(
        type="modal",
        callback_id=Form.ANSWERS_LIST,
        private_metadata=str(CartNumber(cart.id)),
        title=words.cart.title(cart.id),
        close=words.buttons.CLOSE,
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
    return context(words.questions.more_names(number))


def _not_open(line: Line) -> str:
    return words.questions.NOTHING_TO_ANSWER if line.questions is not None else words.questions.NOT_READ_YET


def answers_form(
    cart: Cart,
    line: Line,
    contacts: Sequence[Contact],
    at: AnswersPage,
    *,
    typed: Mapping[str, str] | None = None,
    overtaken: Collection[str] = (),
    reach: Reach = Reach.ONE,
    reader: Reader = ANYBODY,
) -> View:
    """Return the form with the questions about one name; `typed` is what the form held before, by label.

    `overtaken` are the labels that another user answered in the meantime, `reach` what was chosen before.
    """
    every = pages(line.questions or (), contacts)
    visible = every[at.page] if at.page < len(every) else ()
    last = at.page + 1 >= len(every)
    seen = at.seen or frozenset(mark(question.label, line.text_for(question)) for question in visible)
    at = replace(at, more=not last, seen=seen)
    blocks: list[Block] = [section(f"*{escape_markup(str(line.domain))}*  {_introduction(line, len(every), at.page)}")]
    if reader.caution:
        blocks.append(section(reader.caution))
    if overtaken:
        blocks.append(_both(line, [question for question in visible if question.label in overtaken]))
    for question in visible:
        blocks.append(answer_input(question, line, contacts, (typed or {}).get(question.label)))
        if question.label == OWNER_CONTACT and question.is_of_contacts:
            blocks += _contact_buttons(at, sees_owners=reader.sees_owners)
    if last and (asked := _reach(cart, line, reach)) is not None:
        blocks.append(asked)
    return View(
        type="modal",
        callback_id=Form.ANSWERS,
        private_metadata=str(at),
        title=words.cart.title(cart.id),
        submit=(words.buttons.SAVE if last else words.buttons.SAVE_AND_GO_ON) if visible else None,
        close=words.buttons.NOT_NOW,
        blocks=blocks,
    )


def _both(line: Line, questions: Iterable[Question]) -> Block:
    """Return the other user's answers, to show above the form with one's own."""
    theirs = [
        f"*{escape_markup(cut(plain(question_labels.title(q.label)), 100))}*  {_given(line, q)}" for q in questions
    ]
    return section(words.questions.both_answered(theirs))


def _given(line: Line, question: Question) -> str:
    answer = line.answer_to(question)
    if answer is None:
        return words.questions.NO_ANSWER_NOW
    return words.questions.their_answer(escape(cut(plain(answer.value), _LONGEST_OF_OTHERS)), answer.by)


def _contact_buttons(at: AnswersPage, *, sees_owners: bool) -> list[Block]:
    show = button(words.buttons.SHOW_CONTACTS, Act.SHOW_CONTACTS, Nothing(), about=words.buttons.ABOUT_SHOW_CONTACTS)
    return buttons(
        button(words.buttons.NEW_CONTACT, Act.NEW_CONTACT, at, about=words.buttons.ABOUT_NEW_CONTACT),
        button(words.buttons.COMPLETE_CONTACT, Act.COMPLETE_CONTACT, at, about=words.buttons.ABOUT_COMPLETE_CONTACT),
        *([show] if sees_owners else []),
    )


def _introduction(line: Line, pages_in_all: int, page: int) -> str:
    if not line.questions:
        return words.questions.NO_QUESTIONS
    return words.questions.page_of(still_open(line) or words.questions.ALL_ANSWERED, page + 1, pages_in_all)


def _reach(cart: Cart, line: Line, chosen: Reach) -> Block | None:
    """Return the choice to apply the answers to other names, too; None if no other name has the same questions."""
    alike = [other for other in cart.lines if other is not line and _asked_alike(other, line)]
    related = [other for other in alike if other.domain.extension == line.domain.extension]
    choices = [(Reach.ONE, words.questions.THIS_NAME)]
    if related:
        choices.append((Reach.EXTENSION, words.questions.with_extension(len(related), line.domain.extension)))
    if len(alike) > len(related):
        choices.append((Reach.EVERY, words.questions.every_name(len(alike))))
    if len(choices) == 1:
        return None
    options = [Option(value=reach.value, text=cut(label, 75)) for reach, label in choices]
    initial = next((option for option in options if option.value == chosen.value), options[0])
    return InputBlock(
        block_id=REACH,
        label=words.questions.USE_FOR,
        hint=words.questions.USE_FOR_HINT,
        element=RadioButtonsElement(action_id=REACH, options=options, initial_option=initial),
    )


def _asked_alike(other: Line, line: Line) -> bool:
    return bool(_labels(other.questions) & _labels(line.questions))


def _labels(questions: Iterable[Question] | None) -> set[str]:
    return {question.label for question in questions or ()}


def loading(text: str = words.questions.ASKING) -> View:
    """Return the form to show immediately: the trigger expires in three seconds, and OVH may take longer."""
    return note(RenderedMessage.from_text(text))
