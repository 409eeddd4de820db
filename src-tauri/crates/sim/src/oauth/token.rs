use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::grants::{ACCESS_LIFE_S, CodeRefusal, Pair, RefreshRefusal};
use crate::answer::{Answer, Outcome, Refusal};
use crate::call::{Call, HostMeans};
use crate::faults::FaultName;
use crate::state::World;

/// `POST /oauth2/access_token`, JSON or form. The order of the checks is that of Kommo's own server library.
pub(crate) fn access_token(world: &mut World, call: &Call<'_>) -> Outcome {
    match call.host_means(&world.account.subdomain) {
        HostMeans::Www => return Err(problem(400, Some("Send request to account"))),
        HostMeans::OtherAccount => return Err(problem(400, Some("Invalid account"))),
        HostMeans::ThisAccount => {}
    }
    let sent = parameters(call);
    let get = |name: &str| sent.get(name).map_or("", String::as_str);
    if get("client_id") != world.grants.client_id {
        return Err(problem(400, Some("Check the `client_id` parameter")));
    }
    if get("client_secret").is_empty() {
        return Err(problem(400, Some("Check the `client_secret` parameter")));
    }
    if get("client_secret") != world.grants.client_secret {
        return Err(client_refused());
    }
    let is_refresh = match get("grant_type") {
        "authorization_code" => false,
        "refresh_token" => true,
        _ => return Err(problem(400, Some("Check the `grant_type` parameter"))),
    };
    if is_refresh {
        call.count(|stats| stats.oauth_refreshes += 1);
    }
    if get("redirect_uri") != world.grants.redirect_uri {
        return Err(problem(400, Some("Redirect URI is not associated with client")));
    }
    let pair = if is_refresh {
        refresh(world, call, get("refresh_token"))?
    } else {
        world.grants.spend_code(get("code"), call.now).map_err(|refusal| {
            let hint = match refusal {
                CodeRefusal::Garbage => "Cannot decrypt the authorization code",
                CodeRefusal::Expired => "Authorization code has expired",
                CodeRefusal::Used => "Authorization code has been revoked",
            };
            problem(400, Some(hint))
        })?
    };
    Ok(Answer::ok(json!({
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE_S,
        "server_time": call.now,
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
    })))
}

fn refresh(world: &mut World, call: &Call<'_>, token: &str) -> Result<Pair, Refusal> {
    if call.strike(FaultName::RefreshRevoked) {
        return Err(problem(401, Some("Token has been revoked")));
    }
    let is_strict = call.faults.is_on(FaultName::RefreshStrict);
    let pair = world.grants.spend_refresh(token, is_strict, call.now).map_err(|refusal| match refusal {
        RefreshRefusal::Unknown => problem(400, Some("Invalid refresh token")),
        RefreshRefusal::Revoked => problem(401, Some("Token has been revoked")),
    })?;
    call.count(|stats| stats.oauth_refreshes_granted += 1);
    Ok(pair)
}

/// `GET /oauth2/account/subdomain` with a bearer token: which account it belongs to.
pub(crate) fn account_domain(world: &mut World, call: &Call<'_>) -> Outcome {
    let user = call.bearer.as_deref().and_then(|token| world.grants.user_of(token, call.now));
    user.ok_or_else(Refusal::unauthorized)?;
    Ok(Answer::ok(domain(world)))
}

/// `GET /oauth2/account/current/subdomain` with `X-Refresh-Token`.
pub(crate) fn current_subdomain(world: &mut World, call: &Call<'_>) -> Outcome {
    let token = call.header("x-refresh-token").unwrap_or_default();
    if !world.grants.is_refresh_token(token, call.now) {
        return Err(Refusal::unauthorized());
    }
    Ok(Answer::ok(domain(world)))
}

fn domain(world: &World) -> Value {
    let account = &world.account;
    json!({
        "id": account.id,
        "subdomain": account.subdomain,
        "domain": format!("{}.kommo.com", account.subdomain),
        "top_level_domain": "com",
    })
}

fn parameters(call: &Call<'_>) -> BTreeMap<String, String> {
    let is_form = call.header("content-type").is_some_and(|kind| kind.contains("form-urlencoded"));
    if is_form {
        return url::form_urlencoded::parse(&call.body).into_owned().collect();
    }
    let sent: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let Value::Object(sent) = sent else { return BTreeMap::new() };
    sent.into_iter().filter_map(|(name, value)| value.as_str().map(|text| (name, text.to_owned()))).collect()
}

const PROBLEM_TYPE: &str = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson";

fn problem(status: u16, hint: Option<&str>) -> Refusal {
    let mut body = json!({
        "title": "Bad Request",
        "type": PROBLEM_TYPE,
        "status": status,
        "detail": "One or more parameters are missing or invalid",
    });
    if let Some(hint) = hint {
        body["hint"] = json!(hint);
    }
    Refusal { status, body }
}

fn client_refused() -> Refusal {
    let body = json!({
        "title": "Некорректный клиент",
        "type": PROBLEM_TYPE,
        "status": 401,
        "detail": "Авторизация клиента не прошла",
    });
    Refusal { status: 401, body }
}
