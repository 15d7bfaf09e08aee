"""What is red anyway proves nothing about a guard."""

import pytest

from prove import proof


def test_nothing_is_broken_while_a_stage_is_red_without_a_break(monkeypatch, capsys):
    seen = []

    def red(stages, copy):
        seen.extend(stages)
        assert (copy / "store" / "transactions.py").read_text() == (
            proof.ROOT / "store" / "transactions.py"
        ).read_text()
        return "`test_orders`"

    monkeypatch.setattr(proof, "_first_red", red)
    with pytest.raises(SystemExit, match="with no guard broken, `test_orders` fails already"):
        proof.prove_the_proof()
    assert [stage for stage in proof.THEN if stage not in seen] == []
    assert "| guard" not in capsys.readouterr().out


def test_a_break_is_caught_where_a_stage_is_red_with_it_alone(monkeypatch, capsys):
    def red_where_broken(_stages, copy):
        broken = (copy / "store" / "transactions.py").read_text() != (
            proof.ROOT / "store" / "transactions.py"
        ).read_text()
        return "`test_races.py`" if broken else None

    monkeypatch.setattr(proof, "_first_red", red_where_broken)
    with pytest.raises(SystemExit) as ended:
        proof.prove_the_proof("drop the compare-and-set")
    assert not ended.value.code
    assert "| drop the compare-and-set | `test_races.py` |" in capsys.readouterr().out


@pytest.mark.parametrize("mutation", proof.MUTATIONS, ids=lambda mutation: mutation.what)
def test_every_break_fits_the_code_as_it_is(mutation):
    assert (proof.ROOT / mutation.file).read_text().count(mutation.old) == 1


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (
            "BROKEN carts stuck (3): lost at PAY answer: …",
            "the explorer: carts stuck",
        ),
        ("FAILED tests/store/contract/test_races.py::test_one - x", "`test_races.py::test_one`"),
        ("| **decisions lost** | 1 | 0 |\n| **decisions lost** | 0 | 0 |", None),
    ],
)
def test_the_first_failure_names_who_caught_it(printed, told):
    """Tests are named by their file, the explorer by the law; a law that holds is no failure."""
    assert proof.first_failure(printed) == told
