//! Lists come in pages.

use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::client::{Call, Client};
use crate::error::{Error, MalformedKind, Result};
use crate::query::Params;
use crate::wire::envelope::Identity;

pub(crate) use crate::wire::envelope::Listed;

/// Which page to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: u32,
    /// Items on a page, at most 250.
    pub limit: u32,
}

impl PageRequest {
    /// The largest page that Kommo accepts.
    pub const MAX_LIMIT: u32 = 250;

    /// The first page, of `limit` items.
    #[must_use]
    pub fn first(limit: u32) -> Self {
        Self { page: 1, limit }
    }

    /// The page after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self { page: self.page.saturating_add(1), ..self }
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self::first(Self::MAX_LIMIT)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What it holds. Empty past the end (Kommo answers 204).
    pub items: Vec<T>,
    /// Its number, from 1.
    pub page: u32,
    /// Kommo says that there is another one, which may still turn out to be empty.
    pub has_next: bool,
    /// How many there are in all; only a few lists say so.
    pub total_items: Option<i64>,
}

/// The pages of a list, in order.
pub type PageStream<T> = BoxStream<'static, Result<Page<T>>>;
/// The items of a list, in order.
pub type ItemStream<T> = BoxStream<'static, Result<T>>;

/// Reads page after page until there is no next one, a page is empty, or a page starts like the one before:
/// then the server ignores the page number and would be read forever.
pub(crate) fn pages<T: Listed>(
    client: Client,
    path: String,
    params: Params,
    start: PageRequest,
) -> PageStream<T> {
    let pages = async_stream::try_stream! {
        let mut request = start;
        let mut previous: Option<Identity> = None;
        loop {
            let page = client.page::<T>(&path, params.clone(), request).await?;
            let first = page.items.first().map(Listed::identity);
            if first.is_none() {
                break;
            }
            if first == previous {
                let request = Call::get(path.clone(), params.clone()).summary();
                Err(Error::Malformed { request, what: MalformedKind::PageRepeats, source: None })?;
            }
            previous = first;
            let has_next = page.has_next;
            yield page;
            if !has_next {
                break;
            }
            request = request.next();
        }
    };
    pages.boxed()
}

pub(crate) fn items<T: Listed>(pages: PageStream<T>) -> ItemStream<T> {
    pages.map_ok(|page| futures::stream::iter(page.items.into_iter().map(Ok))).try_flatten().boxed()
}

/// Gives a resource its `list`, `pages`, `pages_from` and `stream`.
macro_rules! listed {
    ($api:ident, $item:ty, $query:ty, |$this:ident| $path:expr) => {
        impl $api {
            /// Reads one page.
            ///
            /// # Errors
            /// See [`crate::Error`]. An empty list is no error.
            pub async fn list(
                &self,
                query: &$query,
                page: $crate::page::PageRequest,
            ) -> $crate::error::Result<$crate::page::Page<$item>> {
                let $this = self;
                let path: String = $path;
                self.client.page(&path, $crate::query::ListQuery::params(query), page).await
            }

            /// Reads all pages, from the first, as large as allowed.
            pub fn pages(&self, query: $query) -> $crate::page::PageStream<$item> {
                let limit = <$item as $crate::page::Listed>::PAGE_LIMIT;
                self.pages_from(query, $crate::page::PageRequest::first(limit))
            }

            /// Reads all pages from `start` on.
            pub fn pages_from(
                &self,
                query: $query,
                start: $crate::page::PageRequest,
            ) -> $crate::page::PageStream<$item> {
                let $this = self;
                let path: String = $path;
                let params = $crate::query::ListQuery::params(&query);
                $crate::page::pages(self.client.clone(), path, params, start)
            }

            /// Reads all items, page after page.
            pub fn stream(&self, query: $query) -> $crate::page::ItemStream<$item> {
                $crate::page::items(self.pages(query))
            }
        }
    };
}

pub(crate) use listed;
