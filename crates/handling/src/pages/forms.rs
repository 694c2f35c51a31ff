//! The forms of a case that concern others than its own clock: together with another body, handing over, putting right.

use std::fmt;

use askama::filters::HtmlSafe;
use linli_casework::offers::{DeliveryState, SlipState, State, TaskKind, TaskState, Way};
use linli_casework::shown::way_words;
use linli_casework::view::View;
use linli_web::ui::{Choice, Choose, Errors, Field, Kind, Tick};

use super::case::Typed;
use crate::Words;

/// One input of whatever kind.
pub(crate) enum Input {
    Field(Field),
    Choose(Choose),
    Tick(Tick),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(x) => x.fmt(f),
            Self::Choose(x) => x.fmt(f),
            Self::Tick(x) => x.fmt(f),
        }
    }
}

impl HtmlSafe for Input {}

/// A step that is a form: folded away unless it is the next thing to do or was just tried.
pub(crate) struct StepForm {
    /// Last part of its address.
    pub step: &'static str,
    pub title: String,
    pub lead: String,
    pub inputs: Vec<Input>,
    /// Label and, where a form has more than one, a name.
    pub buttons: Vec<(String, &'static str)>,
    pub hidden: Vec<(&'static str, String)>,
    pub open: bool,
}

/// What may be done with a case besides its steps. `bodies`: those that handle cases; `colleagues`: of this body.
pub(crate) struct Others {
    pub bodies: Vec<Choice>,
    pub colleagues: Vec<Choice>,
    pub home: Option<String>,
}

impl Others {
    pub(crate) fn none() -> Self {
        Self { bodies: Vec::new(), colleagues: Vec::new(), home: None }
    }
}

fn lines(field: Field) -> Input {
    Input::Field(field.kind(Kind::Lines))
}

/// Every such form that can be sent from here.
pub(crate) fn forms(
    w: Words,
    v: &View,
    handles: bool,
    decides: bool,
    others: Others,
    typed: &Typed<'_>,
    errors: &Errors,
) -> Vec<StepForm> {
    let of = |step: &str, field: &str| if typed.step == step { errors.of(field) } else { None };
    let value = |step: &str, field: &str| typed.value(step, field);
    let tried = |step: &str| typed.step == step && !errors.is_empty();
    let mut out = Vec::new();
    let state = v.case.state;
    let (home, bodies, colleagues) = (others.home, others.bodies, others.colleagues);
    if handles && state == State::Submitted {
        let points = v.points.iter().map(|(key, name)| {
            let field = format!("later.{key}");
            Input::Field(
                Field::new(&field, name, &value("accept-later", &field)).error(of("accept-later", &field)),
            )
        });
        let mut inputs: Vec<Input> = points.collect();
        inputs.push(Input::Field(
            day(w.later_due(), "later_due", &value("accept-later", "later_due"))
                .error(of("accept-later", "later_due")),
        ));
        out.push(StepForm {
            step: "accept-later",
            title: w.later_do().to_owned(),
            lead: w.later_lead().to_owned(),
            inputs,
            buttons: vec![(w.later_send().to_owned(), "")],
            hidden: Vec::new(),
            open: tried("accept-later"),
        });
    }
    let later = v.tasks.iter().find(|t| {
        t.row.kind == TaskKind::Later && matches!(t.row.state, TaskState::Open | TaskState::Answered)
    });
    if handles && let Some(task) = later {
        out.push(StepForm {
            step: "settle-later",
            title: w.settle_title().to_owned(),
            lead: w.settle_lead().to_owned(),
            inputs: Vec::new(),
            buttons: vec![(w.settle().to_owned(), "")],
            hidden: Vec::new(),
            open: true,
        });
        if task.row.state == TaskState::Answered {
            out.push(StepForm {
                step: "ask-later",
                title: w.ask_later_do().to_owned(),
                lead: String::new(),
                inputs: vec![
                    lines(
                        Field::new("later_why", w.ask_later_why(), &value("ask-later", "later_why"))
                            .error(of("ask-later", "later_why")),
                    ),
                    Input::Field(
                        day(w.later_due(), "later_due", &value("ask-later", "later_due"))
                            .error(of("ask-later", "later_due")),
                    ),
                ],
                buttons: vec![(w.ask_later_do().to_owned(), "")],
                hidden: Vec::new(),
                open: tried("ask-later"),
            });
        }
    }
    if handles && state == State::Accepted && !bodies.is_empty() {
        out.push(StepForm {
            step: "co",
            title: w.co_do().to_owned(),
            lead: w.co_lead().to_owned(),
            inputs: vec![
                Input::Choose(
                    Choose::new("co_body", w.co_body(), &value("co", "co_body"), bodies.clone())
                        .list()
                        .error(of("co", "co_body")),
                ),
                lines(
                    Field::new("question", w.co_question(), &value("co", "question"))
                        .error(of("co", "question")),
                ),
                Input::Field(day(w.co_due(), "co_due", &value("co", "co_due")).error(of("co", "co_due"))),
                Input::Tick(
                    Tick::new("shows", w.co_shows(), typed.step == "co" && typed.req.form().has("shows"))
                        .hint(w.co_shows_hint()),
                ),
            ],
            buttons: vec![(w.co_send().to_owned(), "")],
            hidden: Vec::new(),
            open: tried("co"),
        });
    }
    if handles && state.is_open() && colleagues.len() > 1 {
        out.push(StepForm {
            step: "assign",
            title: w.assign_do().to_owned(),
            lead: String::new(),
            inputs: vec![Input::Choose(
                Choose::new("to", w.assign_to(), &value("assign", "to"), colleagues)
                    .list()
                    .error(of("assign", "to")),
            )],
            buttons: vec![(w.assign_send().to_owned(), "")],
            hidden: Vec::new(),
            open: tried("assign"),
        });
    }
    if handles && matches!(state, State::Submitted | State::Supplementing | State::Accepted | State::Paused) {
        let why = |step: &'static str, name: &str| {
            lines(Field::new(name, w.route_why(), &value(step, name)).error(of(step, name)))
        };
        if let Some(home) = home {
            out.push(StepForm {
                step: "send-home",
                title: w.send_home_do(&home),
                lead: String::new(),
                inputs: vec![why("send-home", "home_why")],
                buttons: vec![(w.send_home().to_owned(), "")],
                hidden: Vec::new(),
                open: tried("send-home"),
            });
        }
        if !bodies.is_empty() {
            out.push(StepForm {
                step: "reroute",
                title: w.route_do().to_owned(),
                lead: w.route_lead().to_owned(),
                inputs: vec![
                    Input::Choose(
                        Choose::new("to_body", w.route_to(), &value("reroute", "to_body"), bodies)
                            .list()
                            .error(of("reroute", "to_body")),
                    ),
                    why("reroute", "route_why"),
                ],
                buttons: vec![(w.route_send().to_owned(), "")],
                hidden: Vec::new(),
                open: tried("reroute"),
            });
        }
    }
    if handles
        && state == State::Decided
        && later.is_none()
        && let Some(d) = &v.delivery
    {
        let ways = Way::ALL.iter().filter(|way| **way != Way::Download || v.case.delivery_due.is_none());
        let chosen = value("deliver", "way");
        let chosen = if chosen.is_empty() { d.way.word().to_owned() } else { chosen };
        let choices = ways.map(|x| Choice::new(x.word(), way_words(w.lang(), *x))).collect();
        out.push(StepForm {
            step: "deliver",
            title: w.deliver_title().to_owned(),
            lead: String::new(),
            inputs: vec![
                Input::Choose(
                    Choose::new("way", w.way_label(), &chosen, choices).error(of("deliver", "way")),
                ),
                Input::Field(
                    Field::new("note", w.deliver_note(), &value("deliver", "note"))
                        .hint(w.deliver_note_hint())
                        .error(of("deliver", "note")),
                ),
            ],
            buttons: vec![(w.deliver().to_owned(), "")],
            hidden: Vec::new(),
            open: true,
        });
        if d.way == Way::Post {
            let sent = d.state == DeliveryState::Sent;
            out.push(StepForm {
                step: "post",
                title: if sent { w.post_back_do() } else { w.post_do() }.to_owned(),
                lead: String::new(),
                inputs: vec![Input::Field(
                    Field::new(
                        "post_note",
                        if sent { w.post_back_note() } else { w.post_note() },
                        &value("post", "post_note"),
                    )
                    .error(of("post", "post_note")),
                )],
                buttons: vec![(
                    if sent { w.post_back_do() } else { w.post_do() }.to_owned(),
                    if sent { "back" } else { "" },
                )],
                hidden: Vec::new(),
                open: tried("post") || !sent,
            });
        }
    }
    let may_correct = if v.case.two_persons() { decides } else { handles };
    if may_correct && let Some(slip) = v.slips.iter().find(|s| s.row.state == SlipState::Open) {
        let typed_text = value("correct", "corrected");
        let text = if typed.step == "correct" { typed_text } else { v.reason_now() };
        out.push(StepForm {
            step: "correct",
            title: w.correct_title().to_owned(),
            lead: w.correct_lead(&slip.words),
            inputs: vec![lines(
                Field::new("corrected", w.corrected_text(), &text)
                    .hint(w.corrected_hint())
                    .error(of("correct", "corrected")),
            )],
            buttons: vec![(w.correct_do().to_owned(), ""), (w.correct_reject().to_owned(), "reject")],
            hidden: vec![("slip_rev", slip.row.rev.to_string())],
            open: true,
        });
    }
    out
}

fn day(label: &str, name: &str, value: &str) -> Field {
    Field::new(name, label, value).kind(Kind::Day)
}
