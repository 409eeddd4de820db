//! The account itself and its structure: one short list each.

use crate::context::Context;
use crate::mapping;
use crate::trouble::SyncError;
use cadencia_domain::account::{AccountProfile, User};
use cadencia_domain::field::{CustomField, EntityKind};
use cadencia_domain::lead::{LossReason, Tag};
use cadencia_domain::pipeline::Pipeline;
use cadencia_store::{account_profiles, custom_fields, loss_reasons, pipelines, tags, users};
use futures::TryStreamExt as _;
use kommo::account::AccountWith;
use kommo::custom_fields::CustomFieldsQuery;
use kommo::tags::TagsQuery;
use kommo::users::UsersQuery;
use kommo::{Client, Result};

/// The structure of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// The account itself.
    pub profile: AccountProfile,
    /// Pipelines with stages.
    pub pipelines: Vec<Pipeline>,
    /// Fields of leads, people and companies.
    pub fields: Vec<CustomField>,
    /// People of the account; none when this user may not list them.
    pub users: Option<Vec<User>>,
    /// Tags by what they hang on.
    pub tags: Vec<(EntityKind, Vec<Tag>)>,
    /// Loss reasons.
    pub loss_reasons: Vec<LossReason>,
}

impl Structure {
    /// Every account has a pipeline with stages, and at least the person whose token this is: without them it is no
    /// account but a passing fault, and taking it over would empty every list of stages and people.
    fn is_impossible(&self) -> bool {
        self.pipelines.is_empty()
            || self.pipelines.iter().any(|pipeline| pipeline.stages.is_empty())
            || self.users.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether a list is empty that was not in `known`.
    fn lost_a_list(&self, known: &Self) -> bool {
        let has = |structure: &Self, kind| structure.fields.iter().any(|field| field.entity == kind);
        let lost_fields = [EntityKind::Lead, EntityKind::Contact, EntityKind::Company]
            .into_iter()
            .any(|kind| has(known, kind) && !has(self, kind));
        let all_tags = |structure: &Self| structure.tags.iter().map(|(_, tags)| tags.len()).sum::<usize>();
        lost_fields
            || (all_tags(known) > 0 && all_tags(self) == 0)
            || (!known.loss_reasons.is_empty() && self.loss_reasons.is_empty())
            || self.is_impossible()
    }
}

/// Asks Kommo for the account itself.
///
/// # Errors
/// Whatever Kommo answers.
pub async fn profile(client: &Client) -> Result<AccountProfile> {
    let with = [AccountWith::TaskTypes, AccountWith::DatetimeSettings];
    Ok(mapping::account(client.account().get(&with).await?))
}

/// Asks Kommo for everything. Lists that only administrators may read are left out when they are refused.
pub(crate) async fn fetch(client: &Client) -> Result<Structure> {
    let profile = profile(client).await?;
    let pipelines = client.pipelines().list().await?.into_iter().map(mapping::pipeline).collect();
    let users =
        allowed(client.users().stream(UsersQuery::default()).map_ok(mapping::user).try_collect().await)?;
    let (mut fields, mut tags) = (Vec::new(), Vec::new());
    for kind in [EntityKind::Lead, EntityKind::Contact, EntityKind::Company] {
        let wire = super::list::wire_kind(kind);
        let listed: Vec<_> =
            client.custom_fields(wire).stream(CustomFieldsQuery::default()).try_collect().await?;
        fields.extend(listed.into_iter().map(|field| mapping::custom_field(kind, field)));
        // Only lead tags are shown and filtered by; those of people come with the people.
        if kind == EntityKind::Lead {
            tags.push((
                kind,
                client.tags(wire).stream(TagsQuery::default()).map_ok(mapping::tag).try_collect().await?,
            ));
        }
    }
    let loss_reasons = allowed(client.loss_reasons().list().await)?.unwrap_or_default();
    Ok(Structure {
        profile,
        pipelines,
        fields,
        users,
        tags,
        loss_reasons: loss_reasons.into_iter().map(mapping::loss_reason).collect(),
    })
}

/// None when Kommo refuses the list to this user, or does not have it.
fn allowed<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(list) => Ok(Some(list)),
        Err(kommo::Error::Forbidden { .. } | kommo::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads the structure into the mirror. True when something is different now.
pub(crate) async fn refresh(context: &Context, client: &Client) -> Result<(Structure, bool), SyncError> {
    let mut structure = fetch(client).await?;
    if context.structure().is_some_and(|known| structure.lost_a_list(&known)) {
        // A list that was full and is empty now could be a passing fault: it is believed when it comes so twice.
        structure = fetch(client).await?;
    }
    if structure.is_impossible() {
        return Err(SyncError::StructureEmpty);
    }
    if context.is_same_structure(&structure) {
        return Ok((structure, false));
    }
    let now = context.clock.now();
    let stored = structure.clone();
    context
        .store
        .write(move |tx| {
            account_profiles::put(tx, &stored.profile, now)?;
            pipelines::replace_all(tx, &stored.pipelines, now)?;
            for kind in [EntityKind::Lead, EntityKind::Contact, EntityKind::Company] {
                let of_kind: Vec<CustomField> =
                    stored.fields.iter().filter(|field| field.entity == kind).cloned().collect();
                custom_fields::replace_all(tx, kind, &of_kind, now)?;
            }
            for (kind, list) in &stored.tags {
                tags::replace_all(tx, *kind, list, now)?;
            }
            if let Some(list) = &stored.users {
                users::replace_all(tx, list, now)?;
            }
            loss_reasons::replace_all(tx, &stored.loss_reasons, now)
        })
        .await?;
    context.remember_structure(&structure);
    Ok((structure, true))
}
