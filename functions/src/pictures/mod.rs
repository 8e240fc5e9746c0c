//! Pictures of people that need no camera: a face each, drawn from their id, always the same.
