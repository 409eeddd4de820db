//! The account and its users.

use serde_json::{Value, json};

use crate::call::Call;
use crate::hal::self_link;
use crate::state::{User, World};

pub(crate) fn account(world: &World, call: &Call<'_>) -> Value {
    let account = &world.account;
    let query = &call.query;
    let mut body = json!({
        "id": account.id,
        "name": account.name,
        "subdomain": account.subdomain,
        "created_at": account.created_at,
        "created_by": 0,
        "updated_at": account.created_at,
        "updated_by": 0,
        "current_user_id": call.user,
        "country": account.country,
        "currency": account.currency,
        "currency_symbol": account.currency_symbol,
        "customers_mode": "unavailable",
        "is_unsorted_on": true,
        "mobile_feature_version": 0,
        "is_loss_reason_enabled": true,
        "is_helpbot_enabled": false,
        "is_technical_account": false,
        "contact_name_display_order": 1,
        "language": "pt",
        "_links": self_link(&call.base, "account"),
    });
    if query.with("amojo_id") {
        body["amojo_id"] = json!(account.amojo_id);
    }
    if query.with("version") {
        body["version"] = json!(15);
    }
    if query.with("entity_names") {
        body["entity_names"] = json!({"leads": {"ru": {}, "en": {}, "pt": {}}});
    }
    if query.with("drive_url") {
        body["drive_url"] = json!("https://drive-c.kommo.com");
    }
    if query.with("is_api_filter_enabled") {
        body["is_api_filter_enabled"] = json!(true);
    }
    let mut embedded = json!({});
    if query.with("amojo_rights") {
        embedded["amojo_rights"] = json!({"can_direct": true, "can_create_groups": true});
    }
    if query.with("users_groups") {
        embedded["users_groups"] = json!([{"id": 0, "name": "Equipe de vendas"}]);
    }
    if query.with("task_types") {
        let types = world.task_types.iter().map(|known| {
            json!({"id": known.id, "name": known.name, "color": known.color, "icon_id": null, "code": known.code})
        });
        embedded["task_types"] = types.collect();
    }
    if query.with("datetime_settings") {
        embedded["datetime_settings"] = json!({
            "date_pattern": "d.m.Y H:i",
            "short_date_pattern": "d.m.Y",
            "short_time_pattern": "H:i",
            "date_format": "d.m.Y",
            "time_format": "H:i:s",
            "timezone": account.timezone,
            "timezone_offset": account.timezone_offset,
        });
    }
    if embedded.as_object().is_some_and(|parts| !parts.is_empty()) {
        body["_embedded"] = embedded;
    }
    body
}

pub(crate) fn user(user: &User, call: &Call<'_>) -> Value {
    let view = user.rights.view;
    let cards = json!({"view": view, "edit": view, "add": "A", "delete": "D", "export": "D"});
    let mut body = json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "lang": user.lang,
        "rights": {
            "leads": cards,
            "contacts": cards,
            "companies": cards,
            "tasks": {"edit": view, "delete": "D"},
            "mail_access": false,
            "catalog_access": false,
            "status_rights": null,
            "is_admin": user.rights.is_admin,
            "is_free": false,
            "is_active": user.rights.is_active,
            "group_id": null,
            "role_id": null,
        },
        "_links": self_link(&call.base, &format!("users/{}", user.id)),
        "_embedded": {"roles": [], "groups": []},
    });
    let query = &call.query;
    if query.with("uuid") {
        body["uuid"] = json!(user.uuid);
    }
    if query.with("amojo_id") {
        body["amojo_id"] = json!(user.amojo_id);
    }
    if query.with("phone_number") {
        body["phone_number"] = json!(user.phone);
    }
    if query.with("user_rank") {
        body["user_rank"] = Value::Null;
    }
    if query.with("group") {
        body["_embedded"]["groups"] = json!([{"id": 0, "name": "Equipe de vendas"}]);
    }
    body
}
