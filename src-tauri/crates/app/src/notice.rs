//! Words of desktop notifications. They are made here and not in the interface, because the window may be closed.

use cadencia_contract::{Language, Notice, NoticeKind};

/// What a notification tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The first import ended.
    ImportFinished { account: String, leads: u32 },
    /// Kommo has not answered for some minutes.
    ConnectionLost { account: String },
    /// Kommo answers again.
    ConnectionRestored { account: String },
    /// Only signing in again helps.
    NeedsSignIn { account: String },
    /// The long-lived token ends soon.
    TokenExpiring { account: String, days: i64 },
    /// Kommo did not take changes; only a person can free them.
    ChangesWedged { account: String, changes: u32 },
}

/// Words it in the person's language.
#[rustfmt::skip]
pub(crate) fn word(told: &Told, language: Language) -> Notice {
    use Language::{En, Es, PtBr};
    let (kind, title, body) = match told {
        Told::ImportFinished { account, leads } => (NoticeKind::ImportFinished, match language {
            PtBr => format!("{account}: conta importada"),
            En => format!("{account}: account imported"),
            Es => format!("{account}: cuenta importada"),
        }, match (language, leads) {
            (PtBr, 1) => "1 lead está no Cadência.".to_owned(),
            (En, 1) => "1 lead is in Cadência.".to_owned(),
            (Es, 1) => "1 lead está en Cadência.".to_owned(),
            (PtBr, n) => format!("{} leads estão no Cadência.", grouped(*n, '.')),
            (En, n) => format!("{} leads are in Cadência.", grouped(*n, ',')),
            (Es, n) => format!("{} leads están en Cadência.", grouped(*n, '.')),
        }),
        Told::ConnectionLost { account } => (NoticeKind::ConnectionLost, match language {
            PtBr => format!("{account}: o Kommo não responde"),
            En => format!("{account}: Kommo does not answer"),
            Es => format!("{account}: Kommo no responde"),
        }, match language {
            PtBr => "Nada se perde. As mudanças chegam quando a conexão voltar.",
            En => "Nothing is lost. Changes arrive when the connection is back.",
            Es => "No se pierde nada. Los cambios llegan cuando vuelva la conexión.",
        }.to_owned()),
        Told::ConnectionRestored { account } => (NoticeKind::ConnectionRestored, match language {
            PtBr => format!("{account}: conexão de volta"),
            En => format!("{account}: connection is back"),
            Es => format!("{account}: volvió la conexión"),
        }, match language {
            PtBr => "O que mudou no Kommo enquanto isso já está aqui.",
            En => "What changed in Kommo meanwhile is here.",
            Es => "Lo que cambió en Kommo mientras tanto ya está aquí.",
        }.to_owned()),
        Told::NeedsSignIn { account } => (NoticeKind::NeedsSignIn, match language {
            PtBr => format!("{account}: entre de novo no Kommo"),
            En => format!("{account}: sign in to Kommo again"),
            Es => format!("{account}: vuelva a entrar en Kommo"),
        }, match language {
            PtBr => "O acesso não é mais aceito. Até você entrar de novo, nenhuma mudança chega.",
            En => "The sign-in is no longer accepted. Until you sign in again, no change arrives.",
            Es => "El acceso ya no es aceptado. Hasta que vuelva a entrar, no llega ningún cambio.",
        }.to_owned()),
        Told::ChangesWedged { account, changes } => (NoticeKind::ChangesWedged, match (language, changes) {
            (PtBr, 1) => format!("{account}: uma mudança não foi aceita"),
            (En, 1) => format!("{account}: a change was not accepted"),
            (Es, 1) => format!("{account}: un cambio no fue aceptado"),
            (PtBr, n) => format!("{account}: {n} mudanças não foram aceitas"),
            (En, n) => format!("{account}: {n} changes were not accepted"),
            (Es, n) => format!("{account}: {n} cambios no fueron aceptados"),
        }, match language {
            PtBr => "O que você mudou ainda não está no Kommo. Em Sincronização está o motivo e o que fazer.",
            En => "What you changed is not in Kommo yet. The page Sync says why and what to do.",
            Es => "Lo que cambió aún no está en Kommo. En Sincronización está el motivo y qué hacer.",
        }.to_owned()),
        Told::TokenExpiring { account, days } => (NoticeKind::TokenExpiring, match (language, days) {
            (PtBr, 0) => format!("{account}: o token vence hoje"),
            (En, 0) => format!("{account}: the token ends today"),
            (Es, 0) => format!("{account}: el token vence hoy"),
            (PtBr, 1) => format!("{account}: o token vence amanhã"),
            (En, 1) => format!("{account}: the token ends tomorrow"),
            (Es, 1) => format!("{account}: el token vence mañana"),
            (PtBr, n) => format!("{account}: o token vence em {n} dias"),
            (En, n) => format!("{account}: the token ends in {n} days"),
            (Es, n) => format!("{account}: el token vence en {n} días"),
        }, match language {
            PtBr => "Gere outro no Kommo e cole em Ajustes, Contas. Depois disso nada sincroniza.",
            En => "Generate another in Kommo and paste it in Settings, Accounts. After that nothing syncs.",
            Es => "Genere otro en Kommo y péguelo en Ajustes, Cuentas. Después de eso nada se sincroniza.",
        }.to_owned()),
    };
    Notice { kind, title, body }
}

/// The language of the environment, as far as it is one of ours; Portuguese otherwise. Windows and macOS tell a window's
/// program another way.
pub(crate) fn system_language() -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    language_of(&named.unwrap_or_default())
}

fn language_of(locale: &str) -> Language {
    match locale.to_ascii_lowercase().get(..2) {
        Some("en") => Language::En,
        Some("es") => Language::Es,
        _ => Language::PtBr,
    }
}

/// 1234567 as 1.234.567.
fn grouped(number: u32, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_the_language_does() {
        let told = Told::ImportFinished { account: "Acme".into(), leads: 100_000 };
        assert_eq!(word(&told, Language::PtBr).body, "100.000 leads estão no Cadência.");
        assert_eq!(word(&told, Language::En).body, "100,000 leads are in Cadência.");
        assert_eq!(grouped(999, '.'), "999");
        assert_eq!(grouped(1_000, '.'), "1.000");
    }

    #[test]
    fn an_unknown_system_language_is_portuguese() {
        assert_eq!(language_of("en_US.UTF-8"), Language::En);
        assert_eq!(language_of("es_AR"), Language::Es);
        assert_eq!(language_of("C"), Language::PtBr);
        assert_eq!(language_of(""), Language::PtBr);
    }
}
