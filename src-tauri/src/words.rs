//! The few words that the shell says itself, in the three languages. Everything else is worded by the page or comes
//! worded from the core.

use cadencia_contract::{Language, Preferences};

/// One text in every language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pt_br: &'static str,
    en: &'static str,
    es: &'static str,
}

impl Words {
    /// The text in a language.
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::PtBr => self.pt_br,
            Language::En => self.en,
            Language::Es => self.es,
        }
    }
}

/// A text, in the order Portuguese, English, Spanish.
pub const fn words(pt_br: &'static str, en: &'static str, es: &'static str) -> Words {
    Words { pt_br, en, es }
}

/// Menu entry that opens the window.
pub const OPEN: Words = words("Abrir o Cadência", "Open Cadência", "Abrir Cadência");
/// Menu entry that polls at once.
pub const SYNC_NOW: Words = words("Sincronizar agora", "Sync now", "Sincronizar ahora");
/// Menu entry that ends the program.
pub const QUIT: Words = words("Sair", "Quit", "Salir");

/// Title of what is said when the window is closed for the first time.
pub const STILL_HERE: Words =
    words("O Cadência continua aberto", "Cadência is still running", "Cadência sigue abierto");
/// Its text.
pub const STILL_HERE_WHY: Words = words(
    "Ele segue sincronizando com o Kommo. Para fechar de vez, use o ícone na bandeja e escolha Sair.",
    "It keeps syncing with Kommo. To close it for good, use the tray icon and choose Quit.",
    "Sigue sincronizando con Kommo. Para cerrarlo del todo, use el icono de la bandeja y elija Salir.",
);
/// Title of what is said when a file was saved.
pub const SAVED: Words = words("Arquivo salvo", "File saved", "Archivo guardado");
/// Title of what is said when a file could not be saved.
pub const NOT_SAVED: Words =
    words("O arquivo não pôde ser salvo", "The file could not be saved", "No se pudo guardar el archivo");

/// The language a person reads: the chosen one, or the system's.
pub fn language_of(preferences: &Preferences) -> Language {
    preferences.language.unwrap_or_else(system_language)
}

/// The system's language, as far as this program speaks it.
pub fn system_language() -> Language {
    sys_locale::get_locale().map_or(Language::PtBr, |locale| nearest(&locale))
}

/// Whoever reads another language most likely reads English.
fn nearest(locale: &str) -> Language {
    let base = locale.split(['-', '_', '.']).next().unwrap_or_default().to_ascii_lowercase();
    match base.as_str() {
        "pt" | "c" | "posix" | "" => Language::PtBr,
        "es" => Language::Es,
        _ => Language::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_is_found_for_every_spelling_of_a_locale() {
        for (locale, language) in [
            ("pt-BR", Language::PtBr),
            ("pt_PT.UTF-8", Language::PtBr),
            ("C", Language::PtBr),
            ("es-419", Language::Es),
            ("en_GB", Language::En),
            ("de-DE", Language::En),
        ] {
            assert_eq!(nearest(locale), language, "{locale}");
        }
    }
}
