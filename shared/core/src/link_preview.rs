//! Finding out what a link shows of its page: from what is kept of the address for an hour, else from the page itself, where the owner of
//! the server lets it fetch pages.

use crate::context::Services;
use crate::error::Result;
use crate::outbound::{Fetched, OutboundError};
use crate::page_preview::{Preview, charset_of};
use crate::web_address::{WebAddress, WebPage};
use reconnect_store::Id;

/// So long what was found is told again, in seconds.
const KEPT: i64 = 3600;

/// What is known of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// What is kept of the address; none where nobody shared or looked at it yet.
    pub page: Option<WebPage>,
    /// It could not be fetched, and nothing is known of it from before.
    pub failed: bool,
}

impl Looked {
    /// What was found on it, now or before.
    pub fn preview(&self) -> Option<&Preview> {
        self.page.as_ref().and_then(|page| page.preview.as_ref())
    }
}

impl Services {
    /// Looks at a page. That it cannot be fetched is no error here; why is for the log alone, for what stands behind an address is not to
    /// be found out by asking for many.
    pub async fn look_at_page(&self, address: &WebAddress) -> Result<Looked> {
        let known = self.graph.web_page(address).await?;
        let fresh = |page: &WebPage| page.preview.is_some() && page.fetched + KEPT > self.graph.now().secs();
        if self.pages.is_off() || known.as_ref().is_some_and(fresh) {
            return Ok(Looked { page: known, failed: false });
        }
        let found = match self.pages.fetch(address.url()).await {
            Ok(found) => read(found, address),
            Err(error) => {
                // Addresses may hold what is nobody's business: only the host is named.
                let why = if matches!(error, OutboundError::OutOfReach(_)) {
                    "out of reach".to_owned()
                } else {
                    error.to_string()
                };
                tracing::info!(target: "reconnect", host = address.host(), why, "a page could not be fetched");
                let failed = known.as_ref().is_none_or(|page| page.preview.is_none());
                return Ok(Looked { page: known, failed });
            }
        };
        let id = self.graph.keep_web_page(address, known, Some(found.clone())).await?;
        let page = WebPage { id, address: address.normal(), preview: Some(found), ..WebPage::default() };
        Ok(Looked { page: Some(page), failed: false })
    }

    /// The id of what is kept of an address, which is kept from now on if it was not.
    pub async fn page_id(&self, address: &WebAddress, looked: Looked) -> Result<Id> {
        match looked.page {
            Some(page) => Ok(page.id),
            None => self.graph.keep_web_page(address, None, None).await,
        }
    }
}

fn read(found: Fetched, address: &WebAddress) -> Preview {
    let place = |at: &url::Url| WebAddress::read(at.as_str()).unwrap_or_else(|| address.clone());
    match found {
        Fetched::Page { at, content_type, body } => Preview::read(&body, charset_of(&content_type), &place(&at)),
        Fetched::Image { at } => Preview::of_image(&place(&at)),
        Fetched::Other => Preview::default(),
    }
}
