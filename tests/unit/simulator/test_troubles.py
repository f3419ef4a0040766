"""Does every trouble of a terminal occur, by seed, terminal and number alone?"""

from chongzheng.simulator.troubles import FEN, TABLE, Trouble, sale

SALES = [sale(7, "898310000000001", "10000001", number) for number in range(4000)]


def test_the_same_sale_is_drawn_again() -> None:
    assert SALES[3] == sale(7, "898310000000001", "10000001", 3)
    assert SALES[:20] != [sale(8, "898310000000001", "10000001", number) for number in range(20)]
    assert SALES[:20] != [sale(7, "898310000000001", "10000002", number) for number in range(20)]


def test_every_trouble_is_drawn_and_most_sales_have_none() -> None:
    assert {one.trouble for one in SALES} == set(Trouble) == {trouble for trouble, _ in TABLE}
    assert sum(one.trouble is Trouble.NONE for one in SALES) > 0.85 * len(SALES)


def test_amounts_and_cards_are_possible() -> None:
    assert all(FEN[0] <= one.fen <= FEN[1] for one in SALES)
    assert {len(one.pan) for one in SALES} == {16, 19}
    assert {one.entry for one in SALES} == {"012", "021", "051"}
