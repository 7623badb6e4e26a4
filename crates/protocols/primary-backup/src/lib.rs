//! Primary-backup replication with a view service.
