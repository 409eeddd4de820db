//! Pipelines, fields, people and tags.

use super::lead::money;
use cadencia_contract::{
    FieldEntity, FieldOptionView, FieldView, Int53, LossReasonView, PipelineView, StageView, StageViewKind,
    TagView, UserView,
};
use cadencia_domain::account::User;
use cadencia_domain::field::{CustomField, EntityKind};
use cadencia_domain::id::KommoUserId;
use cadencia_domain::lead::{LossReason, Tag};
use cadencia_domain::pipeline::{Pipeline, StageKind};
use cadencia_store::leads::StageCount;
use cadencia_sync::difference::Names;

/// A pipeline with what is in it.
pub(crate) fn pipeline(pipeline: Pipeline, counts: &[StageCount]) -> PipelineView {
    PipelineView {
        kommo_id: Int53(pipeline.kommo_id.0),
        name: pipeline.name,
        is_main: pipeline.is_main,
        is_archived: pipeline.is_archived,
        stages: pipeline
            .stages
            .into_iter()
            .map(|stage| {
                let count = counts
                    .iter()
                    .find(|count| count.pipeline == stage.pipeline && count.status == stage.status);
                StageView {
                    pipeline_id: Int53(stage.pipeline.0),
                    status_id: Int53(stage.status.0),
                    name: stage.name,
                    color: stage.color,
                    kind: match stage.kind {
                        StageKind::Incoming => StageViewKind::Incoming,
                        StageKind::Ordinary => StageViewKind::Ordinary,
                        StageKind::Won => StageViewKind::Won,
                        StageKind::Lost => StageViewKind::Lost,
                    },
                    lead_count: count.map_or(0, |count| count.leads),
                    value: count.map_or(0.0, |count| money(count.price_cents)),
                }
            })
            .collect(),
    }
}

/// A custom field.
pub(crate) fn field(field: CustomField) -> FieldView {
    FieldView {
        kommo_id: Int53(field.kommo_id.0),
        entity: match field.entity {
            EntityKind::Lead => FieldEntity::Lead,
            EntityKind::Contact => FieldEntity::Contact,
            EntityKind::Company => FieldEntity::Company,
        },
        name: field.name,
        kind: field.kind,
        code: field.code,
        options: field
            .options
            .into_iter()
            .map(|option| FieldOptionView { enum_id: Int53(option.enum_id), label: option.label })
            .collect(),
    }
}

/// A person of the account.
pub(crate) fn user(user: User, open_leads: &[(KommoUserId, u32)]) -> UserView {
    let open_leads = open_leads.iter().find(|(id, _)| *id == user.kommo_id).map_or(0, |(_, count)| *count);
    UserView {
        kommo_id: Int53(user.kommo_id.0),
        name: user.name,
        is_admin: user.is_admin,
        is_active: user.is_active,
        open_leads,
    }
}

/// A tag.
pub(crate) fn tag(tag: Tag) -> TagView {
    TagView { kommo_id: Int53(tag.kommo_id.0), name: tag.name, color: tag.color }
}

/// A loss reason.
pub(crate) fn loss_reason(reason: LossReason) -> LossReasonView {
    LossReasonView { kommo_id: Int53(reason.kommo_id.0), name: reason.name }
}

/// Names for readable values.
pub(crate) fn names(pipelines: &[Pipeline], users: &[User], reasons: &[LossReason]) -> Names {
    Names {
        stages: pipelines
            .iter()
            .flat_map(|pipeline| &pipeline.stages)
            .map(|stage| ((stage.pipeline.0, stage.status.0), stage.name.clone()))
            .collect(),
        users: users.iter().map(|user| (user.kommo_id.0, user.name.clone())).collect(),
        loss_reasons: reasons.iter().map(|reason| (reason.kommo_id.0, reason.name.clone())).collect(),
        ..Names::default()
    }
}
