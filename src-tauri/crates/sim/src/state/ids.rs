/// What ids are counted for. Each has its own row of numbers, as in Kommo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdKind {
    Lead,
    Contact,
    Company,
    Task,
    Note,
    Tag,
    Field,
    Enum,
    Pipeline,
    Status,
    Talk,
    Source,
    Webhook,
    LossReason,
    Bot,
    User,
    Event,
}

/// The next free id of every kind. They start where the seed says, so that two seeds share no ids by chance.
#[derive(Debug)]
pub(crate) struct Ids([u32; 17]);

const STARTS: [u32; 17] = [
    9_300_000, 23_900_000, 17_600_000, 1_500_000, 4_600_000, 80_000, 1_240_000, 900_000, 8_500_000,
    67_500_000, 100, 36_000, 839_000, 14_000_000, 55_000, 11_080_000, 1,
];

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        let shift = (seed % 4_000) as u32 * 2;
        let mut next = STARTS;
        for (index, start) in next.iter_mut().enumerate() {
            let is_counter = index == IdKind::Talk as usize || index == IdKind::Event as usize;
            *start += if is_counter { 0 } else { shift };
        }
        Self(next)
    }

    pub(crate) fn next(&mut self, kind: IdKind) -> u32 {
        let slot = &mut self.0[kind as usize];
        let id = *slot;
        *slot += if matches!(kind, IdKind::Talk | IdKind::Event) { 1 } else { 2 };
        id
    }
}
