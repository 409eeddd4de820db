//! The command list.

/// Calls the macro `$then` with every command as `name(Request) -> Response;`.
///
/// Whoever dispatches commands passes its own macro; leaving one out is a compile error there, not a
/// "command not found" on somebody's screen.
#[macro_export]
macro_rules! for_each_command {
    ($then:ident) => {
        $then! {
            // The program itself
            app_status(AppStatusRequest) -> AppStatus;
            preferences_get(Nothing) -> Preferences;
            preferences_set(PreferencesPatch) -> Preferences;
            vault_create(VaultPassphraseRequest) -> AppStatus;
            vault_unlock(VaultPassphraseRequest) -> AppStatus;

            // Accounts and signing in
            account_list(Nothing) -> AccountList;
            account_select(AccountRequest) -> AccountList;
            account_sign_out(AccountRequest) -> AccountList;
            account_forget(AccountRequest) -> AccountList;
            sign_in_long_lived(SignInLongLivedRequest) -> SignInOutcome;
            sign_in_code(SignInCodeRequest) -> SignInOutcome;
            sign_in_browser_start(SignInBrowserRequest) -> SignInBrowserStarted;
            sign_in_browser_cancel(SignInBrowserCancelRequest) -> Nothing;
            env_import_preview(EnvImportRequest) -> EnvImportPreview;
            env_import_sign_in(EnvImportSignInRequest) -> SignInOutcome;
            demo_start(Nothing) -> SignInOutcome;
            demo_clock_advance(DemoClockRequest) -> Nothing;
            health_check(AccountScope) -> HealthReport;

            // The mirror
            sync_status(AccountScope) -> SyncStatus;
            sync_poll_now(AccountScope) -> Nothing;
            import_start(AccountScope) -> SyncStatus;
            import_cancel(AccountScope) -> SyncStatus;
            mapping_get(AccountScope) -> MappingView;
            lead_list(LeadListRequest) -> LeadList;
            lead_get(LeadGetRequest) -> LeadDetail;
            contact_search(ContactSearchRequest) -> ContactList;
            overview_get(AccountScope) -> Overview;

            // Changing leads: each is promised here and sent by itself
            lead_edit(LeadEditRequest) -> ChangesPromised;
            contact_edit(ContactEditRequest) -> ChangesPromised;
            lead_create(LeadCreateRequest) -> ChangesPromised;
            note_add(NoteAddRequest) -> ChangesPromised;
            task_add(TaskAddRequest) -> ChangesPromised;
            task_complete(TaskCompleteRequest) -> ChangesPromised;
            lead_bulk_preview(BulkRequest) -> BulkPreview;
            lead_bulk_apply(BulkRequest) -> ChangesPromised;
            batch_take_back(BatchRequest) -> BatchTakenBack;

            // On the way to Kommo
            outbox_list(OutboxListRequest) -> OutboxList;
            outbox_retry(OutboxRetryRequest) -> OutboxSummary;
            outbox_discard(OutboxRequest) -> OutboxSummary;
            outbox_pause(OutboxPauseRequest) -> OutboxSummary;
            conflict_list(ConflictListRequest) -> ConflictList;
            conflict_undo(ConflictRequest) -> ConflictList;
            conflict_dismiss(ConflictRequest) -> ConflictList;

            // Webhooks
            webhook_get(AccountScope) -> WebhookView;
            webhook_set(WebhookSetRequest) -> WebhookView;
            webhook_check(AccountScope) -> WebhookView;
            webhook_test(AccountScope) -> WebhookTest;
            delivery_list(DeliveryListRequest) -> DeliveryList;
            delivery_get(DeliveryRequest) -> DeliveryDetail;
            delivery_replay(DeliveryRequest) -> DeliveryList;

            // The log
            log_list(LogListRequest) -> LogList;
            log_get(LogGetRequest) -> LogDetail;
            log_export(LogExportRequest) -> LogExport;
        }
    };
}
