//! Chain replication and CRAQ, with their master.
