//! Applications by key, kept for a moment: every call names its application, and few things change less often. Nothing else is
//! cached; sessions and grants are read on every call.

use crate::error::Result;
use crate::graph::Graph;
use crate::model::Application;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// So many applications are kept; beyond, the cache starts anew.
const MOST: usize = 10_000;

/// The cache.
#[derive(Debug)]
pub struct Apps {
    keep: Duration,
    known: RwLock<HashMap<String, (Instant, Arc<Application>)>>,
}

impl Apps {
    /// Keeps an application for so long; at most 5 s by the rules, 50 ms where another process must be seen within 100 ms.
    pub fn new(keep: Duration) -> Apps {
        Apps { keep, known: RwLock::default() }
    }

    /// The application of an API key or id. Only what exists is kept.
    pub async fn find(&self, graph: &Graph, key: &str) -> Result<Option<Arc<Application>>> {
        if let Some((since, app)) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(key)
            && since.elapsed() < self.keep
        {
            return Ok(Some(Arc::clone(app)));
        }
        let Some(app) = graph.application_by_key(key).await? else { return Ok(None) };
        let app = Arc::new(app);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key.to_owned(), (Instant::now(), Arc::clone(&app)));
        Ok(Some(app))
    }

    /// Forgets all of them, because one was changed here.
    pub fn forget(&self) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
