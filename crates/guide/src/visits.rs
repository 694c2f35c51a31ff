//! How often somebody must come (到办事现场次数): a function of what an item asks and what she holds, never a field.
//!
//! Three occasions: she applies, something is done before the decision, she fetches the result. An item decided on the spot joins
//! them into one. Published as "no visit" is only what needs none from whoever holds nothing at all.

use crate::guide::{Guide, Pace};
use crate::handling::{At, Handover, Identity, InPerson, InPersonKind};
use crate::material::{Material, Need, Way};

/// When she comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    Apply,
    Decide,
    Collect,
}

/// Why she must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// No way in which she can meet this material leaves her at home.
    Material(&'a Material),
    Presence(&'a InPerson),
    /// An officer must see who she is.
    Identity,
    /// The result can only be fetched.
    PickUp,
}

/// One cause of a visit: the explanation that the rules ask for (必须现场办理原因说明).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause<'a> {
    pub occasion: Occasion,
    pub reason: Reason<'a>,
}

/// The visits of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visits<'a> {
    pub count: u8,
    pub causes: Vec<Cause<'a>>,
}

impl Visits<'_> {
    /// Causes that, taken away alone, save a visit, each with the number that would be left: where a department can do better.
    pub fn advice(&self, pace: Pace) -> impl Iterator<Item = (&Cause<'_>, u8)> {
        self.causes.iter().enumerate().filter_map(move |(i, cause)| {
            let rest = self.causes.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, c)| c.occasion);
            let left = merged(rest, pace);
            (left < self.count).then_some((cause, left))
        })
    }
}

/// Whose visits are counted.
pub struct Holder<'a> {
    /// Whether a way that is not open to all is open to her.
    pub holds: &'a dyn Fn(&Way) -> bool,
    /// Whether a material with a test is wanted of her.
    pub wanted: &'a dyn Fn(&Material) -> bool,
    /// What is known of who she is, without coming.
    pub identity: Identity,
}

impl Holder<'static> {
    /// Holds every certificate; whatever is wanted only of some is not wanted of her.
    #[must_use]
    pub fn best() -> Self {
        Self { holds: &|_| true, wanted: &|m| m.when.is_none(), identity: Identity::Remote }
    }

    /// Holds nothing, and is asked for everything.
    #[must_use]
    pub fn worst() -> Self {
        Self { holds: &|_| false, wanted: &|_| true, identity: Identity::Remote }
    }
}

/// How often somebody comes for these occasions: what is decided on the spot is one visit.
pub fn merged(occasions: impl Iterator<Item = Occasion>, pace: Pace) -> u8 {
    let mut seen: Vec<Occasion> = occasions.collect();
    seen.sort_unstable();
    seen.dedup();
    match pace {
        Pace::Immediate => u8::from(!seen.is_empty()),
        Pace::Promised => u8::try_from(seen.len()).unwrap_or(u8::MAX),
    }
}

/// Whether she can meet a material without coming.
fn from_home(material: &Material, holder: &Holder<'_>) -> bool {
    material.ways.iter().any(|w| !w.at_counter() && (w.open_to_all() || (holder.holds)(w)))
}

/// When she comes for an act for which somebody must be there; `None`: staff travel to her.
#[must_use]
pub fn of_presence(presence: &InPerson) -> Option<Occasion> {
    match (presence.kind, presence.at) {
        (InPersonKind::SiteInspection, _) => None,
        (_, At::Apply) => Some(Occasion::Apply),
        (_, At::Decide) => Some(Occasion::Decide),
    }
}

/// The visits that an item asks of somebody.
#[must_use]
pub fn visits<'a>(guide: &'a Guide, holder: &Holder<'_>) -> Visits<'a> {
    let mut causes = Vec::new();
    if guide.identity > holder.identity {
        causes.push(Cause { occasion: Occasion::Apply, reason: Reason::Identity });
    }
    for material in &guide.materials {
        let occasion = match material.need {
            Need::Optional => continue,
            Need::Must => Occasion::Apply,
            // What may follow comes at the latest when the result is fetched.
            Need::Later { .. } => Occasion::Collect,
        };
        if (holder.wanted)(material) && !from_home(material, holder) {
            causes.push(Cause { occasion, reason: Reason::Material(material) });
        }
    }
    for presence in &guide.presence {
        if let Some(occasion) = of_presence(presence) {
            causes.push(Cause { occasion, reason: Reason::Presence(presence) });
        }
    }
    if !guide.handover.is_empty() && guide.handover.iter().all(|h| *h == Handover::PickUp) {
        causes.push(Cause { occasion: Occasion::Collect, reason: Reason::PickUp });
    }
    let count = merged(causes.iter().map(|c| c.occasion), guide.pace);
    Visits { count, causes }
}

/// The visits of whoever holds everything, and of whoever holds nothing.
#[must_use]
pub fn best_and_worst(guide: &Guide) -> (u8, u8) {
    (visits(guide, &Holder::best()).count, visits(guide, &Holder::worst()).count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::guide::Both;
    use crate::material::{Check, HandIn, Origin, Source};

    fn both() -> Both {
        Both { zh: "甲".into(), en: "a".into() }
    }

    fn way() -> impl Strategy<Value = Way> {
        prop_oneof![
            Just(Way::Certificate { kind: "marriage".into(), within_days: None }),
            Just(Way::Register { register: "population".into() }),
            Just(Way::Reuse { kind: "birth".into() }),
            Just(Way::Declare(both())),
            Just(Way::Upload { check: Check::Online }),
            Just(Way::Upload { check: Check::Counter }),
            Just(Way::Original { hand_in: HandIn::Counter }),
            Just(Way::Original { hand_in: HandIn::Post }),
        ]
    }

    fn material() -> impl Strategy<Value = Material> {
        let need = prop_oneof![Just(Need::Must), Just(Need::Optional), Just(Need::Later { days: 5 })];
        (need, prop::collection::vec(way(), 1..4)).prop_map(|(need, ways)| Material {
            key: "m".into(),
            name: both(),
            need,
            when: None,
            ways,
            copies: 1,
            source: Source { from: Origin::Applicant, zh: "甲".into(), en: "a".into() },
        })
    }

    fn handover() -> impl Strategy<Value = Handover> {
        prop_oneof![
            Just(Handover::Download),
            Just(Handover::Wallet),
            Just(Handover::Post),
            Just(Handover::PickUp),
            Just(Handover::PickUpByProxy),
            Just(Handover::HomeVisit)
        ]
    }

    fn presence() -> impl Strategy<Value = InPerson> {
        let at = prop_oneof![Just(At::Apply), Just(At::Decide)];
        let kind = prop_oneof![
            Just(InPersonKind::LegalPresence),
            Just(InPersonKind::Biometric),
            Just(InPersonKind::Interview),
            Just(InPersonKind::SiteInspection)
        ];
        (at, kind).prop_map(|(at, kind)| InPerson { at, kind, why: both() })
    }

    fn guide() -> impl Strategy<Value = Guide> {
        let identity = prop_oneof![Just(Identity::Account), Just(Identity::Remote), Just(Identity::Counter)];
        let pace = prop_oneof![Just(Pace::Immediate), Just(Pace::Promised)];
        let materials = prop::collection::vec(material(), 0..4);
        let presence = prop::collection::vec(presence(), 0..3);
        let handover = prop::collection::vec(handover(), 0..3);
        (identity, pace, materials, presence, handover).prop_map(
            |(identity, pace, materials, presence, handover)| {
                let mut guide = crate::testing::guide();
                (guide.identity, guide.pace) = (identity, pace);
                (guide.materials, guide.presence, guide.handover) = (materials, presence, handover);
                guide
            },
        )
    }

    proptest! {
        #[test]
        fn holding_more_never_adds_a_visit(guide in guide(), half in any::<bool>()) {
            let (best, worst) = best_and_worst(&guide);
            let holds = |way: &Way| half && matches!(way, Way::Certificate { kind, .. } if kind == "marriage");
            let some = Holder { holds: &holds, wanted: &|m| m.when.is_none(), identity: Identity::Remote };
            let between = visits(&guide, &some).count;
            prop_assert!(best <= between && between <= worst && worst <= 3);
        }

        #[test]
        fn asking_more_never_saves_one(guide in guide(), more in material()) {
            let mut asks = guide.clone();
            asks.materials.push(more);
            prop_assert!(best_and_worst(&guide).1 <= best_and_worst(&asks).1);
        }

        #[test]
        fn a_visit_has_a_cause_and_no_cause_no_visit(guide in guide()) {
            let told = visits(&guide, &Holder::worst());
            prop_assert_eq!(told.count == 0, told.causes.is_empty());
            if guide.pace == Pace::Immediate { prop_assert!(told.count <= 1); }
            for (_, left) in told.advice(guide.pace) { prop_assert!(left < told.count); }
        }

        #[test]
        fn accepting_the_post_never_adds_one(guide in guide()) {
            let before = best_and_worst(&guide);
            let mut by_post = guide.clone();
            by_post.handover.push(Handover::Post);
            for m in &mut by_post.materials { m.ways.push(Way::Original { hand_in: HandIn::Post }); }
            let after = best_and_worst(&by_post);
            prop_assert!(after.0 <= before.0 && after.1 <= before.1);
        }
    }

    #[test]
    fn an_officer_who_travels_is_no_visit() {
        let mut guide = crate::testing::guide();
        guide.presence = vec![InPerson { at: At::Decide, kind: InPersonKind::SiteInspection, why: both() }];
        assert_eq!(best_and_worst(&guide), (0, 0));
        guide.presence = vec![InPerson { at: At::Decide, kind: InPersonKind::Interview, why: both() }];
        assert_eq!(best_and_worst(&guide), (1, 1));
    }

    #[test]
    fn one_visit_for_an_item_decided_on_the_spot() {
        let mut guide = crate::testing::guide();
        guide.identity = Identity::Counter;
        guide.handover = vec![Handover::PickUp];
        guide.pace = Pace::Promised;
        let told = visits(&guide, &Holder::worst());
        assert_eq!(told.count, 2);
        assert_eq!(told.advice(guide.pace).count(), 2);
        guide.pace = Pace::Immediate;
        assert_eq!(best_and_worst(&guide), (1, 1));
    }
}
