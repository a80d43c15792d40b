//! API keys: their documents, what they may grant, how they end, and what scoped ones may never do.

mod documents;
mod endings;
mod grants;
mod scopes;
mod wide_scopes;
