//! The agent network: paying by address, and finding addresses.

use wallgent_api::types::network::{DirectoryEntry, NetworkPayment, PayAgent};

use crate::{Call, Client, Listing, Sent};

/// Which wallets of the directory to list; all by default.
#[derive(Clone, Debug, Default)]
pub struct DirectoryFilter {
    /// Only those whose name, agent's name or address has a word that begins so.
    pub search: Option<String>,
}

/// The agent network, of all organizations in the key's environment.
#[derive(Clone, Copy, Debug)]
pub struct Network<'a> {
    client: &'a Client,
}

impl<'a> Network<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Pays the wallet behind an address, free of charge, under the policies of
    /// the wallet that pays. Nobody has the address: `WALLET_NOT_FOUND`.
    pub fn pay(&self, payment: &PayAgent) -> Call<Sent<NetworkPayment>> {
        let call = self.client.post::<()>("/network/pay", payment);
        call.keyed(payment.idempotency_key.as_deref()).read_by(Sent::read)
    }

    /// Who can be paid.
    pub fn directory(&self, filter: &DirectoryFilter) -> Listing<DirectoryEntry> {
        let list = Listing::of(self.client, "/network/directory");
        list.query("search", filter.search.as_deref())
    }
}
