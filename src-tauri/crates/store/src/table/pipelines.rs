//! `pipelines` and `stages`.

use super::Kept;
use crate::column::{parsed, unreadable};
use crate::error::{During as _, StoreError};
use cadencia_domain::id::{KommoPipelineId, KommoStatusId};
use cadencia_domain::pipeline::{Pipeline, Stage, StageKind};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, Transaction, params};

/// A pipeline, its own `stages` empty, with every stage it ever had.
pub type PipelineAndStages = (Kept<Pipeline>, Vec<Kept<Stage>>);

fn kind_text(kind: StageKind) -> &'static str {
    match kind {
        StageKind::Incoming => "incoming",
        StageKind::Ordinary => "ordinary",
        StageKind::Won => "won",
        StageKind::Lost => "lost",
    }
}

fn parse_kind(text: &str) -> Option<StageKind> {
    Some(match text {
        "incoming" => StageKind::Incoming,
        "ordinary" => StageKind::Ordinary,
        "won" => StageKind::Won,
        "lost" => StageKind::Lost,
        _ => return None,
    })
}

/// What Kommo has now, with the stages it has now, in Kommo's order.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection) -> Result<Vec<Pipeline>, StoreError> {
    let kept = list_all(conn)?;
    let present = kept.into_iter().filter(|(pipeline, _)| pipeline.removed_at.is_none());
    Ok(present
        .map(|(pipeline, stages)| Pipeline {
            stages: stages
                .into_iter()
                .filter(|stage| stage.removed_at.is_none())
                .map(|stage| stage.item)
                .collect(),
            ..pipeline.item
        })
        .collect())
}

/// Every pipeline ever seen, each (its own `stages` empty) with every stage ever seen: for naming what old leads
/// point to.
///
/// # Errors
/// Faults of the file.
pub fn list_all(conn: &Connection) -> Result<Vec<PipelineAndStages>, StoreError> {
    read_all(conn).during("list pipelines")
}

fn read_all(conn: &Connection) -> rusqlite::Result<Vec<PipelineAndStages>> {
    let mut statement = conn.prepare_cached(
        "SELECT kommo_id, name, sort, is_main, is_archived, removed_at_ms FROM pipelines ORDER BY sort, kommo_id",
    )?;
    let mut pipelines = statement
        .query_map([], |row| {
            let item = Pipeline {
                kommo_id: KommoPipelineId(row.get(0)?),
                name: row.get(1)?,
                sort: row.get(2)?,
                is_main: row.get(3)?,
                is_archived: row.get(4)?,
                stages: Vec::new(),
            };
            Ok((Kept { item, removed_at: row.get::<_, Option<i64>>(5)?.map(UtcMillis) }, Vec::new()))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut statement = conn.prepare_cached(
        "SELECT pipeline_kommo_id, status_kommo_id, name, sort, color, kind, removed_at_ms FROM stages
         ORDER BY sort, status_kommo_id",
    )?;
    let stages = statement.query_map([], |row| {
        let item = Stage {
            pipeline: KommoPipelineId(row.get(0)?),
            status: KommoStatusId(row.get(1)?),
            name: row.get(2)?,
            sort: row.get(3)?,
            color: row.get(4)?,
            kind: parsed(row, 5, parse_kind)?,
        };
        Ok(Kept { item, removed_at: row.get::<_, Option<i64>>(6)?.map(UtcMillis) })
    })?;
    for stage in stages {
        let stage = stage?;
        let owner = pipelines.iter_mut().find(|(pipeline, _)| pipeline.item.kommo_id == stage.item.pipeline);
        owner.ok_or_else(|| unreadable(0))?.1.push(stage);
    }
    Ok(pipelines)
}

/// Takes over the whole list as Kommo has it. What vanished is kept, marked removed.
///
/// # Errors
/// Faults of the file.
pub fn replace_all(tx: &Transaction<'_>, pipelines: &[Pipeline], now: UtcMillis) -> Result<(), StoreError> {
    write_all(tx, pipelines, now).during("write pipelines")
}

fn write_all(tx: &Transaction<'_>, pipelines: &[Pipeline], now: UtcMillis) -> rusqlite::Result<()> {
    tx.execute("UPDATE stages SET removed_at_ms = ?1 WHERE removed_at_ms IS NULL", [now.0])?;
    tx.execute("UPDATE pipelines SET removed_at_ms = ?1 WHERE removed_at_ms IS NULL", [now.0])?;
    for pipeline in pipelines {
        tx.prepare_cached(
            "INSERT INTO pipelines (kommo_id, name, sort, is_main, is_archived) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (kommo_id) DO UPDATE SET name = excluded.name, sort = excluded.sort,
                 is_main = excluded.is_main, is_archived = excluded.is_archived, removed_at_ms = NULL",
        )?
        .execute(params![
            pipeline.kommo_id.0,
            pipeline.name,
            pipeline.sort,
            pipeline.is_main,
            pipeline.is_archived
        ])?;
        for stage in &pipeline.stages {
            tx.prepare_cached(
                "INSERT INTO stages (pipeline_kommo_id, status_kommo_id, name, sort, color, kind)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (pipeline_kommo_id, status_kommo_id) DO UPDATE SET name = excluded.name,
                     sort = excluded.sort, color = excluded.color, kind = excluded.kind, removed_at_ms = NULL",
            )?
            .execute(params![
                pipeline.kommo_id.0,
                stage.status.0,
                stage.name,
                stage.sort,
                stage.color,
                kind_text(stage.kind)
            ])?;
        }
    }
    Ok(())
}
