//! Migrations only grow: each database has a folder of them, numbered from 0001 on without a gap, named for what they
//! do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Violation;

const FOLDER: &str = "src-tauri/crates/store/migrations";

/// `<database>/NNNN_verb_what.sql`, without gaps and without doubles in each folder. To find none at all is a
/// violation too: then this rule looks in the wrong place.
pub fn numbered(files: &[PathBuf]) -> Vec<Violation> {
    let mut databases: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.starts_with(FOLDER)) {
        let folder = file.parent().unwrap_or(Path::new(FOLDER));
        databases.entry(folder).or_default().push(file);
    }
    if databases.is_empty() {
        return vec![Violation::new(Path::new(FOLDER), 1, "holds no migrations")];
    }
    databases.into_iter().flat_map(|(folder, migrations)| in_one_folder(folder, migrations)).collect()
}

fn in_one_folder(folder: &Path, mut migrations: Vec<&Path>) -> Vec<Violation> {
    if folder.parent() != Some(Path::new(FOLDER)) {
        let apart = |file: &&Path| Violation::new(file, 1, "lies in no database's folder of migrations");
        return migrations.iter().map(apart).collect();
    }
    migrations.sort();
    let mut violations = Vec::new();
    let mut expected = 1;
    for file in migrations {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match number(&name) {
            Some(number) if number == expected => expected += 1,
            Some(number) => {
                let what = format!("number {number:04} stands where {expected:04} belongs");
                violations.push(Violation::new(file, 1, what));
                expected = number + 1;
            }
            None => violations.push(Violation::new(file, 1, "is not named NNNN_verb_what.sql")),
        }
    }
    violations
}

fn number(name: &str) -> Option<u32> {
    let (digits, rest) = name.split_once('_')?;
    let words = rest.strip_suffix(".sql")?;
    let good = words.contains('_')
        && words.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (digits.len() == 4 && good).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> usize {
        numbered(&names.iter().map(|name| Path::new(FOLDER).join(name)).collect::<Vec<_>>()).len()
    }

    #[test]
    fn gaps_doubles_and_odd_names_are_found() {
        assert_eq!(found(&["a/0001_create_leads.sql", "a/0002_add_tags.sql"]), 0);
        assert_eq!(found(&["a/0001_create_leads.sql", "a/0003_add_tags.sql"]), 1);
        assert_eq!(found(&["a/0001_create_leads.sql", "a/0001_add_tags.sql"]), 1);
        assert_eq!(found(&["a/0001_create_leads.sql", "a/2_Add.sql"]), 1);
        assert_eq!(found(&["a/0002_add_tags.sql"]), 1);
    }

    #[test]
    fn each_database_counts_for_itself() {
        assert_eq!(found(&["a/0001_create_leads.sql", "b/0001_create_settings.sql"]), 0);
        assert_eq!(found(&["a/0001_create_leads.sql", "b/0002_create_settings.sql"]), 1);
    }

    #[test]
    fn a_migration_of_no_database_and_no_migration_at_all_are_found() {
        assert_eq!(found(&["0001_create_leads.sql"]), 1);
        assert_eq!(found(&["a/b/0001_create_leads.sql"]), 1);
        assert_eq!(found(&[]), 1);
        assert_eq!(numbered(&[PathBuf::from("elsewhere/0001_create_leads.sql")]).len(), 1);
    }

    #[test]
    fn the_migrations_of_this_repository_are_seen() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
        let mut files: Vec<PathBuf> = super::super::listed(root).unwrap();
        assert_eq!(numbered(&files), []);
        let databases = ["account", "registry"].map(|database| Path::new(FOLDER).join(database));
        for database in &databases {
            assert!(files.iter().any(|file| file.starts_with(database)), "{}", database.display());
        }
        // Without the first of each, both are found to begin too late.
        files
            .retain(|file| !file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("0001_")));
        assert_eq!(numbered(&files).len(), databases.len());
    }
}
