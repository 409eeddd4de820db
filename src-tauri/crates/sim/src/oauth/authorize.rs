use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::state::World;

/// `GET /oauth`: the consent page. `auto=allow` or `auto=refuse` (ours, for tests) decides at once.
pub(crate) fn page(world: &mut World, call: &Call<'_>) -> Outcome {
    let client_id = call.query.text("client_id").unwrap_or_default();
    if client_id != world.grants.client_id {
        return Ok(Answer::Html { status: 400, body: notice("This integration does not exist.") });
    }
    match call.query.text("auto") {
        Some("allow") => return Ok(redirect(world, call, true)),
        Some("refuse") => return Ok(redirect(world, call, false)),
        _ => {}
    }
    let link = |answer: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("answer", answer).append_pair("client_id", client_id);
        if let Some(state) = call.query.text("state") {
            query.append_pair("state", state);
        }
        escape(&format!("/oauth/decision?{}", query.finish()))
    };
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"pt-BR\"><head><meta charset=\"utf-8\"><title>Kommo</title></head><body>\
         <h1>Cadência</h1><p>Permitir acesso à conta <b>{account}</b> ({subdomain}.kommo.com)?</p>\
         <p><a id=\"allow\" role=\"button\" href=\"{allow}\">Allow</a> \
         <a id=\"refuse\" role=\"button\" href=\"{refuse}\">Refuse</a></p></body></html>\n",
        account = escape(&world.account.name),
        subdomain = escape(&world.account.subdomain),
        allow = link("allow"),
        refuse = link("refuse"),
    );
    Ok(Answer::Html { status: 200, body })
}

/// `GET /oauth/decision`: what the page's buttons lead to.
pub(crate) fn decide(world: &mut World, call: &Call<'_>) -> Outcome {
    if call.query.text("client_id") != Some(world.grants.client_id.as_str()) {
        return Ok(Answer::Html { status: 400, body: notice("This integration does not exist.") });
    }
    Ok(redirect(world, call, call.query.text("answer") == Some("allow")))
}

fn redirect(world: &mut World, call: &Call<'_>, is_allowed: bool) -> Answer {
    let owner = world.users.first().map_or(0, |user| user.id);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if is_allowed {
        query.append_pair("code", &world.grants.issue_code(owner, call.now));
    } else {
        query.append_pair("error", "access_denied");
    }
    if let Some(state) = call.query.text("state") {
        query.append_pair("state", state);
    }
    if is_allowed {
        query.append_pair("referer", &format!("{}.kommo.com", world.account.subdomain));
    }
    query.append_pair("client_id", &world.grants.client_id);
    let target = &world.grants.redirect_uri;
    let separator = if target.contains('?') { '&' } else { '?' };
    Answer::Redirect(format!("{target}{separator}{}", query.finish()))
}

fn notice(text: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><title>Kommo</title></head><body><p>{}</p></body></html>\n",
        escape(text)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
