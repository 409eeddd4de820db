//! What an account is made of: pipelines, stages, fields, loss reasons, sources, bots, webhooks.

use serde_json::{Value, json};

use crate::hal::self_link;
use crate::state::{Bot, Field, Kind, LossReason, Pipeline, Source, Status, World};
use crate::webhooks::Subscription;

pub(crate) fn pipeline(world: &World, pipeline: &Pipeline, base: &str) -> Value {
    let statuses: Vec<Value> =
        pipeline.statuses.iter().map(|known| status(world, pipeline.id, known, base)).collect();
    json!({
        "id": pipeline.id,
        "name": pipeline.name,
        "sort": pipeline.sort,
        "is_main": pipeline.is_main,
        "is_unsorted_on": pipeline.is_unsorted_on,
        "is_archive": pipeline.is_archive,
        "account_id": world.account.id,
        "_links": self_link(base, &format!("leads/pipelines/{}", pipeline.id)),
        "_embedded": {"statuses": statuses},
    })
}

pub(crate) fn status(world: &World, pipeline_id: u32, status: &Status, base: &str) -> Value {
    json!({
        "id": status.id,
        "name": status.name,
        "sort": status.sort,
        "is_editable": status.is_editable,
        "pipeline_id": pipeline_id,
        "color": status.color,
        "type": status.kind,
        "account_id": world.account.id,
        "_links": self_link(base, &format!("leads/pipelines/{pipeline_id}/statuses/{}", status.id)),
    })
}

pub(crate) fn field(world: &World, kind: Kind, field: &Field, base: &str) -> Value {
    let enums: Value = if field.enums.is_empty() {
        Value::Null
    } else {
        field
            .enums
            .iter()
            .map(
                |known| json!({"id": known.id, "value": known.value, "sort": known.sort, "code": known.code}),
            )
            .collect()
    };
    json!({
        "id": field.id,
        "name": field.name,
        "type": field.kind.as_str(),
        "account_id": world.account.id,
        "code": field.code,
        "sort": field.sort,
        "is_api_only": field.is_api_only,
        "enums": enums,
        "group_id": field.group_id,
        "required_statuses": field.required_statuses,
        "is_deletable": field.is_deletable,
        "is_predefined": field.is_predefined,
        "entity_type": kind.plural(),
        "tracking_callback": null,
        "remind": field.remind,
        "triggers": [],
        "currency": field.currency,
        "hidden_statuses": [],
        "chained_lists": null,
        "search_in": null,
        // PHP answers an empty object as an empty array.
        "settings": [],
        "_links": self_link(base, &format!("{}/custom_fields/{}", kind.plural(), field.id)),
    })
}

pub(crate) fn loss_reason(reason: &LossReason, base: &str) -> Value {
    json!({
        "id": reason.id,
        "name": reason.name,
        "sort": reason.sort,
        "created_at": reason.created_at,
        "updated_at": reason.created_at,
        "_links": self_link(base, &format!("leads/loss_reasons/{}", reason.id)),
    })
}

pub(crate) fn source(source: &Source, base: &str) -> Value {
    json!({
        "id": source.id,
        "name": source.name,
        "pipeline_id": source.pipeline_id,
        "external_id": source.external_id,
        "default": source.is_default,
        "origin_code": source.origin_code,
        "services": source.services,
        "_links": self_link(base, &format!("sources/{}", source.id)),
    })
}

pub(crate) fn bot(bot: &Bot, base: &str) -> Value {
    json!({
        "id": bot.id,
        "name": bot.name,
        "is_visual_editor": true,
        "type_functionality": 0,
        "settings": {"active": bot.is_active},
        "_links": self_link(base, &format!("bots/{}", bot.id)),
    })
}

pub(crate) fn webhook(world: &World, known: &Subscription, is_disabled: bool) -> Value {
    json!({
        "id": known.id,
        "destination": known.destination,
        "created_at": known.created_at,
        "updated_at": known.updated_at,
        "account_id": world.account.id,
        "created_by": known.created_by,
        "sort": known.sort,
        "disabled": is_disabled,
        "settings": known.settings,
    })
}
