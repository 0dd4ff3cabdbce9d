//! When sessions failed: counts by connector, stage and time, in bins that grow.
//!
//! Failures come in any order and number. What is kept is a grid of at most
//! [`MAX_BINS`] times [`MAX_CONNECTORS`] cells; when the time that was seen no
//! longer fits, bins are joined. Each width is a multiple of the one before and
//! all begin at 1970-01-01, so that the result does not depend on the order.

use std::collections::{BTreeMap, HashMap};

use crate::failure::cause::Stage;
use crate::timestamp::Timestamp;

/// Most bins: on a telephone a bin is still three pixels wide.
pub const MAX_BINS: i64 = 100;
/// Most connectors counted apart; what comes later counts as others. An
/// organisation of fifty servers with five receive connectors each has 250.
const MAX_CONNECTORS: usize = 256;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Width of a bin in milliseconds, and what it is called.
const WIDTHS: [(i64, &str); 7] = [
    (HOUR, "an hour"),
    (6 * HOUR, "6 hours"),
    (DAY, "a day"),
    (7 * DAY, "a week"),
    (28 * DAY, "4 weeks"),
    (364 * DAY, "a year"),
    (3640 * DAY, "10 years"),
];

/// Times outside are not drawn: 2000-01-01 and 2100-01-01. Exchange has these
/// logs since 2006, and one damaged time must not turn hours into years.
const EARLIEST: i64 = 946_684_800_000;
const LATEST: i64 = 4_102_444_800_000;

/// One for each stage, and one for what names none.
pub const STAGES: usize = Stage::ALL.len() + 1;
/// Counts by stage.
pub type Counts = [u64; STAGES];

/// The failures of one connector.
#[derive(Default, Clone)]
pub struct Row {
    /// Its name, with the kind of log.
    pub name: String,
    /// Counts of the bins that have any.
    pub bins: BTreeMap<i64, Counts>,
    /// All of it, also what has no usable time.
    pub total: Counts,
}

/// Everything that was counted.
pub struct Timeline {
    rows: Vec<Row>,
    places: HashMap<String, usize>,
    others: Row,
    more: u64,
    width: usize,
    span: Option<(i64, i64)>,
    undated: u64,
}

impl Timeline {
    pub fn new() -> Self {
        Timeline {
            rows: Vec::new(),
            places: HashMap::new(),
            others: Row::default(),
            more: 0,
            width: 0,
            span: None,
            undated: 0,
        }
    }

    /// Counts a failure.
    pub fn add(&mut self, connector: &str, stage: usize, time: Option<Timestamp>) {
        let bin = time.map(Timestamp::unix_millis).filter(|at| (EARLIEST..LATEST).contains(at));
        if let Some(at) = bin {
            self.stretch(at);
        } else {
            self.undated += 1;
        }
        let bin = bin.map(|at| at.div_euclid(WIDTHS[self.width].0));
        let row = self.row(connector);
        row.total[stage] += 1;
        if let Some(bin) = bin {
            row.bins.entry(bin).or_default()[stage] += 1;
        }
    }

    fn row(&mut self, connector: &str) -> &mut Row {
        match self.places.get(connector) {
            Some(place) => &mut self.rows[*place],
            None if self.rows.len() < MAX_CONNECTORS => {
                self.places.insert(connector.to_owned(), self.rows.len());
                self.rows.push(Row { name: connector.to_owned(), ..Row::default() });
                let last = self.rows.len() - 1;
                &mut self.rows[last]
            }
            None => {
                self.more += 1;
                &mut self.others
            }
        }
    }

    /// Makes room for an instant; joins bins where there are too many.
    fn stretch(&mut self, at: i64) {
        let (first, last) = self.span.map_or((at, at), |(a, b)| (a.min(at), b.max(at)));
        self.span = Some((first, last));
        let fits = |width: i64| last.div_euclid(width) - first.div_euclid(width) < MAX_BINS;
        let mut wanted = self.width;
        while !fits(WIDTHS[wanted].0) && wanted + 1 < WIDTHS.len() {
            wanted += 1;
        }
        if wanted > self.width {
            let factor = WIDTHS[wanted].0 / WIDTHS[self.width].0;
            for row in self.rows.iter_mut().chain([&mut self.others]) {
                let mut joined: BTreeMap<i64, Counts> = BTreeMap::new();
                for (bin, counts) in &row.bins {
                    add(joined.entry(bin.div_euclid(factor)).or_default(), counts);
                }
                row.bins = joined;
            }
            self.width = wanted;
        }
    }

    /// The rows with most failures, and the rest as one; how many are in that one.
    pub fn rows(&self, most: usize) -> (Vec<Row>, usize) {
        let mut order: Vec<&Row> = self.rows.iter().collect();
        order.sort_by(|a, b| sum(&b.total).cmp(&sum(&a.total)).then(a.name.cmp(&b.name)));
        let shown = if order.len() <= most { order.len() } else { most.saturating_sub(1) };
        let mut rows: Vec<Row> = order[..shown].iter().map(|row| (*row).clone()).collect();
        let mut others = self.others.clone();
        for row in &order[shown..] {
            add(&mut others.total, &row.total);
            for (bin, counts) in &row.bins {
                add(others.bins.entry(*bin).or_default(), counts);
            }
        }
        if sum(&others.total) > 0 {
            others.name = match (order.len() - shown, self.more) {
                (joined, 0) => format!("{joined} other connectors"),
                (joined, _) => format!("More than {joined} other connectors"),
            };
            rows.push(others);
        }
        (rows, order.len() - shown)
    }

    /// How many connectors had failures, as far as they were counted.
    pub fn connectors(&self) -> u64 {
        u64::try_from(self.rows.len()).unwrap_or(u64::MAX)
    }

    /// The bins that are drawn, first and count: what was seen, and as much
    /// before and after it that a single bar is not as wide as the page.
    pub fn range(&self) -> Option<(i64, i64)> {
        const LEAST: i64 = 24;
        let (first, last) = self.span?;
        let width = self.width();
        let (first, last) = (first.div_euclid(width), last.div_euclid(width));
        let bins = last - first + 1;
        let before = (LEAST - bins).max(0) / 2;
        Some((first - before, bins.max(LEAST)))
    }

    /// When a bin begins.
    pub fn start(&self, bin: i64) -> Timestamp {
        Timestamp::from_unix_millis(bin.saturating_mul(self.width()))
    }

    /// What a bin is called.
    pub fn unit(&self) -> &'static str {
        WIDTHS[self.width].1
    }

    /// Whether hours tell bins apart.
    pub fn has_hours(&self) -> bool {
        self.width() < DAY
    }

    /// How many had no time, or none that can be right.
    pub fn undated(&self) -> u64 {
        self.undated
    }

    fn width(&self) -> i64 {
        WIDTHS[self.width].0
    }
}

/// All stages together.
pub fn sum(counts: &Counts) -> u64 {
    counts.iter().sum()
}

fn add(to: &mut Counts, counts: &Counts) {
    to.iter_mut().zip(counts).for_each(|(to, more)| *to += more);
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_709_625_600_000; // 2024-03-05T08:00:00Z

    fn after(hours: i64) -> Option<Timestamp> {
        Some(Timestamp::from_unix_millis(START + hours * HOUR))
    }

    #[test]
    fn bins_grow_with_the_time_and_lose_nothing() {
        for (hours, unit) in [
            (1, "an hour"),
            (90, "an hour"),
            (20 * 24, "6 hours"),
            (60 * 24, "a day"),
            (9000 * 24, "a year"),
        ] {
            let mut timeline = Timeline::new();
            for hour in 0..hours {
                timeline.add("a", 4, after(hour));
            }
            assert_eq!(timeline.unit(), unit);
            let (rows, _) = timeline.rows(10);
            let drawn: u64 = rows[0].bins.values().map(sum).sum();
            assert_eq!((drawn, sum(&rows[0].total)), (hours as u64, hours as u64));
            assert!(rows[0].bins.len() <= MAX_BINS as usize);
            let (first, bins) = timeline.range().unwrap();
            assert!(rows[0].bins.keys().all(|bin| (first..first + bins).contains(bin)));
        }
    }

    #[test]
    fn the_order_does_not_matter() {
        let hours = [0, 4000, 17, 300, 299, 3999, 1];
        let of = |hours: &mut dyn Iterator<Item = i64>| {
            let mut timeline = Timeline::new();
            hours.for_each(|hour| timeline.add("a", 0, after(hour)));
            let (rows, _) = timeline.rows(1);
            (rows[0].bins.clone(), timeline.unit())
        };
        assert_eq!(of(&mut hours.into_iter()), of(&mut hours.into_iter().rev()));
    }

    #[test]
    fn many_connectors_end_in_others_and_odd_times_are_counted() {
        let mut timeline = Timeline::new();
        for connector in 0..1000 {
            for _ in 0..=(connector % 7) {
                timeline.add(&format!("connector {connector}"), 0, after(0));
            }
        }
        timeline.add("connector 6", 0, None);
        timeline.add("connector 6", 0, Timestamp::parse(b"1601-01-01"));
        let (rows, others) = timeline.rows(12);
        assert_eq!((rows.len(), others, timeline.undated()), (12, 245, 2));
        assert_eq!(rows[0].name, "connector 6");
        assert_eq!(rows[11].name, "More than 245 other connectors");
        let total: u64 = rows.iter().map(|row| sum(&row.total)).sum();
        assert_eq!(total, (0..1000).map(|at| at % 7 + 1).sum::<u64>() + 2);
    }
}
