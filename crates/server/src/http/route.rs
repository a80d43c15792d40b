//! What a route is: its path, its right, its handler, its documentation.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::Method;
use utoipa::PartialSchema;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission;

use super::call::{Answer, Call, OpenCall};
use crate::keys;

type Pending = Pin<Box<dyn Future<Output = Result<Answer, ApiError>> + Send>>;
type Handler = Arc<dyn Fn(OpenCall) -> Pending + Send + Sync>;
type Schemas = Vec<(String, RefOr<Schema>)>;

/// A named schema and those it refers to.
#[derive(Clone)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// What it is.
    pub schema: RefOr<Schema>,
    /// What it refers to.
    pub others: Schemas,
}

impl Shape {
    fn of<T: utoipa::ToSchema>() -> Self {
        let mut others = Vec::new();
        T::schemas(&mut others);
        Self { name: T::name().into_owned(), schema: <T as PartialSchema>::schema(), others }
    }
}

/// A list of something, as [`wallgent_api::types::List`] writes it.
impl Shape {
    fn list_of<T: utoipa::ToSchema>() -> Self {
        let item = Self::of::<T>();
        let text = |about: &str| {
            let kinds = SchemaType::from_iter([Type::String, Type::Null]);
            ObjectBuilder::new().schema_type(kinds).description(Some(about)).build()
        };
        let data = ArrayBuilder::new().items(Ref::from_schema_name(&item.name));
        let more = ObjectBuilder::new().schema_type(Type::Boolean);
        let schema = ObjectBuilder::new()
            .property("data", data)
            .property("cursor", text("The next page; null on the last one"))
            .property("hasMore", more)
            .property("nextCursor", text("The same as cursor, for older clients"))
            .required("data")
            .required("cursor")
            .required("hasMore")
            .required("nextCursor");
        let mut others = item.others;
        let name = format!("{}List", item.name);
        others.push((item.name, item.schema));
        Self { name, schema: RefOr::T(Schema::from(schema)), others }
    }
}

/// A parameter of the query.
#[derive(Clone, Copy, Debug)]
pub struct QueryParameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// Error codes beside those that every route can answer.
pub type Errors = &'static [ErrorCode];

/// One route.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, as `/v1/wallets/{id}`.
    pub path: &'static str,
    /// Method and path together.
    pub name: &'static str,
    /// The permission it asks for.
    pub needs: Permission,
    /// Whether it works without a key too. A key that is sent is checked as always.
    pub is_open: bool,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What it runs.
    pub handler: Handler,
    /// What it reads.
    pub request: Option<Shape>,
    /// Whether the body may be left out.
    pub optional_body: bool,
    /// Its answers by status.
    pub answers: Vec<(u16, Option<Shape>)>,
    /// Its own error codes.
    pub errors: Errors,
    /// Its query.
    pub query: Vec<QueryParameter>,
    /// Whether it becomes a stream of events.
    pub is_stream: bool,
}

impl Route {
    /// A route that needs a permission.
    pub fn new<F, Fut>(
        name: &'static str,
        permission: Permission,
        summary: &'static str,
        handler: F,
    ) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, ApiError>> + Send + 'static,
    {
        let keyed: Handler = Arc::new(move |call| match call {
            OpenCall::Keyed(call) => Box::pin(handler(call)),
            OpenCall::Visiting(_) => Box::pin(async { Err(keys::unknown_key()) }),
        });
        Self::with_handler(name, permission, summary, keyed)
    }

    /// A route that works without a key; with one, the key needs a permission.
    pub fn open<F, Fut>(
        name: &'static str,
        permission: Permission,
        summary: &'static str,
        handler: F,
    ) -> Self
    where
        F: Fn(OpenCall) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, ApiError>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |call| Box::pin(handler(call)));
        Self { is_open: true, ..Self::with_handler(name, permission, summary, handler) }
    }

    fn with_handler(
        name: &'static str,
        permission: Permission,
        summary: &'static str,
        handler: Handler,
    ) -> Self {
        let (method, path) = name.split_once(' ').expect("a route is named METHOD /path");
        Self {
            method: method.parse().expect("a known method"),
            path,
            name,
            needs: permission,
            is_open: false,
            summary,
            handler,
            request: None,
            optional_body: false,
            answers: Vec::new(),
            errors: &[],
            query: Vec::new(),
            is_stream: false,
        }
    }

    /// What it reads.
    #[must_use]
    pub fn takes<T: utoipa::ToSchema>(mut self) -> Self {
        self.request = Some(Shape::of::<T>());
        self
    }

    /// What it reads, if anything.
    #[must_use]
    pub fn may_take<T: utoipa::ToSchema>(mut self) -> Self {
        self.optional_body = true;
        self.takes::<T>()
    }

    /// What it answers.
    #[must_use]
    pub fn gives<T: utoipa::ToSchema>(mut self, status: u16) -> Self {
        self.answers.push((status, Some(Shape::of::<T>())));
        self
    }

    /// That it answers a list.
    #[must_use]
    pub fn lists<T: utoipa::ToSchema>(mut self) -> Self {
        self.answers.push((200, Some(Shape::list_of::<T>())));
        self
    }

    /// That it answers nothing.
    #[must_use]
    pub fn gives_nothing(mut self) -> Self {
        self.answers.push((204, None));
        self
    }

    /// That it becomes a stream of events, over a WebSocket.
    #[must_use]
    pub fn streams(mut self) -> Self {
        self.answers.push((101, None));
        self.is_stream = true;
        self
    }

    /// Its own error codes.
    #[must_use]
    pub fn or(mut self, errors: Errors) -> Self {
        self.errors = errors;
        self
    }

    /// A parameter of the query.
    #[must_use]
    pub fn filter(mut self, name: &'static str, about: &'static str) -> Self {
        self.query.push(QueryParameter { name, about });
        self
    }

    /// That it answers pages.
    #[must_use]
    pub fn paged(self) -> Self {
        self.filter("limit", "Rows on a page, 1 to 100; 20 when absent")
            .filter("cursor", "Where the page begins: the cursor of the page before")
    }

    /// Whether it changes something.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.method != Method::GET
    }
}
