//! Refusals of Kommo's token endpoint, in the screen's words.

use cadencia_contract::{ApiError, ErrorCode};
use kommo::oauth::OAuthError;

/// What a refused code means for the person. `redirect_uri` is what was sent.
pub(crate) fn of_oauth(error: &OAuthError, redirect_uri: &str) -> ApiError {
    tracing::info!(error = error as &dyn std::error::Error, "Kommo's token endpoint refused");
    match error {
        OAuthError::CodeExpired => ApiError::new(ErrorCode::CodeExpired),
        OAuthError::CodeUsed => ApiError::new(ErrorCode::CodeUsed),
        OAuthError::CodeInvalid => ApiError::new(ErrorCode::CodeInvalid),
        OAuthError::ClientId => ApiError::new(ErrorCode::ClientIdWrong),
        OAuthError::ClientSecret | OAuthError::ClientAuthFailed => {
            ApiError::new(ErrorCode::ClientSecretWrong)
        }
        OAuthError::RedirectMismatch => ApiError::new(ErrorCode::RedirectMismatch).with_detail(redirect_uri),
        OAuthError::WrongAccount => ApiError::new(ErrorCode::WrongAccount),
        OAuthError::WrongHost | OAuthError::UnknownHost => ApiError::new(ErrorCode::SubdomainUnknown),
        OAuthError::Blocked => ApiError::new(ErrorCode::IpBlocked),
        OAuthError::RateLimited { .. } => ApiError::new(ErrorCode::RateLimited),
        OAuthError::NotSent(_) => ApiError::new(ErrorCode::NetworkUnreachable),
        OAuthError::Ambiguous(_) => ApiError::new(ErrorCode::TimedOut),
        OAuthError::Malformed { .. } => ApiError::new(ErrorCode::KommoUnreadable),
        OAuthError::Server { .. } => ApiError::new(ErrorCode::KommoUnavailable),
        // Refused without a reason we know: most likely the code, the one part that is typed anew each time.
        _ => ApiError::new(ErrorCode::CodeInvalid),
    }
}
