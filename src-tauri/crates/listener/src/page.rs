//! The pages a person sees in the browser. Fixed texts: nothing from a request is written into them.

use crate::door::CallbackOutcome;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// Language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageLanguage {
    /// Brazilian Portuguese.
    #[default]
    PtBr,
    /// English.
    En,
    /// Spanish.
    Es,
}

impl PageLanguage {
    /// The first of ours that the browser's `Accept-Language` names; Portuguese otherwise.
    pub fn from_accept_language(value: Option<&HeaderValue>) -> Self {
        let text = value.and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        text.split(',')
            .find_map(|part| match part.trim().get(..2) {
                Some("pt") => Some(Self::PtBr),
                Some("en") => Some(Self::En),
                Some("es") => Some(Self::Es),
                _ => None,
            })
            .unwrap_or_default()
    }

    fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
            Self::Es => "es",
        }
    }
}

/// What a page tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Callback(CallbackOutcome),
    NothingToSignInTo,
    NotReady,
    NotFound,
}

impl Page {
    pub(crate) fn response(self, language: PageLanguage) -> Response {
        let (status, title, text) = self.words(language);
        let html = format!(
            "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{title} - Cadência</title><style>{STYLE}</style></head>\
             <body><main><h1>{title}</h1><p>{text}</p></main></body></html>",
            lang = language.tag(),
        );
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        );
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    #[rustfmt::skip]
    fn words(self, language: PageLanguage) -> (StatusCode, &'static str, &'static str) {
        use PageLanguage::{En, Es, PtBr};
        match self {
            Self::Callback(CallbackOutcome::Done) => match language {
                PtBr => (StatusCode::OK, "Conta conectada", "Você já pode fechar esta aba e voltar ao Cadência. Os leads começaram a chegar."),
                En => (StatusCode::OK, "Account connected", "You can close this tab and go back to Cadência. Your leads are on their way."),
                Es => (StatusCode::OK, "Cuenta conectada", "Ya puede cerrar esta pestaña y volver a Cadência. Los leads empezaron a llegar."),
            },
            Self::Callback(CallbackOutcome::Refused) => match language {
                PtBr => (StatusCode::OK, "Acesso não autorizado", "Você escolheu não autorizar o acesso no Kommo. Nada foi alterado. Para tentar de novo, volte ao Cadência."),
                En => (StatusCode::OK, "Access not granted", "You chose not to grant access in Kommo. Nothing was changed. To try again, go back to Cadência."),
                Es => (StatusCode::OK, "Acceso no autorizado", "Eligió no autorizar el acceso en Kommo. Nada cambió. Para intentar de nuevo, vuelva a Cadência."),
            },
            Self::Callback(CallbackOutcome::Expired) => match language {
                PtBr => (StatusCode::GONE, "Este acesso não vale mais", "A tentativa passou de dez minutos ou já foi usada. Volte ao Cadência e comece de novo."),
                En => (StatusCode::GONE, "This sign-in is no longer valid", "It is older than ten minutes or was already used. Go back to Cadência and start again."),
                Es => (StatusCode::GONE, "Este acceso ya no es válido", "Pasaron más de diez minutos o ya fue usado. Vuelva a Cadência y empiece de nuevo."),
            },
            Self::Callback(CallbackOutcome::Failed) => match language {
                PtBr => (StatusCode::BAD_GATEWAY, "Não foi possível conectar", "O Kommo não aceitou o acesso. O Cadência mostra o motivo e o que fazer."),
                En => (StatusCode::BAD_GATEWAY, "Could not connect", "Kommo did not accept the sign-in. Cadência shows the reason and what to do."),
                Es => (StatusCode::BAD_GATEWAY, "No fue posible conectar", "Kommo no aceptó el acceso. Cadência muestra el motivo y qué hacer."),
            },
            Self::NothingToSignInTo => match language {
                PtBr => (StatusCode::CONFLICT, "Falta informar a integração", "Abra o Cadência, escolha Entrar pelo navegador e informe o ID e a chave secreta da integração."),
                En => (StatusCode::CONFLICT, "The integration is missing", "Open Cadência, choose Sign in through the browser and enter the integration's ID and secret key."),
                Es => (StatusCode::CONFLICT, "Falta informar la integración", "Abra Cadência, elija Entrar por el navegador e informe el ID y la clave secreta de la integración."),
            },
            Self::NotReady => match language {
                PtBr => (StatusCode::SERVICE_UNAVAILABLE, "O Cadência ainda não está pronto", "Desbloqueie o programa e abra esta página de novo."),
                En => (StatusCode::SERVICE_UNAVAILABLE, "Cadência is not ready yet", "Unlock the program and open this page again."),
                Es => (StatusCode::SERVICE_UNAVAILABLE, "Cadência aún no está listo", "Desbloquee el programa y abra esta página de nuevo."),
            },
            Self::NotFound => match language {
                PtBr => (StatusCode::NOT_FOUND, "Página não encontrada", "Este endereço não existe no Cadência."),
                En => (StatusCode::NOT_FOUND, "Page not found", "This address does not exist in Cadência."),
                Es => (StatusCode::NOT_FOUND, "Página no encontrada", "Esta dirección no existe en Cadência."),
            },
        }
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:15px/1.5 system-ui,sans-serif;\
background:light-dark(#f6f5f3,#121110);color:light-dark(#1c1a17,#f2f0ec)}\
main{max-width:26rem;margin:1rem;padding:2rem;border-radius:12px;background:light-dark(#fff,#1a1917);\
border:1px solid light-dark(#e6e3dd,#302e2a)}\
h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:0;color:light-dark(#6a655c,#a39d92)}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_language_of_ours_is_taken() {
        let of =
            |text: &'static str| PageLanguage::from_accept_language(Some(&HeaderValue::from_static(text)));
        assert_eq!(of("fr-FR,fr;q=0.9,en;q=0.8,pt;q=0.7"), PageLanguage::En);
        assert_eq!(of("es-AR"), PageLanguage::Es);
        assert_eq!(of("de"), PageLanguage::PtBr);
        assert_eq!(PageLanguage::from_accept_language(None), PageLanguage::PtBr);
    }
}
