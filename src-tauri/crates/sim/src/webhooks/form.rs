use std::fmt::Display;

use crate::state::World;

/// A form body as PHP's `http_build_query` writes a nested array: every scalar a string, nulls absent.
pub(super) struct Form {
    out: url::form_urlencoded::Serializer<'static, String>,
    prefix: String,
}

impl Form {
    /// Starts with the account, as every recorded body does; `prefix` goes before every key put afterwards.
    pub(super) fn new(world: &World, prefix: &str) -> Self {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        let account = &world.account;
        out.append_pair("account[subdomain]", &account.subdomain);
        out.append_pair("account[id]", &account.id.to_string());
        // The host is amocrm.com on Kommo accounts too (seen on live accounts).
        out.append_pair("account[_links][self]", &format!("https://{}.amocrm.com", account.subdomain));
        Self { out, prefix: prefix.to_owned() }
    }

    pub(super) fn put(&mut self, key: &str, value: impl Display) -> &mut Self {
        self.out.append_pair(&format!("{}{key}", self.prefix), &value.to_string());
        self
    }

    pub(super) fn put_some(&mut self, key: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.put(key, value);
        }
        self
    }

    pub(super) fn prefix(&mut self, prefix: &str) -> &mut Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    pub(super) fn finish(mut self) -> String {
        self.out.finish()
    }
}
