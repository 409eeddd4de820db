use std::collections::HashMap;

use super::jwt::{Claims, encode};
use crate::chance::Chance;

/// Kommo docs: oauth-20.
const CODE_LIFE_S: i64 = 20 * 60;
pub(super) const ACCESS_LIFE_S: i64 = 24 * 60 * 60;
/// Three months.
const REFRESH_LIFE_S: i64 = 90 * 24 * 60 * 60;
const LONG_LIVED_S: i64 = 365 * 24 * 60 * 60;

/// The integration and everything that was ever granted to it.
pub(crate) struct Grants {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) redirect_uri: String,
    pub(crate) long_lived_token: String,
    account_id: u32,
    chance: Chance,
    codes: HashMap<String, Code>,
    refresh: HashMap<String, Refresh>,
    access: HashMap<String, Access>,
}

struct Code {
    user_id: u32,
    issued_at: i64,
    is_used: bool,
}

struct Refresh {
    user_id: u32,
    issued_at: i64,
    /// The token this one was given for; it dies when this one is used.
    parent: Option<String>,
    is_dead: bool,
}

struct Access {
    user_id: u32,
    expires_at: i64,
}

pub(super) struct Pair {
    pub(super) access_token: String,
    pub(super) refresh_token: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeRefusal {
    Garbage,
    Expired,
    Used,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefreshRefusal {
    Unknown,
    Revoked,
}

impl Grants {
    pub(crate) fn new(seed: u64, account_id: u32, owner: u32, redirect_uri: &str, now: i64) -> Self {
        let mut chance = Chance::new(seed, "oauth");
        let client_id = chance.uuid();
        let client_secret = chance.hex(64);
        let mut grants = Self {
            client_id,
            client_secret,
            redirect_uri: redirect_uri.to_owned(),
            long_lived_token: String::new(),
            account_id,
            chance,
            codes: HashMap::new(),
            refresh: HashMap::new(),
            access: HashMap::new(),
        };
        grants.long_lived_token = grants.issue_access(owner, now, LONG_LIVED_S);
        grants
    }

    /// A fresh authorization code: one use, twenty minutes.
    pub(crate) fn issue_code(&mut self, user_id: u32, now: i64) -> String {
        let code = format!("def502{}", self.chance.hex(690));
        self.codes.insert(code.clone(), Code { user_id, issued_at: now, is_used: false });
        code
    }

    /// The user a bearer token stands for, if it is good now.
    pub(crate) fn user_of(&self, token: &str, now: i64) -> Option<u32> {
        self.access.get(token).filter(|access| now < access.expires_at).map(|access| access.user_id)
    }

    /// What an administrator's "Revoke access" does: every token is dead, the long-lived one too.
    pub(crate) fn revoke_all(&mut self) {
        self.access.clear();
        for refresh in self.refresh.values_mut() {
            refresh.is_dead = true;
        }
    }

    /// Lets every access token run out at once; refreshing stays possible.
    pub(crate) fn expire_access(&mut self, now: i64) {
        for access in self.access.values_mut() {
            access.expires_at = access.expires_at.min(now);
        }
    }

    pub(super) fn spend_code(&mut self, code: &str, now: i64) -> Result<Pair, CodeRefusal> {
        let known = self.codes.get_mut(code).ok_or(CodeRefusal::Garbage)?;
        if known.is_used {
            return Err(CodeRefusal::Used);
        }
        if now >= known.issued_at + CODE_LIFE_S {
            return Err(CodeRefusal::Expired);
        }
        known.is_used = true;
        let user_id = known.user_id;
        Ok(self.issue_pair(user_id, None, now))
    }

    /// Gives a new pair. In graceful mode the spent token stays good until the new one is used
    /// (Kommo docs: oauth-20); in strict mode it is dead at once (seen on live accounts).
    pub(super) fn spend_refresh(
        &mut self,
        token: &str,
        is_strict: bool,
        now: i64,
    ) -> Result<Pair, RefreshRefusal> {
        let known = self.refresh.get_mut(token).ok_or(RefreshRefusal::Unknown)?;
        if known.is_dead || now >= known.issued_at + REFRESH_LIFE_S {
            return Err(RefreshRefusal::Revoked);
        }
        if is_strict {
            known.is_dead = true;
        }
        let user_id = known.user_id;
        let parent = known.parent.take();
        if let Some(parent) = parent.and_then(|parent| self.refresh.get_mut(&parent)) {
            parent.is_dead = true;
        }
        Ok(self.issue_pair(user_id, Some(token.to_owned()), now))
    }

    pub(super) fn is_refresh_token(&self, token: &str, now: i64) -> bool {
        self.refresh.get(token).is_some_and(|known| !known.is_dead && now < known.issued_at + REFRESH_LIFE_S)
    }

    fn issue_pair(&mut self, user_id: u32, parent: Option<String>, now: i64) -> Pair {
        let access_token = self.issue_access(user_id, now, ACCESS_LIFE_S);
        let refresh_token = format!("def502{}", self.chance.hex(720));
        self.refresh
            .insert(refresh_token.clone(), Refresh { user_id, issued_at: now, parent, is_dead: false });
        Pair { access_token, refresh_token }
    }

    fn issue_access(&mut self, user_id: u32, now: i64, life_s: i64) -> String {
        let (token_id, hash_uuid) = (self.chance.hex(80), self.chance.uuid());
        let token = encode(&Claims {
            client_id: &self.client_id,
            token_id: &token_id,
            user_id,
            account_id: self.account_id,
            issued_at: now,
            expires_at: now + life_s,
            hash_uuid: &hash_uuid,
        });
        self.access.insert(token.clone(), Access { user_id, expires_at: now + life_s });
        token
    }
}
