use crate::query::{ListQuery, Order, Params, TimeRange};

/// A part of a lead that is only told when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadWith {
    /// Its contacts.
    Contacts,
    /// Deleted leads *instead of* living ones. The bin keeps them for 30 days.
    OnlyDeleted,
    /// Its loss reason with the name.
    LossReason,
    /// Whether a robot set the price.
    IsPriceModifiedByRobot,
    /// Linked list elements.
    CatalogElements,
    /// The id of its source.
    SourceId,
    /// Its source with the name.
    Source,
}

impl LeadWith {
    fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::OnlyDeleted => "only_deleted",
            Self::LossReason => "loss_reason",
            Self::IsPriceModifiedByRobot => "is_price_modified_by_robot",
            Self::CatalogElements => "catalog_elements",
            Self::SourceId => "source_id",
            Self::Source => "source",
        }
    }
}

/// Which leads. On some accounts Kommo silently ignores filters: check what comes back.
#[derive(Debug, Clone, Default)]
pub struct LeadsQuery {
    /// What to tell besides.
    pub with: Vec<LeadWith>,
    /// Words to look for in name, phone, e-mail and field values. Inexact.
    pub query: Option<String>,
    /// Only these ids.
    pub ids: Vec<i64>,
    /// Only these exact names.
    pub names: Vec<String>,
    /// Only those created by these users.
    pub created_by: Vec<i64>,
    /// Only those last changed by these users.
    pub updated_by: Vec<i64>,
    /// Only those of these users.
    pub responsible_user_ids: Vec<i64>,
    /// Only these pipelines.
    pub pipeline_ids: Vec<i64>,
    /// Only these stages, as (pipeline, status).
    pub statuses: Vec<(i64, i64)>,
    /// Only those with a price from … to ….
    pub price: Option<(i64, i64)>,
    /// Only those created then.
    pub created_at: Option<TimeRange>,
    /// Only those changed then.
    pub updated_at: Option<TimeRange>,
    /// Only those closed then.
    pub closed_at: Option<TimeRange>,
    /// Only those whose next task is due then.
    pub closest_task_at: Option<TimeRange>,
    /// By id, creation or change.
    pub order: Option<Order>,
}

impl LeadsQuery {
    /// Tells `with` besides.
    #[must_use]
    pub fn with(mut self, with: impl IntoIterator<Item = LeadWith>) -> Self {
        self.with.extend(with);
        self
    }

    /// Only leads changed in `range`.
    #[must_use]
    pub fn updated(mut self, range: TimeRange) -> Self {
        self.updated_at = Some(range);
        self
    }

    /// Only these ids.
    #[must_use]
    pub fn ids(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.ids.extend(ids);
        self
    }

    /// Words to look for.
    #[must_use]
    pub fn matching(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// In this order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }
}

impl ListQuery for LeadsQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.with(self.with.iter().map(|part| part.as_str()));
        params.search(self.query.as_deref());
        params.each("filter[id]", &self.ids);
        params.each_private("filter[name]", &self.names);
        params.each("filter[created_by]", &self.created_by);
        params.each("filter[updated_by]", &self.updated_by);
        params.each("filter[responsible_user_id]", &self.responsible_user_ids);
        params.each("filter[pipeline_id]", &self.pipeline_ids);
        for (index, (pipeline, status)) in self.statuses.iter().enumerate() {
            params.push(format!("filter[statuses][{index}][pipeline_id]"), pipeline);
            params.push(format!("filter[statuses][{index}][status_id]"), status);
        }
        if let Some((from, to)) = self.price {
            params.push("filter[price][from]", from);
            params.push("filter[price][to]", to);
        }
        params.range("filter[created_at]", self.created_at);
        params.range("filter[updated_at]", self.updated_at);
        params.range("filter[closed_at]", self.closed_at);
        params.range("filter[closest_task_at]", self.closest_task_at);
        params.order(self.order);
        params
    }
}
