//! Wallets: their documents, their standing, their statements.

mod documents;
mod standing;
mod statements;
