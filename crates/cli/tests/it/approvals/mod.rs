//! Approvals: reading them, deciding them, who may, what is checked again, and what the asker is told.

mod asking;
mod deciders;
mod deciding;
mod limits;
mod listing;
mod reading;
mod reevaluating;
mod replays;
mod windows;
