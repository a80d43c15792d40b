//! Cards: issuing them, what they may spend, what becomes of it, and who may look.

mod access;
mod authorizing;
mod capturing;
mod details;
mod ending;
mod expiring;
mod issuing;
mod limits;
mod policies;
mod production;
mod racing;
mod settling;
mod surviving;
