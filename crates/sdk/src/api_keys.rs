//! API keys: who may do what, in which wallets, from where, until when.

use wallgent_api::types::keys::{ApiKey, CreateKey, UpdateKey};
use wallgent_core::id::KeyId;

use crate::call::Answer;
use crate::{Call, Client, Error, Listing, Secret};

/// A new key and its secret.
#[derive(Clone, Debug)]
pub struct CreatedKey {
    /// The key. Its own `secret` is empty.
    pub key: ApiKey,
    /// What a [`Client`] is made with. The server shows it once: a repeated call
    /// with the same idempotency key answers it for a day, and then without.
    pub secret: Option<Secret>,
}

impl CreatedKey {
    fn read(answer: Answer) -> Result<Self, Error> {
        let mut key: ApiKey = answer.read()?;
        let secret = key.secret.take().map(Secret::new);
        Ok(Self { key, secret })
    }
}

/// The organization's API keys. A key can grant only what it has itself.
#[derive(Clone, Copy, Debug)]
pub struct ApiKeys<'a> {
    client: &'a Client,
}

impl<'a> ApiKeys<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Creates a key.
    pub fn create(&self, key: &CreateKey) -> Call<CreatedKey> {
        let call = self.client.post::<()>("/api-keys", key);
        call.read_by(CreatedKey::read)
    }

    /// One key; `NOT_FOUND` when there is none.
    pub fn get(&self, id: KeyId) -> Call<ApiKey> {
        self.client.get(format!("/api-keys/{id}"))
    }

    /// Keys of the same environment, newest first.
    pub fn list(&self) -> Listing<ApiKey> {
        Listing::of(self.client, "/api-keys")
    }

    /// Narrows a key, or widens it within the caller's own rights.
    pub fn update(&self, id: KeyId, change: &UpdateKey) -> Call<ApiKey> {
        self.client.patch(format!("/api-keys/{id}"), change)
    }

    /// Revokes a key at once. The last key that may do everything: `CONFLICT`.
    pub fn revoke(&self, id: KeyId) -> Call<()> {
        self.client.delete(format!("/api-keys/{id}"))
    }
}
