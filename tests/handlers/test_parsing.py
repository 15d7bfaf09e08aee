"""What people type is understood, or said to be not."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import words as catalogue
from handlers.search.query_parser import search_of, why_words
from handlers.toolkit.interaction import Interaction, cart_number
from handlers.toolkit.names_typed import parts_of
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from tests.refusing import refuses


@pytest.mark.parametrize(
    "typed",
    [
        "a.ovh b.ovh",
        "a.ovh,b.ovh",
        "a.ovh\nb.ovh",
        " A.ovh ; b.OVH. ",
        "<http://a.ovh|a.ovh> https://b.ovh/",
        "- a.ovh\n- b.ovh",
        "1. a.ovh\n2) b.ovh",
        "| a.ovh | b.ovh |",
        "“a.ovh”, 'b.ovh'!",
        "(a.ovh) [b.ovh]",
        "a.ovh\tb.ovh a.ovh",
        "• a.ovh • b.ovh",
        "<https://a.ovh>,<http://b.ovh/shop|b.ovh/shop>",
        "http://a.ovh/x/y?z=1 b.ovh",
        "a.ovh/b.ovh",
        "a.ovh / b.ovh/",
        "<http://a.ovh/b.ovh|a.ovh/b.ovh>",
        "https://a.ovh/c.ovh b.ovh",
        "<https://a.ovh/c.ovh> b.ovh",
        "a.ovh/blog/c.ovh b.ovh",
        "a.ovh/index.html b.ovh/24",
    ],
)
def test_names_are_separated_by_anything(typed):
    query, unreadable = search_of(typed)
    assert [n.ascii for n in query.names] == ["a.ovh", "b.ovh"]
    assert unreadable == []


def test_an_option_that_lacks_its_value_is_explained():
    assert search_of("word --tlds")[1] == [catalogue.search.extensions_missing("--tlds")]


def test_words_are_separated_by_slashes_too():
    assert [w.ascii for w in search_of("otter/hare")[0].words] == ["otter", "hare"]


def test_words_behind_the_extensions_are_told_from_the_others():
    query, unreadable = search_of("otter --tlds com fr io name.ovh hare --ideas")
    assert ([w.ascii for w in query.words], query.extensions) == (["otter", "fr", "io", "hare"], ("com",))
    assert [w.ascii for w in query.after_extensions] == ["fr", "io"]
    assert unreadable == []
    assert search_of("otter --tlds com,fr --all hare")[0].after_extensions == ()


def test_explains_how_to_write_extensions():
    """What may be meant as extensions is said with how to write them."""
    assert why_words(["com"], ["fr", "io"]) == catalogue.search.taken_for_words(["fr", "io"], ["com", "fr", "io"])


@pytest.mark.parametrize(
    "typed",
    [
        "word --tlds com,fr",
        "--tlds=com,.FR word",
        "word --tlds: com,fr",
        "word —tlds com, fr",
        "word –tlds com;fr",  # noqa: RUF001 - as an editor writes it
        "--tlds .com .fr word",
        "word --tlds com/fr",
        "word --tlds com|fr",
        "word ‑‑tlds com、fr",  # noqa: RUF001 - as above
        "word --tlds com,,fr;",
        'word --tlds "com, fr"',
        "word --tlds *.com *.fr",
        "word --tlds `com`,“fr”",
        "word --tlds <http://com|com>,fr",
    ],
)
def test_extensions_can_be_chosen(typed):
    query, unreadable = search_of(typed)
    assert ([w.ascii for w in query.words], query.extensions, unreadable) == (["word"], ("com", "fr"), [])


@pytest.mark.parametrize("odd", ["<", "--tlds a,", "--tlds .", "a/", "– ", "&lt;", "--list "])  # noqa: RUF001 - as above
def test_no_text_takes_long_to_read(odd):
    begun = time.process_time()
    search_of(odd * (40_000 // len(odd)))
    assert time.process_time() - begun < 5  # what was quadratic took a minute


def test_a_dash_between_names_is_no_option():
    query, unreadable = search_of("one.ovh — two.ovh – three.ovh")  # noqa: RUF001 - as an editor writes it
    assert ([n.ascii for n in query.names], unreadable) == (["one.ovh", "two.ovh", "three.ovh"], [])


@pytest.mark.parametrize(
    ("typed", "extensions", "names", "words"),
    [
        ("word --tlds com/ name", ["com"], [], ["word", "name"]),
        ("word --tlds com,fr; hare", ["com", "fr"], [], ["word", "hare"]),
        ("--tlds com | otter", ["com"], [], ["otter"]),
        ("--tlds com/fr/ https://a.com/b", ["com", "fr"], ["a.com"], []),
        ("word --tlds com,https://name.ovh/ x", ["com"], ["name.ovh"], ["word", "x"]),
        ("word --tlds com,\notter.ovh", ["com"], ["otter.ovh"], ["word"]),
        ("word --tlds com, otter.ovh, co.uk", ["com", "co.uk"], ["otter.ovh"], ["word"]),
        ("word --tlds com .asso.fr", ["com", "asso.fr"], [], ["word"]),
    ],
)
def test_names_behind_extensions_are_none_of_them(typed, extensions, names, words):
    query, unreadable = search_of(typed)
    assert (list(query.extensions), unreadable) == (extensions, [])
    assert ([n.ascii for n in query.names], [w.ascii for w in query.words]) == (names, words)


def test_reports_invalid_extensions_and_searches_the_others():
    """What is no extension is said and the others are searched."""
    query, unreadable = search_of("word name.ovh --tlds com,😀,-x-")
    assert ([w.ascii for w in query.words], query.extensions) == (["word"], ("com",))
    assert unreadable == [
        catalogue.search.not_an_extension("😀"),
        catalogue.search.not_an_extension("-x-"),
    ]


def test_unreadable_extensions_search_no_default_ones():
    """Where no extension can be read the team's own are not searched in their stead."""
    query, unreadable = search_of("word name.ovh --tlds 😀")
    assert ([n.ascii for n in query.names], query.words, len(unreadable)) == (["name.ovh"], (), 1)
    assert search_of("word --tlds 😀 --all")[0].words


def test_all_extensions_can_be_asked():
    assert search_of("word --all")[0].every_extension
    assert not search_of("word")[0].every_extension


def test_lists_and_ideas_can_be_asked():
    query, unreadable = search_of("otter --list brand,Near --ideas")
    assert ([w.ascii for w in query.words], query.lists, query.ideas) == (["otter"], ("brand", "near"), True)
    assert unreadable == []
    assert search_of("--list brand;near, --tlds com otter")[0].lists == ("brand", "near")
    assert search_of("--list brand;otter.ovh")[0].names == (DomainName("otter.ovh"),)
    assert search_of('--list "brand"/near otter')[0].lists == ("brand", "near")
    assert search_of("--list brand, --tlds com otter")[0].extensions == ("com",)
    assert search_of("--tlds --all otter")[0].every_extension
    assert search_of("otter --list")[1] == [catalogue.search.list_missing("--list")]


def test_what_cannot_be_read_is_said_and_the_rest_is_kept():
    query, unreadable = search_of("good.ovh -bad-.com --speed")
    assert len(query.names) == 1
    assert len(unreadable) == 2


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text):
    search_of(text)
    assert all(parts_of(text))
    with contextlib.suppress(NotPossible):  # a refusal is an answer, anything else is not
        assert cart_number(text) is not None


@pytest.mark.parametrize(("typed", "number"), [("12", 12), (" #12 ", 12)])
def test_a_cart_is_called_by_its_number(typed, number):
    assert cart_number(typed) == number


@pytest.mark.parametrize("typed", ["", "twelve", "12.5", "-1", "9" * 30])
def test_what_is_no_number_is_said(typed):
    with refuses("number_missing", NotPossible):
        cart_number(typed)


def test_a_click_in_home_reads_only_its_own_select():
    """A click in home takes what was chosen next to it and nothing else."""

    def chosen(method):
        return {"payment_method": {"type": "static_select", "selected_option": {"value": method}}}

    body = {
        "user": {"id": "U0DAN"},
        "actions": [{"action_id": "pay", "block_id": "upper", "value": "1"}],
        "view": {"state": {"values": {"upper": chosen("8120046"), "lower": chosen("8120045")}}},
    }
    assert Interaction.of_action(body).typed("payment_method") == "8120046"


def typed_in_a_form(text: str) -> str:
    state = {"values": {"purpose": {"purpose": {"type": "plain_text_input", "value": text}}}}
    return Interaction.of_form({"user": {"id": "U0ADA"}, "view": {"id": "V1", "state": state}}).typed("purpose")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("For\x00 the\x1b launch\ud800", "For the launch"),
        ("Two\r\n\tlines", "Two\r\n\tlines"),
        ("An 👩\u200d💻", "An 👩\u200d💻"),
        ("\u200b\u2060", ""),
        (" \x00 ", ""),
    ],
)
def test_leaves_out_unstorable_and_invisible_text(text, kept):
    """What cannot be kept is left out and what nobody sees is nothing."""
    assert ascii(typed_in_a_form(text)) == ascii(kept)


def test_a_command_is_read_without_what_cannot_be_kept():
    body = {"user_id": "U0ADA", "channel_id": "C1", "text": "add na\x00me.ovh\ud83d"}
    assert ascii(Interaction.of_command(body).value) == ascii("add name.ovh")


@pytest.mark.parametrize(
    ("channel", "name", "private"),
    [
        ("C0TEAM", "team", False),
        ("C0SECRET", "privategroup", True),
        ("D0ADA", "directmessage", True),
        ("G0OLD", "old-private", True),
        ("C0TRIO", "mpdm-ada--ben--cleo-1", True),
        ("C0ODD", None, True),
        ("C0ODD", "", True),
    ],
)
def test_a_payload_says_whether_its_channel_is_private(channel, name, private):
    """Slack sends a fixed word in place of a private channel's name; what is unknown counts as private."""
    command = {"user_id": "U0ADA", "channel_id": channel, "channel_name": name}
    click = {"user": {"id": "U0ADA"}, "channel": {"id": channel, "name": name}, "actions": [{"value": "1"}]}
    assert Interaction.of_command(command).private is private
    assert Interaction.of_action(click).private is private


def test_a_form_does_not_say_where_it_was_opened():
    assert Interaction.of_form({"user": {"id": "U0ADA"}, "view": {"id": "V1"}}).private
