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
            overview_get(AccountScope) -> Overview;

            // The log
            log_list(LogListRequest) -> LogList;
            log_get(LogGetRequest) -> LogDetail;
            log_export(LogExportRequest) -> LogExport;
        }
    };
}
