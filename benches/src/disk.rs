//! The disk's own speed: overwriting 4 KiB in place and waiting until they are on the disk (`fdatasync`).

use crate::{Outcome, While};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

const BLOCK: usize = 4096;
/// Blocks that are overwritten by turns; all of them are on the disk before the first is measured.
const BLOCKS: u64 = 256;

/// A file that is overwritten in place.
pub(crate) struct Disk {
    file: File,
    next: u64,
}

impl Disk {
    /// Makes the file, as long as it will ever be.
    pub(crate) fn make(folder: &Path) -> Outcome<Disk> {
        let file = File::create(folder.join("overwritten")).while_doing("making a file to overwrite")?;
        for block in 0..BLOCKS {
            file.write_all_at(&[1; BLOCK], block * BLOCK as u64).while_doing("writing to the disk")?;
        }
        file.sync_all().while_doing("waiting for the disk")?;
        Ok(Disk { file, next: 0 })
    }

    /// How long each overwriting took, in microseconds.
    pub(crate) fn overwrite(&mut self, time: Duration) -> Outcome<Vec<f64>> {
        let (began, mut took) = (Instant::now(), Vec::new());
        while began.elapsed() < time {
            let one = Instant::now();
            let at = self.next % BLOCKS * BLOCK as u64;
            self.next += 1;
            self.file.write_all_at(&[self.next as u8; BLOCK], at).while_doing("writing to the disk")?;
            self.file.sync_data().while_doing("waiting for the disk")?;
            took.push(one.elapsed().as_secs_f64() * 1e6);
        }
        Ok(took)
    }
}
