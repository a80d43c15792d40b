//! Transfers: bringing money in, taking it out, moving it inside, and everything that can happen on the way.

mod agreeing;
mod cancelling;
mod delegated;
mod depositing;
mod driving;
mod dying;
mod faults;
mod internal;
mod listing;
mod operating;
mod privacy;
mod racing;
mod refusals;
mod replaying;
mod returning;
mod withdrawing;
