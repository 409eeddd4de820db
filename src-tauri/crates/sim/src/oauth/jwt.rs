use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Everything a token's claims are made of.
pub(super) struct Claims<'a> {
    pub(super) client_id: &'a str,
    pub(super) token_id: &'a str,
    pub(super) user_id: u32,
    pub(super) account_id: u32,
    pub(super) issued_at: i64,
    pub(super) expires_at: i64,
    pub(super) hash_uuid: &'a str,
}

/// A token of Kommo's shape (claims seen on live accounts). Nobody outside Kommo can check its signature,
/// so the signature is bytes that follow from the content.
pub(super) fn encode(claims: &Claims<'_>) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256"});
    let payload = json!({
        "aud": claims.client_id,
        "jti": claims.token_id,
        "iat": claims.issued_at,
        "nbf": claims.issued_at,
        "exp": claims.expires_at,
        "sub": claims.user_id.to_string(),
        "grant_type": "",
        "account_id": claims.account_id,
        "base_domain": "kommo.com",
        "api_domain": "api-c.kommo.com",
        "version": 2,
        "scopes": ["crm", "files", "files_delete", "notifications", "push_notifications",
            "send_external_messages", "list_external_messages"],
        "hash_uuid": claims.hash_uuid,
        "user_flags": 0,
    });
    let signed = format!("{}.{}", part(&header), part(&payload));
    let mut signature = Vec::with_capacity(256);
    let mut block = Sha256::digest(signed.as_bytes()).to_vec();
    while signature.len() < 256 {
        signature.extend_from_slice(&block);
        block = Sha256::digest(&block).to_vec();
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
