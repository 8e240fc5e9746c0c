//! What hangs from a thing that was removed: nothing of it is seen any more, and this clears it away. What is listed is still to do.

use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use reconnect_store::{AssocKind, Batch, Id, Range};

/// A list that hangs from a thing, with its inverse.
const LISTS: [(&AssocKind, Option<&AssocKind>); 3] =
    [(kinds::COMMENT, None), (kinds::LIKED_BY, Some(kinds::LIKES)), (kinds::TAG, Some(kinds::TAGGED))];
/// So many entries are cleared in one batch: each is two items, and the list's count one.
const AT_ONCE: usize = 49;

impl Graph {
    /// Clears comments, likes and tags of things that are gone.
    pub(crate) async fn sweep(&self, things: &[Id]) -> Result<()> {
        for thing in things {
            for (list, inverse) in LISTS {
                self.sweep_list(*thing, list, inverse).await?;
            }
        }
        Ok(())
    }

    async fn sweep_list(&self, thing: Id, list: &'static AssocKind, inverse: Option<&'static AssocKind>) -> Result<()> {
        loop {
            let page = self.range(&Range::oldest(thing, list, AT_ONCE)).await?;
            let mut batch = Batch::new();
            for entry in &page.entries {
                batch.unlink(thing, list, entry.to);
                if let Some(inverse) = inverse {
                    batch.unlink(entry.to, inverse, thing);
                }
            }
            self.commit(batch).await?;
            if page.next.is_none() {
                return Ok(());
            }
        }
    }
}
