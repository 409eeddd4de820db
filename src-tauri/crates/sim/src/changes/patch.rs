use crate::state::{Card, FieldValue, Kind, World};

/// A tag, named either way.
#[derive(Clone, Debug)]
pub(crate) enum TagRef {
    Id(u32),
    Name(String),
}

/// What happens to a card's tags. A whole set wins over deltas (Kommo docs: update-tags).
#[derive(Clone, Debug, Default)]
pub(crate) enum TagsPatch {
    #[default]
    Keep,
    Replace(Vec<TagRef>),
    Delta {
        add: Vec<TagRef>,
        delete: Vec<TagRef>,
    },
}

/// What is to be changed on any card. A field whose value has no items is cleared.
#[derive(Clone, Debug, Default)]
pub(crate) struct CardPatch {
    pub(crate) name: Option<String>,
    pub(crate) responsible: Option<u32>,
    pub(crate) created_by: Option<u32>,
    pub(crate) updated_by: Option<u32>,
    pub(crate) created_at: Option<i64>,
    pub(crate) updated_at: Option<i64>,
    pub(crate) values: Vec<FieldValue>,
    pub(crate) tags: TagsPatch,
}

impl CardPatch {
    /// The tags a card has after the patch. New names become tags; what is unknown is not deleted.
    pub(super) fn tags_after(&self, world: &mut World, kind: Kind, before: &[u32]) -> Vec<u32> {
        let mut find = |tag: &TagRef| match tag {
            TagRef::Id(id) => *id,
            TagRef::Name(name) => world.tag_named(kind, name),
        };
        let mut after = match &self.tags {
            TagsPatch::Keep => return before.to_vec(),
            TagsPatch::Replace(tags) => tags.iter().map(&mut find).collect(),
            TagsPatch::Delta { add, delete } => {
                let mut after = before.to_vec();
                after.extend(add.iter().map(&mut find));
                let gone: Vec<u32> = delete
                    .iter()
                    .filter_map(|tag| match tag {
                        TagRef::Id(id) => Some(*id),
                        TagRef::Name(name) => world.tags(kind).by_name(name).map(|tag| tag.id),
                    })
                    .collect();
                after.retain(|tag| !gone.contains(tag));
                after
            }
        };
        let mut seen = Vec::new();
        after.retain(|tag| {
            !seen.contains(tag) && {
                seen.push(*tag);
                true
            }
        });
        after
    }

    /// Applies the plain parts to a card.
    pub(super) fn apply(&self, card: &mut Card, tags: Vec<u32>, by: super::By) {
        if let Some(name) = &self.name {
            card.name.clone_from(name);
        }
        if let Some(responsible) = self.responsible {
            card.responsible = responsible;
        }
        if let Some(created_by) = self.created_by {
            card.created_by = created_by;
        }
        if let Some(created_at) = self.created_at {
            card.created_at = created_at;
        }
        card.updated_by = self.updated_by.unwrap_or(by.user);
        card.updated_at = self.updated_at.unwrap_or(by.now());
        for value in &self.values {
            let at = card.values.iter().position(|known| known.field == value.field);
            match (at, value.items.is_empty()) {
                (Some(at), true) => {
                    card.values.remove(at);
                }
                (Some(at), false) => card.values[at] = value.clone(),
                (None, true) => {}
                (None, false) => card.values.push(value.clone()),
            }
        }
        card.tags = tags;
    }
}
