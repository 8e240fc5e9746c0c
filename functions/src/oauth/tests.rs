//! Who is told what, and who is told nothing.
