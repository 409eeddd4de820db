/// The won stage of every pipeline.
pub(crate) const WON: u32 = 142;
/// The lost stage of every pipeline.
pub(crate) const LOST: u32 = 143;
/// `type` of the stage where incoming leads wait.
pub(crate) const FIRST_KIND: u32 = 1;

#[derive(Clone, Debug)]
pub(crate) struct Pipeline {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) sort: i64,
    pub(crate) is_main: bool,
    pub(crate) is_unsorted_on: bool,
    pub(crate) is_archive: bool,
    /// In the order of their `sort`, won and lost last.
    pub(crate) statuses: Vec<Status>,
}

#[derive(Clone, Debug)]
pub(crate) struct Status {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) sort: i64,
    pub(crate) is_editable: bool,
    pub(crate) color: String,
    pub(crate) kind: u32,
}

impl Status {
    /// A stage a lead can be put in by hand and that does not close it.
    pub(crate) fn is_ordinary(&self) -> bool {
        self.kind != FIRST_KIND && self.id != WON && self.id != LOST
    }
}

impl Pipeline {
    /// Where a lead starts when nothing else is said.
    pub(crate) fn first_stage(&self) -> Option<&Status> {
        self.statuses.iter().find(|status| status.is_ordinary())
    }

    /// Where incoming leads wait.
    pub(crate) fn incoming_stage(&self) -> Option<&Status> {
        self.statuses.iter().find(|status| status.kind == FIRST_KIND)
    }

    /// Puts the stages in order and numbers them 10, 20, 30, as Kommo does whatever was sent.
    pub(crate) fn normalise(&mut self) {
        self.statuses.sort_by_key(|status| {
            (status.id == LOST, status.id == WON, status.kind != FIRST_KIND, status.sort)
        });
        let mut next = 10;
        for status in &mut self.statuses {
            status.sort = match status.id {
                WON => 10_000,
                LOST => 11_000,
                _ => {
                    let sort = next;
                    next += 10;
                    sort
                }
            };
        }
    }
}
