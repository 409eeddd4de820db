//! The account's structure, with counts.

use crate::convert::error::of_store;
use crate::convert::structure;
use crate::state::App;
use cadencia_contract::{
    AccountScope, ApiError, EnvMappingLine, EnvTarget, Int53, MappingProposal, MappingView, TaskTypeView,
};
use cadencia_domain::field::EntityKind;
use cadencia_store::leads::{self, LeadQuery};
use cadencia_store::{custom_fields, loss_reasons, overview, pipelines, settings, tags, users};

pub(crate) async fn mapping_get(app: &App, scope: AccountScope) -> Result<MappingView, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    let found = account.store.read(|conn| {
        let counts = leads::stage_counts(conn, &LeadQuery::default())?;
        let open_leads = overview::open_leads_by_user(conn)?;
        let mut fields = Vec::new();
        for kind in [EntityKind::Lead, EntityKind::Contact, EntityKind::Company] {
            fields.extend(custom_fields::list(conn, kind)?);
        }
        let users = users::list(conn)?;
        let pipelines = pipelines::list(conn)?;
        Ok(MappingView {
            account_id: String::new(),
            current_user_id: None,
            users_refused: users.is_empty() && !pipelines.is_empty(),
            pipelines: pipelines.into_iter().map(|pipeline| structure::pipeline(pipeline, &counts)).collect(),
            fields: fields.into_iter().map(structure::field).collect(),
            users: users.into_iter().map(|user| structure::user(user, &open_leads)).collect(),
            tags: tags::list(conn, EntityKind::Lead)?.into_iter().map(structure::tag).collect(),
            loss_reasons: loss_reasons::list(conn)?.into_iter().map(structure::loss_reason).collect(),
            task_types: Vec::new(),
            proposals: Vec::new(),
        })
    });
    let mut view = found.await.map_err(|error| of_store(&error))?;
    view.account_id = account.id.to_string();
    if let Some(profile) = account.profile() {
        view.current_user_id = profile.current_user.map(|user| Int53(user.0));
        let kinds = profile.task_types.into_iter();
        view.task_types =
            kinds.map(|kind| TaskTypeView { kommo_id: Int53(kind.kommo_id), name: kind.name }).collect();
    }
    view.pipelines.sort_by_key(|pipeline| pipeline.is_archived);
    view.proposals = app.proposals(&view).await?;
    Ok(view)
}

impl App {
    /// The lines of mapping that a `.env` file brought, checked against the account.
    async fn proposals(&self, view: &MappingView) -> Result<Vec<MappingProposal>, ApiError> {
        // The demo has no registry, and no file was dropped for it.
        let Ok(registry) = self.registry().await else { return Ok(Vec::new()) };
        let name = format!("mapping_proposals:{}", view.account_id);
        let text =
            registry.read(move |conn| settings::get(conn, &name)).await.map_err(|error| of_store(&error))?;
        let lines: Vec<EnvMappingLine> =
            text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let pipeline = lines.iter().find(|line| line.target == EnvTarget::Pipeline).map(|line| line.kommo_id);
        Ok(lines
            .into_iter()
            .map(|line| MappingProposal {
                found_name: found_name(view, &line, pipeline),
                key: line.key,
                target: line.target,
                kommo_id: line.kommo_id,
            })
            .collect())
    }
}

/// The name that a line's number has in the account. A stage is looked for in the pipeline that the file names.
fn found_name(
    view: &MappingView,
    line: &EnvMappingLine,
    pipeline: Option<cadencia_contract::Int53>,
) -> Option<String> {
    match line.target {
        EnvTarget::Pipeline => view
            .pipelines
            .iter()
            .find(|known| known.kommo_id == line.kommo_id)
            .map(|known| known.name.clone()),
        EnvTarget::Stage => view
            .pipelines
            .iter()
            .filter(|known| pipeline.is_none_or(|id| id == known.kommo_id))
            .flat_map(|known| &known.stages)
            .find(|stage| stage.status_id == line.kommo_id)
            .map(|stage| stage.name.clone()),
        EnvTarget::Field => {
            view.fields.iter().find(|known| known.kommo_id == line.kommo_id).map(|known| known.name.clone())
        }
        EnvTarget::User => {
            view.users.iter().find(|known| known.kommo_id == line.kommo_id).map(|known| known.name.clone())
        }
    }
}
