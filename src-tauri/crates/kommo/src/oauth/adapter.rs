//! Joins the `oauth2` crate, which speaks the standard, to an endpoint that does not quite.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields,
    HttpRequest, HttpResponse, RefreshToken, RequestTokenError, StandardRevocableToken,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::error::{OAuthError, from_answer};
use super::{Credentials, TokenPair};
use crate::error::{MalformedKind, is_html};
use crate::transport::{BoxError, Transport, TransportError};
use crate::wire::fault::JsonFault;
use crate::wire::lenient;

/// What Kommo documents as the life of an access token, for answers that do not say.
const DOCUMENTED_LIFE_S: u64 = 86_400;

#[derive(Debug, Serialize, Deserialize)]
struct Extra {
    #[serde(default, deserialize_with = "lenient::int_opt")]
    server_time: Option<i64>,
}

impl ExtraTokenFields for Extra {}

type Answer = StandardTokenResponse<Extra, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
type Failure = RequestTokenError<OAuthError, BasicErrorResponse>;

pub(super) async fn exchange_code(
    transport: &Arc<dyn Transport>,
    account: &Url,
    credentials: &Credentials,
    code: &SecretString,
) -> Result<TokenPair, OAuthError> {
    let client = client(account, credentials)?;
    let post = JsonPost { transport: Arc::clone(transport) };
    let code = AuthorizationCode::new(code.expose_secret().trim().to_owned());
    let answer = client
        .exchange_code(code)
        .add_extra_param("redirect_uri", credentials.redirect_uri.as_str())
        .request_async(&post)
        .await;
    pair(answer)
}

pub(super) async fn refresh(
    transport: &Arc<dyn Transport>,
    account: &Url,
    credentials: &Credentials,
    refresh_token: &SecretString,
) -> Result<TokenPair, OAuthError> {
    let client = client(account, credentials)?;
    let post = JsonPost { transport: Arc::clone(transport) };
    let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
    let answer = client
        .exchange_refresh_token(&token)
        .add_extra_param("redirect_uri", credentials.redirect_uri.as_str())
        .request_async(&post)
        .await;
    pair(answer)
}

// The redirect address is passed as a plain parameter: it has to be repeated to the letter, and the type
// that `oauth2` has for it would refuse what Kommo's form lets pass.
fn client(account: &Url, credentials: &Credentials) -> Result<Client, OAuthError> {
    let address = account.join("/oauth2/access_token").map_err(not_sent)?;
    Ok(oauth2::Client::new(ClientId::new(credentials.client_id.trim().to_owned()))
        .set_client_secret(ClientSecret::new(credentials.client_secret.expose_secret().trim().to_owned()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(address)))
}

fn pair(answer: Result<Answer, Failure>) -> Result<TokenPair, OAuthError> {
    let answer = answer.map_err(|failure| match failure {
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(error, _) => {
            let source = Some(JsonFault::new(error.inner()).into());
            OAuthError::Malformed { what: MalformedKind::Shape, source }
        }
        RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => {
            OAuthError::Malformed { what: MalformedKind::Shape, source: None }
        }
    })?;
    let refresh = answer.refresh_token().filter(|token| !token.secret().is_empty());
    let Some(refresh) = refresh else {
        return Err(OAuthError::Malformed { what: MalformedKind::Shape, source: None });
    };
    let life = answer.expires_in().map_or(DOCUMENTED_LIFE_S, |life| life.as_secs());
    Ok(TokenPair {
        access: SecretString::from(answer.access_token().secret().as_str()),
        refresh: SecretString::from(refresh.secret().as_str()),
        expires_in_s: i64::try_from(life).unwrap_or(i64::MAX),
        server_time: answer.extra_fields().server_time,
    })
}

/// Posts JSON over a [`Transport`]. It owns its transport: with a borrowed one the future would be `Send` only for one
/// lifetime, and nobody could spawn it.
struct JsonPost {
    transport: Arc<dyn Transport>,
}

impl<'c> oauth2::AsyncHttpClient<'c> for JsonPost {
    type Error = OAuthError;
    type Future = futures::future::BoxFuture<'c, Result<HttpResponse, OAuthError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(post_as_json(&*self.transport, request))
    }
}

async fn post_as_json(transport: &dyn Transport, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
    let (parts, form) = request.into_parts();
    let fields: Map<String, Value> =
        form_urlencoded::parse(&form).map(|(key, value)| (key.into_owned(), value.into())).collect();
    let json = serde_json::to_vec(&fields).map_err(not_sent)?;
    let request = Request::post(parts.uri)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, HeaderValue::from_static(crate::DEFAULT_USER_AGENT))
        .body(Bytes::from(json))
        .map_err(not_sent)?;
    let answer = transport.send(request).await?;
    if !answer.status().is_success() {
        return Err(from_answer(&answer));
    }
    normalised(&answer)
}

/// A success in the shape that the `oauth2` crate insists on: numbers as numbers, `token_type` present.
fn normalised(answer: &http::Response<Bytes>) -> Result<HttpResponse, OAuthError> {
    let mut fields: Map<String, Value> = serde_json::from_slice(answer.body()).map_err(|error| {
        let what = if is_html(answer.headers(), answer.body()) {
            MalformedKind::Html
        } else if answer.body().is_empty() {
            MalformedKind::Empty
        } else if error.is_eof() {
            MalformedKind::Truncated
        } else {
            MalformedKind::Shape
        };
        OAuthError::Malformed { what, source: Some(JsonFault::new(&error).into()) }
    })?;
    fields.entry("token_type").or_insert_with(|| "Bearer".into());
    let life = fields.get("expires_in").and_then(seconds).unwrap_or(DOCUMENTED_LIFE_S);
    fields.insert("expires_in".to_owned(), life.into());
    let json = serde_json::to_vec(&fields).map_err(|error| OAuthError::Malformed {
        what: MalformedKind::Shape,
        source: Some(Box::new(error)),
    })?;
    let mut normal = HttpResponse::new(json);
    *normal.status_mut() = http::StatusCode::OK;
    normal.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(normal)
}

fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().map(|seconds| seconds as u64)),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn not_sent(error: impl Into<BoxError>) -> OAuthError {
    OAuthError::NotSent(TransportError::BeforeSend(error.into()))
}
