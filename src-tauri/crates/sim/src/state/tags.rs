use std::collections::HashMap;

#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) color: Option<String>,
}

/// The tags of one kind of cards, in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct TagBook {
    tags: Vec<Tag>,
    by_name: HashMap<String, usize>,
}

impl TagBook {
    pub(crate) fn all(&self) -> &[Tag] {
        &self.tags
    }

    /// Tags are made with growing ids, so they are sorted by id.
    pub(crate) fn get(&self, id: u32) -> Option<&Tag> {
        self.tags.binary_search_by_key(&id, |tag| tag.id).ok().map(|at| &self.tags[at])
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<&Tag> {
        self.by_name.get(name).map(|at| &self.tags[*at])
    }

    pub(crate) fn add(&mut self, tag: Tag) {
        self.by_name.insert(tag.name.clone(), self.tags.len());
        self.tags.push(tag);
    }
}
