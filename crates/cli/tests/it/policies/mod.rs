//! Spend policies: the documents, every rule, the windows, the schedules, and asking beforehand.

mod bad_documents;
mod checking;
mod documents;
mod recipients;
mod rules;
mod schedules;
mod windows;
