//! Pages over HTTP.

use wallgent_api::ApiError;

use super::{SCRIPT, STYLE, invoice, link, parts, setup};
use crate::caller::Visitor;
use crate::http::{Answer, Call, PageRoute};

pub(crate) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::new("GET /pay/{slug}", link::see),
        PageRoute::new("POST /pay/{slug}", link::pay),
        PageRoute::new("GET /invoice/{slug}", invoice::see),
        PageRoute::new("POST /invoice/{slug}", invoice::pay),
        PageRoute::new("GET /setup/{token}", setup::see),
        PageRoute::new("POST /setup/{token}", setup::save),
        PageRoute::new("GET /assets/{name}", asset),
    ]
}

async fn asset(call: Call<Visitor>) -> Answer {
    let name = call.param("name");
    let found = [&*STYLE, &*SCRIPT].into_iter().find(|it| it.path.ends_with(&format!("/{name}")));
    found.map_or_else(|| parts::refusal(&ApiError::not_found("page")), Answer::Asset)
}
