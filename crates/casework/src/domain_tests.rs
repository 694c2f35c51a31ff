use proptest::prelude::*;

use super::*;

/// The table of states and steps (services C.3), written by hand: from, step, to with one person, to with two.
const TABLE: &[(State, Step, Option<State>, Option<State>)] = &[
    (State::Submitted, Step::Accept, Some(State::Accepted), Some(State::Accepted)),
    (State::Submitted, Step::AskSupplement, Some(State::Supplementing), Some(State::Supplementing)),
    (State::Submitted, Step::Refuse, Some(State::Refused), Some(State::Refused)),
    (State::Submitted, Step::Withdraw, Some(State::Withdrawn), Some(State::Withdrawn)),
    (State::Supplementing, Step::Supply, Some(State::Submitted), Some(State::Submitted)),
    (State::Supplementing, Step::Lapse, Some(State::Lapsed), Some(State::Lapsed)),
    (State::Supplementing, Step::Withdraw, Some(State::Withdrawn), Some(State::Withdrawn)),
    (State::Accepted, Step::Pause, Some(State::Paused), Some(State::Paused)),
    (State::Accepted, Step::Extend, Some(State::Accepted), Some(State::Accepted)),
    (State::Accepted, Step::Propose, None, Some(State::Proposed)),
    (State::Accepted, Step::Decide, Some(State::Decided), None),
    (State::Accepted, Step::Withdraw, Some(State::Withdrawn), Some(State::Withdrawn)),
    (State::Paused, Step::Resume, Some(State::Accepted), Some(State::Accepted)),
    (State::Paused, Step::Withdraw, Some(State::Withdrawn), Some(State::Withdrawn)),
    (State::Proposed, Step::SendBack, Some(State::Accepted), Some(State::Accepted)),
    (State::Proposed, Step::Decide, Some(State::Decided), Some(State::Decided)),
    (State::Proposed, Step::Withdraw, Some(State::Withdrawn), Some(State::Withdrawn)),
    (State::Decided, Step::Deliver, Some(State::Closed), Some(State::Closed)),
];

#[test]
fn the_machine_is_the_table_and_nothing_else() {
    for &state in State::ALL {
        for step in Step::ALL {
            let row = TABLE.iter().find(|(s, t, _, _)| *s == state && *t == step);
            let (one, two) = row.map_or((None, None), |(_, _, one, two)| (*one, *two));
            assert_eq!(state.after(step, false), one, "{state:?} {step:?} one person");
            assert_eq!(state.after(step, true), two, "{state:?} {step:?} two persons");
        }
    }
}

#[test]
fn what_has_ended_stays_ended() {
    for &state in State::ALL {
        let moves = Step::ALL.iter().filter(|s| state.after(**s, true).is_some()).count();
        assert_eq!(moves == 0, !state.is_open(), "{state:?}");
    }
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

#[test]
fn a_stop_lengthens_the_handling_by_its_working_days() {
    let calendar = WorkCalendar::delivered().expect("the delivered calendar");
    // Accepted on Monday 2026-11-02; ten working days end on the 16th.
    let from = day("2026-11-02");
    assert_eq!(handling_due(&calendar, from, 10, &[], from).due, day("2026-11-16"));
    // Stopped from Wednesday the 4th until Monday the 9th: three working days (4, 5, 6) do not count.
    let stops = [(day("2026-11-04"), Some(day("2026-11-09")))];
    assert_eq!(handling_due(&calendar, from, 10, &stops, day("2026-11-09")).due, day("2026-11-19"));
}

#[test]
fn lights_follow_the_day() {
    let (today, soon) = (day("2026-11-27"), day("2026-12-01"));
    let at = |due| light(State::Accepted, day(due), today, soon);
    assert_eq!(at("2026-11-26"), Light::Red);
    assert_eq!(at("2026-11-27"), Light::Yellow);
    assert_eq!(at("2026-12-01"), Light::Yellow);
    assert_eq!(at("2026-12-02"), Light::Green);
    assert_eq!(light(State::Supplementing, day("2026-11-01"), today, soon), Light::None);
}

proptest! {
    #[test]
    fn a_clock_never_ends_sooner_for_having_been_stopped(start in 0i64..600, limit in 1u16..60, at in 0i64..40, long in 1i64..30) {
        let calendar = WorkCalendar::delivered().expect("the delivered calendar");
        let from = day("2025-01-02").plus_days(start);
        let plain = handling_due(&calendar, from, limit, &[], from).due;
        let (a, b) = (from.plus_days(at), from.plus_days(at + long));
        prop_assume!(a > from && a <= plain);
        let stopped = handling_due(&calendar, from, limit, &[(a, Some(b))], b).due;
        prop_assert!(stopped >= plain);
        // The working days that count until the last day are exactly the limit.
        let lost = calendar.working_days_between(a.plus_days(-1), b.plus_days(-1));
        prop_assert_eq!(calendar.working_days_between(from, stopped), u32::from(limit) + lost);
    }
}
