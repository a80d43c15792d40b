//! Ending with a word on why.

/// Why a command failed, in one line for the person who ran it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure in words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<wallgent_server::StartError> for Failure {
    fn from(error: wallgent_server::StartError) -> Self {
        Self(error.to_string())
    }
}

impl From<wallgent::Error> for Failure {
    fn from(error: wallgent::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}
