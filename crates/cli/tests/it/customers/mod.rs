//! Customers and what they save.

mod documents;
mod methods;
