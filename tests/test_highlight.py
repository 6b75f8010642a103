from hypothesis import given, settings, strategies as st

from signals.news.highlight import Mark, markup, segments

TEXTS = st.text(max_size=40)
SPANS = st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50), st.sampled_from("abc")))


@given(TEXTS, SPANS)
@settings(deadline=None, max_examples=100)
def test_the_pieces_join_to_the_text_and_carry_the_tags_that_cover_them(text, spans):
    pieces = segments(text, spans)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    place = 0
    for piece, tags in pieces:
        for offset in range(place, place + len(piece)):
            covering = {tag for start, end, tag in spans if start <= offset < end}
            assert set(tags) == covering
            assert len(tags) == len(covering)
        place += len(piece)


def test_tags_come_in_the_order_in_which_their_spans_were_given():
    assert segments("abc", [(1, 3, "second"), (0, 2, "first")]) == [
        ("a", ("first",)),
        ("b", ("second", "first")),
        ("c", ("second",)),
    ]


def test_a_text_without_spans_is_one_piece_and_no_text_is_none():
    assert segments("abc", []) == [("abc", ())]
    assert segments("", [(0, 1, "tag")]) == []


def test_many_spans_are_cut_quickly():
    spans = [(place, place + 3, "tag") for place in range(100_000)]
    pieces = segments("x" * 100_002, spans)
    assert len(pieces) == 100_002


def test_markup_shows_text_and_titles_as_text():
    html = markup('<b>"A&B"</b>', [(3, 8, Mark("color:red", '"><script>'))])
    assert "<b>" not in html
    assert "<script>" not in html
    assert html.count("<span") == html.count("</span>") == 1
    assert "color:red" in html
