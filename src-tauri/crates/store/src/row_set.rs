//! Sets of row numbers, as the answers to the parts of a question that are put together here.

/// A set of rows. Row numbers are dense, so one bit each is the smallest and fastest way to hold them.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowSet {
    bits: Vec<u64>,
    len: usize,
}

impl RowSet {
    /// Adds a row; rows are numbered from 1.
    pub(crate) fn insert(&mut self, row: i64) {
        let Some((word, bit)) = place(row) else { return };
        if word >= self.bits.len() {
            self.bits.resize((word + 1).next_power_of_two(), 0);
        }
        self.len += usize::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }

    pub(crate) fn contains(&self, row: i64) -> bool {
        place(row).is_some_and(|(word, bit)| self.bits.get(word).is_some_and(|bits| bits & bit != 0))
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Keeps what is in `other` too.
    pub(crate) fn retain(&mut self, other: &Self) {
        self.combine(|word, bits| bits & other.bits.get(word).copied().unwrap_or(0));
    }

    /// Keeps what is not in `other`.
    pub(crate) fn remove(&mut self, other: &Self) {
        self.combine(|word, bits| bits & !other.bits.get(word).copied().unwrap_or(0));
    }

    fn combine(&mut self, keep: impl Fn(usize, u64) -> u64) {
        self.len = 0;
        for (word, bits) in self.bits.iter_mut().enumerate() {
            *bits = keep(word, *bits);
            self.len += bits.count_ones() as usize;
        }
    }

    /// The rows in order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = i64> + '_ {
        self.bits.iter().enumerate().flat_map(|(word, bits)| {
            let first = i64::try_from(word * 64).unwrap_or(i64::MAX);
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| first + bit)
        })
    }
}

impl FromIterator<i64> for RowSet {
    fn from_iter<I: IntoIterator<Item = i64>>(rows: I) -> Self {
        let mut set = Self::default();
        rows.into_iter().for_each(|row| set.insert(row));
        set
    }
}

fn place(row: i64) -> Option<(usize, u64)> {
    let row = usize::try_from(row).ok()?;
    Some((row / 64, 1 << (row % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_a_set(one in prop::collection::vec(1..400_i64, 0..60), other in prop::collection::vec(1..700_i64, 0..60)) {
            let (a, b): (BTreeSet<i64>, BTreeSet<i64>) = (one.iter().copied().collect(), other.iter().copied().collect());
            let (set, second): (RowSet, RowSet) = (one.iter().copied().collect(), other.iter().copied().collect());
            prop_assert_eq!(set.len(), a.len());
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), a.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.iter().rev().collect::<Vec<_>>(), a.iter().rev().copied().collect::<Vec<_>>());
            prop_assert!((0..800).all(|row| set.contains(row) == a.contains(&row)));
            let mut both = set.clone();
            both.retain(&second);
            prop_assert_eq!(both.iter().collect::<Vec<_>>(), a.intersection(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(both.len(), both.iter().count());
            let mut rest = set;
            rest.remove(&second);
            prop_assert_eq!(rest.iter().collect::<Vec<_>>(), a.difference(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(rest.len(), rest.iter().count());
        }
    }
}
