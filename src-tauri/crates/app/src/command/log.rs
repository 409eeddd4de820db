//! The sync log.

use crate::convert::error::of_store;
use crate::convert::log;
use crate::state::App;
use cadencia_contract::{
    ApiError, ErrorCode, LogDetail, LogExport, LogExportRequest, LogGetRequest, LogList, LogListRequest,
    LogRow,
};
use cadencia_domain::id::KommoLeadId;
use cadencia_domain::phone::mask;
use cadencia_store::sync_log::{self, LogQuery};
use cadencia_store::{StoreError, leads};

/// Matching rows are counted up to this many.
const COUNTED: u32 = 100_000;
/// Rows of an export read together.
const CHUNK: u32 = 2_000;

pub(crate) async fn log_list(app: &App, request: LogListRequest) -> Result<LogList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let query = log::query(&request);
    let found = account
        .store
        .read(move |conn| Ok((sync_log::list(conn, &query)?, sync_log::count(conn, &query, COUNTED)?)));
    let (entries, total) = found.await.map_err(|error| of_store(&error))?;
    Ok(LogList { total, rows: entries.into_iter().map(log::row).collect() })
}

pub(crate) async fn log_get(app: &App, request: LogGetRequest) -> Result<LogDetail, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let id = request.log_id.0;
    let found = account.store.read(move |conn| {
        let Some(entry) = sync_log::get(conn, id)? else { return Ok(None) };
        let lead = match entry.entry.entity.as_ref() {
            Some(entity) if entity.kind == "lead" => match entity.kommo_id {
                Some(number) => leads::id_of(conn, KommoLeadId(number))?,
                None => None,
            },
            _ => None,
        };
        Ok(Some((entry, lead)))
    });
    let (entry, lead) =
        found.await.map_err(|error| of_store(&error))?.ok_or_else(|| ApiError::new(ErrorCode::LogUnknown))?;
    let difference = log::difference(entry.entry.difference.as_ref());
    let exchange = entry.entry.payload_redacted.clone().unwrap_or_default();
    let row = log::row(entry);
    let web_url = row.entity_kind.as_deref().zip(row.entity_kommo_id).and_then(|(kind, id)| {
        let place = match kind {
            "lead" => "leads",
            "contact" => "contacts",
            "company" => "companies",
            _ => return None,
        };
        Some(account.web_page(&format!("{place}/detail/{}", id.0)))
    });
    Ok(LogDetail { row, difference, exchange, web_url, lead_id: lead.map(|id| id.to_string()) })
}

pub(crate) async fn log_export(app: &App, request: LogExportRequest) -> Result<LogExport, ApiError> {
    let account = app.account(request.filter.account_id.as_deref()).await?;
    let query = LogQuery { before_id: None, limit: CHUNK, ..log::query(&request.filter) };
    let found = account.store.read(move |conn| all(query, |query| sync_log::list(conn, query)));
    let entries = found.await.map_err(|error| of_store(&error))?;
    let rows: Vec<LogRow> = entries.into_iter().map(log::row).collect();
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let subdomain = account.row().subdomain;
    let csv = tokio::task::spawn_blocking(move || csv(&rows))
        .await
        .map_err(|_| ApiError::new(ErrorCode::Internal))?
        .ok_or_else(|| ApiError::new(ErrorCode::Internal))?;
    Ok(LogExport { file_name: format!("cadencia-log-{subdomain}.csv"), csv, rows: count })
}

/// Every matching entry, newest first, up to the most that are exported.
fn all(
    mut query: LogQuery,
    read: impl Fn(&LogQuery) -> Result<Vec<sync_log::LogEntry>, StoreError>,
) -> Result<Vec<sync_log::LogEntry>, StoreError> {
    let mut entries = Vec::new();
    loop {
        let part = read(&query)?;
        let Some(last) = part.last() else { return Ok(entries) };
        query.before_id = Some(last.id);
        let is_last = part.len() < CHUNK as usize;
        entries.extend(part);
        if is_last || entries.len() >= COUNTED as usize {
            entries.truncate(COUNTED as usize);
            return Ok(entries);
        }
    }
}

/// Semicolons and a byte order mark: what a spreadsheet in Brazil opens with a double click.
fn csv(rows: &[LogRow]) -> Option<String> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(vec![0xef, 0xbb, 0xbf]);
    writer
        .write_record([
            "id",
            "at_utc",
            "direction",
            "channel",
            "operation",
            "entity",
            "kommo_id",
            "name",
            "outcome",
            "error",
            "duration_ms",
            "attempt",
            "actor",
            "details",
        ])
        .ok()?;
    for row in rows {
        // Values before and after a change are among them, and a field may hold a telephone number.
        let details: Vec<String> =
            row.details.iter().map(|(name, value)| format!("{name}={}", mask_long(value))).collect();
        let record = [
            row.id.0.to_string(),
            chrono::DateTime::from_timestamp_millis(row.at_ms.0)
                .map(|at| at.to_rfc3339())
                .unwrap_or_default(),
            word(&row.direction),
            word(&row.channel),
            row.operation.clone(),
            row.entity_kind.clone().unwrap_or_default(),
            row.entity_kommo_id.map(|id| id.0.to_string()).unwrap_or_default(),
            // A lead is often called by its telephone number.
            mask_long(row.entity_name.as_deref().unwrap_or_default()),
            word(&row.outcome),
            row.error_code.as_ref().map(word).unwrap_or_default(),
            row.duration_ms.map(|ms| ms.to_string()).unwrap_or_default(),
            row.attempt.to_string(),
            word(&row.actor),
            details.join(", "),
        ];
        writer.write_record(record.map(|cell| harmless(&cell))).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// Masks texts that hold a telephone number.
fn mask_long(name: &str) -> String {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    if digits >= 8 { mask(name) } else { name.to_owned() }
}

/// A cell that begins like a formula is shown, not run, by spreadsheets.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_a_formula_or_a_phone_is_made_harmless() {
        assert_eq!(harmless("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(harmless("Maria"), "Maria");
        assert_eq!(mask_long("WhatsApp 5511987654321"), "WhatsApp 55•••••••••21");
        assert_eq!(mask_long("Lead 1234567"), "Lead 1234567");
    }
}
