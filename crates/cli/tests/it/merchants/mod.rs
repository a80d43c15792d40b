//! Merchants: organizations that are paid by name.

mod closed_loop;
mod operating;
mod profiles;
mod proving;
mod racing;
mod refusals;
mod settlement;
mod volume;
