//! Customers over HTTP.

use wallgent_api::types::List;
use wallgent_api::types::customers::{
    CreateCustomer, Customer, PaymentMethod, PaymentMethodSetup, PaymentUpdatePage, SaveTestMethod,
    SetUpPaymentMethod, UpdateCustomer,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{InvoicesRead, InvoicesWrite};
use wallgent_core::id::CustomerId;

use super::methods::METHODS_READ;
use super::store::{self, CustomerRow};
use super::{may_see, not_found, render};
use crate::customers;
use crate::http::{Answer, Call, Route};
use crate::idempotency::Reply;

const ONE: &[ErrorCode] = &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch];
const CHANGES: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const SAVES: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::SandboxOnly,
    ErrorCode::Conflict,
];

pub(crate) fn routes() -> Vec<Route> {
    [customers(), methods()].concat()
}

fn customers() -> Vec<Route> {
    vec![
        Route::new("POST /v1/customers", InvoicesWrite, "Add a customer", create)
            .takes::<CreateCustomer>()
            .gives::<Customer>(201)
            .or(&[ErrorCode::Conflict]),
        Route::new("GET /v1/customers", InvoicesRead, "List customers", list)
            .paged()
            .lists::<Customer>(),
        Route::new("GET /v1/customers/{id}", InvoicesRead, "Get a customer", get)
            .gives::<Customer>(200)
            .or(ONE),
        Route::new("PATCH /v1/customers/{id}", InvoicesWrite, "Change a customer", update)
            .takes::<UpdateCustomer>()
            .gives::<Customer>(200)
            .or(CHANGES),
        Route::new(
            "DELETE /v1/customers/{id}",
            InvoicesWrite,
            "Delete a customer and what would charge it",
            delete,
        )
        .gives::<Customer>(200)
        .or(ONE),
    ]
}

fn methods() -> Vec<Route> {
    vec![
        Route::new(
            "POST /v1/customers/{id}/payment-methods/setup",
            InvoicesWrite,
            "Begin a page that saves a payment method",
            set_up,
        )
        .may_take::<SetUpPaymentMethod>()
        .gives::<PaymentMethodSetup>(200)
        .or(ONE),
        Route::new(
            "POST /v1/customers/{id}/payment-update-url",
            InvoicesWrite,
            "Begin a page that replaces a payment method",
            update_page,
        )
        .may_take::<SetUpPaymentMethod>()
        .gives::<PaymentUpdatePage>(200)
        .or(ONE),
        Route::new(
            "GET /v1/customers/{id}/payment-methods",
            InvoicesRead,
            "List a customer's payment methods",
            list_methods,
        )
        .lists::<PaymentMethod>()
        .or(ONE),
        Route::new(
            "DELETE /v1/customers/{id}/payment-methods/{method}",
            InvoicesWrite,
            "Remove a payment method",
            remove_method,
        )
        .gives_nothing()
        .or(ONE),
        Route::new(
            "POST /v1/sandbox/customers/{id}/payment-methods",
            InvoicesWrite,
            "Save a test method without a page",
            save_method,
        )
        .takes::<SaveTestMethod>()
        .gives::<PaymentMethod>(201)
        .or(SAVES),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateCustomer::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| customers::create_in(tx, caller, request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let (scope, before, limit) = (call.caller.scope, page.before, page.limit + 1);
    let rows = call.read(move |connection| store::list(connection, scope, before, limit)).await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| render::customer(&row))))
}

/// The customer in the path, for reading.
async fn find(call: &Call) -> Result<CustomerRow, ApiError> {
    let text = call.param("id");
    let id: CustomerId = text.parse().map_err(|_| not_found(text))?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(|| not_found(text))?;
    may_see(&call.caller, &row, text)?;
    Ok(row)
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok(&render::customer(&find(&call).await?)))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateCustomer::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| customers::update_in(tx, caller, &id, request)).await
}

async fn delete(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| customers::delete_in(tx, caller, &id)).await
}

async fn set_up(call: Call) -> Result<Answer, ApiError> {
    let request = SetUpPaymentMethod::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| {
        let (session, url) = customers::set_up_in(tx, caller, &id, request)?;
        Ok(Reply::json(200, &PaymentMethodSetup { id: session.id, url }, session.id))
    })
    .await
}

async fn update_page(call: Call) -> Result<Answer, ApiError> {
    let request = SetUpPaymentMethod::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| {
        let (session, url) = customers::set_up_in(tx, caller, &id, request)?;
        Ok(Reply::json(200, &PaymentUpdatePage { url }, session.id))
    })
    .await
}

async fn list_methods(call: Call) -> Result<Answer, ApiError> {
    let customer = find(&call).await?.id;
    let rows = call.read(move |connection| store::methods(connection, customer, METHODS_READ));
    Ok(Answer::ok(&List::whole(rows.await?.iter().map(render::method).collect())))
}

async fn remove_method(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let (id, method) = (call.param("id").to_owned(), call.param("method").to_owned());
    call.run(claim, move |tx, caller| customers::remove_method_in(tx, caller, &id, &method)).await
}

async fn save_method(call: Call) -> Result<Answer, ApiError> {
    call.caller.require_sandbox()?;
    let request = SaveTestMethod::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    let method = request.method;
    call.run(claim, move |tx, caller| customers::save_method_in(tx, caller, &id, method)).await
}
