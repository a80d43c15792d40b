//! Hosted pages: what somebody with a link sees in a browser.
//!
//! They show what the public routes of the API tell, and a sandbox's test methods pay
//! on them; from a wallet it is paid by a call to the API, which they show. No page
//! asks for an API key or for a real card number. What a noun knows comes from the
//! noun; here it is only shown, with every text escaped.

mod assets;
mod frame;
mod invoice;
mod link;
mod parts;
pub mod routes;
mod setup;

pub use assets::{Asset, SCRIPT, STYLE};
pub use parts::refusal;
