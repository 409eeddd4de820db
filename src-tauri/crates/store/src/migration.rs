//! The two histories of the schema. Migrations only grow; `user_version` counts them.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

/// The files of one kind of database, oldest first.
pub(crate) type Schema = &'static [&'static str];

/// The registry of accounts.
pub(crate) const REGISTRY: Schema = &[
    include_str!("../migrations/registry/0001_create_accounts.sql"),
    include_str!("../migrations/registry/0002_create_sign_in_attempts.sql"),
    include_str!("../migrations/registry/0003_create_settings.sql"),
];

/// The mirror of one account.
pub(crate) const ACCOUNT: Schema = &[
    include_str!("../migrations/account/0001_create_account.sql"),
    include_str!("../migrations/account/0002_create_structure.sql"),
    include_str!("../migrations/account/0003_create_leads.sql"),
    include_str!("../migrations/account/0004_create_people.sql"),
    include_str!("../migrations/account/0005_create_work.sql"),
    include_str!("../migrations/account/0006_create_import.sql"),
    include_str!("../migrations/account/0007_create_sync_log.sql"),
    include_str!("../migrations/account/0008_create_read_clock.sql"),
    include_str!("../migrations/account/0009_create_deliveries.sql"),
    include_str!("../migrations/account/0010_create_outbox.sql"),
    include_str!("../migrations/account/0011_create_contact_search.sql"),
];

/// The schema number of a database; 0 when it is new.
pub(crate) fn version(conn: &Connection) -> rusqlite::Result<u32> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// The highest number this program knows.
pub(crate) fn known(schema: Schema) -> u32 {
    u32::try_from(schema.len()).expect("a schema has a handful of migrations")
}

/// Applies what is missing. Another process may be doing the same: when it was faster, its step is accepted.
pub(crate) fn bring_up_to_date(
    conn: &mut Connection,
    schema: Schema,
) -> Result<(), rusqlite_migration::Error> {
    loop {
        let before = version(conn)?;
        if before >= known(schema) {
            return Ok(());
        }
        let steps = Migrations::new(schema.iter().map(|sql| M::up(sql)).collect());
        match steps.to_latest(conn) {
            Ok(()) => return Ok(()),
            Err(_) if version(conn)? > before => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole schema, for a person to read when it changes.
    fn described(schema: Schema) -> String {
        let mut conn = Connection::open_in_memory().unwrap();
        bring_up_to_date(&mut conn, schema).unwrap();
        let mut statement = conn
            .prepare(
                "SELECT sql FROM sqlite_schema
                 WHERE sql IS NOT NULL AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 ORDER BY tbl_name, type DESC, name",
            )
            .unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|row| format!("{};", row.unwrap())).collect::<Vec<_>>().join("\n\n")
    }

    #[test]
    fn the_schema_of_the_registry_is_the_recorded_one() {
        insta::assert_snapshot!("registry_schema", described(REGISTRY));
    }

    #[test]
    fn the_schema_of_an_account_is_the_recorded_one() {
        insta::assert_snapshot!("account_schema", described(ACCOUNT));
    }

    #[test]
    fn bringing_up_to_date_twice_changes_nothing() {
        for schema in [REGISTRY, ACCOUNT] {
            let mut conn = Connection::open_in_memory().unwrap();
            bring_up_to_date(&mut conn, schema).unwrap();
            bring_up_to_date(&mut conn, schema).unwrap();
            assert_eq!(version(&conn).unwrap(), known(schema));
        }
    }

    #[test]
    fn every_table_is_strict() {
        for schema in [REGISTRY, ACCOUNT] {
            let mut conn = Connection::open_in_memory().unwrap();
            bring_up_to_date(&mut conn, schema).unwrap();
            let loose: Vec<String> = conn
                .prepare(
                    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
                     AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                )
                .unwrap()
                .query_map([], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert_eq!(loose, Vec::<String>::new());
        }
    }

    #[test]
    fn files_are_numbered_in_the_order_they_are_applied() {
        for (folder, schema) in [("registry", REGISTRY), ("account", ACCOUNT)] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
            let mut files: Vec<_> =
                std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            assert_eq!(files.len(), schema.len());
            for (number, (file, applied)) in files.iter().zip(schema).enumerate() {
                let name = file.file_name().unwrap().to_str().unwrap();
                assert!(name.starts_with(&format!("{:04}_", number + 1)), "{name}");
                assert_eq!(&std::fs::read_to_string(file).unwrap(), applied, "{name}");
            }
        }
    }
}
