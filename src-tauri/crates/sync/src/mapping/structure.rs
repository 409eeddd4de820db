//! The account and its structure.

use super::value::{color, given, some_text};
use cadencia_domain::account::{AccountProfile, TaskType, User};
use cadencia_domain::field::{CustomField, EntityKind, FieldOption};
use cadencia_domain::id::{
    KommoAccountId, KommoFieldId, KommoLossReasonId, KommoPipelineId, KommoStatusId, KommoTagId, KommoUserId,
};
use cadencia_domain::lead::{LossReason, Tag};
use cadencia_domain::pipeline::{Pipeline, Stage, StageKind};

/// The account itself.
pub fn account(wire: kommo::account::Account) -> AccountProfile {
    AccountProfile {
        kommo_id: KommoAccountId(wire.id),
        name: wire.name,
        subdomain: wire.subdomain,
        country: wire.country.and_then(some_text),
        currency: wire.currency.and_then(some_text),
        time_zone: wire.embedded.datetime_settings.map(|settings| settings.timezone).and_then(some_text),
        current_user: given(wire.current_user_id).map(KommoUserId),
        task_types: wire
            .embedded
            .task_types
            .into_iter()
            .map(|task_type| TaskType { kommo_id: task_type.id, name: task_type.name })
            .collect(),
    }
}

/// A person who works in the account.
pub fn user(wire: kommo::users::User) -> User {
    User {
        kommo_id: KommoUserId(wire.id),
        name: wire.name,
        email: some_text(wire.email),
        is_admin: wire.rights.is_admin,
        is_active: wire.rights.is_active,
    }
}

/// A pipeline with its stages in order.
pub fn pipeline(wire: kommo::pipelines::Pipeline) -> Pipeline {
    let id = KommoPipelineId(wire.id);
    let mut stages: Vec<Stage> = wire
        .embedded
        .statuses
        .into_iter()
        .map(|status| Stage {
            pipeline: id,
            status: KommoStatusId(status.id),
            name: status.name,
            sort: status.sort,
            color: color(status.color).unwrap_or_else(|| "#d5d8db".to_owned()),
            kind: StageKind::of(KommoStatusId(status.id), status.kind),
        })
        .collect();
    stages.sort_by_key(|stage| stage.sort);
    Pipeline {
        kommo_id: id,
        name: wire.name,
        sort: wire.sort,
        is_main: wire.is_main,
        is_archived: wire.is_archive,
        stages,
    }
}

/// A custom field of `entity`.
pub fn custom_field(entity: EntityKind, wire: kommo::custom_fields::CustomField) -> CustomField {
    CustomField {
        kommo_id: KommoFieldId(wire.id),
        entity,
        name: wire.name,
        kind: wire.field_type.as_str().to_owned(),
        code: wire.code.and_then(some_text),
        sort: wire.sort,
        is_api_only: wire.is_api_only,
        options: wire
            .enums
            .into_iter()
            .filter_map(|option| Some(FieldOption { enum_id: option.id?, label: option.value }))
            .collect(),
    }
}

/// A tag.
pub fn tag(wire: kommo::tags::Tag) -> Tag {
    Tag { kommo_id: KommoTagId(wire.id), name: wire.name, color: color(wire.color) }
}

/// A reason for losing a lead.
pub fn loss_reason(wire: kommo::loss_reasons::LossReason) -> LossReason {
    LossReason { kommo_id: KommoLossReasonId(wire.id), name: wire.name, sort: wire.sort }
}
