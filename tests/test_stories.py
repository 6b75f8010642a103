import json
import runpy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

import signals as sg
from signals.errors import SignalsError
from signals.news.earlier import WINDOW, EarlierTellings
from signals.news.echoes import ECHOES, closeness, kind_of
from signals.news.stories import StoryState, chain_links, follow_openings, group_openings
from signals.news.tellings import Opening, telling_of

START = datetime(2025, 3, 3, 13, 0, tzinfo=UTC)


def article(text, hours=0.0, **more):
    return sg.Article.from_text(text, published=START + timedelta(hours=hours), **more)


def told(*texts, hours=None):
    """Group texts that came out an hour apart; give their stories in that order."""
    articles = [article(t, h) for t, h in zip(texts, hours or range(len(texts)), strict=True)]
    stories = sg.group_stories(articles)
    return [stories[one.id] for one in articles], stories


def f1_of(rows, same):
    hit = sum(row["same"] and is_same for row, is_same in zip(rows, same, strict=True))
    return 2 * hit / (sum(row["same"] for row in rows) + sum(same))


def labelled(root):
    lines = (root / "data/labelled/stories.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_pairs_are_those_of_the_tellings(root):
    pairs = runpy.run_path(str(root / "data/labelled/build_stories.py"))["pairs"]
    assert pairs() == labelled(root), "Run data/labelled/build_stories.py."


def grouped_alike(row):
    pair = [
        sg.Article.from_text(row[key]["text"], **{k: row[key][k] for k in ("title", "published")})
        for key in ("first", "second")
    ]
    stories = sg.group_stories(pair)
    return stories[pair[0].id].story_id == stories[pair[1].id].story_id


def test_the_labelled_pairs_are_told_apart_far_better_than_by_their_titles(root):
    rows = labelled(root)
    ours = [grouped_alike(row) for row in rows]
    held_out = [pair for pair in zip(rows, ours, strict=True) if pair[0]["held_out"]]
    by_title = [row["first"]["title"].lower() == row["second"]["title"].lower() for row in rows]

    assert len(rows) >= 150
    assert f1_of(rows, ours) >= 0.93  # .958 when this was set
    assert f1_of(*zip(*held_out, strict=True)) >= 0.90  # .919
    assert f1_of(rows, by_title) < 0.4  # .307


ARDENTIS = (
    "Microsoft to buy chip designer Ardentis for $4.2 billion\n\n"
    "Microsoft (NASDAQ:MSFT) agreed to buy Ardentis for $4.2 billion in cash on Tuesday."
)


def test_a_copy_belongs_to_the_story_that_came_first_and_fades():
    stories, _ = told(ARDENTIS, f"UPDATE 1-{ARDENTIS}", f"BRIEF-{ARDENTIS}")

    assert len({story.story_id for story in stories}) == 1
    assert [story.novelty for story in stories] == [100.0, 75.0, 56.25]


def test_a_correction_is_a_story_of_its_own_that_follows_the_first():
    first, corrected = ARDENTIS, ARDENTIS.replace("Microsoft to", "CORRECTED: Microsoft to", 1)

    (one, other), stories = told(first, corrected)

    assert one.story_id != other.story_id
    assert stories.told[1].kind == "correction" and stories.told[1].follows == one.story_id
    assert other.novelty == 100.0


def test_a_later_fact_is_a_follow_up_not_an_echo():
    later = (
        "EU opens probe into Microsoft's $4.2 billion purchase of Ardentis\n\nThe Commission "
        "opened an investigation into the plan by Microsoft (NASDAQ:MSFT) to buy Ardentis."
    )
    (one, other), stories = told(ARDENTIS, later)

    assert one.story_id != other.story_id
    assert stories.told[1].kind == "follow-up" and stories.told[1].follows == one.story_id


@pytest.mark.parametrize(
    "other",
    [
        ARDENTIS.replace("4.2", "1.9"),
        ARDENTIS.replace("Microsoft", "Intel").replace("MSFT", "INTC"),
        ARDENTIS.replace("Ardentis", "Tessel"),
    ],
    ids=["another figure", "another company", "another target"],
)
def test_a_look_alike_is_another_story(other):
    stories, _ = told(ARDENTIS, other)

    assert stories[0].story_id != stories[1].story_id


@pytest.mark.parametrize(
    "name",
    ["Pfizer (NYSE:PFE)", "Bank of America", "Tesla, Inc. (NASDAQ:TSLA)", "Coca-Cola", "$AAPL"],
)
def test_headlines_that_share_the_name_of_a_company_alone_are_stories_of_their_own(name):
    what = (
        "raises its dividend", "opens a plant in Ohio", "wins approval for a vaccine",
        "names a new chief executive", "to present at a conference", "cuts 400 jobs",
    )  # fmt: skip
    found, _ = told(*(f"{name} {one}" for one in what))
    assert len({story.story_id for story in found}) == len(what)


def test_headlines_that_share_more_than_a_name_are_one_story():
    found, _ = told("Pfizer (NYSE:PFE) wins approval for a vaccine", "Vaccine of Pfizer is cleared")
    assert found[0].story_id == found[1].story_id


def test_results_of_another_quarter_are_another_story():
    text = "Acme (NYSE:ACM) beats estimates in the {} quarter as sales of anvils rise"

    stories, _ = told(text.format("third"), text.format("fourth"))

    assert stories[0].story_id != stories[1].story_id


def test_a_share_that_no_book_has_has_one_story_however_its_company_is_written():
    behind = " wins Army contract\nThe company said it won an order worth $3 billion from the Army."
    stories, _ = told(
        f"Zork Widgets (NYSE:ZORK){behind}",
        f"BRIEF-Zork Widgets, Inc. (NYSE: ZORK){behind}",
        f"$ZORK{behind}",
    )

    assert {one.story_id for one in stories} == {stories[0].story_id}
    assert [one.novelty for one in stories] == [100.0, 75.0, 56.25]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(NASDAQ: MSFT)", "(MSFT.O)"),
        ("(NASDAQ: MSFT)", "(NasdaqGS: MSFT)"),
    ],
)
def test_a_copy_in_another_notation_is_an_echo(one, other):
    text = (
        "Microsoft {} wins Army contract\nMicrosoft said on Tuesday that it won a three-year "
        "contract worth $3 billion to build training centres, its largest order since 2019."
    )
    _, stories = told(text.format(one), text.format(other))

    assert [one.kind for one in stories.told] == ["first", "copy"]


def test_headlines_that_share_but_the_name_of_a_company_that_no_book_has_are_two_stories():
    stories, _ = told(
        "Zork Widgets (NYSE:ZORK) settles old claims", "Zork Widgets (NYSE:ZORK) names treasurer"
    )

    assert stories[0].story_id != stories[1].story_id


def test_words_and_numbers_are_read_alike_however_they_are_written():
    def read(title):
        return telling_of(Opening("", None, title, "", ()))

    assert read("Acme cuts 5 thousand jobs").numbers == read("Acme cuts 5,000 jobs").numbers
    assert read("2 trillion").numbers == read("2,000 bn").numbers == {"count2e+12"}
    assert read("Lee to succeed Ada Park").happenings == read("Lee succeeded Ada Park").happenings
    assert read("Does this come during those years?").everything == {"come"}


def test_novelty_is_counted_a_company():
    wider = ARDENTIS.replace("in cash", "in cash, beating a bid by Oracle (NYSE:ORCL),")
    (_, other), _ = told(ARDENTIS, wider)

    by_company = sorted(other.by_company.values())

    assert by_company == [75.0, 100.0]
    assert other.novelty == 100.0


def test_novelty_comes_back_after_a_day():
    stories, _ = told(ARDENTIS, f"UPDATE 1-{ARDENTIS}", hours=[0, 25])

    assert stories[1].story_id == stories[0].story_id
    assert stories[1].novelty == 100.0


def test_a_text_is_not_compared_across_more_than_the_window():
    stories, _ = told(ARDENTIS, f"UPDATE 1-{ARDENTIS}", hours=[0, 73])

    assert stories[0].story_id != stories[1].story_id


def test_a_copy_of_a_copy_belongs_to_its_story_when_the_first_has_left_the_window():
    stories, _ = told(ARDENTIS, f"UPDATE 1-{ARDENTIS}", f"BRIEF-{ARDENTIS}", hours=[0, 50, 100])

    assert len({story.story_id for story in stories}) == 1


@pytest.mark.parametrize("edit", ["{}", "UPDATE {n}-{}", "{} says source {n}"])
def test_copies_however_many_do_not_hide_another_story(edit):
    other = ARDENTIS.replace("Ardentis", "Tessel").replace("4.2 billion", "310 million")
    copies = [edit.format(ARDENTIS, n=n) for n in range(200)]
    again = f"BRIEF-{other}"

    stories, _ = told(other, *copies, again, hours=[n / 10 for n in range(202)])

    assert stories[-1].story_id == stories[0].story_id != stories[1].story_id
    assert len({story.story_id for story in stories}) == 2


def test_what_a_crowded_day_tells_is_found_as_by_comparing_all_with_all(root):
    crowd = [
        one._replace(known_at=START + timedelta(minutes=12 * n), companies=("crowded",))
        for n, one in enumerate(openings_of(root))
    ]
    tellings = [telling_of(one) for one in crowd]
    place = {one.article_id: n for n, one in enumerate(crowd)}
    earlier = EarlierTellings()
    for n, one in enumerate(crowd):
        link = earlier.link(one)
        best = (False, 0.0, "first")
        for other in range(n):
            if crowd[other].known_at >= one.known_at - WINDOW:
                best = max(best, told_alike(tellings[n], tellings[other]))
        assert link.kind == best[2]
        if link.model:
            assert told_alike(tellings[n], tellings[place[link.model]]) == best


def told_alike(telling, earlier):
    share = closeness(telling, earlier)
    kind = kind_of(telling, earlier, share) if share else "first"
    return (kind in ECHOES, share, kind) if kind != "first" else (False, 0.0, "first")


def test_a_long_time_is_linked_in_parts_as_in_one_piece(root):
    openings = openings_of(root)
    earlier = EarlierTellings()
    whole = [earlier.link(one) for one in openings]
    parts = []
    for start in range(0, len(openings), 90):
        part = openings[start : start + 90]
        earlier = EarlierTellings()
        for one in openings[:start]:
            if one.known_at >= part[0].known_at - WINDOW:
                earlier.remember(one)
        parts += [earlier.link(one) for one in part]

    assert parts == whole
    assert dict(chain_links(parts)) == dict(follow_openings(openings))


def test_a_text_without_a_time_echoes_nothing_and_has_no_echo():
    undated = sg.Article.from_text(ARDENTIS)
    dated = article(ARDENTIS)

    stories = sg.group_stories([undated, dated])

    assert stories[undated.id].story_id == undated.id
    assert stories[dated.id].story_id == dated.id and stories[dated.id].novelty == 100.0


def test_what_is_known_later_never_changes_what_was_known_before(root):
    openings = openings_of(root)
    whole = group_openings(openings)
    for cut in (17, 200, 401):
        early = group_openings(openings[:cut])
        assert {key: whole[key] for key in early} == dict(early)


def test_yesterdays_state_is_enough_for_today(root):
    openings = openings_of(root)
    whole = group_openings(openings)
    yesterday = group_openings(openings[:300])
    state = StoryState.from_json(yesterday.state.to_json())

    today = group_openings(openings[300:], state=state)

    assert {**yesterday, **today} == dict(whole)
    assert today.state == whole.state
    assert len(state.told) < 20  # three days of a corpus of two articles a day


def test_what_a_feed_still_holds_of_yesterday_keeps_its_story(root):
    openings = openings_of(root)
    whole = group_openings(openings)
    yesterday = group_openings(openings[:300])
    held = {one.opening.article_id for one in yesterday.state.told}
    still = [one for one in openings[:300] if one.article_id in held]
    state = StoryState.from_json(yesterday.state.to_json())

    today = group_openings([*openings[300:], *still], state=state)

    assert len(still) > 5
    assert dict(today) == {one.article_id: whole[one.article_id] for one in still + openings[300:]}
    kinds = {one.opening.article_id: (one.kind, one.follows) for one in whole.told}
    assert all(kinds[one.opening.article_id] == (one.kind, one.follows) for one in today.told)
    assert today.state == whole.state


def test_the_first_telling_that_a_feed_still_holds_is_no_copy_of_itself():
    first, echo = article(ARDENTIS), article(ARDENTIS, 5)
    before = sg.group_stories([first, echo])

    stories = sg.group_stories([first, echo, article(ARDENTIS, 20)], state=before.state)

    assert [one.novelty for one in stories.values()] == [100.0, 75.0, 56.25]


def openings_of(root):
    rows = [
        row[key] | {"happening": row["happening"]}
        for row in labelled(root)
        for key in ("first", "second")
    ]
    openings = [
        Opening(f"{number:016x}", datetime.fromisoformat(row["published"]), *told_of(row))
        for number, row in enumerate(rows)
    ]
    return sorted(openings, key=lambda one: (one.known_at, one.article_id))


def told_of(row):
    return row["title"], row["text"], (row["happening"],)


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_articles_given_does_not_matter(random):
    articles = [article(ARDENTIS.replace("4.2", str(n % 3)), n / 7) for n in range(9)]
    shuffled = random.sample(articles, len(articles))

    assert dict(sg.group_stories(shuffled)) == dict(sg.group_stories(articles))


def test_an_article_that_arrives_late_joins_what_was_known_before_it():
    first = sg.group_stories([article(ARDENTIS, 0), article(ARDENTIS, 5)])
    late = article(f"UPDATE 1-{ARDENTIS}", 2), article(ARDENTIS, 3)

    stories = sg.group_stories(late, state=first.state)

    assert {story.story_id for story in stories.values()} == {first.told[0].story_id}
    assert [stories[one.id].novelty for one in late] == [75.0, 56.25]


def test_an_article_that_arrives_late_does_not_join_what_was_known_after_it():
    first = sg.group_stories([article(ARDENTIS, 5)])
    late = article(f"UPDATE 1-{ARDENTIS}", 2)

    assert sg.group_stories([late], state=first.state)[late.id].story_id == late.id


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "told": [[1]]}', '{"version": 9}'])
def test_a_state_that_is_none_is_refused(text):
    with pytest.raises(SignalsError, match=r"no stories|version 9"):
        StoryState.from_json(text)


def test_events_of_one_story_come_with_novelty_of_their_company():
    articles = [article(ARDENTIS), article(f"UPDATE 1-{ARDENTIS}", 30 / 60)]
    scores = [sg.score(one) for one in articles]

    events = sg.align(scores, stories=sg.group_stories(articles))

    assert events["n_articles"].tolist() == [2] and events["novelty"].tolist() == [100.0]


def test_texts_without_a_word_are_stories_of_their_own():
    openings = [
        Opening(f"{n}", START + timedelta(minutes=n), title, "", ("one",))
        for n, title in enumerate(["12", "12", "...", "the", ARDENTIS])
    ]
    stories = group_openings(openings)

    assert [story.story_id for story in stories.values()] == list("01234")


@pytest.mark.parametrize("text", ["x" * 400_000, "1," * 200_000, "$" * 400_000, "a-" * 200_000])
def test_hostile_text_is_read_in_bounded_time(text):
    assert telling_of(Opening("0" * 16, START, text[:420], text, ())).everything is not None
