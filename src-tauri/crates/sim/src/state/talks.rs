use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Incoming,
    Outgoing,
}

#[derive(Clone, Debug)]
pub(crate) struct Talk {
    pub(crate) id: u32,
    pub(crate) contact_id: u32,
    pub(crate) lead_id: Option<u32>,
    pub(crate) chat_id: String,
    pub(crate) origin: &'static str,
    pub(crate) source_id: u32,
    pub(crate) is_in_work: bool,
    pub(crate) is_read: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// The other side, as messages name it.
    pub(crate) client_id: String,
    pub(crate) client_name: String,
    /// Oldest first.
    pub(crate) messages: Vec<Message>,
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) direction: Direction,
    pub(crate) message_type: &'static str,
    pub(crate) text: String,
    /// `external`, `internal` or `bot`.
    pub(crate) author_type: &'static str,
    pub(crate) author_user: Option<u32>,
    pub(crate) author_name: String,
    pub(crate) created_at: i64,
    /// Link and file name.
    pub(crate) attachment: Option<(String, String)>,
}

/// Conversations by id.
#[derive(Debug, Default)]
pub(crate) struct Talks {
    talks: BTreeMap<u32, Talk>,
}

impl Talks {
    pub(crate) fn get(&self, id: u32) -> Option<&Talk> {
        self.talks.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut Talk> {
        self.talks.get_mut(&id)
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Talk> {
        self.talks.values()
    }

    pub(crate) fn insert(&mut self, talk: Talk) {
        self.talks.insert(talk.id, talk);
    }

    /// The open talk of a contact, the newest one.
    pub(crate) fn open_of_contact(&self, contact_id: u32) -> Option<u32> {
        self.talks
            .values()
            .rev()
            .find(|talk| talk.contact_id == contact_id && talk.is_in_work)
            .map(|talk| talk.id)
    }

    /// The open talk of a lead, the newest one.
    pub(crate) fn open_of_lead(&self, lead_id: u32) -> Option<u32> {
        self.talks
            .values()
            .rev()
            .find(|talk| talk.lead_id == Some(lead_id) && talk.is_in_work)
            .map(|talk| talk.id)
    }

    /// Hangs the open talks of a contact on another lead.
    pub(crate) fn move_to_lead(&mut self, contact_id: u32, lead_id: u32) {
        for talk in self.talks.values_mut().filter(|talk| talk.contact_id == contact_id && talk.is_in_work) {
            talk.lead_id = Some(lead_id);
        }
    }
}
