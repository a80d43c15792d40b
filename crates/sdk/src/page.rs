//! Lists: one page when awaited, every row when streamed.

use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use wallgent_api::types::List;

use crate::call::{Call, Running};
use crate::{Client, Error};

/// A list. Awaiting it answers one page; [`Listing::stream`] goes through all.
#[must_use = "a list is asked for when it is awaited or streamed"]
pub struct Listing<T>(Call<List<T>>);

impl<T: 'static> Listing<T> {
    /// Rows on one page, 1 to 100; 20 by default.
    pub fn limit(self, limit: u32) -> Self {
        self.query("limit", Some(limit))
    }

    /// Begins behind the page that answered this cursor.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.query("cursor", Some(cursor.into()))
    }

    /// Every row from here on, page after page as they are needed.
    ///
    /// ```no_run
    /// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
    /// let mut payments = client.payments().list(&Default::default()).stream();
    /// while let Some(payment) = payments.next().await.transpose()? {
    ///     println!("{} {}", payment.id, payment.amount);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "a stream asks when it is polled"]
    pub fn stream(self) -> Items<T> {
        Items { call: self.0, rows: Vec::new().into_iter(), state: State::Ready }
    }

    /// Every row from here on, collected.
    ///
    /// # Errors
    /// The error of the first page that cannot be had.
    pub async fn all(self) -> Result<Vec<T>, Error>
    where
        T: Unpin,
    {
        let mut items = self.stream();
        let mut rows = Vec::new();
        while let Some(row) = items.next().await.transpose()? {
            rows.push(row);
        }
        Ok(rows)
    }

    pub(crate) fn of(client: &Client, path: impl Into<String>) -> Self
    where
        T: DeserializeOwned,
    {
        Self(client.get(path))
    }

    pub(crate) fn query(self, name: &'static str, value: Option<impl ToString>) -> Self {
        Self(self.0.query(name, value))
    }
}

impl<T: 'static> IntoFuture for Listing<T> {
    type Output = Result<List<T>, Error>;
    type IntoFuture = <Call<List<T>> as IntoFuture>::IntoFuture;

    fn into_future(self) -> Self::IntoFuture {
        self.0.into_future()
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

/// The rows of a list as a [`Stream`]. An error ends it.
#[must_use = "a stream asks when it is polled"]
pub struct Items<T> {
    call: Call<List<T>>,
    rows: std::vec::IntoIter<T>,
    state: State<T>,
}

enum State<T> {
    /// The call asks for a page that was not asked for yet.
    Ready,
    Asking(Running<List<T>>),
    /// No page is left.
    Ended,
}

impl<T: Unpin + 'static> Items<T> {
    /// The next row; `None` behind the last.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn turn(&mut self, page: List<T>) {
        self.rows = page.data.into_iter();
        let next = page.cursor.filter(|_| page.has_more);
        self.state = match next {
            None => State::Ended,
            Some(cursor) => {
                let query = &mut self.call.request.query;
                query.retain(|(name, _)| *name != "cursor");
                query.push(("cursor", cursor));
                State::Ready
            }
        };
    }
}

impl<T: Unpin + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let items = self.get_mut();
        loop {
            if let Some(row) = items.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match &mut items.state {
                State::Ended => return Poll::Ready(None),
                State::Ready => items.state = State::Asking(items.call.start()),
                State::Asking(page) => match ready!(page.as_mut().poll(context)) {
                    Ok(page) => items.turn(page),
                    Err(error) => {
                        items.state = State::Ended;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Items({:?})", self.call)
    }
}
