//! How an order goes from step to step. Pure.

linli_db::codes! {
    /// How an order stands.
    pub enum OrderState {
        Opened = "opened",
        Verified = "verified",
        Fixed = "fixed",
        Called = "called",
        Closed = "closed",
    }
}

linli_db::codes! {
    /// What looking into it found.
    pub enum Verdict {
        Valid = "valid",
        Invalid = "invalid",
        /// It cannot be told.
        Unclear = "unclear",
    }
}

linli_db::codes! {
    /// What came of calling her back.
    pub enum Call {
        Content = "content",
        NotContent = "not_content",
        /// Tried, and not reached.
        NotReached = "not_reached",
    }
}

/// A step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Verify,
    Fix,
    Call(Call),
    Close,
}

impl OrderState {
    /// Where a step leads; `None` if it cannot be taken from here. What was found valid has to be mended before she is called; one who
    /// is not content after that gets it mended again.
    #[must_use]
    pub fn after(self, step: Step, verdict: Option<Verdict>) -> Option<Self> {
        use OrderState as S;
        let to_mend = verdict == Some(Verdict::Valid);
        Some(match (self, step) {
            (S::Opened, Step::Verify) => S::Verified,
            (S::Verified, Step::Fix) if to_mend => S::Fixed,
            (S::Verified, Step::Call(_)) if !to_mend => S::Called,
            (S::Fixed, Step::Call(Call::NotContent)) => S::Verified,
            (S::Fixed, Step::Call(_)) => S::Called,
            (S::Called, Step::Close) => S::Closed,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// State, step, and where it leads where the review was found valid and where it was not; written by hand.
    const TABLE: &[(OrderState, Step, Option<OrderState>, Option<OrderState>)] = &[
        (OrderState::Opened, Step::Verify, Some(OrderState::Verified), Some(OrderState::Verified)),
        (OrderState::Verified, Step::Fix, Some(OrderState::Fixed), None),
        (OrderState::Verified, Step::Call(Call::Content), None, Some(OrderState::Called)),
        (OrderState::Verified, Step::Call(Call::NotContent), None, Some(OrderState::Called)),
        (OrderState::Verified, Step::Call(Call::NotReached), None, Some(OrderState::Called)),
        (OrderState::Fixed, Step::Call(Call::Content), Some(OrderState::Called), Some(OrderState::Called)),
        (
            OrderState::Fixed,
            Step::Call(Call::NotContent),
            Some(OrderState::Verified),
            Some(OrderState::Verified),
        ),
        (OrderState::Fixed, Step::Call(Call::NotReached), Some(OrderState::Called), Some(OrderState::Called)),
        (OrderState::Called, Step::Close, Some(OrderState::Closed), Some(OrderState::Closed)),
    ];

    #[test]
    fn the_machine_is_the_table_and_nothing_else() {
        let calls = Call::ALL.iter().map(|c| Step::Call(*c));
        let steps: Vec<Step> = [Step::Verify, Step::Fix, Step::Close].into_iter().chain(calls).collect();
        for &state in OrderState::ALL {
            for &step in &steps {
                let row = TABLE.iter().find(|(s, t, _, _)| *s == state && *t == step);
                let (valid, other) = row.map_or((None, None), |(_, _, v, o)| (*v, *o));
                assert_eq!(state.after(step, Some(Verdict::Valid)), valid, "{state:?} {step:?}");
                assert_eq!(state.after(step, Some(Verdict::Invalid)), other, "{state:?} {step:?}");
                assert_eq!(state.after(step, Some(Verdict::Unclear)), other, "{state:?} {step:?}");
            }
        }
    }
}
