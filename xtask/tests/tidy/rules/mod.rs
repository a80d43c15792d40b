//! The rules, by what they are about.

pub(crate) mod crates;
pub(crate) mod documents;
pub(crate) mod edges;
pub(crate) mod migrations;
pub(crate) mod modules;
pub(crate) mod money;
pub(crate) mod nouns;
pub(crate) mod size;
pub(crate) mod words;
