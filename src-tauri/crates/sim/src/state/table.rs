/// What a table keeps in order.
pub(crate) trait Row {
    fn id(&self) -> u32;
    fn updated_at(&self) -> i64;
    fn is_deleted(&self) -> bool;
}

/// Rows by id, with two sorted views of those not deleted. Ids only grow, so a row is added at the end;
/// a page deep in a list of a hundred thousand is a slice, not a walk.
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
    live: Vec<u32>,
    by_updated: Vec<(i64, u32)>,
    deleted: Vec<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), live: Vec::new(), by_updated: Vec::new(), deleted: Vec::new() }
    }
}

impl<T: Row> Table<T> {
    /// Any row, deleted or not.
    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        self.position(id).map(|at| &self.rows[at])
    }

    /// A row that is not deleted.
    pub(crate) fn live(&self, id: u32) -> Option<&T> {
        self.get(id).filter(|row| !row.is_deleted())
    }

    /// Every row, deleted ones too, by id.
    pub(crate) fn all(&self) -> &[T] {
        &self.rows
    }

    /// Ids of the rows that are not deleted, ascending.
    pub(crate) fn live_ids(&self) -> &[u32] {
        &self.live
    }

    /// `(updated_at, id)` of the rows that are not deleted, ascending.
    pub(crate) fn by_updated(&self) -> &[(i64, u32)] {
        &self.by_updated
    }

    /// Ids of the deleted rows, ascending.
    pub(crate) fn deleted_ids(&self) -> &[u32] {
        &self.deleted
    }

    pub(crate) fn insert(&mut self, row: T) {
        debug_assert!(self.rows.last().is_none_or(|last| last.id() < row.id()), "ids only grow");
        self.index(&row);
        self.rows.push(row);
    }

    /// Changes a row and moves it in the sorted views.
    pub(crate) fn change<R>(&mut self, id: u32, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        let at = self.position(id)?;
        let before = (self.rows[at].updated_at(), self.rows[at].is_deleted());
        let result = act(&mut self.rows[at]);
        let after = (self.rows[at].updated_at(), self.rows[at].is_deleted());
        if before != after {
            self.unindex(id, before.0, before.1);
            let Self { rows, live, by_updated, deleted } = self;
            index_row(&rows[at], live, by_updated, deleted);
        }
        Some(result)
    }

    /// Takes many rows at once (ascending ids), then sorts once.
    pub(crate) fn fill(&mut self, rows: Vec<T>) {
        self.rows = rows;
        self.live = self.rows.iter().filter(|row| !row.is_deleted()).map(Row::id).collect();
        self.deleted = self.rows.iter().filter(|row| row.is_deleted()).map(Row::id).collect();
        self.by_updated = self
            .rows
            .iter()
            .filter(|row| !row.is_deleted())
            .map(|row| (row.updated_at(), row.id()))
            .collect();
        self.by_updated.sort_unstable();
    }

    fn position(&self, id: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&id, Row::id).ok()
    }

    fn index(&mut self, row: &T) {
        index_row(row, &mut self.live, &mut self.by_updated, &mut self.deleted);
    }

    fn unindex(&mut self, id: u32, updated_at: i64, was_deleted: bool) {
        if was_deleted {
            remove(&mut self.deleted, &id);
        } else {
            remove(&mut self.live, &id);
            remove(&mut self.by_updated, &(updated_at, id));
        }
    }
}

fn index_row<T: Row>(row: &T, live: &mut Vec<u32>, by_updated: &mut Vec<(i64, u32)>, deleted: &mut Vec<u32>) {
    if row.is_deleted() {
        add(deleted, row.id());
    } else {
        add(live, row.id());
        add(by_updated, (row.updated_at(), row.id()));
    }
}

fn add<K: Ord>(sorted: &mut Vec<K>, key: K) {
    if let Err(at) = sorted.binary_search(&key) {
        sorted.insert(at, key);
    }
}

fn remove<K: Ord>(sorted: &mut Vec<K>, key: &K) {
    if let Ok(at) = sorted.binary_search(key) {
        sorted.remove(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    struct Plain {
        id: u32,
        updated_at: i64,
        deleted: bool,
    }

    impl Row for Plain {
        fn id(&self) -> u32 {
            self.id
        }

        fn updated_at(&self) -> i64 {
            self.updated_at
        }

        fn is_deleted(&self) -> bool {
            self.deleted
        }
    }

    proptest! {
        #[test]
        fn the_sorted_views_always_say_what_the_rows_say(
            steps in prop::collection::vec((0_u32..20, 0_i64..50, any::<bool>()), 0..120),
        ) {
            let mut table = Table::default();
            table.fill((0..20).map(|id| Plain { id, updated_at: 0, deleted: false }).collect());
            table.insert(Plain { id: 20, updated_at: 7, deleted: false });
            for (id, updated_at, deleted) in steps {
                table.change(id, |row| (row.updated_at, row.deleted) = (updated_at, deleted));
            }
            let mut expected: Vec<_> =
                table.all().iter().filter(|row| !row.deleted).map(|row| (row.updated_at, row.id)).collect();
            expected.sort_unstable();
            prop_assert_eq!(table.by_updated(), &expected[..]);
            prop_assert!(table.live_ids().iter().all(|id| table.live(*id).is_some()));
            prop_assert_eq!(table.live_ids().len() + table.deleted_ids().len(), table.all().len());
        }
    }
}
