//! The page that is shown instead of the window when the core cannot start: what is wrong, in the person's language,
//! and what to do. It comes from its own address and may ask this program for nothing.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::OnceLock;

use cadencia_app::StartError;
use cadencia_contract::{ErrorCode, Language};
use tauri::http::{Response, StatusCode, header};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindowBuilder};

use crate::words::{Words, system_language, words};

/// The scheme of the page's address.
pub const SCHEME: &str = "failure";

const CLOSE: &str = "/close";

/// The page, kept by Tauri as state until it is asked for.
struct Page(String);

/// Opens the page, once. Closing it ends the program with a failure.
pub fn show(app: &AppHandle, error: &StartError) {
    static SHOWN: OnceLock<()> = OnceLock::new();
    if SHOWN.set(()).is_err() {
        return;
    }
    let told = error.api();
    app.manage(Page(html(told.code, &told.detail, &causes(error), system_language())));
    let opening = app.clone();
    let opened = app.run_on_main_thread(move || {
        if let Err(error) = open(&opening) {
            tracing::error!(%error, "not even the page of the failure can be opened");
            opening.exit(1);
        }
    });
    if let Err(error) = opened {
        tracing::error!(%error, "the event loop has ended before the start");
    }
}

/// Answers a request for the page.
pub fn page(app: &AppHandle) -> Response<Vec<u8>> {
    let body = app.try_state::<Page>().map(|page| page.0.clone().into_bytes());
    let status = if body.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let mut response = Response::new(body.unwrap_or_default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    response
}

fn open(app: &AppHandle) -> tauri::Result<()> {
    let address = Url::parse(&format!("{SCHEME}://localhost/")).map_err(|_| tauri::Error::UnknownPath)?;
    let closing = app.clone();
    let window = WebviewWindowBuilder::new(app, SCHEME, WebviewUrl::CustomProtocol(address))
        .title("Cadência")
        .inner_size(620.0, 420.0)
        .center()
        .on_navigation(move |url| {
            // The page has no script: its button is a link, and this is where it leads.
            let close = url.path() == CLOSE;
            if close {
                closing.exit(1);
            }
            !close
        })
        .build()?;
    let closing = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, tauri::WindowEvent::CloseRequested { .. }) {
            closing.exit(1);
        }
    });
    Ok(())
}

/// What is wrong, and what to do about it.
#[rustfmt::skip]
fn said(code: ErrorCode) -> (Words, Words) {
    match code {
        ErrorCode::StorageNotWritable => (
            words("A pasta dos dados não pode ser gravada", "The data folder cannot be written", "No se puede escribir en la carpeta de datos"),
            words("Dê a este usuário permissão de escrita na pasta e abra o Cadência de novo.", "Give this user the right to write in the folder and open Cadência again.", "Dé a este usuario permiso de escritura en la carpeta y abra Cadência de nuevo."),
        ),
        ErrorCode::StorageFull => (
            words("O disco está cheio", "The disk is full", "El disco está lleno"),
            words("Libere espaço e abra o Cadência de novo. Nada se perdeu.", "Make room and open Cadência again. Nothing is lost.", "Libere espacio y abra Cadência de nuevo. No se perdió nada."),
        ),
        ErrorCode::DatabaseNewer => (
            words("Os dados são de uma versão mais nova", "The data comes from a newer version", "Los datos son de una versión más nueva"),
            words("Uma versão mais nova do Cadência já abriu estes dados. Instale essa versão ou uma posterior. Nada foi alterado.", "A newer version of Cadência has already opened this data. Install that version or a later one. Nothing was changed.", "Una versión más nueva de Cadência ya abrió estos datos. Instale esa versión o una posterior. No se cambió nada."),
        ),
        ErrorCode::DatabaseDamaged => (
            words("O banco de dados não pode ser lido", "The database cannot be read", "No se puede leer la base de datos"),
            words("O arquivo está danificado ou pertence a outra chave. Restaure uma cópia de segurança da pasta, ou mova a pasta para outro lugar e conecte a conta de novo: tudo o que está no Kommo volta.", "The file is damaged or belongs to another key. Restore a backup of the folder, or move the folder away and connect the account again: everything that is in Kommo comes back.", "El archivo está dañado o pertenece a otra clave. Restaure una copia de seguridad de la carpeta, o mueva la carpeta a otro lugar y conecte la cuenta de nuevo: vuelve todo lo que está en Kommo."),
        ),
        _ => (
            words("O Cadência não pôde abrir", "Cadência could not open", "Cadência no pudo abrir"),
            words("Abra de novo. Se acontecer outra vez, o texto abaixo diz a causa.", "Open it again. If it happens once more, the text below tells the cause.", "Ábralo de nuevo. Si vuelve a ocurrir, el texto de abajo dice la causa."),
        ),
    }
}

const CLOSE_WORD: Words = words("Fechar", "Close", "Cerrar");
const TECHNICAL: Words = words("Detalhes técnicos", "Technical details", "Detalles técnicos");

const STYLE: &str = "\
    :root{color-scheme:light dark;--back:#f7f6f3;--text:#1c1917;--soft:#57534e;--amber:#b45309}\
    @media(prefers-color-scheme:dark){:root{--back:#1c1917;--text:#f5f5f4;--soft:#a8a29e;--amber:#fbbf24}}\
    body{margin:0;padding:40px;background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}\
    h1{font-size:22px;line-height:1.25;margin:0 0 12px;border-left:4px solid var(--amber);padding-left:14px}\
    code,pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}\
    details{color:var(--soft);margin:16px 0}\
    a{display:inline-block;color:inherit;border:1px solid currentColor;border-radius:8px;padding:8px 18px;text-decoration:none}\
    a:focus-visible{outline:3px solid var(--amber);outline-offset:2px}";

fn html(code: ErrorCode, detail: &str, causes: &str, language: Language) -> String {
    let (title, what_to_do) = said(code);
    let tag = match language {
        Language::PtBr => "pt-BR",
        Language::En => "en",
        Language::Es => "es",
    };
    let mut body = String::new();
    if !detail.is_empty() {
        body = format!("<p><code>{}</code></p>", escaped(detail));
    }
    format!(
        "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <main><h1>{title}</h1><p>{what_to_do}</p>{body}\
         <details><summary>{technical}</summary><pre>{causes}</pre></details>\
         <a href=\"{CLOSE}\">{close}</a></main></html>",
        title = escaped(title.in_language(language)),
        what_to_do = escaped(what_to_do.in_language(language)),
        technical = escaped(TECHNICAL.in_language(language)),
        causes = escaped(causes),
        close = escaped(CLOSE_WORD.in_language(language)),
    )
}

/// An error and what caused it, one per line.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{cause}");
        next = cause.source();
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 3] = [Language::PtBr, Language::En, Language::Es];

    #[test]
    fn the_folder_and_the_way_out_are_on_the_page_in_every_language() {
        for language in LANGUAGES {
            let page = html(ErrorCode::StorageNotWritable, "/data", "cause", language);
            let (title, what_to_do) = said(ErrorCode::StorageNotWritable);
            assert!(
                page.contains(title.in_language(language)) && page.contains(what_to_do.in_language(language))
            );
            assert!(page.contains("<code>/data</code>") && page.contains("href=\"/close\""));
        }
    }

    #[test]
    fn a_name_of_a_folder_cannot_become_part_of_the_page() {
        let page = html(ErrorCode::StorageNotWritable, "<script>x</script>", "a & b", Language::En);
        assert!(!page.contains("<script>") && page.contains("&lt;script&gt;") && page.contains("a &amp; b"));
    }

    #[test]
    fn every_failure_of_a_start_has_its_own_words() {
        let titles = [
            ErrorCode::StorageNotWritable,
            ErrorCode::StorageFull,
            ErrorCode::DatabaseNewer,
            ErrorCode::DatabaseDamaged,
            ErrorCode::Internal,
        ]
        .map(|code| said(code).0.in_language(Language::PtBr));
        let different: std::collections::BTreeSet<_> = titles.iter().collect();
        assert_eq!(different.len(), titles.len());
    }
}
