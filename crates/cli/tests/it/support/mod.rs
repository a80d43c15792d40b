//! The harness: a real server per story, callers, and what every answer must look like.

mod admin;
mod answer;
mod api;
pub(crate) mod banking;
pub(crate) mod cards;
mod crowd;
mod damage;
pub(crate) mod encryption;
mod http;
pub(crate) mod invoicing;
pub(crate) mod links;
mod listen;
mod people;
pub(crate) mod proxy;
pub(crate) mod receiver;
mod serve;
mod server;
pub(crate) mod shapes;
pub(crate) mod socket;
mod store;
mod story;

pub(crate) use answer::Answer;
pub(crate) use api::Api;
pub(crate) use crowd::{all_at_once, succeeded};
pub(crate) use http::exchange;
pub(crate) use listen::Listen;
pub(crate) use people::{Agent, Waiting};
pub(crate) use proxy::Proxy;
pub(crate) use receiver::Receiver;
pub(crate) use serve::Serve;
pub(crate) use server::Server;
pub(crate) use socket::{Heard, Socket};
pub(crate) use store::{Store, postgres_is_there};
pub(crate) use story::{Organization, id};

/// Runs each named story on both stores.
macro_rules! stories {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $story() {
                super::$story($crate::support::Store::Sqlite);
            })+
        }
        mod postgres {
            $(#[test]
            fn $story() {
                if $crate::support::postgres_is_there(stringify!($story)) {
                    super::$story($crate::support::Store::Postgres);
                }
            })+
        }
    };
}
pub(crate) use stories;
