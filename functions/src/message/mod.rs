//! The namespace `message`.

pub(crate) mod get_threads_in_folder;
