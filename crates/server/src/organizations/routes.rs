//! The caller's organization over HTTP.

use wallgent_api::ApiError;
use wallgent_api::types::organizations::{Organization, UpdateOrganization};
use wallgent_core::Permission::{OrganizationsRead, OrganizationsWrite};

use super::store;
use crate::http::{Answer, Call, Route};
use crate::organizations;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("GET /v1/organizations/me", OrganizationsRead, "Get your organization", get)
            .gives::<Organization>(200),
        Route::new("PATCH /v1/organizations/me", OrganizationsWrite, "Rename it", update)
            .takes::<UpdateOrganization>()
            .gives::<Organization>(200),
    ]
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let id = call.caller.organization;
    let organization = call.read(move |connection| store::get(connection, id)).await?;
    Ok(Answer::ok(&organization))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateOrganization::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| organizations::update_in(tx, caller, &request)).await
}
