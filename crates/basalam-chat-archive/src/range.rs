//! Sets of message ids, as ranges.

/// The smallest id.
pub(crate) const FIRST_ID: i64 = 1;

/// An inclusive range of ids.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Ids {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

impl Ids {
    pub(crate) fn new(low: i64, high: i64) -> Option<Ids> {
        (low <= high).then_some(Ids { low, high })
    }

    /// Returns the number of ids, at most `i64::MAX`.
    pub(crate) fn width(self) -> i64 {
        self.high.saturating_sub(self.low).saturating_add(1)
    }
}

/// Disjoint ranges that do not touch, in ascending order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct IdSet(Vec<Ids>);

impl IdSet {
    pub(crate) fn ranges(&self) -> &[Ids] {
        &self.0
    }

    /// Adds a range, and merges it with those that it overlaps or touches.
    pub(crate) fn insert(&mut self, new: Ids) {
        let start = self
            .0
            .partition_point(|it| it.high.saturating_add(1) < new.low);
        let touching = self.0[start..].iter();
        let count = touching
            .take_while(|it| it.low <= new.high.saturating_add(1))
            .count();
        let merged = self.0[start..start + count]
            .iter()
            .fold(new, |merged, it| Ids {
                low: merged.low.min(it.low),
                high: merged.high.max(it.high),
            });
        self.0.splice(start..start + count, [merged]);
    }

    /// Returns the parts of a range that are not in the set, in ascending order.
    pub(crate) fn missing(&self, range: Ids) -> Vec<Ids> {
        let mut missing = Vec::new();
        let mut low = range.low;
        let start = self.0.partition_point(|it| it.high < range.low);
        for covered in self.0[start..].iter().take_while(|it| it.low <= range.high) {
            missing.extend(Ids::new(low, covered.low.saturating_sub(1)));
            match covered.high.checked_add(1) {
                Some(next) => low = next,
                None => return missing,
            }
        }
        missing.extend(Ids::new(low, range.high));
        missing
    }

    pub(crate) fn contains(&self, id: i64) -> bool {
        let index = self.0.partition_point(|it| it.high < id);
        self.0.get(index).is_some_and(|it| it.low <= id)
    }
}

impl FromIterator<Ids> for IdSet {
    fn from_iter<I: IntoIterator<Item = Ids>>(ranges: I) -> IdSet {
        let mut set = IdSet::default();
        ranges.into_iter().for_each(|it| set.insert(it));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(low: i64, high: i64) -> Ids {
        Ids { low, high }
    }

    fn set(ranges: &[(i64, i64)]) -> IdSet {
        ranges.iter().map(|(low, high)| ids(*low, *high)).collect()
    }

    #[test]
    fn ranges_that_overlap_or_touch_are_merged() {
        assert_eq!(set(&[(1, 3), (4, 6)]).0, [ids(1, 6)]);
        assert_eq!(set(&[(4, 6), (1, 3), (10, 12)]).0, [ids(1, 6), ids(10, 12)]);
        assert_eq!(set(&[(1, 2), (4, 5), (7, 8), (2, 7)]).0, [ids(1, 8)]);
        assert_eq!(set(&[(5, 9), (6, 7)]).0, [ids(5, 9)]);
        let max = i64::MAX;
        assert_eq!(set(&[(max, max), (1, max - 1)]).0, [ids(1, max)]);
    }

    #[test]
    fn missing_ranges_are_the_complement() {
        let covered = set(&[(3, 5), (8, 9)]);
        assert_eq!(
            covered.missing(ids(1, 10)),
            [ids(1, 2), ids(6, 7), ids(10, 10)]
        );
        assert_eq!(covered.missing(ids(4, 8)), [ids(6, 7)]);
        assert_eq!(covered.missing(ids(3, 5)), []);
        assert_eq!(covered.missing(ids(10, 20)), [ids(10, 20)]);
        assert_eq!(IdSet::default().missing(ids(1, 2)), [ids(1, 2)]);
        let max = i64::MAX;
        assert_eq!(set(&[(5, max)]).missing(ids(1, max)), [ids(1, 4)]);
    }

    #[test]
    fn agrees_with_a_set_of_single_ids() {
        let mut state = 7_u64;
        let mut random = |limit: i64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as i64 % limit
        };
        for _ in 0..200 {
            let (mut ranges, mut single) = (IdSet::default(), std::collections::BTreeSet::new());
            for _ in 0..12 {
                let low = random(60);
                let range = ids(low, low + random(8));
                ranges.insert(range);
                single.extend(range.low..=range.high);
            }
            let missing = ranges.missing(ids(0, 70));
            let missing: Vec<i64> = missing.iter().flat_map(|it| it.low..=it.high).collect();
            let expected: Vec<i64> = (0..=70).filter(|it| !single.contains(it)).collect();
            assert_eq!(missing, expected);
            assert!((0..=70).all(|it| ranges.contains(it) == single.contains(&it)));
            assert!(ranges.0.windows(2).all(|it| it[0].high + 1 < it[1].low));
        }
    }
}
