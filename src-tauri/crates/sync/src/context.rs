//! What every pass over an account shares.

use crate::difference::Names;
use crate::pull::structure::Structure;
use crate::status::{EngineEvent, EngineStatus, Imported};
use cadencia_clock::{Clock, Entropy};
use cadencia_domain::id::{ContactId, LeadId};
use cadencia_domain::time::UtcMillis;
use cadencia_store::AccountStore;
use kommo::Client;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{broadcast, watch};

/// What every pass over an account shares.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) store: AccountStore,
    pub(crate) client: Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) status: watch::Sender<EngineStatus>,
    pub(crate) events: broadcast::Sender<EngineEvent>,
    structure: Mutex<Option<Structure>>,
    /// Lists that Kommo refuses to this user.
    refused: Mutex<BTreeSet<Imported>>,
    /// When Kommo was asked last.
    asked_ms: AtomicI64,
}

impl Context {
    pub(crate) fn new(
        store: AccountStore,
        client: Client,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        asked_last: Option<UtcMillis>,
    ) -> Self {
        Self {
            store,
            client,
            clock,
            entropy,
            status: watch::Sender::new(EngineStatus::default()),
            events: broadcast::Sender::new(256),
            structure: Mutex::new(None),
            refused: Mutex::default(),
            asked_ms: AtomicI64::new(asked_last.map_or(i64::MIN, |at| at.0)),
        }
    }

    /// The instant of a question to Kommo: later than that of every question before, also when the clock of this
    /// computer was set back meanwhile. What comes as its answer is as new as this.
    pub(crate) fn ask(&self) -> UtcMillis {
        let now = self.clock.now().0;
        let next = |last: i64| Some(now.max(last.saturating_add(1)));
        let last = self.asked_ms.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        UtcMillis(now.max(last.unwrap_or_else(|last| last).saturating_add(1)))
    }

    /// Notes whether Kommo refuses a list to this user. True when that is news.
    pub(crate) fn note_refusal(&self, entity: Imported, is_refused: bool) -> bool {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if is_refused { refused.insert(entity) } else { refused.remove(&entity) }
    }

    /// Kommo's time now, as far as known.
    pub(crate) fn kommo_now(&self) -> UtcMillis {
        self.clock.now().plus(self.client.server_time_offset().unwrap_or(0))
    }

    /// Whether the structure was read since the program started.
    pub(crate) fn has_structure(&self) -> bool {
        self.structure.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The structure as it was read last.
    pub(crate) fn structure(&self) -> Option<Structure> {
        self.structure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn is_same_structure(&self, structure: &Structure) -> bool {
        self.structure.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(structure)
    }

    pub(crate) fn remember_structure(&self, structure: &Structure) {
        *self.structure.lock().unwrap_or_else(PoisonError::into_inner) = Some(structure.clone());
    }

    /// Names for readable differences.
    pub(crate) fn names(&self) -> Names {
        let structure = self.structure.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(structure) = structure.as_ref() else { return Names::default() };
        Names {
            stages: structure
                .pipelines
                .iter()
                .flat_map(|pipeline| &pipeline.stages)
                .map(|stage| ((stage.pipeline.0, stage.status.0), stage.name.clone()))
                .collect(),
            users: structure
                .users
                .iter()
                .flatten()
                .map(|user| (user.kommo_id.0, user.name.clone()))
                .collect(),
            loss_reasons: structure
                .loss_reasons
                .iter()
                .map(|reason| (reason.kommo_id.0, reason.name.clone()))
                .collect(),
            phone_fields: structure
                .fields
                .iter()
                .filter(|field| field.code.as_deref() == Some("PHONE"))
                .map(|field| field.kommo_id.0)
                .collect(),
            ..Names::default()
        }
    }

    /// Whether the stage of every lead is known; an unknown one means that the structure changed.
    pub(crate) fn knows_stage(&self, pipeline: i64, status: i64) -> bool {
        let structure = self.structure.lock().unwrap_or_else(PoisonError::into_inner);
        structure.as_ref().is_none_or(|s| {
            s.pipelines
                .iter()
                .flat_map(|p| &p.stages)
                .any(|stage| stage.pipeline.0 == pipeline && stage.status.0 == status)
        })
    }

    /// Makes identities for leads that are new to us.
    pub(crate) fn lead_ids(&self) -> impl FnMut() -> LeadId + Send + 'static {
        let (entropy, now) = (Arc::clone(&self.entropy), self.clock.now());
        move || LeadId::from_uuid(entropy.uuid_v7(now))
    }

    /// Makes identities for people that are new to us.
    pub(crate) fn contact_ids(&self) -> impl FnMut() -> ContactId + Send + 'static {
        let (entropy, now) = (Arc::clone(&self.entropy), self.clock.now());
        move || ContactId::from_uuid(entropy.uuid_v7(now))
    }

    /// Tells whoever listens; nobody has to.
    pub(crate) fn tell(&self, event: EngineEvent) {
        let _ = self.events.send(event);
    }
}
