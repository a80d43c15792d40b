//! Customers and payment methods as answers and events show them.

use wallgent_api::types::customers::{Customer, PaymentMethod};

use super::store::{CustomerRow, MethodRow};

/// A customer.
pub(super) fn customer(row: &CustomerRow) -> Customer {
    Customer {
        id: row.id,
        email: row.email.clone(),
        name: row.name.clone(),
        phone: row.phone.clone(),
        company_name: row.company_name.clone(),
        metadata: row.metadata.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A payment method.
pub(super) fn method(row: &MethodRow) -> PaymentMethod {
    PaymentMethod {
        id: row.id,
        customer_id: row.customer,
        kind: row.kind.clone(),
        brand: row.brand.clone(),
        last4: row.last4.clone(),
        exp_month: row.expiry.map(|expiry| expiry.month),
        exp_year: row.expiry.map(|expiry| expiry.year),
        created_at: row.created_at,
    }
}
