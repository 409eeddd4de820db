//! Reads a dropped `.env` file: credentials and lines of mapping.

use cadencia_contract::{EnvMappingLine, EnvProblem, EnvProblemReason, EnvTarget, Int53};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// What a `.env` file holds for us.
#[derive(Debug, Default)]
pub(crate) struct EnvFile {
    pub(crate) subdomain: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) long_lived_token: Option<SecretString>,
    pub(crate) mapping: Vec<EnvMappingLine>,
    pub(crate) problems: Vec<EnvProblem>,
}

impl EnvFile {
    /// Whether anything in it is for us.
    pub(crate) fn is_empty(&self) -> bool {
        self.subdomain.is_none()
            && self.client_id.is_none()
            && self.client_secret.is_none()
            && self.redirect_uri.is_none()
            && self.long_lived_token.is_none()
            && self.mapping.is_empty()
    }
}

/// Reads the text of a `.env` file. Lines that are not for us are passed over; a line for us that cannot be used is
/// reported by number and name, never by value. A name that comes twice counts as written last.
pub(crate) fn read(text: &str) -> EnvFile {
    let mut file = EnvFile::default();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut report = |key: Option<&str>, reason| {
            file.problems.push(EnvProblem { line: number, key: key.map(str::to_owned), reason })
        };
        // One line at a time, so that one bad line does not hide the others. dotenvy knows quotes and `export`.
        let Some(Ok((key, value))) = dotenvy::from_read_iter(line.as_bytes()).next() else {
            if line.to_ascii_uppercase().contains("KOMMO_") {
                report(None, EnvProblemReason::Unreadable);
            }
            continue;
        };
        if !key.starts_with("KOMMO_") {
            continue;
        }
        let value = value.trim().to_owned();
        if value.is_empty() {
            report(Some(&key), EnvProblemReason::Empty);
            continue;
        }
        if seen.insert(key.clone(), number).is_some() {
            report(Some(&key), EnvProblemReason::Repeated);
            file.mapping.retain(|line| line.key != key);
        }
        match key.as_str() {
            "KOMMO_SUBDOMAIN" => file.subdomain = Some(value),
            "KOMMO_CLIENT_ID" => file.client_id = Some(value),
            "KOMMO_CLIENT_SECRET" => file.client_secret = Some(value.into()),
            "KOMMO_REDIRECT_URI" => file.redirect_uri = Some(value),
            "KOMMO_LONG_LIVED_TOKEN" => file.long_lived_token = Some(value.into()),
            name => match target(name) {
                None => report(Some(name), EnvProblemReason::UnknownName),
                Some(target) => match value.parse::<i64>() {
                    Ok(kommo_id) if (1..1 << 53).contains(&kommo_id) => {
                        file.mapping.push(EnvMappingLine { key, target, kommo_id: Int53(kommo_id) });
                    }
                    _ => report(Some(name), EnvProblemReason::NotANumber),
                },
            },
        }
    }
    file
}

fn target(name: &str) -> Option<EnvTarget> {
    let rest = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty());
    if name == "KOMMO_PIPELINE_ID" {
        Some(EnvTarget::Pipeline)
    } else if rest("KOMMO_STAGE_") {
        Some(EnvTarget::Stage)
    } else if rest("KOMMO_FIELD_") {
        Some(EnvTarget::Field)
    } else if rest("KOMMO_USER_") {
        Some(EnvTarget::User)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    const WHOLE: &str = "\u{feff}# Kommo\r\nKOMMO_SUBDOMAIN=acme\r\nexport KOMMO_CLIENT_ID=\"6d1a\"\nKOMMO_CLIENT_SECRET='s3 cr#t'\n\
        KOMMO_REDIRECT_URI=http://localhost:8000/auth/kommo/callback\nKOMMO_LONG_LIVED_TOKEN=eyJ.x.y # note\n\
        DATABASE_URL=postgres://x\nKOMMO_PIPELINE_ID=8572511\nKOMMO_STAGE_NOVO_LEAD=67548607\nKOMMO_FIELD_SCORE=1246489\nKOMMO_USER_DEFAULT=11087123\n";

    #[test]
    fn a_whole_file_gives_credentials_and_mapping() {
        let file = read(WHOLE);
        assert_eq!(file.problems, vec![]);
        assert_eq!(file.subdomain.as_deref(), Some("acme"));
        assert_eq!(file.client_id.as_deref(), Some("6d1a"));
        assert_eq!(file.client_secret.unwrap().expose_secret(), "s3 cr#t");
        assert_eq!(file.long_lived_token.unwrap().expose_secret(), "eyJ.x.y");
        let targets: Vec<_> = file.mapping.iter().map(|line| (line.target, line.kommo_id.0)).collect();
        assert_eq!(
            targets,
            vec![
                (EnvTarget::Pipeline, 8_572_511),
                (EnvTarget::Stage, 67_548_607),
                (EnvTarget::Field, 1_246_489),
                (EnvTarget::User, 11_087_123)
            ]
        );
    }

    #[test]
    fn what_cannot_be_used_is_named_by_line_and_the_rest_is_kept() {
        let file = read(
            "KOMMO_SUBDOMAIN=acme\nKOMMO_STAGE_WON=soon\nKOMMO_NEW_THING=1\nKOMMO_FIELD_X=\nKOMMO_SUBDOMAIN=other\nKOMMO_CLIENT_ID=\"open\nKOMMO_USER_A=0\n",
        );
        assert_eq!(file.subdomain.as_deref(), Some("other"));
        let found: Vec<_> = file.problems.iter().map(|p| (p.line, p.reason)).collect();
        assert_eq!(
            found,
            vec![
                (2, EnvProblemReason::NotANumber),
                (3, EnvProblemReason::UnknownName),
                (4, EnvProblemReason::Empty),
                (5, EnvProblemReason::Repeated),
                (6, EnvProblemReason::Unreadable),
                (7, EnvProblemReason::NotANumber),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_no_value_is_reported(text in "(KOMMO_[A-Z_]{0,12}=?|[ -~\\n\"'$#=]){0,80}") {
            for problem in read(&text).problems {
                prop_assert!(problem.key.is_none_or(|key| !key.contains('=')));
            }
        }
    }
}
