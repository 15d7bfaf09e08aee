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
        ("word --tlds com .asso.fr", ["com", "asso.fr"], [], ["word"]),
    ],
)
def test_names_behind_extensions_are_none_of_them(typed, extensions, names, words):
    query, unreadable = search_of(typed)
    assert (list(query.extensions), unreadable) == (extensions, [])
    assert ([n.ascii for n in query.names], [w.ascii for w in query.words]) == (names, words)


def test_a_list_decides_what_is_an_extension_of_several_parts():
    """OVH's list tells co.uk from otter.ovh, not the number of letters."""
    query, unreadable = search_of("word --tlds com, otter.ovh, presse.fr, .co.uk")
    assert (query.extensions, unreadable) == (("com", "co.uk"), [])
    assert [name.ascii for name in query.perhaps_extensions] == ["otter.ovh", "presse.fr"]


NAMES_IN = {
    "Slack's entities": "a.ovh&amp;b.ovh",
    "marks of direction": "\u200ea.ovh\u202c \u2066b.ovh\u2069",
    "a soft hyphen and a byte order mark": "\ufeffa.o\u00advh b.ovh",
    "defanged": "a[.]ovh b(.)ovh",
    "defanged in words": "a[dot]ovh hxxps://b{.}ovh/x",
    "ports": "a.ovh:8080 https://b.ovh:443/x",
    "queries and fragments": "a.ovh?utm=1&x=2 b.ovh#top",
    "users": "https://me:secret@a.ovh/ sales@b.ovh",
    "other schemes": "ftp://a.ovh/pub ssh+git://git@b.ovh",
    "a link with another text": "<https://a.ovh/shop|Our site> <mailto:me@b.ovh|write us>",
    "mentions": "<@U0ADA> a.ovh <#C0TEAM|team> b.ovh <!here>",
    "wide punctuation": "a.ovh、b.ovh，a.ovh；b.ovh",  # noqa: RUF001 - as typed
    "bullets": "◦ a.ovh\n▪ b.ovh\n→ a.ovh",
    "markup": "_a.ovh_ ~b.ovh~ *a.ovh*",
    "an ellipsis": "a.ovh… b.ovh...",
    "a heading": "Names:a.ovh b.ovh",
}


@pytest.mark.parametrize("typed", NAMES_IN.values(), ids=NAMES_IN.keys())
def test_pasted_names_are_found(typed):
    """Whatever surrounds a name in a chat, a mail, a table or a report, the name is searched and nothing else."""
    query, unreadable = search_of(typed)
    assert [name.ascii for name in query.names] == ["a.ovh", "b.ovh"]
    assert not query.words
    assert not unreadable


def test_prose_in_a_list_of_names_is_skipped():
    """In a list of full names other words are prose; they are kept aside, and searched only on request."""
    prose = "Please check:\n- a.ovh and also\n- b.ovh\nTODO: 192.168.1.1"
    query, unreadable = search_of(prose)
    assert [name.ascii for name in query.names] == ["a.ovh", "b.ovh"]
    assert query.words == ()
    assert [word.ascii for word in query.skipped] == ["please", "check", "and", "also", "todo"]
    assert len(unreadable) == 1
    assert [word.ascii for word in search_of(f"{prose} --words")[0].words] == ["please", "check", "and", "also", "todo"]


@pytest.mark.parametrize("where", ["--tlds com", "--list brand", "--all", "--ideas", "--tlds presse.fr"])
def test_words_next_to_names_are_searched_with_extensions(where):
    query, _ = search_of(f"a.ovh otter {where}")
    assert ([word.ascii for word in query.words], query.skipped) == (["otter"], ())


@pytest.mark.parametrize(
    ("typed", "under"),
    [("--under 20", "20"), ("--under=9,99", "9.99"), ("—under €12.50", "12.50"), ("--under 20€", "20")],
)
def test_a_price_can_be_the_limit(typed, under):
    query, unreadable = search_of(f"otter {typed}")
    assert ([word.ascii for word in query.words], str(query.under), unreadable) == (["otter"], under, [])


def test_the_order_of_results_can_be_chosen():
    assert search_of("otter --sort cheapest")[0].cheapest_first
    assert not search_of("otter --sort typed")[0].cheapest_first
    assert search_of("otter --sort")[1] == [catalogue.search.ORDER_MISSING]
    assert search_of("otter --under")[1] == [catalogue.search.PRICE_MISSING]


def test_a_greek_capital_is_one_letter_under_any_extension():
    """A Σ at the end of a label is its final form, whether the extension was typed or added."""
    assert DomainName.parse("ΟΔΟΣ.GR") == search_of("ΟΔΟΣ")[0].words[0].under("gr")


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
