//! What the project promises of drift, held by its own files and by small documents.

mod committed;
