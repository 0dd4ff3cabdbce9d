//! A kind of session: how often it happens, on which connectors, what is true of it.

use super::random::Random;
use super::script::{Direction, Outcome, Script};
use super::world::Route;
use super::{failing, healthy};

/// One session in so many fails.
const FAILS_ONCE_IN: u64 = 200;

/// A kind of session.
#[derive(Debug)]
pub struct Scene {
    weight: u64,
    routes: &'static [&'static Route],
    outcome: Outcome,
    play: fn(&mut Script<'_>),
}

impl Scene {
    /// A session that happens by this weight among its like.
    pub const fn of(
        weight: u64,
        routes: &'static [&'static Route],
        outcome: Outcome,
        play: fn(&mut Script<'_>),
    ) -> Self {
        Scene { weight, routes, outcome, play }
    }

    /// A session that fails.
    pub const fn failing(
        cause: &'static str,
        routes: &'static [&'static Route],
        play: fn(&mut Script<'_>),
    ) -> Self {
        Scene { weight: 1, routes, outcome: Outcome::Failed { cause, shown_at: None }, play }
    }

    /// Where it takes place.
    pub fn route(&self, random: &mut Random) -> &'static Route {
        random.pick(self.routes)
    }

    /// Writes it.
    pub fn play(&self, mut script: Script<'_>) {
        (self.play)(&mut script);
        script.conclude(self.outcome);
    }
}

/// Chooses the sessions of a folder.
#[derive(Debug)]
pub struct Repertoire {
    healthy: &'static [Scene],
    failing: &'static [Scene],
    next_failing: usize,
}

impl Repertoire {
    /// The sessions of one direction.
    pub fn new(direction: Direction, random: &mut Random) -> Self {
        let (healthy, failing) = match direction {
            Direction::Send => (healthy::SEND, failing::SEND),
            Direction::Receive => (healthy::RECEIVE, failing::RECEIVE),
        };
        Repertoire { healthy, failing, next_failing: random.place(failing.len()) }
    }

    /// The next session. Failing ones come in turn, so that few sessions
    /// already hold every cause.
    pub fn next(&mut self, random: &mut Random) -> &'static Scene {
        if random.once_in(FAILS_ONCE_IN) {
            self.next_failing = (self.next_failing + 1) % self.failing.len();
            return &self.failing[self.next_failing];
        }
        let mut draw = random.below(self.healthy.iter().map(|scene| scene.weight).sum());
        for scene in self.healthy {
            match draw.checked_sub(scene.weight) {
                Some(rest) => draw = rest,
                None => return scene,
            }
        }
        &self.healthy[0]
    }
}
