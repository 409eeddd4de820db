/// The three kinds of cards, each with its words: plural in REST, singular in events, a number in webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Lead,
    Contact,
    Company,
}

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Lead, Kind::Contact, Kind::Company];

    pub(crate) fn plural(self) -> &'static str {
        match self {
            Kind::Lead => "leads",
            Kind::Contact => "contacts",
            Kind::Company => "companies",
        }
    }

    pub(crate) fn singular(self) -> &'static str {
        match self {
            Kind::Lead => "lead",
            Kind::Contact => "contact",
            Kind::Company => "company",
        }
    }

    /// `element_type` of webhooks and of the v2 API.
    pub(crate) fn code(self) -> u32 {
        match self {
            Kind::Contact => 1,
            Kind::Lead => 2,
            Kind::Company => 3,
        }
    }

    pub(crate) fn from_plural(text: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.plural() == text)
    }

    pub(crate) fn from_singular(text: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.singular() == text)
    }

    pub(crate) fn from_code(code: u64) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| u64::from(kind.code()) == code)
    }

    pub(super) fn index(self) -> usize {
        match self {
            Kind::Lead => 0,
            Kind::Contact => 1,
            Kind::Company => 2,
        }
    }
}
