//! The organization of the key.

use wallgent_api::types::organizations::{Organization, UpdateOrganization};

use crate::{Call, Client};

/// The organization of the key.
#[derive(Clone, Copy, Debug)]
pub struct Organizations<'a> {
    client: &'a Client,
}

impl<'a> Organizations<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Its name, plan and people.
    pub fn me(&self) -> Call<Organization> {
        self.client.get("/organizations/me")
    }

    /// Renames it.
    pub fn update(&self, change: &UpdateOrganization) -> Call<Organization> {
        self.client.patch("/organizations/me", change)
    }
}
