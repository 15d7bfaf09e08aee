"""A search is shown as far as it is: what is free first, what is old or unknown said to be so."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import words as catalogue
from handlers.messages.en.unknown_names import unknown_because
from handlers.toolkit.action_ids import Act
from handlers.views import search
from handlers.views.search_pages import Found, Standing, Surroundings
from ordering.model.cart import Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.model.offer import Action, Availability, Effort, Verdict
from tests.builders import NOW, euros
from tests.handlers.rendering import EVIL, LONG, blocks_of, check, labels, offer, words_of
from tests.saying import result_of


def answer(name: str, verdict: Verdict, price: str = "2.99") -> Availability:
    shown = None if verdict in {Verdict.UNKNOWN, Verdict.NOT_SOLD, Verdict.NOT_OFFERED} else offer(name, price)
    if verdict in {Verdict.TAKEN, Verdict.AFTERMARKET} and shown:
        shown = replace(shown, action=Action.TRANSFER)
    if verdict is Verdict.PREMIUM and shown:
        shown = replace(shown, pricing_mode="create-premium")
    offers = (shown,) if shown else ()
    return Availability(DomainName.parse(name), verdict, shown, None if shown else "registrar_unavailable", offers)


def results(answers, *, asked=None, **more):
    names = [each.domain for each in answers]
    unasked = [DomainName.parse(f"unasked-{number}.ovh") for number in range((asked or len(names)) - len(names))]
    return search.results(Found("f00d", (*names, *unasked), answers, NOW, **more))


def sheets_of(answers, **more):
    """All pages of a complete search."""
    rendered = [results(answers, page=page, **more) for page in range(60)]
    return [sheet for page, sheet in enumerate(rendered) if not page or sheet.blocks != rendered[page - 1].blocks]


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(list(Verdict))), max_size=100))
def test_any_search_fits_one_message(found):
    answers = [answer(f"name-{number}.ovh", verdict) for number, verdict in found]
    for allowed in (False, True):
        for standing in Standing:
            for page in (0, 99):
                check(results(answers, asked=len(answers) + 1, allow_premium=allowed, standing=standing, page=page))


@pytest.mark.slow
@pytest.mark.parametrize("verdict", list(Verdict))
def test_five_hundred_of_the_longest_names_fit(verdict):
    answers = [answer(f"{LONG}-{number}.ovh", verdict) for number in range(500)]
    for sheet in sheets_of(answers, unreadable=[EVIL] * 300):
        check(sheet)


def test_nothing_that_was_found_is_left_out_of_the_pages():
    answers = [answer(f"name-{number}.ovh", list(Verdict)[number % len(Verdict)]) for number in range(200)]
    words = " ".join(str(blocks_of(sheet)) for sheet in sheets_of(answers, unreadable=["“-x-” is none."]))
    assert all(f"name-{number}.ovh" in words for number in range(200))
    assert "“-x-” is none." in words


def test_every_button_finds_its_search_and_its_page():
    first, second, *_ = sheets_of([answer(f"name-{number}.ovh", Verdict.AVAILABLE) for number in range(30)])
    assert labels(first) == {"Add to cart", "Next page", "Add all 30 · €89.70"}
    assert "Previous page" in labels(second)
    assert "'f00d 1'" in str(blocks_of(first))


def test_what_is_added_at_once_is_what_was_shown():
    free = [answer(f"name-{number}.ovh", Verdict.AVAILABLE) for number in range(3)]
    dearer = [*free[:2], answer("name-2.ovh", Verdict.AVAILABLE, "3.99")]
    names = tuple(each.domain for each in free)
    marks = [Found("f00d", names, answers, NOW).free_mark for answers in (free, free[::-1], free[:2], dearer)]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3
    assert f"'f00d 0 {marks[0]}'" in str(blocks_of(results(free)))


def test_a_search_that_must_wait_is_kept_for_a_click():
    rendered = search.must_wait("f00d", 3, 200)
    assert rendered.text == catalogue.search.must_wait(3, 200, button="Search now")
    assert labels(rendered) == {"Search now"}
    check(rendered)


def test_while_it_asks_a_search_shows_how_far_it_is():
    answers = [answer(f"name-{number}.ovh", Verdict.TAKEN) for number in range(12)]
    rendered = results(answers, asked=20, standing=Standing.ASKING, seconds_left=41.0)
    assert f"▓▓▓▓▓▓░░░░ {catalogue.search.progress(12, 20, 41.0)}" in str(blocks_of(rendered))
    assert rendered.text == catalogue.search.progress_alone(12, 20, 0, 41.0)
    assert labels(rendered) == {"Stop", "Show newest"}


def test_what_a_stopped_search_did_not_ask_is_said():
    rendered = results([answer("name.ovh", Verdict.AVAILABLE)], asked=3, standing=Standing.STOPPED)
    assert f"{catalogue.search.not_asked(2)}\nunasked-0.ovh, unasked-1.ovh" in words_of(rendered)
    assert rendered.text == catalogue.search.alone(catalogue.search.stopped_after(1, 3, 1), names=["name.ovh"])
    assert "Ask again" in labels(rendered)


def test_nothing_old_is_shown_as_new():
    fresh = replace(answer("fresh.ovh", Verdict.AVAILABLE), asked_at=NOW)
    old = replace(answer("old.ovh", Verdict.TAKEN), asked_at=NOW - timedelta(minutes=4))
    assert "Refresh old answers" not in labels(results([fresh]))
    rendered = results([fresh, old])
    assert catalogue.search.old_answers(1, timedelta(minutes=4), button="Refresh old answers") in words_of(rendered)
    assert "Refresh old answers" in labels(rendered)
    assert "Ask again" not in labels(rendered)


def test_a_refresh_shows_the_age_of_old_answers():
    """While old answers are refreshed they stand with their age and the bar counts the new ones."""
    old = [replace(answer(f"{n}.ovh", Verdict.AVAILABLE), asked_at=NOW - timedelta(minutes=4)) for n in range(4)]
    rendered = results(old, standing=Standing.ASKING, refreshing=3)
    assert "1/4" in words_of(rendered)
    assert rendered.text == catalogue.search.progress_alone(1, 4, 4, 0)
    assert catalogue.search.old_answers(4, timedelta(minutes=4), button=None) in words_of(rendered)
    assert "*3.ovh*" in words_of(rendered)
    assert "Refresh old answers" not in labels(rendered)


def test_unknown_names_have_a_reason_and_a_retry_button():
    """What is unknown is reported with its reason and can be asked again."""
    rendered = results([answer("dark.ovh", Verdict.UNKNOWN), answer("name.ovh", Verdict.AVAILABLE)])
    assert f"*Unknown* (1): {unknown_because('registrar_unavailable', '')}\ndark.ovh" in words_of(rendered)
    assert "Ask again" in labels(rendered)


def test_what_is_reserved_or_not_offered_is_not_said_to_be_taken():
    reserved = answer("reserved.ovh", Verdict.NOT_OFFERED)
    assert results([reserved]).text == catalogue.search.alone(result_of("reserved.ovh", Verdict.NOT_OFFERED))
    rendered = results([reserved, answer("taken.ovh", Verdict.TAKEN)])
    assert f"{catalogue.search.title(Verdict.NOT_OFFERED, 1)}\nreserved.ovh" in words_of(rendered)
    assert catalogue.search.title(Verdict.TAKEN, 1) in words_of(rendered)
    assert "Ask again" not in labels(rendered)


def test_before_much_is_spent_the_person_is_asked():
    rendered = search.asks_first("f00d", Effort(420, 362.0, 60), 420)
    check(rendered)
    assert rendered.text == catalogue.search.asks_first(420, 420, 362.0)


def test_explains_how_to_search_names_left_out():
    """What did not fit into one search is said with how to ask it."""
    left_out = ["shop", "studio", "zone"]
    told = catalogue.search.no_room_for(3, "shop,studio")
    rendered = search.asks_first("f00d", Effort(500, 500.0, 60), 500, left_out)
    check(rendered)
    assert told in rendered.text
    assert told in words_of(results([answer("name.ovh", Verdict.AVAILABLE)], left_out=left_out))


def test_the_text_ends_with_an_ellipsis_only_while_answers_come():
    answers = [answer("name.ovh", Verdict.AVAILABLE)]
    assert results(answers, asked=3, standing=Standing.ASKING).text.endswith("…")
    assert search.looking().text.endswith("…")
    price = catalogue.prices.price_for(euros("2.99"), 1)
    assert results(answers).text == catalogue.search.alone(result_of("name.ovh"), offer=price)


def order_in(rendered) -> list[str]:
    """The names that can be added, from top to bottom."""
    texts = [str(block.get("text", {}).get("text")) for block in blocks_of(rendered) if "accessory" in block]
    return [text.split("*")[1] for text in texts]


def test_names_are_shown_in_the_order_typed():
    """A teaser price puts no name first; the cheapest are those over three years."""
    teaser = offer("teaser.ovh", "1.00", renewal=euros("33.99"))
    steady = offer("steady.ovh", "9.00", renewal=euros("9.00"))
    answers = [answer("last.ovh", Verdict.AVAILABLE, "20.00")]
    answers += [Availability(each.domain, Verdict.AVAILABLE, each, offers=(each,)) for each in (teaser, steady)]
    assert order_in(results(answers)) == ["last.ovh", "teaser.ovh", "steady.ovh"]
    assert order_in(results(answers, cheapest_first=True)) == ["steady.ovh", "last.ovh", "teaser.ovh"]
    assert catalogue.search.ORDER_TYPED in words_of(results(answers))
    assert catalogue.search.ORDER_CHEAPEST in words_of(results(answers, cheapest_first=True))


def test_a_limit_counts_later_years_too():
    """Under 20 is under 20 now and later; what costs more is counted and listed, and not added at once."""
    teaser = offer("teaser.ovh", "1.00", renewal=euros("33.99"))
    answers = [Availability(teaser.domain, Verdict.AVAILABLE, teaser, offers=(teaser,))]
    answers += [answer(name, Verdict.AVAILABLE, "9.00") for name in ("one.ovh", "two.ovh")]
    rendered = results(answers, under=Decimal(20))
    assert order_in(rendered) == ["one.ovh", "two.ovh"]
    assert f"{catalogue.search.dearer(1, Decimal(20))}\nteaser.ovh" in words_of(rendered)
    assert catalogue.search.tally({}, dearer=1) in words_of(rendered)
    assert "Add all 2 · €18.00" in labels(rendered)
    alone = results(answers[:1], under=Decimal(20))
    assert "Add to cart" not in labels(alone)
    assert catalogue.search.one_dearer(teaser.domain, "", Decimal(20)) in words_of(alone)


def test_skipped_words_and_what_is_not_understood_come_first():
    """Counts and what to do stand above the names; the rest is a click away."""
    answers = [answer(f"name-{number}.ovh", Verdict.AVAILABLE) for number in range(30)]
    answers += [answer("gone.ovh", Verdict.TAKEN)]
    rendered = results(answers, skipped=["and", "please"], unreadable=["“-x-” is none."])
    head, actions, *_ = blocks_of(rendered)
    assert head["text"]["text"].split("\n") == [
        catalogue.search.some_available(30, 31),
        catalogue.search.tally({Verdict.TAKEN: 1}, not_understood=1),
        catalogue.search.skipped(["and", "please"]),
    ]
    found = [element["text"]["text"] for element in actions["elements"]]
    assert found == ["Add all 30 · €89.70", "Show the other 2", "Search them too"]
    others = results(answers, skipped=["and", "please"], unreadable=["“-x-” is none."], page=2)
    assert "“-x-” is none." in words_of(others)
    assert "gone.ovh" in words_of(others)
    assert "Show the other 2" not in labels(others)


def test_skipped_words_are_told_next_to_one_name():
    rendered = results([answer("name.ovh", Verdict.AVAILABLE)], skipped=["please"])
    assert catalogue.search.skipped(["please"]) in words_of(rendered)
    assert "Search them too" in labels(rendered)


def test_one_name_is_said_once():
    """A single answer is one block: name, verdict, price and button."""
    rendered = results([answer("name.ovh", Verdict.AVAILABLE)])
    assert words_of(rendered).count("name.ovh") == 1
    taken = results([answer("gone.ovh", Verdict.TAKEN)])
    assert words_of(taken).count("gone.ovh") == 1
    assert "transfer" not in words_of(taken)
    assert labels(taken) == {"More ideas"}


def test_a_taken_name_comes_with_free_ones():
    others = [answer(f"other-{number}.ovh", Verdict.AVAILABLE) for number in range(5)]
    others.insert(1, answer("also-gone.ovh", Verdict.TAKEN))
    rendered = results([answer("gone.ovh", Verdict.TAKEN)], alternatives=others)
    assert order_in(rendered) == ["other-0.ovh", "other-1.ovh", "other-2.ovh"]
    assert catalogue.search.one_taken(DomainName("gone.ovh"), free=True) in words_of(rendered)
    assert "other-0.ovh €2.99" in rendered.text
    check(rendered)


BOUGHT = Cart(
    CartId(41), "C1", "U0ADA", CartState.DELIVERED, NOW, requester="U0ADA", purpose="Otter <launch>", private=False
)


@pytest.mark.parametrize("cart", [BOUGHT, None], ids=["bought here", "bought elsewhere"])
def test_a_name_of_ours_is_said_to_be_ours(cart):
    """It is not “taken”: who bought it, in which request and for what, as far as the reader may know."""
    name = DomainName("ours.ovh")
    around = Surroundings(ours={name: cart})
    alone = results([answer("ours.ovh", Verdict.TAKEN)], around=around)
    assert catalogue.search.one_ours(name, cart) in words_of(alone)
    assert labels(alone) == set()
    many = results([answer("ours.ovh", Verdict.TAKEN), answer("name.ovh", Verdict.AVAILABLE)], around=around)
    assert catalogue.search.ours_in_list(name, cart) in words_of(many)
    assert catalogue.search.tally({}, ours=1) in words_of(many)
    assert "<launch>" not in words_of(many)
    check(many)


def test_a_row_knows_that_it_is_in_the_cart():
    answers = [answer(name, Verdict.AVAILABLE) for name in ("one.ovh", "two.ovh", "three.ovh")]
    rendered = results(answers, around=Surroundings(in_cart={DomainName("two.ovh"): CartId(43)}))
    assert catalogue.search.in_cart(43) in words_of(rendered)
    assert labels(rendered) == {"Add to cart", "Open cart", "Add all 2 · €5.98"}


def test_nobody_sees_a_button_that_always_refuses():
    """A guest, or a person who may not request, reads one grey line instead."""
    around = Surroundings(may_not_add="Guests can search, but not buy.")
    for answers in ([answer("one.ovh", Verdict.AVAILABLE)], [answer(f"{n}.ovh", Verdict.AVAILABLE) for n in range(3)]):
        rendered = results(answers, around=around)
        assert labels(rendered) == set()
        assert "Guests can search, but not buy." in words_of(rendered)


def test_a_name_against_a_rule_has_its_reason():
    name, reason = DomainName("acme.ovh"), "acme.ovh is against a rule of this team: ask Legal."
    around = Surroundings(barred={name: reason})
    alone = results([answer("acme.ovh", Verdict.AVAILABLE)], around=around)
    assert reason in words_of(alone)
    assert labels(alone) == set()
    many = results([answer("acme.ovh", Verdict.AVAILABLE), answer("one.ovh", Verdict.AVAILABLE)], around=around)
    assert reason in words_of(many)
    assert order_in(many) == ["one.ovh"]


def test_accents_are_the_reason_where_the_extension_takes_none():
    name = DomainName.parse("café.ovh")
    around = Surroundings(sold=frozenset({"ovh"}))
    refused = answer("café.ovh", Verdict.NOT_SOLD)
    plain = answer("cafe.ovh", Verdict.AVAILABLE)
    alone = results([refused], around=around, alternatives=[plain])
    assert catalogue.search.one_without_accents(name, free=True) in words_of(alone)
    assert order_in(alone) == ["cafe.ovh"]
    many = results([refused, answer("café.unknown", Verdict.NOT_SOLD), plain], around=around)
    assert f"{catalogue.search.no_accents(1)}\n{name}" in words_of(many)
    assert catalogue.search.title(Verdict.NOT_SOLD, 1) in words_of(many)


def test_a_discount_is_told():
    cheap = answer("cheap.ovh", Verdict.AVAILABLE, "1.00")
    reduced = offer("cheap.ovh", "1.00", regular=euros("5.00"), renewal=euros("6.00"))
    promo = replace(cheap, offer=reduced, offers=(reduced,))
    words = str(blocks_of(results([promo])))
    price = catalogue.prices.price_for(euros("1.00"), 1) + catalogue.prices.instead_of(euros("5.00"))
    assert price + catalogue.prices.then_yearly(euros("6.00")) in words


def test_an_expired_search_names_no_reason():
    """A search that is gone is said to be without a reason that may be false."""
    for act in (act for act in Act if act.startswith("search_")):
        said = search.gone(act).text
        assert "restarted" not in said
        assert said.endswith(catalogue.search.gone("", button="Add to cart"))


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (Act.SEARCH_STOP, catalogue.search.NOT_STOPPED),
        (Act.SEARCH_NEWEST, catalogue.search.NOT_NEWEST),
        (Act.SEARCH_ADD_ALL, catalogue.search.NOTHING_ADDED),
        (Act.SEARCH_NEXT, catalogue.search.PAGE_NOT_TURNED),
        (Act.SEARCH_REST, catalogue.search.PAGE_NOT_TURNED),
        (Act.SEARCH_AGAIN, catalogue.search.NOTHING_DONE),
        (Act.SEARCH_REFRESH, catalogue.search.NOTHING_DONE),
        (Act.SEARCH_ALL, catalogue.search.NOTHING_DONE),
    ],
)
def test_a_click_on_another_process_search_says_so(act, said):
    """No click on a search of another process looks as if it had worked."""
    assert search.gone(act).text == catalogue.search.gone(said, button="Add to cart")
