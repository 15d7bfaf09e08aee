"""The registries' questions about all names of a cart, as one form: what is needed first, and the rest on request."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from slack_sdk.models.blocks import Block, ButtonElement, DividerBlock, InputBlock
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.messages.en import question_labels
from handlers.text.mrkdwn import cut, escape, escape_markup, plain
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, section
from handlers.toolkit.modals import note
from handlers.toolkit.payloads import AnswersSheet, CartNumber, Nothing, QuestionsAbout
from handlers.views.owner_inputs import gap_inputs
from handlers.views.question_inputs import answer_input, conditions_note, digest, field_id, names_and_inputs
from ordering.model.cart import MOST_LINES, Cart
from ordering.model.cart_line import Line
from ordering.model.contact import Contact
from ordering.model.domain_name import DomainName
from ordering.model.owner_needs import OwnerGaps
from ordering.model.question import Question
from ordering.model.question_sheet import Ask, Section, Typed, options, owners_together, sections

_LONGEST_OF_OTHERS = 200  # characters of another user's answer, shown above one's own
_MOST_INPUTS, _MOST_BLOCKS, _MOST_BYTES = 40, 80, 150_000  # of a form; Slack takes 100 blocks and 250 KB
_MOST_CONTACTS, _FEWEST_CONTACTS = 400, 20  # options of all owners' lists together, and of one list at least
_MOST_TOLD = 2_900  # characters


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the form: what they must know before they answer, and whether they may see contacts in full."""

    user: str
    caution: str | None = None
    sees_owners: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form shows.

    `gaps` is what each chosen contact lacks, by its id. `typed` is what the form held before, by name and label, and
    `fields` by contact and field. `wrong` is why a contact's field is not taken, `refused` what OVH objected to at a
    name, both as sentences. `overtaken` are the labels that another user answered in the meantime. `is_redrawn`: the
    user is still filling in the form, so what it showed first counts as seen.
    """

    cart: Cart
    at: AnswersSheet
    reader: Reader
    contacts: Sequence[Contact] = ()
    gaps: Mapping[str, OwnerGaps] = field(default_factory=dict)
    typed: Typed = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    wrong: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    refused: Mapping[DomainName, Sequence[str]] = field(default_factory=dict)
    overtaken: Mapping[DomainName, Sequence[str]] = field(default_factory=dict)
    warns: bool = False
    is_redrawn: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.cart.lines[:MOST_LINES]

    @property
    def sections(self) -> tuple[Section, ...]:
        return sections(self.lines, self.typed, focus=focus_of(self.at, self.cart))

    def needs_answers(self, part: Section) -> bool:
        """Whether something must be answered for these names, their owner lacks something, or it is not saved yet."""
        gaps = self.gaps.get(part.contact)
        lacks = gaps is not None and gaps.concerns(part.domains)
        is_open = focus_of(self.at, self.cart) in part.domains
        is_new = part.owner is not None and part.owner.is_touched
        return bool(part.needed) or lacks or is_open or is_new or any(name in self.refused for name in part.domains)


def focus_of(at: AnswersSheet, cart: Cart) -> DomainName | None:
    """Return the name whose answers are asked again; None if there is none."""
    return next((line.domain for line in cart.lines if line.domain.ascii == at.focus), None)


def still_open(line: Line) -> str:
    """Return a name's open questions in one phrase; empty if there are none."""
    nouns = [escape(question_labels.noun(question.label)) for question in line.open_questions]
    return cut(words.questions.still_open(nouns), 300) if nouns else ""


def questions_button(cart: Cart, line: Line | None = None, *, label: str | None = None) -> ButtonElement:
    """Return the button that opens the form; with a name, its answers are asked again."""
    lines = [line] if line else cart.lines
    are_open = any(each.open_questions for each in lines)
    label = label or (words.buttons.ANSWER_QUESTIONS if are_open else words.buttons.OWNER_AND_ANSWERS)
    payload = QuestionsAbout(cart.id, line.domain if line else None)
    about = words.buttons.about_name(label, str(line.domain)) if line else words.buttons.about_cart(label, cart.id)
    return button(label, Act.QUESTIONS, payload, about=about)


def answers_form(sheet: Sheet) -> View:
    """Return the form with what the names of a cart ask: what is needed, then with `more` what can stay as it is."""
    every = sheet.sections
    needing = [part for part in every if sheet.needs_answers(part)]
    quiet = [part for part in every if part not in needing]
    page = _Page(sheet, owners=len(needing) or 1)
    left = page.add_sections(needing)
    is_more = sheet.at.more or not needing
    following = 0 if left else page.add_options(quiet, all_of_them=is_more)
    names, noted = names_and_inputs(sheet.lines, page.asked, sheet.at if sheet.is_redrawn else None)
    at = replace(
        sheet.at,
        names=names,
        asked=noted,
        more=is_more,
        start=following or 0,
        goes_on=following is not None,
        first=_first_to_own(sheet, [*needing, *quiet]),
    )
    has_inputs = bool(page.asked) or page.fields
    save = words.questions.SAVE_ANYWAY if sheet.warns else words.buttons.SAVE
    return View(
        type="modal",
        callback_id=Form.ANSWERS,
        private_metadata=str(at),
        title=words.questions.TITLE,
        submit=(words.buttons.SAVE_AND_GO_ON if at.goes_on else save) if has_inputs else None,
        close=words.buttons.NOT_NOW,
        blocks=[
            *_head(sheet, needing),
            *page.blocks,
            *([context(words.questions.more_names(left))] if left else []),
            *_marks(sheet, quiet),
            *_buttons(sheet, at, is_optional=bool(needing)),
            context(words.questions.footer(sheet.reader.user)),
        ],
    )


def _first_to_own(sheet: Sheet, parts: Sequence[Section]) -> str:
    """Return the name that a new owner is for first: one whose owner lacks something, else one without a contact."""
    owned = [part for part in parts if part.owner]
    lacking = [
        part for part in owned if (gaps := sheet.gaps.get(part.contact)) and gaps.stuck and gaps.concerns(part.domains)
    ]
    without = [part for part in owned if not part.contact]
    focus = focus_of(sheet.at, sheet.cart)
    asked_again = [part for part in without if focus in part.domains]
    return next((part.domains[0].ascii for part in [*lacking, *asked_again, *without, *owned]), "")


def _head(sheet: Sheet, needing: Sequence[Section]) -> Iterator[Block]:
    number = sum(len(part.domains) for part in needing)
    yield section(words.questions.head(number) if number else words.questions.NOTHING_TO_ANSWER)
    if sheet.reader.caution:
        yield section(sheet.reader.caution)
    if sheet.overtaken:
        yield section(words.questions.both_answered(list(_theirs(sheet))))


def _theirs(sheet: Sheet) -> Iterator[str]:
    """Yield the other user's answers, to show above the form with one's own."""
    for domain, labels in sheet.overtaken.items():
        line = sheet.cart.line(domain)
        for question in (line.questions or ()) if line else ():
            if line and question.label in labels:
                title = escape_markup(cut(plain(question_labels.title(question.label)), 100))
                yield f"*{title}*  {_given(line, question)}"


def _given(line: Line, question: Question) -> str:
    answer = line.answer_to(question)
    if answer is None:
        return words.questions.NO_ANSWER_NOW
    return words.questions.their_answer(escape(cut(plain(answer.value), _LONGEST_OF_OTHERS)), answer.by)


def _marks(sheet: Sheet, quiet: Sequence[Section]) -> Iterator[Block]:
    """Yield the names without questions, those that a user answered for first."""
    names = {name for part in quiet for name in part.domains}
    lines = [line for line in sheet.cart.lines if line.domain in names]
    for sentence_of, found in (
        (words.questions.answered, [line for line in lines if line.answers]),
        (words.questions.quiet, [line for line in lines if not line.answers]),
        (words.questions.not_read, [line for line in sheet.cart.lines if line.questions is None]),
    ):
        if found:
            yield context(sentence_of([escape_markup(str(line.domain)) for line in found]))


def _buttons(sheet: Sheet, at: AnswersSheet, *, is_optional: bool) -> list[Block]:
    cart = CartNumber(sheet.cart.id)
    label = words.buttons.FEWER_OPTIONS if at.more else words.buttons.MORE_OPTIONS
    act = Act.FEWER_OPTIONS if at.more else Act.MORE_OPTIONS
    more = button(label, act, cart, about=words.buttons.ABOUT_MORE_OPTIONS)
    new = button(words.buttons.NEW_OWNER, Act.NEW_CONTACT, cart, about=words.buttons.ABOUT_NEW_OWNER)
    show = button(words.buttons.SHOW_CONTACTS, Act.SHOW_CONTACTS, Nothing(), about=words.buttons.ABOUT_SHOW_CONTACTS)
    chooses = any(part.owner for part in sheet.sections)
    return buttons(
        more if is_optional else None, new if chooses else None, show if chooses and sheet.reader.sees_owners else None
    )


class _Page:
    """Fills a form up to Slack's limits, and notes its inputs for the metadata."""

    def __init__(self, sheet: Sheet, *, owners: int) -> None:
        self._sheet = sheet
        self._contacts = sheet.contacts[: max(_MOST_CONTACTS // owners, _FEWEST_CONTACTS)]
        self._used: Counter[str] = Counter()
        self._bytes = 0
        self._completed: set[str] = set()  # contacts whose fields the form asks
        self.blocks: list[Block] = []
        self.asked: list[tuple[Ask, str]] = []
        self.fields = 0

    def add_sections(self, parts: Sequence[Section]) -> int:
        """Add what is needed for these names; return how many names have no room yet."""
        for place, part in enumerate(parts):
            is_whole = self._add_section(part, needed=len(part.needed), alone=place == 0)
            if not is_whole:
                return sum(len(each.domains) for each in parts[place:])
        return 0

    def add_options(self, quiet: Iterable[Section], *, all_of_them: bool) -> int | None:
        """Add the questions that can stay as they are, from the one at `start`.

        Return the place of the first that has no room, which is 0 where not one of them has; None if all were added.
        Without `all_of_them` only those that a user has changed and not saved.
        """
        sheet = self._sheet
        others = options(sheet.lines, sheet.typed, focus=focus_of(sheet.at, sheet.cart))
        every = [ask for ask in (*owners_together(quiet), *others) if all_of_them or ask.is_touched]
        if not every:
            return None
        head: list[Block] = [DividerBlock(), section(words.questions.MORE)] if self.blocks else []
        for place in range(sheet.at.start if sheet.at.start < len(every) else 0, len(every)):
            inputs, noted = self._inputs([every[place]], names=True)
            if not self._take([*head, *inputs], noted):
                return place
            head = []  # no heading stands over an empty part
        return None

    def _add_section(self, part: Section, *, needed: int, alone: bool, lists: bool = True) -> bool:
        """Add one section, as far as it fits an empty form; return whether all of it was added."""
        asks = [*([part.owner] if part.owner else []), *part.needed[:needed]]
        inputs, noted = self._inputs(asks)
        gaps = self._gaps(part, lists=lists)
        head: list[Block] = [DividerBlock()] if self.blocks else []
        head.append(section(words.questions.about([escape_markup(str(name)) for name in part.domains])))
        refused = [text for name in part.domains for text in self._sheet.refused.get(name, ())]
        head += [context(cut(words.questions.refused(text), _MOST_TOLD)) for text in dict.fromkeys(refused)]
        if self._take([*head, *inputs, *gaps], noted):
            has_fields = any(isinstance(block, InputBlock) for block in gaps)
            self._completed |= {part.contact} if has_fields else set()
            self.fields += has_fields
            return needed == len(part.needed)
        if alone and (needed > 1 or lists):
            return self._add_section(part, needed=max(needed // 2, 1), alone=True, lists=lists and needed > 1)
        return False

    def _gaps(self, part: Section, *, lists: bool) -> list[Block]:
        """Return what the section's owner lacks; what can be filled in is asked once, where it is lacked first."""
        sheet, contact_id = self._sheet, part.contact
        gaps = sheet.gaps.get(contact_id)
        if gaps is None:
            return []
        sentence_of = words.contacts.account_lacks if gaps.is_account else words.contacts.stuck
        stuck = [
            cut(escape(each.words.label), 150) for each in gaps.stuck if not set(each.lacking).isdisjoint(part.domains)
        ]
        blocks: list[Block] = [section(cut(sentence_of(stuck), _MOST_TOLD))] if stuck else []
        if contact_id in self._completed or not (gaps.concerns(part.domains) or gaps.missing.undecided):
            return blocks
        fields, wrong = sheet.fields.get(contact_id, {}), sheet.wrong.get(contact_id, {})
        return [*blocks, *gap_inputs(contact_id, gaps.missing, fields, wrong, lists=lists)]

    def _inputs(self, asks: Sequence[Ask], *, names: bool = False) -> tuple[list[Block], list[tuple[Ask, str]]]:
        blocks: list[Block] = []
        noted: list[tuple[Ask, str]] = []
        for ask in asks:
            base = field_id(ask.question)
            number = self._used[base] = self._used[base] + 1
            action_id = base if number == 1 else f"{base}@{number}"
            noted.append((ask, action_id))
            is_for_all = len(ask.domains) == len(self._sheet.cart.lines)
            about = words.contacts.for_names([str(name) for name in ask.domains]) if names and not is_for_all else ""
            place = digest(" ".join([*(name.ascii for name in ask.domains), ask.saved]))[:8]
            blocks.append(answer_input(ask, self._contacts, action_id, place=place, names=about))
            blocks += conditions_note(ask.question)
        return blocks, noted

    def _take(self, blocks: Sequence[Block], noted: Sequence[tuple[Ask, str]]) -> bool:
        size = sum(len(json.dumps(block.to_dict())) for block in blocks)
        inputs = len(self.asked) + len(noted)
        is_full = len(self.blocks) + len(blocks) > _MOST_BLOCKS or self._bytes + size > _MOST_BYTES
        if is_full or inputs > _MOST_INPUTS:
            return False
        self.blocks += blocks
        self.asked += noted
        self._bytes += size
        return True


def loading(text: str = words.questions.ASKING) -> View:
    """Return the form to show immediately: the trigger expires in three seconds, and OVH may take longer."""
    return note(RenderedMessage.from_text(text))
