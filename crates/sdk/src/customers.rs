//! Customers: whom invoices are for, and what they save to be charged.

use wallgent_api::types::customers::{
    CreateCustomer, Customer, PaymentMethod, PaymentMethodSetup, PaymentUpdatePage,
    SetUpPaymentMethod, UpdateCustomer,
};
use wallgent_core::id::{CustomerId, PaymentMethodId};

use crate::call::Answer;
use crate::{Call, Client, Listing};

/// Customers. Another organization's is `NOT_FOUND`.
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use wallgent::types::customers::{CreateCustomer, SetUpPaymentMethod};
///
/// let jane = CreateCustomer {
///     email: "jane@acme.example".to_owned(),
///     name: Some("Jane Smith".to_owned()),
///     ..CreateCustomer::default()
/// };
/// let jane = client.customers().create(&jane).await?;
/// let setup = client.customers().set_up(jane.id, &SetUpPaymentMethod::default()).await?;
/// println!("Jane saves a card at {}", setup.url);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Customers<'a> {
    client: &'a Client,
}

impl<'a> Customers<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Adds a customer. Another has this address: `CONFLICT`, with `customerId`.
    pub fn create(&self, customer: &CreateCustomer) -> Call<Customer> {
        self.client.post("/customers", customer)
    }

    /// Customers, newest first.
    pub fn list(&self) -> Listing<Customer> {
        Listing::of(self.client, "/customers")
    }

    /// One customer.
    pub fn get(&self, id: CustomerId) -> Call<Customer> {
        self.client.get(format!("/customers/{id}"))
    }

    /// Changes a customer. Another has this address: `CONFLICT`.
    pub fn update(&self, id: CustomerId, change: &UpdateCustomer) -> Call<Customer> {
        self.client.patch(format!("/customers/{id}"), change)
    }

    /// Deletes a customer, its payment methods, and what would charge them. Its invoices
    /// stay.
    pub fn delete(&self, id: CustomerId) -> Call<Customer> {
        self.client.delete(format!("/customers/{id}")).read_by(Answer::read)
    }

    /// Begins a page on which the customer saves a payment method, good for a day. In
    /// production, as long as nothing charges there: `SERVICE_UNAVAILABLE`.
    pub fn set_up(&self, id: CustomerId, page: &SetUpPaymentMethod) -> Call<PaymentMethodSetup> {
        self.client.post(format!("/customers/{id}/payment-methods/setup"), page)
    }

    /// The same for one in place of another: what was saved last is charged.
    pub fn payment_update_url(&self, id: CustomerId) -> Call<PaymentUpdatePage> {
        self.client.act(format!("/customers/{id}/payment-update-url"))
    }

    /// What a customer saved, newest first.
    pub fn payment_methods(&self, id: CustomerId) -> Call<Vec<PaymentMethod>> {
        self.client.get::<()>(format!("/customers/{id}/payment-methods")).read_by(Answer::rows)
    }

    /// Removes a payment method; nothing charges it any more.
    pub fn remove_payment_method(&self, id: CustomerId, method: PaymentMethodId) -> Call<()> {
        self.client
            .delete(format!("/customers/{id}/payment-methods/{method}"))
            .read_by(Answer::nothing)
    }
}
