//! Bank accounts: linking, verifying and removing them.

mod linking;
mod verifying;
