//! The same change for many leads.

use super::card::{lead_writes, open_lead};
use super::{NotPromised, invalid};
use crate::convert::filter;
use cadencia_contract::{ApiError, BulkFrom, BulkLeads, BulkPreview, CardChange, ErrorCode, LeadListRequest};
use cadencia_domain::card_value::CardValue;
use cadencia_domain::id::{KommoLeadId, KommoPipelineId, KommoStatusId, LeadId};
use cadencia_domain::pipeline::StageKind;
use cadencia_domain::write::Write;
use cadencia_store::leads::{self, LeadQuery};
use cadencia_store::{Connection, StoreError, pipelines};
use cadencia_sync::difference::Names;
use std::collections::{BTreeMap, HashSet};

/// Leads changed together at most.
pub(crate) const MOST_LEADS: u32 = 10_000;
/// Names shown in a preview.
const EXAMPLES: usize = 5;

/// Leads that were chosen, before they are looked up.
#[derive(Debug)]
pub(crate) enum Chosen {
    Ids(Vec<LeadId>),
    Matching(Box<LeadQuery>),
}

/// What was chosen, checked.
pub(crate) fn choose(chosen: BulkLeads, change: &CardChange) -> Result<Chosen, ApiError> {
    let is_fit = matches!(
        change,
        CardChange::Stage { .. }
            | CardChange::Responsible { .. }
            | CardChange::TagAdd { .. }
            | CardChange::TagRemove { .. }
    );
    if !is_fit {
        return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("change"));
    }
    match chosen {
        BulkLeads::Ids { lead_ids } => {
            let ids = lead_ids.iter().map(|id| LeadId::parse(id).map_err(|_| invalid("leads")));
            Ok(Chosen::Ids(ids.collect::<Result<_, _>>()?))
        }
        BulkLeads::Matching { search, filters } => {
            let request = LeadListRequest { search, filters: Some(*filters), ..LeadListRequest::default() };
            let query = LeadQuery { limit: MOST_LEADS + 1, ..filter::query(&request)? };
            Ok(Chosen::Matching(Box::new(query)))
        }
    }
}

/// Kommo's numbers of the chosen leads, and how many were chosen.
fn numbers(conn: &Connection, chosen: &Chosen) -> Result<(Vec<KommoLeadId>, u32), StoreError> {
    match chosen {
        Chosen::Ids(ids) => {
            let mut numbers = Vec::new();
            for id in ids.iter().take(MOST_LEADS as usize + 1) {
                numbers.extend(leads::kommo_id_of(conn, id)?);
            }
            Ok((numbers, u32::try_from(ids.len()).unwrap_or(u32::MAX)))
        }
        Chosen::Matching(query) => {
            let page = leads::list(conn, query)?;
            Ok((page.rows.into_iter().map(|row| row.kommo_id).collect(), page.total))
        }
    }
}

/// The change of every chosen lead that it changes.
pub(crate) fn apply(
    conn: &Connection,
    chosen: &Chosen,
    change: &CardChange,
) -> Result<Vec<Write>, NotPromised> {
    let (numbers, total) = numbers(conn, chosen)?;
    if total > MOST_LEADS {
        return Err(ApiError::new(ErrorCode::TooManyLeads).with_detail(MOST_LEADS.to_string()).into());
    }
    let mut writes = Vec::new();
    for number in numbers {
        // One that was deleted a moment ago is none of those that change.
        let Ok(lead) = open_lead(leads::find(conn, number)?) else { continue };
        writes.extend(lead_writes(conn, lead, std::slice::from_ref(change))?);
    }
    Ok(writes)
}

/// Stages of leads that nobody accepted yet.
fn incoming(conn: &Connection) -> Result<HashSet<(KommoPipelineId, KommoStatusId)>, StoreError> {
    let known = pipelines::list(conn)?;
    let stages = known.iter().flat_map(|pipeline| &pipeline.stages);
    let incoming = stages.filter(|stage| stage.kind == StageKind::Incoming);
    Ok(incoming.map(|stage| (stage.pipeline, stage.status)).collect())
}

/// What the change would do.
pub(crate) fn preview(
    conn: &Connection,
    chosen: &Chosen,
    change: &CardChange,
    names: &Names,
) -> Result<BulkPreview, NotPromised> {
    let (numbers, total) = numbers(conn, chosen)?;
    let is_too_many = total > MOST_LEADS;
    let looked_at = numbers.len().min(MOST_LEADS as usize);
    let incoming = incoming(conn)?;
    let mut accepts = 0_u32;
    let (mut changes, mut from, mut examples) = (0_u32, BTreeMap::<String, u32>::new(), Vec::new());
    for number in numbers.into_iter().take(looked_at) {
        let Ok(lead) = open_lead(leads::find(conn, number)?) else { continue };
        let name = lead.name.clone();
        let is_incoming = incoming.contains(&(lead.pipeline, lead.status));
        for write in lead_writes(conn, lead, std::slice::from_ref(change))? {
            changes += 1;
            accepts += u32::from(is_incoming);
            if let Write::Edit { base, .. } = &write {
                *from.entry(stands(base, names)).or_default() += 1;
            }
            if examples.len() < EXAMPLES {
                examples.push(if name.is_empty() { format!("Lead #{number}") } else { name.clone() });
            }
        }
    }
    let mut from: Vec<BulkFrom> = from.into_iter().map(|(name, leads)| BulkFrom { name, leads }).collect();
    from.sort_by(|a, b| b.leads.cmp(&a.leads).then_with(|| a.name.cmp(&b.name)));
    let looked_at = u32::try_from(looked_at).unwrap_or(u32::MAX);
    Ok(BulkPreview {
        leads: total,
        changes,
        unchanged: looked_at.saturating_sub(changes),
        accepts,
        is_too_many,
        from,
        examples,
    })
}

fn stands(value: &CardValue, names: &Names) -> String {
    names.value(value).unwrap_or_default()
}
