"""Due dates, grace and lateness: exact, in any time zone, over any change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import CourseError
from autograder.schedule import Schedule, add_days, extension_length, lateness, read_duration, started_days
from autograder.term import TermSettings, due_instant, load_settings

SEOUL, BERLIN = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin")
POLICY = {"percent": 10, "most": 35}


def schedule(due="2026-03-20 23:59", **fields) -> Schedule:
    return Schedule.model_validate({"due": due, "late": POLICY} | fields)


def late(minutes: float, zone=SEOUL, **fields):
    plan = schedule(**fields)
    due = datetime(2026, 3, 20, 23, 59, tzinfo=zone)
    return lateness(plan, (due.astimezone(UTC) + timedelta(minutes=minutes)), Decimal("10"), zone)


@pytest.mark.parametrize(
    ("minutes", "days", "penalty"),
    [(-1, 0, "0"), (0, 0, "0"), (0.001, 1, "1"), (1440, 1, "1"), (1440.001, 2, "2"), (3 * 1440 + 1, 4, "3.5"), (9999999, 6945, "3.5")],
)
def test_every_started_day_costs_up_to_a_maximum(minutes, days, penalty):
    found = late(minutes)
    assert (found.days, found.penalty) == (days, Decimal(penalty))


def test_grace_forgives_and_the_days_begin_after_it():
    assert [late(minutes, grace="30m").days for minutes in (29, 30, 30.1, 30 + 1440, 31 + 1440)] == [0, 0, 1, 1, 2]
    assert late(29, grace="30m").by == timedelta(minutes=29)


def test_points_none_and_no_time_at_all():
    assert late(5, late={"points": 0.3}).penalty == Decimal("0.3")
    assert late(99999, late={"points": 3}).penalty == 10  # never more than there is
    assert late(5, late="none").penalty == 0
    assert lateness(schedule(), None, Decimal(10), SEOUL).penalty == 0
    assert lateness(Schedule(), datetime(2030, 1, 1, tzinfo=UTC), Decimal(10), SEOUL).due is None


def test_an_offset_wins_over_the_zone():
    plan = schedule("2026-03-20 23:59+00:00")
    assert str(lateness(plan, None, Decimal(10), SEOUL).due) == "2026-03-21 08:59:00+09:00"


def test_the_clocks_change_and_2359_stays_2359():
    # On 29 March 2026 Berlin loses an hour.
    plan = schedule("2026-03-28 23:59")
    length = extension_length(plan, 1, BERLIN)
    assert length == timedelta(hours=23)
    found = lateness(plan, datetime(2026, 3, 29, 21, 59, tzinfo=UTC), Decimal(10), BERLIN, length)
    assert (found.due.hour, found.due.minute, found.days) == (23, 59, 0)
    assert started_days(datetime(2026, 3, 28, 23, 59, tzinfo=BERLIN), datetime(2026, 3, 29, 22, 0, tzinfo=UTC), BERLIN) == 2
    assert extension_length(schedule("2026-10-24 23:59"), 1, BERLIN) == timedelta(hours=25)
    assert lateness(plan, datetime(2026, 3, 29, 1, 30, tzinfo=UTC), Decimal(10), BERLIN).by == timedelta(hours=2, minutes=31)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    st.integers(1, 40 * 86_400),
    st.sampled_from([SEOUL, BERLIN, ZoneInfo("UTC")]),
)
def test_started_days_are_the_least_number_of_days_that_reach_the_submission(moment, seconds, zone):
    deadline = moment.replace(tzinfo=UTC).astimezone(zone)
    submitted = moment.replace(tzinfo=UTC) + timedelta(seconds=seconds)
    days = started_days(deadline, submitted, zone)
    assert days >= 1
    assert add_days(deadline, days, zone) >= submitted
    assert days == 1 or add_days(deadline, days - 1, zone) < submitted


@pytest.mark.parametrize(("text", "minutes"), [("10m", 10), ("2h", 120), ("1d 12h", 2160), ("1d2h3m", 1563)])
def test_durations(text, minutes):
    assert read_duration(text) == timedelta(minutes=minutes)


WRONG = {
    "due: 2026-03-20": "a date and a time of day",
    "due: soon": "a date and a time of day",
    "grace: 10": "such as 10m",
    "grace: ten": "such as 10m",
    "late: {percent: 10, points: 1}": "either points or percent",
    "late: {most: 10}": "either points or percent",
    "late: {percent: 101}": "less than or equal to 100",
    "late: {percent: -1}": "greater than 0",
    "late: {percent: '10'}": "plain number",
    "attempts: first": "'last' or 'best'",
    "objections: 1.5": "valid integer",
    "due: 2026-03-20 23:59\n    duedate: x": "not permitted",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_setting_is_named(tiny_course, text):
    tiny_course.term.mkdir()
    (tiny_course.term / "course.yml").write_text(f"assignments:\n  t01_sums:\n    {text}\n")
    with pytest.raises(CourseError, match=r"course\.yml:\n  assignments\.t01_sums") as caught:
        load_settings(tiny_course)
    assert WRONG[text] in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timezone: Seoul", "no time zone"),
        ("defaults: {due: 2026-03-20 23:59}", "belongs to one assignment"),
        ("timezone: Europe/Berlin\nassignments: {t01_sums: {due: 2026-03-29 02:30}}", "the clocks change"),
        ("timezone: Europe/Berlin\nassignments: {t01_sums: {due: 2026-10-25 02:30}}", "the clocks change"),
        ("a: 1\na: 2", "second time"),
    ],
)
def test_wrong_settings_of_the_term(tiny_course, text, said):
    tiny_course.term.mkdir()
    (tiny_course.term / "course.yml").write_text(text)
    with pytest.raises(CourseError, match=said):
        load_settings(tiny_course)


def test_defaults_hold_where_an_assignment_says_nothing_else():
    settings = TermSettings.model_validate(
        {
            "defaults": {"grace": "10m", "late": {"percent": 10}, "attempts": "best"},
            "assignments": {"a": {"due": "2026-03-20 23:59", "attempts": "last"}, "b": {"late": "none"}},
        }
    )
    assert (settings.schedule("a").attempts, settings.schedule("a").grace) == ("last", timedelta(minutes=10))
    assert (settings.schedule("b").late, settings.schedule("b").attempts, settings.schedule("c").attempts) == (None, "best", "best")
    assert due_instant(settings, "a") == datetime(2026, 3, 20, 14, 59, tzinfo=UTC)
