//! No key gives more than it has, by no path, and no key lasts longer than it may.

mod addresses;
mod admins;
mod lifetimes;
mod permissions;
mod withdrawals;
